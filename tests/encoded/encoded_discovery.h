#ifndef CLEAT_TESTS_ENCODED_DISCOVERY_H
#define CLEAT_TESTS_ENCODED_DISCOVERY_H

#include "core/api.h"

/** A discovery whose request and every row pass through text. */
enum cl_code encoded_discovery_start(struct cl_api *inner, const struct cl_call *call,
                                     const struct cl_discovery_request *request,
                                     struct cl_discovery **ret, struct cl_err *err) CL_MUST_USE;

#endif
