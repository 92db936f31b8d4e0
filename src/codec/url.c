#include "codec/url.h"

#include <arpa/inet.h>
#include <ctype.h>

#define IPV6_TEXT_MAX 45

static bool is_hex(char c)
{
    return isxdigit((unsigned char)c) != 0;
}

static enum cl_code check_bytes(struct cl_str text, struct cl_err *err)
{
    if (text.len > CL_URL_MAX_BYTES)
        return cl_err_set(err, CL_E_INVALID, "URL is longer than %d bytes", CL_URL_MAX_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= 0x20 || c >= 0x7F || strchr("\"<>\\^`{|}", c) != NULL)
            return cl_err_set(err, CL_E_INVALID, "URL holds a character that must be encoded");
        bool escape = i + 2 < text.len && is_hex(text.ptr[i + 1]) && is_hex(text.ptr[i + 2]);
        if (c == '%' && !escape)
            return cl_err_set(err, CL_E_INVALID, "URL holds a %% without two hex digits");
    }
    return CL_OK;
}

static bool is_scheme(struct cl_str scheme)
{
    if (scheme.len == 0 || !isalpha((unsigned char)scheme.ptr[0]))
        return false;
    for (size_t i = 0; i < scheme.len; i++) {
        if (!isalnum((unsigned char)scheme.ptr[i]) && strchr("+-.", scheme.ptr[i]) == NULL)
            return false;
    }
    return true;
}

static enum cl_code parse_port(struct cl_str digits, int *ret, struct cl_err *err)
{
    int64_t port = 0;
    bool decimal = digits.len > 0 && digits.len <= 5 && digits.ptr[0] != '0' &&
                   cl_str_only(digits, "0123456789");

    if (!decimal || cl_parse_i64(digits, &port, err) != CL_OK || port < 1 || port > 65535)
        return cl_err_set(err, CL_E_INVALID, "port of the URL is not a number from 1 to 65535");
    *ret = (int)port;
    return CL_OK;
}

/* A terminated copy for inet_pton, which would stop at an embedded NUL. */
static bool copy_address(struct cl_str text, char out[IPV6_TEXT_MAX + 1])
{
    if (text.len > IPV6_TEXT_MAX || cl_str_find(text, '\0') < text.len)
        return false;
    (void)memset(out, 0, IPV6_TEXT_MAX + 1);
    (void)memcpy(out, text.ptr, text.len);
    return true;
}

static bool is_ipv6_text(struct cl_str text)
{
    char copy[IPV6_TEXT_MAX + 1];
    struct in6_addr address;

    return copy_address(text, copy) && inet_pton(AF_INET6, copy, &address) == 1;
}

static bool is_host_name(struct cl_str host)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-._";

    return host.len > 0 && host.len <= 255 && cl_str_only(host, allowed);
}

/* [v6]:port or name:port. */
static enum cl_code parse_host_port(struct cl_str text, struct cl_url *url, struct cl_err *err)
{
    struct cl_str port = CL_STR_NONE;
    bool has_port = false;

    url->is_ipv6 = cl_str_starts(text, CL_STR("["));
    if (url->is_ipv6) {
        struct cl_str behind;
        bool closed = cl_str_cut(cl_str_skip(text, 1), ']', &url->host, &behind);
        has_port = behind.len > 0;
        if (!closed || (has_port && behind.ptr[0] != ':') || !is_ipv6_text(url->host))
            return cl_err_set(err, CL_E_INVALID, "URL has no valid IPv6 address in its brackets");
        port = cl_str_skip(behind, 1);
    } else {
        has_port = cl_str_cut(text, ':', &url->host, &port);
        if (!is_host_name(url->host))
            return cl_err_set(err, CL_E_INVALID, "URL has no valid host name");
    }
    return has_port ? parse_port(port, &url->port, err) : CL_OK;
}

static enum cl_code parse_authority(struct cl_str authority, struct cl_url *url, struct cl_err *err)
{
    struct cl_str host_port = authority;

    url->has_userinfo = cl_str_find(authority, '@') < authority.len;
    if (url->has_userinfo) {
        (void)cl_str_cut(authority, '@', &url->userinfo, &host_port);
        if (cl_str_find(host_port, '@') < host_port.len) /* clients differ on which one counts */
            return cl_err_set(err, CL_E_INVALID, "URL holds two @ before its path");
    }
    return parse_host_port(host_port, url, err);
}

enum cl_code cl_url_parse(struct cl_str text, struct cl_url *ret, struct cl_err *err)
{
    struct cl_url url = {.scheme = CL_STR_NONE,
                         .userinfo = CL_STR_NONE,
                         .host = CL_STR_NONE,
                         .path = CL_STR_NONE,
                         .query = CL_STR_NONE,
                         .fragment = CL_STR_NONE};
    struct cl_str rest;

    CL_TRY(check_bytes(text, err));
    (void)cl_str_cut(text, ':', &url.scheme, &rest);
    if (!is_scheme(url.scheme) || !cl_str_starts(rest, CL_STR("//")))
        return cl_err_set(err, CL_E_INVALID, "URL does not start with a scheme and ://");
    url.has_fragment = cl_str_cut(cl_str_skip(rest, 2), '#', &rest, &url.fragment);
    url.has_query = cl_str_cut(rest, '?', &rest, &url.query);
    size_t slash = cl_str_find(rest, '/');
    url.path = cl_str_skip(rest, slash);
    CL_TRY(parse_authority(cl_str_first(rest, slash), &url, err));
    *ret = url;
    return CL_OK;
}

static int default_port(struct cl_str scheme)
{
    if (cl_str_ieq(scheme, CL_STR("https")))
        return 443;
    return cl_str_ieq(scheme, CL_STR("http")) ? 80 : 0;
}

int cl_url_port(const struct cl_url *url)
{
    return url->port != 0 ? url->port : default_port(url->scheme);
}

void cl_url_host_port(const struct cl_url *url, struct cl_buf *ret)
{
    if (url->is_ipv6)
        cl_buf_add_char(ret, '[');
    cl_buf_add(ret, url->host);
    if (url->is_ipv6)
        cl_buf_add_char(ret, ']');
    if (url->port != 0 && url->port != default_port(url->scheme))
        cl_buf_addf(ret, ":%d", url->port);
}

bool cl_host_is_loopback(struct cl_str host)
{
    char copy[IPV6_TEXT_MAX + 1];
    struct in_addr v4;
    struct in6_addr v6;

    if (cl_str_ieq(host, CL_STR("localhost")))
        return true;
    if (!copy_address(host, copy))
        return false;
    /* inet_pton wants four decimal numbers, so that no resolver reads "127.1" differently. */
    if (inet_pton(AF_INET, copy, &v4) == 1)
        return ntohl(v4.s_addr) >> 24U == 127;
    return inet_pton(AF_INET6, copy, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool cl_url_is_loopback(const struct cl_url *url)
{
    return cl_host_is_loopback(url->host);
}

static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    return (unsigned)((c | 0x20) - 'a') + 10;
}

enum cl_code cl_url_decode(struct cl_str text, bool plus_is_blank, struct cl_buf *ret,
                           struct cl_err *err)
{
    size_t before = ret->len;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            if (i + 2 >= text.len || !is_hex(text.ptr[i + 1]) || !is_hex(text.ptr[i + 2])) {
                cl_buf_truncate(ret, before);
                return cl_err_set(err, CL_E_INVALID, "a %% without two hex digits");
            }
            c = (char)(unsigned char)(hex_value(text.ptr[i + 1]) << 4U |
                                      hex_value(text.ptr[i + 2]));
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        cl_buf_add_char(ret, c);
    }
    enum cl_code rc = cl_buf_ok(ret, err);
    if (rc != CL_OK)
        cl_buf_truncate(ret, before);
    return rc;
}

bool cl_url_query_next(struct cl_str *rest, struct cl_str *name, struct cl_str *value)
{
    struct cl_str pair = CL_STR_NONE;

    while (rest->len > 0 && pair.len == 0) /* && holds an empty pair */
        (void)cl_str_cut(*rest, '&', &pair, rest);
    if (pair.len == 0)
        return false;
    (void)cl_str_cut(pair, '=', name, value);
    return true;
}
