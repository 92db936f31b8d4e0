#include "bridges/docker_files.h"

#include "bridges/tool_file.h"

/* --- files of Docker and podman ------------------------------------------------------------- */

struct work {
    struct cl_docker_edit edit;
    enum cl_docker_was was; /* when Cleat first came */
    enum cl_docker_was now;
};

/* Nothing is left but what Cleat had to write around its entry. */
static void empty(const struct work *work, struct cl_tool_file_text *text)
{
    text->remove = work->was == CL_DOCKER_ABSENT;
    if (work->was == CL_DOCKER_THERE) {
        cl_buf_truncate(&text->after, 0);
        cl_buf_add_c(&text->after, "{}\n");
    }
}

static enum cl_code edit_text(void *ctx, struct cl_tool_file_text *text, struct cl_err *err)
{
    struct work *work = ctx;
    bool emptied = false;

    work->edit.text = text->before;
    work->now = !text->existed                          ? CL_DOCKER_ABSENT
                : cl_str_trim(work->edit.text).len == 0 ? CL_DOCKER_BLANK
                                                        : CL_DOCKER_THERE;
    CL_TRY(cl_docker_edit(&work->edit, &text->after, &emptied, err));
    if (emptied)
        empty(work, text);
    return CL_OK;
}

static struct cl_tool_file file_of(const struct cl_docker_place *place, struct work *work)
{
    return (struct cl_tool_file){.path = place->path,
                                 .lock_suffix = ".cleat-lock",
                                 .max_bytes = CL_JSON_EDIT_MAX_BYTES,
                                 .owner_only = work->edit.put == CL_DOCKER_WRITE,
                                 .edit = edit_text,
                                 .ctx = work};
}

enum cl_code cl_docker_file_edit(const struct cl_call *call, const struct cl_docker_place *place,
                                 const struct cl_docker_edit *edit, struct cl_err *err)
{
    struct work work = {.edit = *edit, .was = place->was};
    struct cl_tool_file file = file_of(place, &work);

    /* Nothing is made for the sake of something that cannot be there. */
    if (edit->put == CL_DOCKER_CLEAR)
        CL_TRY(cl_tool_file_try(call->world, &file, err));
    return cl_tool_file_edit(call, &file, err);
}

enum cl_code cl_docker_file_try(const struct cl_world *world, const struct cl_docker_place *place,
                                const struct cl_docker_edit *edit, enum cl_docker_was *ret_was,
                                struct cl_err *err)
{
    struct work work = {.edit = *edit, .was = place->was};
    struct cl_tool_file file = file_of(place, &work);

    CL_TRY(cl_tool_file_try(world, &file, err));
    *ret_was = work.now;
    return CL_OK;
}

enum cl_code cl_docker_file_read(const struct cl_world *world, const char *path, const char *key,
                                 struct cl_docker_entry *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, &text, &why);

    if (code == CL_E_NOT_FOUND)
        return CL_OK;
    if (code == CL_OK)
        code = cl_docker_entry_read(cl_buf_view(&text), key, ret, &why);
    return code == CL_OK ? CL_OK : cl_tool_file_refuse(path, &why, err);
}

/* --- Cleat's own note ----------------------------------------------------------------------- */

struct change {
    struct cl_docker_mapping *put; /* NULL: remove `id` */
    struct cl_str id;
};

/* What a file was before the first of Cleat's entries, which may be another registry's. */
static void keep_first(const struct cl_docker_map *map, struct cl_docker_place *place)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct cl_docker_place *known = cl_docker_place_find(&map->items[i], place->path);
        if (known == NULL)
            continue;
        place->was = known->was;
        return;
    }
}

static enum cl_code edit_map(void *ctx, struct cl_tool_file_text *text, struct cl_err *err)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    struct change *change = ctx;

    CL_TRY(cl_docker_map_parse(text->before, &map, err));
    for (size_t i = 0; change->put != NULL && i < change->put->count; i++)
        keep_first(&map, &change->put->places[i]);
    if (change->put != NULL) {
        CL_TRY(cl_docker_map_put(&map, change->put, err));
    } else {
        cl_docker_map_remove(&map, change->id);
    }
    text->remove = map.count == 0;
    return cl_docker_map_format(&map, &text->after, err);
}

static enum cl_code change_map(const struct cl_call *call, struct change *change,
                               struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;

    CL_TRY(cl_docker_map_path(call->world, &path, err));
    struct cl_tool_file file = {.path = path,
                                .lock_suffix = ".lock",
                                .max_bytes = CL_DOCKER_MAP_MAX_BYTES,
                                .owner_only = true,
                                .edit = edit_map,
                                .ctx = change};
    return cl_tool_file_edit(call, &file, err);
}

enum cl_code cl_docker_map_note(const struct cl_call *call, struct cl_docker_mapping *mapping,
                                struct cl_err *err)
{
    struct change change = {.put = mapping};

    return change_map(call, &change, err);
}

enum cl_code cl_docker_map_forget(const struct cl_call *call, struct cl_str id, struct cl_err *err)
{
    struct change change = {.id = id};

    return change_map(call, &change, err);
}
