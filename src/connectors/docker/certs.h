#ifndef CLEAT_CONNECTORS_DOCKER_CERTS_H
#define CLEAT_CONNECTORS_DOCKER_CERTS_H

#include "base/secret.h"
#include "base/strs.h"
#include "base/world.h"

/* The certificates that Docker's daemon uses for one registry.
 * Source: Docker documentation, "Verify repository client with certificates". */

struct docker_certs {
    char *folder;             /* that was looked into */
    bool there;               /* it exists */
    char *authorities;        /* every *.crt; NULL: none */
    struct cl_secret *client; /* the first *.cert; NULL: none */
    struct cl_secret *key;    /* the *.key of the same name */
    size_t client_count;      /* pairs that are there */
};
void docker_certs_cleanup(struct docker_certs *certs);

/**
 * @param host  canonical, with its port if it has one
 * @return CL_OK (also when there is no folder), CL_E_LOCAL_CONFIG (a file that cannot be read, or a
 *         certificate without its key)
 */
enum cl_code docker_certs_read(const struct cl_world *world, const char *host,
                               struct docker_certs *ret, struct cl_err *err) CL_MUST_USE;

#endif
