#ifndef CLEAT_CLI_EXAMPLE_H
#define CLEAT_CLI_EXAMPLE_H

#include "base/buf.h"
#include "cli/command.h"

/**
 * Adds a line of an example. %1 to %9 become the words of the innermost group that has some;
 * without a word they stay as they are.
 *
 * @param path  root, groups and the command, `depth` of them
 */
void cl_example_add(const struct cl_command *const *path, size_t depth, const char *line,
                    struct cl_buf *out);

#endif
