#include "cli/program/folders.h"

#include <pwd.h>
#include <unistd.h>

static void add_home(const struct cl_world *world, struct cl_buf *path)
{
    struct cl_str home = cl_world_env(world, "HOME");
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;

    if (home.len == 0) {
        (void)getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found);
        home = found == NULL ? CL_STR_NONE : cl_str_of(found->pw_dir);
    }
    cl_buf_add(path, home);
}

enum cl_code cl_state_folder(const struct cl_world *world, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(4096);
    struct cl_str own = cl_world_env(world, "CLEAT_CONFIG_PATH");
    struct cl_str state = cl_world_env(world, "XDG_STATE_HOME");

    *ret = NULL;
    if (own.len > 0) {
        cl_buf_add(&path, own);
        return cl_buf_take(&path, ret, err);
    }
    if (cl_str_starts(state, CL_STR("/"))) { /* the XDG rules: relative ones are ignored */
        cl_buf_add(&path, state);
        cl_buf_add_c(&path, "/cleat");
        return cl_buf_take(&path, ret, err);
    }
    add_home(world, &path);
    if (path.len == 0)
        return cl_buf_ok(&path, err);
    cl_buf_add_c(&path, "/.local/state/cleat");
    return cl_buf_take(&path, ret, err);
}
