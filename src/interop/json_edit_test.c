#include "interop/json_edit.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "faults.h"
#include "test.h"

#define FILE_MAX 4096
#define TAKE_OUT CL_STR_NONE

/* Applies the edit; the new text, owned by the caller. */
static char *edited(const char *text, const char *key, struct cl_str value, bool *emptied)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_json_edit edit = {
        .text = cl_str_of(text), .object = "credHelpers", .key = cl_str_of(key), .value = value};
    struct cl_err err = CL_ERR_NONE;
    char *ret = NULL;

    assert_ok(cl_json_edit(&edit, &out, emptied, &err), &err);
    assert_ok(cl_buf_take(&out, &ret, &err), &err);
    return ret;
}

static char *put(const char *text, const char *key)
{
    return edited(text, key, CL_STR("\"cleat\""), NULL);
}

static void writes_in_the_style_of_the_file(void **state)
{
    static const struct {
        const char *before;
        const char *after;
    } rows[] = {
        {"", "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"cleat\"\n\t}\n}\n"},
        {"{}", "{\"credHelpers\": { \"ghcr.io\": \"cleat\" }}"},
        {"{ }\n", "{\"credHelpers\": { \"ghcr.io\": \"cleat\" } }\n"},
        {"{\"auths\":{}}", "{\"auths\":{},\"credHelpers\":{ \"ghcr.io\": \"cleat\" }}"},
        {"{\"a\": 1, \"b\": 2}",
         "{\"a\": 1, \"b\": 2, \"credHelpers\": { \"ghcr.io\": \"cleat\" }}"},
        {"{\n\t\"auths\": {}\n}",
         "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"cleat\"\n\t}\n}"},
        {"{\r\n  \"auths\": {}\r\n}\r\n",
         "{\r\n  \"auths\": {},\r\n  \"credHelpers\": {\r\n    \"ghcr.io\": \"cleat\"\r\n  "
         "}\r\n}\r\n"},
        {"{\"credHelpers\":{}}", "{\"credHelpers\":{\"ghcr.io\": \"cleat\"}}"},
        {"{\"credHelpers\":null ,\"a\":1}", "{\"credHelpers\":{\"ghcr.io\" : \"cleat\"} ,\"a\":1}"},
        {"{\"credHelpers\":{\"a\":\"b\"},\"z\":[1]}",
         "{\"credHelpers\":{\"a\":\"b\",\"ghcr.io\":\"cleat\"},\"z\":[1]}"},
        {"{\n \"credHelpers\" : {\n  \"a\" : \"b\"\n }\n}",
         "{\n \"credHelpers\" : {\n  \"a\" : \"b\",\n  \"ghcr.io\" : \"cleat\"\n }\n}"},
        /* one that is there is replaced where it stands */
        {"{\"credHelpers\":{\"ghcr.io\" : \"pass\", \"a\":\"b\"}}",
         "{\"credHelpers\":{\"ghcr.io\" : \"cleat\", \"a\":\"b\"}}"},
        {"{\"cred\\u0048elpers\":{\"ghcr\\u002eio\":{\"x\":[\"}\"]}}}",
         "{\"cred\\u0048elpers\":{\"ghcr\\u002eio\":\"cleat\"}}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_string) char *after = put(rows[i].before, "ghcr.io");
        assert_string_equal(after, rows[i].after);
    }
}

/* What stands in the files of people, editors and other tools. */
static const char *const messy[] = {
    "",
    "\n",
    " \r\n\t",
    "{}",
    "{}\n",
    "{\n}",
    " { \n } \n",
    "{\"auths\":{}}",
    "{\"auths\": {}, \"x\": null}\n\n",
    "{\n\t\"auths\": {\n\t\t\"ghcr.io\": {}\n\t}\n}",
    "{\n    \"credHelpers\": {}\n}\n",
    "{\"credHelpers\": {\n\n}}",
    "{\"credHelpers\": {\"gcr.io\": \"gcloud\"}}",
    "{\"credHelpers\": {\n\t\"a.b\": \"x\",\n\t\"b\": \"c\"\n}, \"z\": {\"y\": [1, {}, \"]\"]}}",
    "{\"credsStore\": \"\\\"{,}\\\\\", \"HttpHeaders\":{\"A\":\"\\u00e9\xC3\xA9\"} ,\"n\" :-1e5}",
    "{\r\n  \"proxies\" : {\"default\": {\"httpProxy\": \"http://x\"}}\r\n}",
    "{\"a\":{\"credHelpers\":{\"ghcr.io\":\"x\"}}}",
    "{\"credHelpers\": null}",
    "{\n\t\"auths\": null,\n\t\"credHelpers\" : null ,\n\t\"z\": null\n}\n",
};

static void gives_the_file_back_byte_for_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(messy); i++) {
        CL_AUTO(cl_string) char *one = put(messy[i], "ghcr.io");
        CL_AUTO(cl_string) char *two = put(one, "quay.io");
        CL_AUTO(cl_string) char *again = put(two, "ghcr.io");
        CL_AUTO(cl_string) char *less = edited(again, "ghcr.io", TAKE_OUT, NULL);
        CL_AUTO(cl_string) char *none = edited(less, "quay.io", TAKE_OUT, NULL);
        assert_string_equal(again, two);
        assert_string_equal(none, messy[i]);
    }
}

static void stays_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(messy); i++) {
        CL_AUTO(cl_string) char *one = put(messy[i], "ghcr.io");
        CL_AUTO(cl_json) json_t *value = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_json_parse(cl_str_of(one), &value, &err), &err);
        assert_str(cl_json_str(cl_json_get(value, "credHelpers"), "ghcr.io"), "cleat");
    }
}

static void tells_when_nothing_of_others_is_left(void **state)
{
    static const struct {
        const char *text;
        const char *after;
        bool emptied;
    } rows[] = {
        {"{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"cleat\"\n\t}\n}\n", "", true},
        {"\n{ \"credHelpers\": { \"ghcr.io\": \"cleat\" } }", "\n", true},
        {"{\"credHelpers\": { \"ghcr.io\": \"cleat\" }}", "{}", false},
        {"{ \"credHelpers\": {\"ghcr.io\": \"cleat\"} }", "{ \"credHelpers\": {} }", false},
        {"{ \"credHelpers\": { \"a\": \"b\" } }", "{ \"credHelpers\": { \"a\": \"b\" } }", false},
        {"{ \"a\": 1, \"credHelpers\": { \"ghcr.io\": \"cleat\" } }", "{ \"a\": 1 }", false},
        {"{ \"credHelpers\": { \"ghcr.io\": \"cleat\" }, \"a\": 1 }", "{ \"a\": 1 }", false},
        {"", "", false},
        {"{}", "{}", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        bool emptied = !rows[i].emptied;
        CL_AUTO(cl_string) char *after = edited(rows[i].text, "ghcr.io", TAKE_OUT, &emptied);
        assert_string_equal(after, rows[i].after);
        assert_int_equal(emptied, rows[i].emptied);
    }
}

static void takes_out_first_middle_and_last(void **state)
{
    static const char text[] = "{\"credHelpers\": {\n  \"a\": \"1\",\n  \"b\": \"2\",\n  \"c\": "
                               "\"3\"\n}}";
    static const struct {
        const char *key;
        const char *after;
    } rows[] = {
        {"a", "{\"credHelpers\": {\n  \"b\": \"2\",\n  \"c\": \"3\"\n}}"},
        {"b", "{\"credHelpers\": {\n  \"a\": \"1\",\n  \"c\": \"3\"\n}}"},
        {"c", "{\"credHelpers\": {\n  \"a\": \"1\",\n  \"b\": \"2\"\n}}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_string) char *after = edited(text, rows[i].key, TAKE_OUT, NULL);
        assert_string_equal(after, rows[i].after);
    }
}

static void escapes_the_key(void **state)
{
    CL_AUTO(cl_string) char *after = put("{}", "a\"b\\");

    (void)state;
    assert_string_equal(after, "{\"credHelpers\": { \"a\\\"b\\\\\": \"cleat\" }}");
    CL_AUTO(cl_string) char *back = edited(after, "a\"b\\", TAKE_OUT, NULL);
    assert_string_equal(back, "{}");
}

static void refuses_what_it_does_not_understand(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"{\"auths\": {\n\"a\": }}", "JSON line 2"},
        {"{\"auths\": {}", "ends too early"},
        {"{} {}", "more text"},
        {"[]", "not an object"},
        {"\"credHelpers\"", "not an object"},
        {"{\"credHelpers\": []}", "'credHelpers' is not an object"},
        {"{\"credHelpers\": false}", "'credHelpers' is not an object"},
        {"{\"a\":1,\"a\":2}", "twice"},
        {"\xEF\xBB\xBF{}", "JSON line 1"},
        {"// {}", "JSON line 1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
        struct cl_json_edit edit = {.text = cl_str_of(rows[i].text),
                                    .object = "credHelpers",
                                    .key = CL_STR("k"),
                                    .value = CL_STR("\"v\"")};
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_json_edit(&edit, &out, NULL, &err), CL_E_INVALID);
        assert_non_null(strstr(err.text, rows[i].why));
        assert_int_equal(out.len, 0);
    }
}

static void refuses_a_key_that_is_no_text(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_json_edit edit = {.text = CL_STR("{}"),
                                .object = "credHelpers",
                                .key = CL_STR("\xFF"),
                                .value = CL_STR("\"v\"")};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_json_edit(&edit, &out, NULL, &err), CL_E_INVALID);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_json_edit edit = {.text = cl_str_of(ctx),
                                .object = "credHelpers",
                                .key = CL_STR("ghcr.io"),
                                .value = CL_STR("\"cleat\"")};

    return cl_json_edit(&edit, &out, NULL, err);
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(messy); i++)
        assert_true(fail_each_allocation(attempt, (void *)(uintptr_t)messy[i]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_in_the_style_of_the_file),
        cmocka_unit_test(gives_the_file_back_byte_for_byte),
        cmocka_unit_test(stays_json),
        cmocka_unit_test(tells_when_nothing_of_others_is_left),
        cmocka_unit_test(takes_out_first_middle_and_last),
        cmocka_unit_test(escapes_the_key),
        cmocka_unit_test(refuses_what_it_does_not_understand),
        cmocka_unit_test(refuses_a_key_that_is_no_text),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
