/* Shell words: quoting what was split splits into the same words. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/strs.h"
#include "codec/shellwords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_strs) struct cl_strs words = {.count = 0};
    CL_AUTO(cl_strs) struct cl_strs again = {.count = 0};
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(1U << 24U);

    if (cl_shellwords_split(fuzz_text(data, size), &words, &err) != CL_OK) {
        fuzz_check_error(&err);
        return 0;
    }
    for (size_t i = 0; i < words.count; i++) {
        cl_buf_add_shell_word(&line, cl_str_of(words.items[i]));
        cl_buf_add_char(&line, ' ');
    }
    FUZZ_CHECK(cl_buf_ok(&line, &err) == CL_OK);
    FUZZ_CHECK(cl_shellwords_split(cl_buf_view(&line), &again, &err) == CL_OK);
    FUZZ_CHECK(again.count == words.count);
    for (size_t i = 0; i < words.count; i++)
        FUZZ_CHECK(cl_str_eq_c(cl_str_of(words.items[i]), again.items[i]));
    return 0;
}
