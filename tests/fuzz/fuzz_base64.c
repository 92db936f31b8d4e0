/* Base64: what decodes has one spelling, and every byte string survives the way there and back. */
#include "fuzz.h"

#include "base/buf.h"
#include "codec/base64.h"

static struct cl_str without_padding(struct cl_str text)
{
    while (cl_str_ends(text, CL_STR("=")))
        text.len--;
    return text;
}

static void check_decoding(struct cl_str text, enum cl_base64_alphabet alphabet)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(1U << 24U);
    CL_AUTO(cl_buf) struct cl_buf again = CL_BUF(1U << 24U);

    if (cl_base64_decode(text, alphabet, &bytes, &err) != CL_OK) {
        fuzz_check_error(&err);
        FUZZ_CHECK(bytes.len == 0);
        return;
    }
    cl_buf_add_base64(&again, cl_buf_view(&bytes), alphabet);
    FUZZ_CHECK(cl_str_eq(without_padding(cl_buf_view(&again)), without_padding(text)));
}

static void check_encoding(struct cl_str bytes, enum cl_base64_alphabet alphabet)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1U << 24U);
    CL_AUTO(cl_buf) struct cl_buf again = CL_BUF(1U << 24U);

    cl_buf_add_base64(&text, bytes, alphabet);
    FUZZ_CHECK(cl_base64_decode(cl_buf_view(&text), alphabet, &again, &err) == CL_OK);
    FUZZ_CHECK(cl_str_eq(cl_buf_view(&again), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_str text = fuzz_text(data, size);

    check_decoding(text, CL_BASE64_STANDARD);
    check_decoding(text, CL_BASE64_URL);
    check_encoding(text, CL_BASE64_STANDARD);
    check_encoding(text, CL_BASE64_URL);
    return 0;
}
