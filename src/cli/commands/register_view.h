#ifndef CLEAT_CLI_COMMANDS_REGISTER_VIEW_H
#define CLEAT_CLI_COMMANDS_REGISTER_VIEW_H

#include "cli/commands/view.h"

/* What register and update print for programs. */
#define CL_REGISTER_MEMBERS "connector resources dry_run"

/** What register says when it has succeeded. */
enum cl_code cl_register_print(struct cl_cli *cli, const struct cl_register_result *result,
                               bool dry_run, struct cl_err *err) CL_MUST_USE;

/** What update says when it has succeeded. */
enum cl_code cl_update_print(struct cl_cli *cli, const struct cl_register_result *result,
                             struct cl_err *err) CL_MUST_USE;

#endif
