#include "codec/jwt.h"
#include "connectors/docker/access.h"
#include "interop/docker_config.h"
#include "interop/docker_read.h"

/* Auto-configuration: one registry's credential out of the files of Docker and podman, or from the
 * helper that they name. */

#define PATH_MAX_BYTES 4096
#define DAY_S 86400
#define NAMES_SHOWN 20

struct discovering {
    const struct cl_call *call;
    const struct cl_discover_request *request;
    struct cl_discovered *ret;
    struct registry_name wanted; /* host empty: whichever there is */
    struct cl_strs hosts;        /* that have been met */
    /* Where the first one that fits is. */
    char *path;
    char *key;
    char *helper; /* NULL: in the file */
    char host[sizeof(((struct registry_name *)0)->host)];
};

static void discovering_cleanup(struct discovering *discovering)
{
    cl_strs_cleanup(&discovering->hosts);
    cl_string_cleanup(&discovering->path);
    cl_string_cleanup(&discovering->key);
    cl_string_cleanup(&discovering->helper);
}

/* --- what was asked for --------------------------------------------------------------------- */

static struct cl_str argument(const struct discovering *discovering, const char *name)
{
    const struct cl_input *input = discovering->request->input;

    for (size_t i = 0; input != NULL && i < input->count; i++) {
        if (strcmp(input->entries[i].name, name) == 0)
            return cl_secret_expose(input->entries[i].value);
    }
    return CL_STR_NONE;
}

static bool allows_short_lived(const struct discovering *discovering)
{
    const char *given = cl_map_get(discovering->request->sources, "allow_short_lived");
    struct cl_err ignored = CL_ERR_NONE;
    bool yes = given != NULL;

    if (yes && given[0] != '\0') /* what is no truth value is taken for the mere option */
        CL_IGNORE(cl_parse_bool(cl_str_of(given), &yes, &ignored));
    return yes;
}

/* --- looking -------------------------------------------------------------------------------- */

static enum cl_code look_note(struct discovering *discovering, const char *path, const char *what,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(PATH_MAX_BYTES + 256);

    cl_buf_addf(&line, "%s: %s", path, what);
    CL_TRY(cl_buf_ok(&line, err));
    return cl_strs_add(&discovering->ret->looked_at, cl_buf_view(&line), err);
}

static enum cl_code keep(struct discovering *discovering, const char *path, const char *key,
                         const char *helper, const char *host, struct cl_err *err)
{
    if (discovering->path != NULL)
        return CL_OK;
    CL_TRY(cl_str_dup(cl_str_of(path), &discovering->path, err));
    CL_TRY(cl_str_dup(cl_str_of(key), &discovering->key, err));
    if (helper != NULL)
        CL_TRY(cl_str_dup(cl_str_of(helper), &discovering->helper, err));
    (void)memcpy(discovering->host, host, strlen(host) + 1);
    return CL_OK;
}

/* A key that is no registry's name names nothing, and one of a part of a registry is not for the
 * whole. Cleat itself has nothing to give. */
static enum cl_code consider(struct discovering *discovering, const char *path,
                             const struct cl_docker_known *known, struct cl_err *err)
{
    struct registry_name name = {.host = ""};
    struct cl_err ignored = CL_ERR_NONE;
    const char *wanted = discovering->wanted.host;

    if (known->helper != NULL && strcmp(known->helper, CL_DOCKER_HELPER) == 0)
        return CL_OK;
    if (!cl_docker_names_server(cl_str_of(known->key)) ||
        registry_name_parse(cl_str_of(known->key), &name, &ignored) != CL_OK ||
        name.repository[0] != '\0')
        return CL_OK;
    if (wanted[0] != '\0' && strcmp(wanted, name.host) != 0)
        return CL_OK;
    if (!cl_strs_has(&discovering->hosts, cl_str_of(name.host)))
        CL_TRY(cl_strs_add(&discovering->hosts, cl_str_of(name.host), err));
    return keep(discovering, path, known->key, known->helper, name.host, err);
}

/* A store may know a registry that the file does not name. */
static enum cl_code consider_store(struct discovering *discovering, const char *path,
                                   const struct cl_docker_knowledge *knowledge, struct cl_err *err)
{
    const char *wanted = discovering->wanted.host;

    if (wanted[0] == '\0' || knowledge->store == NULL || discovering->path != NULL ||
        strcmp(knowledge->store, CL_DOCKER_HELPER) == 0)
        return CL_OK;
    return keep(discovering, path, cl_docker_key(CL_DOCKER_CONFIG, wanted), knowledge->store,
                wanted, err);
}

static enum cl_code read_file(const struct discovering *discovering, const char *path,
                              struct cl_buf *text, bool *ret_there, struct cl_err *err)
{
    const struct cl_world *world = discovering->call->world;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, text, &why);

    *ret_there = code == CL_OK;
    if (code == CL_OK || code == CL_E_NOT_FOUND)
        return CL_OK;
    *err = why;
    err->code = code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : code;
    return err->code;
}

static enum cl_code look_into(struct discovering *discovering, const char *path, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge knowledge = {.items = NULL};
    size_t before = discovering->hosts.count;
    bool there = false;

    CL_TRY(read_file(discovering, path, &text, &there, err));
    if (!there)
        return look_note(discovering, path, "not there", err);
    if (cl_docker_knowledge_read(cl_buf_view(&text), &knowledge, err) != CL_OK) {
        err->code = err->code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : err->code;
        return cl_err_wrap(err, "%s", path);
    }
    for (size_t i = 0; i < knowledge.count; i++)
        CL_TRY(consider(discovering, path, &knowledge.items[i], err));
    CL_TRY(consider_store(discovering, path, &knowledge, err));
    return look_note(discovering, path,
                     discovering->hosts.count > before ? "has a credential" : "has none", err);
}

/* podman's first choice, which is gone after a reboot. */
static enum cl_code look_into_runtime(struct discovering *discovering, struct cl_err *err)
{
    const struct cl_world *world = discovering->call->world;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    struct cl_str folder = cl_world_env(world, "XDG_RUNTIME_DIR");

    if (folder.len == 0 || cl_world_env(world, "REGISTRY_AUTH_FILE").len > 0)
        return CL_OK;
    cl_buf_addf(&path, "%.*s/containers/auth.json", CL_STR_ARG(folder));
    CL_TRY(cl_buf_ok(&path, err));
    return look_into(discovering, path.ptr, err);
}

static enum cl_code look(struct discovering *discovering, struct cl_err *err)
{
    static const enum cl_docker_file files[] = {CL_DOCKER_CONFIG, CL_PODMAN_AUTH};
    const char *given = cl_map_get(discovering->request->sources, "docker_config");

    if (given != NULL)
        return look_into(discovering, given, err);
    for (size_t i = 0; i < CL_COUNT(files); i++) {
        CL_AUTO(cl_string) char *path = NULL;
        CL_TRY(cl_docker_path(discovering->call->world, files[i], &path, err));
        if (files[i] == CL_PODMAN_AUTH)
            CL_TRY(look_into_runtime(discovering, err));
        CL_TRY(look_into(discovering, path, err));
    }
    return CL_OK;
}

/* --- deciding ------------------------------------------------------------------------------- */

static enum cl_code refuse_many(const struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(8192);

    for (size_t i = 0; i < discovering->hosts.count && i < NAMES_SHOWN; i++)
        cl_buf_addf(&names, "%s%s", i == 0 ? "" : ", ", discovering->hosts.items[i]);
    CL_TRY(cl_buf_ok(&names, err));
    (void)cl_err_set(err, CL_E_AMBIGUOUS, "credentials of %zu registries were found: %s",
                     discovering->hosts.count, names.ptr);
    return cl_err_hint(err, "choose one with --registry=HOST");
}

static enum cl_code refuse_none(const struct discovering *discovering, struct cl_err *err)
{
    const char *wanted = discovering->wanted.host;

    if (wanted[0] != '\0') {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "no credential of registry '%s' was found",
                         wanted);
    } else {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "no credential of a registry was found");
    }
    return cl_err_hint(err, "log in with docker or podman first, or give --username and "
                            "--password; --verbose shows where was looked");
}

static enum cl_code fetch(const struct discovering *discovering, struct cl_docker_credential *ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    bool there = false;

    if (discovering->helper != NULL) {
        return cl_docker_helper_ask(discovering->call->world, discovering->helper, discovering->key,
                                    ret, err);
    }
    CL_TRY(read_file(discovering, discovering->path, &text, &there, err));
    if (cl_docker_credential_read(cl_buf_view(&text), discovering->key, ret, err) == CL_OK)
        return CL_OK;
    err->code = err->code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : err->code;
    return cl_err_wrap(err, "%s, registry '%s'", discovering->path, discovering->host);
}

/* Users in whose name clouds hand out passwords for some hours, and what would renew them. */
static const char *type_for(struct cl_str username)
{
    static const struct {
        const char *user;
        const char *type;
    } users[] = {
        {"AWS", "aws"},
        {"oauth2accesstoken", "gcp"},
        {"_dcgcloud_token", "gcp"},
        {"00000000-0000-0000-0000-000000000000", "azure"},
    };

    for (size_t i = 0; i < CL_COUNT(users); i++) {
        if (cl_str_eq_c(username, users[i].user))
            return users[i].type;
    }
    return NULL;
}

static enum cl_code check_life(const struct discovering *discovering,
                               const struct cl_docker_credential *credential, struct cl_err *err)
{
    int64_t ends_at = cl_jwt_expires_at(cl_secret_expose(credential->password));
    const char *type = type_for(cl_secret_expose(credential->username));
    bool ends_soon = ends_at != 0 && ends_at < cl_world_now_s(discovering->call->world) + DAY_S;

    discovering->ret->expires_at = ends_at;
    if ((type == NULL && !ends_soon) || allows_short_lived(discovering))
        return CL_OK;
    (void)cl_err_set(err, CL_E_UNSUPPORTED,
                     "the credential of registry '%s' ends within hours, so a connector that "
                     "keeps it would soon be useless",
                     discovering->host);
    if (type == NULL)
        return cl_err_hint(err, "pass --allow_short_lived=true to keep it all the same");
    return cl_err_hint(err,
                       "register a connector of type '%s', which gets new ones, or pass "
                       "--allow_short_lived=true",
                       type);
}

static enum cl_code describe(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES + 512);

    cl_buf_addf(&text, "credential of registry %s (", discovering->host);
    if (discovering->helper != NULL)
        cl_buf_addf(&text, "docker-credential-%s, named in ", discovering->helper);
    cl_buf_addf(&text, "%s)", discovering->path);
    return cl_buf_take(&text, &discovering->ret->source, err);
}

static enum cl_code fill(struct discovering *discovering, struct cl_docker_credential *credential,
                         struct cl_err *err)
{
    struct cl_config *config = &discovering->ret->config;

    CL_TRY(check_life(discovering, credential, err));
    CL_TRY(cl_str_dup(CL_STR("password"), &discovering->ret->auth_method, err));
    CL_TRY(cl_config_set_secret_take(config, "username", CL_MOVE(credential->username), err));
    CL_TRY(cl_config_set_secret_take(config, "password", CL_MOVE(credential->password), err));
    if (discovering->wanted.host[0] == '\0') /* else the argument says it */
        CL_TRY(cl_config_set_text(config, "registry", cl_str_of(discovering->host), err));
    return describe(discovering, err);
}

static enum cl_code discover(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
    struct cl_str registry = argument(discovering, "registry");

    if (registry.len > 0)
        CL_TRY(registry_name_parse(registry, &discovering->wanted, err));
    CL_TRY(look(discovering, err));
    if (discovering->hosts.count > 1)
        return refuse_many(discovering, err);
    if (discovering->path == NULL)
        return refuse_none(discovering, err);
    enum cl_code code = fetch(discovering, &credential, err);
    if (code == CL_E_NOT_FOUND)
        return refuse_none(discovering, err);
    CL_TRY(code);
    return fill(discovering, &credential, err);
}

enum cl_code docker_discover(const struct cl_call *call, const struct cl_discover_request *request,
                             struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(discovering)
    struct discovering discovering = {.call = call, .request = request, .ret = ret};

    return discover(&discovering, err);
}
