#include "interop/exec_credential.h"

#include "base/time.h"
#include "codec/base64.h"
#include "codec/json_build.h"

#define GROUP "client.authentication.k8s.io/"
#define INFO_MAX_BYTES ((size_t)1 << 20U)
#define INFO_MAX_DEPTH 32
#define PEM_MAX_BYTES ((size_t)256 * 1024)

/* The first one is the answer to whoever does not ask for one. */
static const char *const versions[] = {GROUP "v1", GROUP "v1beta1"};

enum cl_code cl_exec_credential_version(struct cl_str info, const char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;
    struct cl_err unread = CL_ERR_NONE;

    *ret = versions[0];
    if (info.len == 0 ||
        cl_json_parse_limited(info, INFO_MAX_BYTES, INFO_MAX_DEPTH, &document, &unread) != CL_OK)
        return CL_OK;
    struct cl_str asked = cl_json_str(document, "apiVersion");
    for (size_t i = 0; i < CL_COUNT(versions); i++) {
        if (cl_str_eq_c(asked, versions[i]))
            *ret = versions[i];
    }
    if (asked.len == 0 || cl_str_eq_c(asked, *ret))
        return CL_OK;
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(256);
    cl_buf_add_quoted(&shown, asked, 64);
    CL_TRY(cl_buf_ok(&shown, err));
    (void)cl_err_set(err, CL_E_UNSUPPORTED, "KUBERNETES_EXEC_INFO asks for version '%s'",
                     shown.ptr);
    return cl_err_hint(err, "use " GROUP "v1 or v1beta1 in the kubeconfig");
}

/* A certificate or key: base64 of PEM in the configuration, PEM itself in the protocol. */
static enum cl_code add_pem(struct cl_json_build *build, const struct cl_issued *issued,
                            const char *attr, const char *key, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf pem = CL_BUF_SECRET(PEM_MAX_BYTES);
    struct cl_err why = CL_ERR_NONE;
    struct cl_str value = cl_secret_expose(cl_config_secret(&issued->config, attr));

    if (value.len == 0)
        return CL_OK;
    enum cl_code code = cl_base64_decode(value, CL_BASE64_STANDARD, &pem, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK || !cl_str_contains(cl_buf_view(&pem), CL_STR("-----BEGIN ")))
        return cl_err_set(err, CL_E_INVALID, "%s is not PEM in base64", attr);
    cl_json_add_str(build, key, cl_buf_view(&pem));
    return CL_OK;
}

static enum cl_code add_status(struct cl_json_build *build, const struct cl_issued *issued,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf expiry = CL_BUF(64);

    cl_json_open_object(build, "status");
    cl_json_add_filled(build, "token",
                       cl_secret_expose(cl_config_secret(&issued->config, "token")));
    CL_TRY(add_pem(build, issued, "client_certificate", "clientCertificateData", err));
    CL_TRY(add_pem(build, issued, "client_key", "clientKeyData", err));
    if (issued->expires_at != 0)
        cl_buf_add_rfc3339(&expiry, issued->expires_at - CL_EXEC_CREDENTIAL_MARGIN_S);
    cl_json_add_filled(build, "expirationTimestamp", cl_buf_view(&expiry));
    cl_json_close(build);
    return cl_buf_ok(&expiry, err);
}

static enum cl_code check(const struct cl_issued *issued, struct cl_err *err)
{
    const struct cl_config *config = &issued->config;

    if (strcmp(issued->connector_type, "kubernetes") != 0) {
        return cl_err_set(err, CL_E_UNSUPPORTED, "a '%s' credential is no Kubernetes credential",
                          issued->connector_type);
    }
    if (cl_config_secret(config, "password") != NULL) {
        (void)cl_err_set(err, CL_E_UNSUPPORTED,
                         "a user name and password cannot be handed over by a credential plugin");
        return cl_err_hint(err, "use cleat service-connector login --static");
    }
    bool has_pair = cl_config_secret(config, "client_certificate") != NULL &&
                    cl_config_secret(config, "client_key") != NULL;
    if (cl_config_secret(config, "token") == NULL && !has_pair) {
        return cl_err_set(err, CL_E_UNSUPPORTED,
                          "there is no token and no client certificate to hand over");
    }
    return CL_OK;
}

enum cl_code cl_exec_credential_add(struct cl_buf *ret, const struct cl_issued *issued,
                                    const char *api_version, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *document = NULL;

    CL_TRY(check(issued, err));
    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "apiVersion", api_version);
    cl_json_add_c(&build, "kind", "ExecCredential");
    CL_TRY(add_status(&build, issued, err));
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_COMPACT);
    return cl_buf_ok(ret, err);
}
