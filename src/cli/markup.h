#ifndef CLEAT_CLI_MARKUP_H
#define CLEAT_CLI_MARKUP_H

#include "base/buf.h"
#include "base/strs.h"
#include "cli/look.h"

/* The inside of a block of cli/document.h: text, and how each byte of it is drawn. */

enum cl_span {
    CL_SPAN_PLAIN = 0,
    CL_SPAN_CODE = 1,
    CL_SPAN_BOLD = 2,
    CL_SPAN_LINK = 4, /* and upwards: CL_SPAN_LINK * (1 + index into links) */
};

struct cl_spans {
    struct cl_buf text;  /* shown text without markers */
    struct cl_buf kinds; /* one byte for each byte of text */
    struct cl_strs links;
};

#define CL_SPANS(max_bytes)                                   \
    {                                                         \
        .text = CL_BUF(max_bytes), .kinds = CL_BUF(max_bytes) \
    }

/** Parses the markers of one block; where links are not drawn as such their address follows. */
enum cl_code cl_spans_parse(struct cl_spans *spans, struct cl_str block, const struct cl_look *look,
                            struct cl_err *err) CL_MUST_USE;

/** Appends a piece of spans->text with its sequences, and `base` as the style of plain parts. */
void cl_spans_draw(const struct cl_spans *spans, struct cl_str piece, const struct cl_look *look,
                   struct cl_str base, struct cl_buf *out);

void cl_spans_cleanup(struct cl_spans *spans);

#endif
