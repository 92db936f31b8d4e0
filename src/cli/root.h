#ifndef CLEAT_CLI_ROOT_H
#define CLEAT_CLI_ROOT_H

#include "cli/command.h"

/** The root of the command table. */
extern const struct cl_command cl_root_command;

/* The groups and commands below it, one file each. */
extern const struct cl_command cl_command_service_connector;

#endif
