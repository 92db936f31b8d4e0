#ifndef CLEAT_CLI_TERMINAL_H
#define CLEAT_CLI_TERMINAL_H

#include "base/world.h"

bool cl_terminal_is(int fd);

/** Columns of the terminal: what the kernel says, else COLUMNS, else 80. */
size_t cl_terminal_columns(int fd, const struct cl_world *world);

/** Whether LC_ALL, LC_CTYPE or LANG (the first that is set) names UTF-8. */
bool cl_terminal_is_utf8(const struct cl_world *world);

/** Whether it is known to show OSC 8 links. */
bool cl_terminal_has_links(const struct cl_world *world);

#endif
