#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector list-resources"
#define BOTH "[" AUTO_REACHES "," BUCKET_REACHES "]"
#define MIXED \
    "[" BUCKET_FAILS "," AUTO_LIST(GENERIC_ROW "," BUCKETS_ROW "," DENIED_ROW "," REGISTRY_ROW) "]"

static void discover(struct command_run *run, const char *lists)
{
    command_run_reset(run);
    fake_api_answer(run->api, "discover", lists);
}

/* --- what is asked ------------------------------------------------------------------------- */

static void asks_for_what_the_options_say(void **state)
{
    static const struct {
        const char *words;
        const char *request;
    } rows[] = {
        {"", "{\"parallel\":64,\"connector_timeout_ms\":30000}"},
        {"aws-auto", "{\"connector\":\"aws-auto\",\"parallel\":64,\"connector_timeout_ms\":30000}"},
        {"-c aws -r s3-bucket -ri zenfiles",
         "{\"connector_type\":\"aws\",\"resource_type\":\"s3-bucket\",\"resource_id\":\"zenfiles\","
         "\"parallel\":64,\"connector_timeout_ms\":30000}"},
        {"--connector-type=aws --resource_type s3-bucket --resource-id=arn:aws:s3:::x",
         "{\"connector_type\":\"aws\",\"resource_type\":\"s3-bucket\","
         "\"resource_id\":\"arn:aws:s3:::x\",\"parallel\":64,\"connector_timeout_ms\":30000}"},
        {"-e --parallel 1 --connector-timeout 1m30s",
         "{\"exclude_errors\":true,\"parallel\":1,\"connector_timeout_ms\":90000}"},
        {"--cached", "{\"parallel\":64,\"connector_timeout_ms\":30000,\"max_age_s\":300}"},
        {"--cached=1h", "{\"parallel\":64,\"connector_timeout_ms\":30000,\"max_age_s\":3600}"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(1024);
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(1024);
        discover(*state, BOTH);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        cl_buf_addf(&want, "discover %s\n", rows[i].request);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, want.ptr);
    }
}

static void refuses_numbers_that_make_no_sense(void **state)
{
    static const struct {
        const char *words;
        const char *text;
    } rows[] = {
        {"--parallel 0", "--parallel must be between 1 and 1000"},
        {"--parallel 1001", "--parallel must be between 1 and 1000"},
        {"--parallel many", "--parallel: 'many' is not a whole number"},
        {"--connector-timeout 0", "--connector-timeout must be 1 second or more"},
        {"--connector-timeout soon",
         "--connector-timeout: 'soon' is not a duration such as 3600 or 1h30m"},
        {"--cached=old", "--cached: 'old' is not a duration such as 3600 or 1h30m"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(512);
        command_run_reset(*state);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        cl_buf_addf(&want, "Error: %s\nRun '" LINE " --help' for usage.\n", rows[i].text);
        assert_status(*state, line.ptr, 2);
        assert_err(*state, want.ptr);
        assert_calls(*state, "");
    }
}

/* --- headings ------------------------------------------------------------------------------ */

static void heads_the_table_as_the_transcripts_do(void **state)
{
    static const struct {
        const char *words;
        const char *heading;
    } rows[] = {
        {"aws-auto",
         "The following resources can be accessed by service connectors that you have configured:"},
        {"-r s3-bucket",
         "The following 's3-bucket' resources can be accessed by service connectors "
         "that you have configured:"},
        {"-r s3-bucket -ri zenfiles",
         "The  's3-bucket' resource with name 'zenfiles' can be accessed "
         "by service connectors that you have configured:"},
        {"-ri zenfiles", "The  resource with name 'zenfiles' can be accessed by service connectors "
                         "that you have configured:"},
        {"-r s3-bucket -c aws",
         "The following 's3-bucket' resources can be accessed by 'aws' service "
         "connectors that you have configured:"},
        {"-r s3-bucket -ri x -c aws", "The  's3-bucket' resource with name 'x' can be accessed by "
                                      "'aws' service connectors that you have configured:"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        struct cl_str first = CL_STR_NONE;
        struct cl_str rest = CL_STR_NONE;
        discover(run, BOTH);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(run, line.ptr, 0);
        (void)cl_str_cut(cl_buf_view(&run->out), '\n', &first, &rest);
        assert_str(first, rows[i].heading);
        assert_err(run, ""); /* narrowed down, so no advice */
    }
}

static void advises_to_narrow_the_listing_down(void **state)
{
    static const char advice[] =
        "Fetching all service connector resources can take a long time, depending on the number of "
        "connectors that you have configured. Consider using the '--connector-type', "
        "'--resource-type' and '--resource-id' options to narrow down the list of resources to "
        "fetch.\n";

    discover(*state, BOTH);
    assert_status(*state, LINE, 0);
    assert_err(*state, advice);
    discover(*state, BOTH);
    assert_status(*state, LINE " -c aws", 0);
    assert_err(*state, advice);
    discover(*state, BOTH);
    assert_status(*state, LINE " --quiet", 0);
    assert_err(*state, "");
    discover(*state, BOTH);
    assert_status(*state, LINE " -o json", 0);
    assert_err(*state, "");
}

/* --- every format -------------------------------------------------------------------------- */

static void prints_every_format(void **state)
{
    static const struct {
        const char *words;
        const char *lists;
        const char *golden;
    } rows[] = {
        {"", BOTH, "list_resources.txt"},
        {"", MIXED, "list_resources_errors.txt"},
        {"--ascii", MIXED, "list_resources_ascii.txt"},
        {"-o json", MIXED, "list_resources.json"},
        {"-o yaml", BOTH, "list_resources.yaml"},
        {"-o ndjson", MIXED, "list_resources.ndjson"},
        {"-o csv", MIXED, "list_resources.csv"},
        {"-o tsv", MIXED, "list_resources.tsv"},
        {"-o name", MIXED, "list_resources.name.txt"},
        {"--quiet", MIXED, "list_resources.quiet.txt"},
        {"--field resource_name", BOTH, "list_resources.field.txt"},
        {"-o json --columns name,resources", BOTH, "list_resources_columns.json"},
        {"--by-resource", BOTH, "by_resource.txt"},
        {"--by-resource", MIXED, "by_resource_errors.txt"},
        {"--by-resource -o json", MIXED, "by_resource.json"},
        {"--by-resource -o ndjson", MIXED, "by_resource.ndjson"},
        {"--by-resource -o csv", MIXED, "by_resource.csv"},
        {"--by-resource -o name", MIXED, "by_resource.name.txt"},
        {"--by-resource --quiet", MIXED, "by_resource.quiet.txt"},
        {"--by-resource --columns all", MIXED, "by_resource_all.txt"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        discover(*state, rows[i].lists);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_golden_run(*state, line.ptr, rows[i].golden);
    }
}

static void shows_connectors_in_the_order_of_their_making(void **state)
{
    struct command_run *run = *state;

    discover(run, "[{'id':'2','name':'second','connector_type':'aws','order':1,'resources':[]},"
                  "{'id':'1','name':'first','connector_type':'aws','order':0,'resources':["
                  "{'resource_type':'aws-generic','resource_ids':['us-east-1']}]}]");
    assert_status(run, LINE " -o json --columns name", 0);
    assert_non_null(strstr(run->out.ptr, "first"));
    assert_true(strstr(run->out.ptr, "first") < strstr(run->out.ptr, "second"));
    /* but streams them as they come */
    discover(run, "[{'id':'2','name':'second','connector_type':'aws','order':1,'resources':[]},"
                  "{'id':'1','name':'first','connector_type':'aws','order':0,'resources':[]}]");
    assert_status(run, LINE " -o ndjson --columns name", 0);
    assert_out(run, "{\"name\":\"second\"}\n{\"name\":\"first\"}\n");
}

static void says_that_a_listing_was_cut(void **state)
{
    struct command_run *run = *state;

    discover(run, "[" AUTO_LIST("{'resource_type':'s3-bucket','resource_ids':['s3://a'],"
                                "'truncated':true}") "]");
    assert_status(run, LINE " -r s3-bucket", 0);
    assert_non_null(strstr(run->out.ptr, "(and more)"));
}

static void merges_ways_to_one_resource(void **state)
{
    struct command_run *run = *state;

    discover(run, "[{'id':'1','name':'one','connector_type':'aws','resources':["
                  "{'resource_type':'docker-registry','resource_ids':['r']},"
                  "{'resource_type':'s3-bucket','resource_ids':['s3://b','s3://a']},"
                  "{'resource_type':'novel','resource_ids':['n']}]},"
                  "{'id':'2','name':'two','connector_type':'gcp','resources':["
                  "{'resource_type':'antique','resource_ids':['a']},"
                  "{'resource_type':'kubernetes-cluster','resource_ids':[]},"
                  "{'resource_type':'s3-bucket','resource_ids':['s3://b']},"
                  "{'resource_type':'docker-registry','resource_ids':['s3://b']}]}]");
    assert_status(run, LINE " --by-resource -o csv --no-headers", 0);
    assert_out(run, "docker-registry,r,one,\n"
                    "docker-registry,s3://b,two,\n"
                    "s3-bucket,s3://a,one,\n"
                    "s3-bucket,s3://b,one;two,\n"
                    "novel,n,one,\n"
                    "antique,a,two,\n");
}

/* --- nothing, errors, interruption --------------------------------------------------------- */

static void says_that_nothing_matches(void **state)
{
    static const char *const words[] = {"", " --by-resource", " -o csv", " -o name"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        discover(*state, "[]");
        cl_buf_addf(&line, LINE " -r s3-bucket%s", words[i]);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, "");
        assert_err(*state, "No service connector resources match.\n");
    }
    discover(*state, "[]");
    assert_golden_run(*state, LINE " -r s3-bucket -o json", "list_resources_none.json");
    discover(*state, "[]");
    assert_status(*state, LINE " -r s3-bucket -o ndjson", 0);
    assert_out(*state, "");
}

static void tells_with_strict_how_many_failed(void **state)
{
    struct command_run *run = *state;

    discover(run, MIXED);
    assert_status(run, LINE " -c aws", 0);
    discover(run, MIXED);
    assert_status(run, LINE " -r s3-bucket --strict", 7);
    assert_err(run, "Error: 2 of 2 connectors are in error\n");
    assert_true(run->out.len > 0);
    discover(run, "[" BUCKET_FAILS "," AUTO_REACHES "]");
    assert_status(run, LINE " -r s3-bucket --strict", 8);
    assert_err(run, "Error: 1 of 2 connectors are in error\n");
    discover(run, BOTH);
    assert_status(run, LINE " -r s3-bucket --strict", 0);
    discover(run, "[]");
    assert_status(run, LINE " -r s3-bucket --strict", 0);
}

static void shows_what_had_arrived_when_interrupted(void **state)
{
    struct command_run *run = *state;

    discover(run, "[" BUCKET_REACHES ",{'stop':'interrupted'},{}]");
    assert_status(run, LINE " -r s3-bucket", 130);
    assert_non_null(strstr(run->out.ptr, "s3://zenfiles"));
    assert_err(run, "Interrupted: 1 of 3 connectors had answered.\n");
    discover(run, "[{'stop':'interrupted'},{}]"); /* which does not mean that nothing matches */
    assert_status(run, LINE " -r s3-bucket", 130);
    assert_out(run, "");
    assert_err(run, "Interrupted: 0 of 2 connectors had answered.\n");
    discover(run, "[" BUCKET_REACHES ",{'stop':'interrupted'},{}]");
    assert_status(run, LINE " -r s3-bucket --by-resource -o csv --no-headers", 130);
    assert_out(run, "s3-bucket,s3://zenfiles,aws-zenfiles,\n");
}

static void passes_failures_on(void **state)
{
    struct command_run *run = *state;

    fake_api_refuse(run->api, "discover", CL_E_NOT_FOUND, "connector 'x' not found",
                    "Did you mean 'y'?");
    assert_status(run, LINE " x", 3);
    assert_err(run, "Error: connector 'x' not found\n  Did you mean 'y'?\n");
    discover(run, "[" BUCKET_REACHES ",{'stop':'timeout'}]");
    assert_status(run, LINE " -r s3-bucket", 9);
    assert_out(run, "");
    discover(run, BOTH);
    assert_status(run, LINE " -o csv --columns nonsense", 2);
    assert_out(run, "");
    assert_non_null(strstr(run->err.ptr, "'nonsense'"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_for_what_the_options_say),
        TEST(refuses_numbers_that_make_no_sense),
        TEST(heads_the_table_as_the_transcripts_do),
        TEST(advises_to_narrow_the_listing_down),
        TEST(prints_every_format),
        TEST(shows_connectors_in_the_order_of_their_making),
        TEST(says_that_a_listing_was_cut),
        TEST(merges_ways_to_one_resource),
        TEST(says_that_nothing_matches),
        TEST(tells_with_strict_how_many_failed),
        TEST(shows_what_had_arrived_when_interrupted),
        TEST(passes_failures_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
