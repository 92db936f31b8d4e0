#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector list"
#define ASKED(query, more) "list {\"query\":{" query "}" more "}\n"
#define FIRST_PAGE "\"page\":1,\"size\":20"

static void list(struct command_run *run, const char *result)
{
    command_run_reset(run);
    fake_api_answer(run->api, "list", result);
}

/* --- what is asked ------------------------------------------------------------------------- */

#define FILTER(field, value) "{\"field\":\"" field "\",\"value\":\"" value "\"}"

static void asks_for_what_the_options_say(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"", ASKED(FIRST_PAGE, "")},
        {"--name aws-auto", ASKED("\"filters\":[" FILTER("name", "aws-auto") "]," FIRST_PAGE, "")},
        {"--name startswith:aws- --name contains:x",
         ASKED("\"filters\":[" FILTER("name", "startswith:aws-") "," FILTER(
                   "name", "contains:x") "]," FIRST_PAGE,
               "")},
        {"--connector_type aws --auth-method=iam-role",
         ASKED("\"filters\":[" FILTER("connector_type",
                                      "aws") "," FILTER("auth_method", "iam-role") "]," FIRST_PAGE,
               "")},
        {"-r s3-bucket -ri s3://zenfiles",
         ASKED("\"filters\":[" FILTER("resource_type", "s3-bucket") "," FILTER(
                   "resource_id", "s3://zenfiles") "]," FIRST_PAGE,
               "")},
        {"--user ana --user-id u --workspace-id default",
         ASKED("\"filters\":[" FILTER("user", "ana") "," FILTER("user_id", "u") "," FILTER(
                   "workspace_id", "default") "]," FIRST_PAGE,
               "")},
        {"--secret-id 1 --id 2 --created gt:2024-05-14 --updated 'in:2024-05-14,2024-05-15'",
         ASKED(
             "\"filters\":[" FILTER("secret_id", "1") "," FILTER("id", "2") "," FILTER(
                 "created", "gt:2024-05-14") "," FILTER("updated",
                                                        "in:2024-05-14,2024-05-15") "]," FIRST_PAGE,
             "")},
        {"--shared", ASKED("\"filters\":[" FILTER("shared", "true") "]," FIRST_PAGE, "")},
        {"--private", ASKED("\"filters\":[" FILTER("shared", "false") "]," FIRST_PAGE, "")},
        {"-l team=ml -l env", ASKED("\"labels\":{\"env\":null,\"team\":\"ml\"}," FIRST_PAGE, "")},
        {"--sort-by name", ASKED("\"sort_by\":\"name\"," FIRST_PAGE, "")},
        {"--sort_by asc:name", ASKED("\"sort_by\":\"name\"," FIRST_PAGE, "")},
        {"--sort-by desc:expires_at",
         ASKED("\"sort_by\":\"expires_at\",\"descending\":true," FIRST_PAGE, "")},
        {"--page 3 --size 7", ASKED("\"page\":3,\"size\":7", "")},
        {"--all", ASKED(FIRST_PAGE ",\"all\":true", "")},
        {"--logical-operator or", ASKED("\"any\":true," FIRST_PAGE, "")},
        {"--logical_operator and", ASKED(FIRST_PAGE, "")},
        {"--expired", ASKED(FIRST_PAGE, ",\"only_expired\":true")},
        {"--expires-within 7d", ASKED(FIRST_PAGE, ",\"expires_within_s\":604800")},
        {"--unused", ASKED(FIRST_PAGE, ",\"only_unused\":true")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        list(*state, LISTED);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, rows[i].call);
    }
}

static void takes_the_page_size_from_the_environment(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "CLEAT_PAGE_SIZE", "5");
    list(run, LISTED);
    assert_status(run, LINE, 0);
    assert_calls(run, ASKED("\"page\":1,\"size\":5", ""));
    list(run, LISTED);
    assert_status(run, LINE " --size 9999", 0);
    assert_calls(run, ASKED("\"page\":1,\"size\":9999", ""));
    fake_set_env(run->world, "CLEAT_PAGE_SIZE", "few");
    command_run_reset(run);
    assert_status(run, LINE, 2);
    assert_err(run, "Error: CLEAT_PAGE_SIZE: 'few' is not a number from 1 to 10000\n"
                    "Run '" LINE " --help' for usage.\n");
    fake_set_env(run->world, "CLEAT_PAGE_SIZE", "10001");
    command_run_reset(run);
    assert_status(run, LINE, 2);
    assert_err(run, "Error: CLEAT_PAGE_SIZE: '10001' is not a number from 1 to 10000\n"
                    "Run '" LINE " --help' for usage.\n");
    /* What is given wins, whatever the environment says. */
    command_run_reset(run);
    fake_api_answer(run->api, "list", LISTED);
    assert_status(run, LINE " --size 7", 0);
    assert_non_null(strstr(fake_api_calls(run->api), "\"size\":7"));
}

static void refuses_what_makes_no_sense(void **state)
{
    static const struct {
        const char *words;
        const char *text;
    } rows[] = {
        {"--size 0", "--size: '0' is not a number from 1 to 10000"},
        {"--size x", "--size: 'x' is not a number from 1 to 10000"},
        {"--size 10001", "--size: '10001' is not a number from 1 to 10000"},
        {"--page 0", "--page must be 1 or more"},
        {"--page x", "--page: 'x' is not a whole number"},
        {"--expires-within soon",
         "--expires-within: 'soon' is not a duration such as 3600 or 1h30m"},
        {"-l =x", "label '=x' is not of the form KEY=VALUE"},
        {"stray", "unexpected argument 'stray'"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        command_run_reset(run);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(run, line.ptr, 2);
        if (strstr(run->err.ptr, rows[i].text) == NULL)
            fail_msg("%s: %s", rows[i].words, run->err.ptr);
        assert_calls(run, "");
    }
}

/* --- what is shown ------------------------------------------------------------------------- */

static void prints_every_format(void **state)
{
    static const struct {
        const char *words;
        const char *golden;
    } rows[] = {
        {"", "list.txt"},
        {"--ascii", "list_ascii.txt"},
        {"-o json", "list.json"},
        {"-o yaml", "list.yaml"},
        {"-o ndjson", "list.ndjson"},
        {"-o csv", "list.csv"},
        {"-o tsv --no-headers", "list.tsv"},
        {"--columns name,auth_method,status,verified,components", "list_columns.txt"},
        {"-c all -o csv", "list_all.csv"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        list(*state, LISTED);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_golden_run(*state, line.ptr, rows[i].golden);
        assert_err(*state, "");
    }
}

static void marks_what_this_program_lacks_the_type_of(void **state)
{
    struct command_run *run = *state;
    const char *listed = "{'items':[{'connector':" FOREIGN ",'components':[]},"
                         "{'connector':" BUCKET ",'components':[]}]," PAGE(1, 20, 1, 2) "}";

    list(run, listed);
    assert_status(run, LINE, 0);
    assert_non_null(strstr(run->out.ptr, " nimbus "));
    assert_non_null(strstr(run->out.ptr, " (unavailable) "));
    assert_non_null(strstr(run->out.ptr, " aws-zenfiles "));
    list(run, listed);
    assert_status(run, LINE " --field status", 0);
    assert_out(run, "unavailable\n\n");
    list(run, listed);
    assert_status(run, LINE " --columns type,status --no-headers -o csv", 0);
    assert_out(run, "nimbus,unavailable\naws,\n");
}

static void prints_names_ids_and_fields(void **state)
{
    static const struct {
        const char *words;
        const char *out;
    } rows[] = {
        {"-o name", "service_connector/aws-auto\nservice_connector/aws-zenfiles\n"},
        {"--quiet", AUTO_ID "\n" BUCKET_ID "\n"},
        {"--field name", "aws-auto\naws-zenfiles\n"},
        {"--field resource_types",
         "aws-generic;s3-bucket;kubernetes-cluster;docker-registry\ns3-bucket\n"},
        {"--field owner", "default\nana\n"},
        {"--field shared", "false\ntrue\n"},
        {"--field configuration.region", "us-east-1\nus-east-1\n"},
        {"-o csv --columns name,shared --no-headers", "aws-auto,false\naws-zenfiles,true\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        list(*state, LISTED);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, rows[i].out);
    }
}

/* The seconds that are left count down to the tolerance, not to the end. */
static void shows_how_long_credentials_last(void **state)
{
    static const struct {
        int64_t after_s;
        const char *cell;
    } rows[] = {
        {0, "5h59m"},
        {5 * 3600, "59m"},
        {5 * 3600 + 3539, "1s"},
        {5 * 3600 + 3540, "\xF0\x9F\x93\x9B Expired!"},
        {7 * 3600, "\xF0\x9F\x93\x9B Expired!"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        list(run, LISTED);
        fake_set_now(run->world, FAKE_START_AT + rows[i].after_s);
        assert_status(run, LINE " --columns name,expires_in", 0);
        if (strstr(run->out.ptr, rows[i].cell) == NULL)
            fail_msg("%s is not in\n%s", rows[i].cell, run->out.ptr);
    }
}

static void tells_of_further_pages(void **state)
{
    list(*state, "{'items':[{'connector':" AUTO ",'components':[]}]," PAGE(2, 1, 3, 3) "}");
    assert_status(*state, LINE " --page 2 --size 1", 0);
    assert_err(*state, "Page 2 of 3, 3 in all.\n");
    list(*state, "{'items':[{'connector':" AUTO ",'components':[]}]," PAGE(2, 1, 3, 3) "}");
    assert_status(*state, LINE " --page 2 --size 1 -o json --columns name", 0);
    assert_out(*state, "{\n  \"items\": [\n    {\n      \"name\": \"aws-auto\"\n    }\n  ],\n"
                       "  \"pagination\": {\n    \"index\": 2,\n    \"max_size\": 1,\n"
                       "    \"total_pages\": 3,\n    \"total\": 3\n  }\n}\n");
    assert_err(*state, "");
}

static void says_that_nothing_matches(void **state)
{
    list(*state, LISTED_NONE);
    assert_status(*state, LINE, 0);
    assert_out(*state, "");
    assert_err(*state, "No service connectors match.\n");
    list(*state, LISTED_NONE);
    assert_golden_run(*state, LINE " -o json", "list_none.json");
    list(*state, LISTED_NONE);
    assert_status(*state, LINE " --quiet", 0);
    assert_out(*state, "");
    assert_err(*state, "");
}

static void shows_odd_values_as_text(void **state)
{
    struct command_run *run = *state;

    list(run, "{'items':[{'connector':{'id':'1','name':'odd\\u001b[31m','connector_type':'aws',"
              "'auth_method':'secret-key','resource_types':[]," TIMES
              "},'components':[]}]," PAGE(1, 20, 1, 1) "}");
    assert_status(run, LINE, 0);
    assert_null(strchr(run->out.ptr, '\x1b'));
    assert_non_null(strstr(run->out.ptr, "odd\\x1b[31m"));
    assert_non_null(strstr(run->out.ptr, "<multiple>"));
    assert_non_null(strstr(run->out.ptr, " - ")); /* nobody owns it */
}

static void passes_failures_on(void **state)
{
    struct command_run *run = *state;

    fake_api_refuse(run->api, "list", CL_E_INVALID, "there is no field 'nmae'",
                    "Did you mean 'name'?");
    assert_status(run, LINE " --sort-by nmae", 2);
    assert_err(run, "Error: there is no field 'nmae'\n  Did you mean 'name'?\n"
                    "Run '" LINE " --help' for usage.\n");
    list(run, LISTED);
    assert_status(run, LINE " --columns nmae", 2);
    assert_out(run, "");
    assert_non_null(strstr(run->err.ptr, "Did you mean 'name'?"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_for_what_the_options_say),
        TEST(takes_the_page_size_from_the_environment),
        TEST(refuses_what_makes_no_sense),
        TEST(prints_every_format),
        TEST(prints_names_ids_and_fields),
        TEST(shows_how_long_credentials_last),
        TEST(tells_of_further_pages),
        TEST(says_that_nothing_matches),
        TEST(marks_what_this_program_lacks_the_type_of),
        TEST(shows_odd_values_as_text),
        TEST(passes_failures_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
