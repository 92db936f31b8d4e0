#ifndef CLEAT_TESTS_TEST_H
#define CLEAT_TESTS_TEST_H

/* cmocka needs these four before it, in this order. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/buf.h"
#include "base/err.h"

/* Fails with the error's text when the call does not succeed. */
#define assert_ok(call, err)                        \
    do {                                            \
        if ((call) != CL_OK)                        \
            fail_msg("%s: %s", #call, (err)->text); \
    } while (0)

#define assert_str(view, literal)                                                                  \
    do {                                                                                           \
        struct cl_str view_ = (view);                                                              \
        struct cl_str want_ = cl_str_of(literal);                                                  \
        if (!cl_str_eq(view_, want_))                                                              \
            fail_msg("%s is \"%.*s\", not \"%.*s\"", #view, CL_STR_ARG(view_), CL_STR_ARG(want_)); \
    } while (0)

#endif
