#include "faults.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "test.h"

#define ALLOCATIONS_MAX 100000

int64_t fail_each_allocation(fault_fn attempt, void *ctx)
{
    const int64_t spread = getenv("CLEAT_TEST_SHORT") == NULL ? ALLOCATIONS_MAX : 16;

    for (int64_t nth = 1; nth < ALLOCATIONS_MAX; nth += 1 + nth / spread) {
        struct cl_err err = CL_ERR_NONE;
        size_t live = cl_alloc_live_blocks();

        (void)cl_alloc_fail_at(nth);
        enum cl_code rc = attempt(ctx, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_int_equal(cl_alloc_live_blocks(), live);
        if (rc == CL_OK && made < nth)
            return made;
        if (rc == CL_OK)
            fail_msg("the failure of allocation %ld was overlooked", (long)nth);
        if (rc != CL_E_FAILED)
            fail_msg("allocation %ld: %s (%s)", (long)nth, err.text, cl_code_wire(rc));
        assert_int_equal(err.code, rc);
    }
    fail_msg("more than %d allocations", ALLOCATIONS_MAX);
    return 0;
}
