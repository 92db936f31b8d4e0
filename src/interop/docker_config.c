#include "interop/docker_config.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "interop/home.h"

#define PATH_MAX_BYTES 4096
#define HUB "docker.io"
#define HUB_KEY "https://index.docker.io/v1/"

/* --- places -------------------------------------------------------------------------------- */

static enum cl_code add_docker(const struct cl_world *world, struct cl_buf *path,
                               struct cl_err *err)
{
    struct cl_str folder = cl_world_env(world, "DOCKER_CONFIG");

    if (folder.len > 0) {
        cl_buf_add(path, folder);
    } else {
        CL_TRY(cl_add_home(world, "the Docker configuration", path, err));
        cl_buf_add_c(path, "/.docker");
    }
    cl_buf_add_c(path, "/config.json");
    return CL_OK;
}

static enum cl_code add_podman(const struct cl_world *world, struct cl_buf *path,
                               struct cl_err *err)
{
    struct cl_str file = cl_world_env(world, "REGISTRY_AUTH_FILE");
    struct cl_str config = cl_world_env(world, "XDG_CONFIG_HOME");

    if (file.len > 0) {
        cl_buf_add(path, file);
        return CL_OK;
    }
    if (config.len > 0) {
        cl_buf_add(path, config);
    } else {
        CL_TRY(cl_add_home(world, "podman's configuration", path, err));
        cl_buf_add_c(path, "/.config");
    }
    cl_buf_add_c(path, "/containers/auth.json");
    return CL_OK;
}

static enum cl_code add_runtime(const struct cl_world *world, struct cl_buf *path)
{
    struct cl_str folder = cl_world_env(world, "XDG_RUNTIME_DIR");

    if (folder.len > 0) {
        cl_buf_add(path, folder);
        cl_buf_add_c(path, "/containers/auth.json");
    } else {
        cl_buf_addf(path, "/run/containers/%u/auth.json", world->user_id(world->ctx));
    }
    return CL_OK;
}

static enum cl_code add_legacy(const struct cl_world *world, struct cl_buf *path,
                               struct cl_err *err)
{
    CL_TRY(cl_add_home(world, "the Docker configuration", path, err));
    cl_buf_add_c(path, "/.dockercfg");
    return CL_OK;
}

static enum cl_code add_path(const struct cl_world *world, enum cl_docker_file file,
                             struct cl_buf *path, struct cl_err *err)
{
    switch (file) {
    case CL_DOCKER_CONFIG: return add_docker(world, path, err);
    case CL_PODMAN_RUNTIME: return add_runtime(world, path);
    case CL_PODMAN_AUTH: return add_podman(world, path, err);
    case CL_DOCKER_LEGACY: return add_legacy(world, path, err);
    }
    return CL_E_INTERNAL;
}

enum cl_code cl_docker_path(const struct cl_world *world, enum cl_docker_file file, char **ret,
                            struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);

    CL_TRY(add_path(world, file, &path, err));
    return cl_buf_take(&path, ret, err);
}

bool cl_podman_reads(const struct cl_world *world, enum cl_docker_file file)
{
    if (cl_world_env(world, "REGISTRY_AUTH_FILE").len > 0)
        return file == CL_PODMAN_AUTH;
    return file == CL_DOCKER_CONFIG || cl_world_env(world, "DOCKER_CONFIG").len == 0;
}

const char *cl_docker_key(enum cl_docker_file file, const char *id)
{
    bool is_dockers = file == CL_DOCKER_CONFIG || file == CL_DOCKER_LEGACY;

    return is_dockers && strcmp(id, HUB) == 0 ? HUB_KEY : id;
}

/* --- reading ------------------------------------------------------------------------------- */

bool cl_docker_names_server(struct cl_str key)
{
    struct cl_str host = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;

    if (cl_str_contains(key, CL_STR("://")))
        key = cl_str_skip(key, cl_str_find(key, ':') + strlen("://"));
    (void)cl_str_cut(key, '/', &host, &rest);
    return cl_str_eq(host, CL_STR("localhost")) || cl_str_find(host, '.') < host.len ||
           cl_str_find(host, ':') < host.len;
}

void cl_docker_entry_cleanup(struct cl_docker_entry *entry)
{
    cl_free(entry->helper);
    *entry = (struct cl_docker_entry){.helper = NULL};
}

/* Docker leaves an empty object behind for what its store holds. */
static bool holds_credential(const json_t *auth)
{
    return cl_json_str(auth, "auth").len > 0 || cl_json_str(auth, "identitytoken").len > 0 ||
           cl_json_str(auth, "registrytoken").len > 0 || cl_json_str(auth, "password").len > 0;
}

static enum cl_code read_entry(const json_t *file, const char *key, struct cl_docker_entry *ret,
                               struct cl_err *err)
{
    struct cl_str helper = cl_json_str(cl_json_get(file, "credHelpers"), key);
    const json_t *auth = cl_json_get(cl_json_get(file, "auths"), key);

    ret->has_auth = holds_credential(auth);
    ret->is_named = auth != NULL;
    ret->helper_is_all = helper.len == 0;
    if (helper.len == 0)
        helper = cl_json_str(file, "credsStore");
    return helper.len == 0 ? CL_OK : cl_str_dup(helper, &ret->helper, err);
}

enum cl_code cl_docker_entry_read(struct cl_str text, const char *key, struct cl_docker_entry *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *file = NULL;

    if (cl_str_trim(text).len == 0)
        return CL_OK;
    CL_TRY(cl_json_parse_limited(text, CL_JSON_EDIT_MAX_BYTES, CL_JSON_MAX_DEPTH, &file, err));
    return read_entry(file, key, ret, err);
}

/* --- editing ------------------------------------------------------------------------------- */

static bool is_ours(const struct cl_docker_entry *entry)
{
    return entry->helper != NULL && !entry->helper_is_all &&
           strcmp(entry->helper, CL_DOCKER_HELPER) == 0;
}

static bool is_anothers(const struct cl_docker_entry *entry)
{
    return entry->helper != NULL && !entry->helper_is_all && !is_ours(entry);
}

static enum cl_code check(const struct cl_docker_edit *edit, const struct cl_docker_entry *entry,
                          struct cl_err *err)
{
    if (edit->put == CL_DOCKER_CLEAR) {
        if (is_ours(entry) || (edit->own_auth && entry->is_named))
            return CL_OK;
        return cl_err_set(err, CL_E_NOT_FOUND, "there is nothing of cleat's for '%s'", edit->key);
    }
    if (edit->overwrite)
        return CL_OK;
    if (is_anothers(entry) && edit->put != CL_DOCKER_MARK) {
        return cl_err_set(err, CL_E_CONFLICT, "'%s' has a credential helper already: %s", edit->key,
                          entry->helper);
    }
    if (entry->has_auth && !edit->own_auth) {
        return cl_err_set(err, CL_E_CONFLICT,
                          "'%s' has a credential already that cleat did not write", edit->key);
    }
    return CL_OK;
}

/* Sets or takes out, and puts the result into `*text` for the next step. */
static enum cl_code step(struct cl_buf *text, const char *object, const char *key,
                         struct cl_str value, bool *ret_emptied, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf after = CL_BUF_SECRET(2 * CL_JSON_EDIT_MAX_BYTES);
    struct cl_json_edit edit = {
        .text = cl_buf_view(text), .object = object, .key = cl_str_of(key), .value = value};

    CL_TRY(cl_json_edit(&edit, &after, ret_emptied, err));
    cl_buf_truncate(text, 0);
    cl_buf_add(text, cl_buf_view(&after));
    return cl_buf_ok(text, err);
}

static enum cl_code take_out(struct cl_buf *text, const char *object, const char *key,
                             bool *emptied, struct cl_err *err)
{
    return *emptied ? CL_OK : step(text, object, key, CL_STR_NONE, emptied, err);
}

static enum cl_code help(const struct cl_docker_edit *edit, const struct cl_docker_entry *entry,
                         struct cl_buf *text, bool *emptied, struct cl_err *err)
{
    CL_TRY(step(text, "credHelpers", edit->key, CL_STR("\"" CL_DOCKER_HELPER "\""), NULL, err));
    bool goes = entry->has_auth || (entry->is_named && edit->own_auth);
    return goes ? take_out(text, "auths", edit->key, emptied, err) : CL_OK;
}

static enum cl_code write(const struct cl_docker_edit *edit, struct cl_buf *text, bool *emptied,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf value = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);

    /* base64 needs no escapes */
    cl_buf_addf(&value, "{\"auth\": \"%.*s\"}", CL_STR_ARG(edit->auth));
    CL_TRY(cl_buf_ok(&value, err));
    CL_TRY(step(text, "auths", edit->key, cl_buf_view(&value), NULL, err));
    return take_out(text, "credHelpers", edit->key, emptied, err);
}

/* As Docker leaves it behind. */
static enum cl_code mark(const struct cl_docker_edit *edit, const struct cl_docker_entry *entry,
                         struct cl_buf *text, struct cl_err *err)
{
    if (entry->is_named && !entry->has_auth)
        return CL_OK;
    return step(text, "auths", edit->key, CL_STR("{}"), NULL, err);
}

static enum cl_code clear(const struct cl_docker_edit *edit, const struct cl_docker_entry *entry,
                          struct cl_buf *text, bool *emptied, struct cl_err *err)
{
    if (edit->own_auth && entry->is_named)
        CL_TRY(take_out(text, "auths", edit->key, emptied, err));
    return is_ours(entry) ? take_out(text, "credHelpers", edit->key, emptied, err) : CL_OK;
}

enum cl_code cl_docker_edit(const struct cl_docker_edit *edit, struct cl_buf *ret,
                            bool *ret_emptied, struct cl_err *err)
{
    CL_AUTO(cl_docker_entry) struct cl_docker_entry entry = {.helper = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(2 * CL_JSON_EDIT_MAX_BYTES);
    bool emptied = false;

    CL_TRY(cl_docker_entry_read(edit->text, edit->key, &entry, err));
    CL_TRY(check(edit, &entry, err));
    cl_buf_add(&text, edit->text);
    CL_TRY(cl_buf_ok(&text, err));
    switch (edit->put) {
    case CL_DOCKER_HELP: CL_TRY(help(edit, &entry, &text, &emptied, err)); break;
    case CL_DOCKER_WRITE: CL_TRY(write(edit, &text, &emptied, err)); break;
    case CL_DOCKER_MARK: CL_TRY(mark(edit, &entry, &text, err)); break;
    case CL_DOCKER_CLEAR: CL_TRY(clear(edit, &entry, &text, &emptied, err)); break;
    }
    cl_buf_add(ret, cl_buf_view(&text));
    *ret_emptied = emptied;
    return cl_buf_ok(ret, err);
}
