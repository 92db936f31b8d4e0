#ifndef CLEAT_BASE_WORLD_BEHIND_H
#define CLEAT_BASE_WORLD_BEHIND_H

#include "base/world.h"

/** The real world's leave_behind; world.h says what it promises. `ctx` is not used. */
enum cl_code cl_world_leave_behind(void *ctx, void (*serve)(void *what, int ended), void *what,
                                   int keep, struct cl_err *err) CL_MUST_USE;

#endif
