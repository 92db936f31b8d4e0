#ifndef CLEAT_BRIDGES_TOOL_FILE_H
#define CLEAT_BRIDGES_TOOL_FILE_H

#include "base/call.h"

/*
 * Changing a file of another tool: lock, read, edit, temporary file, rename. Whoever else takes the
 * lock waits; everybody else finds either the old file or the new one. On failure the file is as
 * it was.
 */

/* What an edit makes of a file. */
struct cl_tool_file_text {
    struct cl_str before; /* empty when the file does not exist */
    bool existed;
    struct cl_buf after; /* to be filled; the same as before: nothing is written */
    bool remove;         /* instead of writing `after` */
};

struct cl_tool_file {
    const char *path;
    const char *lock_suffix; /* the lock is PATH.lock_suffix: ".lock" */
    size_t max_bytes;        /* of the file; what is written may be twice as large */
    /* A new file has mode 0600. An existing one keeps its own, or with this only what of it the
     * owner may do. */
    bool owner_only;
    /* Pure: text to text. CL_E_INVALID is a file that cannot be understood. */
    enum cl_code (*edit)(void *ctx, struct cl_tool_file_text *text, struct cl_err *err);
    void *ctx;
};

/**
 * A missing folder is made with mode 0700. Symbolic links are followed, the owner stays.
 *
 * @return what the edit returns; CL_E_LOCAL_CONFIG when the file cannot be locked, read, understood
 *         or written. Names the file.
 */
enum cl_code cl_tool_file_edit(const struct cl_call *call, const struct cl_tool_file *file,
                               struct cl_err *err) CL_MUST_USE;

/** Makes the folder that a file is to stand in, with mode 0700, and those above it. */
enum cl_code cl_tool_file_make_folder(const struct cl_world *world, const char *path,
                                      struct cl_err *err) CL_MUST_USE;

/** Hands on why a file of another tool could not be read or understood: names it, and says
 *  CL_E_LOCAL_CONFIG for CL_E_INVALID. */
enum cl_code cl_tool_file_refuse(const char *path, const struct cl_err *why, struct cl_err *err);

/** What cl_tool_file_edit would return, were it asked; changes nothing. */
enum cl_code cl_tool_file_try(const struct cl_world *world, const struct cl_tool_file *file,
                              struct cl_err *err) CL_MUST_USE;

#endif
