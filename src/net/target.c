#include "net/target.h"

#include "net/ip.h"

#define MAX_URL_BYTES 16384
#define MAX_HOST_BYTES 253
#define MAX_PORT 65535
#define HTTP_PORT 80
#define HTTPS_PORT 443

static const char digits[] = "0123456789";
static const char host_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

static enum cl_code check_bytes(struct cl_str url, struct cl_err *err)
{
    if (url.len > MAX_URL_BYTES)
        return cl_err_set(err, CL_E_INVALID, "the URL is longer than %d bytes", MAX_URL_BYTES);
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c <= 0x20 || c >= 0x7F) {
            return cl_err_set(err, CL_E_INVALID,
                              "the URL holds a blank, a control character or a non-ASCII byte");
        }
        if (c == '#' || c == '\\')
            return cl_err_set(err, CL_E_INVALID, "the URL holds a '%c'", c);
    }
    return CL_OK;
}

static enum cl_code take_scheme(struct cl_str *url, bool *ret_https, struct cl_err *err)
{
    static const struct cl_str http = CL_STR_INIT("http://");
    static const struct cl_str https = CL_STR_INIT("https://");

    *ret_https = cl_str_ieq(cl_str_first(*url, https.len), https);
    if (!*ret_https && !cl_str_ieq(cl_str_first(*url, http.len), http))
        return cl_err_set(err, CL_E_INVALID, "the URL does not begin with http:// or https://");
    *url = cl_str_skip(*url, *ret_https ? https.len : http.len);
    return CL_OK;
}

static struct cl_str authority_of(struct cl_str rest)
{
    struct cl_str before_path = cl_str_first(rest, cl_str_find(rest, '/'));

    return cl_str_first(before_path, cl_str_find(before_path, '?'));
}

static struct cl_str last_label(struct cl_str host)
{
    size_t at = cl_str_ends(host, CL_STR(".")) ? host.len - 1 : host.len;
    struct cl_str name = cl_str_first(host, at);

    while (at > 0 && name.ptr[at - 1] != '.')
        at--;
    return cl_str_skip(name, at);
}

/* 127.1, 0x7f000001 and 2130706433 are addresses to some parsers and names to others. */
static bool is_odd_number(struct cl_str host)
{
    struct cl_str last = last_label(host);
    struct cl_ip ip;
    bool is_number = cl_str_only(last, digits) || cl_str_starts(last, CL_STR("0x")) ||
                     cl_str_starts(last, CL_STR("0X"));

    return is_number && !cl_ip_parse(host, &ip);
}

static enum cl_code check_host(struct cl_str host, bool bracketed, struct cl_err *err)
{
    struct cl_ip ip;

    if (bracketed && !(cl_str_contains(host, CL_STR(":")) && cl_ip_parse(host, &ip)))
        return cl_err_set(err, CL_E_INVALID, "the URL's host is not an IPv6 address");
    if (bracketed)
        return CL_OK;
    if (host.len == 0 || host.len > MAX_HOST_BYTES || !cl_str_only(host, host_bytes) ||
        host.ptr[0] == '.' || is_odd_number(host))
        return cl_err_set(err, CL_E_INVALID, "the URL has no valid host name");
    return CL_OK;
}

static enum cl_code parse_port(struct cl_str text, int *ret, struct cl_err *err)
{
    int64_t port = 0;
    struct cl_err ignored = CL_ERR_NONE;

    if (!cl_str_only(text, digits) || cl_parse_i64(text, &port, &ignored) != CL_OK || port < 1 ||
        port > MAX_PORT) {
        return cl_err_set(err, CL_E_INVALID, "the URL's port is not a number from 1 to %d",
                          MAX_PORT);
    }
    *ret = (int)port;
    return CL_OK;
}

/* `[address]:port`, `name:port`; the port may be missing. */
static enum cl_code parse_authority(struct cl_str authority, struct cl_target *ret,
                                    struct cl_err *err)
{
    bool bracketed = cl_str_starts(authority, CL_STR("["));
    struct cl_str port = CL_STR_NONE;
    bool has_port = false;

    if (cl_str_contains(authority, CL_STR("@")))
        return cl_err_set(err, CL_E_INVALID, "the URL holds a user name");
    if (bracketed) {
        bool closed = cl_str_cut(cl_str_skip(authority, 1), ']', &ret->host, &port);
        has_port = port.len > 0;
        if (!closed || (has_port && port.ptr[0] != ':'))
            return cl_err_set(err, CL_E_INVALID, "the URL's host is not an IPv6 address");
        port = cl_str_skip(port, 1);
    } else {
        has_port = cl_str_cut(authority, ':', &ret->host, &port);
    }
    CL_TRY(check_host(ret->host, bracketed, err));
    return has_port ? parse_port(port, &ret->port, err) : CL_OK;
}

enum cl_code cl_target_parse(struct cl_str url, struct cl_target *ret, struct cl_err *err)
{
    struct cl_target target = {.https = false};
    struct cl_str rest = url;

    CL_TRY(check_bytes(url, err));
    CL_TRY(take_scheme(&rest, &target.https, err));
    target.port = target.https ? HTTPS_PORT : HTTP_PORT;
    CL_TRY(parse_authority(authority_of(rest), &target, err));
    *ret = target;
    return CL_OK;
}
