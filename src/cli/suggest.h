#ifndef CLEAT_CLI_SUGGEST_H
#define CLEAT_CLI_SUGGEST_H

#include "base/strs.h"

/**
 * Gives an error that is set already the hint "Did you mean '...'?" when a candidate is near the
 * input. `prefix` stands before the candidate ("--"). Returns the error's code.
 */
enum cl_code cl_suggest(struct cl_err *err, const struct cl_strs *candidates, struct cl_str input,
                        const char *prefix);

#endif
