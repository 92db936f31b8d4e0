#include "connectors/kubernetes/pod.h"

#include "codec/jwt.h"

#define FOLDER "/var/run/secrets/kubernetes.io/serviceaccount"
#define TOKEN_FILE FOLDER "/token"
#define CA_FILE FOLDER "/ca.crt"
#define NAMESPACE_FILE FOLDER "/namespace"
#define TOKEN_MAX_BYTES 65536

static enum cl_code not_in_pod(const char *why, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "this process does not run in a pod: %s", why);
    return cl_err_hint(err, "Outside of a cluster use the auth method 'service-account'.");
}

bool kubernetes_is_in_pod(const struct cl_world *world)
{
    struct cl_file_info info = {.exists = false};
    struct cl_err ignored = CL_ERR_NONE;

    return cl_world_env(world, "KUBERNETES_SERVICE_HOST").len > 0 &&
           cl_world_env(world, "KUBERNETES_SERVICE_PORT").len > 0 &&
           world->stat_file(world->ctx, TOKEN_FILE, &info, &ignored) == CL_OK && info.is_regular;
}

static enum cl_code open_address(const struct cl_world *world, struct kubernetes_access *access,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(512);
    struct cl_str host = cl_world_env(world, "KUBERNETES_SERVICE_HOST");
    struct cl_str port = cl_world_env(world, "KUBERNETES_SERVICE_PORT");
    bool is_v6 = cl_str_contains(host, CL_STR(":"));

    if (host.len == 0 || port.len == 0)
        return not_in_pod("KUBERNETES_SERVICE_HOST or _PORT is not set", err);
    cl_buf_addf(&url, "https://%s%.*s%s:%.*s", is_v6 ? "[" : "", CL_STR_ARG(host), is_v6 ? "]" : "",
                CL_STR_ARG(port));
    return cl_buf_take(&url, &access->server, err);
}

static enum cl_code read_token(const struct cl_world *world, struct cl_buf *ret, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    enum cl_code code = world->read_file(world->ctx, TOKEN_FILE, ret, &why);
    if (code == CL_E_NOT_FOUND)
        return not_in_pod("there is no " TOKEN_FILE, err);
    if (code != CL_OK) {
        *err = why;
        return code;
    }
    if (kubernetes_trim_token(cl_buf_view(ret)).len == 0)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "'" TOKEN_FILE "' is empty");
    return CL_OK;
}

/* An empty one would mean the system's authorities. */
static enum cl_code read_ca(const struct cl_world *world, struct cl_buf *ret, struct cl_err *err)
{
    enum cl_code code = world->read_file(world->ctx, CA_FILE, ret, err);

    if (code == CL_E_NOT_FOUND)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "there is no '" CA_FILE "' in this pod");
    if (code == CL_OK && cl_str_trim(cl_buf_view(ret)).len == 0)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "'" CA_FILE "' is empty");
    return code;
}

enum cl_code kubernetes_pod_open(const struct cl_world *world, struct kubernetes_access *access,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf token = CL_BUF_SECRET(TOKEN_MAX_BYTES);

    CL_TRY(open_address(world, access, err));
    CL_TRY(read_token(world, &token, err));
    CL_TRY(read_ca(world, &access->ca_pem, err));
    return cl_secret_new(kubernetes_trim_token(cl_buf_view(&token)), &access->token, err);
}

/* The account by its name: the token itself changes all the time. */
enum cl_code kubernetes_pod_describe(const struct cl_world *world, struct cl_buf *ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf token = CL_BUF_SECRET(TOKEN_MAX_BYTES);
    CL_AUTO(cl_json) json_t *claims = NULL;
    struct cl_err ignored = CL_ERR_NONE;

    CL_TRY(read_token(world, &token, err));
    cl_buf_add(ret, cl_world_env(world, "KUBERNETES_SERVICE_HOST"));
    cl_buf_add_char(ret, ':');
    cl_buf_add(ret, cl_world_env(world, "KUBERNETES_SERVICE_PORT"));
    cl_buf_add_char(ret, ' ');
    if (cl_jwt_claims(kubernetes_trim_token(cl_buf_view(&token)), &claims, &ignored) == CL_OK)
        cl_buf_add(ret, cl_json_str(claims, "sub"));
    return cl_buf_ok(ret, err);
}

enum cl_code kubernetes_pod_namespace(const struct cl_world *world, struct cl_buf *ret,
                                      struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    struct cl_str named = cl_world_env(world, "POD_NAMESPACE");
    struct cl_err ignored = CL_ERR_NONE;

    if (named.len == 0 && world->read_file(world->ctx, NAMESPACE_FILE, &text, &ignored) == CL_OK)
        named = cl_str_trim(cl_buf_view(&text));
    cl_buf_add(ret, named.len > 0 ? named : CL_STR("default"));
    return cl_buf_ok(ret, err);
}
