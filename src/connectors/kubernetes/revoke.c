#include "connectors/kubernetes/access.h"

/* Tokens die with the Secret that they are bound to, all of a connector's at once. */

static enum cl_code delete_secret(const struct cl_call *call, const struct cl_connector *conn,
                                  const struct kubernetes_access *access, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(256);
    struct cl_str ns = cl_config_text(&conn->config, "service_account_namespace");

    kubernetes_add_secret_name(&name, conn);
    CL_TRY(cl_buf_ok(&name, err));
    return kube_delete_secret(call, &access->config, ns, cl_buf_view(&name), err);
}

bool kubernetes_can_revoke(const struct cl_connector *conn)
{
    return cl_config_bool(&conn->config, "bound_secret");
}

enum cl_code kubernetes_revoke(const struct cl_call *call, const struct cl_connector *conn,
                               const struct cl_issued *issued, struct cl_err *err)
{
    struct kubernetes_access access = KUBERNETES_ACCESS_NONE;

    (void)issued; /* they go together */
    if (!kubernetes_can_revoke(conn))
        return CL_OK;
    enum cl_code code = kubernetes_access_open(call, conn, &access, err);
    if (code == CL_OK)
        code = delete_secret(call, conn, &access, err);
    kubernetes_access_cleanup(&access);
    return code;
}
