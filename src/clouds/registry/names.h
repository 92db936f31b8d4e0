#ifndef CLEAT_CLOUDS_REGISTRY_NAMES_H
#define CLEAT_CLOUDS_REGISTRY_NAMES_H

#include "base/buf.h"

/* What registries and repositories are called. Pure. */

#define REGISTRY_HUB "docker.io"
#define REGISTRY_ID_FORMS "[https://]{host}[:{port}][/{repository}], {docker-hub-repository}"

/* A registry as somebody wrote it. Zero-initialised is none. */
struct registry_name {
    char host[272];       /* the canonical id: host or host:port, lower case */
    char repository[256]; /* what stood behind it; empty: nothing */
    bool has_scheme;
    bool plain_http; /* it was written with http:// */
};

/**
 * Reads any accepted spelling. A first part that cannot be a host name (no dot, no port, not
 * localhost) is a name on Docker Hub, as in image references; each of Docker Hub's hosts becomes
 * docker.io.
 *
 * @return CL_OK, CL_E_ID_INVALID with the forms that are accepted
 * Source: Docker, "docker image tag", image references; RFC 3986, RFC 5952.
 */
enum cl_code registry_name_parse(struct cl_str input, struct registry_name *ret, struct cl_err *err)
    CL_MUST_USE;

/** True for path components of small letters and digits joined by . _ __ or -, with / between. */
bool registry_is_repository(struct cl_str text);

/** Appends where the registry's API is: no slash at its end. `host` is a canonical id. */
void registry_add_base(struct cl_buf *url, struct cl_str host, bool plain_http);

#endif
