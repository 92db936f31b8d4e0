#include "test.h"

#include "core/codec_util.h"
#include "fault.h"
#include "json_text.h"

struct time_case {
    int64_t at_us;
    const char *json;
};

static const struct time_case time_cases[] = {
    {0, "[null]"},
    {1715690096123456, "[\"2024-05-14T12:34:56.123456Z\"]"},
    {1, "[\"1970-01-01T00:00:00.000001Z\"]"},
    {-1, "[\"1969-12-31T23:59:59.999999Z\"]"},
    {1715690096000000, "[\"2024-05-14T12:34:56.000000Z\"]"},
    {253402300799999999, "[\"9999-12-31T23:59:59.999999Z\"]"},
    {-62135596800000000, "[\"0001-01-01T00:00:00.000000Z\"]"},
};

static void times_keep_their_microseconds(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(time_cases); i++) {
        CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
        CL_AUTO(cl_json) json_t *list = NULL;
        CL_AUTO(cl_json) json_t *object = NULL;
        struct cl_err err = CL_ERR_NONE;
        int64_t at_us = -7;

        cl_json_open_array(&build, NULL);
        cl_member_add_time_us(&build, NULL, time_cases[i].at_us);
        cl_json_close(&build);
        assert_ok(cl_json_build_take(&build, &list, &err), &err);
        assert_json(list, time_cases[i].json);
        object = json_pack("{s:O}", "at", json_array_get(list, 0));
        assert_ok(cl_read_time_us(object, "at", &at_us, &err), &err);
        assert_int_equal(at_us, time_cases[i].at_us);
    }
}

static void reads_times_as_others_write_them(void **state)
{
    CL_AUTO(cl_json)
    json_t *json = json_of("{'a':'2024-05-14T12:34:56Z','b':'2024-05-14T14:34:56.5+02:00',"
                           "'c':'2024-05-14T12:34:56.1234567Z'}");
    struct cl_err err = CL_ERR_NONE;
    int64_t at = 0;

    (void)state;
    assert_ok(cl_read_time_us(json, "a", &at, &err), &err);
    assert_int_equal(at, 1715690096000000);
    assert_ok(cl_read_time_us(json, "b", &at, &err), &err);
    assert_int_equal(at, 1715690096500000);
    assert_ok(cl_read_time_us(json, "c", &at, &err), &err);
    assert_int_equal(at, 1715690096123456);
    assert_ok(cl_read_time(json, "c", &at, &err), &err);
    assert_int_equal(at, 1715690096);
    assert_ok(cl_read_time(json, "none", &at, &err), &err);
    assert_int_equal(at, 0);
}

static void a_time_out_of_range_is_none(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *list = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_json_open_array(&build, NULL);
    cl_member_add_time(&build, NULL, INT64_MAX);
    cl_json_close(&build);
    assert_ok(cl_json_build_take(&build, &list, &err), &err);
    assert_json(list, "[null]");
}

#define MISFITS                                                                             \
    "{'number':1,'text':'x','list':['a'],'object':{'a':'b'},'mixed':['a',1],'map':{'a':1}," \
    "'real':1.5,'yes':true,'late':'9999-12-31T23:59:60Z'}"

static enum cl_code read_misfit(const json_t *json, size_t at, struct cl_err *err)
{
    CL_AUTO(cl_string) char *text = NULL;
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    const json_t *array = NULL;
    struct cl_err error = CL_ERR_NONE;
    char small[2];
    int64_t number = 0;
    bool flag = false;

    switch (at) {
    case 0: return cl_read_text(json, "number", &text, err);
    case 1: return cl_read_i64(json, "text", 0, &number, err);
    case 2: return cl_read_i64(json, "real", 0, &number, err);
    case 3: return cl_read_bool(json, "text", &flag, err);
    case 4: return cl_read_bool(json, "number", &flag, err);
    case 5: return cl_read_strs(json, "text", &list, err);
    case 6: return cl_read_strs(json, "mixed", &list, err);
    case 7: return cl_read_map(json, "list", &map, err);
    case 8: return cl_read_map(json, "map", &map, err);
    case 9: return cl_read_array(json, "object", &array, err);
    case 10: return cl_read_time(json, "text", &number, err);
    case 11: return cl_read_time(json, "number", &number, err);
    case 12: return cl_read_into(json, "number", small, sizeof(small), err);
    case 13: return cl_read_object(json_object_get(json, "list"), "it", err);
    case 15: return cl_read_time(json, "late", &number, err);
    case 14: return cl_map_decode(json_object_get(json, "list"), &map, err);
    default: return cl_err_set(&error, CL_OK, "end");
    }
}

static void refuses_what_does_not_fit(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of(MISFITS);
    size_t count = 0;

    (void)state;
    for (;; count++) {
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = read_misfit(json, count, &err);
        if (code == CL_OK)
            break;
        if (code != CL_E_INVALID_REQUEST)
            fail_msg("row %zu: %s", count, cl_code_wire(code));
    }
    assert_int_equal(count, 16);
}

static void text_that_does_not_fit_its_field_is_refused(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of("{'a':'x','b':'xy'}");
    struct cl_err err = CL_ERR_NONE;
    char small[2] = "";

    (void)state;
    assert_ok(cl_read_into(json, "a", small, sizeof(small), &err), &err);
    assert_string_equal(small, "x");
    assert_int_equal(cl_read_into(json, "b", small, sizeof(small), &err), CL_E_INVALID_REQUEST);
    assert_ok(cl_read_into(json, "c", small, sizeof(small), &err), &err);
    assert_string_equal(small, "");
}

static void maps_come_back_with_their_marks(void **state)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;
    CL_AUTO(cl_map) struct cl_map again = CL_MAP_NONE;
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_map_set(&map, CL_STR("b"), CL_STR("x=y"), &err), &err);
    assert_ok(cl_map_set(&map, CL_STR("a"), CL_STR(""), &err), &err);
    assert_ok(cl_map_set_null(&map, CL_STR("c"), &err), &err);
    assert_ok(cl_map_encode(&map, &json, &err), &err);
    assert_json(json, "{\"a\":\"\",\"b\":\"x=y\",\"c\":null}");
    assert_survives_faults(cl_map_decode(json, &again, &err), (void)0);
    assert_int_equal(again.count, 3);
    assert_string_equal(cl_map_get(&again, "b"), "x=y");
    assert_null(again.entries[2].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_keep_their_microseconds),
        cmocka_unit_test(reads_times_as_others_write_them),
        cmocka_unit_test(a_time_out_of_range_is_none),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(text_that_does_not_fit_its_field_is_refused),
        cmocka_unit_test(maps_come_back_with_their_marks),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
