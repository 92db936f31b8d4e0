#ifndef CLEAT_TESTS_FUZZ_H
#define CLEAT_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

/** One input; must not crash, leak, or take long, whatever the bytes are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct cl_str fuzz_text(const uint8_t *data, size_t size)
{
    return cl_str_make((const char *)data, size);
}

/* A property that holds for every input. */
#define FUZZ_CHECK(holds)                                                     \
    do {                                                                      \
        if (!(holds)) {                                                       \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
            abort();                                                          \
        }                                                                     \
    } while (0)

/** An error's texts may be shown: terminated, valid UTF-8, no control characters. */
static inline void fuzz_check_error(const struct cl_err *err)
{
    struct cl_str text = cl_str_of(err->text);

    FUZZ_CHECK(err->code != CL_OK && text.len > 0 && text.len < sizeof(err->text));
    FUZZ_CHECK(cl_is_utf8(text) && cl_is_utf8(cl_str_of(err->hint)));
    for (size_t i = 0; i < text.len; i++)
        FUZZ_CHECK((unsigned char)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7F);
}

#endif
