#ifndef CLEAT_NET_CURL_ERROR_H
#define CLEAT_NET_CURL_ERROR_H

#include "net/curl_lib.h"
#include "net/peer.h"
#include "net/target.h"

/* What is known about a transfer that failed. */
struct cl_curl_failure {
    CURLcode result;
    struct cl_target target;
    bool proxied;
    int os_errno;      /* 0: none */
    long verify_code;  /* OpenSSL's, 0: the chain is good */
    long proxy_status; /* the proxy's answer to CONNECT, 0: none */
    bool no_memory;    /* libcurl was refused memory meanwhile */
    const char *ca_file;
    const char *said;           /* libcurl's own account of it, never shown; NULL: none */
    bool has_client_cert;       /* one was offered */
    const struct cl_peer *peer; /* NULL: nothing is known about the server's certificate */
};

/**
 * One sentence with host, port and cause; no path, no query, no header, nothing that the other
 * side said. Pure.
 *
 * @return CL_E_UNREACHABLE (its text has the stage in brackets: dns, connect, tls, timeout, proxy),
 *         CL_E_TLS_UNTRUSTED, CL_E_REJECTED (the client certificate), CL_E_PROVIDER, CL_E_INVALID,
 *         CL_E_FAILED
 */
enum cl_code cl_curl_report(const struct cl_curl_failure *failure, struct cl_err *err);

#endif
