#ifndef CLEAT_CLOUDS_KUBERNETES_CLIENT_H
#define CLEAT_CLOUDS_KUBERNETES_CLIENT_H

#include "base/secret.h"
#include "base/strs.h"
#include "net/http.h"

/* Whom requests to a cluster's API server go to, and in whose name. Everything is borrowed. */
struct kube_config {
    struct cl_str server;             /* https://host[:port][/path], no slash at its end */
    const struct cl_secret *token;    /* NULL: none */
    const struct cl_secret *username; /* with a password; NULL: none */
    const struct cl_secret *password;
    const struct cl_secret *client_cert; /* PEM; NULL: none */
    const struct cl_secret *client_key;  /* PEM */
    struct cl_str ca_pem;                /* alone to be trusted; empty: the system's */
    struct cl_str tls_name;              /* that the certificate is for; empty: the server's host */
    struct cl_str proxy;                 /* URL; empty: as the environment says */
    bool insecure;
    struct cl_str as_user;           /* to act as; empty: oneself */
    const struct cl_strs *as_groups; /* with as_user; NULL: none */
    int64_t expires_at;              /* when the credential ends, as far as is known; 0: unknown */
};

/** A token, a password or a certificate. */
bool kube_has_credential(const struct kube_config *config);

struct kube_request {
    const char *method;
    struct cl_str path;    /* "/version" */
    struct cl_str body;    /* JSON; empty: none */
    const char *operation; /* as errors and the trace name it */
    bool repeat;           /* as the retry rules say: it changes nothing */
};

/**
 * Sends one request with the credential, and reads whatever comes. Redirects are not followed.
 *
 * @param ret  zero-initialised; cl_http_response_cleanup() by the caller
 * @return CL_OK for every answer but, with `repeat`, 429 and 5xx; or what the transport reports
 */
enum cl_code kube_send(const struct cl_call *call, const struct kube_config *config,
                       const struct kube_request *request, struct cl_http_response *ret,
                       struct cl_err *err) CL_MUST_USE;

/** Says what is wrong with an answer, without anything that was sent; see kube_report(). */
enum cl_code kube_refuse(const struct cl_call *call, const struct kube_config *config,
                         const struct kube_request *request,
                         const struct cl_http_response *response, struct cl_err *err);

/** Host and port of the server, for errors: a view into `server`. */
struct cl_str kube_place(struct cl_str server);

/** Appends what `Warning: 299 - "..."` headers say, at most 10, without anything that was sent.
 *  Source: RFC 7234, section 5.5. */
enum cl_code kube_add_warnings(const struct kube_config *config,
                               const struct cl_http_response *response, struct cl_strs *ret,
                               struct cl_err *err) CL_MUST_USE;

#endif
