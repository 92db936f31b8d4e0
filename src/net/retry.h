#ifndef CLEAT_NET_RETRY_H
#define CLEAT_NET_RETRY_H

#include <stdatomic.h>

#include "base/call.h"

/**
 * One try of an operation: builds (and signs) afresh, sends, parses. Sets err->upstream_status,
 * err->upstream_code and err->retry_after_s from the provider's answer.
 */
typedef enum cl_code (*cl_attempt_fn)(void *ctx, struct cl_err *err);

/**
 * Runs `attempt` up to 3 times while it fails with a retryable code, waiting
 * random[0,1) * min(2^(n-1), 20) s before retry n (or what the provider asked for, within 5 s of
 * that), never past the call's deadline.
 * Source: AWS SDKs and Tools Reference Guide, retry behaviour, "standard" mode.
 */
enum cl_code cl_retry(const struct cl_call *call, cl_attempt_fn attempt, void *ctx,
                      struct cl_err *err) CL_MUST_USE;

/*
 * How much one client may still repeat, so that many operations do not make a provider's bad hour
 * worse. Zero-initialised is full; thread-safe. A retry takes 5 of 500, after a timeout 10; success
 * gives back what its last retry took, or 1 without any.
 */
struct cl_retry_quota {
    atomic_int spent;
};

struct cl_retry_limits {
    int attempts;                 /* 1 or more */
    struct cl_retry_quota *quota; /* NULL: none */
};

/** The same within other limits: when the quota is used up, the first failure stands. */
enum cl_code cl_retry_within(const struct cl_call *call, const struct cl_retry_limits *limits,
                             cl_attempt_fn attempt, void *ctx, struct cl_err *err) CL_MUST_USE;

#endif
