#ifndef CLEAT_INTEROP_DOCKER_READ_H
#define CLEAT_INTEROP_DOCKER_READ_H

#include "base/secret.h"
#include "interop/docker_config.h"

/* Taking credentials over from the files of Docker and podman, and from the helpers named there.
 * Sources: as docker_config.h; Docker CLI, config file "auths". */

/* Stands in place of the user name when the secret is a refresh token. */
#define CL_DOCKER_TOKEN_USER "<token>"

struct cl_docker_credential {
    struct cl_secret *username;
    struct cl_secret *password;
};
#define CL_DOCKER_CREDENTIAL_NONE ((struct cl_docker_credential){.username = NULL})
void cl_docker_credential_cleanup(struct cl_docker_credential *credential);

/* A registry that a file knows a credential for. */
struct cl_docker_known {
    char *key;    /* as the file calls it: "ghcr.io", "https://index.docker.io/v1/", "r.io/ns" */
    char *helper; /* to be asked with the key; NULL: the credential stands in the file */
};

/* Zero-initialised is empty. */
struct cl_docker_knowledge {
    struct cl_docker_known *items;
    size_t count;
    size_t capacity;
    char *store; /* the helper for whatever is not named; NULL: none */
};
void cl_docker_knowledge_cleanup(struct cl_docker_knowledge *knowledge);

/** CL_E_INVALID when the text is no such file. Nothing but blanks is an empty one. */
enum cl_code cl_docker_knowledge_read(enum cl_docker_file kind, struct cl_str text,
                                      struct cl_docker_knowledge *ret, struct cl_err *err)
    CL_MUST_USE;

/** The credential that stands in the file itself. CL_E_INVALID: there is none, or it is damaged. */
enum cl_code cl_docker_credential_read(enum cl_docker_file kind, struct cl_str text,
                                       const char *key, struct cl_docker_credential *ret,
                                       struct cl_err *err) CL_MUST_USE;

/**
 * Asks `docker-credential-HELPER get`.
 * @return CL_OK, CL_E_NOT_FOUND (it has none), CL_E_LOCAL_TOOL_MISSING, CL_E_LOCAL_CONFIG (it
 * fails: what it says is quoted), CL_E_TIMEOUT
 */
enum cl_code cl_docker_helper_ask(const struct cl_world *world, const char *helper, const char *key,
                                  struct cl_docker_credential *ret, struct cl_err *err) CL_MUST_USE;

/** Has `docker-credential-HELPER store` keep the credential. Errors as above. */
enum cl_code cl_docker_helper_keep(const struct cl_world *world, const char *helper,
                                   const char *key, const struct cl_docker_credential *credential,
                                   struct cl_err *err) CL_MUST_USE;

/** Has `docker-credential-HELPER erase` forget it. Errors as above. */
enum cl_code cl_docker_helper_drop(const struct cl_world *world, const char *helper,
                                   const char *key, struct cl_err *err) CL_MUST_USE;

#endif
