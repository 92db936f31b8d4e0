#ifndef CLEAT_CLI_HELP_H
#define CLEAT_CLI_HELP_H

#include "cli/args.h"
#include "cli/look.h"

/**
 * Appends the help of the command or group that the path ends with: summary, usage, examples,
 * commands, options by group, environment, exit codes. Wrapped at min(look->width, 100).
 */
enum cl_code cl_help_render(const struct cl_args *args, const struct cl_look *look,
                            struct cl_buf *out, struct cl_err *err) CL_MUST_USE;

#endif
