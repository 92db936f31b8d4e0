#ifndef CLEAT_CLOUDS_AWS_SIGNER_H
#define CLEAT_CLOUDS_AWS_SIGNER_H

#include "base/secret.h"
#include "crypto/digest.h"
#include "net/retry.h"

/*
 * What a client remembers from one request to the next: derived keys, by how much the local clock
 * is off, and how much it has repeated. One per process is meant; all functions are thread-safe and
 * take NULL for "remember nothing".
 */
struct aws_signer;

enum cl_code aws_signer_new(struct aws_signer **ret, struct cl_err *err) CL_MUST_USE;
void aws_signer_free(struct aws_signer *signer);
void aws_signer_cleanup(struct aws_signer **signer); /* for CL_AUTO(aws_signer) */

/* For what a key signs. */
struct aws_key_scope {
    struct cl_str day; /* YYYYMMDD */
    struct cl_str region;
    struct cl_str service;
};

/**
 * The signing key of Signature Version 4, from the cache if it was derived before. The caller
 * wipes it; a failure leaves none.
 * Source: AWS IAM User Guide, "Create a signed AWS API request", step 4.
 */
enum cl_code aws_signer_key(struct aws_signer *signer, const struct cl_secret *secret_access_key,
                            const struct aws_key_scope *scope, unsigned char ret[CL_SHA256_BYTES],
                            struct cl_err *err) CL_MUST_USE;

/** Seconds to add to the local clock to get AWS's; 0 until a server has told otherwise. */
int64_t aws_signer_clock_offset_s(const struct aws_signer *signer);
void aws_signer_set_clock_offset_s(struct aws_signer *signer, int64_t offset_s);

/** What all requests may repeat together; NULL for NULL. */
struct cl_retry_quota *aws_signer_retry_quota(struct aws_signer *signer);

#endif
