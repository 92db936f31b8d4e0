#ifndef CLEAT_NET_HTTP_H
#define CLEAT_NET_HTTP_H

#include "base/call.h"

/* One HTTP exchange, as the cloud clients see it. The transport neither retries nor redirects. */

struct cl_http_header {
    struct cl_str name;
    struct cl_str value;
};

struct cl_http_request {
    const char *method; /* "GET" */
    struct cl_str url; /* exactly the bytes to send and, where signed, the bytes that were signed */
    const struct cl_http_header *headers;
    size_t header_count;
    struct cl_str body;            /* may hold secrets; borrowed */
    const char *ca_file;           /* PEM bundle to trust besides the system's; NULL: none */
    struct cl_str ca_pem;          /* likewise, as text; borrowed; empty: none */
    bool ca_only;                  /* these two are trusted, and not the system's */
    struct cl_str client_cert_pem; /* to show the server, its chain behind it; empty: none */
    struct cl_str client_key_pem;  /* that belongs to it, not encrypted; never written to a file */
    struct cl_str tls_name; /* that the server's certificate must be for; empty: the URL's host */
    bool insecure;          /* any certificate of the server will do */
    struct cl_str proxy;    /* http, https or socks5 URL; empty: as the environment says */
    bool direct;            /* never through a proxy (metadata endpoints) */
    int64_t timeout_ms;     /* total; 0: 30 s. The call's deadline also holds */
    size_t max_body_bytes;  /* 0: 8 MiB */
    const char *operation;  /* for the trace: "AssumeRole"; NULL: it has no name */
};

/* Zero-initialised is empty. */
struct cl_http_response {
    int status;
    struct cl_buf body;
    struct cl_buf headers; /* "name: value\n" lines, names in lower case */
};

#define CL_HTTP_RESPONSE_NONE ((struct cl_http_response){.status = 0})

/**
 * Sends one request and reads the whole answer, whatever its status.
 *
 * Blocks at most until the call's deadline. Safe to call from several threads. Counts itself in
 * call->upstream_requests, and leaves a line in the world's log (debug): never query, headers or
 * body.
 *
 * @param ret  zero-initialised; cl_http_response_cleanup() by the caller
 * @return CL_OK, CL_E_UNREACHABLE (name, host, port in the text), CL_E_TLS_UNTRUSTED,
 *         CL_E_TIMEOUT (the call's own deadline), CL_E_INTERRUPTED, CL_E_PROVIDER (answer too
 *         large or not HTTP), CL_E_EGRESS_BLOCKED, CL_E_INVALID (URL, header with CR or LF, a
 *         client certificate that cannot be used), CL_E_REJECTED (the server refuses the client
 *         certificate, or wants one, while TLS is set up)
 */
enum cl_code cl_http_send(const struct cl_call *call, const struct cl_http_request *request,
                          struct cl_http_response *ret, struct cl_err *err) CL_MUST_USE;

/** Value of the first header of that lower-case name; empty view when absent. */
struct cl_str cl_http_header(const struct cl_http_response *response, const char *name);

void cl_http_response_cleanup(struct cl_http_response *response);

/* What a transport is: the real one (net/curl_transport.h) or a test's. */
struct cl_transport {
    enum cl_code (*send)(struct cl_transport *self, const struct cl_call *call,
                         const struct cl_http_request *request, struct cl_http_response *ret,
                         struct cl_err *err);
};

#endif
