#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector update"
#define GET "get {\"ref\":{\"text\":\"aws-auto\"}}\n"
#define ASKED(members) \
    GET "update {\"ref\":{\"text\":\"" AUTO_ID "\",\"allow_name_prefix\":false}" members "}\n"
#define AT_THE_END ",\"configuration\":{},\"discovered\":null,\"if_generation\":null"

static void prepare(struct command_run *run)
{
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_answer(run->api, "update", REGISTERED);
    fake_set_file(run->world, "key-id", AWS_CLIENT_KEY_ID "\n");
}

/* What the update was asked to do, between its reference and its end. */
static void assert_patch(struct command_run *run, const char *words, const char *patch)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(1024);

    prepare(run);
    cl_buf_addf(&line, LINE " aws-auto %s", words);
    assert_status(run, line.ptr, 0);
    if (strstr(fake_api_calls(run->api), patch) == NULL)
        fail_msg("%s\n%s\n%s", words, patch, fake_api_calls(run->api));
}

static void sends_only_what_was_given(void **state)
{
    static const struct {
        const char *words;
        const char *patch;
    } rows[] = {
        {"", "\"allow_name_prefix\":false},\"labels\":"},
        {"--name new", "},\"name\":\"new\",\"labels\":"},
        {"--description 'Team account'", "},\"description\":\"Team account\",\"labels\":"},
        {"--description ''", "},\"description\":null,\"labels\":"},
        {"--auth-method iam-role", "},\"auth_method\":\"iam-role\",\"labels\":"},
        {"-r s3-bucket -ri zenfiles",
         "},\"resource_type\":\"s3-bucket\",\"resource_id\":\"zenfiles\",\"labels\":"},
        {"--resource-type ''", "},\"resource_type\":null,\"labels\":"},
        {"--expires-at +1h", "},\"expires_at\":1715693696,\"labels\":"},
        {"--expires-skew-tolerance 60", "},\"expires_skew_tolerance\":60,\"labels\":"},
        {"--expiration-seconds 2h", "},\"expiration_seconds\":7200,\"labels\":"},
        {"--share", "\"shared\":true"},
        {"--no-share", "\"shared\":false"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_patch(*state, rows[i].words, rows[i].patch);
}

static void refuses_a_type_that_this_program_lacks(void **state)
{
    static const char *const words[] = {"--name new", "--region=x", "--auto-configure", ""};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        command_run_reset(run);
        fake_api_answer(run->api, "get", FOREIGN);
        cl_buf_addf(&line, LINE " aws-auto %s", words[i]);
        assert_status(run, line.ptr, 2);
        assert_non_null(strstr(run->err.ptr, "is of type 'nimbus'"));
        assert_calls(run, GET);
    }
}

static void removes_fields_and_attributes(void **state)
{
    static const struct {
        const char *words;
        const char *patch;
    } rows[] = {
        {"--remove-attr resource_id", "},\"resource_id\":null,\"labels\":"},
        {"--remove-attr resource-type", "},\"resource_type\":null,\"labels\":"},
        {"--remove-attr expiration_seconds", "},\"expiration_seconds\":null,\"labels\":"},
        {"--remove-attr expires-at", "},\"expires_at\":null,\"labels\":"},
        {"--remove-attr description", "},\"description\":null,\"labels\":"},
        {"--remove-attr expires_skew_tolerance", "},\"expires_skew_tolerance\":null,\"labels\":"},
        {"--remove-attr endpoint-url", "\"configuration\":{\"endpoint_url\":null}"},
        {"--remove-attr endpoint_url --remove-attr s3-endpoint-url",
         "\"configuration\":{\"endpoint_url\":null,\"s3_endpoint_url\":null}"},
        {"--remove-attr endpoint_url --region=eu-west-1",
         "\"configuration\":{\"region\":\"eu-west-1\",\"endpoint_url\":null}"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_patch(*state, rows[i].words, rows[i].patch);
}

static void patches_labels(void **state)
{
    assert_patch(*state, "-l team=ml --label env -l x=",
                 "\"labels\":{\"env\":null,\"team\":\"ml\","
                 "\"x\":\"\"}");
}

static void verifies_unless_told_not_to(void **state)
{
    assert_patch(*state, "", "\"verify\":\"list\"");
    assert_patch(*state, "--no-verify", "\"verify\":\"off\"");
}

static void reads_new_values_like_register(void **state)
{
    struct command_run *run = *state;

    assert_patch(run, "--aws-access-key-id=@key-id",
                 "\"configuration\":{\"aws_access_key_id\":\"" AWS_CLIENT_KEY_ID "\"}");
    assert_err(run, "");
    assert_patch(run, "--aws_access_key_id=canary", "\"aws_access_key_id\":\"canary\"");
    assert_err(run, "warning: a secret on the command line is visible to other users of this "
                    "machine; use --aws_access_key_id=@file, @- or @env:NAME\n");
    /* Attributes are those of the method that is wanted. */
    assert_patch(run, "-a iam-role --role_arn arn:aws:iam::1:role/x",
                 "\"configuration\":{\"role_arn\":\"arn:aws:iam::1:role/x\"}");
}

static void takes_credentials_over_again(void **state)
{
    struct command_run *run = *state;

    prepare(run);
    fake_api_answer(
        run->api, "auto_configure",
        "{'auth_method':'session-token','configuration':{'region':'us-east-1'},"
        "'looked_at':['environment: a key'],'source':'a key','warnings':['It is old.']}");
    assert_status(run, LINE " aws-auto --auto-configure --profile=dev --region=x --verbose", 0);
    /* For the method that the connector has. */
    assert_non_null(strstr(fake_api_calls(run->api),
                           "auto_configure {\"type\":\"aws\",\"auth_method\":\"session-token\","
                           "\"sources\":{\"profile\":\"dev\"},"
                           "\"configuration\":{\"region\":\"x\"}}\nupdate "));
    assert_non_null(
        strstr(fake_api_calls(run->api), "\"discovered\":{\"auth_method\":\"session-token\""));
    assert_err(run, "environment: a key\nfound a key\nwarning: It is old.\n");
}

/* --- what is said -------------------------------------------------------------------------- */

static void says_what_became_of_it(void **state)
{
    struct command_run *run = *state;

    prepare(run);
    assert_golden_run(run, LINE " aws-auto --name aws-auto", "update.txt");
    prepare(run);
    assert_golden_run(run, LINE " aws-auto --name aws-auto -o json", "update.json");
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_answer(run->api, "get", AUTO); /* the one before was not needed */
    fake_api_answer(run->api, "update",
                    "{'connector':" AUTO ",'verified':false,'resources':{'resources':[]},"
                    "'warnings':['Clients keep the old key for an hour.']}");
    assert_status(run, LINE " aws-auto --no-verify --name x", 0);
    assert_out(run, "Updated service connector `aws-auto`.\n");
    assert_err(run, "warning: Clients keep the old key for an hour.\n");
}

static void refuses_mistakes_before_anything_is_changed(void **state)
{
    static const struct {
        const char *words;
        const char *text;
    } rows[] = {
        {"aws-auto --remove-attr nonsense",
         "auth method 'session-token' has no attribute 'nonsense'"},
        {"aws-auto --remove-attr regoin", "Did you mean 'region'?"},
        {"aws-auto --regoin=x", "Did you mean '--region'?"},
        {"aws-auto --expires-at tomorrow", "'tomorrow' is not a date and time"},
        {"aws-auto --expiration-seconds x", "'x' is not a duration"},
        {"aws-auto -l =x", "label '=x' is not of the form KEY=VALUE"},
        {"aws-auto --region=@nowhere", "'nowhere' does not exist"},
        {"aws-auto stray", "stray"},
        {"--name x", "NAME_OR_ID is missing"},
        {"aws-auto --region=a --remove-attr region", "region"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        fake_api_free(run->api);
        run->api = fake_api_new();
        prepare(run);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(run, line.ptr, 2);
        assert_out(run, "");
        if (strstr(run->err.ptr, rows[i].text) == NULL)
            fail_msg("%s: %s", rows[i].words, run->err.ptr);
        assert_null(strstr(fake_api_calls(run->api), "update "));
    }
}

static void offers_no_source_without_looking_there(void **state)
{
    struct command_run *run = *state;

    prepare(run);
    assert_status(run, LINE " aws-auto --profile=dev", 2);
    assert_err(run, "Error: --profile only goes with --auto-configure\n"
                    "Run '" LINE " --help' for usage.\n");
    assert_null(strstr(fake_api_calls(run->api), "update "));
}

static void passes_failures_on(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "get", CL_E_NOT_FOUND, "connector 'x' not found", NULL);
    assert_status(run, LINE " x --name y", 3);
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_refuse(run->api, "update", CL_E_IN_USE, "used by artifact store 's3-zenfiles'", NULL);
    assert_status(run, LINE " aws-auto -r s3-bucket", 6);
    assert_out(run, "");
    assert_err(run, "Error: used by artifact store 's3-zenfiles'\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sends_only_what_was_given),
        TEST(refuses_a_type_that_this_program_lacks),
        TEST(removes_fields_and_attributes),
        TEST(patches_labels),
        TEST(verifies_unless_told_not_to),
        TEST(reads_new_values_like_register),
        TEST(takes_credentials_over_again),
        TEST(says_what_became_of_it),
        TEST(refuses_mistakes_before_anything_is_changed),
        TEST(offers_no_source_without_looking_there),
        TEST(passes_failures_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
