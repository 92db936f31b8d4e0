#ifndef CLEAT_NET_RETRY_H
#define CLEAT_NET_RETRY_H

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

/** The same with another number of attempts, 1 or more. */
enum cl_code cl_retry_at_most(const struct cl_call *call, int attempts, cl_attempt_fn attempt,
                              void *ctx, struct cl_err *err) CL_MUST_USE;

#endif
