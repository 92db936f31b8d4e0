#ifndef CLEAT_CORE_REGISTRY_H
#define CLEAT_CORE_REGISTRY_H

#include "core/type.h"

/* Defined by the generated file, in alphabetical order; use the functions below. */
extern const struct cl_connector_type *const cl_connector_types[];
extern const size_t cl_connector_type_count;

/** NULL when there is no such type. */
const struct cl_connector_type *cl_registry_find(struct cl_str id);

/** As above, but CL_E_UNKNOWN_TYPE with the nearest match and the list of types. */
enum cl_code cl_registry_require(struct cl_str id, const struct cl_connector_type **ret,
                                 struct cl_err *err) CL_MUST_USE;

/** The index-th type in rank order, NULL behind the last. */
const struct cl_connector_type *cl_registry_at(size_t index);

/** A resource type by name; empty: *ret is NULL. CL_E_UNKNOWN_RESOURCE_TYPE with near matches. */
enum cl_code cl_registry_find_resource(const struct cl_connector_type *type, struct cl_str id,
                                       const struct cl_resource_type **ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Method and resource type by name, each with its own error and near matches (framework §3).
 * `resource_id` empty: *ret_resource is NULL. `method_id` empty: the type's only method.
 *
 * @return CL_E_UNKNOWN_RESOURCE_TYPE, CL_E_UNKNOWN_METHOD, CL_E_METHOD_UNSUPPORTED, or CL_E_INVALID
 *         when no method is given and the type has several
 */
enum cl_code cl_registry_find_spec(const struct cl_connector_type *type, struct cl_str method_id,
                                   struct cl_str resource_id,
                                   const struct cl_auth_method **ret_method,
                                   const struct cl_resource_type **ret_resource, struct cl_err *err)
    CL_MUST_USE;

#endif
