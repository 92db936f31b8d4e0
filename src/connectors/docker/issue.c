#include "connectors/docker/access.h"

/* What a client receives: the stored pair, in the form in which the registry takes it. */

static enum cl_code set_header(const struct cl_call *call, const struct cl_connector *conn,
                               const struct docker_access *access, struct cl_issued *ret,
                               struct cl_err *err)
{
    CL_TRY(cl_str_dup(CL_STR("docker"), &ret->connector_type, err));
    CL_TRY(cl_str_dup(CL_STR("password"), &ret->auth_method, err));
    CL_TRY(cl_str_dup(CL_STR(DOCKER_REGISTRY), &ret->resource_type, err));
    CL_TRY(cl_str_dup(cl_str_of(access->name.host), &ret->resource_id, err));
    ret->issued_at = cl_world_now_s(call->world);
    ret->expires_at = conn->expires_at;
    ret->long_lived = true;
    return CL_OK;
}

static enum cl_code set_config(const struct cl_connector *conn, const struct docker_access *access,
                               struct cl_config *config, struct cl_err *err)
{
    const struct registry_config *from = &access->config;
    const struct cl_config_entry *username = cl_config_find(&conn->config, "username");
    struct cl_secret *password = NULL;

    if (username == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "the connector's secrets are not loaded");
    CL_TRY(cl_config_copy_entry(username, config, err));
    CL_TRY(cl_secret_copy(from->password, &password, err));
    CL_TRY(cl_config_set_secret_take(config, "password", password, err));
    CL_TRY(cl_config_set_text(config, "registry", from->host, err));
    if (from->ca_pem.len > 0)
        CL_TRY(cl_config_set_text(config, "ca_bundle", from->ca_pem, err));
    if (from->insecure)
        CL_TRY(cl_config_set_bool(config, "insecure", true, err));
    return from->plain_http ? cl_config_set_bool(config, "plain_http", true, err) : CL_OK;
}

enum cl_code docker_issue(const struct cl_call *call, const struct cl_connector *conn,
                          const struct cl_issue_request *request, struct cl_issued *ret,
                          struct cl_err *err)
{
    CL_AUTO(docker_access) struct docker_access access = {.password = NULL};

    (void)request; /* there is one resource, and nothing to choose about it */
    CL_TRY(docker_access_open(conn, &access, err));
    CL_TRY(set_header(call, conn, &access, ret, err));
    return set_config(conn, &access, &ret->config, err);
}
