#include "cli/style.h"

/* Only attributes and the eight basic colours: they follow the user's own palette. */
static const char *const sequences[] = {
    [CL_STYLE_PLAIN] = "",
    [CL_STYLE_BOLD] = "\x1b[1m",
    [CL_STYLE_DIM] = "\x1b[2m",
    [CL_STYLE_ITALIC] = "\x1b[3m",
    [CL_STYLE_UNDERLINE] = "\x1b[4m",
    [CL_STYLE_RED] = "\x1b[31m",
    [CL_STYLE_GREEN] = "\x1b[32m",
    [CL_STYLE_YELLOW] = "\x1b[33m",
    [CL_STYLE_CYAN] = "\x1b[36m",
    [CL_STYLE_BOLD_RED] = "\x1b[1;31m",
};

struct cl_str cl_style_begin(enum cl_style style)
{
    return cl_str_of(sequences[style]);
}

void cl_style_add(struct cl_buf *out, bool colour, enum cl_style style, struct cl_str shown)
{
    bool styled = colour && style != CL_STYLE_PLAIN && shown.len > 0;

    if (styled)
        cl_buf_add(out, cl_style_begin(style));
    cl_buf_add(out, shown);
    if (styled)
        cl_buf_add_c(out, CL_STYLE_END);
}
