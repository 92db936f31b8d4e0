#ifndef CLEAT_CLI_TEXT_WRAP_H
#define CLEAT_CLI_TEXT_WRAP_H

#include "base/buf.h"

/* What cl_text_wrap gives each line to: a view into the wrapped text, without trailing blanks. */
typedef void (*cl_line_fn)(void *ctx, struct cl_str line);

/**
 * Wraps shown text (text_width.h) at `width` columns, each of its lines on its own: words go to the
 * next line as a whole, one wider than a line is cut. Width 0 only splits at line feeds. At least
 * one line is given, an empty text gives an empty one.
 */
void cl_text_wrap(struct cl_str shown, size_t width, cl_line_fn line, void *ctx);

/**
 * Appends text wrapped at `width`, each line behind `indent` blanks (which count) and ended by a
 * line feed. Blanks at the start of an input line indent all pieces of that line.
 */
void cl_text_add_wrapped(struct cl_buf *out, struct cl_str shown, size_t width, size_t indent);

#endif
