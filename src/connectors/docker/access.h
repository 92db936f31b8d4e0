#ifndef CLEAT_CONNECTORS_DOCKER_ACCESS_H
#define CLEAT_CONNECTORS_DOCKER_ACCESS_H

#include "clouds/registry/client.h"
#include "clouds/registry/names.h"
#include "connectors/docker/ops.h"

/* What a connector's configuration says about its registry. Zero-initialised is empty. */
struct docker_access {
    struct registry_name name;
    char repository[256];          /* that must be reachable; empty: none in particular */
    struct cl_secret *password;    /* without the line end of the file it came from */
    struct registry_config config; /* views of what stands above and of the connector */
};

void docker_access_cleanup(struct docker_access *access);

/**
 * @param access  zero-initialised, does not move while it is used; cleaned up by the caller also
 *                after a failure; `conn` must outlive it
 */
enum cl_code docker_access_open(const struct cl_connector *conn, struct docker_access *access,
                                struct cl_err *err) CL_MUST_USE;

/** The registry that is configured, Docker Hub if none is. */
enum cl_code docker_registry_of(const struct cl_connector *conn, struct registry_name *ret,
                                struct cl_err *err) CL_MUST_USE;

/** Without one line end: files end with one, passwords do not. */
struct cl_str docker_trim_line_end(struct cl_str text);

#endif
