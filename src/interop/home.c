#include "interop/home.h"

enum cl_code cl_add_home(const struct cl_world *world, const char *what, struct cl_buf *out,
                         struct cl_err *err)
{
    struct cl_str home = cl_world_env(world, "HOME");

    if (home.len == 0)
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "cannot find %s: HOME is not set", what);
    cl_buf_add(out, home);
    return CL_OK;
}
