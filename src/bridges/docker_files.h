#ifndef CLEAT_BRIDGES_DOCKER_FILES_H
#define CLEAT_BRIDGES_DOCKER_FILES_H

#include "base/call.h"
#include "interop/docker_config.h"
#include "interop/docker_map.h"

/* The files that `login` changes for a registry: those of Docker and podman, and Cleat's own note
 * of what it changed. */

/** Puts what the edit wants into the file, or takes it out; `edit->text` is filled in.
 *  @return as cl_docker_edit, with the file's name; CL_E_LOCAL_CONFIG */
enum cl_code cl_docker_file_edit(const struct cl_call *call, const struct cl_docker_place *place,
                                 const struct cl_docker_edit *edit, struct cl_err *err) CL_MUST_USE;

/** What that would return; changes nothing. Also says what the file is now. */
enum cl_code cl_docker_file_try(const struct cl_world *world, const struct cl_docker_place *place,
                                const struct cl_docker_edit *edit, enum cl_docker_was *ret_was,
                                struct cl_err *err) CL_MUST_USE;

/** What the file says about the registry; a missing file says nothing. */
enum cl_code cl_docker_file_read(const struct cl_world *world, const char *path, const char *key,
                                 struct cl_docker_entry *ret, struct cl_err *err) CL_MUST_USE;

/** Notes the mapping in the file as it is by now; it is empty afterwards. */
enum cl_code cl_docker_map_note(const struct cl_call *call, struct cl_docker_mapping *mapping,
                                struct cl_err *err) CL_MUST_USE;

/** Forgets the registry; the file goes with its last one. */
enum cl_code cl_docker_map_forget(const struct cl_call *call, struct cl_str id, struct cl_err *err)
    CL_MUST_USE;

#endif
