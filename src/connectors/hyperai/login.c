#include "connectors/hyperai/login.h"

#include "clouds/ssh/key_text.h"
#include "connectors/hyperai/ops.h"

#define PROOF_TTL_S 60 /* of the certificate that a verification logs in with */

void hyperai_login_cleanup(struct hyperai_login *login)
{
    hyperai_certified_cleanup(&login->certified);
    cl_secret_free(login->key);
    *login = (struct hyperai_login){.key = NULL};
}

enum cl_code hyperai_login_open_key(const struct cl_connector *conn, const char *attr,
                                    struct hyperai_login *ret, struct cl_err *err)
{
    const struct cl_secret *key = cl_config_secret(&conn->config, attr);
    bool is_authority = strcmp(attr, "ca_key") == 0;
    struct cl_err why = CL_ERR_NONE;

    if (key == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "the connector's secrets are not loaded");
    enum cl_code code = ssh_key_text(key, &ret->key, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s' holds no private key: %s",
                          attr, why.text);
    }
    ret->login = (struct cl_ssh_login){
        .user = cl_config_text(&conn->config, "username"),
        .key = ret->key,
        .passphrase =
            cl_config_secret(&conn->config, is_authority ? "ca_key_passphrase" : "ssh_passphrase"),
    };
    return CL_OK;
}

enum cl_code hyperai_login_open(const struct cl_call *call, const struct cl_connector *conn,
                                struct hyperai_login *ret, struct cl_err *err)
{
    if (strcmp(conn->method->id, HYPERAI_CERTIFICATE) != 0)
        return hyperai_login_open_key(conn, "base64_ssh_key", ret, err);
    CL_TRY(hyperai_certify(call, conn, PROOF_TTL_S, HYPERAI_FOR_PROOF, &ret->certified, err));
    ret->login = (struct cl_ssh_login){
        .user = cl_config_text(&conn->config, "username"),
        .key = ret->certified.key,
        .certificate = cl_str_of(ret->certified.certificate),
    };
    return CL_OK;
}
