#include "bridges/private_folder.h"

#include "base/alloc.h"
#include "base/strs.h"
#include "bridges/private_file.h"

#define PATH_MAX_BYTES 4096
#define DEPTH_MAX 32

void cl_private_folder_cleanup(struct cl_private_folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        cl_free(folder->items[i].name);
        cl_free(folder->items[i].content);
        cl_free(folder->items[i].target);
    }
    cl_free(folder->items);
    *folder = (struct cl_private_folder){.variable = NULL};
}

/* --- what lies in it ----------------------------------------------------------------------- */

/* Borrows all but the name: it is the caller's until this has succeeded. */
static enum cl_code add(struct cl_private_folder *folder, const char *name,
                        const struct cl_private_item *item, struct cl_err *err)
{
    CL_AUTO(cl_string) char *own_name = NULL;

    CL_TRY(cl_str_dup(cl_str_of(name), &own_name, err));
    struct cl_private_item *items =
        cl_array_grow(folder->items, &folder->capacity, folder->count + 1, sizeof(*items));
    if (items == NULL)
        return cl_err_no_memory(err);
    folder->items = items;
    items[folder->count] = *item;
    items[folder->count++].name = CL_MOVE(own_name);
    return CL_OK;
}

enum cl_code cl_private_folder_add_take(struct cl_private_folder *folder, const char *name,
                                        const char *variable, char *content, struct cl_err *err)
{
    struct cl_private_item item = {.variable = variable, .content = content};
    enum cl_code code = add(folder, name, &item, err);

    if (code != CL_OK)
        cl_free(content);
    return code;
}

enum cl_code cl_private_folder_add_link(struct cl_private_folder *folder, const char *name,
                                        struct cl_str target, struct cl_err *err)
{
    struct cl_private_item item = {.name = NULL};

    CL_TRY(cl_str_dup(target, &item.target, err));
    enum cl_code code = add(folder, name, &item, err);
    if (code != CL_OK)
        cl_free(item.target);
    return code;
}

/* --- making it ----------------------------------------------------------------------------- */

static enum cl_code write_item(const struct cl_world *world, const char *folder,
                               const struct cl_private_item *item, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);

    cl_buf_addf(&path, "%s/%s", folder, item->name);
    CL_TRY(cl_buf_ok(&path, err));
    if (item->target != NULL)
        return world->make_link(world->ctx, item->target, path.ptr, err);
    return world->create_file(world->ctx, path.ptr, cl_str_of(item->content), 0600, err);
}

static enum cl_code write_items(const struct cl_world *world, const char *path,
                                const struct cl_private_folder *folder, struct cl_err *err)
{
    CL_TRY(world->make_dir(world->ctx, path, 0700, err));
    for (size_t i = 0; i < folder->count; i++)
        CL_TRY(write_item(world, path, &folder->items[i], err));
    return CL_OK;
}

enum cl_code cl_private_folder_write(const struct cl_world *world,
                                     const struct cl_private_folder *folder, char **ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err left_behind = CL_ERR_NONE;

    CL_TRY(cl_private_path(world, folder->variable, &path, err));
    enum cl_code code = write_items(world, path, folder, err);
    if (code != CL_OK) {
        CL_IGNORE(cl_private_folder_remove(world, path, &left_behind)); /* the failure is told */
        return code;
    }
    *ret = CL_MOVE(path);
    return CL_OK;
}

/* --- removing it --------------------------------------------------------------------------- */

static enum cl_code empty(const struct cl_world *world, const char *path, int depth,
                          struct cl_err *err);

/* What cannot be removed as a file is a folder. A link is never followed: it goes as a file. */
static enum cl_code remove_entry(const struct cl_world *world, const char *path, int depth,
                                 struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = world->remove_file(world->ctx, path, &why);

    if (code == CL_OK || code == CL_E_NOT_FOUND)
        return CL_OK;
    if (depth == DEPTH_MAX) {
        *err = why;
        return code;
    }
    CL_TRY(empty(world, path, depth + 1, err));
    return world->remove_dir(world->ctx, path, err);
}

/* As much as can be; the first failure is told. */
static enum cl_code empty(const struct cl_world *world, const char *path, int depth,
                          struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    enum cl_code first = CL_OK;

    CL_TRY(world->list_dir(world->ctx, path, &names, err));
    for (size_t i = 0; i < names.count; i++) {
        CL_AUTO(cl_buf) struct cl_buf entry = CL_BUF(PATH_MAX_BYTES);
        struct cl_err why = CL_ERR_NONE;
        cl_buf_addf(&entry, "%s/%s", path, names.items[i]);
        enum cl_code code = cl_buf_ok(&entry, &why);
        if (code == CL_OK)
            code = remove_entry(world, entry.ptr, depth, &why);
        if (code != CL_OK && first == CL_OK) {
            first = code;
            *err = why;
        }
    }
    return first;
}

enum cl_code cl_private_folder_remove(const struct cl_world *world, const char *path,
                                      struct cl_err *err)
{
    CL_TRY(empty(world, path, 0, err));
    return world->remove_dir(world->ctx, path, err);
}
