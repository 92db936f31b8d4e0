#ifndef CLEAT_CLOUDS_AWS_EKS_NAMES_H
#define CLEAT_CLOUDS_AWS_EKS_NAMES_H

#include "base/str.h"

/* Views of the id. */
struct aws_eks_id {
    struct cl_str name;
    struct cl_str account; /* when an ARN told it; empty otherwise */
};

/**
 * The cluster that an id names: arn:{partition}:eks:{region}:{account}:cluster/{name} or {name}.
 *
 * @param region  of the connector; an ARN of another one is refused
 * @return CL_OK or CL_E_ID_INVALID
 */
enum cl_code aws_eks_parse_id(struct cl_str id, struct cl_str region, struct aws_eks_id *ret,
                              struct cl_err *err) CL_MUST_USE;

#endif
