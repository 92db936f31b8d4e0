#ifndef CLEAT_BASE_LIBRARY_H
#define CLEAT_BASE_LIBRARY_H

#include <stddef.h>

#include "base/err.h"

/*
 * Shared libraries that are opened at first use, because linking them would make every start of the
 * program pay for them. One loader file per library holds the table of the functions that are used.
 */

/**
 * Opens the library for the rest of the process.
 *
 * @param name     "libexpat.so.1"
 * @param package  the Debian package that has it, for the hint
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING
 */
enum cl_code cl_library_open(const char *name, const char *package, void **ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Finds a function of an open library.
 *
 * @param ret   pointer to a function pointer
 * @param size  of that pointer
 * @return CL_OK, CL_E_LOCAL_TOOL_MISSING
 */
enum cl_code cl_library_find(void *library, const char *name, void *ret, size_t size,
                             struct cl_err *err) CL_MUST_USE;

#endif
