#ifndef CLEAT_CLOUDS_AWS_STS_H
#define CLEAT_CLOUDS_AWS_STS_H

#include "clouds/aws/client.h"
#include "clouds/aws/session.h"

/*
 * AWS Security Token Service, version 2011-06-15. Each operation is a pure function that builds
 * the request's body, one that parses the answer, and one that sends.
 * Source: AWS STS API Reference.
 */

/* Who the credentials belong to. Owns all. */
struct aws_identity {
    char *account; /* 12 digits */
    char *arn;
    char *user_id;
};

#define AWS_IDENTITY_NONE ((struct aws_identity){.account = NULL})

void aws_identity_cleanup(struct aws_identity *identity);

struct aws_assume_role {
    struct cl_str role_arn;
    struct cl_str session_name; /* 2..64 of [\w+=,.@-] */
    int64_t duration_s;         /* 900..43200; 3600 at most if the caller is a role session */
    struct cl_str policy;       /* session policy, JSON; empty: none */
    const struct cl_strs *policy_arns; /* NULL: none */
    struct cl_str external_id;         /* empty: none */
    struct cl_str source_identity;     /* empty: none */
};

struct aws_federation {
    struct cl_str name; /* 2..32 of [\w+=,.@-] */
    int64_t duration_s; /* 900..129600 */
    struct cl_str policy;
    const struct cl_strs *policy_arns;
};

/**
 * Asks whose credentials these are. Needs no permission.
 *
 * @param ret  AWS_IDENTITY_NONE; aws_identity_cleanup() by the caller; untouched on failure
 */
enum cl_code aws_sts_get_caller_identity(const struct cl_call *call,
                                         const struct aws_config *config, struct aws_identity *ret,
                                         struct cl_err *err) CL_MUST_USE;

/**
 * Asks for short-lived credentials of another role.
 *
 * @param ret  AWS_SESSION_NONE; aws_session_cleanup() by the caller; untouched on failure
 * @return CL_OK, CL_E_DENIED (not trusted), CL_E_INVALID (duration, policy), and all of aws_send
 */
enum cl_code aws_sts_assume_role(const struct cl_call *call, const struct aws_config *config,
                                 const struct aws_assume_role *request, struct aws_session *ret,
                                 struct cl_err *err) CL_MUST_USE;

/** The user's own rights for a while; needs long-lived keys. 900..129600 seconds. */
enum cl_code aws_sts_get_session_token(const struct cl_call *call, const struct aws_config *config,
                                       int64_t duration_s, struct aws_session *ret,
                                       struct cl_err *err) CL_MUST_USE;

/** The user's rights within a policy; needs long-lived keys. Without a policy: no rights at all. */
enum cl_code aws_sts_get_federation_token(const struct cl_call *call,
                                          const struct aws_config *config,
                                          const struct aws_federation *request,
                                          struct aws_session *ret, struct cl_err *err) CL_MUST_USE;

/* The pure parts. Bodies are owned by the caller (cl_free). */

enum cl_code aws_sts_assume_role_body(const struct aws_assume_role *request, char **ret,
                                      struct cl_err *err) CL_MUST_USE;
enum cl_code aws_sts_session_token_body(int64_t duration_s, char **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code aws_sts_federation_body(const struct aws_federation *request, char **ret,
                                     struct cl_err *err) CL_MUST_USE;

/** CL_E_PROVIDER when the answer is not what the operation promises; the text says what is missing.
 */
enum cl_code aws_sts_parse_identity(struct cl_str body, struct aws_identity *ret,
                                    struct cl_err *err) CL_MUST_USE;
enum cl_code aws_sts_parse_session(struct cl_str body, struct aws_session *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
