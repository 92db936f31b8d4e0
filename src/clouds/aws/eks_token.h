#ifndef CLEAT_CLOUDS_AWS_EKS_TOKEN_H
#define CLEAT_CLOUDS_AWS_EKS_TOKEN_H

#include "clouds/aws/credentials.h"
#include "clouds/aws/signer.h"

/*
 * The bearer token of an EKS cluster: a signed request to STS that the cluster sends itself to
 * learn who the bearer is. Made without any request.
 * Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes"; the AWS IAM authenticator.
 */

#define AWS_EKS_TOKEN_MAX_BYTES 4096 /* what a cluster accepts */
#define AWS_EKS_TOKEN_LIFETIME_S 900 /* from the signature on, whatever X-Amz-Expires says */

struct aws_eks_token_request {
    struct aws_credentials credentials;
    struct cl_str region;
    struct cl_str cluster;      /* aws_eks_token_name() */
    int64_t at;                 /* AWS's time */
    int64_t session_expires_at; /* of the credentials; 0: they do not expire */
};

/**
 * @param signer          NULL: no cache
 * @param ret             owned by the caller, cl_secret_free()
 * @param ret_expires_at  15 minutes from `at`, or the end of the session if sooner
 * @return CL_OK, CL_E_INVALID (region; session token so long that no cluster would take the
 *         result), CL_E_FAILED
 */
enum cl_code aws_eks_token_new(struct aws_signer *signer,
                               const struct aws_eks_token_request *request, struct cl_secret **ret,
                               int64_t *ret_expires_at, struct cl_err *err) CL_MUST_USE;

#endif
