#ifndef CLEAT_CONNECTORS_DOCKER_OPS_H
#define CLEAT_CONNECTORS_DOCKER_OPS_H

#include "core/type.h"

/* The operations of the Docker connector type; see core/type.h for what each must do. */

enum cl_code docker_canonical_id(const struct cl_connector *conn,
                                 const struct cl_resource_type *type, struct cl_str input,
                                 char **ret, struct cl_err *err);
enum cl_code docker_default_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                               char **ret, struct cl_err *err);
enum cl_code docker_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                 struct cl_err *err);
enum cl_code docker_verify(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err);
enum cl_code docker_check(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_scope *scope, struct cl_str what, struct cl_err *err);
enum cl_code docker_issue(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_issue_request *request, struct cl_issued *ret,
                          struct cl_err *err);
enum cl_code docker_discover(const struct cl_call *call, const struct cl_discover_request *request,
                             struct cl_discovered *ret, struct cl_err *err);

#define DOCKER_REGISTRY "docker-registry"

/* The token server that has received the password, and whose it is. */
#define DOCKER_FACT_REALM "auth_realm"
#define DOCKER_FACT_REALM_OF "auth_realm_of"

/* What describe-type says, in the markup of cli/document.h. */
extern const char docker_text_type[];
extern const char docker_text_registry[];
extern const char docker_text_password[];

#endif
