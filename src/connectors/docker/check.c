#include "connectors/docker/access.h"

/* `verify --check push`: may the repository be pushed to? Asked only by who wants to know, since it
 * begins an upload. */

static enum cl_code need_repository(const struct docker_access *access, struct cl_err *err)
{
    if (access->repository[0] != '\0')
        return CL_OK;
    (void)cl_err_set(err, CL_E_INVALID, "it is not known which repository to push to");
    return cl_err_hint(err, "set the connector's repository, such as acme/app");
}

/* What the registry wants from who pushes; one that lets anybody in may want more there. */
static enum cl_code log_in(const struct cl_call *call, const struct docker_access *access,
                           struct registry_login *login, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf scope = CL_BUF(512);
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};

    CL_TRY(registry_ask(call, &access->config, CL_STR_NONE, &challenge, err));
    cl_buf_addf(&scope, "repository:%s:pull,push", access->repository);
    CL_TRY(cl_buf_ok(&scope, err));
    return registry_log_in(call, &access->config, &challenge, cl_buf_view(&scope), login, err);
}

static enum cl_code check_push(const struct cl_call *call, const struct cl_connector *conn,
                               struct docker_access *access, struct cl_err *err)
{
    CL_AUTO(registry_login) struct registry_login login = REGISTRY_LOGIN_NONE;

    CL_TRY(docker_access_open(conn, access, err));
    CL_TRY(need_repository(access, err));
    CL_TRY(log_in(call, access, &login, err));
    return registry_check_push(call, &access->config, cl_str_of(access->repository), &login, err);
}

enum cl_code docker_check(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_scope *scope, struct cl_str what, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);
    CL_AUTO(docker_access) struct docker_access access = {.password = NULL};

    (void)scope; /* there is one resource */
    if (cl_str_eq_c(what, "push"))
        return check_push(call, conn, &access, err);
    cl_buf_add_quoted(&shown, what, 40);
    return cl_err_set(err, CL_E_INVALID, "there is no check '%.*s' for registries; there is: push",
                      CL_STR_ARG(cl_buf_view(&shown)));
}
