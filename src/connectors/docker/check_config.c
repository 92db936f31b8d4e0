#include "clouds/registry/realm.h"
#include "codec/url.h"
#include "connectors/docker/access.h"
#include "crypto/certificate.h"

/* Rules that a schema cannot say. Values that pass may be put into addresses and headers. */

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"

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

/* The colon ends a user name on the wire: what stands behind it would become the password. */
static enum cl_code check_username(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_secret *secret = cl_config_secret(&conn->config, "username");
    struct cl_str name = cl_secret_expose(secret);

    if (secret == NULL)
        return CL_OK;
    if (name.len == 0 || cl_str_find(name, ':') < name.len)
        return invalid(err, "username", "must not be empty nor contain a colon");
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return invalid(err, "username", "must not contain control characters");
    }
    return CL_OK;
}

static enum cl_code check_password(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_secret *secret = cl_config_secret(&conn->config, "password");

    if (secret != NULL && docker_trim_line_end(cl_secret_expose(secret)).len == 0)
        return invalid(err, "password", "must not be empty");
    return CL_OK;
}

/* --- the registry -------------------------------------------------------------------------- */

static enum cl_code parse_registry(const struct cl_connector *conn, struct registry_name *ret,
                                   struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (docker_registry_of(conn, ret, &why) == CL_OK)
        return CL_OK;
    (void)cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute 'registry': %s", why.text);
    return cl_err_hint(err, "%s", why.hint);
}

static bool is_loopback(const char *host)
{
    struct cl_str name = cl_str_of(host);
    struct cl_str port = CL_STR_NONE;

    if (host[0] == '[') {
        (void)cl_str_cut(cl_str_skip(name, 1), ']', &name, &port);
    } else {
        (void)cl_str_cut(name, ':', &name, &port);
    }
    return cl_host_is_loopback(name);
}

static enum cl_code check_plain_http(const struct cl_connector *conn,
                                     const struct registry_name *name, struct cl_strs *warnings,
                                     struct cl_err *err)
{
    if (!name->plain_http)
        return CL_OK;
    if (cl_str_starts(cl_str_trim(cl_config_text(&conn->config, "registry")), CL_STR("https:")))
        return invalid(err, "plain_http", "contradicts the https:// of the registry");
    if (is_loopback(name->host))
        return CL_OK;
    if (!cl_config_bool(&conn->config, "allow_plain_http")) {
        (void)invalid(err, "registry",
                      "speaks plain http, so the password would cross the network unencrypted");
        return cl_err_hint(err, "Use https; if that cannot be, set allow_plain_http=true.");
    }
    if (warnings == NULL)
        return CL_OK;
    return cl_strs_add(warnings,
                       CL_STR("the registry speaks plain http: its password crosses the network "
                              "unencrypted"),
                       err);
}

/* --- the rest ------------------------------------------------------------------------------ */

static enum cl_code check_repository(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str repository = cl_config_text(&conn->config, "repository");

    if (repository.len == 0 || registry_is_repository(repository))
        return CL_OK;
    return invalid(err, "repository",
                   "must be a repository's name such as acme/app: small letters, digits and . _ - "
                   "between them, no tag");
}

static enum cl_code check_ca_bundle(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str pem = cl_config_text(&conn->config, "ca_bundle");

    if (pem.len == 0)
        return CL_OK;
    if (cl_str_contains(pem, CL_STR("PRIVATE KEY")))
        return invalid(err, "ca_bundle", "holds a private key, which must not be stored there");
    if (!cl_str_contains(pem, CL_STR(PEM_BEGIN)))
        return invalid(err, "ca_bundle", "must hold certificates in PEM form");
    return CL_OK;
}

static enum cl_code check_client_certificate(const struct cl_connector *conn, struct cl_err *err)
{
    const struct cl_secret *cert = cl_config_secret(&conn->config, "client_certificate");
    const struct cl_secret *key = cl_config_secret(&conn->config, "client_key");
    struct cl_err why = CL_ERR_NONE;
    int64_t not_after = 0;

    if (cert == NULL && key == NULL)
        return CL_OK;
    if (cert == NULL || key == NULL) {
        return invalid(err, cert == NULL ? "client_certificate" : "client_key",
                       "is missing: a certificate and its key belong together");
    }
    if (cl_certificates_check(cl_secret_expose(cert), &not_after, &why) != CL_OK)
        return invalid_because(err, "client_certificate", &why);
    if (cl_certificate_check_key(cl_secret_expose(cert), cl_secret_expose(key), &why) != CL_OK)
        return invalid_because(err, "client_key", &why);
    return CL_OK;
}

static enum cl_code check_insecure(const struct cl_connector *conn,
                                   const struct registry_name *name, struct cl_strs *warnings,
                                   struct cl_err *err)
{
    if (!cl_config_bool(&conn->config, "insecure"))
        return CL_OK;
    if (cl_config_text(&conn->config, "ca_bundle").len > 0)
        return invalid(err, "insecure", "and ca_bundle exclude each other");
    if (name->plain_http || warnings == NULL) /* then there is no certificate at all */
        return CL_OK;
    return cl_strs_add(warnings,
                       CL_STR("insecure: the registry's certificate is not verified, anybody on "
                              "the way can read and use the password"),
                       err);
}

static enum cl_code check_pin(const struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str pin = cl_config_text(&conn->config, "auth_realm_pin");

    if (pin.len == 0 || registry_is_pin(pin))
        return CL_OK;
    return invalid(err, "auth_realm_pin", "must be a host name, with its port unless that is 443");
}

enum cl_code docker_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                 struct cl_err *err)
{
    struct registry_name name = {.host = ""};

    CL_TRY(check_username(conn, err));
    CL_TRY(check_password(conn, err));
    CL_TRY(parse_registry(conn, &name, err));
    CL_TRY(check_plain_http(conn, &name, warnings, err));
    CL_TRY(check_repository(conn, err));
    CL_TRY(check_ca_bundle(conn, err));
    CL_TRY(check_client_certificate(conn, err));
    CL_TRY(check_insecure(conn, &name, warnings, err));
    return check_pin(conn, err);
}
