#include "codec/base64.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

/* The vectors of RFC 4648, section 10, and where the alphabets differ. */
static const struct {
    struct cl_str bytes;
    const char *standard, *url;
} vectors[] = {
    {CL_STR_INIT(""), "", ""},
    {CL_STR_INIT("f"), "Zg==", "Zg"},
    {CL_STR_INIT("fo"), "Zm8=", "Zm8"},
    {CL_STR_INIT("foo"), "Zm9v", "Zm9v"},
    {CL_STR_INIT("foob"), "Zm9vYg==", "Zm9vYg"},
    {CL_STR_INIT("fooba"), "Zm9vYmE=", "Zm9vYmE"},
    {CL_STR_INIT("foobar"), "Zm9vYmFy", "Zm9vYmFy"},
    {CL_STR_INIT("\xfb\xff\xbe"), "+/++", "-_--"},
    {CL_STR_INIT("\0\0\0\0"), "AAAAAA==", "AAAAAA"},
    {CL_STR_INIT("AWS:token"), "QVdTOnRva2Vu", "QVdTOnRva2Vu"},
};

static void encodes_the_published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(vectors); i++) {
        CL_AUTO(cl_buf) struct cl_buf standard = CL_BUF(100);
        CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(100);
        cl_buf_add_base64(&standard, vectors[i].bytes, CL_BASE64_STANDARD);
        cl_buf_add_base64(&url, vectors[i].bytes, CL_BASE64_URL);
        assert_str(cl_buf_view(&standard), vectors[i].standard);
        assert_str(cl_buf_view(&url), vectors[i].url);
    }
}

static void decodes_with_and_without_padding(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(vectors); i++) {
        CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(100);
        struct cl_err err = CL_ERR_NONE;
        struct cl_str padded = cl_str_of(vectors[i].standard);

        assert_ok(cl_base64_decode(padded, CL_BASE64_STANDARD, &bytes, &err), &err);
        assert_true(cl_str_eq(cl_buf_view(&bytes), vectors[i].bytes));
        while (cl_str_ends(padded, CL_STR("=")))
            padded.len--;
        cl_buf_truncate(&bytes, 0);
        assert_ok(cl_base64_decode(padded, CL_BASE64_STANDARD, &bytes, &err), &err);
        assert_true(cl_str_eq(cl_buf_view(&bytes), vectors[i].bytes));
        cl_buf_truncate(&bytes, 0);
        assert_ok(cl_base64_decode(cl_str_of(vectors[i].url), CL_BASE64_URL, &bytes, &err), &err);
        assert_true(cl_str_eq(cl_buf_view(&bytes), vectors[i].bytes));
    }
}

static const struct {
    const char *text;
    enum cl_base64_alphabet alphabet;
} refused[] = {
    {"Z", CL_BASE64_STANDARD},                                      /* six bits are no byte */
    {"Zm9vY", CL_BASE64_STANDARD},    {"Zh==", CL_BASE64_STANDARD}, /* bits left over */
    {"Zm9=", CL_BASE64_STANDARD},     {"Zg=", CL_BASE64_STANDARD},  /* half of the padding */
    {"Zg===", CL_BASE64_STANDARD},    {"====", CL_BASE64_STANDARD},
    {"=", CL_BASE64_STANDARD},        {"Zm9v====", CL_BASE64_STANDARD},
    {"Zg==Zg==", CL_BASE64_STANDARD}, {"Zm 9v", CL_BASE64_STANDARD},
    {"Zm9v\n", CL_BASE64_STANDARD},   {"-_--", CL_BASE64_STANDARD},
    {"+/++", CL_BASE64_URL},          {"Zm9\xfc", CL_BASE64_STANDARD},
    {"Zm9*", CL_BASE64_URL},
};

static void refuses_second_spellings(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(refused); i++) {
        CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(100);
        struct cl_err err = CL_ERR_NONE;
        cl_buf_add_c(&bytes, "kept");
        enum cl_code rc =
            cl_base64_decode(cl_str_of(refused[i].text), refused[i].alphabet, &bytes, &err);
        if (rc != CL_E_INVALID)
            fail_msg("accepts %s", refused[i].text);
        assert_str(cl_buf_view(&bytes), "kept");
    }
}

static void every_byte_survives_the_way_there_and_back(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(1000);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1000);
        CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(1000);
        enum cl_base64_alphabet alphabet = i % 2 == 0 ? CL_BASE64_URL : CL_BASE64_STANDARD;
        cl_buf_add_char(&bytes, (char)(unsigned char)(i * 7));
        cl_buf_add_base64(&text, cl_buf_view(&bytes), alphabet);
        assert_ok(cl_base64_decode(cl_buf_view(&text), alphabet, &back, &err), &err);
        assert_true(cl_str_eq(cl_buf_view(&back), cl_buf_view(&bytes)));
    }
}

static void decoding_respects_the_buffer(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf small = CL_BUF(4);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&small, "x");
    assert_ok(cl_base64_decode(CL_STR("Zm9v"), CL_BASE64_URL, &small, &err), &err);
    cl_buf_truncate(&small, 1);
    assert_int_equal(cl_base64_decode(CL_STR("Zm9vYg"), CL_BASE64_URL, &small, &err), CL_E_INVALID);
    assert_str(cl_buf_view(&small), "x");
}

static enum cl_code there_and_back(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1000);
    CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(1000);

    cl_buf_add_base64(&text, cl_str_of(ctx), CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_base64_decode(cl_buf_view(&text), CL_BASE64_STANDARD, &back, err);
}

static void base64_survives_lack_of_memory(void **state)
{
    char text[300]; /* long enough for several blocks */

    (void)state;
    (void)memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_true(fail_each_allocation(there_and_back, text) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_the_published_vectors),
        cmocka_unit_test(decodes_with_and_without_padding),
        cmocka_unit_test(refuses_second_spellings),
        cmocka_unit_test(every_byte_survives_the_way_there_and_back),
        cmocka_unit_test(decoding_respects_the_buffer),
        cmocka_unit_test(base64_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
