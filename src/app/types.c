#include "base/alloc.h"

#include "app/internal.h"

static bool matches(const struct cl_connector_type *type, const struct cl_type_filter *filter)
{
    if (filter->type.len > 0 && !cl_str_eq_c(filter->type, type->id))
        return false;
    if (filter->resource_type.len > 0 && cl_type_resource(type, filter->resource_type) == NULL)
        return false;
    return filter->auth_method.len == 0 || cl_type_method(type, filter->auth_method) != NULL;
}

static enum cl_code keep(struct cl_type_list *list, const struct cl_connector_type *type,
                         struct cl_err *err)
{
    void *grown = cl_array_grow(list->items, &list->capacity, list->count + 1, sizeof(void *));

    if (grown == NULL)
        return cl_err_no_memory(err);
    list->items = grown;
    list->items[list->count++] = type;
    return CL_OK;
}

/* Says which part of the filter is unknown, or that nothing has all of them. */
static enum cl_code none_matches(const struct cl_type_filter *filter, struct cl_err *err)
{
    const struct cl_connector_type *type = NULL;

    if (filter->type.len == 0)
        return cl_err_set(err, CL_E_NOT_FOUND, "no connector type matches");
    CL_TRY(cl_registry_require(filter->type, &type, err));
    const struct cl_resource_type *resource = NULL;
    const struct cl_auth_method *method = NULL;
    CL_TRY(cl_registry_find_resource(type, filter->resource_type, &resource, err));
    if (filter->auth_method.len > 0) {
        CL_TRY(cl_registry_find_spec(type, filter->auth_method, filter->resource_type, &method,
                                     &resource, err));
    }
    return cl_err_set(err, CL_E_NOT_FOUND, "no connector type matches");
}

enum cl_code app_types(struct cl_api *api, const struct cl_call *call,
                       const struct cl_type_filter *filter, struct cl_type_list *ret,
                       struct cl_err *err)
{
    const struct cl_connector_type *type = NULL;

    (void)api;
    (void)call;
    for (size_t i = 0; (type = cl_registry_at(i)) != NULL; i++) {
        if (matches(type, filter))
            CL_TRY(keep(ret, type, err));
    }
    return ret->count > 0 ? CL_OK : none_matches(filter, err);
}

/* Method and resource type that were asked for; without a method the type decides. */
static enum cl_code choose(const struct cl_connector_type *type,
                           const struct cl_auto_request *request, struct cl_discover_request *ret,
                           struct cl_err *err)
{
    if (request->auth_method.len == 0)
        return cl_registry_find_resource(type, request->resource_type, &ret->type, err);
    return cl_registry_find_spec(type, request->auth_method, request->resource_type, &ret->method,
                                 &ret->type, err);
}

enum cl_code app_auto_configure(struct cl_api *api, const struct cl_call *call,
                                const struct cl_auto_request *request, struct cl_discovered *ret,
                                struct cl_err *err)
{
    struct cl_discover_request discover = {.sources = &request->sources, .input = request->input};
    const struct cl_connector_type *type = NULL;

    (void)api;
    CL_TRY(cl_registry_require(request->type, &type, err));
    CL_TRY(choose(type, request, &discover, err));
    if (type->ops->discover == NULL) {
        return cl_err_set(err, CL_E_UNSUPPORTED,
                          "connector type '%s' does not support auto-configuration", type->id);
    }
    return type->ops->discover(call, &discover, ret, err);
}

enum cl_code app_need_scan(const struct cl_connector_type *type, struct cl_err *err)
{
    if (type->ops->scan != NULL)
        return CL_OK;
    return cl_err_set(err, CL_E_UNSUPPORTED,
                      "connectors of type '%s' show nothing that could be pinned", type->id);
}

enum cl_code app_scan(struct cl_api *api, const struct cl_call *call,
                      const struct cl_auto_request *request, struct cl_discovered *ret,
                      struct cl_err *err)
{
    struct cl_discover_request discover = {.sources = &request->sources, .input = request->input};
    const struct cl_connector_type *type = NULL;

    (void)api;
    CL_TRY(cl_registry_require(request->type, &type, err));
    CL_TRY(choose(type, request, &discover, err));
    CL_TRY(app_need_scan(type, err));
    return type->ops->scan(call, &discover, ret, err);
}
