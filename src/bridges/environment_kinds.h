#ifndef CLEAT_BRIDGES_ENVIRONMENT_KINDS_H
#define CLEAT_BRIDGES_ENVIRONMENT_KINDS_H

#include "bridges/companion.h"

/* One variable and where its value comes from; a value that is empty sets nothing. */
struct cl_environment_row {
    const char *variable;
    const char *attr; /* of the credential; NULL: when the credential ends */
    bool secret;      /* is `attr` a secret one? */
    bool if_stored;   /* the connector's own configuration has `attr` too, or nobody has */
};

/* How one kind of credential becomes variables: a row of a table. */
struct cl_environment_kind {
    const char *connector_type; /* of the client */
    const char *const *removed;
    const struct cl_environment_row *rows; /* NULL: none */
    size_t row_count;
    /* The file that its tools read; NULL: variables are enough. */
    enum cl_code (*add_file)(const struct cl_call *call,
                             const struct cl_issue_client_result *client,
                             struct cl_environment_file *ret, struct cl_err *err);
    /* The folder that its tools read; NULL: none. */
    enum cl_code (*add_folder)(const struct cl_call *call,
                               const struct cl_issue_client_result *client,
                               struct cl_private_folder *ret, struct cl_err *err);
    /* Adds variables that lead to a companion; NULL: none is needed. */
    enum cl_code (*attend)(const struct cl_call *call, const struct cl_issue_client_result *client,
                           struct cl_environment *environment, struct cl_companion *ret,
                           struct cl_err *err);
};

/** NULL when no tool takes that kind from variables. */
const struct cl_environment_kind *cl_environment_kind_find(struct cl_str connector_type);

/** Adds a variable; an empty value adds nothing. */
enum cl_code cl_environment_add(struct cl_environment *environment, const char *name,
                                struct cl_str value, bool secret, struct cl_err *err) CL_MUST_USE;
/** CLEAT_CONNECTOR and its like: where the credential comes from. */
enum cl_code cl_environment_add_own(struct cl_environment *environment,
                                    const struct cl_issue_client_result *client, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_environment_add_time(struct cl_environment *environment, const char *name,
                                     int64_t at, struct cl_err *err) CL_MUST_USE;

/* The rows that make a file, or a folder. */
enum cl_code cl_environment_add_docker(const struct cl_call *call,
                                       const struct cl_issue_client_result *client,
                                       struct cl_private_folder *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_environment_add_kubeconfig(const struct cl_call *call,
                                           const struct cl_issue_client_result *client,
                                           struct cl_environment_file *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
