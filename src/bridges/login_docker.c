#include "bridges/docker_files.h"
#include "bridges/docker_helper.h"
#include "bridges/docker_shadow.h"
#include "bridges/login.h"
#include "codec/base64.h"
#include "interop/docker_read.h"

/*
 * A registry for Docker, and for podman, buildah and skopeo. By default their files name Cleat's
 * credential helper for this one registry; a static copy puts the credential itself there.
 */

#define PATH_MAX_BYTES 4096
#define SECRET_MAX ((size_t)64 * 1024)

/* One login under way. */
struct docker_login {
    const struct cl_call *call;
    const struct cl_login_request *request;
    struct cl_docker_map map;         /* as it was */
    struct cl_docker_mapping mapping; /* as it will be */
    struct cl_buf auth;               /* static copy: base64 */
    struct cl_strs warnings;
};

static void docker_login_cleanup(struct docker_login *login)
{
    cl_docker_map_cleanup(&login->map);
    cl_docker_mapping_cleanup(&login->mapping);
    cl_buf_cleanup(&login->auth);
    cl_strs_cleanup(&login->warnings);
}

/* --- programs in PATH ----------------------------------------------------------------------- */

static enum cl_code is_program(const struct cl_world *world, struct cl_str folder,
                               const char *program, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    struct cl_file_info info = {.exists = false};
    struct cl_err unreadable = CL_ERR_NONE;

    cl_buf_addf(&path, "%.*s/%s", CL_STR_ARG(folder), program);
    CL_TRY(cl_buf_ok(&path, err));
    /* A folder that cannot be looked into holds no program that could be started. */
    *ret = world->stat_file(world->ctx, path.ptr, &info, &unreadable) == CL_OK && info.exists &&
           info.is_regular && (info.mode & 0111U) != 0;
    return CL_OK;
}

static enum cl_code in_path(const struct cl_world *world, const char *program, bool *ret,
                            struct cl_err *err)
{
    struct cl_str rest = cl_world_env(world, "PATH");

    *ret = false;
    while (rest.len > 0 && !*ret) {
        struct cl_str folder = CL_STR_NONE;
        (void)cl_str_cut(rest, ':', &folder, &rest);
        if (folder.len > 0)
            CL_TRY(is_program(world, folder, program, ret, err));
    }
    return CL_OK;
}

static enum cl_code need_helper(const struct cl_world *world, struct cl_err *err)
{
    CL_AUTO(cl_string) char *program = NULL;
    bool found = false;

    CL_TRY(in_path(world, CL_DOCKER_HELPER_PROGRAM, &found, err));
    if (found)
        return CL_OK;
    CL_TRY(world->program_path(world->ctx, &program, err));
    (void)cl_err_set(err, CL_E_LOCAL_TOOL_MISSING,
                     "'" CL_DOCKER_HELPER_PROGRAM "', which Docker is to call, is not in PATH");
    return cl_err_hint(err,
                       "make a link of that name to %s in a folder of PATH, for example: ln -s %s "
                       "~/.local/bin/" CL_DOCKER_HELPER_PROGRAM,
                       program, program);
}

/* --- which files ---------------------------------------------------------------------------- */

static enum cl_code make_absolute(const struct cl_world *world, struct cl_str path, char **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf whole = CL_BUF(PATH_MAX_BYTES);
    struct cl_str here = cl_world_env(world, "PWD");

    if (!cl_str_starts(path, CL_STR("/"))) {
        if (here.len == 0) {
            return cl_err_set(err, CL_E_INVALID, "give '%.*s' as an absolute path",
                              CL_STR_ARG(path));
        }
        cl_buf_addf(&whole, "%.*s/", CL_STR_ARG(here));
    }
    cl_buf_add(&whole, path);
    return cl_buf_take(&whole, ret, err);
}

static enum cl_code add_place(struct docker_login *login, enum cl_docker_file file,
                              struct cl_str path, struct cl_err *err)
{
    CL_AUTO(cl_string) char *absolute = NULL;
    CL_AUTO(cl_string) char *key = NULL;

    CL_TRY(make_absolute(login->call->world, path, &absolute, err));
    CL_TRY(cl_str_dup(cl_str_of(cl_docker_key(file, login->mapping.id)), &key, err));
    struct cl_docker_place place = {
        .path = absolute, .key = key, .has_auth = login->request->static_copy};
    return cl_docker_place_add(&login->mapping, &place, err);
}

static enum cl_code add_usual(struct docker_login *login, enum cl_docker_file file,
                              struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;

    CL_TRY(cl_docker_path(login->call->world, file, &path, err));
    return add_place(login, file, cl_str_of(path), err);
}

/* Somebody uses podman's kind of tools here: one of them is installed, or has left its file. */
static enum cl_code wants_podman(const struct cl_world *world, bool *ret, struct cl_err *err)
{
    static const char *const programs[] = {"podman", "buildah", "skopeo"};
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_file_info info = {.exists = false};

    CL_TRY(cl_docker_path(world, CL_PODMAN_AUTH, &path, err));
    CL_TRY(world->stat_file(world->ctx, path, &info, err));
    *ret = info.exists || cl_world_env(world, "REGISTRY_AUTH_FILE").len > 0;
    for (size_t i = 0; i < CL_COUNT(programs) && !*ret; i++)
        CL_TRY(in_path(world, programs[i], ret, err));
    return CL_OK;
}

static enum cl_code warn(struct docker_login *login, const struct cl_buf *text, struct cl_err *err)
{
    CL_TRY(cl_buf_ok(text, err));
    return cl_strs_add(&login->warnings, cl_buf_view(text), err);
}

static enum cl_code warn_of_parts(struct docker_login *login, const char *path,
                                  const struct cl_strs *parts, const char *what, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF((size_t)8 * PATH_MAX_BYTES);
    CL_AUTO(cl_string) char *names = NULL;

    if (parts->count == 0)
        return CL_OK;
    CL_TRY(cl_strs_join(parts, ", ", &names, err));
    cl_buf_addf(&text,
                "%s has credentials of its own for parts of the registry, which podman %s: ", path,
                what);
    cl_buf_add(&text, cl_str_first(cl_str_of(names), (size_t)4 * PATH_MAX_BYTES));
    return warn(login, &text, err);
}

/* podman prefers a file that is gone after a reboot: what stands there would be used instead. */
static enum cl_code look_before(struct docker_login *login, struct cl_err *err)
{
    const struct cl_world *world = login->call->world;
    const char *id = login->mapping.id;
    CL_AUTO(cl_docker_shadow) struct cl_docker_shadow shadow = {.whole = NULL};
    CL_AUTO(cl_string) char *path = NULL;

    if (!cl_podman_reads(world, CL_PODMAN_RUNTIME))
        return CL_OK;
    CL_TRY(cl_docker_path(world, CL_PODMAN_RUNTIME, &path, err));
    CL_TRY(cl_docker_shadow_read(world, path, id, &shadow, err));
    if (shadow.whole == NULL)
        return warn_of_parts(login, path, &shadow.parts, "uses instead", err);
    (void)cl_err_set(err, CL_E_CONFLICT, "%s: '%s' has a credential that podman would use instead",
                     path, shadow.whole);
    return cl_err_hint(err, "run podman logout %s, or pass --tool docker", id);
}

/* In one file a helper goes before everything, a copy behind what is more particular. */
static enum cl_code look_beside(struct docker_login *login, const char *path, struct cl_err *err)
{
    CL_AUTO(cl_docker_shadow) struct cl_docker_shadow shadow = {.whole = NULL};

    CL_TRY(cl_docker_shadow_read(login->call->world, path, login->mapping.id, &shadow, err));
    return warn_of_parts(
        login, path, &shadow.parts,
        login->request->static_copy ? "uses instead" : "does not use while cleat is asked", err);
}

/* podman and buildah take that variable for theirs, skopeo does not. */
static enum cl_code look_aside(struct docker_login *login, struct cl_err *err)
{
    const struct cl_world *world = login->call->world;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF((size_t)2 * PATH_MAX_BYTES);
    CL_AUTO(cl_string) char *path = NULL;

    if (cl_podman_reads(world, CL_PODMAN_AUTH))
        return CL_OK;
    CL_TRY(cl_docker_path(world, CL_DOCKER_CONFIG, &path, err));
    cl_buf_addf(&text,
                "while DOCKER_CONFIG is set podman and buildah read only %s: for them pass --tool "
                "podman --docker-config with that file",
                path);
    return warn(login, &text, err);
}

static enum cl_code add_podmans(struct docker_login *login, struct cl_err *err)
{
    CL_TRY(look_before(login, err));
    CL_TRY(add_usual(login, CL_PODMAN_AUTH, err));
    CL_TRY(look_beside(login, login->mapping.places[login->mapping.count - 1].path, err));
    /* What was written for Docker serves podman, too, where both call the registry the same. */
    bool is_served = login->mapping.count > 1 &&
                     strcmp(login->mapping.places[0].key, login->mapping.places[1].key) == 0;
    return is_served ? CL_OK : look_aside(login, err);
}

static enum cl_code choose_places(struct docker_login *login, struct cl_err *err)
{
    const char *tool = login->request->tool == NULL ? "auto" : login->request->tool;
    bool podman = strcmp(tool, "podman") == 0;

    if (login->request->file != NULL) {
        return add_place(login, podman ? CL_PODMAN_AUTH : CL_DOCKER_CONFIG,
                         cl_str_of(login->request->file), err);
    }
    if (!podman)
        CL_TRY(add_usual(login, CL_DOCKER_CONFIG, err));
    if (strcmp(tool, "auto") == 0)
        CL_TRY(wants_podman(login->call->world, &podman, err));
    if (!podman)
        return CL_OK;
    return add_podmans(login, err);
}

/* --- login ---------------------------------------------------------------------------------- */

static enum cl_code add_auth(const struct cl_issued *issued, struct cl_buf *auth,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf pair = CL_BUF_SECRET(SECRET_MAX);
    struct cl_str username = cl_secret_expose(cl_config_secret(&issued->config, "username"));

    if (cl_str_eq_c(username, CL_DOCKER_TOKEN_USER)) {
        return cl_err_set(err, CL_E_UNSUPPORTED,
                          "a refresh token cannot be copied; leave out --static");
    }
    cl_buf_add(&pair, username);
    cl_buf_add_char(&pair, ':');
    cl_buf_add(&pair, cl_secret_expose(cl_config_secret(&issued->config, "password")));
    CL_TRY(cl_buf_ok(&pair, err));
    cl_buf_add_base64(auth, cl_buf_view(&pair), CL_BASE64_STANDARD);
    return cl_buf_ok(auth, err);
}

static enum cl_code begin(struct docker_login *login, struct cl_err *err)
{
    const struct cl_issue_client_result *client = login->request->client;
    const struct cl_issued *issued = &client->issued;
    const struct cl_resource_type *type =
        cl_type_resource(client->connector.type, cl_str_of(issued->resource_type));
    struct cl_docker_mapping *mapping = &login->mapping;

    CL_TRY(cl_docker_issued_id(issued, &mapping->id, err));
    CL_TRY(cl_str_dup(cl_str_of(client->connector.id), &mapping->connector, err));
    CL_TRY(cl_str_dup(cl_str_of(client->connector.name), &mapping->name, err));
    CL_TRY(cl_str_dup(cl_str_of(issued->resource_type), &mapping->resource_type, err));
    if (type != NULL && type->supports_instances)
        CL_TRY(cl_str_dup(cl_str_of(issued->resource_id), &mapping->resource_id, err));
    mapping->allow_long_lived = issued->long_lived;
    CL_TRY(cl_docker_map_load(login->call->world, &login->map, err));
    if (login->request->static_copy)
        CL_TRY(add_auth(issued, &login->auth, err));
    return choose_places(login, err);
}

static enum cl_docker_put what_to_put(const struct docker_login *login,
                                      const struct cl_docker_place *place)
{
    if (!login->request->static_copy)
        return CL_DOCKER_HELP;
    return place->helper != NULL ? CL_DOCKER_MARK : CL_DOCKER_WRITE;
}

static struct cl_docker_edit edit_of(const struct docker_login *login,
                                     const struct cl_docker_place *place,
                                     const struct cl_docker_place *before)
{
    return (struct cl_docker_edit){.key = place->key,
                                   .put = what_to_put(login, place),
                                   .auth = cl_buf_view(&login->auth),
                                   .own_auth = before != NULL && before->has_auth,
                                   .overwrite = login->request->overwrite};
}

static const struct cl_docker_place *place_before(const struct docker_login *login,
                                                  const char *path)
{
    const struct cl_docker_mapping *known =
        cl_docker_map_find(&login->map, cl_str_of(login->mapping.id));

    return known == NULL ? NULL : cl_docker_place_find(known, path);
}

static enum cl_code refuse_other(const struct docker_login *login, struct cl_err *err)
{
    const struct cl_docker_mapping *known =
        cl_docker_map_find(&login->map, cl_str_of(login->mapping.id));

    if (known == NULL || login->request->overwrite ||
        strcmp(known->connector, login->mapping.connector) == 0)
        return CL_OK;
    if (known->name != NULL) {
        (void)cl_err_set(err, CL_E_CONFLICT, "connector '%s' (%s) answers for '%s' already",
                         known->name, known->connector, known->id);
    } else {
        (void)cl_err_set(err, CL_E_CONFLICT, "connector %s answers for '%s' already",
                         known->connector, known->id);
    }
    return cl_err_hint(err, "pass --overwrite to let this one answer");
}

/* --- other helpers: a copy that they keep, where the file says that they do ---------------- */

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Another helper would be asked for this registry: then the copy has to be there. */
static enum cl_code find_helper(const struct docker_login *login, struct cl_docker_place *place,
                                struct cl_err *err)
{
    CL_AUTO(cl_docker_entry) struct cl_docker_entry entry = {.helper = NULL};
    const struct cl_docker_place *before = place_before(login, place->path);

    if (!login->request->static_copy)
        return CL_OK;
    CL_TRY(cl_docker_file_read(login->call->world, place->path, place->key, &entry, err));
    if (entry.helper == NULL || strcmp(entry.helper, CL_DOCKER_HELPER) == 0)
        return CL_OK;
    place->helper = CL_MOVE(entry.helper);
    /* A mark that was there before stays when ours goes. */
    place->has_auth = entry.has_auth || !entry.is_named || (before != NULL && before->has_auth);
    return CL_OK;
}

static enum cl_code advise(struct cl_err *err)
{
    return cl_err_hint(err, "leave out --static, and cleat is asked instead");
}

/* What somebody else has put there is not replaced unasked. */
static enum cl_code try_helper(const struct docker_login *login,
                               const struct cl_docker_place *place, struct cl_err *err)
{
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential found = CL_DOCKER_CREDENTIAL_NONE;
    const struct cl_docker_place *before = place_before(login, place->path);
    struct cl_err why = CL_ERR_NONE;

    if (place->helper == NULL || login->request->overwrite ||
        (before != NULL && same(before->helper, place->helper)))
        return CL_OK;
    enum cl_code code =
        cl_docker_helper_ask(login->call->world, place->helper, place->key, &found, &why);
    if (code == CL_E_NOT_FOUND)
        return CL_OK;
    if (code != CL_OK) {
        *err = why;
        return advise(err);
    }
    (void)cl_err_set(err, CL_E_CONFLICT, "%s: the helper '%s' has a credential of '%s' already",
                     place->path, place->helper, place->key);
    return cl_err_hint(err, "pass --overwrite to replace it");
}

static enum cl_code have_kept(const struct docker_login *login, const struct cl_docker_place *place,
                              struct cl_err *err)
{
    const struct cl_config *config = &login->request->client->issued.config;
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential pair = CL_DOCKER_CREDENTIAL_NONE;

    if (place->helper == NULL)
        return CL_OK;
    CL_TRY(cl_secret_copy(cl_config_secret(config, "username"), &pair.username, err));
    CL_TRY(cl_secret_copy(cl_config_secret(config, "password"), &pair.password, err));
    if (cl_docker_helper_keep(login->call->world, place->helper, place->key, &pair, err) != CL_OK)
        return advise(err);
    return CL_OK;
}

static enum cl_code have_dropped(const struct cl_call *call, const struct cl_docker_place *place,
                                 struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (place == NULL || place->helper == NULL)
        return CL_OK;
    enum cl_code code = cl_docker_helper_drop(call->world, place->helper, place->key, &why);
    if (code == CL_OK || code == CL_E_NOT_FOUND) /* somebody dropped it before */
        return CL_OK;
    *err = why;
    return code;
}

/* --- writing -------------------------------------------------------------------------------- */

/* Nothing is written before it is known that all can be. */
static enum cl_code try_all(struct docker_login *login, struct cl_err *err)
{
    CL_TRY(refuse_other(login, err));
    for (size_t i = 0; i < login->mapping.count; i++) {
        struct cl_docker_place *place = &login->mapping.places[i];
        const struct cl_docker_place *before = place_before(login, place->path);
        CL_TRY(find_helper(login, place, err));
        CL_TRY(try_helper(login, place, err));
        struct cl_docker_edit edit = edit_of(login, place, before);
        if (cl_docker_file_try(login->call->world, place, &edit, &place->was, err) != CL_OK) {
            return err->code == CL_E_CONFLICT ? cl_err_hint(err, "pass --overwrite to replace it")
                                              : err->code;
        }
    }
    return CL_OK;
}

static enum cl_code remember(struct cl_docker_place *place, const struct cl_docker_place *known,
                             struct cl_err *err)
{
    place->has_auth = place->has_auth || known->has_auth;
    if (place->helper != NULL || known->helper == NULL)
        return CL_OK;
    return cl_str_dup(cl_str_of(known->helper), &place->helper, err);
}

/* Files of earlier logins have entries, too, and until it is replaced a copy of an earlier login
 * stands where it stood. */
static enum cl_code add_known(struct docker_login *login, bool replaced,
                              struct cl_docker_mapping *noted, struct cl_err *err)
{
    const struct cl_docker_mapping *known =
        cl_docker_map_find(&login->map, cl_str_of(login->mapping.id));

    for (size_t i = 0; known != NULL && i < known->count; i++) {
        struct cl_docker_place *place = cl_docker_place_find(noted, known->places[i].path);
        if (place == NULL) {
            CL_TRY(cl_docker_place_add(noted, &known->places[i], err));
        } else if (!replaced) {
            CL_TRY(remember(place, &known->places[i], err));
        }
    }
    return CL_OK;
}

static enum cl_code note(struct docker_login *login, bool replaced, struct cl_err *err)
{
    CL_AUTO(cl_docker_mapping) struct cl_docker_mapping noted = {.id = NULL};
    const struct cl_docker_mapping *mapping = &login->mapping;

    CL_TRY(cl_str_dup(cl_str_of(mapping->id), &noted.id, err));
    CL_TRY(cl_str_dup(cl_str_of(mapping->connector), &noted.connector, err));
    if (mapping->name != NULL)
        CL_TRY(cl_str_dup(cl_str_of(mapping->name), &noted.name, err));
    CL_TRY(cl_str_dup(cl_str_of(mapping->resource_type), &noted.resource_type, err));
    if (mapping->resource_id != NULL)
        CL_TRY(cl_str_dup(cl_str_of(mapping->resource_id), &noted.resource_id, err));
    noted.allow_long_lived = mapping->allow_long_lived;
    for (size_t i = 0; i < mapping->count; i++)
        CL_TRY(cl_docker_place_add(&noted, &mapping->places[i], err));
    CL_TRY(add_known(login, replaced, &noted, err));
    return cl_docker_map_note(login->call, &noted, err);
}

/* `*ret_begun`: something may have been written. */
static enum cl_code write_all(struct docker_login *login, bool *ret_begun, struct cl_err *err)
{
    for (size_t i = 0; i < login->mapping.count; i++) {
        const struct cl_docker_place *place = &login->mapping.places[i];
        const struct cl_docker_place *before = place_before(login, place->path);
        struct cl_docker_edit edit = edit_of(login, place, before);
        CL_TRY(have_kept(login, place, err));
        *ret_begun = true;
        CL_TRY(cl_docker_file_edit(login->call, place, &edit, err));
        if (place->helper == NULL)
            CL_TRY(have_dropped(login->call, before, err));
    }
    return CL_OK;
}

/* A copy went where Cleat is asked now. */
static bool replaced_copy(const struct docker_login *login)
{
    for (size_t i = 0; i < login->mapping.count; i++) {
        const struct cl_docker_place *before = place_before(login, login->mapping.places[i].path);
        const struct cl_docker_place *place = &login->mapping.places[i];
        if (before != NULL && ((before->has_auth && !place->has_auth) ||
                               (before->helper != NULL && place->helper == NULL)))
            return true;
    }
    return false;
}

static void add_paths(struct cl_buf *text, const struct cl_docker_mapping *mapping)
{
    for (size_t i = 0; i < mapping->count; i++)
        cl_buf_addf(text, "%s%s", i == 0 ? "" : " and ", mapping->places[i].path);
}

/* The words in which Docker itself says it; nothing when helpers keep all of it. */
static void add_warning(struct cl_buf *text, const struct cl_docker_mapping *mapping)
{
    const char *before = "WARNING! Your password will be stored unencrypted in ";

    for (size_t i = 0; i < mapping->count; i++) {
        if (mapping->places[i].helper != NULL)
            continue;
        cl_buf_addf(text, "%s%s", before, mapping->places[i].path);
        before = " and ";
    }
    if (text->len == 0)
        return;
    cl_buf_add_c(text, ".\nConfigure a credential helper to remove this warning. See\n"
                       "https://docs.docker.com/engine/reference/commandline/login/"
                       "#credentials-store\n");
}

static enum cl_code report(struct docker_login *login, struct cl_login_result *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF((size_t)4 * PATH_MAX_BYTES);

    CL_TRY(cl_str_dup(cl_str_of(login->mapping.id), &ret->entry, err));
    CL_TRY(cl_str_dup(cl_str_of(login->mapping.places[0].path), &ret->path, err));
    CL_MOVE_TO(&ret->warnings, login->warnings);
    if (!login->request->static_copy)
        return CL_OK;
    add_warning(&notice, &login->mapping);
    if (notice.len == 0)
        return cl_buf_ok(&notice, err);
    return cl_buf_take(&notice, &ret->notice, err);
}

/* Otherwise Cleat would answer for a registry although the login has failed. */
static void take_note_back(struct docker_login *login)
{
    struct cl_docker_mapping *before =
        cl_docker_map_find(&login->map, cl_str_of(login->mapping.id));
    struct cl_err ignored = CL_ERR_NONE;

    if (before != NULL) {
        CL_IGNORE(cl_docker_map_note(login->call, before, &ignored)); /* the login's own failure
                                                                         is told */
    } else {
        CL_IGNORE(cl_docker_map_forget(login->call, cl_str_of(login->mapping.id),
                                       &ignored)); /* likewise */
    }
}

static enum cl_code log_in(struct docker_login *login, struct cl_login_result *ret,
                           struct cl_err *err)
{
    bool begun = false;

    CL_TRY(begin(login, err));
    if (!login->request->static_copy)
        CL_TRY(need_helper(login->call->world, err));
    CL_TRY(try_all(login, err));
    /* First the note: whatever happens next, a logout finds what was written. */
    CL_TRY(note(login, false, err));
    if (write_all(login, &begun, err) != CL_OK) {
        if (!begun)
            take_note_back(login);
        return err->code;
    }
    if (replaced_copy(login))
        CL_TRY(note(login, true, err));
    return report(login, ret, err);
}

/* --- logout --------------------------------------------------------------------------------- */

/* The files are cleared already: a helper that fails, or is gone, keeps nobody logged in. */
static void drop_or_warn(const struct cl_call *call, const struct cl_docker_place *place,
                         struct cl_buf *notice)
{
    struct cl_err why = CL_ERR_NONE;

    if (have_dropped(call, place, &why) == CL_OK)
        return;
    cl_buf_addf(notice,
                "%sWarning: the helper '%s' still keeps a copy for '%s', which Cleat cannot take "
                "out: %s",
                notice->len == 0 ? "" : "\n", place->helper, place->key, why.text);
}

static enum cl_code clear_places(const struct cl_call *call,
                                 const struct cl_docker_mapping *mapping, struct cl_buf *notice,
                                 struct cl_err *err)
{
    for (size_t i = 0; i < mapping->count; i++) {
        const struct cl_docker_place *place = &mapping->places[i];
        struct cl_docker_edit edit = {
            .key = place->key, .put = CL_DOCKER_CLEAR, .own_auth = place->has_auth};
        struct cl_err why = CL_ERR_NONE;
        enum cl_code code = cl_docker_file_edit(call, place, &edit, &why);
        if (code != CL_OK && code != CL_E_NOT_FOUND) { /* somebody took it out before */
            *err = why;
            return code;
        }
        drop_or_warn(call, place, notice);
    }
    return CL_OK;
}

static bool is_meant(const struct cl_docker_mapping *mapping,
                     const struct cl_issue_client_result *client)
{
    const struct cl_issued *issued = &client->issued;
    bool is_connectors = client->connector.id[0] != '\0'
                             ? strcmp(mapping->connector, client->connector.id) == 0
                             : same(mapping->name, client->connector.name);

    return is_connectors && strcmp(mapping->resource_type, issued->resource_type) == 0 &&
           (mapping->resource_id == NULL || issued->resource_id == NULL ||
            strcmp(mapping->resource_id, issued->resource_id) == 0);
}

static enum cl_code take_away(const struct cl_call *call, const struct cl_docker_mapping *mapping,
                              struct cl_login_result *ret, struct cl_buf *notice,
                              struct cl_err *err)
{
    CL_TRY(clear_places(call, mapping, notice, err));
    CL_TRY(cl_docker_map_forget(call, cl_str_of(mapping->id), err));
    if (ret->entry == NULL) {
        CL_TRY(cl_str_dup(cl_str_of(mapping->id), &ret->entry, err));
        CL_TRY(cl_str_dup(cl_str_of(mapping->count > 0 ? mapping->places[0].path : ""), &ret->path,
                          err));
    }
    cl_buf_addf(notice, "%sRemoved registry '%s' from ", notice->len == 0 ? "" : "\n", mapping->id);
    add_paths(notice, mapping);
    cl_buf_add_char(notice, '.');
    return CL_OK;
}

static enum cl_code log_out(struct docker_login *login, struct cl_login_result *ret,
                            struct cl_err *err)
{
    const struct cl_issue_client_result *client = login->request->client;
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF((size_t)64 * PATH_MAX_BYTES);

    CL_TRY(cl_docker_map_load(login->call->world, &login->map, err));
    for (size_t i = 0; i < login->map.count; i++) {
        if (is_meant(&login->map.items[i], client))
            CL_TRY(take_away(login->call, &login->map.items[i], ret, &notice, err));
    }
    if (notice.len == 0) {
        return cl_err_set(err, CL_E_NOT_FOUND,
                          "no registry was configured with connector '%s' here",
                          client->connector.name);
    }
    return cl_buf_take(&notice, &ret->notice, err);
}

enum cl_code cl_login_docker(const struct cl_call *call, const struct cl_login_request *request,
                             struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(docker_login)
    struct docker_login login = {
        .call = call, .request = request, .auth = CL_BUF_SECRET(2 * SECRET_MAX)};

    return request->logout ? log_out(&login, ret, err) : log_in(&login, ret, err);
}
