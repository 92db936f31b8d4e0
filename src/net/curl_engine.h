#ifndef CLEAT_NET_CURL_ENGINE_H
#define CLEAT_NET_CURL_ENGINE_H

#include "net/curl_transfer.h"

/*
 * For this folder only: a multi handle with its connection pool, and the transfers that run on it.
 * Whoever owns the engine at a time calls these functions from one thread; only cl_engine_wake
 * may be called from any other.
 */
struct cl_engine {
    const struct cl_curl *curl;
    CURLM *multi;
    struct cl_transfer *running; /* linked by `next` */
};

/** Makes the multi handle, keeping up to `max_connections` idle. */
enum cl_code cl_engine_init(struct cl_engine *engine, const struct cl_curl *curl,
                            int max_connections, struct cl_err *err) CL_MUST_USE;

void cl_engine_cleanup(struct cl_engine *engine);

/** Starts a transfer; one that cannot start comes out of the next step, failed. */
void cl_engine_add(struct cl_engine *engine, struct cl_transfer *transfer);

/**
 * Waits for the network, at most until something may have to be stopped, and moves on what moves.
 * Transfers whose call is cancelled or past its deadline are taken off.
 *
 * @return those that are finished, linked by `next`, with `result` and `stopped` set; or NULL
 */
struct cl_transfer *cl_engine_step(struct cl_engine *engine);

/** Ends the wait of a step. */
void cl_engine_wake(struct cl_engine *engine);

#endif
