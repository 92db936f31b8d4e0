/*
 * Failed answers, "status, HEAD or not, headers, an empty line, body": whatever they say, there is
 * an error that may be shown.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "clouds/aws/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_http_response response = {.headers = CL_BUF(65536), .body = CL_BUF(1U << 20U)};
    struct cl_str rest = fuzz_text(data, size);
    struct aws_failure failure;
    struct cl_err err = CL_ERR_NONE;

    if (size < 2)
        return 0;
    response.status = 300 + data[0] + data[1] % 2 * 45;
    for (rest = cl_str_skip(rest, 2); rest.len > 0;) {
        struct cl_str line;

        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (line.len == 0)
            break;
        cl_buf_add(&response.headers, line);
        cl_buf_add_char(&response.headers, '\n');
    }
    cl_buf_add(&response.body, rest);
    aws_failure_read(&response, data[1] >= 128, NULL, &failure);
    FUZZ_CHECK(aws_failure_code(&failure) != CL_OK);
    FUZZ_CHECK(aws_failure_report(&failure, "sts", "Op", 1715690096, &err) == err.code);
    fuzz_check_error(&err);
    FUZZ_CHECK(err.retry_after_s >= 0 && err.retry_after_s <= 3600);
    cl_http_response_cleanup(&response);
    return 0;
}
