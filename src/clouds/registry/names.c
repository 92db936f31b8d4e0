#include "clouds/registry/names.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>

#include "codec/url.h"

#define MAX_INPUT_BYTES 1024
#define HOST_MAX 253
#define LABEL_MAX 63
#define HUB_API "registry-1.docker.io"

static const char lower_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789";

static enum cl_code refuse(struct cl_str input, const char *why, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    cl_buf_add_quoted(&shown, input, 100);
    (void)cl_err_set(err, CL_E_ID_INVALID, "'%.*s' is not the name of a container registry: %s",
                     CL_STR_ARG(cl_buf_view(&shown)), why);
    return cl_err_hint(err, "Accepted forms: %s", REGISTRY_ID_FORMS);
}

/* --- repositories -------------------------------------------------------------------------- */

/* Length of what may stand between two words: one dot, one or two underscores, any dashes. */
static size_t separator_length(struct cl_str text)
{
    size_t underscores = cl_str_span(text, "_");

    if (underscores > 0)
        return underscores <= 2 ? underscores : 0;
    if (text.len > 0 && text.ptr[0] == '.')
        return 1;
    return cl_str_span(text, "-");
}

static bool is_component(struct cl_str text)
{
    for (;;) {
        size_t word = cl_str_span(text, lower_bytes);
        if (word == 0)
            return false;
        text = cl_str_skip(text, word);
        if (text.len == 0)
            return true;
        size_t gap = separator_length(text);
        if (gap == 0)
            return false;
        text = cl_str_skip(text, gap);
    }
}

bool registry_is_repository(struct cl_str text)
{
    struct cl_str component = CL_STR_NONE;

    if (text.len > 255)
        return false;
    for (bool more = true; more;) {
        more = cl_str_cut(text, '/', &component, &text);
        if (!is_component(component))
            return false;
    }
    return true;
}

static struct cl_str strip_slashes(struct cl_str path)
{
    while (path.len > 0 && path.ptr[0] == '/')
        path = cl_str_skip(path, 1);
    while (path.len > 0 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

/* The API's version is no part of a repository's name. */
static struct cl_str strip_version(struct cl_str path)
{
    struct cl_str first = CL_STR_NONE;
    struct cl_str behind = CL_STR_NONE;

    path = strip_slashes(path);
    (void)cl_str_cut(path, '/', &first, &behind);
    if (cl_str_eq_c(first, "v1") || cl_str_eq_c(first, "v2"))
        return strip_slashes(behind);
    return path;
}

/* --- hosts --------------------------------------------------------------------------------- */

static bool is_label(struct cl_str label)
{
    return label.len > 0 && label.len <= LABEL_MAX && label.ptr[0] != '-' &&
           label.ptr[label.len - 1] != '-' &&
           cl_str_only(label, "abcdefghijklmnopqrstuvwxyz0123456789-_");
}

/* Four decimal numbers, so that no resolver reads "127.1" its own way. */
static bool is_ipv4(const char *host)
{
    struct in_addr address;

    return inet_pton(AF_INET, host, &address) == 1;
}

static bool is_host_name(const char *host)
{
    struct cl_str rest = cl_str_of(host);
    struct cl_str label = CL_STR_NONE;

    if (rest.len == 0 || rest.len > HOST_MAX)
        return false;
    for (bool more = true; more;) {
        more = cl_str_cut(rest, '.', &label, &rest);
        if (!is_label(label))
            return false;
    }
    return cl_str_span(label, "0123456789") < label.len || is_ipv4(host);
}

static bool is_hub(const char *host)
{
    static const char *const names[] = {
        "docker.io",      "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com",
        "hub.docker.com", "www.docker.io",   "auth.docker.io",
    };

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        if (strcmp(host, names[i]) == 0)
            return true;
    }
    return false;
}

/* Into the one spelling of an IPv6 address (RFC 5952), in brackets. */
static bool spell_ipv6(struct cl_str text, char *ret, size_t size)
{
    char copy[INET6_ADDRSTRLEN] = "";
    char spelled[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;

    if (text.len >= sizeof(copy) || cl_str_find(text, '\0') < text.len)
        return false;
    (void)memcpy(copy, text.ptr, text.len);
    if (inet_pton(AF_INET6, copy, &address) != 1 ||
        inet_ntop(AF_INET6, &address, spelled, sizeof(spelled)) == NULL)
        return false;
    return snprintf(ret, size, "[%s]", spelled) > 0;
}

static bool spell_name(struct cl_str text, char *ret)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '.')
        text.len--;
    if (text.len > HOST_MAX || cl_str_find(text, '\0') < text.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        ret[i] = (char)tolower((unsigned char)text.ptr[i]);
    ret[text.len] = '\0';
    return is_host_name(ret);
}

static bool parse_port(struct cl_str digits, int64_t *ret)
{
    struct cl_err ignored = CL_ERR_NONE;

    return cl_str_only(digits, "0123456789") && digits.len <= 5 &&
           cl_parse_i64(digits, ret, &ignored) == CL_OK && *ret >= 1 && *ret <= 65535;
}

/* Only with its port can such a name be told from one on Docker Hub. */
static bool needs_port(const char *host)
{
    return strchr(host, '.') == NULL && host[0] != '[' && strcmp(host, "localhost") != 0;
}

/* Puts the port behind the host unless it goes without saying. */
static bool add_port(struct cl_str digits, bool has_port, struct registry_name *ret)
{
    size_t len = strlen(ret->host);
    int64_t usual = ret->plain_http ? 80 : 443;
    int64_t port = usual;

    if (has_port && !parse_port(digits, &port))
        return false;
    if (ret->plain_http && port == 443) /* the id alone would mean https */
        return false;
    if (port == usual && !needs_port(ret->host))
        return true;
    return snprintf(ret->host + len, sizeof(ret->host) - len, ":%d", (int)port) > 0;
}

static enum cl_code parse_authority(struct cl_str input, struct cl_str authority,
                                    struct registry_name *ret, struct cl_err *err)
{
    struct cl_str port = CL_STR_NONE;
    struct cl_str host = authority;
    bool has_port = false;
    bool fits = false;

    if (cl_str_starts(authority, CL_STR("["))) {
        bool closed = cl_str_cut(cl_str_skip(authority, 1), ']', &host, &port);
        has_port = port.len > 0;
        fits = closed && (!has_port || port.ptr[0] == ':') &&
               spell_ipv6(host, ret->host, sizeof(ret->host));
        port = cl_str_skip(port, 1);
    } else {
        has_port = cl_str_cut(authority, ':', &host, &port);
        fits = spell_name(host, ret->host);
    }
    if (!fits)
        return refuse(input, "this is no host name or address", err);
    if (!add_port(port, has_port, ret))
        return refuse(input, "its port is not a number from 1 to 65535, or not one of http", err);
    if (is_hub(ret->host))
        (void)snprintf(ret->host, sizeof(ret->host), "%s", REGISTRY_HUB);
    return CL_OK;
}

/* --- both ---------------------------------------------------------------------------------- */

static enum cl_code check_bytes(struct cl_str text, struct cl_err *err)
{
    if (text.len == 0 || text.len > MAX_INPUT_BYTES)
        return refuse(text, "it is empty or too long", err);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x7F)
            return refuse(text, "write an international name in its ASCII form (xn--...)", err);
        if (c <= 0x20 || strchr("@?#\\\"", c) != NULL)
            return refuse(text, "it holds a blank or another character that no name has", err);
    }
    return CL_OK;
}

static enum cl_code cut_scheme(struct cl_str input, struct cl_str *rest, struct registry_name *ret,
                               struct cl_err *err)
{
    size_t colon = cl_str_find(input, ':');
    struct cl_str scheme = cl_str_first(input, colon);

    *rest = input;
    if (!cl_str_starts(cl_str_skip(input, colon), CL_STR("://")))
        return CL_OK;
    ret->has_scheme = true;
    ret->plain_http = cl_str_ieq(scheme, CL_STR("http"));
    if (!ret->plain_http && !cl_str_ieq(scheme, CL_STR("https")))
        return refuse(input, "only https:// and http:// can stand before it", err);
    *rest = cl_str_skip(input, colon + 3);
    return CL_OK;
}

static bool looks_like_host(struct cl_str part)
{
    return cl_str_find(part, '.') < part.len || cl_str_find(part, ':') < part.len ||
           cl_str_ieq(part, CL_STR("localhost"));
}

enum cl_code registry_name_parse(struct cl_str input, struct registry_name *ret, struct cl_err *err)
{
    struct registry_name name = {.host = ""};
    struct cl_str rest = CL_STR_NONE;
    struct cl_str authority = CL_STR_NONE;
    struct cl_str path = CL_STR_NONE;

    input = cl_str_trim(input);
    CL_TRY(check_bytes(input, err));
    CL_TRY(cut_scheme(input, &rest, &name, err));
    (void)cl_str_cut(rest, '/', &authority, &path);
    if (!name.has_scheme && authority.len > 0 && !looks_like_host(authority)) {
        authority = CL_STR(REGISTRY_HUB);
        path = rest;
    }
    CL_TRY(parse_authority(input, authority, &name, err));
    path = strip_version(path);
    if (path.len > 0 && !registry_is_repository(path))
        return refuse(input, "what stands behind the host is no repository", err);
    (void)snprintf(name.repository, sizeof(name.repository), "%.*s", CL_STR_ARG(path));
    *ret = name;
    return CL_OK;
}

void registry_add_base(struct cl_buf *url, struct cl_str host, bool plain_http)
{
    cl_buf_add_c(url, plain_http ? "http://" : "https://");
    cl_buf_add(url, cl_str_eq_c(host, REGISTRY_HUB) ? CL_STR(HUB_API) : host);
}
