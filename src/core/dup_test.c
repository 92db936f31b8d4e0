#include "test.h"

#include "core/dup.h"
#include "fault.h"

static void nothing_copies_to_nothing(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    char sentinel = 'x';
    char *copy = &sentinel;

    (void)state;
    assert_ok(cl_dup_text(NULL, &copy, &err), &err);
    assert_null(copy);
}

static void a_copy_is_another_text(void **state)
{
    const char *text = "zenfiles";
    CL_AUTO(cl_string) char *copy = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(cl_dup_text(text, &copy, &err), (void)0);
    assert_string_equal(copy, text);
    assert_ptr_not_equal(copy, text);
}

static void replacing_frees_what_was_there(void **state)
{
    CL_AUTO(cl_string) char *place = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_replace_text(&place, CL_STR("one"), &err), &err);
    assert_survives_faults(cl_replace_text(&place, CL_STR("two"), &err),
                           assert_true(place[0] == 'o' || place[0] == 't'));
    assert_string_equal(place, "two");
    assert_int_equal(cl_replace_text(&place, CL_STR("a\0b"), &err), CL_E_INVALID);
    assert_string_equal(place, "two");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_copies_to_nothing),
        cmocka_unit_test(a_copy_is_another_text),
        cmocka_unit_test(replacing_frees_what_was_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
