#ifndef CLEAT_BRIDGES_DOCKER_HELPER_H
#define CLEAT_BRIDGES_DOCKER_HELPER_H

#include "base/call.h"
#include "core/issued.h"

struct cl_api; /* core/api.h */

/*
 * What `docker-credential-cleat` answers: Docker's credential helper protocol. It serves the
 * registries that `login` has noted and no other, and touches neither store nor network before it
 * knows that a registry is one of these.
 */
struct cl_docker_helper {
    const struct cl_call *call;
    const char *version;

    /** Standard input, whole, at most what `ret` takes. */
    enum cl_code (*read_input)(void *ctx, struct cl_buf *ret, struct cl_err *err);
    /** The product's use cases, at their first need. */
    enum cl_code (*open_api)(void *ctx, struct cl_api **ret, struct cl_err *err);
    void *ctx;
};

#define CL_DOCKER_HELPER_PATIENCE_MS 20000

/** True when the program was started under the helper's name. */
bool cl_docker_helper_is_meant(const char *argv0);

/**
 * Answers one call. What Docker is to read, errors too, goes to `out`, which is to be written to
 * standard output.
 *
 * @param words  what stands behind the program's name, NULL-terminated
 * @return the exit code of the process: 0, or 1 with a sentence
 */
int cl_docker_helper_run(const struct cl_docker_helper *helper, char *const words[],
                         struct cl_buf *out);

/** The one spelling of a registry: "https://index.docker.io/v1/" is "docker.io". Owned by the
 *  caller. @return CL_OK, CL_E_ID_INVALID */
enum cl_code cl_docker_registry_id(struct cl_str spelled, char **ret, struct cl_err *err)
    CL_MUST_USE;

/** The one spelling of the registry that a credential is for. Owned by the caller. */
enum cl_code cl_docker_issued_id(const struct cl_issued *issued, char **ret, struct cl_err *err)
    CL_MUST_USE;

#endif
