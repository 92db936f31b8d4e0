#include "bridges/login_left.h"

#include "interop/aws_profiles.h"
#include "interop/docker_map.h"
#include "interop/kubeconfig.h"
#include "interop/kubeconfig_edit.h"

static enum cl_code add(struct cl_strs *ret, const char *path, struct cl_err *err)
{
    return cl_strs_has(ret, cl_str_of(path)) ? CL_OK : cl_strs_add(ret, cl_str_of(path), err);
}

/* A file that is not there, or cannot be read, has no entries; lack of memory is told. */
static enum cl_code look_away(enum cl_code code, const struct cl_err *why, struct cl_err *err)
{
    if (code != CL_E_FAILED)
        return CL_OK;
    *err = *why;
    return code;
}

/* Marks in a kubeconfig, comments above an AWS profile. */
static enum cl_code add_if_named(const struct cl_world *world, const char *path,
                                 const char *connector, struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_KUBECONFIG_MAX_BYTES);
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, &text, &why);

    if (code != CL_OK)
        return look_away(code, &why, err);
    return cl_str_contains(cl_buf_view(&text), cl_str_of(connector)) ? add(ret, path, err) : CL_OK;
}

static enum cl_code add_kubeconfigs(const struct cl_world *world, const char *connector,
                                    struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs paths = CL_STRS_NONE;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_kube_merged_paths(world, &paths, &why);

    if (code != CL_OK)
        return look_away(code, &why, err);
    for (size_t i = 0; i < paths.count; i++)
        CL_TRY(add_if_named(world, paths.items[i], connector, ret, err));
    return CL_OK;
}

static enum cl_code add_profiles(const struct cl_world *world, const char *connector,
                                 struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *config = NULL;
    CL_AUTO(cl_string) char *credentials = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_aws_config_path(world, &config, &why);

    if (code == CL_OK)
        code = cl_aws_credentials_path(world, &credentials, &why);
    if (code != CL_OK)
        return look_away(code, &why, err);
    CL_TRY(add_if_named(world, config, connector, ret, err));
    return add_if_named(world, credentials, connector, ret, err);
}

/* Nothing in these files says whose an entry is, the note does. */
static enum cl_code add_registries(const struct cl_world *world, const char *connector,
                                   struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_docker_map_load(world, &map, &why);

    if (code != CL_OK)
        return look_away(code, &why, err);
    for (size_t i = 0; i < map.count; i++) {
        const struct cl_docker_mapping *mapping = &map.items[i];
        for (size_t k = 0; strcmp(mapping->connector, connector) == 0 && k < mapping->count; k++)
            CL_TRY(add(ret, mapping->places[k].path, err));
    }
    return CL_OK;
}

enum cl_code cl_login_left(const struct cl_world *world, const char *connector, struct cl_strs *ret,
                           struct cl_err *err)
{
    CL_TRY(add_kubeconfigs(world, connector, ret, err));
    CL_TRY(add_registries(world, connector, ret, err));
    return add_profiles(world, connector, ret, err);
}
