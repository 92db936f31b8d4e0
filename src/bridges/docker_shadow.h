#ifndef CLEAT_BRIDGES_DOCKER_SHADOW_H
#define CLEAT_BRIDGES_DOCKER_SHADOW_H

#include "base/strs.h"
#include "interop/docker_config.h"

/*
 * What else a file of podman's says about a registry, beside the registry's own entry: a tool of
 * its kind looks a name up from the whole of it upwards, and takes other spellings, too.
 * Source: containers-auth.json(5), "CREDENTIAL LOOKUP".
 */

/* Zero-initialised is empty. */
struct cl_docker_shadow {
    char *whole;          /* a key whose credential is for the whole registry; NULL: none */
    struct cl_strs parts; /* keys of parts of it, "quay.io/acme" */
};
void cl_docker_shadow_cleanup(struct cl_docker_shadow *shadow);

/**
 * Is a key of such a file about the registry, or about a part of it?
 *
 * @param id        the registry, canonical
 * @param ret_part  "quay.io/acme"; only where *ret
 */
enum cl_code cl_docker_key_is_about(struct cl_str key, const char *id, bool *ret, bool *ret_part,
                                    struct cl_err *err) CL_MUST_USE;

/**
 * Cleat's own entries are left out. A missing file says nothing.
 *
 * @param id   the registry, canonical
 * @return CL_OK, CL_E_LOCAL_CONFIG (a file that cannot be read or parsed)
 */
enum cl_code cl_docker_shadow_read(const struct cl_world *world, const char *path, const char *id,
                                   struct cl_docker_shadow *ret, struct cl_err *err) CL_MUST_USE;

#endif
