#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector verify"
#define ASKED(id, more) "verify {\"ref\":{\"text\":\"" id "\"}" more "}\n"
#define ASKED_LIST "list {\"query\":{\"page\":1,\"size\":20,\"all\":true}}\n"
#define PARTLY AUTO_LIST(GENERIC_ROW "," BUCKETS_ROW "," DENIED_ROW "," REGISTRY_ROW)

static void verify(struct command_run *run, const char *list)
{
    command_run_reset(run);
    fake_api_answer(run->api, "verify", list);
}

static void list_both(struct command_run *run, const char *first, const char *second)
{
    verify(run, first);
    fake_api_answer(run->api, "verify", second);
    fake_api_answer(run->api, "list", LISTED);
}

/* --- one connector ------------------------------------------------------------------------- */

static void asks_for_what_the_options_say(void **state)
{
    static const struct {
        const char *words;
        const char *calls;
    } rows[] = {
        {"aws-auto", ASKED("aws-auto", ",\"list\":true")},
        {"-r s3-bucket aws-auto",
         ASKED("aws-auto", ",\"resource_type\":\"s3-bucket\",\"list\":true")},
        {"aws-auto -rs3-bucket -ri zenfiles",
         ASKED("aws-auto",
               ",\"resource_type\":\"s3-bucket\",\"resource_id\":\"zenfiles\",\"list\":true")},
        {"aws-auto -v", ASKED("aws-auto", "")},
        {"aws-auto --verify-only", ASKED("aws-auto", "")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        verify(*state, AUTO_REACHES);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, rows[i].calls);
    }
}

static void shows_what_it_reaches(void **state)
{
    verify(*state, AUTO_REACHES);
    assert_golden_run(*state, LINE " aws-auto", "verify.txt");
    assert_err(*state, "");
    verify(*state, AUTO_REACHES);
    assert_golden_run(*state, LINE " aws-auto -o json", "verify.json");
    verify(*state, BUCKET_REACHES);
    assert_golden_run(*state, LINE " aws-zenfiles -o yaml", "verify.yaml");
}

static void only_authenticates_when_told(void **state)
{
    verify(*state, AUTO_LIST("{'resource_type':'s3-bucket'}"));
    assert_status(*state, LINE " aws-auto -v", 0);
    assert_out(*state, "Service connector 'aws-auto' is correctly configured with valid "
                       "credentials.\n");
}

/* Which of the facts, and how they are called, is the type's table. */
static void shows_what_it_learned(void **state)
{
    verify(*state, KIND_REACHES);
    assert_golden_run(*state, LINE " kind", "verify_facts.txt");
    assert_err(*state, "");
    verify(*state, KIND_REACHES);
    assert_golden_run(*state, LINE " kind -o json", "verify_facts.json");
    verify(*state, KIND_REACHES);
    assert_status(*state, LINE " kind --verify-only", 0);
    assert_out(*state, "Service connector 'kind' is correctly configured with valid "
                       "credentials.\n");
}

static void passes_warnings_on(void **state)
{
    verify(*state, "{'id':'" AUTO_ID "','name':'aws-auto','connector_type':'aws','resources':["
                   "{'resource_type':'aws-generic','resource_ids':['us-east-1']}],"
                   "'warnings':['The key is 400 days old.']}");
    assert_status(*state, LINE " aws-auto", 0);
    assert_err(*state, "warning: The key is 400 days old.\n");
}

/* The rows that worked are shown, the others say why. */
static void fails_when_one_type_does(void **state)
{
    struct command_run *run = *state;

    verify(run, PARTLY);
    assert_status(run, LINE " aws-auto", 7);
    assert_err(run, "Error: connector 'aws-auto' verification failed: not authorized to perform "
                    "eks:ListClusters\n  Grant eks:ListClusters.\n");
    assert_non_null(strstr(run->out.ptr, "not authorized to perform eks:ListClusters"));
    assert_non_null(strstr(run->out.ptr, "s3://zenfiles"));
    assert_null(strstr(run->out.ptr, "correctly configured"));
    verify(run, PARTLY);
    assert_status(run, LINE " aws-auto -o json", 7);
    assert_non_null(strstr(run->out.ptr, "\"error_code\": \"permission_denied\""));
    assert_non_null(strstr(run->err.ptr, "\"exit_code\":7"));
}

static void prints_nothing_when_all_of_it_failed(void **state)
{
    struct command_run *run = *state;

    verify(run, BUCKET_FAILS);
    assert_status(run, LINE " aws-zenfiles", 7);
    assert_out(run, "");
    assert_err(run, "Error: connector 'aws-zenfiles' verification failed: the security token is "
                    "invalid\n");
    verify(run, BUCKET_FAILS);
    assert_status(run, LINE " aws-zenfiles -o json", 7);
    assert_out(run, "");
}

static void passes_failures_on(void **state)
{
    static const struct {
        enum cl_code code;
        int status;
    } rows[] = {{CL_E_NOT_FOUND, 3},    {CL_E_AMBIGUOUS, 3},     {CL_E_OUT_OF_SCOPE, 2},
                {CL_E_UNREACHABLE, 9},  {CL_E_INTERRUPTED, 130}, {CL_E_FORBIDDEN, 5},
                {CL_E_SECRET_STORE, 9}, {CL_E_INTERNAL, 1}};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        command_run_reset(run);
        fake_api_refuse(run->api, "verify", rows[i].code, "it is so", NULL);
        assert_status(run, LINE " aws-auto", rows[i].status);
        assert_out(run, "");
        assert_non_null(strstr(run->err.ptr, "it is so"));
    }
}

static void needs_a_connector_or_all(void **state)
{
    assert_status(*state, LINE, 2);
    assert_err(*state, "Error: NAME_OR_ID is missing\n  --all verifies every connector.\n"
                       "Run '" LINE " --help' for usage.\n");
    command_run_reset(*state);
    assert_status(*state, LINE " aws-auto --all", 2);
    assert_err(*state,
               "Error: give either a connector or --all\nRun '" LINE " --help' for usage.\n");
    assert_calls(*state, "");
}

#define PUSH_LIST(check)                                                         \
    "{'id':'" AUTO_ID "','name':'aws-auto','connector_type':'aws','resources':[" \
    "{'resource_type':'docker-registry','resource_ids':['r']}],'check':{'what':'push'" check "}}"
#define DENIED_PUSH ",'error':'no permission to push','error_code':'permission_denied'"

static void reports_the_answer_to_one_question_more(void **state)
{
    static const struct {
        const char *words;
        const char *answer;
        int status;
        const char *said; /* on standard output */
    } rows[] = {
        {"--check push", PUSH_LIST(""), 0, "Check 'push': allowed.\n"},
        {"--check push --require", PUSH_LIST(""), 0, "Check 'push': allowed.\n"},
        {"--check push", PUSH_LIST(DENIED_PUSH), 0,
         "Check 'push': denied: no permission to push\n"},
        {"--check push --require", PUSH_LIST(DENIED_PUSH), 7, NULL},
        {"--check push -o json", PUSH_LIST(DENIED_PUSH), 0, "\"allowed\": false"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        verify(run, rows[i].answer);
        cl_buf_addf(&line, LINE " aws-auto %s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        assert_calls(run, ASKED("aws-auto", ",\"list\":true,\"check\":\"push\""));
        if (rows[i].said != NULL)
            assert_non_null(strstr(run->out.ptr, rows[i].said));
        else
            assert_err(run, "Error: check 'push' failed: no permission to push\n");
    }
    command_run_reset(*state);
    assert_status(*state, LINE " --all --check push", 2);
    assert_err(*state,
               "Error: --check asks about one connector\nRun '" LINE " --help' for usage.\n");
}

/* --- all of them --------------------------------------------------------------------------- */

static void verifies_every_connector_in_one_table(void **state)
{
    list_both(*state, AUTO_REACHES, BUCKET_REACHES);
    assert_golden_run(*state, LINE " --all", "verify_all.txt");
    assert_err(*state, "");
    assert_calls(*state,
                 ASKED_LIST ASKED(AUTO_ID, ",\"list\":true") ASKED(BUCKET_ID, ",\"list\":true"));
    list_both(*state, PARTLY, BUCKET_FAILS);
    assert_golden_run(*state, LINE " --all", "verify_all_errors.txt");
}

static void prints_one_document_for_all(void **state)
{
    struct command_run *run = *state;

    list_both(run, PARTLY, BUCKET_FAILS);
    assert_golden_run(run, LINE " --all -o json", "verify_all.json");
    list_both(run, PARTLY, BUCKET_FAILS);
    assert_golden_run(run, LINE " --all -o csv", "verify_all.csv");
    list_both(run, AUTO_REACHES, BUCKET_REACHES);
    assert_status(run, LINE " --all -o ndjson --columns name,error", 0);
    assert_out(run, "{\"name\":\"aws-auto\",\"error\":null}\n"
                    "{\"name\":\"aws-zenfiles\",\"error\":null}\n");
    list_both(run, AUTO_REACHES, BUCKET_FAILS);
    assert_status(run, LINE " --all --quiet", 0);
    assert_out(run, "us-east-1\ns3://zenfiles\ns3://zenit-demos\n"
                    "123456789012.dkr.ecr.us-east-1.amazonaws.com\n");
}

static void says_a_line_for_each_when_it_only_authenticates(void **state)
{
    list_both(*state, AUTO_LIST("{'resource_type':'s3-bucket'}"), BUCKET_FAILS);
    assert_status(*state, LINE " --all --verify-only", 0);
    assert_out(*state, "Service connector 'aws-auto' is correctly configured with valid "
                       "credentials.\n"
                       "1 of 2 service connectors passed.\n");
    assert_err(*state, "warning: connector 'aws-zenfiles' verification failed: the security "
                       "token is invalid\n");
    assert_calls(*state, ASKED_LIST ASKED(AUTO_ID, "") ASKED(BUCKET_ID, ""));
}

static void tells_of_failures_only_with_strict(void **state)
{
    list_both(*state, AUTO_REACHES, BUCKET_FAILS);
    assert_status(*state, LINE " --all", 0);
    list_both(*state, AUTO_REACHES, BUCKET_FAILS);
    assert_status(*state, LINE " --all --strict", 8);
    assert_err(*state, "Error: 1 of 2 connectors failed\n");
    list_both(*state, AUTO_REACHES, BUCKET_REACHES);
    assert_status(*state, LINE " --all --strict", 0);
    assert_err(*state, "");
}

static void asks_only_those_that_can_have_the_resource(void **state)
{
    struct command_run *run = *state;

    verify(run, BUCKET_REACHES);
    fake_api_answer(run->api, "list", LISTED);
    fake_api_refuse(run->api, "verify", CL_E_OUT_OF_SCOPE, "another bucket", NULL);
    assert_status(run, LINE " --all -r s3-bucket -ri zenfiles", 0);
    assert_non_null(strstr(fake_api_calls(run->api),
                           "\"filters\":[{\"field\":\"resource_type\",\"value\":\"s3-bucket\"}]"));
    assert_non_null(strstr(run->out.ptr, "1 of 1 service connectors passed.\n"));
    assert_err(run, "");
}

/* One that cannot even be asked is a row like others. */
static void goes_on_after_a_failure(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "verify", CL_E_TIMEOUT, "no answer in time", NULL);
    fake_api_answer(run->api, "verify", BUCKET_REACHES);
    fake_api_answer(run->api, "list", LISTED);
    assert_status(run, LINE " --all --strict -o csv", 8);
    assert_golden_out(run, "verify_all_timeout.csv");
}

static void stops_when_interrupted(void **state)
{
    struct command_run *run = *state;

    fake_api_answer(run->api, "list", LISTED);
    fake_api_refuse(run->api, "verify", CL_E_INTERRUPTED, "interrupted", NULL);
    assert_status(run, LINE " --all", 130);
    assert_out(run, "");
    assert_calls(run, ASKED_LIST ASKED(AUTO_ID, ",\"list\":true"));
}

static void says_that_there_is_none(void **state)
{
    struct command_run *run = *state;

    fake_api_answer(run->api, "list", LISTED_NONE);
    assert_status(run, LINE " --all --strict", 0);
    assert_out(run, "");
    assert_err(run, "No service connectors match.\n");
    command_run_reset(run);
    fake_api_refuse(run->api, "list", CL_E_SECRET_STORE, "the store is damaged", NULL);
    assert_status(run, LINE " --all", 9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_for_what_the_options_say),
        TEST(shows_what_it_reaches),
        TEST(only_authenticates_when_told),
        TEST(shows_what_it_learned),
        TEST(passes_warnings_on),
        TEST(fails_when_one_type_does),
        TEST(prints_nothing_when_all_of_it_failed),
        TEST(passes_failures_on),
        TEST(needs_a_connector_or_all),
        TEST(reports_the_answer_to_one_question_more),
        TEST(verifies_every_connector_in_one_table),
        TEST(prints_one_document_for_all),
        TEST(says_a_line_for_each_when_it_only_authenticates),
        TEST(tells_of_failures_only_with_strict),
        TEST(asks_only_those_that_can_have_the_resource),
        TEST(goes_on_after_a_failure),
        TEST(stops_when_interrupted),
        TEST(says_that_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
