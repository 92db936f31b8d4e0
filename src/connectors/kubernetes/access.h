#ifndef CLEAT_CONNECTORS_KUBERNETES_ACCESS_H
#define CLEAT_CONNECTORS_KUBERNETES_ACCESS_H

#include "clouds/kubernetes/client.h"
#include "clouds/kubernetes/token.h"
#include "connectors/kubernetes/ops.h"

/* What a connector's configuration, or the pod it runs in, says about its cluster. */
struct kubernetes_access {
    char *server;                  /* without a slash at its end */
    struct cl_buf ca_pem;          /* empty: the system's authorities */
    struct cl_secret *token;       /* NULL: none */
    struct cl_secret *client_cert; /* PEM */
    struct cl_secret *client_key;  /* PEM */
    struct kube_config config;     /* views of what stands above and of the connector */
};

#define KUBERNETES_PEM_MAX_BYTES ((size_t)1 << 20U)
#define KUBERNETES_ACCESS_NONE \
    ((struct kubernetes_access){.ca_pem = CL_BUF(KUBERNETES_PEM_MAX_BYTES)})

void kubernetes_access_cleanup(struct kubernetes_access *access);

/**
 * @param access  KUBERNETES_ACCESS_NONE, does not move while it is used; cleaned up by the caller
 *                also after a failure; `conn` must outlive it
 * @return CL_OK, CL_E_INVALID_ATTRIBUTE, CL_E_LOCAL_CONFIG (in-cluster: not in a pod)
 */
enum cl_code kubernetes_access_open(const struct cl_call *call, const struct cl_connector *conn,
                                    struct kubernetes_access *access, struct cl_err *err)
    CL_MUST_USE;

/** Does the method issue tokens of a service account? */
bool kubernetes_issues_tokens(const struct cl_connector *conn);

/** The request for one, of that life time, bound to the connector's Secret if it wants that. */
struct kube_token_request kubernetes_token_request(const struct cl_connector *conn, int64_t ttl_s);

/** False when the issued tokens are for others: the API server then cannot tell their rights. */
bool kubernetes_is_for_api_server(const struct cl_connector *conn);

/** The same cluster, asked with an issued token alone. Borrows both. */
struct kube_config kubernetes_config_of_token(const struct kubernetes_access *access,
                                              const struct kube_token *token);

/**
 * Appends the name of this connector's Secret. The same all its life: a Secret that was deleted and
 * made again is another one to the tokens that were bound to the first.
 */
void kubernetes_add_secret_name(struct cl_buf *buf, const struct cl_connector *conn);

/**
 * PEM as it is, or base64 of it: either alphabet, padding or none, blanks and line ends anywhere.
 *
 * @return CL_OK, CL_E_INVALID (neither)
 */
enum cl_code kubernetes_decode_pem(struct cl_str text, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;

/** A token without blanks around it and without "Bearer " before it: a view of `text`. */
struct cl_str kubernetes_trim_token(struct cl_str text);

#endif
