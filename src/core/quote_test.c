#include "test.h"

#include "core/quote.h"

static void quotes_short_text_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(cl_quote(CL_STR("zenfiles")).text, "zenfiles");
    assert_string_equal(cl_quote(CL_STR_NONE).text, "");
}

static void cuts_long_text_between_characters(void **state)
{
    char text[200];
    struct cl_quote quote;

    (void)state;
    (void)memset(text, 'a', sizeof(text));
    quote = cl_quote(cl_str_make(text, sizeof(text)));
    assert_int_equal(strlen(quote.text), 83);
    assert_string_equal(quote.text + 80, "...");

    (void)memcpy(text + 79, "\xC3\xA4\xC3\xA4", 4);
    quote = cl_quote(cl_str_make(text, sizeof(text)));
    assert_int_equal(strlen(quote.text), 82);
    assert_true(cl_is_utf8(cl_str_of(quote.text)));
}

static void shows_an_embedded_nul_as_a_question_mark(void **state)
{
    (void)state;
    assert_string_equal(cl_quote(CL_STR("a\0b")).text, "a?b");
}

static void names_the_valid_choices_and_the_nearest(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&valid, CL_STR("region"), &err), &err);
    assert_ok(cl_strs_add(&valid, CL_STR("role_arn"), &err), &err);
    enum cl_code code = cl_unknown(&err, CL_E_UNKNOWN_ATTRIBUTE, CL_STR("regoin"), &valid,
                                   "no attribute '%s'", "regoin");
    assert_int_equal(code, CL_E_UNKNOWN_ATTRIBUTE);
    assert_int_equal(err.code, CL_E_UNKNOWN_ATTRIBUTE);
    assert_string_equal(err.text, "no attribute 'regoin'; valid: region, role_arn");
    assert_string_equal(err.hint, "Did you mean 'region'?");
}

static void gives_no_hint_when_nothing_is_near(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&valid, CL_STR("region"), &err), &err);
    (void)cl_unknown(&err, CL_E_UNKNOWN_ATTRIBUTE, CL_STR("zzzzzz"), &valid, "no");
    assert_string_equal(err.hint, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_short_text_as_it_is),
        cmocka_unit_test(cuts_long_text_between_characters),
        cmocka_unit_test(shows_an_embedded_nul_as_a_question_mark),
        cmocka_unit_test(names_the_valid_choices_and_the_nearest),
        cmocka_unit_test(gives_no_hint_when_nothing_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
