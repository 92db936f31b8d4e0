#ifndef CLEAT_CONNECTORS_AWS_SOURCE_H
#define CLEAT_CONNECTORS_AWS_SOURCE_H

#include "clouds/aws/client.h"
#include "connectors/aws/ops.h"

/* What a connector's configuration says about whom to ask. Views of the connector. */

/** Region, endpoints, addressing and the stored credentials; `signer` may be NULL. */
struct aws_config aws_config_of(const struct cl_connector *conn, struct aws_signer *signer);

/** "sts_endpoint_url": the attribute for the address of one service. */
const char *aws_endpoint_attr(enum aws_service service);

/** Does S3 have an address of its own? Then AWS's naming rules do not bind. */
bool aws_has_custom_s3(const struct cl_connector *conn);

/** Where that bucket is, if a verification has learned it; empty otherwise. */
struct cl_str aws_bucket_region_of(const struct cl_connector *conn, struct cl_str bucket_id);

/** The account in which the connector works: the role's, or what verification learned. Empty
 *  before that. */
struct cl_str aws_account_of(const struct cl_connector *conn);

/** The account whose ECR registry is meant: ecr_registry_id, or the connector's own. */
struct cl_str aws_registry_of(const struct cl_connector *conn);

/** Is the auth method this one? */
bool aws_method_is(const struct cl_connector *conn, const char *id);

#endif
