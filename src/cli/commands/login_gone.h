#ifndef CLEAT_CLI_COMMANDS_LOGIN_GONE_H
#define CLEAT_CLI_COMMANDS_LOGIN_GONE_H

#include "bridges/login.h"
#include "cli/cli.h"

/**
 * `login NAME_OR_ID --logout` of a connector that was deleted: what `login` wrote says by itself
 * whose it is. Takes away all that the options do not exclude.
 *
 * @param like  the request as it would be for a connector that is there
 * @param err   says already that there is no such connector; stays so when nothing was found
 */
enum cl_code cl_log_out_gone(struct cl_cli *cli, const struct cl_args *args,
                             const struct cl_login_request *like, struct cl_login_result *ret,
                             struct cl_err *err) CL_MUST_USE;

#endif
