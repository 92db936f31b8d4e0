#include "clouds/aws/canonical.h"

#include <stdlib.h>

#include "base/alloc.h"

enum cl_code aws_url_split(struct cl_str url, struct aws_url *ret, struct cl_err *err)
{
    struct aws_url parts = {.scheme = CL_STR("https")};
    struct cl_str rest;

    if (cl_str_starts(url, CL_STR("https://"))) {
        rest = cl_str_skip(url, 8);
    } else if (cl_str_starts(url, CL_STR("http://"))) {
        rest = cl_str_skip(url, 7);
        parts.scheme = CL_STR("http");
    } else {
        return cl_err_set(err, CL_E_INVALID, "address does not start with http:// or https://");
    }
    (void)cl_str_cut(rest, '?', &rest, &parts.query);
    size_t slash = cl_str_find(rest, '/');
    parts.authority = cl_str_first(rest, slash);
    parts.path = cl_str_skip(rest, slash);
    if (parts.authority.len == 0 || cl_str_find(parts.authority, '@') < parts.authority.len ||
        cl_str_find(url, '#') < url.len) {
        return cl_err_set(err, CL_E_INVALID,
                          "address has no host, or holds a user name or a fragment");
    }
    *ret = parts;
    return CL_OK;
}

static char lower(char c)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

    if (c < 'A' || c > 'Z')
        return c;
    return letters[c - 'A'];
}

static void add_lower(struct cl_buf *buf, struct cl_str text)
{
    char chunk[64];

    while (text.len > 0) {
        size_t len = text.len < sizeof(chunk) ? text.len : sizeof(chunk);
        for (size_t i = 0; i < len; i++)
            chunk[i] = lower(text.ptr[i]);
        cl_buf_add(buf, cl_str_make(chunk, len));
        text = cl_str_skip(text, len);
    }
}

void aws_add_host(struct cl_buf *buf, const struct aws_url *url)
{
    struct cl_str own_port = cl_str_eq_c(url->scheme, "http") ? CL_STR(":80") : CL_STR(":443");
    struct cl_str host = url->authority;

    if (cl_str_ends(host, own_port))
        host = cl_str_first(host, host.len - own_port.len);
    add_lower(buf, host);
}

/* Transports and proxies add or change these on the way, or they hold the signature itself. */
static bool is_never_signed(struct cl_str name)
{
    static const char *const names[] = {
        "authorization",
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-amzn-trace-id",
    };

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        if (cl_str_ieq(name, cl_str_of(names[i])))
            return true;
    }
    return false;
}

static int compare_names(struct cl_str a, struct cl_str b)
{
    size_t common = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < common; i++) {
        int order = (unsigned char)lower(a.ptr[i]) - (unsigned char)lower(b.ptr[i]);
        if (order != 0)
            return order;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

enum cl_code aws_header_set_add(struct aws_header_set *set, struct cl_str name, struct cl_str value,
                                struct cl_err *err)
{
    if (is_never_signed(name))
        return CL_OK;
    if (set->count == CL_COUNT(set->items))
        return cl_err_set(err, CL_E_INVALID, "request has more than %zu headers", set->count);
    size_t at = set->count++;
    for (; at > 0 && compare_names(set->items[at - 1].name, name) > 0; at--)
        set->items[at] = set->items[at - 1];
    set->items[at] = (struct cl_http_header){.name = name, .value = value};
    return CL_OK;
}

static bool repeats_name(const struct aws_header_set *set, size_t at)
{
    return at > 0 && compare_names(set->items[at - 1].name, set->items[at].name) == 0;
}

void aws_add_signed_names(struct cl_buf *buf, const struct aws_header_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (repeats_name(set, i))
            continue;
        if (i > 0)
            cl_buf_add_char(buf, ';');
        add_lower(buf, set->items[i].name);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without blanks at the ends, and with one space for each run of them inside. */
static void add_collapsed(struct cl_buf *buf, struct cl_str value)
{
    bool first = true;

    for (size_t at = 0; at < value.len;) {
        size_t start = at;
        while (at < value.len && !is_blank(value.ptr[at]))
            at++;
        if (at > start) {
            if (!first)
                cl_buf_add_char(buf, ' ');
            cl_buf_add(buf, cl_str_make(value.ptr + start, at - start));
            first = false;
        }
        while (at < value.len && is_blank(value.ptr[at]))
            at++;
    }
}

void aws_add_canonical_headers(struct cl_buf *buf, const struct aws_header_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (repeats_name(set, i)) {
            cl_buf_add_char(buf, ',');
        } else {
            add_lower(buf, set->items[i].name);
            cl_buf_add_char(buf, ':');
        }
        add_collapsed(buf, set->items[i].value);
        if (i + 1 == set->count || !repeats_name(set, i + 1))
            cl_buf_add_char(buf, '\n');
    }
}

/* Drops the last segment behind `root`. */
static void pop_segment(struct cl_buf *buf, size_t root)
{
    size_t len = buf->len;

    while (len > root && buf->ptr[len - 1] != '/')
        len--;
    cl_buf_truncate(buf, len > root ? len - 1 : root);
}

/*
 * Encodes what was encoded before: %3A becomes %253A. Slashes were cut off as separators, and a
 * segment grows in place, so popping one needs no second buffer.
 */
static void add_normalized_path(struct cl_buf *buf, struct cl_str path)
{
    size_t root = buf->len;
    struct cl_str rest = path;

    while (rest.len > 0) {
        struct cl_str segment;

        (void)cl_str_cut(rest, '/', &segment, &rest);
        if (segment.len == 0 || cl_str_eq_c(segment, "."))
            continue;
        if (cl_str_eq_c(segment, "..")) {
            pop_segment(buf, root);
            continue;
        }
        cl_buf_add_char(buf, '/');
        cl_buf_add_urlencoded(buf, segment);
    }
    if (buf->len == root || cl_str_ends(path, CL_STR("/")))
        cl_buf_add_char(buf, '/');
}

void aws_add_canonical_path(struct cl_buf *buf, struct cl_str path, bool literal)
{
    if (path.len == 0)
        path = CL_STR("/");
    if (literal) {
        cl_buf_add(buf, path);
    } else {
        add_normalized_path(buf, path);
    }
}

struct pair {
    struct cl_str name;
    struct cl_str value;
};

static int compare_pairs(const void *left, const void *right)
{
    const struct pair *a = left;
    const struct pair *b = right;
    int order = cl_str_cmp(a->name, b->name);

    return order != 0 ? order : cl_str_cmp(a->value, b->value);
}

static size_t split_pairs(struct cl_str query, struct pair *ret)
{
    size_t count = 0;
    bool more = true;

    while (more) {
        struct cl_str pair;

        more = cl_str_cut(query, '&', &pair, &query);
        (void)cl_str_cut(pair, '=', &ret[count].name, &ret[count].value);
        count++;
    }
    return count;
}

enum cl_code aws_add_canonical_query(struct cl_buf *buf, struct cl_str query, struct cl_err *err)
{
    size_t most = 1;

    if (query.len == 0)
        return CL_OK;
    for (size_t i = 0; i < query.len; i++)
        most += query.ptr[i] == '&' ? 1 : 0;
    struct pair *pairs = cl_array_alloc(most, sizeof(*pairs));
    if (pairs == NULL)
        return cl_err_no_memory(err);
    size_t count = split_pairs(query, pairs);
    qsort(pairs, count, sizeof(*pairs), compare_pairs);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            cl_buf_add_char(buf, '&');
        cl_buf_add(buf, pairs[i].name);
        cl_buf_add_char(buf, '=');
        cl_buf_add(buf, pairs[i].value);
    }
    cl_free(pairs);
    return CL_OK;
}
