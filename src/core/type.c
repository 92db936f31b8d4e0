#include "core/type.h"

#include "base/alloc.h"
#include "base/time.h"

void cl_verified_cleanup(struct cl_verified *verified)
{
    cl_free(verified->identity);
    cl_map_cleanup(&verified->facts);
    cl_strs_cleanup(&verified->warnings);
    *verified = (struct cl_verified){.identity = NULL};
}

void cl_discovered_cleanup(struct cl_discovered *discovered)
{
    cl_free(discovered->auth_method);
    cl_config_cleanup(&discovered->config);
    cl_free(discovered->source);
    cl_free(discovered->profile);
    cl_strs_cleanup(&discovered->looked_at);
    cl_strs_cleanup(&discovered->warnings);
    *discovered = (struct cl_discovered){.auth_method = NULL};
}

const struct cl_auth_method *cl_type_method(const struct cl_connector_type *type, struct cl_str id)
{
    for (size_t i = 0; i < type->method_count; i++) {
        if (cl_str_eq_c(id, type->methods[i].id))
            return &type->methods[i];
    }
    return NULL;
}

const struct cl_resource_type *cl_type_resource(const struct cl_connector_type *type,
                                                struct cl_str id)
{
    for (size_t i = 0; i < type->resource_count; i++) {
        if (cl_str_eq_c(id, type->resources[i].id))
            return &type->resources[i];
    }
    return NULL;
}

const struct cl_attr *cl_method_attr(const struct cl_auth_method *method, struct cl_str name)
{
    return cl_attr_find(method->attrs, method->attr_count, name);
}

bool cl_resource_allows(const struct cl_resource_type *resource,
                        const struct cl_auth_method *method)
{
    if (resource->methods == NULL)
        return true;
    for (const char *const *id = resource->methods; *id != NULL; id++) {
        if (strcmp(*id, method->id) == 0)
            return true;
    }
    return false;
}

bool cl_method_is_temporary(const struct cl_auth_method *method)
{
    return method->min_ttl_s != 0 || method->max_ttl_s != 0 || method->default_ttl_s != 0;
}

/* "between 900s (15m) and 129600s (1d12h)"; either bound may be missing. */
static void add_bounds(const struct cl_auth_method *method, struct cl_buf *text)
{
    bool both = method->min_ttl_s != 0 && method->max_ttl_s != 0;

    cl_buf_add_c(text, both ? "between " : method->min_ttl_s != 0 ? "at least " : "at most ");
    if (method->min_ttl_s != 0) {
        cl_buf_addf(text, "%llds (", (long long)method->min_ttl_s);
        cl_buf_add_duration(text, method->min_ttl_s);
        cl_buf_add_c(text, both ? ") and " : ")");
    }
    if (method->max_ttl_s != 0) {
        cl_buf_addf(text, "%llds (", (long long)method->max_ttl_s);
        cl_buf_add_duration(text, method->max_ttl_s);
        cl_buf_add_c(text, ")");
    }
}

static enum cl_code outside_bounds(const struct cl_auth_method *method, int64_t wanted_s,
                                   struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf bounds = CL_BUF(256);

    add_bounds(method, &bounds);
    CL_TRY(cl_buf_ok(&bounds, err));
    return cl_err_set(err, CL_E_TTL_UNAVAILABLE,
                      "auth method '%s' issues credentials for %s, not for %llds", method->id,
                      bounds.ptr, (long long)wanted_s);
}

enum cl_code cl_method_ttl(const struct cl_auth_method *method, int64_t wanted_s, int64_t *ret_s,
                           struct cl_err *err)
{
    int64_t ttl_s = wanted_s == 0 ? method->default_ttl_s : wanted_s;

    if (ttl_s < 0) {
        return cl_err_set(err, CL_E_TTL_UNAVAILABLE, "a life time of %llds is negative",
                          (long long)ttl_s);
    }
    if (!cl_method_is_temporary(method) && wanted_s != 0) {
        (void)cl_err_set(err, CL_E_TTL_UNAVAILABLE,
                         "auth method '%s' cannot choose how long credentials live, but %llds were "
                         "asked for",
                         method->id, (long long)wanted_s);
        return cl_err_hint(err, "Leave out the life time.");
    }
    bool short_of = method->min_ttl_s != 0 && ttl_s != 0 && ttl_s < method->min_ttl_s;
    bool beyond = method->max_ttl_s != 0 && ttl_s > method->max_ttl_s;
    if (short_of || beyond)
        return outside_bounds(method, ttl_s, err);
    *ret_s = ttl_s;
    return CL_OK;
}
