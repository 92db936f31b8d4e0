#ifndef CLEAT_BASE_FILES_UTIL_H
#define CLEAT_BASE_FILES_UTIL_H

#include "base/str.h"

/* What the files of the real world share; not for use outside base/. */

/** For CL_AUTO(cl_fd) int fd = -1; */
void cl_fd_cleanup(const int *fd);

/** Hands a descriptor on: the variable is -1 afterwards. */
int cl_fd_take(int *fd);

/** The end of a path that is too long for an error text. */
const char *cl_path_shown(const char *path);

/** "cannot VERB 'PATH': cause" from errno; CL_E_NOT_FOUND or CL_E_LOCAL_CONFIG. */
enum cl_code cl_files_error(struct cl_err *err, const char *verb, const char *path);

/** The folder that holds `path`, owned by the caller: "." or "/" where it names none. */
enum cl_code cl_path_parent(const char *path, char **ret, struct cl_err *err) CL_MUST_USE;

/** Makes what happened to the names in the folder of `path` durable. */
enum cl_code cl_files_sync_parent(const char *path, struct cl_err *err) CL_MUST_USE;

#endif
