#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat credential-process"
#define ASKED(more)                                                                \
    "issue {\"ref\":{\"text\":\"aws-auto\"}" more ",\"for_sdk\":true,\"purpose\":" \
    "\"credential-process\"}\n"

static void prepare(struct command_run *run, const char *result)
{
    command_run_reset(run);
    fake_api_answer(run->api, "issue", result);
}

#define DOCUMENT                                                                            \
    "{\"Version\":1,\"AccessKeyId\":\"" AWS_CLIENT_KEY_ID                                   \
    "\",\"SecretAccessKey\":\"" AWS_CLIENT_SECRET "\",\"SessionToken\":\"" AWS_CLIENT_TOKEN \
    "\",\"Expiration\":\"2024-05-14T13:34:56Z\""

static void answers_with_one_document(void **state)
{
    prepare(*state, ISSUED);
    assert_status(*state, LINE " aws-auto -r s3-bucket -ri s3://zenfiles", 0);
    assert_out(*state, DOCUMENT "}\n");
    assert_err(*state, "");
    assert_calls(*state,
                 ASKED(",\"resource_type\":\"s3-bucket\",\"resource_id\":\"s3://zenfiles\""));
}

static void names_the_account_when_it_is_known(void **state)
{
    prepare(*state, "{'connector':{" AUTO_MEMBERS ",'facts':{'account_id':'123456789012'}},"
                    "'client':" BUCKET_CLIENT ",'cached':true,'warnings':[]}");
    assert_status(*state, LINE " aws-auto", 0);
    assert_out(*state, DOCUMENT ",\"AccountId\":\"123456789012\"}\n");
}

/* SDKs read a document and nothing else, whatever the user's settings are. */
static void prints_the_document_in_any_format(void **state)
{
    static const char *const words[] = {
        "-o json",        "-o yaml",    "--quiet", "--field AccessKeyId",
        "--color always", "--width 20", "--ascii"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(*state, ISSUED);
        cl_buf_addf(&line, LINE " aws-auto %s", words[i]);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, DOCUMENT "}\n");
    }
    prepare(*state, ISSUED);
    fake_set_env(((struct command_run *)*state)->world, "CLEAT_DEFAULT_OUTPUT", "csv");
    assert_status(*state, LINE " aws-auto", 0);
    assert_out(*state, DOCUMENT "}\n");
}

static void warns_on_standard_error(void **state)
{
    prepare(*state, "{'connector':" AUTO ",'client':" BUCKET_CLIENT
                    ",'cached':false,'warnings':['It is old.']}");
    assert_status(*state, LINE " aws-auto", 0);
    assert_out(*state, DOCUMENT "}\n");
    assert_err(*state, "warning: It is old.\n");
}

/* What stands on standard error becomes the SDK's message: one line. */
static void reports_failures_in_one_line(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_EXPIRED, "the credentials have expired",
                    "Store new ones with cleat service-connector update.");
    assert_status(run, LINE " aws-auto", 7);
    assert_out(run, "");
    assert_err(run, "Error: the credentials have expired; Store new ones with cleat "
                    "service-connector update.\n");
    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_UNREACHABLE, "no route", NULL);
    assert_status(run, LINE " aws-auto", 9);
    assert_err(run, "Error: no route\n");
}

static void refuses_what_is_no_aws_credential(void **state)
{
    prepare(*state, "{'connector':" AUTO ",'client':{'connector_type':'kubernetes','auth_method':"
                    "'token','resource_type':'kubernetes-cluster','resource_id':'c','secrets':"
                    "{'token':'canary'},'secrets_hidden':false},'cached':false,'warnings':[]}");
    assert_status(*state, LINE " aws-auto -r kubernetes-cluster", 2);
    assert_out(*state, "");
    assert_non_null(strstr(((struct command_run *)*state)->err.ptr, "is no AWS credential"));
    assert_null(strstr(((struct command_run *)*state)->err.ptr, "canary"));
}

static void never_asks(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "CLEAT_FORCE_INPUT", "1");
    run->input = "y\ny\n";
    prepare(run, ISSUED);
    assert_status(run, LINE " aws-auto", 0);
    assert_out(run, DOCUMENT "}\n");
    assert_err(run, "");
}

static void tells_mistakes_with_the_way_to_the_help(void **state)
{
    assert_status(*state, LINE, 2);
    assert_out(*state, "");
    assert_err(*state, "Error: CONNECTOR is missing\nRun '" LINE " --help' for usage.\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_with_one_document),
        TEST(names_the_account_when_it_is_known),
        TEST(prints_the_document_in_any_format),
        TEST(warns_on_standard_error),
        TEST(reports_failures_in_one_line),
        TEST(refuses_what_is_no_aws_credential),
        TEST(never_asks),
        TEST(tells_mistakes_with_the_way_to_the_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
