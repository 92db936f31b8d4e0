#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/ops.h"

/* A resource is a configured host. Pure. */

enum cl_code hyperai_canonical_id(const struct cl_connector *conn,
                                  const struct cl_resource_type *type, struct cl_str input,
                                  char **ret, struct cl_err *err)
{
    CL_AUTO(hyperai_hosts) struct hyperai_hosts hosts = {.items = NULL};
    struct ssh_host host = {.port = 0};
    struct cl_err why = CL_ERR_NONE;
    char text[SSH_HOST_TEXT_MAX];
    int port = SSH_PORT;

    (void)type;
    CL_TRY(hyperai_port(&conn->config, &port, err));
    if (ssh_host_parse(input, port, &host, &why) != CL_OK) {
        (void)cl_err_set(err, CL_E_ID_INVALID, "%s", why.text);
        return cl_err_hint(err, "%s", why.hint);
    }
    ssh_host_text(&host, text);
    CL_TRY(hyperai_hosts_of(conn, text, &hosts, err));
    return cl_str_dup(cl_str_of(text), ret, err);
}
