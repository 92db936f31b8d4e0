#ifndef CLEAT_CLI_DOCUMENT_H
#define CLEAT_CLI_DOCUMENT_H

#include "base/buf.h"
#include "cli/look.h"

#define CL_DOCUMENT_WIDTH 80

/*
 * Pages such as `describe-type`, from a small markup. Blocks are separated by blank lines:
 *
 *   # Text            heading in a double box
 *   ## Text           centred heading
 *   - Text            bullet; further lines of it are indented
 *   ---               rule
 *   anything else     paragraph; its lines are joined
 *
 * Inside a block: `code`, **bold**, [text](address). A backslash takes the next sign literally.
 */

/** Appends the drawn page: 80 columns, less when look->width is (0 counts as 80). */
enum cl_code cl_document_render(struct cl_str markup, const struct cl_look *look,
                                struct cl_buf *out, struct cl_err *err) CL_MUST_USE;

/** Appends text to markup so that none of its signs means anything. */
void cl_document_add_literal(struct cl_buf *markup, struct cl_str text);

#endif
