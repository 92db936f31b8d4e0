#ifndef CLEAT_CLI_COMMANDS_BY_RESOURCE_H
#define CLEAT_CLI_COMMANDS_BY_RESOURCE_H

#include "cli/commands/gathered.h"

/**
 * Prints each resource once, with the names of all connectors that reach it: resource types as the
 * connectors list them, ids sorted bytewise, errors behind them. In every format.
 */
enum cl_code cl_by_resource_print(struct cl_out *out, const struct cl_gathered *gathered,
                                  struct cl_err *err) CL_MUST_USE;

/** CL_E_INVALID when --columns names what the output will not have. */
enum cl_code cl_by_resource_check(const struct cl_out *out, struct cl_err *err) CL_MUST_USE;

#endif
