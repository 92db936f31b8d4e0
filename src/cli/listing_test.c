#include "cli/listing.h"

#include "base/alloc.h"
#include "capture.h"
#include "codec/json.h"
#include "fake_world.h"
#include "golden.h"
#include "test.h"

#define DIAMOND "\xF0\x9F\x94\xB6 "

static void type_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_buf_add_c(cell, DIAMOND);
    cl_buf_add(cell, cl_json_str(item, "connector_type"));
}

static void age_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)item;
    cl_buf_addf(cell, DIAMOND "%d days", *(const int *)ctx);
}

static const struct cl_list_column columns[] = {
    {.key = "name", .header = "NAME", .class = CL_COLUMN_NAME},
    {.key = "id", .header = "ID", .class = CL_COLUMN_FIXED},
    {.key = "type", .header = "TYPE", .field = "connector_type", .cell = type_cell},
    {.key = "resource_types", .header = "RESOURCE TYPES"},
    {.key = "age", .header = "AGE", .cell = age_cell},
    {.key = "region", .header = "REGION", .field = "configuration.region", .extra = true},
};

static const int age = 3;

static const struct cl_listing listing = {
    .kind = "service_connector",
    .entities = "service connectors",
    .columns = columns,
    .column_count = CL_COUNT(columns),
    .ctx = &age,
};

static const char two_items[] =
    "[{\"id\":\"i1\",\"name\":\"aws-auto\",\"connector_type\":\"aws\",\"resource_types\":"
    "[\"s3-bucket\",\"aws-generic\"],\"configuration\":{\"region\":\"us-east-1\"},\"shared\":false}"
    ","
    "{\"id\":\"i2\",\"name\":\"odd \\\"one\\\", "
    "two\",\"connector_type\":\"gcp\",\"resource_types\":"
    "[],\"configuration\":{\"region\":null},\"shared\":true}]";

struct fixture {
    struct fake_world *fake;
    struct cl_buf out_text;
    struct cl_buf err_text;
    struct cl_stream out_stream;
    struct cl_stream err_stream;
    struct cl_out out;
    struct cl_err err;
};

static enum cl_code list(struct fixture *fix, const char *items, struct cl_settings settings,
                         const struct cl_page *page)
{
    CL_AUTO(cl_json) json_t *parsed = NULL;

    *fix = (struct fixture){
        .fake = fake_world_new(), .out_text = CL_BUF(1UL << 20U), .err_text = CL_BUF(1UL << 20U)};
    fake_set_env(fix->fake, "LC_ALL", "en_US.utf8");
    fix->out_stream = capture_stream(&fix->out_text);
    fix->err_stream = capture_stream(&fix->err_text);
    cl_out_init(&fix->out, fake_world(fix->fake), &settings, &fix->out_stream, &fix->err_stream);
    assert_ok(cl_json_parse(cl_str_of(items), &parsed, &fix->err), &fix->err);
    return cl_out_list(&fix->out, &listing, parsed, page, &fix->err);
}

static void done(struct fixture *fix)
{
    cl_buf_cleanup(&fix->out_text);
    cl_buf_cleanup(&fix->err_text);
    fake_world_free(fix->fake);
}

#define SETTINGS(...) ((struct cl_settings){__VA_ARGS__})

struct golden_row {
    enum cl_format format;
    const char *golden;
};

static void prints_two_items_in_every_format(void **state)
{
    static const struct golden_row rows[] = {
        {CL_FORMAT_TABLE, "cli/list_two.txt"},     {CL_FORMAT_JSON, "cli/list_two.json"},
        {CL_FORMAT_YAML, "cli/list_two.yaml"},     {CL_FORMAT_CSV, "cli/list_two.csv"},
        {CL_FORMAT_TSV, "cli/list_two.tsv"},       {CL_FORMAT_NDJSON, "cli/list_two.ndjson"},
        {CL_FORMAT_NAME, "cli/list_two.name.txt"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_ok(list(&fix, two_items, SETTINGS(.format = rows[i].format), NULL), &fix.err);
        assert_golden(rows[i].golden, cl_buf_view(&fix.out_text));
        assert_int_equal(fix.err_text.len, 0);
        done(&fix);
    }
}

struct text_row {
    struct cl_settings settings;
    const char *text;
};

static void check_rows(const char *items, const struct text_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct fixture fix;
        assert_ok(list(&fix, items, rows[i].settings, NULL), &fix.err);
        assert_str(cl_buf_view(&fix.out_text), rows[i].text);
        done(&fix);
    }
}

static void prints_an_empty_list_in_every_format(void **state)
{
    static const char empty_json[] =
        "{\n  \"items\": [],\n  \"pagination\": {\n    \"index\": 1,\n    \"max_size\": 0,\n    "
        "\"total_pages\": 1,\n    \"total\": 0\n  }\n}\n";
    static const struct text_row rows[] = {
        {{.format = CL_FORMAT_TABLE}, ""},
        {{.format = CL_FORMAT_JSON}, empty_json},
        {{.format = CL_FORMAT_CSV}, ""},
        {{.format = CL_FORMAT_TSV}, ""},
        {{.format = CL_FORMAT_NDJSON}, ""},
        {{.format = CL_FORMAT_NAME}, ""},
        {{.format = CL_FORMAT_YAML},
         "items: []\npagination:\n  index: 1\n  max_size: 0\n  total_pages: 1\n  total: 0\n"},
        {{.field = "id"}, ""},
    };
    struct fixture fix;

    (void)state;
    check_rows("[]", rows, CL_COUNT(rows));
    assert_ok(list(&fix, "[]", SETTINGS(.format = CL_FORMAT_JSON), NULL), &fix.err);
    assert_str(cl_buf_view(&fix.err_text), "No service connectors match.\n");
    done(&fix);
    assert_ok(list(&fix, "[]", SETTINGS(.quiet = true), NULL), &fix.err);
    assert_int_equal(fix.err_text.len, 0);
    done(&fix);
}

static void selects_and_orders_columns(void **state)
{
    static const struct text_row rows[] = {
        {{.format = CL_FORMAT_CSV, .columns = "id,type"}, "id,type\ni1,aws\ni2,gcp\n"},
        {{.format = CL_FORMAT_CSV, .columns = "type,id"}, "type,id\naws,i1\ngcp,i2\n"},
        {{.format = CL_FORMAT_CSV, .columns = "connector_type"}, "type\naws\ngcp\n"},
        {{.format = CL_FORMAT_CSV, .columns = "region"}, "region\nus-east-1\n\n"},
        {{.format = CL_FORMAT_CSV, .columns = " id , id "}, "id\ni1\ni2\n"},
        {{.format = CL_FORMAT_CSV, .columns = "-name,-type,-age,-resource-types"}, "id\ni1\ni2\n"},
        {{.format = CL_FORMAT_CSV, .columns = "id", .no_headers = true}, "i1\ni2\n"},
        {{.format = CL_FORMAT_NDJSON, .columns = "type,age"},
         "{\"connector_type\":\"aws\",\"age\":\"3 days\"}\n"
         "{\"connector_type\":\"gcp\",\"age\":\"3 days\"}\n"},
        {{.format = CL_FORMAT_TSV, .columns = "-age,+region,-id,-name"},
         "type\tresource_types\tregion\naws\ts3-bucket;aws-generic\tus-east-1\ngcp\t\t\n"},
    };

    (void)state;
    check_rows(two_items, rows, CL_COUNT(rows));
}

static void shows_all_columns_when_asked(void **state)
{
    struct fixture fix;

    (void)state;
    assert_ok(list(&fix, two_items, SETTINGS(.columns = "all"), NULL), &fix.err);
    assert_golden("cli/list_two_all.txt", cl_buf_view(&fix.out_text));
    done(&fix);
}

static void prints_one_raw_field_or_only_ids(void **state)
{
    static const struct text_row rows[] = {
        {{.field = "id"}, "i1\ni2\n"},
        {{.field = "type"}, "aws\ngcp\n"},
        {{.field = "connector_type"}, "aws\ngcp\n"},
        {{.field = "configuration.region"}, "us-east-1\n\n"},
        {{.field = "shared"}, "false\ntrue\n"},
        {{.field = "age"}, "3 days\n3 days\n"},
        {{.quiet = true}, "i1\ni2\n"},
        {{.quiet = true, .format = CL_FORMAT_NAME},
         "service_connector/aws-auto\nservice_connector/odd \"one\", two\n"},
    };

    (void)state;
    check_rows(two_items, rows, CL_COUNT(rows));
}

struct error_row {
    struct cl_settings settings;
    const char *text;
    const char *hint;
};

static void refuses_unknown_columns_and_fields(void **state)
{
    static const struct error_row rows[] = {
        {{.columns = "nmae"},
         "column 'nmae' does not exist; there are: name, id, type, resource_types, age, region",
         "Did you mean 'name'?"},
        {{.columns = "+foo"},
         "column 'foo' does not exist; there are: name, id, type, resource_types, age, region",
         ""},
        {{.columns = "-name,-id,-type,-resource_types,-age"}, "--columns leaves no column", ""},
        {{.field = "shraed"},
         "field 'shraed' does not exist; there are: id, name, connector_type, resource_types, "
         "configuration, shared",
         "Did you mean 'shared'?"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fixture fix;
        assert_int_equal(list(&fix, two_items, rows[i].settings, NULL), CL_E_INVALID);
        assert_string_equal(fix.err.text, rows[i].text);
        assert_string_equal(fix.err.hint, rows[i].hint);
        assert_int_equal(fix.out_text.len, 0);
        done(&fix);
    }
}

static void names_the_page_only_when_there_are_several(void **state)
{
    static const struct cl_page one = {.index = 1, .max_size = 20, .total_pages = 1, .total = 2};
    static const struct cl_page many = {.index = 2, .max_size = 2, .total_pages = 3, .total = 5};
    struct fixture fix;

    (void)state;
    assert_ok(list(&fix, two_items, SETTINGS(.format = CL_FORMAT_CSV), &one), &fix.err);
    assert_int_equal(fix.err_text.len, 0);
    done(&fix);
    assert_ok(list(&fix, two_items, SETTINGS(.format = CL_FORMAT_TABLE), &many), &fix.err);
    assert_str(cl_buf_view(&fix.err_text), "Page 2 of 3, 5 in all.\n");
    done(&fix);
    assert_ok(list(&fix, two_items, SETTINGS(.format = CL_FORMAT_JSON), &many), &fix.err);
    assert_int_equal(fix.err_text.len, 0);
    assert_true(cl_str_contains(cl_buf_view(&fix.out_text), CL_STR("\"total_pages\": 3")));
    done(&fix);
}

static void streams_items_line_by_line(void **state)
{
    struct fixture fix;
    CL_AUTO(cl_json) json_t *item = json_pack("{s:s, s:s}", "id", "i3", "name", "late");

    (void)state;
    assert_ok(list(&fix, "[]", SETTINGS(.format = CL_FORMAT_NDJSON, .quiet = true), NULL),
              &fix.err);
    assert_ok(cl_out_stream_item(&fix.out, &listing, item, &fix.err), &fix.err);
    assert_str(cl_buf_view(&fix.out_text), "{\"id\":\"i3\",\"name\":\"late\"}\n");
    fix.out.settings.columns = "name";
    cl_buf_truncate(&fix.out_text, 0);
    assert_ok(cl_out_stream_item(&fix.out, &listing, item, &fix.err), &fix.err);
    assert_str(cl_buf_view(&fix.out_text), "{\"name\":\"late\"}\n");
    done(&fix);
}

static void escapes_values_in_tab_separated_lines(void **state)
{
    static const struct text_row rows[] = {
        {{.format = CL_FORMAT_TSV, .columns = "name", .no_headers = true}, "a\\tb\\nc\\\\d\\re\n"},
        {{.format = CL_FORMAT_CSV, .columns = "name", .no_headers = true}, "\"a\tb\nc\\d\re\"\n"},
    };

    (void)state;
    check_rows("[{\"name\":\"a\\tb\\nc\\\\d\\re\"}]", rows, CL_COUNT(rows));
}

static enum cl_code list_with_failure(int64_t nth, struct cl_settings settings)
{
    struct fixture fix;
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_json) json_t *items = NULL;

    assert_ok(list(&fix, "[]", SETTINGS(.quiet = true), NULL), &fix.err);
    assert_ok(cl_json_parse(cl_str_of(two_items), &items, &err), &err);
    fix.out.settings = settings;
    (void)cl_alloc_fail_at(nth);
    enum cl_code code = cl_out_list(&fix.out, &listing, items, NULL, &err);
    (void)cl_alloc_fail_at(0);
    assert_int_equal(code, err.code);
    done(&fix);
    return code;
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    for (int format = CL_FORMAT_TABLE; format <= CL_FORMAT_NAME; format++) {
        enum cl_code code = CL_E_FAILED;
        int64_t tries = 0;
        while (code != CL_OK && tries < 2000)
            code = list_with_failure(
                ++tries, SETTINGS(.format = (enum cl_format)format, .columns = "name,age,type"));
        assert_int_equal(code, CL_OK);
        assert_true(tries > 1); /* something was struck */
    }
}

static int set_up_json(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_two_items_in_every_format),
        cmocka_unit_test(prints_an_empty_list_in_every_format),
        cmocka_unit_test(selects_and_orders_columns),
        cmocka_unit_test(shows_all_columns_when_asked),
        cmocka_unit_test(prints_one_raw_field_or_only_ids),
        cmocka_unit_test(refuses_unknown_columns_and_fields),
        cmocka_unit_test(names_the_page_only_when_there_are_several),
        cmocka_unit_test(streams_items_line_by_line),
        cmocka_unit_test(escapes_values_in_tab_separated_lines),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
