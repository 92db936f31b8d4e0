#include "net/curl_response.h"

/* What a stopped write returns: no length that libcurl could take for success. */
static size_t written(const struct cl_buf *buf, size_t len)
{
    if (buf->failed == CL_OK)
        return len;
    return len == 0 ? 1 : 0;
}

size_t cl_response_take_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct cl_http_response *response = ctx;

    cl_buf_add(&response->body, cl_str_make(bytes, size * count));
    return written(&response->body, size * count);
}

/* Control characters become blanks, so that a line stays a line. */
static void add_clean(struct cl_buf *headers, struct cl_str text, bool lower)
{
    size_t from = headers->len;

    cl_buf_add(headers, text);
    for (size_t i = from; i < headers->len; i++) {
        char *c = &headers->ptr[i];
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            *c = ' ';
        } else if (lower && *c >= 'A' && *c <= 'Z') {
            *c = (char)(*c - 'A' + 'a');
        }
    }
}

static void add_field(struct cl_buf *headers, struct cl_str name, struct cl_str value)
{
    add_clean(headers, cl_str_trim(name), true);
    cl_buf_add_c(headers, ": ");
    add_clean(headers, cl_str_trim(value), false);
    cl_buf_add_char(headers, '\n');
}

/* RFC 9112, section 5.2: a line that begins with a blank belongs to the one before. */
static void add_continuation(struct cl_buf *headers, struct cl_str line)
{
    if (headers->len == 0)
        return;
    headers->ptr[headers->len - 1] = ' ';
    add_clean(headers, cl_str_trim(line), false);
    cl_buf_add_char(headers, '\n');
}

size_t cl_response_take_header(char *line, size_t size, size_t count, void *ctx)
{
    struct cl_http_response *response = ctx;
    struct cl_str raw = cl_str_make(line, size * count);
    struct cl_str name;
    struct cl_str value;

    if (cl_str_starts(raw, CL_STR("HTTP/"))) { /* after an interim answer (1xx) the real one */
        cl_buf_truncate(&response->headers, 0);
    } else if (cl_str_trim(raw).len > 0 && (raw.ptr[0] == ' ' || raw.ptr[0] == '\t')) {
        add_continuation(&response->headers, raw);
    } else if (cl_str_cut(raw, ':', &name, &value)) {
        add_field(&response->headers, name, value);
    }
    return written(&response->headers, size * count);
}
