#ifndef CLEAT_CLI_PROGRAM_FOLDERS_H
#define CLEAT_CLI_PROGRAM_FOLDERS_H

#include "base/world.h"

/**
 * Where the local store lives: CLEAT_CONFIG_PATH, else $XDG_STATE_HOME/cleat, else
 * ~/.local/state/cleat. Services often have no HOME: then the user's home folder. Owned by the
 * caller; *ret NULL when there is none of them, which matters to whoever needs the store.
 */
enum cl_code cl_state_folder(const struct cl_world *world, char **ret, struct cl_err *err)
    CL_MUST_USE;

#endif
