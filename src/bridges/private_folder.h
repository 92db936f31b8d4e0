#ifndef CLEAT_BRIDGES_PRIVATE_FOLDER_H
#define CLEAT_BRIDGES_PRIVATE_FOLDER_H

#include "base/world.h"

/* A folder for one other program, with files that only it shall read. */

/* What lies in it. */
struct cl_private_item {
    char *name;           /* owned */
    const char *variable; /* that has its path; static; NULL: none */
    char *content;        /* owned; may be a secret */
    char *target;         /* owned; instead: what it is a link to */
};

/* Zero-initialised is none. */
struct cl_private_folder {
    const char *variable; /* that has its path; static */
    struct cl_private_item *items;
    size_t count;
    size_t capacity;
};
void cl_private_folder_cleanup(struct cl_private_folder *folder);

/** Adds a file, which takes `content` over, also when it fails. */
enum cl_code cl_private_folder_add_take(struct cl_private_folder *folder, const char *name,
                                        const char *variable, char *content, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_private_folder_add_link(struct cl_private_folder *folder, const char *name,
                                        struct cl_str target, struct cl_err *err) CL_MUST_USE;

/**
 * Makes the folder (mode 0700, a name that nobody can foresee) where cl_private_file_write makes
 * files, and what lies in it (mode 0600). Nothing is left of it after a failure.
 *
 * @param ret  its path, owned by the caller
 */
enum cl_code cl_private_folder_write(const struct cl_world *world,
                                     const struct cl_private_folder *folder, char **ret,
                                     struct cl_err *err) CL_MUST_USE;

/** Removes it with all that the program has put there, links but not what they lead to. */
enum cl_code cl_private_folder_remove(const struct cl_world *world, const char *path,
                                      struct cl_err *err) CL_MUST_USE;

#endif
