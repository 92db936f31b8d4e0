#ifndef CLEAT_BASE_WORLD_RUN_H
#define CLEAT_BASE_WORLD_RUN_H

#include "base/world.h"

/** The real world's `run`; world.h says what it promises. `ctx` is not used. */
enum cl_code cl_world_run(void *ctx, const struct cl_child *child, struct cl_buf *ret,
                          int *ret_status, struct cl_err *err) CL_MUST_USE;

#endif
