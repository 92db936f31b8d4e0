#ifndef CLEAT_NET_CURL_TRANSFER_H
#define CLEAT_NET_CURL_TRANSFER_H

#include "net/curl_lib.h"
#include "net/egress.h"
#include "net/http.h"
#include "net/peer.h"

/* For this folder only: one request on its way through libcurl. */
struct cl_transfer {
    const struct cl_curl *curl;
    const struct cl_call *call;
    const struct cl_http_request *request;
    const char *user_agent;
    struct cl_target target;
    struct cl_egress egress;
    bool proxied;
    const char *ca_file;   /* to name in an error; NULL: none is used */
    unsigned int refusals; /* cl_curl_refusals() at the beginning */
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *connect_to; /* where the URL's host really is; NULL: there */
    char said[CURL_ERROR_SIZE];    /* libcurl's own account of a failure; not to be shown */
    struct cl_http_response response;
    struct cl_peer peer;   /* filled while TLS is set up */
    struct cl_err blocked; /* why the last address was refused; CL_OK: none was */

    /* Set by the engine that runs it. */
    CURLcode result;
    struct cl_err stopped; /* cancelled or past its deadline; CL_OK: neither */
    bool is_done;
    struct cl_transfer *next;
};

/**
 * Prepares the transfer: checks the egress rule, makes the handle, sets every option.
 *
 * @param transfer  with curl, call, request, user_agent and egress set, the rest zero
 */
enum cl_code cl_transfer_open(struct cl_transfer *transfer, struct cl_err *err) CL_MUST_USE;

/** After it has run: moves the answer out, or says why there is none. */
enum cl_code cl_transfer_finish(struct cl_transfer *transfer, struct cl_http_response *ret,
                                struct cl_err *err) CL_MUST_USE;

void cl_transfer_cleanup(struct cl_transfer *transfer);

#endif
