#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat env"
#define ADVICE \
    "Secrets are masked on a terminal; use eval \"$(cleat env ...)\", or -x to see them.\n"

static void prepare(struct command_run *run)
{
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_answer(run->api, "issue", ISSUED);
}

static void asks_for_what_the_options_say(void **state)
{
    prepare(*state);
    assert_status(*state, LINE " aws-auto -r s3-bucket -ri zenfiles --min-ttl 5m", 0);
    assert_calls(*state, "get {\"ref\":{\"text\":\"aws-auto\"}}\n"
                         "issue {\"ref\":{\"text\":\"aws-auto\"},\"resource_type\":\"s3-bucket\","
                         "\"resource_id\":\"zenfiles\",\"min_ttl_s\":300,\"purpose\":\"env\"}\n");
}

static void prints_assignments_for_every_shell(void **state)
{
    static const struct {
        const char *shell;
        const char *first; /* removal, or assignment */
        const char *region;
        const char *token;
    } rows[] = {
        {"sh", "unset AWS_SECURITY_TOKEN\n", "\nexport AWS_REGION='us-east-1'\n",
         "\nexport AWS_SESSION_TOKEN='" AWS_CLIENT_TOKEN "'\n"},
        {"bash", "unset AWS_SECURITY_TOKEN\n", "\nexport AWS_REGION='us-east-1'\n",
         "\nexport AWS_SESSION_TOKEN='" AWS_CLIENT_TOKEN "'\n"},
        {"zsh", "unset AWS_SECURITY_TOKEN\n", "\nexport AWS_REGION='us-east-1'\n",
         "\nexport AWS_SESSION_TOKEN='" AWS_CLIENT_TOKEN "'\n"},
        {"fish", "set -e AWS_SECURITY_TOKEN\n", "\nset -gx AWS_REGION 'us-east-1'\n",
         "\nset -gx AWS_SESSION_TOKEN '" AWS_CLIENT_TOKEN "'\n"},
        {"csh", "unsetenv AWS_SECURITY_TOKEN;\n", "\nsetenv AWS_REGION 'us-east-1';\n",
         "\nsetenv AWS_SESSION_TOKEN '" AWS_CLIENT_TOKEN "';\n"},
        {"powershell", "Remove-Item -ErrorAction SilentlyContinue Env:AWS_SECURITY_TOKEN\n",
         "\n$Env:AWS_REGION = 'us-east-1'\n",
         "\n$Env:AWS_SESSION_TOKEN = '" AWS_CLIENT_TOKEN "'\n"},
        {"dotenv", "AWS_ACCESS_KEY_ID=\"" AWS_CLIENT_KEY_ID "\"\n", "\nAWS_REGION=\"us-east-1\"\n",
         "\nAWS_SESSION_TOKEN=\"" AWS_CLIENT_TOKEN "\"\n"},
        {"json", "{\n  \"AWS_ACCESS_KEY_ID\": \"" AWS_CLIENT_KEY_ID "\",\n",
         "\n  \"AWS_REGION\": \"us-east-1\",\n",
         "\n  \"AWS_SESSION_TOKEN\": \"" AWS_CLIENT_TOKEN "\",\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(run);
        cl_buf_addf(&line, LINE " aws-auto --shell %s", rows[i].shell);
        assert_status(run, line.ptr, 0);
        assert_true(cl_str_starts(cl_buf_view(&run->out), cl_str_of(rows[i].first)));
        assert_non_null(strstr(run->out.ptr, rows[i].region));
        assert_non_null(strstr(run->out.ptr, rows[i].token));
        assert_err(run, "");
    }
}

static void guesses_the_shell(void **state)
{
    static const struct {
        const char *shell;
        const char *assignment;
    } rows[] = {
        {NULL, "\nexport AWS_REGION="},
        {"/bin/bash", "\nexport AWS_REGION="},
        {"/usr/bin/fish", "\nset -gx AWS_REGION "},
        {"/bin/tcsh", "\nsetenv AWS_REGION "},
        {"/opt/pwsh", "\n$Env:AWS_REGION = "},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        prepare(run);
        fake_set_env(run->world, "SHELL", rows[i].shell);
        assert_status(run, LINE " aws-auto", 0);
        assert_non_null(strstr(run->out.ptr, rows[i].assignment));
    }
}

static void masks_secrets_on_a_terminal(void **state)
{
    static const char *const shells[] = {"sh", "fish", "csh", "powershell", "dotenv", "json"};

    for (size_t i = 0; i < CL_COUNT(shells); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        run->out_is_terminal = true;
        prepare(run);
        cl_buf_addf(&line, LINE " aws-auto --shell %s", shells[i]);
        assert_status(run, line.ptr, 0);
        assert_null(strstr(run->out.ptr, AWS_CLIENT_KEY_ID));
        assert_null(strstr(run->out.ptr, AWS_CLIENT_SECRET));
        assert_null(strstr(run->out.ptr, AWS_CLIENT_TOKEN));
        assert_non_null(strstr(run->out.ptr, "****"));
        assert_err(run, ADVICE);
        prepare(run);
        cl_buf_addf(&line, " -x");
        assert_status(run, line.ptr, 0);
        assert_non_null(strstr(run->out.ptr, AWS_CLIENT_TOKEN));
        assert_err(run, "");
    }
}

/* What is stored is enough to know the names: nothing is issued. */
static void takes_the_variables_away_again(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    assert_status(run, LINE " aws-auto --unset --shell sh", 0);
    assert_out(run, "unset AWS_ACCESS_KEY_ID\nunset AWS_SECRET_ACCESS_KEY\n"
                    "unset AWS_SESSION_TOKEN\nunset AWS_CREDENTIAL_EXPIRATION\n"
                    "unset AWS_REGION\nunset AWS_DEFAULT_REGION\nunset CLEAT_CONNECTOR\n"
                    "unset CLEAT_RESOURCE_TYPE\nunset CLEAT_RESOURCE_ID\n"
                    "unset CLEAT_CREDENTIAL_EXPIRATION\n");
    assert_calls(run, "get {\"ref\":{\"text\":\"aws-auto\"}}\n");
    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    assert_status(run, LINE " aws-auto --unset --shell json", 2);
    assert_out(run, "");
    /* There is nothing to mask. */
    command_run_reset(run);
    run->out_is_terminal = true;
    fake_api_answer(run->api, "get", AUTO);
    assert_status(run, LINE " aws-auto -r s3-bucket --unset --shell sh", 0);
    assert_err(run, "");
}

static void takes_nothing_away_for_what_needs_more_than_variables(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    assert_status(run, LINE " aws-auto -r kubernetes-cluster --unset", 2);
    assert_out(run, "");
    assert_non_null(strstr(run->err.ptr, "cleat exec"));
}

/* What is no variable is not issued first, to be thrown away. */
static void issues_nothing_that_it_cannot_print(void **state)
{
    static const char *const types[] = {"kubernetes-cluster", "docker-registry",
                                        "hyperai-instance"};

    for (size_t i = 0; i < CL_COUNT(types); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(run);
        cl_buf_addf(&line, LINE " aws-auto -r %s", types[i]);
        assert_status(run, line.ptr, 2);
        assert_out(run, "");
        assert_non_null(strstr(run->err.ptr, "cannot be handed over in environment variables"));
        assert_null(strstr(fake_api_calls(run->api), "issue "));
    }
}

static void prints_nothing_on_failure(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_answer(run->api, "get", AUTO);
    fake_api_refuse(run->api, "issue", CL_E_UNSUPPORTED,
                    "auth method 'secret-key' cannot issue temporary credentials",
                    "Pass --allow-long-lived.");
    assert_status(run, LINE " aws-auto", 2);
    assert_out(run, "");
    assert_non_null(strstr(run->err.ptr, "--allow-long-lived"));
    command_run_reset(run);
    assert_status(run, LINE " aws-auto --shell ksh", 2);
    assert_out(run, "");
    assert_non_null(strstr(run->err.ptr, "'ksh'"));
    assert_calls(run, "");
    command_run_reset(run);
    fake_api_answer(run->api, "get", FOREIGN);
    assert_status(run, LINE " sky", 2);
    assert_out(run, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_for_what_the_options_say),
        TEST(prints_assignments_for_every_shell),
        TEST(guesses_the_shell),
        TEST(masks_secrets_on_a_terminal),
        TEST(takes_the_variables_away_again),
        TEST(takes_nothing_away_for_what_needs_more_than_variables),
        TEST(issues_nothing_that_it_cannot_print),
        TEST(prints_nothing_on_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
