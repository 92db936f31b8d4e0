#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat artifact-store connect s3-zenfiles -i"
#define THREE_ID "c3b2b3b4-0000-4000-8000-00000000b0b0"
#define BUCKETS(name, id, ids)                                                               \
    "{'id':'" id "','name':'" name "','connector_type':'aws','resources':[{'resource_type':" \
    "'s3-bucket','resource_ids':[" ids "]}]}"
#define ZENFILES "'s3://zenfiles'"
#define AWS_AUTO BUCKETS("aws-auto", AUTO_ID, ZENFILES)
#define AWS_ZENFILES BUCKETS("aws-zenfiles", BUCKET_ID, ZENFILES)
#define WIDE BUCKETS("wide", THREE_ID, "'s3://a','s3://b','s3://zenfiles'")
#define QUESTION "Please enter the name or ID of the connector you want to use: "
#define STACK "Running with active stack: 'default' (global)\n"

static void prepare(struct command_run *run, const char *found, const char *typed)
{
    command_run_reset(run);
    fake_api_free(run->api);
    run->api = fake_api_new();
    fake_set_env(run->world, "CLEAT_FORCE_INPUT", "1");
    fake_api_answer(run->api, "component_get", STORE);
    fake_api_answer(run->api, "discover", found);
    fake_api_answer(run->api, "component_connect", CONNECTED);
    run->input = typed;
}

/* What the request to connect says, the last of the calls. */
static void assert_connected(struct command_run *run, const char *id, const char *bucket)
{
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(1024);

    cl_buf_addf(&want, "\"connector\":\"%s\",\"resource_id\":\"%s\"}\n", id, bucket);
    if (strstr(fake_api_calls(run->api), want.ptr) == NULL)
        fail_msg("%s is not in %s", want.ptr, fake_api_calls(run->api));
}

static void looks_for_what_the_component_takes(void **state)
{
    struct command_run *run = *state;

    prepare(run, "[" AWS_AUTO "," AWS_ZENFILES "]", "aws-zenfiles\n");
    assert_status(run, LINE, 0);
    assert_non_null(strstr(fake_api_calls(run->api), "\"resource_type\":\"s3-bucket\""));
    assert_non_null(strstr(fake_api_calls(run->api), "\"resource_id\":\"s3://zenfiles\""));
    assert_connected(run, BUCKET_ID, "s3://zenfiles");
    assert_err(run, STACK QUESTION);
    assert_true(cl_str_starts(cl_buf_view(&run->out),
                              CL_STR("The following connectors have compatible resources:\n")));
    assert_non_null(strstr(run->out.ptr, "\nSuccessfully connected artifact store `s3-zenfiles` "
                                         "to the following resources:\n"));
}

static void asks_as_long_as_there_is_a_choice(void **state)
{
    static const struct {
        const char *found;
        const char *typed;
        const char *connector;
        const char *bucket;
    } rows[] = {
        {"[" AWS_AUTO "," AWS_ZENFILES "]", "1\n", AUTO_ID, "s3://zenfiles"},
        {"[" AWS_AUTO "," AWS_ZENFILES "]", BUCKET_ID "\n", BUCKET_ID, "s3://zenfiles"},
        {"[" AWS_AUTO "," AWS_ZENFILES "]", "aws\n\nsomebody\naws-z\n", BUCKET_ID, "s3://zenfiles"},
        {"[" AWS_AUTO "]", "\n", AUTO_ID, "s3://zenfiles"},
        {"[" AWS_AUTO "," BUCKET_FAILS "]", "y\n", AUTO_ID, "s3://zenfiles"},
        {"[" WIDE "]", "y\ns3://\ns3://b\n", THREE_ID, "s3://b"},
        {"[" AWS_AUTO "," WIDE "]", "wide\n3\n", THREE_ID, "s3://zenfiles"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        prepare(*state, rows[i].found, rows[i].typed);
        assert_status(*state, LINE, 0);
        assert_connected(*state, rows[i].connector, rows[i].bucket);
    }
}

static void connects_nothing_unasked(void **state)
{
    static const struct {
        const char *words;
        const char *found;
        const char *typed;
        int status;
        const char *text;
    } rows[] = {
        {"", "[" AWS_AUTO "]", "n\n", 1, "Error: nothing was connected\n"},
        {"", "[" AWS_AUTO "]", "", 130, "Aborted."},
        {"", "[" AWS_AUTO "," AWS_ZENFILES "]", "", 130, "Aborted."},
        {"", "[" WIDE "]", "\n", 130, "Aborted."},
        {"", "[" AWS_AUTO "," AWS_ZENFILES "]", "0\n0\n0\n0\n0\n0\n0\n0\n0\n3\n", 2, "10 tries"},
        {" --no-input", "[" AWS_AUTO "]", NULL, 10, "pass --connector"},
        {" --no-input", "[" AWS_AUTO "," AWS_ZENFILES "]", NULL, 10, "pass --connector"},
        {" --no-input --yes", "[" WIDE "]", NULL, 10, "pass --resource-id"},
        {"", "[]", NULL, 3,
         "Error: no service connector reaches a 's3-bucket' resource for 's3-zenfiles'; 0 of them "
         "are in error\n  'cleat service-connector list-resources --resource-type s3-bucket "
         "--resource-id s3://zenfiles' shows why; 'cleat service-connector register' makes"},
        {"", "[" BUCKET_FAILS "]", NULL, 3, "; 1 of them is in error\n"},
        {" -c aws-auto", "[]", NULL, 2, "--connector and --interactive exclude each other"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(run, rows[i].found, rows[i].typed);
        cl_buf_addf(&line, LINE "%s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        if (strstr(run->err.ptr, rows[i].text) == NULL)
            fail_msg("row %zu: %s", i, run->err.ptr);
        assert_null(strstr(fake_api_calls(run->api), "component_connect "));
    }
}

static void refuses_what_takes_no_connector(void **state)
{
    static const struct {
        const char *component;
        const char *text;
    } rows[] = {
        {"{'id':'" STORE_ID "','name':'s3-zenfiles','kind':'artifact_store','flavor':'floppy'}",
         "component 's3-zenfiles' is of flavor 'floppy', which this program does not have"},
        {NULL, "the component is gone"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        command_run_reset(run);
        if (rows[i].component != NULL) {
            fake_api_answer(run->api, "component_get", rows[i].component);
        } else {
            fake_api_refuse(run->api, "component_get", CL_E_NOT_FOUND, "the component is gone", "");
        }
        assert_status(run, LINE, rows[i].component != NULL ? 2 : 3);
        assert_non_null(strstr(run->err.ptr, rows[i].text));
        assert_null(strstr(fake_api_calls(run->api), "discover"));
    }
}

static void prints_one_document_for_programs(void **state)
{
    struct command_run *run = *state;

    prepare(run, "[" AWS_AUTO "]", NULL);
    assert_status(run, LINE " --yes -o json", 0);
    assert_true(run->out.ptr[0] == '{');
    assert_non_null(strstr(run->out.ptr, "\"s3://zenfiles\""));
    prepare(run, "[" AWS_AUTO "]", "y\n");
    assert_status(run, LINE " --no-verify", 0);
}

static void survives_every_failing_allocation(void **state)
{
    struct command_run *run = *state;
    int64_t made = 1;

    for (int64_t nth = 1; nth <= made; nth++) {
        prepare(run, "[" AWS_AUTO "," WIDE "]", "none\nwide\ns3://b\n");
        int status = run_line_failing(run, LINE, nth, &made);
        assert_true(status == 0 || status == 1);
    }
    assert_true(made > 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looks_for_what_the_component_takes), TEST(asks_as_long_as_there_is_a_choice),
        TEST(connects_nothing_unasked),           TEST(refuses_what_takes_no_connector),
        TEST(prints_one_document_for_programs),   TEST(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
