#include "cli/values.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "cli/interrupt.h"

#define PATH_MAX_BYTES 4096
#define NAME_SHOWN 100

/* What a failure is about, for its text. */
static enum cl_code refuse(const char *name, const char *raw, const char *why, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    /* Only ever the place of the value, never the value. */
    cl_buf_add_quoted(&shown, cl_str_of(raw), NAME_SHOWN);
    return cl_err_set(err, CL_E_INVALID, "%s: '%s' %s", name, shown.ptr != NULL ? shown.ptr : "",
                      why);
}

static struct cl_str without_line_end(struct cl_str text)
{
    if (cl_str_ends(text, CL_STR("\r\n")))
        return cl_str_first(text, text.len - 2);
    return cl_str_ends(text, CL_STR("\n")) ? cl_str_first(text, text.len - 1) : text;
}

static enum cl_code refuse_size(const char *name, const char *raw, size_t max_bytes,
                                struct cl_err *err)
{
    char why[64];

    (void)snprintf(why, sizeof(why), "is larger than %zu bytes", max_bytes);
    return refuse(name, raw, why, err);
}

static enum cl_code to_secret(const char *name, const char *raw, size_t max_bytes,
                              struct cl_str bytes, struct cl_secret **ret, struct cl_err *err)
{
    if (bytes.len > max_bytes)
        return refuse_size(name, raw, max_bytes, err);
    return cl_secret_new(bytes, ret, err);
}

/* The home folder of a user, or of $HOME's owner for the empty name. */
static enum cl_code home_of(const struct cl_world *world, struct cl_str user, struct cl_buf *ret,
                            struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    struct cl_str home = cl_world_env(world, "HOME");

    if (user.len == 0 && home.len > 0) {
        cl_buf_add(ret, home);
        return CL_OK;
    }
    CL_TRY(cl_str_dup(user, &name, err));
    if (user.len == 0) {
        (void)getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found);
    } else {
        (void)getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
    }
    if (found == NULL)
        return cl_err_set(err, CL_E_INVALID, "no home folder is known for '~%s'", name);
    cl_buf_add_c(ret, found->pw_dir);
    return CL_OK;
}

enum cl_code cl_value_expand_path(const struct cl_world *world, const char *path, char **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf expanded = CL_BUF(PATH_MAX_BYTES);
    struct cl_str rest = cl_str_of(path);

    if (cl_str_starts(rest, CL_STR("~"))) {
        size_t end = cl_str_find(rest, '/');
        CL_TRY(home_of(world, cl_str_make(rest.ptr + 1, end - 1), &expanded, err));
        rest = cl_str_skip(rest, end);
    }
    cl_buf_add(&expanded, rest);
    return cl_buf_take(&expanded, ret, err);
}

static enum cl_code check_file(const struct cl_world *world, const char *name, const char *path,
                               size_t max_bytes, struct cl_err *err)
{
    struct cl_file_info info = {.exists = false};

    CL_TRY(world->stat_file(world->ctx, path, &info, err));
    if (!info.exists)
        return refuse(name, path, "does not exist", err);
    if (!info.is_regular)
        return refuse(name, path, "is not a regular file", err);
    if (info.size_bytes > (int64_t)max_bytes)
        return refuse_size(name, path, max_bytes, err);
    return CL_OK;
}

static enum cl_code read_path(const struct cl_world *world, const char *name, const char *raw,
                              size_t max_bytes, struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    /* One byte more than allowed, so that a file that grew is refused and not cut. */
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF_SECRET(max_bytes + 1);

    CL_TRY(cl_value_expand_path(world, raw, &path, err));
    if (check_file(world, name, path, max_bytes, err) != CL_OK ||
        world->read_file(world->ctx, path, &content, err) != CL_OK) {
        err->code = CL_E_INVALID;
        return err->code;
    }
    return to_secret(name, path, max_bytes, without_line_end(cl_buf_view(&content)), ret, err);
}

static enum cl_code read_all(int fd, struct cl_buf *ret, const char *name, size_t max_bytes,
                             struct cl_err *err)
{
    char chunk[4096];
    ssize_t got = 0;

    do {
        if (!cl_interrupt_wait_input(fd))
            return cl_err_set(err, CL_E_INTERRUPTED, "Aborted.");
        got = read(fd, chunk, sizeof(chunk));
        if (got > 0)
            cl_buf_add(ret, cl_str_make(chunk, (size_t)got));
        explicit_bzero(chunk, sizeof(chunk));
    } while (ret->failed == CL_OK && (got > 0 || (got < 0 && errno == EINTR)));
    if (ret->failed == CL_OK && got < 0)
        return refuse(name, "@-", "cannot be read", err);
    if (ret->failed == CL_E_INVALID)
        return refuse_size(name, "@-", max_bytes, err);
    return cl_buf_ok(ret, err);
}

static enum cl_code read_stdin(struct cl_values *values, const char *name, size_t max_bytes,
                               struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF_SECRET(max_bytes + 2);

    if (values->stdin_used)
        return refuse(name, "@-", "can be used only once", err);
    values->stdin_used = true;
    CL_TRY(read_all(values->stdin_fd, &content, name, max_bytes, err));
    return to_secret(name, "@-", max_bytes, without_line_end(cl_buf_view(&content)), ret, err);
}

static enum cl_code read_variable(const struct cl_world *world, const char *name, const char *raw,
                                  size_t max_bytes, struct cl_secret **ret, struct cl_err *err)
{
    const char *value = world->env(world->ctx, raw + sizeof("@env:") - 1);

    if (value == NULL)
        return refuse(name, raw, "names a variable that is not set", err);
    return to_secret(name, raw, max_bytes, cl_str_of(value), ret, err);
}

bool cl_value_is_literal(const char *raw)
{
    return raw[0] != '@' || raw[1] == '@';
}

enum cl_code cl_value_read_within(struct cl_values *values, const char *name, const char *raw,
                                  size_t max_bytes, struct cl_secret **ret, struct cl_err *err)
{
    if (cl_value_is_literal(raw))
        return cl_secret_new(cl_str_of(raw[0] == '@' ? raw + 1 : raw), ret, err);
    if (strcmp(raw, "@-") == 0)
        return read_stdin(values, name, max_bytes, ret, err);
    if (strncmp(raw, "@env:", 5) == 0)
        return read_variable(values->world, name, raw, max_bytes, ret, err);
    return read_path(values->world, name, raw + 1, max_bytes, ret, err);
}

/* Takes `value` also on failure. */
static enum cl_code without_nul(const char *name, const char *raw, struct cl_secret *value,
                                struct cl_secret **ret, struct cl_err *err)
{
    struct cl_str bytes = cl_secret_expose(value);
    bool has_nul = cl_str_find(bytes, '\0') < bytes.len;

    if (has_nul) {
        cl_secret_free(value);
        return refuse(name, raw, "contains a NUL byte", err);
    }
    *ret = value;
    return CL_OK;
}

enum cl_code cl_value_read(struct cl_values *values, const char *name, const char *raw,
                           struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;

    CL_TRY(cl_value_read_within(values, name, raw, CL_ARG_FILE_MAX, &value, err));
    return without_nul(name, raw, CL_MOVE(value), ret, err);
}

static bool is_json_text(const char *raw)
{
    return cl_str_starts(cl_str_trim(cl_str_of(raw)), CL_STR("{"));
}

enum cl_code cl_value_read_document(struct cl_values *values, const char *name, const char *raw,
                                    struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_file_info info = {.exists = false};

    if (raw[0] == '@' || is_json_text(raw))
        return cl_value_read(values, name, raw, ret, err);
    const struct cl_world *world = values->world;
    if (cl_value_expand_path(world, raw, &path, err) != CL_OK ||
        world->stat_file(world->ctx, path, &info, err) != CL_OK || !info.exists) {
        return cl_err_set(err, CL_E_INVALID, "%s: the value is neither JSON nor an existing file",
                          name);
    }
    CL_AUTO(cl_secret) struct cl_secret *value = NULL;
    CL_TRY(read_path(world, name, raw, CL_ARG_FILE_MAX, &value, err));
    return without_nul(name, raw, CL_MOVE(value), ret, err);
}

enum cl_code cl_value_field_name(const char *option, char **ret, struct cl_err *err)
{
    CL_TRY(cl_str_dup(cl_str_of(option), ret, err));
    for (char *at = *ret; *at != '\0'; at++) {
        if (*at == '-')
            *at = '_';
    }
    return CL_OK;
}

enum cl_code cl_value_label(const char *raw, bool value_needed, struct cl_label *ret,
                            struct cl_err *err)
{
    struct cl_label label = {.has_value = false};
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    label.has_value = cl_str_cut(cl_str_of(raw), '=', &label.key, &label.value);
    if (label.key.len > 0 && (label.has_value || !value_needed)) {
        *ret = label;
        return CL_OK;
    }
    cl_buf_add_quoted(&shown, cl_str_of(raw), NAME_SHOWN);
    return cl_err_set(err, CL_E_INVALID, "label '%s' is not of the form KEY=VALUE",
                      shown.ptr != NULL ? shown.ptr : "");
}

static enum cl_code bad_option(const struct cl_args *args, const char *name, const char *wanted,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    cl_buf_add_quoted(&shown, cl_str_of(cl_args_value(args, name)), NAME_SHOWN);
    return cl_err_set(err, CL_E_INVALID, "--%s: '%s' is not %s", name,
                      shown.ptr != NULL ? shown.ptr : "", wanted);
}

enum cl_code cl_args_i64(const struct cl_args *args, const char *name, int64_t *ret,
                         struct cl_err *err)
{
    const char *value = cl_args_value(args, name);

    if (value == NULL || cl_parse_i64(cl_str_of(value), ret, err) == CL_OK)
        return CL_OK;
    return bad_option(args, name, "a whole number", err);
}

enum cl_code cl_args_duration(const struct cl_args *args, const char *name, int64_t *ret_s,
                              struct cl_err *err)
{
    const char *value = cl_args_value(args, name);

    if (value == NULL || cl_duration_parse(cl_str_of(value), ret_s, err) == CL_OK)
        return CL_OK;
    return bad_option(args, name, "a duration such as 3600 or 1h30m", err);
}

enum cl_code cl_args_time(const struct cl_args *args, const char *name, int64_t now_at,
                          int64_t *ret_at, struct cl_err *err)
{
    const char *value = cl_args_value(args, name);
    int64_t at = 0;

    if (value == NULL)
        return CL_OK;
    if (cl_time_parse_input(cl_str_of(value), now_at, &at, err) != CL_OK)
        return bad_option(args, name, "a date and time like '2023-12-31 23:59:59' or +1h30m", err);
    if (at <= 0) /* 0 stands for no time at all */
        return bad_option(args, name, "a time after 1970-01-01", err);
    *ret_at = at;
    return CL_OK;
}
