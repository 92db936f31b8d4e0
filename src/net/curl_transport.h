#ifndef CLEAT_NET_CURL_TRANSPORT_H
#define CLEAT_NET_CURL_TRANSPORT_H

#include "net/http.h"

struct cl_curl_options {
    /*
     * False: the calling thread drives its request itself, and requests of several threads take
     * turns; for programs that do one thing. True: one I/O thread, started by the first request,
     * drives them all at once.
     */
    bool threaded;
    int max_in_flight;      /* requests at a time, further ones wait; 0: 64. Threaded only */
    bool allow_loopback;    /* also in server mode; for development */
    const char *user_agent; /* borrowed; NULL: "cleat" */
};

/**
 * The real transport: libcurl with one connection pool. Costs nothing until the first request,
 * which loads libcurl.
 *
 * @param ret  for cl_world.transport; cl_curl_transport_free() when no request is running
 */
enum cl_code cl_curl_transport_new(const struct cl_curl_options *options, struct cl_transport **ret,
                                   struct cl_err *err) CL_MUST_USE;

/** Ends the I/O thread and closes all connections. NULL is fine. */
void cl_curl_transport_free(struct cl_transport *transport);

#endif
