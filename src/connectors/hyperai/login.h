#ifndef CLEAT_CONNECTORS_HYPERAI_LOGIN_H
#define CLEAT_CONNECTORS_HYPERAI_LOGIN_H

#include "core/connector.h"
#include "net/ssh.h"

/* What a connector logs in with. Zero-initialised is empty; does not move while it is used. */
struct hyperai_login {
    struct cl_secret *key;
    struct cl_ssh_login login; /* views of what stands above and of the connector */
};
void hyperai_login_cleanup(struct hyperai_login *login);

/** `conn`, whose secrets are loaded, must outlive `ret`. */
enum cl_code hyperai_login_open(const struct cl_connector *conn, struct hyperai_login *ret,
                                struct cl_err *err) CL_MUST_USE;

#endif
