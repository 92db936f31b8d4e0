#include "bridges/shell.h"

#include "codec/json_build.h"

struct cl_shell {
    const char *name;
    const char *set;    /* before the name */
    const char *equals; /* between name and value */
    const char *end;    /* behind the value */
    const char *unset;  /* before a name to remove; NULL: cannot */
    const char *unset_end;
    void (*quote)(struct cl_buf *out, struct cl_str value);
};

/* '…', with each ' as `escape`. */
static void quote_single(struct cl_buf *out, struct cl_str value, const char *escape)
{
    cl_buf_add_char(out, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'') {
            cl_buf_add_c(out, escape);
        } else {
            cl_buf_add_char(out, value.ptr[i]);
        }
    }
    cl_buf_add_char(out, '\'');
}

static void quote_posix(struct cl_buf *out, struct cl_str value)
{
    quote_single(out, value, "'\\''");
}

/* PowerShell takes U+2018 to U+201B for single quotes too. */
static bool starts_with_odd_quote(struct cl_str rest)
{
    return rest.len >= 3 && memcmp(rest.ptr, "\xE2\x80", 2) == 0 &&
           (unsigned char)rest.ptr[2] >= 0x98 && (unsigned char)rest.ptr[2] <= 0x9B;
}

static void quote_powershell(struct cl_buf *out, struct cl_str value)
{
    cl_buf_add_char(out, '\'');
    while (value.len > 0) {
        size_t len = starts_with_odd_quote(value) ? 3 : 1;
        if (len == 3 || value.ptr[0] == '\'')
            cl_buf_add(out, cl_str_first(value, len)); /* doubled, it is itself */
        cl_buf_add(out, cl_str_first(value, len));
        value = cl_str_skip(value, len);
    }
    cl_buf_add_char(out, '\'');
}

/* In fish a backslash is special inside quotes too. */
static void quote_fish(struct cl_buf *out, struct cl_str value)
{
    cl_buf_add_char(out, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
            cl_buf_add_char(out, '\\');
        cl_buf_add_char(out, value.ptr[i]);
    }
    cl_buf_add_char(out, '\'');
}

/* In csh history expansion works inside quotes as well. */
static void quote_csh(struct cl_buf *out, struct cl_str value)
{
    cl_buf_add_char(out, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'') {
            cl_buf_add_c(out, "'\\''");
        } else if (value.ptr[i] == '!') {
            cl_buf_add_c(out, "\\!");
        } else {
            cl_buf_add_char(out, value.ptr[i]);
        }
    }
    cl_buf_add_char(out, '\'');
}

static void quote_dotenv(struct cl_buf *out, struct cl_str value)
{
    cl_buf_add_char(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        if (strchr("\"\\$`", value.ptr[i]) != NULL)
            cl_buf_add_char(out, '\\');
        cl_buf_add_char(out, value.ptr[i]);
    }
    cl_buf_add_char(out, '"');
}

#define POSIX(id)                                                                      \
    {                                                                                  \
        .name = (id), .set = "export ", .equals = "=", .end = "\n", .unset = "unset ", \
        .unset_end = "\n", .quote = quote_posix                                        \
    }

/* clang-format off */
static const struct cl_shell shells[] = {
    POSIX("sh"), POSIX("bash"), POSIX("zsh"),
    {.name = "fish", .set = "set -gx ", .equals = " ", .end = "\n", .unset = "set -e ", .unset_end = "\n",
     .quote = quote_fish},
    {.name = "csh", .set = "setenv ", .equals = " ", .end = ";\n", .unset = "unsetenv ", .unset_end = ";\n",
     .quote = quote_csh},
    {.name = "powershell", .set = "$Env:", .equals = " = ", .end = "\n",
     .unset = "Remove-Item -ErrorAction SilentlyContinue Env:", .unset_end = "\n",
     .quote = quote_powershell},
    {.name = "dotenv", .set = "", .equals = "=", .end = "\n", .quote = quote_dotenv},
    {.name = "json"},
};
/* clang-format on */

const char *const cl_shell_names[] = {"sh",         "bash",   "zsh",  "fish", "csh",
                                      "powershell", "dotenv", "json", NULL};

const struct cl_shell *cl_shell_find(struct cl_str name)
{
    for (size_t i = 0; i < CL_COUNT(shells); i++) {
        if (cl_str_eq_c(name, shells[i].name))
            return &shells[i];
    }
    return NULL;
}

const struct cl_shell *cl_shell_guess(struct cl_str shell_variable)
{
    struct cl_str name = shell_variable;
    struct cl_str head = CL_STR_NONE;
    struct cl_str tail = CL_STR_NONE;

    while (cl_str_cut(name, '/', &head, &tail))
        name = tail;
    if (cl_str_eq_c(name, "tcsh"))
        name = CL_STR("csh");
    if (cl_str_eq_c(name, "pwsh"))
        name = CL_STR("powershell");
    const struct cl_shell *shell = cl_shell_find(name);
    return shell != NULL && shell->unset != NULL ? shell : &shells[0];
}

static struct cl_str shown_value(const struct cl_variable *variable, bool mask)
{
    return mask && variable->secret ? CL_STR("****") : cl_str_of(variable->value);
}

static enum cl_code add_json(const struct cl_environment *environment, bool mask,
                             struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *object = NULL;

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < environment->count; i++) {
        cl_json_add_str(&build, environment->items[i].name,
                        shown_value(&environment->items[i], mask));
    }
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &object, err));
    cl_buf_add_json(ret, object, CL_JSON_PRETTY);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

static void add_removal(const struct cl_shell *shell, const char *name, struct cl_buf *ret)
{
    cl_buf_add_c(ret, shell->unset);
    cl_buf_add_c(ret, name);
    cl_buf_add_c(ret, shell->unset_end);
}

static bool is_set(const struct cl_environment *environment, const char *name)
{
    for (size_t i = 0; i < environment->count; i++) {
        if (strcmp(environment->items[i].name, name) == 0)
            return true;
    }
    return false;
}

/* A prefix stands for the two variables of that family which the tools read. */
static void add_conflicts(const struct cl_shell *shell, const struct cl_environment *environment,
                          struct cl_buf *ret)
{
    for (const char *const *at = environment->removed; at != NULL && *at != NULL; at++) {
        struct cl_str name = cl_str_of(*at);
        if (is_set(environment, *at))
            continue;
        if (!cl_str_ends(name, CL_STR("*"))) {
            add_removal(shell, *at, ret);
            continue;
        }
        cl_buf_addf(ret, "%s%.*sFULL_URI%s", shell->unset, (int)(name.len - 1), name.ptr,
                    shell->unset_end);
        cl_buf_addf(ret, "%s%.*sRELATIVE_URI%s", shell->unset, (int)(name.len - 1), name.ptr,
                    shell->unset_end);
    }
}

enum cl_code cl_shell_add_assignments(const struct cl_shell *shell,
                                      const struct cl_environment *environment, bool mask,
                                      struct cl_buf *ret, struct cl_err *err)
{
    if (shell->quote == NULL)
        return add_json(environment, mask, ret, err);
    if (shell->unset != NULL)
        add_conflicts(shell, environment, ret);
    for (size_t i = 0; i < environment->count; i++) {
        cl_buf_add_c(ret, shell->set);
        cl_buf_add_c(ret, environment->items[i].name);
        cl_buf_add_c(ret, shell->equals);
        shell->quote(ret, shown_value(&environment->items[i], mask));
        cl_buf_add_c(ret, shell->end);
    }
    return cl_buf_ok(ret, err);
}

enum cl_code cl_shell_add_plain(const struct cl_environment *environment, struct cl_buf *ret,
                                struct cl_err *err)
{
    for (size_t i = 0; i < environment->count; i++)
        cl_buf_addf(ret, "%s=%s\n", environment->items[i].name, environment->items[i].value);
    return cl_buf_ok(ret, err);
}

enum cl_code cl_shell_add_removals(const struct cl_shell *shell,
                                   const struct cl_environment *environment, struct cl_buf *ret,
                                   struct cl_err *err)
{
    if (shell->unset == NULL)
        return cl_err_set(err, CL_E_UNSUPPORTED, "'%s' cannot remove variables", shell->name);
    for (size_t i = 0; i < environment->count; i++)
        add_removal(shell, environment->items[i].name, ret);
    return cl_buf_ok(ret, err);
}
