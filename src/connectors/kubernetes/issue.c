#include <stdio.h>

#include "codec/base64.h"
#include "codec/jwt.h"
#include "connectors/kubernetes/access.h"
#include "connectors/kubernetes/pod.h"
#include "crypto/digest.h"

/* What a client receives: the cluster, and the stored credential or a fresh token for it. */

struct issuing {
    const struct cl_call *call;
    const struct cl_connector *conn;
    const struct cl_issue_request *request;
    struct cl_issued *ret;
    struct kubernetes_access access;
};

enum cl_code kubernetes_default_id(const struct cl_connector *conn,
                                   const struct cl_resource_type *type, char **ret,
                                   struct cl_err *err)
{
    (void)type;
    return cl_str_dup(cl_config_text(&conn->config, "cluster_name"), ret, err);
}

enum cl_code kubernetes_surroundings(const struct cl_call *call, const struct cl_connector *conn,
                                     struct cl_buf *ret, struct cl_err *err)
{
    (void)conn;
    return kubernetes_pod_describe(call->world, ret, err);
}

/* --- the cluster --------------------------------------------------------------------------- */

static enum cl_code set_text(struct issuing *issuing, const char *attr, struct cl_str value,
                             struct cl_err *err)
{
    return value.len == 0 ? CL_OK : cl_config_set_text(&issuing->ret->config, attr, value, err);
}

/* Certificates in the one form that kubeconfig files have: base64 of PEM. */
static enum cl_code set_ca(struct issuing *issuing, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(2 * KUBERNETES_PEM_MAX_BYTES);

    cl_buf_add_base64(&text, cl_buf_view(&issuing->access.ca_pem), CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&text, err));
    return set_text(issuing, "certificate_authority", cl_buf_view(&text), err);
}

static enum cl_code set_namespace(struct issuing *issuing, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf ns = CL_BUF(256);
    struct cl_str given = cl_config_text(&issuing->conn->config, "namespace");

    if (given.len > 0 || !issuing->conn->method->implicit)
        return set_text(issuing, "namespace", given, err);
    CL_TRY(kubernetes_pod_namespace(issuing->call->world, &ns, err));
    return set_text(issuing, "namespace", cl_buf_view(&ns), err);
}

static enum cl_code set_cluster(struct issuing *issuing, struct cl_err *err)
{
    const struct kube_config *from = &issuing->access.config;
    const struct cl_config *config = &issuing->conn->config;

    CL_TRY(set_text(issuing, "server", from->server, err));
    CL_TRY(set_text(issuing, "cluster_name", cl_config_text(config, "cluster_name"), err));
    CL_TRY(set_ca(issuing, err));
    CL_TRY(set_text(issuing, "tls_server_name", from->tls_name, err));
    CL_TRY(set_text(issuing, "proxy_url", from->proxy, err));
    CL_TRY(set_namespace(issuing, err));
    if (!from->insecure)
        return CL_OK;
    CL_TRY(cl_config_set_bool(&issuing->ret->config, "insecure", true, err));
    return cl_strs_add(&issuing->ret->warnings,
                       CL_STR("insecure: the server's certificate is not verified"), err);
}

static enum cl_code set_header(struct issuing *issuing, const char *method, struct cl_err *err)
{
    struct cl_issued *ret = issuing->ret;

    CL_TRY(cl_str_dup(CL_STR("kubernetes"), &ret->connector_type, err));
    CL_TRY(cl_str_dup(cl_str_of(method), &ret->auth_method, err));
    CL_TRY(cl_str_dup(CL_STR(KUBERNETES_CLUSTER), &ret->resource_type, err));
    CL_TRY(kubernetes_default_id(issuing->conn, issuing->request->type, &ret->resource_id, err));
    ret->issued_at = cl_world_now_s(issuing->call->world);
    ret->provider_scoped = true; /* there is nothing else that it opens */
    return CL_OK;
}

/* --- the stored credential ----------------------------------------------------------------- */

static enum cl_code copy_secret(struct issuing *issuing, const char *attr,
                                const struct cl_secret *from, struct cl_err *err)
{
    struct cl_secret *copy = NULL;

    if (from == NULL)
        return CL_OK;
    CL_TRY(cl_secret_copy(from, &copy, err));
    return cl_config_set_secret_take(&issuing->ret->config, attr, copy, err);
}

static enum cl_code set_pem(struct issuing *issuing, const char *attr, const struct cl_secret *pem,
                            struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * KUBERNETES_PEM_MAX_BYTES);
    struct cl_secret *encoded = NULL;

    if (pem == NULL)
        return CL_OK;
    cl_buf_add_base64(&text, cl_secret_expose(pem), CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&text, err));
    CL_TRY(cl_secret_new(cl_buf_view(&text), &encoded, err));
    return cl_config_set_secret_take(&issuing->ret->config, attr, encoded, err);
}

static enum cl_code set_impersonation(struct issuing *issuing, struct cl_err *err)
{
    const struct kube_config *from = &issuing->access.config;

    if (from->as_user.len == 0)
        return CL_OK;
    CL_TRY(set_text(issuing, "as_user", from->as_user, err));
    if (from->as_groups == NULL || from->as_groups->count == 0)
        return CL_OK;
    return cl_config_set_list(&issuing->ret->config, "as_groups", from->as_groups, err);
}

static enum cl_code hand_out_stored(struct issuing *issuing, struct cl_err *err)
{
    const struct kube_config *from = &issuing->access.config;

    CL_TRY(set_header(issuing, from->password != NULL ? "password" : "token", err));
    CL_TRY(copy_secret(issuing, "username", from->username, err));
    CL_TRY(copy_secret(issuing, "password", from->password, err));
    CL_TRY(copy_secret(issuing, "token", from->token, err));
    CL_TRY(set_pem(issuing, "client_certificate", from->client_cert, err));
    CL_TRY(set_pem(issuing, "client_key", from->client_key, err));
    CL_TRY(set_impersonation(issuing, err));
    issuing->ret->expires_at = issuing->conn->expires_at;
    issuing->ret->long_lived = true;
    return CL_OK;
}

/* --- a token of a service account ---------------------------------------------------------- */

/* How the cluster's audit log names the token, else the beginning of its digest. */
static enum cl_code set_fingerprint(struct issuing *issuing, const struct kube_token *token,
                                    struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *claims = NULL;
    struct cl_str bytes = cl_secret_expose(token->token);
    char digest[CL_SHA256_HEX_SIZE];
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_jwt_claims(bytes, &claims, &ignored) == CL_OK && cl_is_uuid(cl_json_str(claims, "jti")))
        return cl_str_dup(cl_json_str(claims, "jti"), &issuing->ret->fingerprint, err);
    CL_TRY(cl_sha256_hex(bytes, digest, err));
    return cl_str_dup(cl_str_make(digest, 12), &issuing->ret->fingerprint, err);
}

/* The Secret is there from the second time on: then this is one call. */
static enum cl_code request_token(struct issuing *issuing, struct kube_token *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf secret = CL_BUF(256);
    const struct kube_config *config = &issuing->access.config;
    struct kube_token_request request =
        kubernetes_token_request(issuing->conn, issuing->request->ttl_s);

    if (cl_config_bool(&issuing->conn->config, "bound_secret"))
        kubernetes_add_secret_name(&secret, issuing->conn);
    CL_TRY(cl_buf_ok(&secret, err));
    request.bound_secret = cl_buf_view(&secret);
    CL_TRY(kube_request_token(issuing->call, config, &request, ret, err));
    if (ret->no_secret && secret.len > 0) {
        CL_TRY(kube_create_secret(issuing->call, config, request.ns, request.bound_secret, err));
        CL_TRY(kube_request_token(issuing->call, config, &request, ret, err));
    }
    if (ret->token == NULL)
        return cl_err_set(err, CL_E_PROVIDER, "the server issued no token");
    return CL_OK;
}

static enum cl_code take_token(struct issuing *issuing, const struct kube_token *token,
                               struct cl_err *err)
{
    CL_TRY(set_header(issuing, "token", err));
    CL_TRY(copy_secret(issuing, "token", token->token, err));
    CL_TRY(set_fingerprint(issuing, token, err));
    for (size_t i = 0; i < token->warnings.count; i++)
        CL_TRY(cl_strs_add(&issuing->ret->warnings, cl_str_of(token->warnings.items[i]), err));
    issuing->ret->expires_at = token->expires_at;
    return CL_OK;
}

static enum cl_code hand_out_token(struct issuing *issuing, struct cl_err *err)
{
    struct kube_token token = {.token = NULL};

    enum cl_code code = request_token(issuing, &token, err);
    if (code == CL_OK)
        code = take_token(issuing, &token, err);
    kube_token_cleanup(&token);
    return code;
}

enum cl_code kubernetes_issue(const struct cl_call *call, const struct cl_connector *conn,
                              const struct cl_issue_request *request, struct cl_issued *ret,
                              struct cl_err *err)
{
    struct issuing issuing = {.call = call,
                              .conn = conn,
                              .request = request,
                              .ret = ret,
                              .access = KUBERNETES_ACCESS_NONE};

    enum cl_code code = kubernetes_access_open(call, conn, &issuing.access, err);
    if (code == CL_OK) {
        code = kubernetes_issues_tokens(conn) ? hand_out_token(&issuing, err)
                                              : hand_out_stored(&issuing, err);
    }
    if (code == CL_OK)
        code = set_cluster(&issuing, err);
    kubernetes_access_cleanup(&issuing.access);
    return code;
}
