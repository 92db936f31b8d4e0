#ifndef CLEAT_INTEROP_HOME_H
#define CLEAT_INTEROP_HOME_H

#include "base/world.h"

/**
 * Appends the user's home folder.
 * @param what  "the AWS configuration", for the error
 * @return CL_OK, CL_E_LOCAL_CONFIG (HOME is not set)
 */
enum cl_code cl_add_home(const struct cl_world *world, const char *what, struct cl_buf *out,
                         struct cl_err *err) CL_MUST_USE;

#endif
