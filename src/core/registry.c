#include "core/registry.h"

#include <assert.h>

#include "core/quote.h"

const struct cl_connector_type *cl_registry_find(struct cl_str id)
{
    for (size_t i = 0; i < cl_connector_type_count; i++) {
        if (cl_str_eq_c(id, cl_connector_types[i]->id))
            return cl_connector_types[i];
    }
    return NULL;
}

static bool ranks_before(const struct cl_connector_type *a, const struct cl_connector_type *b)
{
    assert(a != NULL && b != NULL); /* the list has no holes */
    return a->rank != b->rank ? a->rank < b->rank : strcmp(a->id, b->id) < 0;
}

static size_t place_of(const struct cl_connector_type *type)
{
    size_t place = 0;

    for (size_t i = 0; i < cl_connector_type_count; i++)
        place += ranks_before(cl_connector_types[i], type) ? 1 : 0;
    return place;
}

/* A handful of types: counting is simpler than keeping a sorted copy. */
const struct cl_connector_type *cl_registry_at(size_t index)
{
    for (size_t i = 0; i < cl_connector_type_count; i++) {
        if (place_of(cl_connector_types[i]) == index)
            return cl_connector_types[i];
    }
    return NULL;
}

enum cl_code cl_registry_require(struct cl_str id, const struct cl_connector_type **ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;
    const struct cl_connector_type *type = cl_registry_find(id);

    if (type != NULL) {
        *ret = type;
        return CL_OK;
    }
    for (size_t i = 0; (type = cl_registry_at(i)) != NULL; i++)
        CL_TRY(cl_strs_add(&valid, cl_str_of(type->id), err));
    return cl_unknown(err, CL_E_UNKNOWN_TYPE, id, &valid, "there is no connector type '%s'",
                      cl_quote(id).text);
}

/* Ids of the methods that serve `resource` (NULL: all of the type's). */
static enum cl_code list_methods(const struct cl_connector_type *type,
                                 const struct cl_resource_type *resource, struct cl_strs *ret,
                                 struct cl_err *err)
{
    assert(type->methods != NULL); /* every type has one, says cl_type_check */
    for (size_t i = 0; i < type->method_count; i++) {
        const struct cl_auth_method *method = &type->methods[i];
        if (resource == NULL || cl_resource_allows(resource, method))
            CL_TRY(cl_strs_add(ret, cl_str_of(method->id), err));
    }
    return CL_OK;
}

enum cl_code cl_registry_find_resource(const struct cl_connector_type *type, struct cl_str id,
                                       const struct cl_resource_type **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    *ret = id.len == 0 ? NULL : cl_type_resource(type, id);
    if (id.len == 0 || *ret != NULL)
        return CL_OK;
    for (size_t i = 0; i < type->resource_count; i++)
        CL_TRY(cl_strs_add(&valid, cl_str_of(type->resources[i].id), err));
    return cl_unknown(err, CL_E_UNKNOWN_RESOURCE_TYPE, id, &valid,
                      "connector type '%s' has no resource type '%s'", type->id, cl_quote(id).text);
}

static enum cl_code no_method_given(const struct cl_connector_type *type,
                                    const struct cl_resource_type *resource, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    CL_TRY(list_methods(type, resource, &valid, err));
    (void)cl_unknown(err, CL_E_INVALID, CL_STR_NONE, &valid,
                     "connector type '%s' has several auth methods and none is given", type->id);
    return cl_err_hint(err, "'cleat service-connector describe-type %s' explains them.", type->id);
}

static enum cl_code find_method(const struct cl_connector_type *type, struct cl_str id,
                                const struct cl_resource_type *resource,
                                const struct cl_auth_method **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    if (id.len == 0 && type->method_count != 1)
        return no_method_given(type, resource, err);
    *ret = id.len == 0 ? &type->methods[0] : cl_type_method(type, id);
    if (*ret == NULL) {
        CL_TRY(list_methods(type, NULL, &valid, err));
        return cl_unknown(err, CL_E_UNKNOWN_METHOD, id, &valid,
                          "connector type '%s' has no auth method '%s'", type->id,
                          cl_quote(id).text);
    }
    if (resource == NULL || cl_resource_allows(resource, *ret))
        return CL_OK;
    CL_TRY(list_methods(type, resource, &valid, err));
    return cl_unknown(err, CL_E_METHOD_UNSUPPORTED, CL_STR_NONE, &valid,
                      "auth method '%s' does not serve resource type '%s'", (*ret)->id,
                      resource->id);
}

enum cl_code cl_registry_find_spec(const struct cl_connector_type *type, struct cl_str method_id,
                                   struct cl_str resource_id,
                                   const struct cl_auth_method **ret_method,
                                   const struct cl_resource_type **ret_resource, struct cl_err *err)
{
    const struct cl_resource_type *resource = NULL;
    const struct cl_auth_method *method = NULL;

    CL_TRY(cl_registry_find_resource(type, resource_id, &resource, err));
    CL_TRY(find_method(type, method_id, resource, &method, err));
    *ret_method = method;
    *ret_resource = resource;
    return CL_OK;
}
