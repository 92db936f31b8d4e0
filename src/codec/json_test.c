#include "codec/json.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

static json_t *parsed(const char *text)
{
    json_t *value = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_json_parse(cl_str_of(text), &value, &err), &err);
    return value;
}

static const struct {
    struct cl_str text;
    const char *complaint; /* NULL: accepted */
} documents[] = {
    {CL_STR_INIT("{}"), NULL},
    {CL_STR_INIT(" [1, 2.5, \"x\", null, true] \n"), NULL},
    {CL_STR_INIT("\"alone\""), NULL},
    {CL_STR_INIT("{\"a\": {\"a\": 1}}"), NULL},
    {CL_STR_INIT("\"gr\xc3\xbc\xc3\x9f \\u00fc \\ud83d\\udce6\""), NULL},
    {CL_STR_INIT(""), "JSON line 1, column 0: the text ends too early"},
    {CL_STR_INIT("{\"a\":"), "JSON line 1, column 5: the text ends too early"},
    {CL_STR_INIT("{} x"), "JSON line 1, column 4: there is more text behind the value"},
    {CL_STR_INIT("{\n  \"a\": 1,\n  \"b\" 2\n}"), "JSON line 3, column 7: not valid JSON"},
    {CL_STR_INIT("{\"a\": 1, \"a\": 2}"), "a key is given twice in one object"},
    {CL_STR_INIT("[1,]"), "not valid JSON"},
    {CL_STR_INIT("{'a': 1}"), "not valid JSON"},
    {CL_STR_INIT("[01]"), "not valid JSON"},
    {CL_STR_INIT("[NaN]"), "not valid JSON"},
    {CL_STR_INIT("[\"a\nb\"]"), "not valid JSON"},
    {CL_STR_INIT("\xef\xbb\xbf{}"), "not valid JSON"},
    {CL_STR_INIT("[\"\xff\"]"), "not valid UTF-8"},
    {CL_STR_INIT("[\"\\ud800\"]"), "not valid"},
    {CL_STR_INIT("[\"\\u0000\"]"), "a NUL character"},
    {CL_STR_INIT("{\"\\u0000\": 1}"), "a NUL character"},
    {CL_STR_INIT("[1\0]"), "a NUL character"}, /* which jansson would pass over */
    {CL_STR_INIT("[\"a\0b\"]"), "a NUL character"},
    {CL_STR_INIT("[99999999999999999999]"), "a number is out of range"},
    {CL_STR_INIT("[1e999]"), "a number is out of range"},
};

static void accepts_json_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(documents); i++) {
        CL_AUTO(cl_json) json_t *value = NULL;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc = cl_json_parse(documents[i].text, &value, &err);
        assert_int_equal(rc, documents[i].complaint == NULL ? CL_OK : CL_E_INVALID);
        assert_int_equal(value != NULL, rc == CL_OK);
        if (rc != CL_OK && strstr(err.text, documents[i].complaint) == NULL)
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void errors_never_quote_the_text(void **state)
{
    static const char *const texts[] = {
        "{\"key\": \"canary-value\" \"canary-other\"}",
        "{\"canary-value\": 1, \"canary-value\": 2}",
        "[canary-value]",
        "[\"canary-value\n\"]",
        "\"canary-value",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        json_t *value = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_json_parse(cl_str_of(texts[i]), &value, &err), CL_E_INVALID);
        assert_null(strstr(err.text, "canary"));
    }
}

static enum cl_code parse_nested(size_t depth)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(100000);
    CL_AUTO(cl_json) json_t *value = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_repeat(&text, "[", depth);
    cl_buf_add_c(&text, "\"[[[[[[\\\"[[\"");
    cl_buf_add_repeat(&text, "]", depth);
    return cl_json_parse(cl_buf_view(&text), &value, &err);
}

static void depth_and_size_are_limited(void **state)
{
    CL_AUTO(cl_json) json_t *value = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(parse_nested(CL_JSON_MAX_DEPTH), CL_OK);
    assert_int_equal(parse_nested(CL_JSON_MAX_DEPTH + 1), CL_E_INVALID);
    assert_int_equal(parse_nested(40000), CL_E_INVALID);
    assert_int_equal(cl_json_parse_limited(CL_STR("[[1]]"), 5, 1, &value, &err), CL_E_INVALID);
    assert_string_equal(err.text, "JSON line 1, column 2: nested too deeply");
    assert_int_equal(cl_json_parse_limited(CL_STR("[[1]]"), 4, 2, &value, &err), CL_E_INVALID);
    assert_string_equal(err.text, "JSON is larger than 4 bytes");
    assert_ok(cl_json_parse_limited(CL_STR("[[1]]"), 5, 2, &value, &err), &err);
}

static void getters_read_what_is_there(void **state)
{
    CL_AUTO(cl_json)
    json_t *object =
        parsed("{\"text\": \"a\\u00fc\", \"empty\": \"\", \"number\": -7, \"real\": 1.5,"
               " \"yes\": true, \"no\": false, \"nothing\": null,"
               " \"inner\": {\"text\": \"b\"}}");
    struct cl_str text = CL_STR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_str(cl_json_str(object, "text"), "a\xc3\xbc");
    assert_str(cl_json_str(cl_json_get(object, "inner"), "text"), "b");
    assert_int_equal(cl_json_i64(object, "number", 3), -7);
    assert_true(cl_json_real(object, "real", 0) > 1.4 && cl_json_real(object, "real", 0) < 1.6);
    assert_true(cl_json_real(object, "number", 0) < -6.9);
    assert_true(cl_json_bool(object, "yes", false));
    assert_false(cl_json_bool(object, "no", true));
    assert_ok(cl_json_need_str(object, "text", &text, &err), &err);
    assert_str(text, "a\xc3\xbc");
    assert_int_equal(cl_json_need_str(object, "empty", &text, &err), CL_E_INVALID);
    assert_int_equal(cl_json_need_str(object, "number", &text, &err), CL_E_INVALID);
    assert_string_equal(err.text, "'number' is missing, empty or not text");
    assert_str(text, "a\xc3\xbc");
}

static void getters_take_anything_for_absent(void **state)
{
    CL_AUTO(cl_json) json_t *object = parsed("{\"nothing\": null, \"list\": [1], \"text\": \"5\"}");
    const json_t *const others[] = {NULL, object, cl_json_get(object, "list"),
                                    cl_json_get(object, "text")};

    (void)state;
    assert_null(cl_json_get(object, "nothing"));
    assert_non_null(json_object_get(object, "nothing"));
    for (size_t i = 0; i < CL_COUNT(others); i++) {
        assert_null(cl_json_get(others[i], "absent"));
        assert_str(cl_json_str(others[i], "absent"), "");
        assert_int_equal(cl_json_i64(others[i], "absent", 42), 42);
        assert_true(cl_json_real(others[i], "absent", 2) > 1.9);
        assert_true(cl_json_bool(others[i], "absent", true));
    }
    assert_str(cl_json_str(object, "list"), "");
    assert_int_equal(cl_json_i64(object, "text", 42), 42);
    assert_true(cl_json_bool(object, "text", true));
    assert_str(cl_json_text(NULL), "");
}

static const struct {
    const char *number;
    int64_t value; /* -1: the fallback */
} numbers[] = {
    {"0", 0},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
    {"1.715690096E9", 1715690096},
    {"1715690096.999", 1715690096},
    {"-2.9", -2},
    {"9223372036854775000.0", INT64_C(9223372036854774784)}, /* the double nearest to it */
    {"9223372036854775808.0", -1},
    {"1e30", -1},
    {"-1e30", -1},
    {"\"5\"", -1},
    {"null", -1},
};

static void numbers_of_either_kind_are_whole_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(numbers); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(100);
        cl_buf_addf(&text, "{\"n\": %s}", numbers[i].number);
        CL_AUTO(cl_json) json_t *object = parsed(text.ptr);
        if (cl_json_i64(object, "n", -1) != numbers[i].value)
            fail_msg("%s", numbers[i].number);
    }
}

static const struct {
    const char *object;
    enum cl_code rc;
    const char *joined;
} lists[] = {
    {"{\"l\": [\"a\", \"\", \"b\"]}", CL_OK, "a,,b"},
    {"{\"l\": []}", CL_OK, ""},
    {"{\"l\": null}", CL_OK, ""},
    {"{}", CL_OK, ""},
    {"{\"l\": \"a\"}", CL_E_INVALID, NULL},
    {"{\"l\": [1]}", CL_E_INVALID, NULL},
};

static void lists_of_strings_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(lists); i++) {
        CL_AUTO(cl_json) json_t *object = parsed(lists[i].object);
        CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
        CL_AUTO(cl_string) char *joined = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(cl_json_strs(object, "l", &list, &err), lists[i].rc);
        assert_ok(cl_strs_join(&list, ",", &joined, &err), &err);
        if (lists[i].joined != NULL)
            assert_string_equal(joined, lists[i].joined);
    }
}

static void values_are_written_in_two_styles(void **state)
{
    CL_AUTO(cl_json)
    json_t *value = parsed("{\"b\":[1,{}],\"a\":\"\\u00fc/\\n\\u001b\",\"c\":[],\"d\":null}");
    CL_AUTO(cl_string) char *compact = NULL;
    CL_AUTO(cl_string) char *pretty = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_json_dump(value, CL_JSON_COMPACT, &compact, &err), &err);
    assert_string_equal(compact,
                        "{\"b\":[1,{}],\"a\":\"\xc3\xbc/\\n\\u001B\",\"c\":[],\"d\":null}");
    assert_ok(cl_json_dump(value, CL_JSON_PRETTY, &pretty, &err), &err);
    assert_string_equal(pretty,
                        "{\n  \"b\": [\n    1,\n    {}\n  ],\n"
                        "  \"a\": \"\xc3\xbc/\\n\\u001B\",\n  \"c\": [],\n  \"d\": null\n}");
}

/* Documents are looked at on terminals: what moves a cursor or turns a name around is escaped. */
static void controls_are_escaped_without_loss(void **state)
{
    static const char raw[] =
        "\x7f\xC2\x80\xC2\x9B\xC2\x9F|\xD8\x9C\xE2\x80\x8E\xE2\x80\xA8\xE2\x80\xA9"
        "\xE2\x80\xAE\xE2\x81\xA6\xEF\xBB\xBF|\xC2\xA0\xE2\x82\xAC\xF0\x9F\x94\xB6";
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_json) json_t *value = json_pack("{s:s}", "k\xC2\x9B", raw);
    CL_AUTO(cl_json) json_t *again = NULL;
    CL_AUTO(cl_string) char *text = NULL;

    (void)state;
    assert_ok(cl_json_dump(value, CL_JSON_PRETTY, &text, &err), &err);
    assert_string_equal(text,
                        "{\n  \"k\\u009B\": \"\\u007F\\u0080\\u009B\\u009F|\\u061C\\u200E\\u2028"
                        "\\u2029\\u202E\\u2066\\uFEFF|\xC2\xA0\xE2\x82\xAC\xF0\x9F\x94\xB6\"\n}");
    assert_ok(cl_json_parse(cl_str_of(text), &again, &err), &err);
    assert_true(json_equal(value, again));
}

static void writing_respects_the_buffer(void **state)
{
    CL_AUTO(cl_json) json_t *value = parsed("[1,2,3]");
    CL_AUTO(cl_buf) struct cl_buf room = CL_BUF(9);
    CL_AUTO(cl_buf) struct cl_buf small = CL_BUF(6);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&room, "x=");
    cl_buf_add_json(&room, value, CL_JSON_COMPACT);
    assert_ok(cl_buf_ok(&room, &err), &err);
    assert_str(cl_buf_view(&room), "x=[1,2,3]");
    cl_buf_add_json(&small, value, CL_JSON_COMPACT);
    assert_int_equal(cl_buf_ok(&small, &err), CL_E_INVALID);
    cl_buf_add_json(&room, NULL, CL_JSON_COMPACT); /* a value that could not be made */
    assert_int_equal(cl_buf_ok(&room, &err), CL_E_FAILED);
}

static void putting_replaces_a_member_in_its_place(void **state)
{
    CL_AUTO(cl_json) json_t *object = parsed("{\"a\":1,\"b\":2}");
    CL_AUTO(cl_string) char *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_json_put(object, "a", json_string("x"), &err), &err);
    assert_ok(cl_json_put(object, "c", json_true(), &err), &err);
    assert_int_equal(cl_json_put(object, "d", NULL, &err), CL_E_FAILED);
    assert_ok(cl_json_dump(object, CL_JSON_COMPACT, &text, &err), &err);
    assert_string_equal(text, "{\"a\":\"x\",\"b\":2,\"c\":true}");
}

static enum cl_code parse_read_and_write(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *value = NULL;
    CL_AUTO(cl_string) char *text = NULL;

    CL_TRY(cl_json_parse(cl_str_of(ctx), &value, err));
    CL_TRY(cl_json_put(value, "more", json_string("text"), err));
    return cl_json_dump(value, CL_JSON_PRETTY, &text, err);
}

static void json_survives_lack_of_memory(void **state)
{
    char text[] =
        "{\"cluster\": {\"name\": \"zen\", \"tags\": [\"a long enough string to grow\", 1.5,"
        " true, null, {\"x\": \"\\u00fc\"}], \"k1\": 1, \"k2\": 2, \"k3\": 3, \"k4\": 4,"
        " \"k5\": 5, \"k6\": 6, \"k7\": 7, \"k8\": 8, \"k9\": 9}}";

    (void)state;
    assert_true(fail_each_allocation(parse_read_and_write, text) > 30);
}

/* Runs before all: jansson keeps what it was given. */
static int use_the_wiping_heap(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_json_and_nothing_else),
        cmocka_unit_test(errors_never_quote_the_text),
        cmocka_unit_test(depth_and_size_are_limited),
        cmocka_unit_test(getters_read_what_is_there),
        cmocka_unit_test(getters_take_anything_for_absent),
        cmocka_unit_test(numbers_of_either_kind_are_whole_numbers),
        cmocka_unit_test(lists_of_strings_are_read),
        cmocka_unit_test(values_are_written_in_two_styles),
        cmocka_unit_test(controls_are_escaped_without_loss),
        cmocka_unit_test(writing_respects_the_buffer),
        cmocka_unit_test(putting_replaces_a_member_in_its_place),
        cmocka_unit_test(json_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, use_the_wiping_heap, NULL);
}
