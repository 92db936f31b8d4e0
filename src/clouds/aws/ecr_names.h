#ifndef CLEAT_CLOUDS_AWS_ECR_NAMES_H
#define CLEAT_CLOUDS_AWS_ECR_NAMES_H

#include "base/buf.h"

/* Views of the id. */
struct aws_ecr_id {
    struct cl_str account;
    struct cl_str repository; /* empty when the id names the registry alone */
};

/**
 * The registry that an id names: arn:{partition}:ecr:{region}:{account}:repository[/...], or
 * [https://]{account}.dkr.ecr.{region}.{suffix}[/...] with the FIPS and dual-stack hosts too.
 *
 * @param region  of the connector; another one is refused
 * @return CL_OK or CL_E_ID_INVALID
 */
enum cl_code aws_ecr_parse_id(struct cl_str id, struct cl_str region, struct aws_ecr_id *ret,
                              struct cl_err *err) CL_MUST_USE;

/** Appends the registry's canonical id, which is its standard host. */
void aws_ecr_add_host(struct cl_buf *buf, struct cl_str account, struct cl_str region);

#endif
