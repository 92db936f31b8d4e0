#include "clouds/kubernetes/token.h"
#include "codec/jwt.h"
#include "codec/url.h"
#include "connectors/kubernetes/access.h"
#include "crypto/certificate.h"

/* Rules that a schema cannot say. Values that pass may be put into addresses and headers. */

static const char host_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

static enum cl_code invalid(struct cl_err *err, const char *attr, const char *why)
{
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s' %s", attr, why);
}

/* A cause found further down, as this attribute's. */
static enum cl_code invalid_because(struct cl_err *err, const char *attr, const struct cl_err *why)
{
    if (why->code == CL_E_FAILED)
        return cl_err_no_memory(err);
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s': %s", attr, why->text);
}

static enum cl_code warn(struct cl_strs *warnings, struct cl_str text, struct cl_err *err)
{
    return warnings == NULL ? CL_OK : cl_strs_add(warnings, text, err);
}

/* No control characters, no blanks: it becomes a header, or part of one. */
static bool is_printable(struct cl_str text, char first)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < first || text.ptr[i] > '~')
            return false;
    }
    return true;
}

static bool has_control(struct cl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return true;
    }
    return false;
}

/* --- the server ---------------------------------------------------------------------------- */

static enum cl_code check_plain_http(const struct cl_connector *conn, const struct cl_url *url,
                                     struct cl_err *err)
{
    bool has_credential = conn->secret_names.count > 0 ||
                          cl_config_secret(&conn->config, "token") != NULL ||
                          cl_config_secret(&conn->config, "password") != NULL;

    if (!cl_config_bool(&conn->config, "allow_plain_http")) {
        (void)invalid(err, "server", "must be an https:// URL");
        return cl_err_hint(err, "For a server without TLS on this machine set "
                                "allow_plain_http=true.");
    }
    if (has_credential && !cl_url_is_loopback(url))
        return invalid(err, "server", "speaks plain http: credentials are not sent there");
    /* Also to this machine the way would lead through another one. */
    if (cl_config_text(&conn->config, "proxy_url").len > 0)
        return invalid(err, "proxy_url", "needs an https:// server: it would read what is sent");
    return CL_OK;
}

static enum cl_code check_server(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str server = cl_str_trim(cl_config_text(&conn->config, "server"));
    struct cl_url url = {.port = 0};
    struct cl_err why = CL_ERR_NONE;

    if (conn->method->implicit)
        return CL_OK;
    if (cl_url_parse(server, &url, &why) != CL_OK) {
        (void)invalid_because(err, "server", &why);
        return cl_err_hint(err, "Write it as https://{host}[:{port}].");
    }
    if (url.has_userinfo || url.has_query || url.has_fragment)
        return invalid(err, "server", "must have no user name, query or fragment");
    if (cl_str_ieq(url.scheme, CL_STR("http")))
        return check_plain_http(conn, &url, err);
    if (!cl_str_ieq(url.scheme, CL_STR("https")))
        return invalid(err, "server", "must be an https:// URL");
    return CL_OK;
}

static enum cl_code check_proxy(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str proxy = cl_config_text(&conn->config, "proxy_url");
    struct cl_url url = {.port = 0};
    struct cl_err why = CL_ERR_NONE;

    if (proxy.len == 0)
        return CL_OK;
    if (cl_url_parse(proxy, &url, &why) != CL_OK)
        return invalid_because(err, "proxy_url", &why);
    if (!cl_str_ieq(url.scheme, CL_STR("http")) && !cl_str_ieq(url.scheme, CL_STR("https")) &&
        !cl_str_ieq(url.scheme, CL_STR("socks5")))
        return invalid(err, "proxy_url", "must be an http, https or socks5 URL");
    if (url.has_userinfo)
        return invalid(err, "proxy_url", "must hold no password: it is shown in listings");
    return CL_OK;
}

static enum cl_code check_ca(const struct cl_connector *conn, struct cl_strs *warnings,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf pem = CL_BUF(KUBERNETES_PEM_MAX_BYTES);
    struct cl_str given = cl_config_text(&conn->config, "certificate_authority");
    bool insecure = cl_config_bool(&conn->config, "insecure");
    struct cl_err why = CL_ERR_NONE;
    int64_t not_after = 0;

    if (insecure && given.len > 0)
        return invalid(err, "insecure", "and certificate_authority exclude each other");
    if (insecure) {
        return warn(warnings,
                    CL_STR("insecure: the server's certificate is not verified, anybody on the "
                           "way can read and use the credentials"),
                    err);
    }
    if (given.len == 0)
        return CL_OK;
    if (kubernetes_decode_pem(given, &pem, &why) != CL_OK ||
        cl_certificates_check(cl_buf_view(&pem), &not_after, &why) != CL_OK)
        return invalid_because(err, "certificate_authority", &why);
    if (cl_str_contains(cl_buf_view(&pem), CL_STR("PRIVATE KEY"))) {
        return invalid(err, "certificate_authority",
                       "holds a private key, which must not be stored there");
    }
    return CL_OK;
}

/* --- credentials --------------------------------------------------------------------------- */

static enum cl_code check_token(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_secret *given = cl_config_secret(&conn->config, "token");
    struct cl_str token = kubernetes_trim_token(cl_secret_expose(given));

    if (given == NULL)
        return CL_OK;
    if (token.len == 0)
        return invalid(err, "token", "must not be empty");
    if (cl_str_ieq(cl_str_first(token, 6), CL_STR("Basic "))) {
        (void)invalid(err, "token", "is a user name and password, not a token");
        return cl_err_hint(err, "Use the auth method 'password'.");
    }
    if (!is_printable(token, '!'))
        return invalid(err, "token", "must be one word of printable ASCII characters");
    return CL_OK;
}

static enum cl_code check_user(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_secret *username = cl_config_secret(&conn->config, "username");
    const struct cl_secret *password = cl_config_secret(&conn->config, "password");
    struct cl_str name = cl_secret_expose(username);
    struct cl_str word = cl_secret_expose(password);

    if (username == NULL && password == NULL)
        return CL_OK;
    if (name.len == 0 || has_control(name) || cl_str_find(name, ':') < name.len) {
        return invalid(err, "username",
                       "must not be empty nor contain a colon or a control character");
    }
    if (word.len == 0 || has_control(word))
        return invalid(err, "password", "must not be empty nor contain a control character");
    return CL_OK;
}

static enum cl_code decode(const struct cl_connector *conn, const char *attr, struct cl_buf *ret,
                           struct cl_err *err)
{
    const struct cl_secret *given = cl_config_secret(&conn->config, attr);
    struct cl_err why = CL_ERR_NONE;

    if (kubernetes_decode_pem(cl_secret_expose(given), ret, &why) != CL_OK)
        return invalid_because(err, attr, &why);
    return CL_OK;
}

static enum cl_code check_client_certificate(const struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf cert = CL_BUF(KUBERNETES_PEM_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF_SECRET(KUBERNETES_PEM_MAX_BYTES);
    bool has_cert = cl_config_secret(&conn->config, "client_certificate") != NULL;
    bool has_key = cl_config_secret(&conn->config, "client_key") != NULL;
    struct cl_err why = CL_ERR_NONE;
    int64_t not_after = 0;

    if (!has_cert && !has_key)
        return CL_OK;
    if (has_cert != has_key) {
        return invalid(err, has_cert ? "client_key" : "client_certificate",
                       "is missing: a certificate and its key belong together");
    }
    CL_TRY(decode(conn, "client_certificate", &cert, err));
    CL_TRY(decode(conn, "client_key", &key, err));
    if (cl_certificates_check(cl_buf_view(&cert), &not_after, &why) != CL_OK)
        return invalid_because(err, "client_certificate", &why);
    if (cl_certificate_check_key(cl_buf_view(&cert), cl_buf_view(&key), &why) != CL_OK)
        return invalid_because(err, "client_key", &why);
    return CL_OK;
}

/* Without anything a connector is nobody in particular. */
static enum cl_code check_any(const struct cl_connector *conn, struct cl_strs *warnings,
                              struct cl_err *err)
{
    const struct cl_config *config = &conn->config;

    if (conn->method->implicit || cl_config_secret(config, "token") != NULL ||
        cl_config_secret(config, "client_certificate") != NULL ||
        cl_config_secret(config, "password") != NULL)
        return CL_OK;
    if (cl_config_bool(config, "allow_anonymous"))
        return warn(warnings, CL_STR("the connector has no credential: it is anonymous"), err);
    (void)cl_err_set(err, CL_E_MISSING_ATTRIBUTE,
                     "a token is missing, or a client certificate with its key");
    if (kubernetes_issues_tokens(conn))
        return err->code;
    return cl_err_hint(err, "For a cluster that wants none set allow_anonymous=true.");
}

/* --- the rest ------------------------------------------------------------------------------ */

static enum cl_code check_names(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_config *config = &conn->config;
    struct cl_str name = cl_config_text(config, "cluster_name");
    struct cl_str tls_name = cl_config_text(config, "tls_server_name");
    struct cl_str ns = cl_config_text(config, "namespace");

    if (name.len == 0 || has_control(name))
        return invalid(err, "cluster_name", "must not be empty nor contain control characters");
    if (tls_name.len > 0 && !cl_str_only(tls_name, host_bytes))
        return invalid(err, "tls_server_name", "must be a host name");
    if (ns.len > 0 && !kube_is_label(ns)) {
        return invalid(err, "namespace",
                       "must be a namespace: small letters, digits and - between them");
    }
    return CL_OK;
}

static enum cl_code check_impersonation(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str user = cl_config_text(&conn->config, "as_user");
    const struct cl_strs *groups = cl_config_list(&conn->config, "as_groups");

    if (!is_printable(user, ' '))
        return invalid(err, "as_user", "must consist of printable ASCII characters");
    if (groups == NULL || groups->count == 0)
        return CL_OK;
    if (user.len == 0)
        return invalid(err, "as_groups", "needs as_user");
    if (groups->count > 30)
        return invalid(err, "as_groups", "names more than 30 groups");
    for (size_t i = 0; i < groups->count; i++) {
        if (!is_printable(cl_str_of(groups->items[i]), ' '))
            return invalid(err, "as_groups", "must consist of printable ASCII characters");
    }
    return CL_OK;
}

static enum cl_code check_target(const struct cl_connector *conn, struct cl_err *err)
{
    if (!kubernetes_issues_tokens(conn))
        return CL_OK;
    if (!kube_is_subdomain(cl_config_text(&conn->config, "service_account"))) {
        return invalid(err, "service_account",
                       "must be a name: small letters, digits, and - or . between them");
    }
    if (!kube_is_label(cl_config_text(&conn->config, "service_account_namespace"))) {
        return invalid(err, "service_account_namespace",
                       "must be a namespace: small letters, digits and - between them");
    }
    return CL_OK;
}

static enum cl_code check_dead_password(const struct cl_connector *conn, struct cl_strs *warnings,
                                        struct cl_err *err)
{
    if (cl_config_secret(&conn->config, "password") == NULL)
        return CL_OK;
    return warn(warnings,
                CL_STR("Kubernetes itself has taken no passwords since 1.19: this works only with "
                       "a proxy in front of the cluster that does"),
                err);
}

enum cl_code kubernetes_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                     struct cl_err *err)
{
    CL_TRY(check_server(conn, err));
    CL_TRY(check_names(conn, err));
    CL_TRY(check_proxy(conn, err));
    CL_TRY(check_ca(conn, warnings, err));
    CL_TRY(check_token(conn, err));
    CL_TRY(check_user(conn, err));
    CL_TRY(check_client_certificate(conn, err));
    CL_TRY(check_any(conn, warnings, err));
    CL_TRY(check_impersonation(conn, err));
    CL_TRY(check_target(conn, err));
    return check_dead_password(conn, warnings, err);
}

/* The earlier of the token's end and the certificate's. */
int64_t kubernetes_credentials_end(const struct cl_connector *conn)
{
    CL_AUTO(cl_buf) struct cl_buf pem = CL_BUF(KUBERNETES_PEM_MAX_BYTES);
    const struct cl_secret *token = cl_config_secret(&conn->config, "token");
    const struct cl_secret *cert = cl_config_secret(&conn->config, "client_certificate");
    int64_t end = cl_jwt_expires_at(kubernetes_trim_token(cl_secret_expose(token)));
    int64_t not_after = 0;
    struct cl_err ignored = CL_ERR_NONE;

    if (cert != NULL && kubernetes_decode_pem(cl_secret_expose(cert), &pem, &ignored) == CL_OK &&
        cl_certificates_check(cl_buf_view(&pem), &not_after, &ignored) == CL_OK &&
        (end == 0 || not_after < end))
        end = not_after;
    return end;
}
