#include "cli/program/folders.h"

enum cl_code cl_state_folder(const struct cl_world *world, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(4096);
    struct cl_str own = cl_world_env(world, "CLEAT_CONFIG_PATH");
    struct cl_str state = cl_world_env(world, "XDG_STATE_HOME");
    struct cl_str home = cl_world_env(world, "HOME");

    if (own.len > 0) {
        cl_buf_add(&path, own);
    } else if (cl_str_starts(state, CL_STR("/"))) { /* the XDG rules: relative ones are ignored */
        cl_buf_add(&path, state);
        cl_buf_add_c(&path, "/cleat");
    } else if (home.len > 0) {
        cl_buf_add(&path, home);
        cl_buf_add_c(&path, "/.local/state/cleat");
    } else {
        return cl_err_set(err, CL_E_LOCAL_CONFIG,
                          "cannot tell where the local store is: HOME is not set");
    }
    return cl_buf_take(&path, ret, err);
}
