#include "connectors/hyperai/login.h"

#include "clouds/ssh/key_text.h"

void hyperai_login_cleanup(struct hyperai_login *login)
{
    cl_secret_free(login->key);
    *login = (struct hyperai_login){.key = NULL};
}

enum cl_code hyperai_login_open(const struct cl_connector *conn, struct hyperai_login *ret,
                                struct cl_err *err)
{
    const struct cl_secret *key = cl_config_secret(&conn->config, "base64_ssh_key");
    struct cl_err why = CL_ERR_NONE;

    if (key == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "the connector's secrets are not loaded");
    enum cl_code code = ssh_key_text(key, &ret->key, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute 'base64_ssh_key' holds no private key: %s", why.text);
    }
    ret->login = (struct cl_ssh_login){
        .user = cl_config_text(&conn->config, "username"),
        .key = ret->key,
        .passphrase = cl_config_secret(&conn->config, "ssh_passphrase"),
    };
    return CL_OK;
}
