#ifndef CLEAT_CONNECTORS_KUBERNETES_OPS_H
#define CLEAT_CONNECTORS_KUBERNETES_OPS_H

#include "core/type.h"

/* The operations of the Kubernetes connector type; see core/type.h for what each must do. */

enum cl_code kubernetes_default_id(const struct cl_connector *conn,
                                   const struct cl_resource_type *type, char **ret,
                                   struct cl_err *err);
enum cl_code kubernetes_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                     struct cl_err *err);
int64_t kubernetes_credentials_end(const struct cl_connector *conn);
enum cl_code kubernetes_verify(const struct cl_call *call, const struct cl_connector *conn,
                               const struct cl_scope *scope, struct cl_verified *ret,
                               struct cl_err *err);
enum cl_code kubernetes_check(const struct cl_call *call, const struct cl_connector *conn,
                              const struct cl_scope *scope, struct cl_str what, struct cl_err *err);
enum cl_code kubernetes_issue(const struct cl_call *call, const struct cl_connector *conn,
                              const struct cl_issue_request *request, struct cl_issued *ret,
                              struct cl_err *err);
enum cl_code kubernetes_surroundings(const struct cl_call *call, const struct cl_connector *conn,
                                     struct cl_buf *ret, struct cl_err *err);
bool kubernetes_can_revoke(const struct cl_connector *conn);
enum cl_code kubernetes_revoke(const struct cl_call *call, const struct cl_connector *conn,
                               const struct cl_issued *issued, struct cl_err *err);
enum cl_code kubernetes_discover(const struct cl_call *call,
                                 const struct cl_discover_request *request,
                                 struct cl_discovered *ret, struct cl_err *err);

#define KUBERNETES_CLUSTER "kubernetes-cluster"

/* What describe-type says, in the markup of cli/document.h. */
extern const char kubernetes_text_type[];
extern const char kubernetes_text_cluster[];
extern const char kubernetes_text_password[];
extern const char kubernetes_text_token[];
extern const char kubernetes_text_client_certificate[];
extern const char kubernetes_text_service_account[];
extern const char kubernetes_text_in_cluster[];

#endif
