#ifndef CLEAT_TESTS_FAULTS_H
#define CLEAT_TESTS_FAULTS_H

#include <stdint.h>

#include "base/err.h"

/** What is tried: must give back everything it took, whether it succeeds or not. */
typedef enum cl_code (*fault_fn)(void *ctx, struct cl_err *err);

/**
 * Runs `attempt` with its first, second, ... allocation failing, until none fails any more. The
 * test fails when an attempt reports anything but CL_E_FAILED, overlooks the failure, or leaves a
 * block behind. Returns how many allocations there were to fail. With CLEAT_TEST_SHORT set a long
 * row of them is tried with growing gaps.
 */
int64_t fail_each_allocation(fault_fn attempt, void *ctx);

#endif
