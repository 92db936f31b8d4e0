#ifndef CLEAT_CORE_SCOPE_H
#define CLEAT_CORE_SCOPE_H

#include "core/type.h"

#define CL_RESOURCE_ID_MAX 255 /* bytes: what the wire carries */

/* What one use of a connector is about, after the checks of framework §4. Owns `id`. */
struct cl_resolved {
    const struct cl_resource_type *type; /* NULL: all of the connector's */
    char *id;                            /* canonical; NULL: any */
};
void cl_resolved_cleanup(struct cl_resolved *resolved);

/* What a caller asks for. */
struct cl_want {
    struct cl_str type; /* resource type; empty: not given */
    struct cl_str id;   /* in any accepted spelling; empty: not given */
    bool need_type;     /* the caller cannot do without */
    bool need_id;
};

/**
 * Narrows the connector's scope to what is wanted, never widens it. Pure.
 *
 * A wanted id without a type on a connector with several types picks the one type whose id form
 * fits; several fitting is CL_E_AMBIGUOUS.
 *
 * @return CL_E_OUT_OF_SCOPE (says what the scope is), CL_E_TYPE_REQUIRED, CL_E_ID_REQUIRED,
 *         CL_E_ID_INVALID, CL_E_UNKNOWN_RESOURCE_TYPE, CL_E_METHOD_UNSUPPORTED
 */
enum cl_code cl_scope_resolve(const struct cl_connector *conn, const struct cl_want *want,
                              struct cl_resolved *ret, struct cl_err *err) CL_MUST_USE;

/** The canonical form of `input` for this resource type (ops->canonical_id, identity if NULL). */
enum cl_code cl_scope_canonical(const struct cl_connector *conn,
                                const struct cl_resource_type *type, struct cl_str input,
                                char **ret, struct cl_err *err) CL_MUST_USE;

/**
 * Applies scope and configuration rules to a connector that is about to be stored: resource
 * types (empty: all; exactly one in the type: that one), resource id -> canonical id, method
 * allowed for the types, expiration_seconds within bounds (0 becomes the method's default),
 * check_config. framework §3 and §10.1. After a failure `conn` may be partly changed.
 *
 * @return what cl_registry_find_spec and check_config return, CL_E_TTL_UNAVAILABLE, CL_E_INVALID
 *         (skew), CL_E_TYPE_REQUIRED (an id without a single type), CL_E_ID_INVALID,
 *         CL_E_OUT_OF_SCOPE (not the only resource of a type without instances)
 */
enum cl_code cl_scope_configure(struct cl_connector *conn, struct cl_strs *warnings,
                                struct cl_err *err) CL_MUST_USE;

#endif
