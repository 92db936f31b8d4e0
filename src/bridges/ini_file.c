#include "bridges/ini_file.h"

#include "codec/ini.h"

#define LOCK_WAIT_MS 10000
#define PATH_MAX_BYTES 4096

/* What the file holds, and what it would hold. */
static enum cl_code read_and_edit(const struct cl_world *world, const char *path,
                                  const struct cl_ini_edit *wanted, struct cl_buf *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf before = CL_BUF_SECRET(CL_INI_MAX_BYTES);
    struct cl_ini_edit edit = *wanted;
    struct cl_err absent = CL_ERR_NONE;

    if (world->read_file(world->ctx, path, &before, &absent) != CL_OK &&
        absent.code != CL_E_NOT_FOUND) {
        *err = absent;
        return absent.code;
    }
    edit.text = cl_buf_view(&before);
    if (cl_ini_edit(&edit, ret, err) != CL_OK)
        return cl_err_wrap(err, "%s", path);
    return CL_OK;
}

/* Whatever keeps the file from being changed is a trouble of this machine. */
static enum cl_code as_local(enum cl_code code, struct cl_err *err)
{
    if (code == CL_E_INVALID || code == CL_E_TIMEOUT)
        err->code = CL_E_LOCAL_CONFIG;
    return err->code;
}

enum cl_code cl_ini_file_try(const struct cl_world *world, const char *path,
                             const struct cl_ini_edit *edit, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf after = CL_BUF_SECRET(2 * CL_INI_MAX_BYTES);
    enum cl_code code = read_and_edit(world, path, edit, &after, err);

    return code == CL_OK ? CL_OK : as_local(code, err);
}

static enum cl_code make_folder(const struct cl_world *world, const char *path, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf folder = CL_BUF(PATH_MAX_BYTES);
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path) /* here, or the root: there already */
        return CL_OK;
    cl_buf_add(&folder, cl_str_make(path, (size_t)(slash - path)));
    CL_TRY(cl_buf_ok(&folder, err));
    return world->make_dir(world->ctx, folder.ptr, 0700, err);
}

static enum cl_code edit_locked(const struct cl_world *world, const char *path,
                                const struct cl_ini_edit *edit, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf after = CL_BUF_SECRET(2 * CL_INI_MAX_BYTES);

    CL_TRY(read_and_edit(world, path, edit, &after, err));
    return world->replace_file(world->ctx, path, cl_buf_view(&after), 0600, err);
}

static enum cl_code lock_and_edit(const struct cl_call *call, const char *path,
                                  const struct cl_ini_edit *edit, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf lock_path = CL_BUF(PATH_MAX_BYTES);
    const struct cl_world *world = call->world;
    struct cl_call patience = cl_call_within(call, LOCK_WAIT_MS);
    int lock = -1;

    cl_buf_addf(&lock_path, "%s.lock", path);
    CL_TRY(cl_buf_ok(&lock_path, err));
    CL_TRY(make_folder(world, path, err));
    CL_TRY(world->lock_file(world->ctx, lock_path.ptr, patience.deadline_ms, &lock, err));
    enum cl_code code = edit_locked(world, path, edit, err);
    world->unlock_file(world->ctx, lock);
    return code;
}

enum cl_code cl_ini_file_edit(const struct cl_call *call, const char *path,
                              const struct cl_ini_edit *edit, struct cl_err *err)
{
    /* Nothing is made for the sake of something that cannot be there. */
    if (edit->section.len == 0)
        CL_TRY(cl_ini_file_try(call->world, path, edit, err));
    enum cl_code code = lock_and_edit(call, path, edit, err);
    return code == CL_OK ? CL_OK : as_local(code, err);
}
