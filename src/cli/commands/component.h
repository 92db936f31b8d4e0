#ifndef CLEAT_CLI_COMMANDS_COMPONENT_H
#define CLEAT_CLI_COMMANDS_COMPONENT_H

#include "cli/command.h"

/* The commands that every kind of stack component has. A group is a row that points to them. */
extern const struct cl_command *const cl_component_commands[];
#define CL_COMPONENT_COMMANDS 7

/* Of cl_component_encode. */
#define CL_COMPONENT_MEMBERS                                                                 \
    "id name kind flavor configuration labels owner active connector connector_resource_id " \
    "created updated"

extern const struct cl_command cl_command_component_register;
extern const struct cl_command cl_command_component_list;
extern const struct cl_command cl_command_component_describe;
extern const struct cl_command cl_command_component_connect;
extern const struct cl_command cl_command_component_disconnect;
extern const struct cl_command cl_command_component_delete;
extern const struct cl_command cl_command_component_flavor;

#endif
