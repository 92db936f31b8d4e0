#include "base/alloc.h"
#include "core/dup.h"
#include "core/quote.h"
#include "core/registry.h"
#include "core/scope.h"

/* All that must hold before a connector is stored, apart from what only its provider knows. */

static bool wants(const struct cl_connector *conn, const struct cl_resource_type *resource)
{
    if (conn->resource_types.count == 0)
        return cl_resource_allows(resource, conn->method);
    return cl_strs_has(&conn->resource_types, cl_str_of(resource->id));
}

/* Each once, in the type's order, and all of the method's when none is named. */
static enum cl_code order_types(const struct cl_connector *conn, struct cl_strs *ret,
                                struct cl_err *err)
{
    for (size_t i = 0; i < conn->type->resource_count; i++) {
        const struct cl_resource_type *resource = &conn->type->resources[i];
        if (wants(conn, resource))
            CL_TRY(cl_strs_add(ret, cl_str_of(resource->id), err));
    }
    return CL_OK;
}

static enum cl_code configure_types(struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs types = CL_STRS_NONE;
    const struct cl_auth_method *method = NULL;
    const struct cl_resource_type *resource = NULL;

    for (size_t i = 0; i < conn->resource_types.count; i++) {
        CL_TRY(cl_registry_find_spec(conn->type, cl_str_of(conn->method->id),
                                     cl_str_of(conn->resource_types.items[i]), &method, &resource,
                                     err));
    }
    CL_TRY(order_types(conn, &types, err));
    cl_strs_cleanup(&conn->resource_types);
    conn->resource_types = types;
    types = CL_STRS_NONE;
    return CL_OK;
}

static enum cl_code type_required(const struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_string) char *types = NULL;

    CL_TRY(cl_strs_join(&conn->resource_types, ", ", &types, err));
    (void)cl_err_set(err, CL_E_TYPE_REQUIRED,
                     "resource '%s' limits a connector of one resource type, but this one has "
                     "several: %s",
                     cl_quote(cl_str_of(conn->resource_id)).text, types);
    return cl_err_hint(err, "Pass --resource-type.");
}

/*
 * The canonical id follows from what was given, or for a type without instances from the
 * configuration. An id that does not fit is an error: dropping it would widen the scope.
 */
static enum cl_code configure_id(struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_resolved) struct cl_resolved own = {.type = NULL};
    struct cl_str given = cl_str_of(conn->resource_id);
    struct cl_want want = {.id = given, .need_type = true};

    cl_free(conn->canonical_id);
    conn->canonical_id = NULL;
    if (conn->resource_types.count != 1)
        return given.len > 0 ? type_required(conn, err) : CL_OK;
    if (given.len > CL_RESOURCE_ID_MAX) {
        return cl_err_set(err, CL_E_ID_INVALID, "a resource id of %zu bytes is longer than %d",
                          given.len, CL_RESOURCE_ID_MAX);
    }
    CL_TRY(cl_scope_resolve(conn, &want, &own, err));
    conn->canonical_id = CL_MOVE(own.id);
    return CL_OK;
}

static enum cl_code check_skew(const struct cl_connector *conn, struct cl_err *err)
{
    if (conn->skew_s == CL_SKEW_UNSET || conn->skew_s >= 0)
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID, "the expiry tolerance must not be negative");
}

enum cl_code cl_scope_configure(struct cl_connector *conn, struct cl_strs *warnings,
                                struct cl_err *err)
{
    CL_TRY(configure_types(conn, err));
    if (conn->type->ops->check_config != NULL)
        CL_TRY(conn->type->ops->check_config(conn, warnings, err));
    if (conn->expires_at == 0 && conn->type->ops->credentials_end != NULL)
        conn->expires_at = conn->type->ops->credentials_end(conn);
    CL_TRY(cl_method_ttl(conn->method, conn->expiration_seconds, &conn->expiration_seconds, err));
    CL_TRY(check_skew(conn, err));
    return configure_id(conn, err);
}
