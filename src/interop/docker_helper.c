#include "interop/docker_helper.h"

#include "base/alloc.h"
#include "codec/json_build.h"
#include "interop/docker_config.h"

#define MAX_DEPTH 4

void cl_docker_store_cleanup(struct cl_docker_store *store)
{
    cl_free(store->server_url);
    *store = (struct cl_docker_store){.server_url = NULL};
}

enum cl_code cl_docker_store_parse(struct cl_str text, struct cl_docker_store *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;

    CL_TRY(cl_json_parse_limited(text, CL_DOCKER_INPUT_MAX, MAX_DEPTH, &document, err));
    if (!json_is_object(document))
        return cl_err_set(err, CL_E_INVALID, "the credential to store is not a JSON object");
    ret->has_username = cl_json_str(document, "Username").len > 0;
    if (cl_json_str(document, "ServerURL").len == 0)
        return CL_OK;
    return cl_str_dup(cl_json_str(document, "ServerURL"), &ret->server_url, err);
}

static enum cl_code build(struct cl_str server_url, const struct cl_config *config, json_t **ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_str(&build, "ServerURL", server_url);
    cl_json_add_str(&build, "Username", cl_secret_expose(cl_config_secret(config, "username")));
    cl_json_add_str(&build, "Secret", cl_secret_expose(cl_config_secret(config, "password")));
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_docker_helper_answer(struct cl_str server_url, const struct cl_issued *issued,
                                     struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;

    if (cl_config_secret(&issued->config, "username") == NULL ||
        cl_config_secret(&issued->config, "password") == NULL) {
        return cl_err_set(err, CL_E_UNSUPPORTED, "a '%s' credential opens no container registry",
                          issued->connector_type);
    }
    CL_TRY(build(server_url, &issued->config, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_COMPACT);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

static enum cl_code add_registry(struct cl_json_build *build, const char *id, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(1024);
    const char *key = cl_docker_key(CL_DOCKER_CONFIG, id);

    if (!cl_str_starts(cl_str_of(key), CL_STR("https://")))
        cl_buf_add_c(&url, "https://");
    cl_buf_add_c(&url, key);
    CL_TRY(cl_buf_ok(&url, err));
    cl_json_add_c(build, url.ptr, CL_DOCKER_HELPER);
    return CL_OK;
}

enum cl_code cl_docker_helper_list(const struct cl_docker_map *map, struct cl_buf *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *document = NULL;

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < map->count; i++)
        CL_TRY(add_registry(&build, map->items[i].id, err));
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_COMPACT);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}
