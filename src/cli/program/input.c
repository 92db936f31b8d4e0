#include "cli/program/input.h"

#include <errno.h>
#include <unistd.h>

enum cl_code cl_input_read(int fd, struct cl_buf *ret, struct cl_err *err)
{
    char chunk[4096];
    ssize_t got = 1;

    while (got != 0) {
        got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            return cl_err_set(err, CL_E_FAILED, "cannot read standard input: %s",
                              strerrordesc_np(errno));
        }
        cl_buf_add(ret, cl_str_make(chunk, (size_t)got));
        explicit_bzero(chunk, (size_t)got);
        if (ret->failed != CL_OK) {
            return cl_err_set(err, CL_E_INVALID, "standard input is larger than %zu bytes",
                              ret->max);
        }
    }
    return CL_OK;
}
