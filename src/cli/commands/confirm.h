#ifndef CLEAT_CLI_COMMANDS_CONFIRM_H
#define CLEAT_CLI_COMMANDS_CONFIRM_H

#include "cli/cli.h"

/**
 * "Delete WHAT `NAME`? [y/N]". People are asked, scripts are not; --yes answers. After a no it is
 * said that nothing was deleted.
 *
 * @return CL_OK, CL_E_INPUT_REQUIRED, CL_E_INTERRUPTED, CL_E_USAGE as cl_prompt_confirm
 */
enum cl_code cl_confirm_delete(struct cl_cli *cli, const char *what, const char *name, bool *ret,
                               struct cl_err *err) CL_MUST_USE;

#endif
