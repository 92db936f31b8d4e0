#include "base/redact.h"

#define HIDDEN CL_STR("[hidden]")
#define MIN_SECRET_BYTES 8
#define MAX_READ_BYTES ((size_t)64 * 1024)

/*
 * How long a run without blanks and punctuation must be to pass for a token. Role and session
 * names reach 64 bytes; with slashes in between, ARNs reach more.
 */
#define MIN_TOKEN_BYTES 80
#define MIN_PATH_TOKEN_BYTES 160

#define TOKEN_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+=_-%~."

#define VALUE_ENDS " \t\r\n\"'<>,;&"
#define LINE_ENDS "\r\n\"'<>"
#define JSON_ENDS "\""

/* The names that come before a value in requests which providers like to repeat. */
static const struct {
    const char *name;
    const char *value_ends;
} labels[] =
    {
        {"signature=", VALUE_ENDS},      {"credential=", VALUE_ENDS},
        {"security-token=", VALUE_ENDS}, {"security-token:", VALUE_ENDS},
        {"authorization:", LINE_ENDS}, /* a scheme, and whatever follows it */
        {"password=", VALUE_ENDS},       {"secret=", VALUE_ENDS},
        {"access_token=", VALUE_ENDS},   {"bearer ", VALUE_ENDS},
};

static size_t run_of(struct cl_str text, bool with_slashes)
{
    size_t len = 0;

    while (len < text.len && ((with_slashes && text.ptr[len] == '/') ||
                              cl_str_only(cl_str_first(cl_str_skip(text, len), 1), TOKEN_BYTES)))
        len++;
    return len;
}

static size_t secret_len(struct cl_str text, const struct cl_str *secrets, size_t count)
{
    size_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        if (secrets[i].len >= MIN_SECRET_BYTES && secrets[i].len > longest &&
            cl_str_starts(text, secrets[i]))
            longest = secrets[i].len;
    }
    return longest;
}

static size_t blanks_at(struct cl_str text)
{
    size_t len = 0;

    while (len < text.len && (text.ptr[len] == ' ' || text.ptr[len] == '\t'))
        len++;
    return len;
}

/* What stands between the name and the value of a JSON text member, both quotes included; or 0. */
static size_t json_colon_len(struct cl_str text)
{
    struct cl_str rest = cl_str_skip(text, 1);

    if (!cl_str_starts(text, CL_STR("\"")))
        return 0;
    rest = cl_str_skip(rest, blanks_at(rest));
    if (!cl_str_starts(rest, CL_STR(":")))
        return 0;
    rest = cl_str_skip(rest, 1);
    rest = cl_str_skip(rest, blanks_at(rest));
    return cl_str_starts(rest, CL_STR("\"")) ? text.len - rest.len + 1 : 0;
}

/* A label at the start of `text`, "name=" or "name": "; *ret_ends is what its value ends at. */
static size_t label_len(struct cl_str text, const char **ret_ends)
{
    for (size_t i = 0; i < CL_COUNT(labels); i++) {
        struct cl_str label = cl_str_of(labels[i].name);
        struct cl_str name = cl_str_first(label, label.len - 1);
        *ret_ends = labels[i].value_ends;
        if (cl_str_ieq(cl_str_first(text, label.len), label))
            return label.len;
        *ret_ends = JSON_ENDS;
        size_t colon = cl_str_ieq(cl_str_first(text, name.len), name)
                           ? json_colon_len(cl_str_skip(text, name.len))
                           : 0;
        if (colon > 0)
            return name.len + colon;
    }
    return 0;
}

/* The value behind a label, and the blanks before it. A backslash hides what ends the value. */
static size_t value_len(struct cl_str text, const char *ends)
{
    size_t len = blanks_at(text);

    while (len < text.len && strchr(ends, text.ptr[len]) == NULL)
        len += text.ptr[len] == '\\' && len + 1 < text.len ? 2 : 1;
    return len;
}

static size_t token_len(struct cl_str text)
{
    size_t plain = run_of(text, false);
    size_t path = run_of(text, true);

    if (path >= MIN_PATH_TOKEN_BYTES)
        return path;
    return plain >= MIN_TOKEN_BYTES ? plain : 0;
}

static void hide(struct cl_buf *clean, struct cl_str said, const struct cl_str *secrets,
                 size_t count)
{
    bool at_run_start = true;

    while (said.len > 0) {
        const char *ends = NULL;
        size_t label = label_len(said, &ends);
        size_t hidden = label > 0 ? value_len(cl_str_skip(said, label), ends) : 0;

        cl_buf_add(clean, cl_str_first(said, label));
        said = cl_str_skip(said, label);
        if (hidden == 0)
            hidden = secret_len(said, secrets, count);
        if (hidden == 0 && at_run_start)
            hidden = token_len(said);
        at_run_start = hidden > 0 || label > 0 || run_of(cl_str_first(said, 1), true) == 0;
        cl_buf_add(clean, hidden > 0 ? HIDDEN : cl_str_first(said, 1));
        said = cl_str_skip(said, hidden > 0 ? hidden : 1);
    }
}

void cl_buf_add_redacted(struct cl_buf *buf, struct cl_str said, const struct cl_str *secrets,
                         size_t secret_count, size_t max)
{
    CL_AUTO(cl_buf) struct cl_buf clean = CL_BUF_SECRET(2 * MAX_READ_BYTES);

    /* All of it, not what will be shown: a cut must not split what is to be hidden. */
    hide(&clean, cl_str_first(said, MAX_READ_BYTES), secrets, secret_count);
    cl_buf_add_quoted(buf, cl_buf_view(&clean), max);
}
