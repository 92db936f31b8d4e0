#ifndef CLEAT_CLOUDS_KUBERNETES_TOKEN_H
#define CLEAT_CLOUDS_KUBERNETES_TOKEN_H

#include "clouds/kubernetes/client.h"

/* Tokens of service accounts, and the Secrets they are bound to so that they can be taken back. */

#define KUBE_TOKEN_MIN_S 600

struct kube_token_request {
    struct cl_str ns;
    struct cl_str account;
    const struct cl_strs *audiences; /* NULL or empty: the API server's own */
    int64_t ttl_s;                   /* at least KUBE_TOKEN_MIN_S */
    struct cl_str bound_secret;      /* in the same namespace; empty: bound to the account alone */
};

/* Zero-initialised is empty. */
struct kube_token {
    struct cl_secret *token;
    int64_t expires_at;      /* as the server says, which may be less than was asked for */
    struct cl_strs warnings; /* the server's */
    bool no_secret;          /* nothing was issued: there is no such Secret to bind to */
};

void kube_token_cleanup(struct kube_token *token);

/**
 * Asks for a token, once.
 *
 * @param ret  zero-initialised; kube_token_cleanup() by the caller
 * @return CL_OK (also with no_secret), CL_E_REJECTED, CL_E_DENIED, CL_E_RESOURCE_NOT_FOUND (no such
 *         service account), CL_E_INVALID_REQUEST, CL_E_PROVIDER, ...
 * Source: Kubernetes API reference, TokenRequest (authentication.k8s.io/v1).
 */
enum cl_code kube_request_token(const struct cl_call *call, const struct kube_config *config,
                                const struct kube_token_request *request, struct kube_token *ret,
                                struct cl_err *err) CL_MUST_USE;

/** Creates an empty Secret; one that is there already is fine. */
enum cl_code kube_create_secret(const struct cl_call *call, const struct kube_config *config,
                                struct cl_str ns, struct cl_str name, struct cl_err *err)
    CL_MUST_USE;

/** Deletes it, and with it the life of every token bound to it; none there is fine. */
enum cl_code kube_delete_secret(const struct cl_call *call, const struct kube_config *config,
                                struct cl_str ns, struct cl_str name, struct cl_err *err)
    CL_MUST_USE;

/** A DNS label (RFC 1123): what a namespace may be called. */
bool kube_is_label(struct cl_str name);

/** A DNS subdomain: what a service account or a Secret may be called. */
bool kube_is_subdomain(struct cl_str name);

/* The pure ends, for tests. */
enum cl_code kube_token_body(const struct kube_token_request *request, char **ret,
                             struct cl_err *err) CL_MUST_USE;
enum cl_code kube_parse_token(struct cl_str body, struct kube_token *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
