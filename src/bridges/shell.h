#ifndef CLEAT_BRIDGES_SHELL_H
#define CLEAT_BRIDGES_SHELL_H

#include "bridges/environment.h"

/* Assignments in the language of a shell, for `eval`. */
struct cl_shell;

/** sh, bash, zsh, fish, csh, powershell, dotenv, json; NULL when there is none of that name. */
const struct cl_shell *cl_shell_find(struct cl_str name);

/** The shell that $SHELL names, sh when it is none of them. */
const struct cl_shell *cl_shell_guess(struct cl_str shell_variable);

/** Names, NULL-terminated: choices of an option. */
extern const char *const cl_shell_names[];

/**
 * Appends the removals, then the assignments, each on a line of its own.
 * @param mask  show **** for secret values
 */
enum cl_code cl_shell_add_assignments(const struct cl_shell *shell,
                                      const struct cl_environment *environment, bool mask,
                                      struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/** Appends NAME=VALUE lines without any quoting, for programs that read them as they stand. */
enum cl_code cl_shell_add_plain(const struct cl_environment *environment, struct cl_buf *ret,
                                struct cl_err *err) CL_MUST_USE;

/** Appends what takes the variables away again. */
enum cl_code cl_shell_add_removals(const struct cl_shell *shell,
                                   const struct cl_environment *environment, struct cl_buf *ret,
                                   struct cl_err *err) CL_MUST_USE;

#endif
