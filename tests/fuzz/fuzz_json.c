/* JSON replies: what was read is written so that it reads back the same. */
#include "fuzz.h"

#include "base/alloc.h"
#include "codec/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_json) json_t *value = NULL;
    CL_AUTO(cl_json) json_t *again = NULL;
    CL_AUTO(cl_string) char *first = NULL;
    CL_AUTO(cl_string) char *second = NULL;

    if (cl_json_parse(fuzz_text(data, size), &value, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    (void)cl_json_i64(value, "a", 0);
    (void)cl_json_str(cl_json_get(value, "a"), "b");
    if (cl_json_dump(value, CL_JSON_COMPACT, &first, &err) != CL_OK)
        return 0; /* escapes can make the text longer than may be read */
    FUZZ_CHECK(cl_json_parse(cl_str_of(first), &again, &err) == CL_OK);
    FUZZ_CHECK(cl_json_dump(again, CL_JSON_COMPACT, &second, &err) == CL_OK);
    FUZZ_CHECK(cl_str_eq_c(cl_str_of(first), second));
    return 0;
}
