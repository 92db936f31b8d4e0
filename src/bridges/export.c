#include "bridges/export.h"

#include "bridges/ssh_config.h"
#include "codec/json.h"
#include "core/api_codec.h"
#include "interop/exec_credential.h"

/* Where ssh is told to look; the other format fills it. */
#define KNOWN_HOSTS "~/.ssh/cleat_known_hosts"

const char *const cl_export_names[] = {
    "ssh-config",       "known-hosts", "kubeconfig", "exec-credential", "token", "docker-config",
    "dockerconfigjson", "k8s-secret",  "env",        "basic",           "json",  NULL};

static enum cl_code add_ssh_config(const struct cl_call *call,
                                   const struct cl_export_request *request, struct cl_buf *ret,
                                   struct cl_err *err)
{
    (void)call;
    return cl_ssh_add_config(ret, &request->client->issued, NULL, KNOWN_HOSTS, err);
}

static enum cl_code add_known_hosts(const struct cl_call *call,
                                    const struct cl_export_request *request, struct cl_buf *ret,
                                    struct cl_err *err)
{
    (void)call;
    cl_ssh_add_known_hosts(ret, &request->client->issued);
    return cl_buf_ok(ret, err);
}

static enum cl_code add_exec_credential(const struct cl_call *call,
                                        const struct cl_export_request *request, struct cl_buf *ret,
                                        struct cl_err *err)
{
    const char *version = NULL;

    (void)call;
    CL_TRY(cl_exec_credential_version(CL_STR_NONE, &version, err));
    CL_TRY(cl_exec_credential_add(ret, &request->client->issued, version, err));
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

static enum cl_code add_token(const struct cl_call *call, const struct cl_export_request *request,
                              struct cl_buf *ret, struct cl_err *err)
{
    const struct cl_secret *token = cl_config_secret(&request->client->issued.config, "token");

    (void)call;
    if (token == NULL)
        return cl_err_set(err, CL_E_UNSUPPORTED, "there is no token in this credential");
    cl_buf_add(ret, cl_secret_expose(token));
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

static enum cl_code add_json(const struct cl_call *call, const struct cl_export_request *request,
                             struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;

    (void)call;
    CL_TRY(cl_issued_encode(&request->client->issued, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_PRETTY);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

static const struct cl_export_format formats[] = {
    {.connector_type = "hyperai", .name = "ssh-config", .add = add_ssh_config},
    {.connector_type = "hyperai", .name = "known-hosts", .add = add_known_hosts},
    {.connector_type = "kubernetes",
     .name = "kubeconfig",
     .is_secret = true,
     .add = cl_export_kubeconfig},
    {.connector_type = "kubernetes",
     .name = "exec-credential",
     .is_secret = true,
     .add = add_exec_credential},
    {.connector_type = "kubernetes", .name = "token", .is_secret = true, .add = add_token},
    {.connector_type = "docker",
     .name = "docker-config",
     .is_secret = true,
     .add = cl_export_docker_config},
    {.connector_type = "docker",
     .name = "dockerconfigjson",
     .is_secret = true,
     .add = cl_export_pull_json},
    {.connector_type = "docker",
     .name = "k8s-secret",
     .is_secret = true,
     .add = cl_export_pull_secret},
    {.connector_type = "docker", .name = "env", .is_secret = true, .add = cl_export_registry_env},
    {.connector_type = "docker",
     .name = "basic",
     .is_secret = true,
     .add = cl_export_registry_basic},
    {.name = "json", .is_secret = true, .add = add_json},
};

bool cl_export_is_secret(struct cl_str format)
{
    for (size_t i = 0; i < CL_COUNT(formats); i++) {
        if (formats[i].is_secret && cl_str_eq_c(format, formats[i].name))
            return true;
    }
    return false;
}

enum cl_code cl_export(const struct cl_call *call, const struct cl_export_request *request,
                       struct cl_buf *ret, struct cl_err *err)
{
    const struct cl_issued *issued = &request->client->issued;

    for (size_t i = 0; i < CL_COUNT(formats); i++) {
        const char *wanted = formats[i].connector_type;
        if ((wanted == NULL || strcmp(issued->connector_type, wanted) == 0) &&
            cl_str_eq_c(request->format, formats[i].name))
            return formats[i].add(call, request, ret, err);
    }
    return cl_err_set(err, CL_E_UNSUPPORTED, "a '%s' credential has no format '%.*s'",
                      issued->connector_type, CL_STR_ARG(cl_str_first(request->format, 64)));
}
