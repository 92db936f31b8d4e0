#ifndef CLEAT_BRIDGES_DOCKER_PRIVATE_H
#define CLEAT_BRIDGES_DOCKER_PRIVATE_H

#include <jansson.h>

#include "core/config.h"

/**
 * What stands under "auths" for an issued credential.
 *
 * @param with_pair  also user name and password as they are, which Kubernetes wants
 * @param ret        owned by the caller
 */
enum cl_code cl_docker_make_entry(const struct cl_config *config, bool with_pair, json_t **ret,
                                  struct cl_err *err) CL_MUST_USE;

#endif
