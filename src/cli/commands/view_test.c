#include "cli/commands/view.h"

#include "cli/symbols.h"
#include "core/api_codec.h"
#include "core/connector.h"
#include "json_text.h"
#include "test.h"

#define NOW_AT INT64_C(1715690096)

/* --- types and resources ------------------------------------------------------------------- */

static void shows_types_with_their_signs(void **state)
{
    static const struct {
        const char *type;
        const char *cell;
    } rows[] = {
        {"aws", "\xF0\x9F\x94\xB6 aws"},
        {"kubernetes", "\xF0\x9F\x8C\x80 kubernetes"},
        {"docker", "\xF0\x9F\x90\xB3 docker"},
        {"azure", "\xF0\x9F\x87\xA6 azure"},
        {"gcp", "\xF0\x9F\x94\xB5 gcp"},
        {"hyperai", "\xF0\x9F\xA4\x96 hyperai"},
        {"novel", "novel"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);
        cl_view_add_type(&cell, cl_str_of(rows[i].type));
        assert_str(cl_buf_view(&cell), rows[i].cell);
    }
}

static void shows_resources_with_their_signs(void **state)
{
    static const struct {
        const char *connector;
        const char *resource;
        const char *cell;
    } rows[] = {
        {"aws", "s3-bucket", "\xF0\x9F\x93\xA6 s3-bucket"},
        {"aws", "aws-generic", "\xF0\x9F\x94\xB6 aws-generic"},
        {"aws", "kubernetes-cluster", "\xF0\x9F\x8C\x80 kubernetes-cluster"},
        {"kubernetes", "kubernetes-cluster", "\xF0\x9F\x8C\x80 kubernetes-cluster"},
        {"docker", "docker-registry", "\xF0\x9F\x90\xB3 docker-registry"},
        {"hyperai", "hyperai-instance", "\xF0\x9F\xA4\x96 hyperai-instance"},
        /* of any type that has it */
        {"", "s3-bucket", "\xF0\x9F\x93\xA6 s3-bucket"},
        {"novel", "s3-bucket", "\xF0\x9F\x93\xA6 s3-bucket"},
        {"aws", "novel", "novel"},
        {"novel", "novel", "novel"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);
        cl_view_add_resource(&cell, cl_str_of(rows[i].connector), cl_str_of(rows[i].resource));
        assert_str(cl_buf_view(&cell), rows[i].cell);
    }
}

static void joins_resource_types(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);
    CL_AUTO(cl_strs) struct cl_strs types = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_view_add_resources(&cell, CL_STR("aws"), &types, ", ");
    assert_int_equal(cell.len, 0);
    assert_ok(cl_strs_add(&types, CL_STR("novel"), &err), &err);
    assert_ok(cl_strs_add(&types, CL_STR("other"), &err), &err);
    cl_view_add_resources(&cell, CL_STR("aws"), &types, ", ");
    assert_str(cl_buf_view(&cell), "novel, other");
}

/* --- values -------------------------------------------------------------------------------- */

static void shows_the_rest_of_a_life(void **state)
{
    static const struct {
        int64_t at;
        int64_t skew_s;
        const char *cell;
    } rows[] = {
        {0, 300, "N/A"},
        {NOW_AT + 12 * 3600, 0, "12h"},
        {NOW_AT + 12 * 3600 - 5, 0, "11h59m55s"},
        {NOW_AT + 86400, 0, "1d"},
        {NOW_AT + 301, 300, "1s"},
        {NOW_AT + 300, 300, CL_SIGN_EXPIRED " Expired!"},
        {NOW_AT, 0, CL_SIGN_EXPIRED " Expired!"},
        {NOW_AT - 1, 0, CL_SIGN_EXPIRED " Expired!"},
        {1, 0, CL_SIGN_EXPIRED " Expired!"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);
        cl_view_add_expires_in(&cell, rows[i].at, rows[i].skew_s, NOW_AT, "N/A");
        assert_str(cl_buf_view(&cell), rows[i].cell);
    }
}

static void shows_times_without_letters(void **state)
{
    static const struct {
        const char *given;
        const char *cell;
    } rows[] = {
        {"2024-05-14T12:34:56.250000Z", "2024-05-14 12:34:56.250000"},
        {"2024-05-14T12:34:56.000000Z", "2024-05-14 12:34:56"},
        {"2024-05-14T12:34:56Z", "2024-05-14 12:34:56"},
        {"2024-05-14", "2024-05-14"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);
        cl_view_add_time(&cell, cl_str_of(rows[i].given));
        assert_str(cl_buf_view(&cell), rows[i].cell);
    }
}

static void stacks_labels(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);
    CL_AUTO(cl_json) json_t *labels = json_of("{'env':'dev','team':'','x':'a=b'}");

    (void)state;
    cl_view_add_labels(&cell, NULL);
    assert_int_equal(cell.len, 0);
    cl_view_add_labels(&cell, labels);
    assert_str(cl_buf_view(&cell), "env:dev\nteam:\nx:a=b");
}

static void shows_truth_as_a_sign(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(256);

    (void)state;
    cl_view_add_bool(&cell, true);
    cl_view_add_bool(&cell, false);
    assert_str(cl_buf_view(&cell), CL_SIGN_YES CL_SIGN_NO);
}

/* --- tables -------------------------------------------------------------------------------- */

static void draw(const struct cl_table *table, struct cl_buf *out)
{
    struct cl_look look = {.ascii = true};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_table_render(table, &look, out, NULL, NULL, &err), &err);
}

static void make_list(const char *json, struct cl_resource_list *ret)
{
    CL_AUTO(cl_json) json_t *value = json_of(json);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_resource_list_decode(value, ret, &err), &err);
}

static void draws_every_outcome_of_a_row(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(65536);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    make_list("{'id':'1','name':'n','connector_type':'novel','resources':["
              "{'resource_type':'several','resource_ids':['a','b']},"
              "{'resource_type':'none','resource_ids':[]},"
              "{'resource_type':'unlisted'},"
              "{'resource_type':'cut','resource_ids':['a'],'truncated':true},"
              "{'resource_type':'failed','error':'two\\nlines','error_code':'timeout'}]}",
              &list);
    assert_ok(cl_view_resources(&list, &table, &err), &err);
    draw(table, &out);
    assert_str(cl_buf_view(&out), "+---------------+--------------------+\n"
                                  "| RESOURCE TYPE | RESOURCE NAMES     |\n"
                                  "+---------------+--------------------+\n"
                                  "|    several    | a                  |\n"
                                  "|               | b                  |\n"
                                  "+---------------+--------------------+\n"
                                  "|     none      | none listed        |\n"
                                  "+---------------+--------------------+\n"
                                  "|   unlisted    | none listed        |\n"
                                  "+---------------+--------------------+\n"
                                  "|      cut      | a                  |\n"
                                  "|               | (and more)         |\n"
                                  "+---------------+--------------------+\n"
                                  "|    failed     | ! error: two lines |\n"
                                  "+---------------+--------------------+\n");
}

/* A connector that failed as a whole is one row with all of its types. */
static void draws_several_connectors(void **state)
{
    struct cl_resource_list lists[2] = {{.id = ""}, {.id = ""}};
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(65536);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    make_list("{'id':'1','name':'one','connector_type':'novel','error':'no','error_code':'failed',"
              "'resources':[{'resource_type':'x'},{'resource_type':'y'}]}",
              &lists[0]);
    make_list("{'id':'2','name':'two','connector_type':'novel','resources':["
              "{'resource_type':'x','resource_ids':['a']},{'resource_type':'y','resource_ids':"
              "['b']}]}",
              &lists[1]);
    assert_ok(cl_view_resources_of_many(lists, 2, &table, &err), &err);
    draw(table, &out);
    assert_str(
        cl_buf_view(&out),
        "+--------------+----------------+----------------+---------------+----------------+\n"
        "| CONNECTOR ID | CONNECTOR NAME | CONNECTOR TYPE | RESOURCE TYPE | RESOURCE NAMES |\n"
        "+--------------+----------------+----------------+---------------+----------------+\n"
        "|      1       | one            | novel          | x             | ! error: no    |\n"
        "|              |                |                | y             |                |\n"
        "+--------------+----------------+----------------+---------------+----------------+\n"
        "|      2       | two            | novel          | x             | a              |\n"
        "+--------------+----------------+----------------+---------------+----------------+\n"
        "|              |                |                | y             | b              |\n"
        "+--------------+----------------+----------------+---------------+----------------+\n");
    cl_resource_list_cleanup(&lists[0]);
    cl_resource_list_cleanup(&lists[1]);
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
        cmocka_unit_test(shows_types_with_their_signs),
        cmocka_unit_test(shows_resources_with_their_signs),
        cmocka_unit_test(joins_resource_types),
        cmocka_unit_test(shows_the_rest_of_a_life),
        cmocka_unit_test(shows_times_without_letters),
        cmocka_unit_test(stacks_labels),
        cmocka_unit_test(shows_truth_as_a_sign),
        cmocka_unit_test(draws_every_outcome_of_a_row),
        cmocka_unit_test(draws_several_connectors),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
