#include "interop/docker_map.h"

#include "base/alloc.h"
#include "codec/json_build.h"
#include "interop/home.h"

#define PATH_MAX_BYTES 4096
#define MAX_DEPTH 8

static const char *const was_names[] = {"absent", "blank", "there"};

/* --- values -------------------------------------------------------------------------------- */

static void place_cleanup(struct cl_docker_place *place)
{
    cl_free(place->path);
    cl_free(place->key);
    cl_free(place->helper);
}

void cl_docker_mapping_cleanup(struct cl_docker_mapping *mapping)
{
    cl_free(mapping->id);
    cl_free(mapping->connector);
    cl_free(mapping->name);
    cl_free(mapping->resource_type);
    cl_free(mapping->resource_id);
    for (size_t i = 0; i < mapping->count; i++)
        place_cleanup(&mapping->places[i]);
    cl_free(mapping->places);
    *mapping = (struct cl_docker_mapping){.id = NULL};
}

void cl_docker_map_cleanup(struct cl_docker_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        cl_docker_mapping_cleanup(&map->items[i]);
    cl_free(map->items);
    *map = CL_DOCKER_MAP_NONE;
}

struct cl_docker_mapping *cl_docker_map_find(const struct cl_docker_map *map, struct cl_str id)
{
    for (size_t i = 0; i < map->count; i++) {
        if (cl_str_eq_c(id, map->items[i].id))
            return &map->items[i];
    }
    return NULL;
}

static enum cl_code grow(struct cl_docker_map *map, struct cl_err *err)
{
    struct cl_docker_mapping *items =
        cl_array_grow(map->items, &map->capacity, map->count + 1, sizeof(*items));

    if (items == NULL)
        return cl_err_no_memory(err);
    map->items = items;
    return CL_OK;
}

enum cl_code cl_docker_map_put(struct cl_docker_map *map, struct cl_docker_mapping *mapping,
                               struct cl_err *err)
{
    struct cl_docker_mapping *at = cl_docker_map_find(map, cl_str_of(mapping->id));

    if (at == NULL) {
        CL_TRY(grow(map, err));
        at = &map->items[map->count++];
    } else {
        cl_docker_mapping_cleanup(at);
    }
    CL_MOVE_TO(at, *mapping);
    return CL_OK;
}

void cl_docker_map_remove(struct cl_docker_map *map, struct cl_str id)
{
    struct cl_docker_mapping *at = cl_docker_map_find(map, id);

    if (at == NULL)
        return;
    cl_docker_mapping_cleanup(at);
    for (map->count--; at < map->items + map->count; at++)
        *at = at[1];
}

struct cl_docker_place *cl_docker_place_find(const struct cl_docker_mapping *mapping,
                                             const char *path)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->places[i].path, path) == 0)
            return &mapping->places[i];
    }
    return NULL;
}

enum cl_code cl_docker_place_add(struct cl_docker_mapping *mapping,
                                 const struct cl_docker_place *place, struct cl_err *err)
{
    struct cl_docker_place *places =
        cl_array_grow(mapping->places, &mapping->capacity, mapping->count + 1, sizeof(*places));

    if (places == NULL)
        return cl_err_no_memory(err);
    mapping->places = places;
    struct cl_docker_place *added = &places[mapping->count++];
    *added = (struct cl_docker_place){.was = place->was, .has_auth = place->has_auth};
    CL_TRY(cl_str_dup(cl_str_of(place->path), &added->path, err));
    if (place->helper != NULL)
        CL_TRY(cl_str_dup(cl_str_of(place->helper), &added->helper, err));
    return cl_str_dup(cl_str_of(place->key), &added->key, err);
}

/* --- reading ------------------------------------------------------------------------------- */

static enum cl_code need(const json_t *object, const char *name, char **ret, struct cl_err *err)
{
    struct cl_str text = CL_STR_NONE;

    CL_TRY(cl_json_need_str(object, name, &text, err));
    return cl_str_dup(text, ret, err);
}

/* What is not known counts as a file that somebody needs. */
static enum cl_docker_was read_was(struct cl_str name)
{
    for (size_t i = 0; i < CL_COUNT(was_names); i++) {
        if (cl_str_eq_c(name, was_names[i]))
            return (enum cl_docker_was)i;
    }
    return CL_DOCKER_THERE;
}

static enum cl_code read_place(const json_t *value, struct cl_docker_mapping *mapping,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_string) char *key = NULL;
    CL_AUTO(cl_string) char *helper = NULL;

    if (cl_json_str(value, "helper").len > 0)
        CL_TRY(cl_str_dup(cl_json_str(value, "helper"), &helper, err));
    CL_TRY(need(value, "path", &path, err));
    CL_TRY(need(value, "key", &key, err));
    struct cl_docker_place place = {.path = path,
                                    .key = key,
                                    .helper = helper,
                                    .was = read_was(cl_json_str(value, "was")),
                                    .has_auth = cl_json_bool(value, "static", false)};
    return cl_docker_place_add(mapping, &place, err);
}

static enum cl_code read_mapping(const char *id, const json_t *value,
                                 struct cl_docker_mapping *mapping, struct cl_err *err)
{
    struct cl_str resource_id = cl_json_str(value, "resource_id");
    struct cl_str name = cl_json_str(value, "name");
    const json_t *files = cl_json_get(value, "files");

    CL_TRY(cl_str_dup(cl_str_of(id), &mapping->id, err));
    CL_TRY(need(value, "connector", &mapping->connector, err));
    CL_TRY(need(value, "resource_type", &mapping->resource_type, err));
    if (name.len > 0)
        CL_TRY(cl_str_dup(name, &mapping->name, err));
    if (resource_id.len > 0)
        CL_TRY(cl_str_dup(resource_id, &mapping->resource_id, err));
    mapping->allow_long_lived = cl_json_bool(value, "allow_long_lived", false);
    for (size_t i = 0; i < json_array_size(files); i++)
        CL_TRY(read_place(json_array_get(files, i), mapping, err));
    return CL_OK;
}

static enum cl_code read_all(json_t *file, struct cl_docker_map *ret, struct cl_err *err)
{
    const char *id = NULL;
    json_t *value = NULL;

    json_object_foreach(file, id, value)
    {
        CL_AUTO(cl_docker_mapping) struct cl_docker_mapping mapping = {.id = NULL};
        CL_TRY(read_mapping(id, value, &mapping, err));
        CL_TRY(cl_docker_map_put(ret, &mapping, err));
    }
    return CL_OK;
}

enum cl_code cl_docker_map_parse(struct cl_str text, struct cl_docker_map *ret, struct cl_err *err)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    CL_AUTO(cl_json) json_t *file = NULL;

    if (cl_str_trim(text).len > 0) {
        CL_TRY(cl_json_parse_limited(text, CL_DOCKER_MAP_MAX_BYTES, MAX_DEPTH, &file, err));
        if (!json_is_object(file))
            return cl_err_set(err, CL_E_INVALID, "JSON line 1: not an object");
        CL_TRY(read_all(file, &map, err));
    }
    CL_MOVE_TO(ret, map);
    return CL_OK;
}

enum cl_code cl_docker_map_path(const struct cl_world *world, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    struct cl_str own = cl_world_env(world, "CLEAT_CONFIG_PATH");
    struct cl_str config = cl_world_env(world, "XDG_CONFIG_HOME");

    if (own.len > 0) {
        cl_buf_add(&path, own);
    } else if (cl_str_starts(config, CL_STR("/"))) { /* the XDG rules: relative ones count not */
        cl_buf_add(&path, config);
        cl_buf_add_c(&path, "/cleat");
    } else {
        CL_TRY(cl_add_home(world, "the configuration", &path, err));
        cl_buf_add_c(&path, "/.config/cleat");
    }
    cl_buf_add_c(&path, "/docker.json");
    return cl_buf_take(&path, ret, err);
}

enum cl_code cl_docker_map_load(const struct cl_world *world, struct cl_docker_map *ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CL_DOCKER_MAP_MAX_BYTES);

    CL_TRY(cl_docker_map_path(world, &path, err));
    if (world->read_file(world->ctx, path, &text, err) != CL_OK) {
        if (err->code == CL_E_NOT_FOUND) {
            *err = CL_ERR_NONE;
            return CL_OK;
        }
        err->code = err->code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : err->code;
        return err->code;
    }
    if (cl_docker_map_parse(cl_buf_view(&text), ret, err) == CL_OK)
        return CL_OK;
    err->code = err->code == CL_E_INVALID ? CL_E_LOCAL_CONFIG : err->code;
    return cl_err_wrap(err, "%s", path);
}

/* --- writing ------------------------------------------------------------------------------- */

static void build_place(struct cl_json_build *build, const struct cl_docker_place *place)
{
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "path", place->path);
    cl_json_add_c(build, "key", place->key);
    cl_json_add_c(build, "was", was_names[place->was]);
    if (place->has_auth)
        cl_json_add_bool(build, "static", true);
    cl_json_add_filled(build, "helper", cl_str_of(place->helper));
    cl_json_close(build);
}

static void build_mapping(struct cl_json_build *build, const struct cl_docker_mapping *mapping)
{
    cl_json_open_object(build, mapping->id);
    cl_json_add_c(build, "connector", mapping->connector);
    cl_json_add_filled(build, "name", cl_str_of(mapping->name));
    cl_json_add_c(build, "resource_type", mapping->resource_type);
    cl_json_add_filled(build, "resource_id", cl_str_of(mapping->resource_id));
    if (mapping->allow_long_lived)
        cl_json_add_bool(build, "allow_long_lived", true);
    cl_json_open_array(build, "files");
    for (size_t i = 0; i < mapping->count; i++)
        build_place(build, &mapping->places[i]);
    cl_json_close(build);
    cl_json_close(build);
}

enum cl_code cl_docker_map_format(const struct cl_docker_map *map, struct cl_buf *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *file = NULL;

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < map->count; i++)
        build_mapping(&build, &map->items[i]);
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &file, err));
    cl_buf_add_json(ret, file, CL_JSON_PRETTY);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}
