#ifndef CLEAT_BRIDGES_PRIVATE_FILE_H
#define CLEAT_BRIDGES_PRIVATE_FILE_H

#include "base/world.h"

/**
 * Appends $XDG_RUNTIME_DIR/cleat, and makes it. That is in memory, this user's alone, and goes with
 * the session.
 *
 * @return CL_OK, CL_E_NOT_FOUND (this session has no such folder), CL_E_LOCAL_CONFIG
 */
enum cl_code cl_session_folder_add(const struct cl_world *world, struct cl_buf *ret,
                                   struct cl_err *err) CL_MUST_USE;

/**
 * Where such a file or folder may be made: nothing is there, nobody can foresee the name, and the
 * folder around it exists.
 */
enum cl_code cl_private_path(const struct cl_world *world, const char *kind, char **ret,
                             struct cl_err *err) CL_MUST_USE;

/**
 * Writes a file for one other program: mode 0600, a name that nobody can foresee, in
 * $XDG_RUNTIME_DIR/cleat, or in /tmp where there is no such folder. Whoever made it removes it.
 *
 * @param kind  begins the name: "kubeconfig"
 * @param ret   its path, owned by the caller
 */
enum cl_code cl_private_file_write(const struct cl_world *world, const char *kind,
                                   struct cl_str content, char **ret, struct cl_err *err)
    CL_MUST_USE;

#endif
