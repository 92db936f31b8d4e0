#ifndef CLEAT_CONNECTORS_AWS_OPS_H
#define CLEAT_CONNECTORS_AWS_OPS_H

#include "core/type.h"

/* The operations of the AWS connector type; see core/type.h for what each must do. */

enum cl_code aws_canonical_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                              struct cl_str input, char **ret, struct cl_err *err);
enum cl_code aws_default_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                            char **ret, struct cl_err *err);
enum cl_code aws_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                              struct cl_err *err);
enum cl_code aws_verify(const struct cl_call *call, const struct cl_connector *conn,
                        const struct cl_scope *scope, struct cl_verified *ret, struct cl_err *err);
enum cl_code aws_list(const struct cl_call *call, const struct cl_connector *conn,
                      const struct cl_resource_type *type, struct cl_id_sink *sink,
                      struct cl_err *err);
enum cl_code aws_issue(const struct cl_call *call, const struct cl_connector *conn,
                       const struct cl_issue_request *request, struct cl_issued *ret,
                       struct cl_err *err);
enum cl_code aws_surroundings(const struct cl_call *call, const struct cl_connector *conn,
                              struct cl_buf *ret, struct cl_err *err);
enum cl_code aws_discover(const struct cl_call *call, const struct cl_discover_request *request,
                          struct cl_discovered *ret, struct cl_err *err);

/* Resource types by id; compare with these, not with literals. */
#define AWS_GENERIC "aws-generic"
#define AWS_S3_BUCKET "s3-bucket"
#define AWS_EKS_CLUSTER "kubernetes-cluster"
#define AWS_ECR_REGISTRY "docker-registry"

#define AWS_FACT_ACCOUNT "account_id"
#define AWS_FACT_IDENTITY "identity"
/* The bucket that was verified last, and where AWS keeps it. */
#define AWS_FACT_BUCKET "bucket"
#define AWS_FACT_BUCKET_REGION "bucket_region"

#endif
