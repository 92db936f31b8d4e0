#include "connectors/kubernetes/access.h"

#include <string.h>

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/jwt.h"
#include "connectors/kubernetes/pod.h"

#define PEM_BEGIN "-----BEGIN "

void kubernetes_access_cleanup(struct kubernetes_access *access)
{
    cl_free(access->server);
    cl_buf_cleanup(&access->ca_pem);
    cl_secret_free(access->token);
    cl_secret_free(access->client_cert);
    cl_secret_free(access->client_key);
    *access = KUBERNETES_ACCESS_NONE;
}

/* --- values -------------------------------------------------------------------------------- */

struct cl_str kubernetes_trim_token(struct cl_str text)
{
    struct cl_str token = cl_str_trim(text);
    struct cl_str word = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;

    (void)cl_str_cut(token, ' ', &word, &rest);
    return cl_str_ieq(word, CL_STR("Bearer")) ? cl_str_trim(rest) : token;
}

/* One spelling of the same bytes: what base64 decoders disagree about is taken away. */
static enum cl_code decode_base64(struct cl_str text, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(2 * KUBERNETES_PEM_MAX_BYTES);

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (strchr(" \t\r\n", c) != NULL && c != '\0')
            continue;
        if (c == '-') {
            cl_buf_add_char(&plain, '+');
        } else if (c == '_') {
            cl_buf_add_char(&plain, '/');
        } else {
            cl_buf_add_char(&plain, c);
        }
    }
    CL_TRY(cl_buf_ok(&plain, err));
    return cl_base64_decode(cl_buf_view(&plain), CL_BASE64_STANDARD, ret, err);
}

enum cl_code kubernetes_decode_pem(struct cl_str text, struct cl_buf *ret, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (cl_str_contains(text, CL_STR(PEM_BEGIN))) {
        cl_buf_add(ret, cl_str_trim(text));
        cl_buf_add_char(ret, '\n');
        return cl_buf_ok(ret, err);
    }
    if (decode_base64(text, ret, &why) == CL_OK &&
        cl_str_contains(cl_buf_view(ret), CL_STR(PEM_BEGIN)))
        return CL_OK;
    if (why.code == CL_E_FAILED)
        return cl_err_no_memory(err);
    return cl_err_set(err, CL_E_INVALID, "neither PEM nor base64 of it");
}

static enum cl_code decode_secret(const struct cl_connector *conn, const char *attr,
                                  struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf pem = CL_BUF_SECRET(KUBERNETES_PEM_MAX_BYTES);
    const struct cl_secret *given = cl_config_secret(&conn->config, attr);
    struct cl_str text = cl_secret_expose(given);

    if (given == NULL)
        return CL_OK;
    if (kubernetes_decode_pem(text, &pem, err) != CL_OK)
        return cl_err_wrap(err, "attribute '%s'", attr);
    return cl_secret_new(cl_buf_view(&pem), ret, err);
}

static enum cl_code open_ca(const struct cl_connector *conn, struct kubernetes_access *access,
                            struct cl_err *err)
{
    struct cl_str given = cl_config_text(&conn->config, "certificate_authority");

    if (given.len == 0)
        return CL_OK;
    if (kubernetes_decode_pem(given, &access->ca_pem, err) != CL_OK)
        return cl_err_wrap(err, "attribute 'certificate_authority'");
    return CL_OK;
}

static enum cl_code open_token(const struct cl_connector *conn, struct kubernetes_access *access,
                               struct cl_err *err)
{
    const struct cl_secret *given = cl_config_secret(&conn->config, "token");
    struct cl_str token = kubernetes_trim_token(cl_secret_expose(given));

    return token.len == 0 ? CL_OK : cl_secret_new(token, &access->token, err);
}

static enum cl_code open_server(const struct cl_connector *conn, struct kubernetes_access *access,
                                struct cl_err *err)
{
    struct cl_str server = cl_str_trim(cl_config_text(&conn->config, "server"));

    while (cl_str_ends(server, CL_STR("/")))
        server.len--;
    return cl_str_dup(server, &access->server, err);
}

/* --- all of it ----------------------------------------------------------------------------- */

static enum cl_code open_configured(const struct cl_connector *conn,
                                    struct kubernetes_access *access, struct cl_err *err)
{
    CL_TRY(open_server(conn, access, err));
    CL_TRY(open_ca(conn, access, err));
    CL_TRY(open_token(conn, access, err));
    CL_TRY(decode_secret(conn, "client_certificate", &access->client_cert, err));
    return decode_secret(conn, "client_key", &access->client_key, err);
}

enum cl_code kubernetes_access_open(const struct cl_call *call, const struct cl_connector *conn,
                                    struct kubernetes_access *access, struct cl_err *err)
{
    const struct cl_config *config = &conn->config;

    if (conn->method->implicit) {
        CL_TRY(kubernetes_pod_open(call->world, access, err));
    } else {
        CL_TRY(open_configured(conn, access, err));
    }
    access->config = (struct kube_config){
        .server = cl_str_of(access->server),
        .token = access->token,
        .username = cl_config_secret(config, "username"),
        .password = cl_config_secret(config, "password"),
        .client_cert = access->client_cert,
        .client_key = access->client_key,
        .ca_pem = cl_buf_view(&access->ca_pem),
        .tls_name = cl_config_text(config, "tls_server_name"),
        .proxy = cl_config_text(config, "proxy_url"),
        .insecure = cl_config_bool(config, "insecure"),
        .as_user = cl_config_text(config, "as_user"),
        .as_groups = cl_config_list(config, "as_groups"),
        .expires_at = conn->expires_at,
    };
    return CL_OK;
}

/* --- tokens of a service account ----------------------------------------------------------- */

bool kubernetes_issues_tokens(const struct cl_connector *conn)
{
    return conn->method->issues == CL_ISSUES_TEMPORARY;
}

struct kube_token_request kubernetes_token_request(const struct cl_connector *conn, int64_t ttl_s)
{
    const struct cl_config *config = &conn->config;

    return (struct kube_token_request){
        .ns = cl_config_text(config, "service_account_namespace"),
        .account = cl_config_text(config, "service_account"),
        .audiences = cl_config_list(config, "audiences"),
        .ttl_s = ttl_s < KUBE_TOKEN_MIN_S ? KUBE_TOKEN_MIN_S : ttl_s,
        .bound_secret = CL_STR_NONE,
    };
}

bool kubernetes_is_for_api_server(const struct cl_connector *conn)
{
    const struct cl_strs *audiences = cl_config_list(&conn->config, "audiences");

    return audiences == NULL || audiences->count == 0;
}

struct kube_config kubernetes_config_of_token(const struct kubernetes_access *access,
                                              const struct kube_token *token)
{
    struct kube_config config = access->config;

    config.token = token->token;
    config.client_cert = NULL;
    config.client_key = NULL;
    config.as_user = CL_STR_NONE;
    config.as_groups = NULL;
    config.expires_at = token->expires_at;
    return config;
}

void kubernetes_add_secret_name(struct cl_buf *buf, const struct cl_connector *conn)
{
    cl_buf_addf(buf, "cleat-%s", conn->id);
}
