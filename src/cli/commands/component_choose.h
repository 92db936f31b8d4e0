#ifndef CLEAT_CLI_COMMANDS_COMPONENT_CHOOSE_H
#define CLEAT_CLI_COMMANDS_COMPONENT_CHOOSE_H

#include "cli/cli.h"
#include "core/api.h"

/**
 * Looks for connectors that reach what the component takes, and asks which of them, and which of
 * its resources, it is to be connected to (cli.md §6.1).
 *
 * @param resource_id  only this resource; empty: the component's own, else any
 * @param ret  the connector, with one row and one id
 * @return CL_E_INVALID (takes no connector), CL_E_NOT_FOUND (nothing reaches it), CL_E_FAILED
 *         (declined), what the prompts return
 */
enum cl_code cl_component_choose(struct cl_cli *cli, const struct cl_component *component,
                                 struct cl_str resource_id, struct cl_resource_list *ret,
                                 struct cl_err *err) CL_MUST_USE;

#endif
