#ifndef CLEAT_CONNECTORS_HYPERAI_OPS_H
#define CLEAT_CONNECTORS_HYPERAI_OPS_H

#include "core/type.h"

/* The operations of the HyperAI connector type; see core/type.h for what each must do. */
enum cl_code hyperai_canonical_id(const struct cl_connector *conn,
                                  const struct cl_resource_type *type, struct cl_str input,
                                  char **ret, struct cl_err *err);
enum cl_code hyperai_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                  struct cl_err *err);
enum cl_code hyperai_verify(const struct cl_call *call, const struct cl_connector *conn,
                            const struct cl_scope *scope, struct cl_verified *ret,
                            struct cl_err *err);
enum cl_code hyperai_list(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_resource_type *type, struct cl_id_sink *sink,
                          struct cl_err *err);
enum cl_code hyperai_check(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_scope *scope, struct cl_str what, struct cl_err *err);
enum cl_code hyperai_issue(const struct cl_call *call, const struct cl_connector *conn,
                           const struct cl_issue_request *request, struct cl_issued *ret,
                           struct cl_err *err);

enum cl_code hyperai_scan(const struct cl_call *call, const struct cl_discover_request *request,
                          struct cl_discovered *ret, struct cl_err *err);
enum cl_code hyperai_discover(const struct cl_call *call, const struct cl_discover_request *request,
                              struct cl_discovered *ret, struct cl_err *err);

#define HYPERAI_INSTANCE "hyperai-instance"
#define HYPERAI_RSA "rsa-key"
#define HYPERAI_DSA "dsa-key"
#define HYPERAI_ECDSA "ecdsa-key"
#define HYPERAI_ED25519 "ed25519-key"
#define HYPERAI_ANY_KEY "ssh-key"
#define HYPERAI_CERTIFICATE "ssh-certificate"

/* What describe-type says, in the markup of cli/document.h. */
extern const char hyperai_text_type[];
extern const char hyperai_text_instance[];
extern const char hyperai_text_rsa[];
extern const char hyperai_text_dsa[];
extern const char hyperai_text_ecdsa[];
extern const char hyperai_text_ed25519[];
extern const char hyperai_text_any_key[];
extern const char hyperai_text_certificate[];

#endif
