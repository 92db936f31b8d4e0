#include "clouds/registry/realm.h"

#include "codec/url.h"
#include "net/ip.h"

#define PLACE_MAX 300

static enum cl_code no_address(struct cl_err *err)
{
    return cl_err_set(err, CL_E_PROVIDER,
                      "the registry names a token server whose address makes no sense");
}

static enum cl_code not_trusted(struct cl_str place, const char *why, struct cl_err *err)
{
    return cl_err_set(err, CL_E_REALM_CHANGED,
                      "the registry wants the password to be sent to '%.*s', %s; nothing was sent",
                      CL_STR_ARG(cl_str_first(place, 260)), why);
}

static void add_place(const struct cl_url *url, struct cl_buf *ret)
{
    size_t before = ret->len;

    cl_url_host_port(url, ret);
    for (size_t i = before; i < ret->len; i++) {
        if (ret->ptr[i] >= 'A' && ret->ptr[i] <= 'Z')
            ret->ptr[i] = (char)(ret->ptr[i] - 'A' + 'a');
    }
}

static bool is_below(struct cl_str host, struct cl_str domain)
{
    if (host.len <= domain.len || host.ptr[host.len - domain.len - 1] != '.')
        return false;
    return cl_str_ieq(cl_str_skip(host, host.len - domain.len), domain);
}

/* Registries and their token servers are siblings; a top-level domain makes nobody one. */
static bool is_of_same_site(struct cl_str registry, struct cl_str host)
{
    struct cl_str first = CL_STR_NONE;
    struct cl_str parent = CL_STR_NONE;
    struct cl_ip ip;

    if (cl_str_ieq(registry, host))
        return true;
    if (cl_ip_parse(registry, &ip) || cl_ip_parse(host, &ip) ||
        !cl_str_cut(registry, '.', &first, &parent))
        return false;
    if (is_below(host, registry))
        return true;
    if (cl_str_find(parent, '.') == parent.len)
        return false;
    return cl_str_ieq(host, parent) || is_below(host, parent);
}

static enum cl_code check_pin(const struct registry_realm_rule *rule, struct cl_str place,
                              struct cl_err *err)
{
    if (cl_str_ieq(place, rule->pin))
        return CL_OK;
    (void)cl_err_set(err, CL_E_REALM_CHANGED,
                     "the registry used to have '%.*s' check passwords and now names '%.*s'; "
                     "nothing was sent",
                     CL_STR_ARG(cl_str_first(rule->pin, 260)),
                     CL_STR_ARG(cl_str_first(place, 260)));
    return cl_err_hint(err,
                       "If the change is meant, confirm it: update the connector with "
                       "auth_realm_pin=%.*s",
                       CL_STR_ARG(cl_str_first(place, 200)));
}

static enum cl_code check_host(const struct cl_url *registry, const struct cl_url *url,
                               struct cl_str place, struct cl_err *err)
{
    if (is_of_same_site(registry->host, url->host))
        return CL_OK;
    (void)not_trusted(place, "which does not belong to it", err);
    return cl_err_hint(err,
                       "If that is the registry's token server, confirm it with "
                       "auth_realm_pin=%.*s",
                       CL_STR_ARG(cl_str_first(place, 200)));
}

enum cl_code registry_realm_check(const struct registry_realm_rule *rule, struct cl_str realm,
                                  struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf place = CL_BUF(PLACE_MAX);
    struct cl_url registry;
    struct cl_url url;

    CL_TRY(cl_url_parse(rule->base, &registry, err));
    if (cl_url_parse(realm, &url, err) != CL_OK || url.has_userinfo || url.has_fragment)
        return no_address(err);
    bool https = cl_str_ieq(url.scheme, CL_STR("https"));
    if (!https && !cl_str_ieq(url.scheme, CL_STR("http")))
        return no_address(err);
    add_place(&url, &place);
    CL_TRY(cl_buf_ok(&place, err));
    if (!https &&
        !(cl_str_ieq(registry.scheme, CL_STR("http")) && cl_str_ieq(registry.host, url.host)))
        return not_trusted(cl_buf_view(&place), "over plain http", err);
    if (rule->pin.len > 0) {
        CL_TRY(check_pin(rule, cl_buf_view(&place), err));
    } else {
        CL_TRY(check_host(&registry, &url, cl_buf_view(&place), err));
    }
    cl_buf_add(ret, cl_buf_view(&place));
    return CL_OK;
}

bool registry_is_pin(struct cl_str text)
{
    CL_AUTO(cl_buf) struct cl_buf address = CL_BUF(PLACE_MAX + 16);
    struct cl_err ignored = CL_ERR_NONE;
    struct cl_url url;

    cl_buf_add_c(&address, "https://");
    cl_buf_add(&address, text);
    return cl_buf_ok(&address, &ignored) == CL_OK &&
           cl_url_parse(cl_buf_view(&address), &url, &ignored) == CL_OK && !url.has_userinfo &&
           !url.has_fragment && !url.has_query && url.path.len == 0;
}
