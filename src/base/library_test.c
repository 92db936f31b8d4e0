#include "base/library.h"

#include <string.h>

#include "test.h"

typedef double (*cosine_fn)(double);

static void finds_functions_in_what_it_opens(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    cosine_fn cosine = NULL;
    void *library = NULL;

    (void)state;
    assert_ok(cl_library_open("libm.so.6", "libc6", &library, &err), &err);
    assert_ok(cl_library_find(library, "cos", &cosine, sizeof(cosine), &err), &err);
    assert_true(cosine(0.0) > 0.99);
}

static void names_what_is_missing_and_the_package_that_has_it(void **state)
{
    struct cl_err err = CL_ERR_NONE;
    cosine_fn cosine = NULL;
    void *library = NULL;

    (void)state;
    assert_int_equal(cl_library_open("libnothing-of-the-kind.so.9", "libnothing9", &library, &err),
                     CL_E_LOCAL_TOOL_MISSING);
    assert_null(library);
    assert_string_equal(err.text, "cannot load libnothing-of-the-kind.so.9");
    assert_string_equal(err.hint, "Install the package libnothing9.");
    assert_ok(cl_library_open("libm.so.6", "libc6", &library, &err), &err);
    assert_int_equal(cl_library_find(library, "no_such_function", &cosine, sizeof(cosine), &err),
                     CL_E_LOCAL_TOOL_MISSING);
    assert_true(cosine == NULL);
    assert_non_null(strstr(err.text, "no_such_function"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_functions_in_what_it_opens),
        cmocka_unit_test(names_what_is_missing_and_the_package_that_has_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
