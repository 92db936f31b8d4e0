#ifndef CLEAT_CODEC_YAML_PATCH_H
#define CLEAT_CODEC_YAML_PATCH_H

#include "base/buf.h"

/* Lines of a text and what is put in their place; for yaml_edit.c only. */

/** The line break that the text uses: the first one in it, else a line feed. */
struct cl_str cl_line_break(struct cl_str text);

/** Where the line that holds `at` begins. */
size_t cl_line_start(struct cl_str text, size_t at);

/** Where it ends, its break not counted. A place right behind a break belongs to that line. */
size_t cl_line_end(struct cl_str text, size_t at);

/** The begin of the break in front of a line that starts at `start`; 0 for the first line. */
size_t cl_break_before(struct cl_str text, size_t start);

/** The place behind the break that begins at `end`, or the text's end. */
size_t cl_break_behind(struct cl_str text, size_t end);

/* Bytes [start, end) become `with`. */
struct cl_patch {
    size_t start;
    size_t end;
    struct cl_str with; /* borrowed */
};

/** Appends the text with the patches in place. They are in order and do not overlap. */
void cl_buf_add_patched(struct cl_buf *buf, struct cl_str text, const struct cl_patch *patches,
                        size_t count);

#endif
