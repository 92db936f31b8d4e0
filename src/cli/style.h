#ifndef CLEAT_CLI_STYLE_H
#define CLEAT_CLI_STYLE_H

#include "base/buf.h"

enum cl_style {
    CL_STYLE_PLAIN,
    CL_STYLE_BOLD,
    CL_STYLE_DIM,
    CL_STYLE_ITALIC,
    CL_STYLE_UNDERLINE,
    CL_STYLE_RED,
    CL_STYLE_GREEN,
    CL_STYLE_YELLOW,
    CL_STYLE_CYAN,
    CL_STYLE_BOLD_RED,
};

/** The sequence that starts a style; empty for CL_STYLE_PLAIN. */
struct cl_str cl_style_begin(enum cl_style style);

/** The sequence that ends every style. */
#define CL_STYLE_END "\x1b[0m"

/** Appends shown text in a style; plainly when `colour` is false or the text is empty. */
void cl_style_add(struct cl_buf *out, bool colour, enum cl_style style, struct cl_str shown);

#endif
