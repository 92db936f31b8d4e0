#include "codec/json_build.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

#define BUILD_IS(build, text)                                                      \
    do {                                                                           \
        CL_AUTO(cl_json) json_t *value_ = NULL;                                    \
        CL_AUTO(cl_string) char *written_ = NULL;                                  \
        struct cl_err err_ = CL_ERR_NONE;                                          \
        assert_ok(cl_json_build_take(build, &value_, &err_), &err_);               \
        assert_ok(cl_json_dump(value_, CL_JSON_COMPACT, &written_, &err_), &err_); \
        assert_string_equal(written_, text);                                       \
    } while (0)

static void add_everything(struct cl_json_build *build, const struct cl_strs *list)
{
    cl_json_open_object(build, NULL);
    cl_json_add_str(build, "view", CL_STR("gr\xc3\xbc\xc3\x9f"));
    cl_json_add_c(build, "c", "text");
    cl_json_add_c(build, "none", NULL);
    cl_json_add_i64(build, "number", INT64_MIN);
    cl_json_add_bool(build, "yes", true);
    cl_json_add_null(build, "null");
    cl_json_add_strs(build, "list", list);
    cl_json_add_filled(build, "left_out", CL_STR(""));
    cl_json_add_filled(build, "filled", CL_STR("x"));
    cl_json_open_array(build, "array");
    cl_json_add_i64(build, NULL, 1);
    cl_json_open_object(build, NULL);
    cl_json_add_value(build, "inner", json_integer(2));
    cl_json_close(build);
    cl_json_open_array(build, NULL);
    cl_json_close(build);
    cl_json_close(build);
    cl_json_close(build);
}

static void a_value_is_built_in_the_order_of_its_text(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&list, CL_STR("a"), &err), &err);
    assert_ok(cl_strs_add(&list, CL_STR("b"), &err), &err);
    add_everything(&build, &list);
    BUILD_IS(&build, "{\"view\":\"gr\xc3\xbc\xc3\x9f\",\"c\":\"text\",\"none\":null,"
                     "\"number\":-9223372036854775808,\"yes\":true,\"null\":null,"
                     "\"list\":[\"a\",\"b\"],\"filled\":\"x\",\"array\":[1,{\"inner\":2},[]]}");
}

static void the_outermost_value_may_be_of_any_kind(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    (void)state;
    cl_json_add_c(&build, NULL, "alone");
    BUILD_IS(&build, "\"alone\"");
    cl_json_open_array(&build, NULL); /* empty again, so it can be used again */
    cl_json_close(&build);
    BUILD_IS(&build, "[]");
}

static void a_key_that_comes_twice_keeps_its_last_value(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    (void)state;
    cl_json_open_object(&build, NULL);
    cl_json_add_i64(&build, "a", 1);
    cl_json_add_i64(&build, "b", 2);
    cl_json_add_i64(&build, "a", 3);
    cl_json_close(&build);
    BUILD_IS(&build, "{\"a\":3,\"b\":2}");
}

static void text_that_is_no_utf8_fails_once_and_for_all(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    json_t *untouched = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_json_open_object(&build, NULL);
    cl_json_add_str(&build, "bad", CL_STR("\xff"));
    cl_json_open_array(&build, "goes on");
    cl_json_add_value(&build, NULL, json_string("is let go"));
    cl_json_add_str(&build, NULL, CL_STR("\xff"));
    cl_json_close(&build);
    cl_json_close(&build);
    assert_int_equal(cl_json_build_take(&build, &untouched, &err), CL_E_INVALID);
    assert_string_equal(err.text, "text is not valid UTF-8");
    assert_null(untouched);
}

static void a_key_that_is_no_utf8_is_no_lack_of_memory(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    json_t *untouched = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_json_open_object(&build, NULL);
    cl_json_add_i64(&build, "\xff", 1);
    cl_json_close(&build);
    assert_int_equal(cl_json_build_take(&build, &untouched, &err), CL_E_INVALID);
    assert_string_equal(err.text, "text is not valid UTF-8");
    assert_null(untouched);
}

static void an_unfinished_build_is_let_go(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    (void)state;
    cl_json_open_object(&build, NULL);
    cl_json_open_array(&build, "open");
    cl_json_add_i64(&build, NULL, 1);
}

static enum cl_code build_everything(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *value = NULL;

    add_everything(&build, ctx);
    return cl_json_build_take(&build, &value, err);
}

static void building_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&list, CL_STR("a"), &err), &err);
    assert_true(fail_each_allocation(build_everything, &list) > 20);
}

static int use_the_wiping_heap(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_built_in_the_order_of_its_text),
        cmocka_unit_test(the_outermost_value_may_be_of_any_kind),
        cmocka_unit_test(a_key_that_comes_twice_keeps_its_last_value),
        cmocka_unit_test(text_that_is_no_utf8_fails_once_and_for_all),
        cmocka_unit_test(a_key_that_is_no_utf8_is_no_lack_of_memory),
        cmocka_unit_test(an_unfinished_build_is_let_go),
        cmocka_unit_test(building_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, use_the_wiping_heap, NULL);
}
