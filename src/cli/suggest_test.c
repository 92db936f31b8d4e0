#include "cli/suggest.h"

#include "test.h"

struct suggest_row {
    const char *input;
    const char *hint;
};

static void hints_at_the_nearest_candidate(void **state)
{
    static const struct suggest_row rows[] = {
        {"regoin", "Did you mean '--region'?"},         /* two letters swapped */
        {"endpoint", "Did you mean '--endpoint_url'?"}, /* the only one that begins so */
        {"bucket", ""},
        {"", ""},
    };
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&names, CL_STR("region"), &err), &err);
    assert_ok(cl_strs_add(&names, CL_STR("endpoint_url"), &err), &err);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        (void)cl_err_set(&err, CL_E_USAGE, "unknown");
        assert_int_equal(cl_suggest(&err, &names, cl_str_of(rows[i].input), "--"), CL_E_USAGE);
        assert_string_equal(err.hint, rows[i].hint);
        assert_string_equal(err.text, "unknown");
    }
}

static void has_no_hint_without_candidates(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_err_set(&err, CL_E_INVALID, "unknown");
    assert_int_equal(cl_suggest(&err, &CL_STRS_NONE, CL_STR("x"), ""), CL_E_INVALID);
    assert_string_equal(err.hint, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hints_at_the_nearest_candidate),
        cmocka_unit_test(has_no_hint_without_candidates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
