#include "clouds/ssh/user_config.h"

#include <strings.h>

#include "base/alloc.h"
#include "clouds/ssh/known_hosts.h"

#define IDENTITIES_MAX 100 /* as ssh has it */
#define PATTERN_MAX_BYTES 256

void ssh_user_config_cleanup(struct ssh_user_config *config)
{
    cl_free(config->host_name);
    cl_free(config->user);
    cl_free(config->port);
    cl_strs_cleanup(&config->identities);
    *config = (struct ssh_user_config){.host_name = NULL};
}

/* --- words --------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct cl_str skip_blanks(struct cl_str text)
{
    while (text.len > 0 && is_blank(text.ptr[0]))
        text = cl_str_skip(text, 1);
    return text;
}

/* The next argument, without the quotes around it; empty at the end or at a comment. */
static struct cl_str next_argument(struct cl_str *rest)
{
    size_t len = 0;

    *rest = skip_blanks(*rest);
    if (rest->len == 0 || rest->ptr[0] == '#')
        return CL_STR_NONE;
    if (rest->ptr[0] == '"') {
        struct cl_str word = CL_STR_NONE;
        (void)cl_str_cut(cl_str_skip(*rest, 1), '"', &word, rest);
        return word;
    }
    while (len < rest->len && !is_blank(rest->ptr[len]))
        len++;
    struct cl_str word = cl_str_first(*rest, len);
    *rest = cl_str_skip(*rest, len);
    return word;
}

/* `Keyword argument` or `Keyword=argument`. */
static struct cl_str next_keyword(struct cl_str *rest)
{
    size_t len = 0;

    *rest = skip_blanks(*rest);
    while (len < rest->len && !is_blank(rest->ptr[len]) && rest->ptr[len] != '=')
        len++;
    struct cl_str keyword = cl_str_first(*rest, len);
    *rest = skip_blanks(cl_str_skip(*rest, len));
    if (rest->len > 0 && rest->ptr[0] == '=')
        *rest = cl_str_skip(*rest, 1);
    return keyword;
}

static bool is_keyword(struct cl_str word, const char *keyword)
{
    return word.len == strlen(keyword) && strncasecmp(word.ptr, keyword, word.len) == 0;
}

/* --- sections ------------------------------------------------------------------------------ */

/* One negated pattern that fits takes the host out, whatever else fits. */
static bool is_about(struct cl_str patterns, struct cl_str alias)
{
    bool found = false;

    for (;;) {
        struct cl_str pattern = next_argument(&patterns);
        bool negated = pattern.len > 0 && pattern.ptr[0] == '!';
        if (pattern.len == 0)
            return found;
        if (pattern.len > PATTERN_MAX_BYTES) /* longer than any name */
            continue;
        if (!ssh_pattern_fits(negated ? cl_str_skip(pattern, 1) : pattern, alias))
            continue;
        if (negated)
            return false;
        found = true;
    }
}

static enum cl_code set_first(struct cl_str value, char **ret, struct cl_err *err)
{
    return value.len == 0 || *ret != NULL ? CL_OK : cl_str_dup(value, ret, err);
}

static enum cl_code add_identity(struct cl_str value, struct ssh_user_config *ret,
                                 struct cl_err *err)
{
    if (value.len == 0 || ret->identities.count == IDENTITIES_MAX || is_keyword(value, "none") ||
        cl_strs_has(&ret->identities, value))
        return CL_OK;
    return cl_strs_add(&ret->identities, value, err);
}

static enum cl_code read_line(struct cl_str line, struct cl_str alias, bool *active,
                              struct ssh_user_config *ret, struct cl_err *err)
{
    struct cl_str keyword = next_keyword(&line);

    if (cl_str_find(line, '\0') < line.len)
        return CL_OK; /* damaged; no value has a NUL */
    if (is_keyword(keyword, "Host")) {
        *active = is_about(line, alias);
        return CL_OK;
    }
    if (is_keyword(keyword, "Match")) {
        *active = false;
        ret->partly = true;
        return CL_OK;
    }
    if (!*active)
        return CL_OK;
    ret->partly = ret->partly || is_keyword(keyword, "Include");
    if (is_keyword(keyword, "HostName"))
        return set_first(next_argument(&line), &ret->host_name, err);
    if (is_keyword(keyword, "User"))
        return set_first(next_argument(&line), &ret->user, err);
    if (is_keyword(keyword, "Port"))
        return set_first(next_argument(&line), &ret->port, err);
    if (is_keyword(keyword, "IdentityFile"))
        return add_identity(next_argument(&line), ret, err);
    return CL_OK;
}

enum cl_code ssh_user_config_read(struct cl_str text, struct cl_str alias,
                                  struct ssh_user_config *ret, struct cl_err *err)
{
    bool active = true; /* for every host, until a section begins */

    for (bool more = true; more;) {
        struct cl_str line;
        more = cl_str_cut(text, '\n', &line, &text);
        CL_TRY(read_line(line, alias, &active, ret, err));
    }
    return CL_OK;
}

/* --- paths --------------------------------------------------------------------------------- */

static const char *token_value(char token, const char *home, const char *host, const char *user)
{
    switch (token) {
    case 'd': return home;
    case 'h': return host;
    case 'r': return user;
    case '%': return "%";
    default: return NULL;
    }
}

enum cl_code ssh_identity_path(const char *written, const char *home, const char *host,
                               const char *user, struct cl_buf *ret, struct cl_err *err)
{
    const char *at = written;

    if (at[0] == '~' && at[1] == '/') {
        cl_buf_add_c(ret, home);
        at++;
    }
    for (; *at != '\0'; at++) {
        const char *value = *at == '%' ? token_value(at[1], home, host, user) : NULL;
        if (*at != '%') {
            cl_buf_add_char(ret, *at);
        } else if (value == NULL) {
            return cl_err_set(
                err, CL_E_INVALID,
                "'%.200s' in the SSH configuration has a token that is not understood", written);
        } else {
            cl_buf_add_c(ret, value);
            at++;
        }
    }
    return cl_buf_ok(ret, err);
}
