#include "codec/yaml_write.h"

#include "test.h"

struct yaml_row {
    const char *json;
    const char *yaml;
};

static void check(const struct yaml_row *row)
{
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_json) json_t *value = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(65536);

    assert_ok(cl_json_parse(cl_str_of(row->json), &value, &err), &err);
    cl_buf_add_yaml(&out, value);
    assert_str(cl_buf_view(&out), row->yaml);
}

static void writes_blocks(void **state)
{
    static const struct yaml_row rows[] = {
        {"{\"a\":1,\"b\":\"text\",\"c\":null,\"d\":true,\"e\":1.5}",
         "a: 1\nb: text\nc: null\nd: true\ne: 1.5\n"},
        {"{\"list\":[\"p\",\"q\"],\"after\":1}", "list:\n- p\n- q\nafter: 1\n"},
        {"{\"o\":{\"p\":{\"q\":1}}}", "o:\n  p:\n    q: 1\n"},
        {"{\"empty\":{},\"none\":[]}", "empty: {}\nnone: []\n"},
        {"[{\"a\":1,\"b\":2},{\"a\":3}]", "- a: 1\n  b: 2\n- a: 3\n"},
        {"{\"items\":[{\"name\":\"x\",\"t\":[\"p\",\"q\"]}]}",
         "items:\n- name: x\n  t:\n  - p\n  - q\n"},
        {"[[1,2],[3]]", "- - 1\n  - 2\n- - 3\n"},
        {"{}", "{}\n"},
        {"[]", "[]\n"},
        {"{\"a\":[{}]}", "a:\n- {}\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        check(&rows[i]);
}

static void quotes_what_could_be_read_otherwise(void **state)
{
    static const char *const quoted[] = {
        "",       " lead", "trail ", "true",       "Yes",      "off",     "null", "~",    "12",
        "-1.5",   "0x1F",  "1e3",    "2024-05-14", "12:30:45", ".inf",    "a: b", "a #b", "key:",
        "- item", "? x",   "[x",     "{x",         "*star",    "&anchor", "!tag", "|",    ">",
        "%dir",   "@at",   "`tick",  "'single",    "#hash",    ",comma",  "=",    "<<",   "1_000",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(quoted); i++) {
        CL_AUTO(cl_json) json_t *value = json_string(quoted[i]);
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1024);
        CL_AUTO(cl_buf) struct cl_buf wanted = CL_BUF(1024);
        cl_buf_addf(&wanted, "\"%s\"\n", quoted[i]);
        cl_buf_add_yaml(&out, value);
        assert_str(cl_buf_view(&out), wanted.ptr);
    }
}

static void leaves_plain_text_alone(void **state)
{
    static const char *const plain[] = {
        "aws-auto",           "s3://zenfiles", "a:b",           "us-east-1", "arn:aws:s3:::x",
        "with blanks inside", "it's",          "z\xC3\xBCrich", "a#b",       "truely"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(plain); i++) {
        CL_AUTO(cl_json) json_t *value = json_string(plain[i]);
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1024);
        CL_AUTO(cl_buf) struct cl_buf wanted = CL_BUF(1024);
        cl_buf_addf(&wanted, "%s\n", plain[i]);
        cl_buf_add_yaml(&out, value);
        assert_str(cl_buf_view(&out), wanted.ptr);
    }
}

static void escapes_controls_and_quotes(void **state)
{
    (void)state;
    check(&(struct yaml_row){"{\"a\":\"x\\ny\\t\\\"z\\\"\\\\\\u001b\"}",
                             "a: \"x\\ny\\x09\\\"z\\\"\\\\\\x1b\"\n"});
    check(&(struct yaml_row){"\"x\\u009by\\u0085\"", "\"x\\x9by\\x85\"\n"});
    check(&(struct yaml_row){"\"\\u061c\\u200e\\u2028\\u2029\\u202e\\u2066\\ufeff\\u007f\"",
                             "\"\\u061c\\u200e\\u2028\\u2029\\u202e\\u2066\\ufeff\\x7f\"\n"});
    check(&(struct yaml_row){"{\"k\\u009b\":\"\\u00a0\\u2014\\uff01\"}",
                             "\"k\\x9b\": \xC2\xA0\xE2\x80\x94\xEF\xBC\x81\n"});
    check(&(struct yaml_row){"{\"odd key: \":1}", "\"odd key: \": 1\n"});
}

static void refuses_to_recurse_for_ever(void **state)
{
    json_t *value = json_integer(1);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);

    (void)state;
    for (int i = 0; i < 200; i++) {
        json_t *outer = json_array();
        (void)json_array_append_new(outer, value);
        value = outer;
    }
    cl_buf_add_yaml(&out, value);
    assert_int_equal(out.failed, CL_E_INVALID);
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_blocks),
        cmocka_unit_test(quotes_what_could_be_read_otherwise),
        cmocka_unit_test(leaves_plain_text_alone),
        cmocka_unit_test(escapes_controls_and_quotes),
        cmocka_unit_test(refuses_to_recurse_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
