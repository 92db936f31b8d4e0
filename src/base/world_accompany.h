#ifndef CLEAT_BASE_WORLD_ACCOMPANY_H
#define CLEAT_BASE_WORLD_ACCOMPANY_H

#include "base/world.h"

/** The real world's `accompany`; world.h says what it promises. `ctx` is not used. */
enum cl_code cl_world_accompany(void *ctx, char *const argv[], char *const envp[], int *ret_status,
                                struct cl_err *err) CL_MUST_USE;

#endif
