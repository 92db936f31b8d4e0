#include "bridges/private_file.h"

#include "base/alloc.h"

#define PATH_MAX_BYTES 4096

enum cl_code cl_session_folder_add(const struct cl_world *world, struct cl_buf *ret,
                                   struct cl_err *err)
{
    struct cl_str runtime = cl_world_env(world, "XDG_RUNTIME_DIR");
    struct cl_file_info info = {.exists = false};
    struct cl_err unknown = CL_ERR_NONE;

    bool is_there = cl_str_starts(runtime, CL_STR("/")) &&
                    world->stat_file(world->ctx, runtime.ptr, &info, &unknown) == CL_OK &&
                    info.is_directory;
    if (!is_there)
        return cl_err_set(err, CL_E_NOT_FOUND, "XDG_RUNTIME_DIR is no folder");
    cl_buf_add(ret, runtime);
    cl_buf_add_c(ret, "/cleat");
    CL_TRY(cl_buf_ok(ret, err));
    return world->make_dir(world->ctx, ret->ptr, 0700, err);
}

static enum cl_code add_folder(const struct cl_world *world, struct cl_buf *path,
                               struct cl_err *err)
{
    struct cl_err absent = CL_ERR_NONE;

    enum cl_code code = cl_session_folder_add(world, path, &absent);
    if (code == CL_E_NOT_FOUND) {
        cl_buf_add_c(path, "/tmp");
        return cl_buf_ok(path, err);
    }
    if (code != CL_OK)
        *err = absent;
    return code;
}

enum cl_code cl_private_path(const struct cl_world *world, const char *kind, char **ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(PATH_MAX_BYTES);
    char id[37];

    CL_TRY(cl_uuid_new(world, id, err));
    CL_TRY(add_folder(world, &path, err));
    cl_buf_addf(&path, "/cleat-%s-%s", kind, id);
    return cl_buf_take(&path, ret, err);
}

enum cl_code cl_private_file_write(const struct cl_world *world, const char *kind,
                                   struct cl_str content, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;

    CL_TRY(cl_private_path(world, kind, &path, err));
    CL_TRY(world->create_file(world->ctx, path, content, 0600, err));
    *ret = CL_MOVE(path);
    return CL_OK;
}
