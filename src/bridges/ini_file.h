#ifndef CLEAT_BRIDGES_INI_FILE_H
#define CLEAT_BRIDGES_INI_FILE_H

#include "base/call.h"
#include "interop/ini_edit.h"

/*
 * Changing one section of another tool's file. Whoever else locks `PATH.lock` waits; everybody else
 * finds either the old file or the new one. On failure the file is as it was.
 */

/**
 * Applies the edit, whose `text` is the file. A missing file is an empty one, a missing folder is
 * made with mode 0700, a new file has mode 0600; an existing one keeps what it has where that is
 * stricter.
 *
 * @return CL_OK, CL_E_CONFLICT and CL_E_NOT_FOUND as cl_ini_edit, CL_E_LOCAL_CONFIG (the file
 * cannot be locked, read, parsed or written)
 */
enum cl_code cl_ini_file_edit(const struct cl_call *call, const char *path,
                              const struct cl_ini_edit *edit, struct cl_err *err) CL_MUST_USE;

/** What cl_ini_file_edit would return, were it asked; changes nothing. */
enum cl_code cl_ini_file_try(const struct cl_world *world, const char *path,
                             const struct cl_ini_edit *edit, struct cl_err *err) CL_MUST_USE;

#endif
