#ifndef CLEAT_CLI_PROGRAM_FOLDERS_H
#define CLEAT_CLI_PROGRAM_FOLDERS_H

#include "base/world.h"

/**
 * Where the local store lives: CLEAT_CONFIG_PATH, else $XDG_STATE_HOME/cleat, else
 * ~/.local/state/cleat. Owned by the caller. CL_E_LOCAL_CONFIG without any of them.
 */
enum cl_code cl_state_folder(const struct cl_world *world, char **ret, struct cl_err *err)
    CL_MUST_USE;

#endif
