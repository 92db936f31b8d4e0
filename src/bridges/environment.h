#ifndef CLEAT_BRIDGES_ENVIRONMENT_H
#define CLEAT_BRIDGES_ENVIRONMENT_H

#include "bridges/private_folder.h"
#include "core/api.h"

/* An issued credential as environment variables of another tool. */

struct cl_variable {
    char *name;  /* owned */
    char *value; /* owned; may be a secret */
    bool secret; /* to be masked where somebody may look */
};

/* Some tools read a file, and a variable tells them where it is. Zero-initialised is none. */
struct cl_environment_file {
    const char *variable; /* "KUBECONFIG"; static */
    char *content;        /* owned; may be a secret */
};

/* Zero-initialised is empty. */
struct cl_environment {
    struct cl_variable *items; /* to set, in order */
    size_t count;
    size_t capacity;
    const char *const *removed; /* to unset first, NULL-terminated; a trailing * is a prefix */
    struct cl_environment_file file;
    struct cl_private_folder folder; /* for tools that read several files */
};

void cl_environment_cleanup(struct cl_environment *environment);

/**
 * The variables for the tool that takes this kind of credential, and the CLEAT_ ones.
 * @return CL_E_UNSUPPORTED: no tool takes this credential from variables; CL_E_INVALID: a value
 *         with a line break or NUL
 */
enum cl_code cl_environment_make(const struct cl_issue_client_result *client,
                                 struct cl_environment *ret, struct cl_err *err) CL_MUST_USE;

/**
 * The names, with empty values, of what cl_environment_make() can set for a client of this
 * connector: to take it away again, for which nothing has to be issued.
 * @param resource_type  of the client; empty: the connector's only one, else its own kind
 * @return CL_E_UNSUPPORTED: no tool takes this credential from variables
 */
enum cl_code cl_environment_names(const struct cl_connector *conn, struct cl_str resource_type,
                                  struct cl_environment *ret, struct cl_err *err) CL_MUST_USE;

/**
 * The same as cl_environment_make() for a caller that writes a file or a folder, should the tool
 * want one: it then sets the variables to their paths with cl_environment_add_path() or
 * cl_environment_add_folder(). Without a file there is `file.content` NULL, without a folder
 * `folder.variable`.
 */
enum cl_code cl_environment_make_with_file(const struct cl_call *call,
                                           const struct cl_issue_client_result *client,
                                           struct cl_environment *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_environment_add_path(struct cl_environment *environment, const char *path,
                                     struct cl_err *err) CL_MUST_USE;
enum cl_code cl_environment_add_folder(struct cl_environment *environment, const char *path,
                                       struct cl_err *err) CL_MUST_USE;

/** Keeps only the variables that `names` lists. */
void cl_environment_only(struct cl_environment *environment, const struct cl_strs *names);

/** Puts `prefix` before every name. */
enum cl_code cl_environment_prefix(struct cl_environment *environment, struct cl_str prefix,
                                   struct cl_err *err) CL_MUST_USE;

/** Is the variable one of those to be removed before the new ones are set? */
bool cl_environment_removes(const struct cl_environment *environment, struct cl_str name);

/**
 * The environment of a child: `inherited` without what is removed or replaced, and the new ones.
 *
 * @param inherited  NAME=value, NULL-terminated
 * @param ret        NULL-terminated array of owned strings, cl_environment_free_block()
 */
enum cl_code cl_environment_block(const struct cl_environment *environment, char *const *inherited,
                                  char ***ret, struct cl_err *err) CL_MUST_USE;
void cl_environment_free_block(char **block);

#endif
