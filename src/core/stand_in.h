#ifndef CLEAT_CORE_STAND_IN_H
#define CLEAT_CORE_STAND_IN_H

#include "core/component.h"
#include "core/connector.h"

/*
 * What stands where a connector's type or method, or a component's flavor, is one that this program
 * lacks: another version stored it. Such a row can be listed, described and deleted, and the rows
 * beside it are as good as ever; every use is refused.
 */

/** Sets type and method of an empty connector; `method` may be empty. */
enum cl_code cl_connector_stand_in(struct cl_connector *conn, struct cl_str type,
                                   struct cl_str method, struct cl_err *err) CL_MUST_USE;

/** CL_E_TYPE_UNAVAILABLE, with what to do, for a connector that has only stand-ins. */
enum cl_code cl_connector_require_type(const struct cl_connector *conn, struct cl_err *err)
    CL_MUST_USE;

/** A copy for another connector, whose type and method it sets. */
enum cl_code cl_stand_in_copy(const struct cl_connector *from, struct cl_connector *ret,
                              struct cl_err *err) CL_MUST_USE;
void cl_stand_in_free(struct cl_stand_in *stand_in);

/** The same for the flavor of an empty component; its kind may be unknown too, and is NULL then. */
enum cl_code cl_component_stand_in(struct cl_component *component, struct cl_str flavor,
                                   struct cl_err *err) CL_MUST_USE;
enum cl_code cl_component_require_flavor(const struct cl_component *component, struct cl_err *err)
    CL_MUST_USE;
void cl_flavor_stand_in_free(struct cl_flavor_stand_in *stand_in);

#endif
