#include "bridges/tool_file.h"

#define LOCK_WAIT_MS 10000
#define PATH_MAX_BYTES 4096

static enum cl_code read_if_there(const struct cl_world *world, const char *path,
                                  struct cl_buf *before, bool *ret_existed, struct cl_err *err)
{
    struct cl_err absent = CL_ERR_NONE;
    enum cl_code code = world->read_file(world->ctx, path, before, &absent);

    *ret_existed = code == CL_OK;
    if (code == CL_OK || code == CL_E_NOT_FOUND)
        return CL_OK;
    *err = absent;
    return code;
}

/* What the file holds, and what it would hold. */
static enum cl_code read_and_edit(const struct cl_world *world, const struct cl_tool_file *file,
                                  struct cl_buf *before, struct cl_tool_file_text *text,
                                  struct cl_err *err)
{
    CL_TRY(read_if_there(world, file->path, before, &text->existed, err));
    text->before = cl_buf_view(before);
    if (file->edit(file->ctx, text, err) != CL_OK)
        return cl_err_wrap(err, "%s", file->path);
    return cl_buf_ok(&text->after, err);
}

/* Whatever keeps the file from being changed is a trouble of this machine. */
static enum cl_code as_local(enum cl_code code, struct cl_err *err)
{
    if (code == CL_E_INVALID || code == CL_E_TIMEOUT)
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

enum cl_code cl_tool_file_refuse(const char *path, const struct cl_err *why, struct cl_err *err)
{
    *err = *why;
    (void)as_local(why->code, err);
    return cl_err_wrap(err, "%s", path);
}

enum cl_code cl_tool_file_try(const struct cl_world *world, const struct cl_tool_file *file,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf before = CL_BUF_SECRET(file->max_bytes);
    struct cl_tool_file_text text = {.after = CL_BUF_SECRET(2 * file->max_bytes)};
    enum cl_code code = read_and_edit(world, file, &before, &text, err);

    cl_buf_cleanup(&text.after);
    return code == CL_OK ? CL_OK : as_local(code, err);
}

enum cl_code cl_tool_file_make_folder(const struct cl_world *world, const char *path,
                                      struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf folder = CL_BUF(PATH_MAX_BYTES);
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path) /* here, or the root: there already */
        return CL_OK;
    cl_buf_add(&folder, cl_str_make(path, (size_t)(slash - path)));
    CL_TRY(cl_buf_ok(&folder, err));
    return world->make_dir(world->ctx, folder.ptr, 0700, err);
}

/* replace_file only ever takes permissions away from an existing file. */
static mode_t wanted_mode(const struct cl_tool_file *file, const struct cl_tool_file_text *text)
{
    return text->existed && !file->owner_only ? 0777 : 0600;
}

static enum cl_code put(const struct cl_world *world, const struct cl_tool_file *file,
                        const struct cl_tool_file_text *text, struct cl_err *err)
{
    if (text->remove)
        return text->existed ? world->remove_target(world->ctx, file->path, err) : CL_OK;
    if (text->existed && !file->owner_only && cl_str_eq(text->before, cl_buf_view(&text->after)))
        return CL_OK;
    return world->replace_file(world->ctx, file->path, cl_buf_view(&text->after),
                               wanted_mode(file, text), err);
}

static enum cl_code edit_locked(const struct cl_world *world, const struct cl_tool_file *file,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf before = CL_BUF_SECRET(file->max_bytes);
    struct cl_tool_file_text text = {.after = CL_BUF_SECRET(2 * file->max_bytes)};

    enum cl_code code = read_and_edit(world, file, &before, &text, err);
    if (code == CL_OK)
        code = put(world, file, &text, err);
    cl_buf_cleanup(&text.after);
    return code;
}

static enum cl_code lock_and_edit(const struct cl_call *call, const struct cl_tool_file *file,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf lock_path = CL_BUF(PATH_MAX_BYTES);
    const struct cl_world *world = call->world;
    struct cl_call patience = cl_call_within(call, LOCK_WAIT_MS);
    int lock = -1;

    cl_buf_addf(&lock_path, "%s%s", file->path, file->lock_suffix);
    CL_TRY(cl_buf_ok(&lock_path, err));
    CL_TRY(cl_tool_file_make_folder(world, file->path, err));
    CL_TRY(world->lock_file(world->ctx, lock_path.ptr, patience.deadline_ms, &lock, err));
    enum cl_code code = edit_locked(world, file, err);
    world->unlock_file(world->ctx, lock);
    return code;
}

enum cl_code cl_tool_file_edit(const struct cl_call *call, const struct cl_tool_file *file,
                               struct cl_err *err)
{
    enum cl_code code = lock_and_edit(call, file, err);

    return code == CL_OK ? CL_OK : as_local(code, err);
}
