#include "cli/settings.h"

#include "base/time.h"
#include "cli/values.h"

#define TIMEOUT_DEFAULT_S 120
#define WIDTH_MOST 100000

static const char *const formats[] = {"table", "json",   "yaml", "csv",
                                      "tsv",   "ndjson", "name", NULL};
static const char *const whens[] = {"auto", "always", "never", NULL};

/* clang-format off */
static const struct cl_option rows[] = {
    {.name = "help", .brief = "h", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .help = "Show this help."},
    {.name = "version", .brief = "V", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .help = "Show the version."},
    {.name = "output", .brief = "o", .kind = CL_OPTION_VALUE, .group = CL_GROUP_OUTPUT, .value = "FMT", .choices = formats,
     .env = "CLEAT_DEFAULT_OUTPUT", .help = "Format of the result: table, json, yaml, csv, tsv, ndjson or name."},
    {.name = "columns", .kind = CL_OPTION_VALUE, .group = CL_GROUP_OUTPUT, .value = "LIST",
     .help = "Columns or fields to print, separated by commas; all for every one, +key and -key change the usual ones."},
    {.name = "no-headers", .kind = CL_OPTION_FLAG, .group = CL_GROUP_OUTPUT, .help = "Leave out the header row."},
    {.name = "field", .kind = CL_OPTION_VALUE, .group = CL_GROUP_OUTPUT, .value = "NAME", .help = "Print only this field, one value per line."},
    {.name = "quiet", .brief = "q", .kind = CL_OPTION_FLAG, .group = CL_GROUP_OUTPUT, .env = "CLEAT_QUIET", .help = "No notices; lists print only ids."},
    {.name = "verbose", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .help = "Say more on standard error."},
    {.name = "debug", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .env = "CLEAT_DEBUG", .help = "Trace requests on standard error, secrets masked."},
    {.name = "color", .kind = CL_OPTION_VALUE, .group = CL_GROUP_OUTPUT, .value = "WHEN", .choices = whens, .env = "NO_COLOR", .help = "Use colour: auto, always or never."},
    {.name = "no-color", .kind = CL_OPTION_FLAG, .group = CL_GROUP_OUTPUT, .help = "The same as --color never."},
    {.name = "width", .kind = CL_OPTION_VALUE, .group = CL_GROUP_OUTPUT, .value = "N", .env = "CLEAT_WIDTH", .help = "Width of tables; 0 for unlimited."},
    {.name = "ascii", .kind = CL_OPTION_FLAG, .group = CL_GROUP_OUTPUT, .env = "CLEAT_ASCII", .help = "Draw without box characters and emoji."},
    {.name = "no-input", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .env = "CLEAT_NO_INPUT", .help = "Never ask; an answer that is needed is an error."},
    {.name = "yes", .brief = "y", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .env = "CLEAT_YES", .help = "Answer yes to confirmations."},
    {.name = "local", .kind = CL_OPTION_FLAG, .group = CL_GROUP_GLOBAL, .help = "Use the local store."},
    {.name = "timeout", .kind = CL_OPTION_VALUE, .group = CL_GROUP_GLOBAL, .value = "DUR", .env = "CLEAT_TIMEOUT", .help = "Longest time for the whole command, such as 90 or 2m."},
};
/* clang-format on */

const struct cl_option_set cl_global_options = CL_OPTION_SET(rows);

const char *cl_format_name(enum cl_format format)
{
    return formats[format];
}

/* A value with where it came from, for errors. */
struct source {
    struct cl_str text;
    const char *name; /* "--width" or "CLEAT_WIDTH" */
    bool given;
};

static struct source find(const struct cl_args *args, const struct cl_world *world,
                          const char *option, const char *dashed, const char *env)
{
    const char *value = cl_args_value(args, option);
    struct cl_str from_env = cl_world_env(world, env);

    if (value != NULL)
        return (struct source){.text = cl_str_of(value), .name = dashed, .given = true};
    return (struct source){.text = from_env, .name = env, .given = from_env.len > 0};
}

static size_t index_of(const char *const *names, struct cl_str text)
{
    size_t at = 0;

    while (names[at] != NULL && !cl_str_eq_c(text, names[at]))
        at++;
    return at;
}

static enum cl_code invalid(const struct source *source, const char *wanted, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    cl_buf_add_quoted(&shown, source->text, 100);
    return cl_err_set(err, CL_E_INVALID, "%s: '%s' is not %s", source->name,
                      shown.ptr != NULL ? shown.ptr : "", wanted);
}

static enum cl_code read_format(const struct cl_args *args, const struct cl_world *world,
                                struct cl_settings *ret, struct cl_err *err)
{
    struct source source = find(args, world, "output", "--output", "CLEAT_DEFAULT_OUTPUT");

    if (!source.given)
        return CL_OK;
    size_t at = index_of(formats, source.text);
    if (formats[at] == NULL)
        return invalid(&source, "one of: table, json, yaml, csv, tsv, ndjson, name", err);
    ret->format = (enum cl_format)at;
    return CL_OK;
}

static enum cl_code read_width(const struct cl_args *args, const struct cl_world *world,
                               struct cl_settings *ret, struct cl_err *err)
{
    struct source source = find(args, world, "width", "--width", "CLEAT_WIDTH");
    int64_t width = 0;

    if (!source.given)
        return CL_OK;
    if (cl_parse_i64(source.text, &width, err) != CL_OK || width < 0 || width > WIDTH_MOST)
        return invalid(&source, "a number of columns (0 for unlimited)", err);
    ret->width = (size_t)width;
    ret->width_given = true;
    return CL_OK;
}

static enum cl_code read_wrap(const struct cl_world *world, struct cl_settings *ret,
                              struct cl_err *err)
{
    struct source source = {.text = cl_world_env(world, "CLEAT_WRAP"), .name = "CLEAT_WRAP"};

    if (source.text.len == 0)
        return CL_OK;
    if (!cl_str_eq_c(source.text, "smart") && !cl_str_eq_c(source.text, "fold"))
        return invalid(&source, "one of: smart, fold", err);
    ret->wrap_given = true;
    ret->wrap = cl_str_eq_c(source.text, "smart") ? CL_WRAP_SMART : CL_WRAP_FOLD;
    return CL_OK;
}

static enum cl_code read_timeout(const struct cl_args *args, const struct cl_world *world,
                                 struct cl_settings *ret, struct cl_err *err)
{
    struct source source = find(args, world, "timeout", "--timeout", "CLEAT_TIMEOUT");

    ret->timeout_s = cl_args_command(args)->no_deadline ? 0 : TIMEOUT_DEFAULT_S;
    if (!source.given)
        return CL_OK;
    if (cl_duration_parse(source.text, &ret->timeout_s, err) != CL_OK || ret->timeout_s < 0)
        return invalid(&source, "a duration such as 90 or 2m", err);
    return CL_OK;
}

/* A switch in the environment: any true word; what is no truth value is an error. */
static enum cl_code read_env_flag(const struct cl_world *world, const char *name, bool *ret,
                                  struct cl_err *err)
{
    struct source source = {.text = cl_world_env(world, name), .name = name};
    bool value = false;

    if (source.text.len == 0)
        return CL_OK;
    if (cl_parse_bool(source.text, &value, err) != CL_OK)
        return invalid(&source, "a truth value such as 1 or 0", err);
    *ret = value;
    return CL_OK;
}

struct flag {
    const char *option;
    const char *env; /* NULL: none */
    size_t offset;   /* of the bool in the settings */
};

static const struct flag flags[] = {
    {"quiet", "CLEAT_QUIET", offsetof(struct cl_settings, quiet)},
    {"debug", "CLEAT_DEBUG", offsetof(struct cl_settings, debug)},
    {"ascii", "CLEAT_ASCII", offsetof(struct cl_settings, ascii)},
    {"no-input", "CLEAT_NO_INPUT", offsetof(struct cl_settings, no_input)},
    {"yes", "CLEAT_YES", offsetof(struct cl_settings, yes)},
    {"verbose", NULL, offsetof(struct cl_settings, verbose)},
    {"no-headers", NULL, offsetof(struct cl_settings, no_headers)},
    {"local", NULL, offsetof(struct cl_settings, local)},
};

static enum cl_code read_flags(const struct cl_args *args, const struct cl_world *world,
                               struct cl_settings *ret, struct cl_err *err)
{
    for (size_t i = 0; i < CL_COUNT(flags); i++) {
        bool *flag = (bool *)((char *)ret + flags[i].offset);
        if (flags[i].env != NULL)
            CL_TRY(read_env_flag(world, flags[i].env, flag, err));
        *flag = cl_args_flag(args, flags[i].option, *flag);
    }
    /* Other programs set CI to names and numbers too; only the usual word counts. */
    if (cl_str_ieq(cl_world_env(world, "CI"), CL_STR("true")))
        ret->no_input = true;
    return CL_OK;
}

static void read_colour(const struct cl_args *args, struct cl_settings *ret)
{
    const char *when = cl_args_value(args, "color");

    if (when != NULL) {
        ret->colour = (enum cl_when)index_of(whens, cl_str_of(when));
    } else if (cl_args_flag(args, "no-color", false)) {
        ret->colour = CL_WHEN_NEVER;
    }
}

/* Whoever names a server means its connectors, not the local ones. */
static enum cl_code refuse_server(const struct cl_world *world, const struct cl_settings *settings,
                                  struct cl_err *err)
{
    if (cl_world_env(world, "CLEAT_SERVER_URL").len == 0 || settings->local)
        return CL_OK;
    (void)cl_err_set(err, CL_E_UNSUPPORTED,
                     "CLEAT_SERVER_URL: this version works with the local store only");
    return cl_err_hint(err, "Unset CLEAT_SERVER_URL, or pass --local.");
}

enum cl_code cl_settings_read(const struct cl_args *args, const struct cl_world *world,
                              struct cl_settings *ret, struct cl_err *err)
{
    *ret = (struct cl_settings){.columns = cl_args_value(args, "columns"),
                                .field = cl_args_value(args, "field")};
    read_colour(args, ret);
    CL_TRY(read_format(args, world, ret, err));
    CL_TRY(read_flags(args, world, ret, err));
    CL_TRY(read_width(args, world, ret, err));
    CL_TRY(read_wrap(world, ret, err));
    CL_TRY(read_timeout(args, world, ret, err));
    return refuse_server(world, ret, err);
}
