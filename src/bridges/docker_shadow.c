#include "bridges/docker_shadow.h"

#include "base/alloc.h"
#include "bridges/docker_helper.h"
#include "bridges/tool_file.h"
#include "interop/docker_read.h"

void cl_docker_shadow_cleanup(struct cl_docker_shadow *shadow)
{
    cl_free(shadow->whole);
    cl_strs_cleanup(&shadow->parts);
    *shadow = (struct cl_docker_shadow){.whole = NULL};
}

static enum cl_code is_registry(struct cl_str spelled, const char *id, bool *ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_string) char *canonical = NULL;
    struct cl_err why = CL_ERR_NONE;

    *ret = false;
    if (!cl_docker_names_server(spelled))
        return CL_OK;
    enum cl_code code = cl_docker_registry_id(spelled, &canonical, &why);
    if (code != CL_OK && code != CL_E_ID_INVALID) {
        *err = why;
        return code;
    }
    *ret = code == CL_OK && strcmp(canonical, id) == 0;
    return CL_OK;
}

/* With a scheme whatever stands behind the host is no part of the name: an address of old. */
enum cl_code cl_docker_key_is_about(struct cl_str key, const char *id, bool *ret, bool *ret_part,
                                    struct cl_err *err)
{
    struct cl_str host = CL_STR_NONE;
    struct cl_str path = CL_STR_NONE;

    *ret_part = cl_str_cut(key, '/', &host, &path) && !cl_str_contains(key, CL_STR("://"));
    return is_registry(*ret_part ? host : key, id, ret, err);
}

static enum cl_code add(const struct cl_docker_known *known, const char *id,
                        struct cl_docker_shadow *ret, struct cl_err *err)
{
    struct cl_str key = cl_str_of(known->key);
    bool is_meant = false;
    bool has_path = false;

    CL_TRY(cl_docker_key_is_about(key, id, &is_meant, &has_path, err));
    /* Helpers are asked for hosts only, in one spelling. */
    if (!is_meant || (known->helper != NULL && !cl_str_eq_c(key, id)))
        return CL_OK;
    if (has_path)
        return cl_strs_add(&ret->parts, key, err);
    return ret->whole != NULL ? CL_OK : cl_str_dup(key, &ret->whole, err);
}

static enum cl_code add_all(struct cl_str text, const char *id, struct cl_docker_shadow *ret,
                            struct cl_err *err)
{
    CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge knowledge = {.items = NULL};

    CL_TRY(cl_docker_knowledge_read(CL_PODMAN_AUTH, text, &knowledge, err));
    for (size_t i = 0; i < knowledge.count; i++) {
        const struct cl_docker_known *known = &knowledge.items[i];
        if (known->helper == NULL || strcmp(known->helper, CL_DOCKER_HELPER) != 0)
            CL_TRY(add(known, id, ret, err));
    }
    return CL_OK;
}

enum cl_code cl_docker_shadow_read(const struct cl_world *world, const char *path, const char *id,
                                   struct cl_docker_shadow *ret, struct cl_err *err)
{
    CL_AUTO(cl_docker_shadow) struct cl_docker_shadow shadow = {.whole = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, &text, &why);

    if (code == CL_E_NOT_FOUND)
        return CL_OK;
    if (code == CL_OK)
        code = add_all(cl_buf_view(&text), id, &shadow, &why);
    if (code != CL_OK)
        return cl_tool_file_refuse(path, &why, err);
    CL_MOVE_TO(ret, shadow);
    return CL_OK;
}
