#ifndef CLEAT_CORE_QUOTE_H
#define CLEAT_CORE_QUOTE_H

#include "base/strs.h"

/* How errors of core name what a user gave, and what would have been right. */

struct cl_quote {
    char text[100];
};

/** The text for a message, cut at a character: `cl_err_set(..., "'%s'", cl_quote(name).text)`. */
struct cl_quote cl_quote(struct cl_str untrusted);

/**
 * Reports a name that is not among the valid ones: the formatted sentence and, behind it, what
 * would be valid; the nearest match becomes the hint.
 *
 * @return `code`, or CL_E_FAILED when memory runs out
 */
enum cl_code cl_unknown(struct cl_err *err, enum cl_code code, struct cl_str given,
                        const struct cl_strs *valid, const char *format, ...) CL_PRINTF(5, 6);

#endif
