#include "cli/symbols.h"

#include "test.h"

struct ascii_row {
    const char *text;
    const char *ascii;
};

static void replaces_signs_and_drops_emoji(void **state)
{
    static const struct ascii_row rows[] = {
        {"", ""},
        {"plain", "plain"},
        {CL_SIGN_YES, "yes"},
        {CL_SIGN_NO, "no"},
        {CL_SIGN_ACTIVE, "*"},
        {CL_SIGN_EXPIRED " Expired!", "! Expired!"},
        {CL_SIGN_ERROR " error: no", "! error: no"},
        {CL_SIGN_NOTHING " none listed", "none listed"},
        {CL_SIGN_BULLET " item", "* item"},
        {"\xF0\x9F\x94\xB6 aws", "aws"},
        {"\xF0\x9F\x87\xA6 azure", "azure"},
        {CL_SIGN_METHOD " secret-key", "secret-key"},
        {"\xF0\x9F\x94\xB6 a\n\xF0\x9F\x93\xA6 b", "a\nb"},
        {"a\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD b", "ab"},        /* with a skin tone */
        {"z\xC3\xBCrich \xC2\xA9", "z\xC3\xBCrich \xC2\xA9"}, /* letters and text signs stay */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        cl_symbols_add_ascii(&out, cl_str_of(rows[i].text));
        assert_str(cl_buf_view(&out), rows[i].ascii);
    }
}

static void colours_states_by_their_sign(void **state)
{
    (void)state;
    assert_int_equal(cl_symbols_style(CL_STR(CL_SIGN_YES)), CL_STYLE_GREEN);
    assert_int_equal(cl_symbols_style(CL_STR(CL_SIGN_EXPIRED " Expired!")), CL_STYLE_RED);
    assert_int_equal(cl_symbols_style(CL_STR(CL_SIGN_ERROR " error")), CL_STYLE_RED);
    assert_int_equal(cl_symbols_style(CL_STR("s3://zenfiles")), CL_STYLE_PLAIN);
    assert_int_equal(cl_symbols_style(CL_STR_NONE), CL_STYLE_PLAIN);
}

static void styles_only_where_colour_is_wanted(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_style_add(&out, false, CL_STYLE_RED, CL_STR("a"));
    cl_style_add(&out, true, CL_STYLE_RED, CL_STR("b"));
    cl_style_add(&out, true, CL_STYLE_RED, CL_STR_NONE);
    cl_style_add(&out, true, CL_STYLE_PLAIN, CL_STR("c"));
    cl_style_add(&out, true, CL_STYLE_BOLD_RED, CL_STR("d"));
    assert_str(cl_buf_view(&out), "a\x1b[31mb\x1b[0mc\x1b[1;31md\x1b[0m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_signs_and_drops_emoji),
        cmocka_unit_test(colours_states_by_their_sign),
        cmocka_unit_test(styles_only_where_colour_is_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
