#ifndef CLEAT_TESTS_CAPTURE_H
#define CLEAT_TESTS_CAPTURE_H

#include <errno.h>

#include "cli/stream.h"
#include "test.h"

/* Streams that keep what is written to them, in one buffer if they share it. */

static inline int capture_write(void *ctx, const char *ptr, size_t len)
{
    struct cl_buf *text = ctx;

    cl_buf_add(text, cl_str_make(ptr, len));
    return text->failed == CL_OK ? 0 : ENOSPC;
}

static inline struct cl_stream capture_stream(struct cl_buf *text)
{
    return (struct cl_stream){.write = capture_write, .ctx = text, .fd = -1};
}

static inline struct cl_stream capture_terminal(struct cl_buf *text, size_t columns)
{
    return (struct cl_stream){
        .write = capture_write, .ctx = text, .fd = -1, .is_terminal = true, .columns = columns};
}

#endif
