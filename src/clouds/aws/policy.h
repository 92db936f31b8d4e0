#ifndef CLEAT_CLOUDS_AWS_POLICY_H
#define CLEAT_CLOUDS_AWS_POLICY_H

#include "base/str.h"

/*
 * Session policies: what a minted session may do at most. Compact JSON, owned by the caller
 * (cl_free). The names in them have passed the parsers of s3_names.h, eks_names.h, ecr_names.h.
 */

#define AWS_POLICY_MAX_CHARACTERS 2048 /* what STS takes */

/** Reading and writing one bucket, also one encrypted with a customer's KMS key. */
enum cl_code aws_policy_s3_bucket(struct cl_str region, struct cl_str bucket, char **ret,
                                  struct cl_err *err) CL_MUST_USE;

/** Listing the account's buckets and nothing else. */
enum cl_code aws_policy_s3_list(char **ret, struct cl_err *err) CL_MUST_USE;

/** Describing one cluster; what may be done inside is the cluster's own decision. */
enum cl_code aws_policy_eks_cluster(struct cl_str region, struct cl_str name, char **ret,
                                    struct cl_err *err) CL_MUST_USE;

/** Listing clusters and nothing else. */
enum cl_code aws_policy_eks_list(char **ret, struct cl_err *err) CL_MUST_USE;

/** Pulling from and pushing to every repository. */
enum cl_code aws_policy_ecr(struct cl_str region, char **ret, struct cl_err *err) CL_MUST_USE;

#endif
