#include "codec/ini_lines.h"

bool cl_ini_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct cl_str cl_ini_trim(struct cl_str text)
{
    while (text.len > 0 && cl_ini_is_blank(text.ptr[0]))
        text = cl_str_skip(text, 1);
    while (text.len > 0 && cl_ini_is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* Length of the line at the start of `rest`, and of that with its end. */
static size_t line_length(struct cl_str rest, size_t *with_end)
{
    size_t lf = cl_str_find(rest, '\n');
    size_t cr = cl_str_find(cl_str_first(rest, lf), '\r');
    bool cr_lf = cr + 1 == lf && lf < rest.len;

    if (cr_lf) {
        *with_end = lf + 1;
    } else {
        *with_end = cr < rest.len ? cr + 1 : rest.len;
    }
    return cr;
}

static enum cl_ini_line_kind kind_of(struct cl_str trimmed)
{
    if (trimmed.len == 0)
        return CL_INI_LINE_BLANK;
    return trimmed.ptr[0] == '#' || trimmed.ptr[0] == ';' ? CL_INI_LINE_COMMENT
                                                          : CL_INI_LINE_CONTENT;
}

bool cl_ini_next_line(struct cl_str text, struct cl_ini_line *line)
{
    struct cl_str rest = cl_str_skip(text, line->end);
    size_t with_end = 0;

    if (rest.len == 0)
        return false;
    struct cl_str whole = cl_str_first(rest, line_length(rest, &with_end));
    struct cl_str trimmed = cl_ini_trim(whole);
    *line = (struct cl_ini_line){.kind = kind_of(trimmed),
                                 .text = trimmed,
                                 .number = line->number + 1,
                                 .indent = (size_t)(trimmed.ptr - whole.ptr),
                                 .start = line->end,
                                 .end = line->end + with_end};
    return true;
}

bool cl_ini_split_header(struct cl_str text, struct cl_str *name)
{
    size_t close = text.len;

    while (close > 0 && text.ptr[close - 1] != ']')
        close--;
    /* A name needs at least one character: "[]" is none. */
    if (!cl_str_starts(text, CL_STR("[")) || close < 3)
        return false;
    *name = cl_str_make(text.ptr + 1, close - 2);
    return true;
}

bool cl_ini_split_key(struct cl_str text, struct cl_str *key, struct cl_str *value)
{
    size_t equals = cl_str_find(text, '=');
    size_t at = cl_str_find(cl_str_first(text, equals), ':');

    if (at >= text.len)
        return false;
    *key = cl_ini_trim(cl_str_first(text, at));
    *value = cl_ini_trim(cl_str_skip(text, at + 1));
    return true;
}

bool cl_ini_is_simple_key(struct cl_str key)
{
    static const char *const keys[] = {
        "region",
        "output",
        "cli_follow_urlparam",
        "disable_request_compression",
        "ec2_metadata_v1_disabled",
        "endpoint_discovery_enabled",
        "ignore_configured_endpoint_urls",
        "parameter_validation",
        "s3_disable_express_session_auth",
        "s3_disable_multiregion_access_points",
        "s3_use_arn_region",
        "tcp_keepalive",
        "use_dualstack_endpoint",
        "use_fips_endpoint",
    };

    for (size_t i = 0; i < CL_COUNT(keys); i++) {
        if (cl_str_eq_c(key, keys[i]))
            return true;
    }
    return false;
}
