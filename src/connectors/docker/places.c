#include "connectors/docker/places.h"

#include "base/alloc.h"

#define PATH_MAX_BYTES 4096

void docker_places_cleanup(struct docker_places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        cl_free(places->items[i].path);
        cl_free(places->items[i].key);
        cl_free(places->items[i].helper);
        cl_free(places->items[i].host);
    }
    cl_free(places->items);
    cl_strs_cleanup(&places->hosts);
    cl_strs_cleanup(&places->looked_at);
    *places = (struct docker_places){.items = NULL};
}

enum cl_code docker_places_note(struct docker_places *places, const char *path, const char *what,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(PATH_MAX_BYTES + 1024);

    cl_buf_addf(&line, "%s: %s", path, what);
    CL_TRY(cl_buf_ok(&line, err));
    return cl_strs_add(&places->looked_at, cl_buf_view(&line), err);
}

/* --- what a file says ----------------------------------------------------------------------- */

/* One file while it is looked into. */
struct looking {
    const char *wanted;
    const char *path;
    enum cl_docker_file kind;
    struct docker_places *ret;
    size_t before; /* places of other files */
};

static enum cl_code add(const struct looking *looking, const char *key, const char *helper,
                        const char *host, struct cl_err *err)
{
    struct docker_places *places = looking->ret;
    struct docker_place *items =
        cl_array_grow(places->items, &places->capacity, places->count + 1, sizeof(*items));

    if (items == NULL)
        return cl_err_no_memory(err);
    places->items = items;
    struct docker_place *place = &items[places->count++];
    *place = (struct docker_place){.kind = looking->kind};
    CL_TRY(cl_str_dup(cl_str_of(looking->path), &place->path, err));
    CL_TRY(cl_str_dup(cl_str_of(key), &place->key, err));
    CL_TRY(cl_str_dup(cl_str_of(host), &place->host, err));
    if (helper != NULL)
        CL_TRY(cl_str_dup(cl_str_of(helper), &place->helper, err));
    if (cl_strs_has(&places->hosts, cl_str_of(host)))
        return CL_OK;
    return cl_strs_add(&places->hosts, cl_str_of(host), err);
}

/* A key that is no registry's name names nothing, and one of a part of a registry is not for the
 * whole. Cleat itself has nothing to give. */
static enum cl_code consider(const struct looking *looking, const struct cl_docker_known *known,
                             struct cl_err *err)
{
    struct registry_name name = {.host = ""};
    struct cl_err ignored = CL_ERR_NONE;

    if (known->helper != NULL && strcmp(known->helper, CL_DOCKER_HELPER) == 0)
        return CL_OK;
    if (!cl_docker_names_server(cl_str_of(known->key)) ||
        registry_name_parse(cl_str_of(known->key), &name, &ignored) != CL_OK ||
        name.repository[0] != '\0')
        return CL_OK;
    if (looking->wanted[0] != '\0' && strcmp(looking->wanted, name.host) != 0)
        return CL_OK;
    return add(looking, known->key, known->helper, name.host, err);
}

/* A store may know a registry that the file does not name. */
static enum cl_code consider_store(const struct looking *looking, const char *store,
                                   struct cl_err *err)
{
    const char *wanted = looking->wanted;

    if (wanted[0] == '\0' || store == NULL || strcmp(store, CL_DOCKER_HELPER) == 0 ||
        looking->ret->count > looking->before)
        return CL_OK;
    return add(looking, cl_docker_key(looking->kind, wanted), store, wanted, err);
}

static enum cl_code read_file(const struct cl_world *world, const char *path, struct cl_buf *text,
                              bool *ret_there, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, text, &why);

    *ret_there = code == CL_OK;
    if (code == CL_OK || code == CL_E_NOT_FOUND)
        return CL_OK;
    *err = why;
    err->code = code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : code;
    return err->code;
}

static enum cl_code consider_all(const struct looking *looking, struct cl_str text,
                                 struct cl_err *err)
{
    CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge knowledge = {.items = NULL};

    if (cl_docker_knowledge_read(looking->kind, text, &knowledge, err) != CL_OK) {
        err->code = err->code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : err->code;
        return cl_err_wrap(err, "%s", looking->path);
    }
    for (size_t i = 0; i < knowledge.count; i++)
        CL_TRY(consider(looking, &knowledge.items[i], err));
    return consider_store(looking, knowledge.store, err);
}

static const char *what_is_there(const struct looking *looking)
{
    const struct docker_places *places = looking->ret;

    if (places->count == looking->before)
        return "has none";
    return places->items[looking->before].helper != NULL ? "names a helper" : "has a credential";
}

static enum cl_code look_into(const struct cl_world *world, struct looking *looking,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    bool there = false;

    looking->before = looking->ret->count;
    CL_TRY(read_file(world, looking->path, &text, &there, err));
    if (!there)
        return docker_places_note(looking->ret, looking->path, "not there", err);
    CL_TRY(consider_all(looking, cl_buf_view(&text), err));
    return docker_places_note(looking->ret, looking->path, what_is_there(looking), err);
}

enum cl_code docker_places_look(const struct cl_world *world, const char *wanted, const char *file,
                                struct docker_places *ret, struct cl_err *err)
{
    static const enum cl_docker_file kinds[] = {CL_DOCKER_CONFIG, CL_PODMAN_RUNTIME, CL_PODMAN_AUTH,
                                                CL_DOCKER_LEGACY};
    struct looking looking = {.wanted = wanted, .path = file, .ret = ret};

    if (file != NULL)
        return look_into(world, &looking, err);
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        CL_AUTO(cl_string) char *path = NULL;
        if (kinds[i] != CL_DOCKER_CONFIG && !cl_podman_reads(world, kinds[i]))
            continue;
        CL_TRY(cl_docker_path(world, kinds[i], &path, err));
        looking.kind = kinds[i];
        looking.path = path;
        CL_TRY(look_into(world, &looking, err));
    }
    return CL_OK;
}

/* --- one credential ------------------------------------------------------------------------- */

enum cl_code docker_place_read(const struct cl_world *world, const struct docker_place *place,
                               struct cl_docker_credential *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    bool there = false;

    if (place->helper != NULL)
        return cl_docker_helper_ask(world, place->helper, place->key, ret, err);
    CL_TRY(read_file(world, place->path, &text, &there, err));
    if (cl_docker_credential_read(place->kind, cl_buf_view(&text), place->key, ret, err) == CL_OK)
        return CL_OK;
    err->code = err->code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : err->code;
    return cl_err_wrap(err, "%s, registry '%s'", place->path, place->host);
}
