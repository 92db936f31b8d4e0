#ifndef CLEAT_CLOUDS_AWS_ENDPOINT_H
#define CLEAT_CLOUDS_AWS_ENDPOINT_H

#include "base/buf.h"

/* Where requests go: AWS's own hosts, or addresses that the connector names. */

enum aws_service {
    AWS_STS,
    AWS_S3,
    AWS_EKS,
    AWS_ECR,
};
#define AWS_SERVICE_COUNT 4

/** "sts": the name in signatures, in errors and in variables. */
const char *aws_service_name(enum aws_service service);

struct aws_endpoints {
    const char *all;                         /* for every service without its own; NULL: none */
    const char *services[AWS_SERVICE_COUNT]; /* NULL: none */
    bool fips;                               /* AWS's own hosts only */
    bool dual_stack;
};

enum aws_s3_style {
    AWS_S3_STYLE_AUTO, /* host style where the name and the endpoint allow it */
    AWS_S3_STYLE_PATH,
    AWS_S3_STYLE_VIRTUAL,
};

/** The connector's address for the service, or NULL: AWS's own. */
const char *aws_endpoint_custom(const struct aws_endpoints *endpoints, enum aws_service service);

/**
 * CL_OK for an absolute http or https URL without user name, query and fragment, CL_E_INVALID
 * otherwise. A path is kept as a prefix.
 */
enum cl_code aws_endpoint_check(struct cl_str url, struct cl_err *err) CL_MUST_USE;

/**
 * Appends the address of a service without a slash at the end: "https://sts.us-east-1.aws...".
 * Always the regional host.
 *
 * @return CL_OK, CL_E_INVALID (region that cannot stand in a host name, bad custom address, FIPS or
 *         dual-stack together with a custom address)
 * Source: AWS General Reference, "Service endpoints and quotas".
 */
enum cl_code aws_endpoint_add(struct cl_buf *buf, const struct aws_endpoints *endpoints,
                              enum aws_service service, struct cl_str region, struct cl_err *err)
    CL_MUST_USE;

/** The address of one bucket, complete: "https://{bucket}.s3.../" or "https://s3.../{bucket}". */
enum cl_code aws_endpoint_add_bucket(struct cl_buf *buf, const struct aws_endpoints *endpoints,
                                     enum aws_s3_style style, struct cl_str region,
                                     struct cl_str bucket, struct cl_err *err) CL_MUST_USE;

#endif
