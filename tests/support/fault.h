#ifndef CLEAT_TESTS_FAULT_H
#define CLEAT_TESTS_FAULT_H

#include "test.h"

#include "base/alloc.h"

#define FAULT_LOOP_LIMIT 5000

/*
 * Makes the call again and again, the first, second, third ... allocation failing, until it gets
 * through; each failure must be reported as such. `undo` runs after every try. Leaks are the
 * sanitizer's to find.
 */
#define assert_survives_faults(call, undo)                                           \
    do {                                                                             \
        enum cl_code code_ = CL_E_FAILED;                                            \
        int64_t nth_ = 0;                                                            \
        while (code_ != CL_OK) {                                                     \
            assert_true(nth_ < FAULT_LOOP_LIMIT);                                    \
            (void)cl_alloc_fail_at(++nth_);                                          \
            code_ = (call);                                                          \
            (void)cl_alloc_fail_at(0);                                               \
            undo;                                                                    \
            if (code_ != CL_OK)                                                      \
                assert_string_equal(cl_code_wire(code_), cl_code_wire(CL_E_FAILED)); \
        }                                                                            \
        assert_true(nth_ > 1);                                                       \
    } while (0)

#endif
