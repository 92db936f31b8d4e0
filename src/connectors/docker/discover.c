#include "codec/jwt.h"
#include "connectors/docker/access.h"
#include "connectors/docker/certs.h"
#include "connectors/docker/places.h"

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
    struct docker_places places;
    const struct docker_place *place; /* that had the credential */
};

static void discovering_cleanup(struct discovering *discovering)
{
    docker_places_cleanup(&discovering->places);
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

/* A source option that is a truth value, or merely there. */
static bool is_set(const struct discovering *discovering, const char *option)
{
    const char *given = cl_map_get(discovering->request->sources, option);
    struct cl_err ignored = CL_ERR_NONE;
    bool yes = given != NULL;

    if (yes && given[0] != '\0') /* what is no truth value is taken for the mere option */
        CL_IGNORE(cl_parse_bool(cl_str_of(given), &yes, &ignored));
    return yes;
}

/* --- trying what was found ------------------------------------------------------------------ */

static enum cl_code refuse_many(const struct discovering *discovering, struct cl_err *err)
{
    const struct cl_strs *hosts = &discovering->places.hosts;
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(8192);

    for (size_t i = 0; i < hosts->count && i < NAMES_SHOWN; i++)
        cl_buf_addf(&names, "%s%s", i == 0 ? "" : ", ", hosts->items[i]);
    CL_TRY(cl_buf_ok(&names, err));
    (void)cl_err_set(err, CL_E_AMBIGUOUS, "credentials of %zu registries were found: %s",
                     hosts->count, names.ptr);
    return cl_err_hint(err, "choose one with --registry=HOST");
}

static enum cl_code refuse_none(const struct discovering *discovering, struct cl_err *err)
{
    const char *wanted = discovering->wanted.host;
    CL_AUTO(cl_string) char *places = NULL;

    CL_TRY(cl_strs_join(&discovering->places.looked_at, "; ", &places, err));
    if (wanted[0] != '\0') {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "no credential of registry '%s' was found (%s)",
                         wanted, places);
    } else {
        (void)cl_err_set(err, CL_E_LOCAL_CONFIG, "no credential of a registry was found (%s)",
                         places);
    }
    return cl_err_hint(err, "log in with docker or podman first, or give --username and "
                            "--password");
}

/* A helper that has nothing, or fails, does not hide what another file has. */
static enum cl_code pass_over(struct discovering *discovering, const struct cl_err *why,
                              struct cl_err *first, struct cl_err *err)
{
    const struct docker_place *place = discovering->place;

    if (why->code != CL_E_NOT_FOUND && first->code == CL_OK)
        *first = *why;
    return docker_places_note(&discovering->places, place->path,
                              place->helper != NULL ? why->text : "its credential is damaged", err);
}

static enum cl_code fetch(struct discovering *discovering, struct cl_docker_credential *ret,
                          struct cl_err *err)
{
    const struct docker_places *places = &discovering->places;
    struct cl_err first = CL_ERR_NONE;

    for (size_t i = 0; i < places->count; i++) {
        struct cl_err why = CL_ERR_NONE;
        discovering->place = &places->items[i];
        enum cl_code code =
            docker_place_read(discovering->call->world, discovering->place, ret, &why);
        if (code == CL_OK)
            return CL_OK;
        if (code == CL_E_FAILED) { /* of ours, such as no memory */
            *err = why;
            return code;
        }
        CL_TRY(pass_over(discovering, &why, &first, err));
    }
    if (first.code == CL_OK)
        return refuse_none(discovering, err);
    *err = first;
    return err->code;
}

/* --- deciding ------------------------------------------------------------------------------- */

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
    if ((type == NULL && !ends_soon) || is_set(discovering, "allow_short_lived"))
        return CL_OK;
    (void)cl_err_set(err, CL_E_UNSUPPORTED,
                     "the credential of registry '%s' ends within hours, so a connector that "
                     "keeps it would soon be useless",
                     discovering->place->host);
    if (type == NULL)
        return cl_err_hint(err, "pass --allow-short-lived to keep it all the same");
    return cl_err_hint(err,
                       "register a connector of type '%s', which gets new ones, or pass "
                       "--allow-short-lived",
                       type);
}

static enum cl_code describe(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES + 512);
    const struct docker_place *place = discovering->place;

    cl_buf_addf(&text, "credential of registry %s (", place->host);
    if (place->helper != NULL)
        cl_buf_addf(&text, "docker-credential-%s, named in ", place->helper);
    cl_buf_addf(&text, "%s)", place->path);
    return cl_buf_take(&text, &discovering->ret->source, err);
}

static enum cl_code warn(struct discovering *discovering, const char *folder, const char *what,
                         struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(PATH_MAX_BYTES + 256);

    cl_buf_addf(&text, "%s %s", folder, what);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&discovering->ret->warnings, cl_buf_view(&text), err);
}

/* An argument goes before what Docker's folder has. */
static enum cl_code fill_certs(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(docker_certs) struct docker_certs certs = {.folder = NULL};
    struct cl_config *config = &discovering->ret->config;
    bool has_own = argument(discovering, "client_certificate").len > 0 ||
                   argument(discovering, "client_key").len > 0;

    if (!is_set(discovering, "use_docker_certs"))
        return CL_OK;
    CL_TRY(docker_certs_read(discovering->call->world, discovering->place->host, &certs, err));
    if (!certs.there)
        return warn(discovering, certs.folder, "is not there: no certificate was taken over", err);
    if (certs.authorities != NULL && argument(discovering, "ca_bundle").len == 0)
        CL_TRY(cl_config_set_text(config, "ca_bundle", cl_str_of(certs.authorities), err));
    if (certs.client == NULL || has_own)
        return CL_OK;
    CL_TRY(cl_config_set_secret_take(config, "client_certificate", CL_MOVE(certs.client), err));
    CL_TRY(cl_config_set_secret_take(config, "client_key", CL_MOVE(certs.key), err));
    if (certs.client_count == 1)
        return CL_OK;
    return warn(discovering, certs.folder, "has several client certificates: the first was taken",
                err);
}

static enum cl_code fill(struct discovering *discovering, struct cl_docker_credential *credential,
                         struct cl_err *err)
{
    struct cl_config *config = &discovering->ret->config;

    CL_TRY(check_life(discovering, credential, err));
    CL_TRY(fill_certs(discovering, err));
    CL_TRY(cl_str_dup(CL_STR("password"), &discovering->ret->auth_method, err));
    CL_TRY(cl_config_set_secret_take(config, "username", CL_MOVE(credential->username), err));
    CL_TRY(cl_config_set_secret_take(config, "password", CL_MOVE(credential->password), err));
    if (discovering->wanted.host[0] == '\0') /* else the argument says it */
        CL_TRY(cl_config_set_text(config, "registry", cl_str_of(discovering->place->host), err));
    return describe(discovering, err);
}

static void move_looked_at(struct discovering *discovering)
{
    cl_strs_cleanup(&discovering->ret->looked_at);
    CL_MOVE_TO(&discovering->ret->looked_at, discovering->places.looked_at);
}

static enum cl_code discover(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
    struct cl_str registry = argument(discovering, "registry");
    const char *file = cl_map_get(discovering->request->sources, "docker_config");

    if (registry.len > 0)
        CL_TRY(registry_name_parse(registry, &discovering->wanted, err));
    CL_TRY(docker_places_look(discovering->call->world, discovering->wanted.host, file,
                              &discovering->places, err));
    if (discovering->places.hosts.count > 1)
        return refuse_many(discovering, err);
    CL_TRY(fetch(discovering, &credential, err));
    CL_TRY(fill(discovering, &credential, err));
    move_looked_at(discovering);
    return CL_OK;
}

enum cl_code docker_discover(const struct cl_call *call, const struct cl_discover_request *request,
                             struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(discovering)
    struct discovering discovering = {.call = call, .request = request, .ret = ret};

    return discover(&discovering, err);
}
