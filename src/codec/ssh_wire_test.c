#include "codec/ssh_wire.h"

#include "test.h"

static void reads_what_it_wrote(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(200);

    (void)state;
    cl_buf_add_ssh_u32(&bytes, 0x01020304);
    cl_buf_add_ssh_u64(&bytes, UINT64_C(0xFFEEDDCCBBAA9988));
    cl_buf_add_ssh_string(&bytes, CL_STR("te\0st"));
    cl_buf_add_char(&bytes, 7);
    struct cl_ssh_reader reader = CL_SSH_READER(cl_buf_view(&bytes));
    assert_int_equal(cl_ssh_read_u32(&reader), 0x01020304);
    assert_true(cl_ssh_read_u64(&reader) == UINT64_C(0xFFEEDDCCBBAA9988));
    assert_true(cl_str_eq(cl_ssh_read_string(&reader), CL_STR("te\0st")));
    assert_false(cl_ssh_read_all(&reader));
    assert_int_equal(cl_ssh_read_byte(&reader), 7);
    assert_true(cl_ssh_read_all(&reader));
}

/* The examples of RFC 4251, section 5, and what they do not show. */
static void writes_integers_as_the_standard_shows(void **state)
{
    static const struct {
        struct cl_str magnitude;
        struct cl_str wire;
    } cases[] = {
        {CL_STR_INIT(""), CL_STR_INIT("\0\0\0\0")},
        {CL_STR_INIT("\x09\xa3\x78\xf9\xb2\xe3\x32\xa7"),
         CL_STR_INIT("\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7")},
        {CL_STR_INIT("\x80"), CL_STR_INIT("\0\0\0\x02\0\x80")},
        {CL_STR_INIT("\0\0\x7f"), CL_STR_INIT("\0\0\0\x01\x7f")},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(50);
        cl_buf_add_ssh_mpint(&bytes, cases[i].magnitude);
        assert_true(cl_str_eq(cl_buf_view(&bytes), cases[i].wire));
    }
}

static void takes_one_spelling_of_an_integer(void **state)
{
    static const struct {
        struct cl_str wire;
        bool good;
    } cases[] = {
        {CL_STR_INIT("\0\0\0\x01\x7f"), true},    {CL_STR_INIT("\0\0\0\x02\0\x80"), true},
        {CL_STR_INIT("\0\0\0\x01\x80"), false},   /* negative */
        {CL_STR_INIT("\0\0\0\x02\0\x7f"), false}, /* padded */
        {CL_STR_INIT("\0\0\0\0"), false},         {CL_STR_INIT("\0\0\0\x01\0"), false},
        {CL_STR_INIT("\0\0\0\x03\x01"), false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ssh_reader reader = CL_SSH_READER(cases[i].wire);
        (void)cl_ssh_read_mpint(&reader);
        assert_int_equal(cl_ssh_read_all(&reader), cases[i].good);
    }
}

static void stays_bad_behind_an_end(void **state)
{
    static const struct cl_str broken[] = {
        CL_STR_INIT(""),
        CL_STR_INIT("\0\0\0"),
        CL_STR_INIT("\0\0\0\x02x"),
        CL_STR_INIT("\xff\xff\xff\xffx"),
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(broken); i++) {
        struct cl_ssh_reader reader = CL_SSH_READER(broken[i]);
        assert_int_equal(cl_ssh_read_string(&reader).len, 0);
        assert_true(reader.bad);
        assert_int_equal(cl_ssh_read_byte(&reader), 0);
        assert_int_equal(cl_ssh_read_u64(&reader), 0);
        assert_false(cl_ssh_read_all(&reader));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(writes_integers_as_the_standard_shows),
        cmocka_unit_test(takes_one_spelling_of_an_integer),
        cmocka_unit_test(stays_bad_behind_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
