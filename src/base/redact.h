#ifndef CLEAT_BASE_REDACT_H
#define CLEAT_BASE_REDACT_H

#include "base/buf.h"

/**
 * Appends what a provider said in a form that may be shown and logged: the given secrets, values
 * behind names such as "Signature=", and runs of characters that look like a token are replaced by
 * [hidden]; control characters are escaped; it is cut at `max` bytes.
 *
 * @param secrets  values that must not appear, whatever they look like; shorter than 8 bytes: not
 *                 looked for
 */
void cl_buf_add_redacted(struct cl_buf *buf, struct cl_str said, const struct cl_str *secrets,
                         size_t secret_count, size_t max);

#endif
