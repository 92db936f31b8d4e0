#include "bridges/docker_private.h"

#include "base/alloc.h"
#include "bridges/docker_helper.h"
#include "bridges/docker_shadow.h"
#include "bridges/environment_kinds.h"
#include "bridges/tool_file.h"
#include "codec/base64.h"
#include "codec/json_build.h"
#include "interop/docker_read.h"

/*
 * A folder for one program that stands in for the user's own Docker configuration: the same
 * settings and the same credentials, but for one registry the issued one. podman and its kind are
 * led to a second file, which has what all of theirs have.
 */

#define AUTHS "auths"
#define HELPERS "credHelpers"
#define STORE "credsStore"
#define CONFIG "config.json"
#define SECRET_MAX ((size_t)64 * 1024)
#define LINKS_MAX 256

/* --- the issued credential ----------------------------------------------------------------- */

/* Docker wants the refresh token in a member of its own, podman a user in any case. */
enum cl_code cl_docker_make_entry(const struct cl_config *config, bool with_pair, json_t **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf pair = CL_BUF_SECRET(SECRET_MAX);
    CL_AUTO(cl_buf) struct cl_buf auth = CL_BUF_SECRET(2 * SECRET_MAX);
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    struct cl_str username = cl_secret_expose(cl_config_secret(config, "username"));
    struct cl_str password = cl_secret_expose(cl_config_secret(config, "password"));
    bool is_token = cl_str_eq_c(username, CL_DOCKER_TOKEN_USER);

    cl_buf_add(&pair, username);
    cl_buf_add_char(&pair, ':');
    cl_buf_add(&pair, is_token ? CL_STR_NONE : password);
    CL_TRY(cl_buf_ok(&pair, err));
    cl_buf_add_base64(&auth, cl_buf_view(&pair), CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&auth, err));
    cl_json_open_object(&build, NULL);
    if (with_pair) {
        cl_json_add_str(&build, "username", username);
        cl_json_add_str(&build, "password", password);
    }
    cl_json_add_str(&build, "auth", cl_buf_view(&auth));
    if (is_token)
        cl_json_add_str(&build, "identitytoken", password);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

/* --- files as values ----------------------------------------------------------------------- */

/* What the user has there; an empty object when there is nothing. */
static enum cl_code read_file(const struct cl_world *world, const char *path, json_t **ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    CL_AUTO(cl_json) json_t *file = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, &text, &why);

    if (code == CL_OK && cl_str_trim(cl_buf_view(&text)).len > 0) {
        code = cl_json_parse_limited(cl_buf_view(&text), CL_JSON_EDIT_MAX_BYTES, CL_JSON_MAX_DEPTH,
                                     &file, &why);
    }
    if (code == CL_OK && file != NULL && !json_is_object(file))
        code = cl_err_set(&why, CL_E_INVALID, "JSON line 1: not an object");
    if (code != CL_OK && code != CL_E_NOT_FOUND)
        return cl_tool_file_refuse(path, &why, err);
    if (file == NULL)
        file = json_object();
    if (file == NULL)
        return cl_err_no_memory(err);
    *ret = CL_MOVE(file);
    return CL_OK;
}

/* The object of that name, which is made when something else is there. */
static enum cl_code object_in(json_t *file, const char *name, json_t **ret, struct cl_err *err)
{
    if (!json_is_object(json_object_get(file, name)))
        CL_TRY(cl_json_put(file, name, json_object(), err));
    *ret = json_object_get(file, name);
    return CL_OK;
}

/* Whatever is about the registry would go before the issued credential, or beside it. */
static enum cl_code drop(json_t *object, const char *id, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs keys = CL_STRS_NONE;
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(object, key, value)
    {
        bool is_meant = false;
        bool is_part = false;
        CL_TRY(cl_docker_key_is_about(cl_str_of(key), id, &is_meant, &is_part, err));
        if (is_meant)
            CL_TRY(cl_strs_add(&keys, cl_str_of(key), err));
    }
    for (size_t i = 0; i < keys.count; i++)
        (void)json_object_del(object, keys.items[i]);
    return CL_OK;
}

/* The store of all registries would be asked for this one, too: it becomes that of each other. */
static enum cl_code replace_store(json_t *file, json_t *auths, json_t *helpers, struct cl_err *err)
{
    CL_AUTO(cl_string) char *store = NULL;
    const char *key = NULL;
    json_t *value = NULL;

    if (cl_json_str(file, STORE).len > 0)
        CL_TRY(cl_str_dup(cl_json_str(file, STORE), &store, err));
    (void)json_object_del(file, STORE);
    if (store == NULL)
        return CL_OK;
    json_object_foreach(auths, key, value)
    {
        if (json_object_get(helpers, key) == NULL)
            CL_TRY(cl_json_put(helpers, key, json_string(store), err));
    }
    return CL_OK;
}

static enum cl_code take_text(const json_t *file, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_JSON_EDIT_MAX_BYTES);

    cl_buf_add_json(&text, file, CL_JSON_PRETTY);
    cl_buf_add_char(&text, '\n');
    return cl_buf_take(&text, ret, err);
}

/* --- Docker's file ------------------------------------------------------------------------- */

static enum cl_code make_config(const struct cl_world *world, const char *path, const char *id,
                                const json_t *entry, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *file = NULL;
    json_t *auths = NULL;
    json_t *helpers = NULL;

    CL_TRY(read_file(world, path, &file, err));
    CL_TRY(object_in(file, AUTHS, &auths, err));
    CL_TRY(object_in(file, HELPERS, &helpers, err));
    CL_TRY(drop(auths, id, err));
    CL_TRY(drop(helpers, id, err));
    CL_TRY(replace_store(file, auths, helpers, err));
    CL_TRY(cl_json_put(auths, cl_docker_key(CL_DOCKER_CONFIG, id), json_deep_copy(entry), err));
    return take_text(file, ret, err);
}

/* --- podman's file ------------------------------------------------------------------------- */

/* What an earlier file says of a registry counts. An empty entry says nothing. */
static enum cl_code merge(json_t *from, json_t *into, const json_t *beside, struct cl_err *err)
{
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(from, key, value)
    {
        bool is_empty = json_is_object(value) && json_object_size(value) == 0;
        if (is_empty || json_object_get(into, key) != NULL || json_object_get(beside, key) != NULL)
            continue;
        CL_TRY(cl_json_put(into, key, json_deep_copy(value), err));
    }
    return CL_OK;
}

static enum cl_code merge_file(const struct cl_world *world, enum cl_docker_file kind,
                               json_t *auths, json_t *helpers, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_json) json_t *file = NULL;

    CL_TRY(cl_docker_path(world, kind, &path, err));
    CL_TRY(read_file(world, path, &file, err));
    if (kind == CL_DOCKER_LEGACY)
        return merge(file, auths, helpers, err);
    /* In one file a helper goes before what stands there. */
    CL_TRY(merge(cl_json_get(file, HELPERS), helpers, auths, err));
    return merge(cl_json_get(file, AUTHS), auths, helpers, err);
}

static enum cl_code make_auth(const struct cl_world *world, const char *id, const json_t *entry,
                              char **ret, struct cl_err *err)
{
    static const enum cl_docker_file kinds[] = {CL_PODMAN_RUNTIME, CL_PODMAN_AUTH, CL_DOCKER_CONFIG,
                                                CL_DOCKER_LEGACY};
    CL_AUTO(cl_json) json_t *file = json_object();
    bool one_only = cl_world_env(world, "REGISTRY_AUTH_FILE").len > 0;
    json_t *auths = NULL;
    json_t *helpers = NULL;

    if (file == NULL)
        return cl_err_no_memory(err);
    CL_TRY(object_in(file, AUTHS, &auths, err));
    CL_TRY(object_in(file, HELPERS, &helpers, err));
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (!one_only || kinds[i] == CL_PODMAN_AUTH)
            CL_TRY(merge_file(world, kinds[i], auths, helpers, err));
    }
    CL_TRY(drop(auths, id, err));
    CL_TRY(drop(helpers, id, err));
    CL_TRY(cl_json_put(auths, cl_docker_key(CL_PODMAN_AUTH, id), json_deep_copy(entry), err));
    return take_text(file, ret, err);
}

/* --- the folder ---------------------------------------------------------------------------- */

static enum cl_code add_link(const char *folder, const char *name, struct cl_private_folder *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf target = CL_BUF(4096);

    cl_buf_addf(&target, "%s/%s", folder, name);
    CL_TRY(cl_buf_ok(&target, err));
    return cl_private_folder_add_link(ret, name, cl_buf_view(&target), err);
}

/* Plugins, contexts and builders lie beside the file: they stay the user's own. */
static enum cl_code link_others(const struct cl_world *world, const char *path,
                                struct cl_private_folder *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *folder = NULL;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_err why = CL_ERR_NONE;
    struct cl_str whole = cl_str_of(path);

    CL_TRY(cl_str_dup(cl_str_first(whole, whole.len - strlen("/" CONFIG)), &folder, err));
    if (folder[0] != '/' || world->list_dir(world->ctx, folder, &names, &why) != CL_OK)
        return CL_OK; /* there are none, or none that could be used */
    for (size_t i = 0; i < names.count && i < LINKS_MAX; i++) {
        struct cl_str name = cl_str_of(names.items[i]);
        if (!cl_str_starts(name, CL_STR(CONFIG)) && !cl_str_eq_c(name, "auth.json"))
            CL_TRY(add_link(folder, names.items[i], ret, err));
    }
    return CL_OK;
}

static enum cl_code fill(const struct cl_world *world, const char *id, const json_t *entry,
                         struct cl_private_folder *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_string) char *config = NULL;
    CL_AUTO(cl_string) char *auth = NULL;

    CL_TRY(cl_docker_path(world, CL_DOCKER_CONFIG, &path, err));
    CL_TRY(make_config(world, path, id, entry, &config, err));
    CL_TRY(make_auth(world, id, entry, &auth, err));
    ret->variable = "DOCKER_CONFIG";
    CL_TRY(cl_private_folder_add_take(ret, CONFIG, NULL, CL_MOVE(config), err));
    CL_TRY(cl_private_folder_add_take(ret, "auth.json", "REGISTRY_AUTH_FILE", CL_MOVE(auth), err));
    return link_others(world, path, ret, err);
}

enum cl_code cl_environment_add_docker(const struct cl_call *call,
                                       const struct cl_issue_client_result *client,
                                       struct cl_private_folder *ret, struct cl_err *err)
{
    const struct cl_issued *issued = &client->issued;
    CL_AUTO(cl_json) json_t *entry = NULL;
    CL_AUTO(cl_string) char *id = NULL;

    CL_TRY(cl_docker_issued_id(issued, &id, err));
    CL_TRY(cl_docker_make_entry(&issued->config, false, &entry, err));
    return fill(call->world, id, entry, ret, err);
}
