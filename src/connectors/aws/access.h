#ifndef CLEAT_CONNECTORS_AWS_ACCESS_H
#define CLEAT_CONNECTORS_AWS_ACCESS_H

#include "clouds/aws/sts.h"
#include "connectors/aws/chain.h"
#include "connectors/aws/source.h"

/* What credentials are wanted for. */
struct aws_use {
    const char *type; /* AWS_S3_BUCKET etc.; NULL: to find out who we are */
    const char *id;   /* canonical; NULL: to list instances */
    int64_t ttl_s;    /* 0: the method's default */
    bool for_client;  /* they leave the program: long-lived keys of the environment must not */
};

/*
 * Credentials for one use, and whom to ask with them: the connector's own, what the environment
 * has, or a session that was minted for this use alone. Zero-initialised is empty.
 */
struct aws_access {
    struct aws_config config; /* credentials are views of what follows or of the connector */
    struct aws_signer *signer;
    struct aws_found found;     /* implicit only */
    struct aws_session session; /* minted; empty otherwise */
    char *ca_file;
    bool minted;
    bool narrowed;      /* a policy limits the session to the resource */
    int64_t expires_at; /* 0: never or unknown */
};

void aws_access_cleanup(struct aws_access *access);

/**
 * Gets credentials for the use: at most one call for each role in the chain.
 *
 * @param access  zero-initialised; cleaned up by the caller also after a failure; `conn` must
 *                outlive it
 */
enum cl_code aws_access_open(const struct cl_call *call, const struct cl_connector *conn,
                             const struct aws_use *use, struct aws_access *access,
                             struct cl_err *err) CL_MUST_USE;

/*
 * The same in two steps, where something is to be asked in between: the connector's own
 * credentials, nothing minted, which say who we are; then those for the use.
 */
enum cl_code aws_access_source(const struct cl_call *call, const struct cl_connector *conn,
                               struct aws_access *access, struct cl_err *err) CL_MUST_USE;
enum cl_code aws_access_mint(const struct cl_call *call, const struct cl_connector *conn,
                             const struct aws_use *use, struct aws_access *access,
                             struct cl_err *err) CL_MUST_USE;

/** Assumes the roles that were found, innermost first. *ret stays empty when there are none. */
enum cl_code aws_assume_found(const struct cl_call *call, const struct aws_config *config,
                              const struct aws_found *found, struct aws_session *ret,
                              struct cl_err *err) CL_MUST_USE;

#endif
