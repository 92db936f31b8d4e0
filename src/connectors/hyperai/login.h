#ifndef CLEAT_CONNECTORS_HYPERAI_LOGIN_H
#define CLEAT_CONNECTORS_HYPERAI_LOGIN_H

#include "connectors/hyperai/certify.h"
#include "net/ssh.h"

/* What a connector logs in with. Zero-initialised is empty; does not move while it is used. */
struct hyperai_login {
    struct cl_secret *key;
    struct hyperai_certified certified; /* of method ssh-certificate */
    struct cl_ssh_login login;          /* views of what stands above and of the connector */
};
void hyperai_login_cleanup(struct hyperai_login *login);

/**
 * The stored key of a key method. `conn`, whose secrets are loaded, must outlive `ret`.
 *
 * @param attr  "base64_ssh_key" or "ca_key"
 */
enum cl_code hyperai_login_open_key(const struct cl_connector *conn, const char *attr,
                                    struct hyperai_login *ret, struct cl_err *err) CL_MUST_USE;

/** The stored key, or one made now with a certificate that ends soon. */
enum cl_code hyperai_login_open(const struct cl_call *call, const struct cl_connector *conn,
                                struct hyperai_login *ret, struct cl_err *err) CL_MUST_USE;

#endif
