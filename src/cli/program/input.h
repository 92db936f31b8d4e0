#ifndef CLEAT_CLI_PROGRAM_INPUT_H
#define CLEAT_CLI_PROGRAM_INPUT_H

#include "base/buf.h"

/**
 * Reads a descriptor to its end.
 * @return CL_OK, CL_E_INVALID (more than `ret` takes), CL_E_FAILED
 */
enum cl_code cl_input_read(int fd, struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

#endif
