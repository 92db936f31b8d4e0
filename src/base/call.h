#ifndef CLEAT_BASE_CALL_H
#define CLEAT_BASE_CALL_H

#include <stdatomic.h>

#include "base/world.h"

/* Travels with one use of the product through all layers, down to the socket. */
struct cl_call {
    const struct cl_world *world;
    const char *actor;             /* user name; never NULL */
    int64_t deadline_ms;           /* monotonic; 0: none */
    const atomic_bool *cancelled;  /* NULL: cannot be cancelled */
    atomic_int *upstream_requests; /* counts requests that were sent; NULL: nobody counts */
    char request_id[37];
    bool server_mode; /* other people's addresses and files: egress policy, implicit gate */
};

/** A call without deadline for `actor`, with a fresh request id (all zero if none can be had). */
struct cl_call cl_call_new(const struct cl_world *world, const char *actor);

/** The same call with a deadline at most `timeout_ms` from now. */
struct cl_call cl_call_within(const struct cl_call *call, int64_t timeout_ms);

/** CL_OK, CL_E_INTERRUPTED when cancelled, or CL_E_TIMEOUT when the deadline has passed. */
enum cl_code cl_call_check(const struct cl_call *call, struct cl_err *err) CL_MUST_USE;

/** Milliseconds left, at most `cap_ms`; 0 when the deadline has passed. */
int64_t cl_call_remaining_ms(const struct cl_call *call, int64_t cap_ms);

#endif
