#ifndef CLEAT_CLOUDS_AWS_ECR_H
#define CLEAT_CLOUDS_AWS_ECR_H

#include "clouds/aws/client.h"

/*
 * The part of Amazon ECR that logging in to a registry takes.
 * Source: Amazon ECR API Reference, GetAuthorizationToken and DescribeRepositories.
 */

/* What `docker login` needs. Owns all. */
struct aws_ecr_login {
    char *username; /* "AWS" */
    struct cl_secret *password;
    char *endpoint; /* "https://{account}.dkr.ecr..." */
    int64_t expires_at;
    char request_id[64];
};

#define AWS_ECR_LOGIN_NONE ((struct aws_ecr_login){.expires_at = 0})

void aws_ecr_login_cleanup(struct aws_ecr_login *login);

/**
 * Asks for a password to the account's registry, good for 12 hours.
 *
 * @param account  whose registry; empty: the caller's own
 * @param ret      AWS_ECR_LOGIN_NONE; aws_ecr_login_cleanup() by the caller; untouched on failure
 */
enum cl_code aws_ecr_get_login(const struct cl_call *call, const struct aws_config *config,
                               struct cl_str account, struct aws_ecr_login *ret, struct cl_err *err)
    CL_MUST_USE;

/** May the caller describe repositories? Asks for one of them; an empty registry is fine. */
enum cl_code aws_ecr_check_describe(const struct cl_call *call, const struct aws_config *config,
                                    struct cl_err *err) CL_MUST_USE;

/* The pure parts. */

enum cl_code aws_ecr_login_body(struct cl_str account, char **ret, struct cl_err *err) CL_MUST_USE;

/** @param now_at  AWS's time, by which an expiry that is not in the future is replaced */
enum cl_code aws_ecr_parse_login(struct cl_str body, int64_t now_at, struct aws_ecr_login *ret,
                                 struct cl_err *err) CL_MUST_USE;

#endif
