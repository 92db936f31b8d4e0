#ifndef CLEAT_CONNECTORS_DOCKER_PLACES_H
#define CLEAT_CONNECTORS_DOCKER_PLACES_H

#include "clouds/registry/names.h"
#include "core/type.h"
#include "interop/docker_read.h"

/* Where the files of Docker and podman say that registries have a credential. */

/* One of them. */
struct docker_place {
    char *path; /* of the file */
    enum cl_docker_file kind;
    char *key;    /* what the file calls the registry */
    char *helper; /* to be asked; NULL: it stands in the file */
    char *host;   /* canonical */
};

/* Zero-initialised is empty. */
struct docker_places {
    struct docker_place *items; /* in the order in which they are to be tried */
    size_t count;
    size_t capacity;
    struct cl_strs hosts;     /* whose credentials are known, each once */
    struct cl_strs looked_at; /* files, each with what was there */
};
void docker_places_cleanup(struct docker_places *places);

/**
 * Looks into all files that the tools read, or into one.
 *
 * @param wanted  canonical host; empty: whichever there is
 * @param file    the one to look into; NULL: the usual ones
 * @return CL_OK, CL_E_LOCAL_CONFIG (a file that cannot be read or parsed, with its name)
 */
enum cl_code docker_places_look(const struct cl_world *world, const char *wanted, const char *file,
                                struct docker_places *ret, struct cl_err *err) CL_MUST_USE;

/** The credential. CL_E_NOT_FOUND: the helper has none. Errors name the file or the helper. */
enum cl_code docker_place_read(const struct cl_world *world, const struct docker_place *place,
                               struct cl_docker_credential *ret, struct cl_err *err) CL_MUST_USE;

/** Adds "PATH: WHAT" to what was looked at. */
enum cl_code docker_places_note(struct docker_places *places, const char *path, const char *what,
                                struct cl_err *err) CL_MUST_USE;

#endif
