#ifndef CLEAT_CONNECTORS_AWS_CHAIN_H
#define CLEAT_CONNECTORS_AWS_CHAIN_H

#include "base/call.h"
#include "base/secret.h"
#include "core/map.h"
#include "interop/aws_profiles.h"

/*
 * The default credential chain of the AWS SDKs, as far as environment variables and the shared
 * files go: keys, and the roles that are to be assumed with them. Finding them asks nobody.
 * Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
 */

enum aws_provider {
    AWS_FOUND_ENVIRONMENT,
    AWS_FOUND_CREDENTIALS_FILE,
    AWS_FOUND_CONFIG_FILE,
};

/* A role of an assume-role profile. Owned by the found. */
struct aws_found_role {
    char *profile;
    char *role_arn;
    char *external_id;       /* NULL: none */
    char *role_session_name; /* NULL: none */
    int64_t duration_s;      /* 0: not set */
};

#define AWS_ROLES_MAX 8

/* Zero-initialised is empty; owns all. */
struct aws_found {
    enum aws_provider provider;
    char *profile;      /* the profile that was looked at first */
    bool profile_given; /* by name, not the default one; false when it was not needed */
    struct cl_secret *access_key_id;
    struct cl_secret *secret_access_key;
    struct cl_secret *session_token;            /* NULL: a long-lived key */
    int64_t expires_at;                         /* of the session token; 0: unknown or never */
    struct aws_found_role roles[AWS_ROLES_MAX]; /* to be assumed, in this order */
    size_t role_count;
    char *region;             /* NULL: none found */
    struct cl_map endpoints;  /* attribute name -> URL */
    struct cl_strs looked_at; /* places in order, with what was there */
    struct cl_strs warnings;
};

void aws_found_cleanup(struct aws_found *found);

/**
 * @param profile  explicitly wanted, then environment keys do not count; empty: AWS_PROFILE,
 *                 AWS_DEFAULT_PROFILE, default
 * @return CL_E_INVALID (no such profile: names the files and the profiles there are),
 *         CL_E_LOCAL_CONFIG (nothing found, or found and not usable: says why)
 */
enum cl_code aws_chain_find(const struct cl_world *world, struct cl_str profile,
                            struct aws_found *ret, struct cl_err *err) CL_MUST_USE;

#endif
