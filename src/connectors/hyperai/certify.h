#ifndef CLEAT_CONNECTORS_HYPERAI_CERTIFY_H
#define CLEAT_CONNECTORS_HYPERAI_CERTIFY_H

#include "base/call.h"
#include "core/connector.h"

/* A key pair made now and its certificate. Zero-initialised is empty. */
struct hyperai_certified {
    struct cl_secret *key; /* private key, OpenSSH's own form */
    char *certificate;     /* "TYPE BASE64" */
    uint64_t serial;
    int64_t expires_at;
};
void hyperai_certified_cleanup(struct hyperai_certified *certified);

/* Whom a certificate is for. */
enum hyperai_use {
    HYPERAI_FOR_CLIENTS,
    HYPERAI_FOR_PROOF, /* Cleat's own login, wherever it comes from: no source_address */
};

/**
 * Signs a certificate of `ttl_s` seconds with the connector's authority. Asks nobody.
 *
 * @param ret  owned by the caller; zero-initialised
 */
enum cl_code hyperai_certify(const struct cl_call *call, const struct cl_connector *conn,
                             int64_t ttl_s, enum hyperai_use use, struct hyperai_certified *ret,
                             struct cl_err *err) CL_MUST_USE;

/** Rules for the attributes of ssh-certificate that a schema cannot say. */
enum cl_code hyperai_check_certificate(const struct cl_connector *conn, struct cl_err *err)
    CL_MUST_USE;

#endif
