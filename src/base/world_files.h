#ifndef CLEAT_BASE_WORLD_FILES_H
#define CLEAT_BASE_WORLD_FILES_H

#include "base/world.h"

/*
 * The file functions of the real world; world.h says what each promises. Nobody but
 * cl_world_real() and the tests call them by name. `ctx` is not used.
 */
enum cl_code cl_files_read(void *ctx, const char *path, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_files_stat(void *ctx, const char *path, struct cl_file_info *ret,
                           struct cl_err *err) CL_MUST_USE;
enum cl_code cl_files_replace(void *ctx, const char *path, struct cl_str content, mode_t mode,
                              struct cl_err *err) CL_MUST_USE;
enum cl_code cl_files_create(void *ctx, const char *path, struct cl_str content, mode_t mode,
                             struct cl_err *err) CL_MUST_USE;
enum cl_code cl_files_make_link(void *ctx, const char *target, const char *path, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_files_make_dir(void *ctx, const char *path, mode_t mode, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_files_list_dir(void *ctx, const char *path, struct cl_strs *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_files_remove_dir(void *ctx, const char *path, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_files_remove(void *ctx, const char *path, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_files_remove_target(void *ctx, const char *path, struct cl_err *err) CL_MUST_USE;
enum cl_code cl_files_lock(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                           struct cl_err *err) CL_MUST_USE;
void cl_files_unlock(void *ctx, int lock);
enum cl_code cl_files_make_marker(void *ctx, const char *path, int64_t deadline_ms, int *ret,
                                  struct cl_err *err) CL_MUST_USE;
void cl_files_drop_marker(void *ctx, const char *path, int lock);

#endif
