#ifndef CLEAT_NET_EGRESS_H
#define CLEAT_NET_EGRESS_H

#include "net/http.h"
#include "net/ip.h"
#include "net/target.h"

/*
 * Where requests may go. Connectors hold addresses that users typed; on a server somebody else's
 * process connects to them, so they must not reach the server's own machine or its cloud's
 * metadata service, which hands out credentials to whoever asks. Pure functions.
 */
struct cl_egress {
    bool server_mode;    /* addresses come from other people */
    bool direct;         /* the implicit-credentials path: metadata addresses are its purpose */
    bool allow_loopback; /* for development: the server may call its own machine */
};

/** CL_OK, or CL_E_EGRESS_BLOCKED saying why this address is out of bounds. */
enum cl_code cl_egress_check_ip(const struct cl_egress *rule, const struct cl_ip *ip,
                                struct cl_err *err) CL_MUST_USE;

/**
 * What can be refused before anything is resolved: a literal address that is out of bounds (also
 * when a proxy would make the connection), and on a server credentials over plain http to anywhere
 * but a loopback or metadata address.
 */
enum cl_code cl_egress_check_request(const struct cl_egress *rule, const struct cl_target *target,
                                     const struct cl_http_request *request, struct cl_err *err)
    CL_MUST_USE;

#endif
