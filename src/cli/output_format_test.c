#include "cli/output_format.h"

#include "codec/json_ref.h"
#include "test.h"

static json_t *parsed(const char *text)
{
    struct cl_err err = CL_ERR_NONE;
    json_t *value = NULL;

    assert_ok(cl_json_parse(cl_str_of(text), &value, &err), &err);
    return value;
}

struct row_row {
    const char *cells; /* separated by | */
    const char *csv;
    const char *tsv;
};

static void writes_lines_that_other_programs_can_split(void **state)
{
    static const struct row_row rows[] = {
        {"a|b|c", "a,b,c\n", "a\tb\tc\n"},
        {"||", ",,\n", "\t\t\n"},
        {"a,b|\"q\"", "\"a,b\",\"\"\"q\"\"\"\n", "a,b\t\"q\"\n"},
        {"a\nb|c\td", "\"a\nb\",c\td\n", "a\\nb\tc\\td\n"},
        {"back\\slash|cr\r", "back\\slash,\"cr\r\"\n", "back\\\\slash\tcr\\r\n"},
        {" blank |\xE6\x97\xA5", " blank ,\xE6\x97\xA5\n", " blank \t\xE6\x97\xA5\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_strs) struct cl_strs cells = CL_STRS_NONE;
        CL_AUTO(cl_buf) struct cl_buf csv = CL_BUF(4096);
        CL_AUTO(cl_buf) struct cl_buf tsv = CL_BUF(4096);
        struct cl_err err = CL_ERR_NONE;
        struct cl_str rest = cl_str_of(rows[i].cells);
        bool more = true;
        while (more) {
            struct cl_str cell = CL_STR_NONE;
            more = cl_str_cut(rest, '|', &cell, &rest);
            assert_ok(cl_strs_add(&cells, cell, &err), &err);
        }
        cl_format_row(CL_FORMAT_CSV, &cells, &csv);
        cl_format_row(CL_FORMAT_TSV, &cells, &tsv);
        assert_str(cl_buf_view(&csv), rows[i].csv);
        assert_str(cl_buf_view(&tsv), rows[i].tsv);
    }
}

struct raw_row {
    const char *json;
    const char *raw;
};

static void shows_values_without_quotes(void **state)
{
    static const struct raw_row rows[] = {
        {"\"text\"", "text"},
        {"\"\"", ""},
        {"12", "12"},
        {"-1.5", "-1.5"},
        {"true", "true"},
        {"false", "false"},
        {"null", ""},
        {"[]", ""},
        {"[\"a\",\"b\"]", "a;b"},
        {"[1,null,true]", "1;;true"},
        {"[[\"a\"],{\"b\":1}]", "[\"a\"];{\"b\":1}"},
        {"{}", "{}"},
        {"{\"k\":\"v\"}", "{\"k\":\"v\"}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_json) json_t *value = parsed(rows[i].json);
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        cl_format_raw(value, &out);
        assert_str(cl_buf_view(&out), rows[i].raw);
    }
}

static void an_absent_value_is_empty(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    (void)state;
    cl_format_raw(NULL, &out);
    assert_int_equal(out.len, 0);
}

struct member_row {
    const char *path;
    const char *json; /* NULL: no such member */
};

static void finds_members_also_inside_others(void **state)
{
    static const struct member_row rows[] = {
        {"a", "1"},  {"b.c", "2"},  {"b.d.e", "3"}, {"with.dot", "4"}, {"n", "null"}, {"b.x", NULL},
        {"x", NULL}, {"a.b", NULL}, {"", NULL},     {"b.", NULL},      {".a", NULL},  {"n.x", NULL},
    };
    CL_AUTO(cl_json)
    json_t *object = parsed("{\"a\":1,\"b\":{\"c\":2,\"d\":{\"e\":3}},\"with.dot\":4,\"n\":null}");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        const json_t *member = cl_format_member(object, rows[i].path);
        if (rows[i].json == NULL) {
            assert_null(member);
            continue;
        }
        cl_buf_add_json(&out, member, CL_JSON_COMPACT);
        assert_str(cl_buf_view(&out), rows[i].json);
    }
}

static void choosing_everything_gives_the_object_itself(void **state)
{
    CL_AUTO(cl_json) json_t *object = parsed("{\"a\":1}");
    CL_AUTO(cl_json) json_t *same = NULL;
    CL_AUTO(cl_json) json_t *all = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_format_choose(object, NULL, &same, &err), &err);
    assert_ptr_equal(same, object);
    assert_ok(cl_format_choose(object, "all", &all, &err), &err);
    assert_ptr_equal(all, object);
}

static void choosing_members_keeps_their_order(void **state)
{
    CL_AUTO(cl_json) json_t *object = parsed("{\"a\":1,\"b\":{\"c\":2},\"d\":null}");
    CL_AUTO(cl_json) json_t *chosen = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_format_choose(object, "d, b.c ,a", &chosen, &err), &err);
    cl_buf_add_json(&out, chosen, CL_JSON_COMPACT);
    assert_str(cl_buf_view(&out), "{\"d\":null,\"b.c\":2,\"a\":1}");
}

static void an_unknown_member_is_refused_and_nothing_chosen(void **state)
{
    CL_AUTO(cl_json) json_t *object = parsed("{\"name\":1,\"region\":2}");
    CL_AUTO(cl_json) json_t *chosen = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_format_choose(object, "name,nmae", &chosen, &err), CL_E_INVALID);
    assert_null(chosen);
    assert_string_equal(err.text, "column 'nmae' does not exist; there are: name, region");
    assert_string_equal(err.hint, "Did you mean 'name'?");
    assert_int_equal(cl_format_field(object, "\x1b[2J", &out, &err), CL_E_INVALID);
    assert_string_equal(err.text, "field '\\x1b[2J' does not exist; there are: name, region");
    assert_int_equal(out.len, 0);
}

static void prints_objects_in_the_machine_formats(void **state)
{
    static const struct {
        enum cl_format format;
        bool no_headers;
        const char *text;
    } rows[] = {
        {CL_FORMAT_JSON, false, "{\n  \"a\": \"x\",\n  \"b\": []\n}\n"},
        {CL_FORMAT_NDJSON, false, "{\"a\":\"x\",\"b\":[]}\n"},
        {CL_FORMAT_YAML, false, "a: x\nb: []\n"},
        {CL_FORMAT_CSV, false, "a,b\nx,\n"},
        {CL_FORMAT_CSV, true, "x,\n"},
        {CL_FORMAT_TSV, false, "a\tb\nx\t\n"},
    };
    CL_AUTO(cl_json) json_t *object = parsed("{\"a\":\"x\",\"b\":[]}");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_settings settings = {.format = rows[i].format, .no_headers = rows[i].no_headers};
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        cl_format_object(&settings, object, &out);
        assert_str(cl_buf_view(&out), rows[i].text);
    }
}

static void a_reference_keeps_the_value_alive(void **state)
{
    json_t *value = json_string("kept");
    json_t *same = cl_json_ref(value);

    (void)state;
    json_decref(value);
    assert_string_equal(json_string_value(same), "kept");
    json_decref(same);
    assert_null(cl_json_ref(NULL));
}

static void knows_before_the_work_what_can_be_asked_for(void **state)
{
    static const struct {
        struct cl_settings settings;
        const char *text; /* of the error; NULL: fine */
    } rows[] = {
        {{.format = CL_FORMAT_JSON}, NULL},
        {{.format = CL_FORMAT_JSON, .columns = "all"}, NULL},
        {{.format = CL_FORMAT_JSON, .columns = "path, name"}, NULL},
        {{.format = CL_FORMAT_YAML, .columns = "deep.er.still"}, NULL},
        {{.format = CL_FORMAT_NAME, .columns = "foo"}, NULL},
        {{.field = "name"}, NULL},
        {{.field = "deep.er", .columns = "foo"}, NULL},
        {{.format = CL_FORMAT_JSON, .columns = "name,foo"}, "column 'foo' does not exist"},
        {{.format = CL_FORMAT_JSON, .columns = ""}, "column '' does not exist"},
        {{.format = CL_FORMAT_CSV, .columns = "nam"}, "column 'nam' does not exist"},
        {{.field = "foo.name"}, "field 'foo.name' does not exist"},
        {{.field = ""}, "field '' does not exist"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = cl_format_check(&rows[i].settings, "name path deep", &err);
        assert_int_equal(code, rows[i].text == NULL ? CL_OK : CL_E_INVALID);
        if (rows[i].text != NULL) {
            assert_non_null(strstr(err.text, rows[i].text));
            assert_non_null(strstr(err.text, "; there are: name, path, deep"));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_before_the_work_what_can_be_asked_for),
        cmocka_unit_test(writes_lines_that_other_programs_can_split),
        cmocka_unit_test(shows_values_without_quotes),
        cmocka_unit_test(an_absent_value_is_empty),
        cmocka_unit_test(finds_members_also_inside_others),
        cmocka_unit_test(choosing_everything_gives_the_object_itself),
        cmocka_unit_test(choosing_members_keeps_their_order),
        cmocka_unit_test(an_unknown_member_is_refused_and_nothing_chosen),
        cmocka_unit_test(prints_objects_in_the_machine_formats),
        cmocka_unit_test(a_reference_keeps_the_value_alive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
