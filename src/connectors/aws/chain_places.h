#ifndef CLEAT_CONNECTORS_AWS_CHAIN_PLACES_H
#define CLEAT_CONNECTORS_AWS_CHAIN_PLACES_H

#include "connectors/aws/chain.h"

/** Fills region and endpoints of what was found: variables first, then the profile. */
enum cl_code aws_chain_places(const struct cl_world *world, const struct cl_aws_profiles *profiles,
                              struct aws_found *found, struct cl_err *err) CL_MUST_USE;

#endif
