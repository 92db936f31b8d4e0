/* Dates and durations: what was read is written so that it reads back the same. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/time.h"

static void check_written(int64_t at)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(64);
    int64_t again = 0;

    cl_buf_add_rfc3339(&text, at);
    FUZZ_CHECK(cl_buf_ok(&text, &err) == CL_OK);
    FUZZ_CHECK(cl_time_parse_rfc3339(cl_buf_view(&text), &again, &err) == CL_OK && again == at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str text = fuzz_text(data, size);
    int64_t value = 0;

    if (cl_time_parse_rfc3339(text, &value, &err) == CL_OK)
        check_written(value);
    else
        fuzz_check_error(&err);
    if (cl_time_parse_http(text, &value, &err) == CL_OK)
        check_written(value);
    if (cl_time_parse_input(text, 1700000000, &value, &err) == CL_OK)
        (void)value;
    if (cl_duration_parse(text, &value, &err) == CL_OK)
        FUZZ_CHECK(value >= 0);
    return 0;
}
