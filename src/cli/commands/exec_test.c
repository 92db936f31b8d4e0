#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat exec"
#define ASKED(more) "issue {\"ref\":{\"text\":\"aws-auto\"}" more ",\"purpose\":\"exec\"}\n"

/* What the child of a bucket's credential finds, behind what it inherits. */
#define NEW_VARIABLES                                                                         \
    "AWS_ACCESS_KEY_ID=" AWS_CLIENT_KEY_ID "\nAWS_SECRET_ACCESS_KEY=" AWS_CLIENT_SECRET       \
    "\nAWS_SESSION_TOKEN=" AWS_CLIENT_TOKEN                                                   \
    "\nAWS_CREDENTIAL_EXPIRATION=2024-05-14T13:34:56Z\nAWS_REGION=us-east-1\n"                \
    "AWS_DEFAULT_REGION=us-east-1\nCLEAT_CONNECTOR=aws-auto\nCLEAT_RESOURCE_TYPE=s3-bucket\n" \
    "CLEAT_RESOURCE_ID=s3://zenfiles\nCLEAT_CREDENTIAL_EXPIRATION=2024-05-14T13:34:56Z\n"
#define INHERITED "LANG=C.UTF-8\nHOME=/home/u\n"

static void prepare(struct command_run *run)
{
    command_run_reset(run);
    fake_api_answer(run->api, "issue", ISSUED);
}

static void assert_exec(struct command_run *run, const char *words, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(1024);

    prepare(run);
    cl_buf_addf(&line, LINE " %s", words);
    assert_status(run, line.ptr, 0);
    assert_out(run, "");
    assert_err(run, "");
    assert_non_null(fake_exec(run->world));
    assert_string_equal(fake_exec(run->world), want);
}

/* --- what is asked ------------------------------------------------------------------------- */

static void asks_for_what_the_options_say(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"aws-auto true", ASKED("")},
        {"aws-auto -r s3-bucket -ri zenfiles true",
         ASKED(",\"resource_type\":\"s3-bucket\",\"resource_id\":\"zenfiles\"")},
        {"aws-auto --duration 1h30m --min-ttl 10m -- true",
         ASKED(",\"duration_s\":5400,\"min_ttl_s\":600")},
        {"aws-auto --no-cache --allow-long-lived true",
         ASKED(",\"fresh\":true,\"allow_long_lived\":true")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(512);
        prepare(*state);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, rows[i].call);
    }
}

/* --- what is run --------------------------------------------------------------------------- */

static void runs_the_program_with_the_variables(void **state)
{
    assert_exec(*state, "aws-auto -- aws s3 ls s3://zenfiles",
                "aws\naws\ns3\nls\ns3://zenfiles\n\n" INHERITED NEW_VARIABLES);
}

/* Behind the program's name nothing is an option of ours. */
static void leaves_the_programs_own_options_alone(void **state)
{
    static const struct {
        const char *words;
        const char *program;
    } rows[] = {
        {"aws-auto aws --output json -q", "aws\naws\n--output\njson\n-q\n\n"},
        {"aws-auto -- aws -- x", "aws\naws\n--\nx\n\n"},
        {"aws-auto sh -c 'a b  c'", "sh\nsh\n-c\na b  c\n\n"},
        {"aws-auto env --help", "env\nenv\n--help\n\n"},
        {"aws-auto '' x", "\n\nx\n\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(8192);
        cl_buf_addf(&want, "%s%s%s", rows[i].program, INHERITED, NEW_VARIABLES);
        assert_exec(*state, rows[i].words, want.ptr);
    }
}

static void removes_what_would_win(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "AWS_PROFILE", "work");
    fake_set_env(run->world, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://x");
    fake_set_env(run->world, "AWS_SESSION_TOKEN", "old");
    fake_set_env(run->world, "CLEAT_CONNECTOR", "outer");
    fake_set_env(run->world, "EDITOR", "vi");
    assert_exec(run, "aws-auto true", "true\ntrue\n\n" INHERITED "EDITOR=vi\n" NEW_VARIABLES);
}

static void starts_a_shell_only_when_asked(void **state)
{
    struct command_run *run = *state;

    assert_exec(run, "aws-auto --shell", "/bin/sh\n/bin/sh\n\n" INHERITED NEW_VARIABLES);
    fake_set_env(run->world, "SHELL", "/usr/bin/fish");
    assert_exec(run, "aws-auto --shell",
                "/usr/bin/fish\n/usr/bin/fish\n\n" INHERITED "SHELL=/usr/bin/fish\n" NEW_VARIABLES);
    assert_exec(run, "aws-auto --shell true",
                "true\ntrue\n\n" INHERITED "SHELL=/usr/bin/fish\n" NEW_VARIABLES);
    command_run_reset(run);
    assert_status(run, LINE " aws-auto", 2);
    assert_err(run, "Error: CMD is missing; pass --shell to start a shell\n"
                    "Run '" LINE " --help' for usage.\n");
    assert_calls(run, "");
}

static void shapes_what_is_set(void **state)
{
    struct command_run *run = *state;

    fake_set_env(run->world, "AWS_PROFILE", "work");
    assert_exec(run, "aws-auto --only AWS_REGION,CLEAT_CONNECTOR true",
                "true\ntrue\n\n" INHERITED "AWS_REGION=us-east-1\nCLEAT_CONNECTOR=aws-auto\n");
    assert_exec(run, "aws-auto --only ' AWS_REGION , ' --prefix SRC_ true",
                "true\ntrue\n\n" INHERITED "SRC_AWS_REGION=us-east-1\n");
    fake_set_env(run->world, "SECRET", "x");
    fake_set_env(run->world, "PATH", "/bin");
    fake_set_env(run->world, "TERM", "xterm");
    assert_exec(run, "aws-auto --clean-env --only AWS_REGION true",
                "true\ntrue\n\n" INHERITED "PATH=/bin\nTERM=xterm\nAWS_REGION=us-east-1\n");
}

/* A list without a name must not mean every name. */
static void refuses_to_hand_over_only_nothing(void **state)
{
    static const char *const lists[] = {"--only ''", "--only=", "--only ' '", "--only ,",
                                        "--only ' , ,'"};

    for (size_t i = 0; i < CL_COUNT(lists); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        prepare(run);
        cl_buf_addf(&line, LINE " %s aws-auto true", lists[i]);
        assert_status(run, line.ptr, 125);
        assert_err(run, "Error: --only names no variable\n"
                        "  Give names separated by commas, such as AWS_REGION, or leave --only "
                        "out to set all of them.\n"
                        "Run '" LINE " --help' for usage.\n");
        assert_calls(run, "");
        assert_null(fake_exec(run->world));
    }
}

static void writes_the_variables_into_a_file_instead(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, "/run/u/.keep", "");
    assert_exec(run, "aws-auto --env-file /run/u/env true", "true\ntrue\n\n" INHERITED);
    assert_string_equal(fake_file(run->world, "/run/u/env"), NEW_VARIABLES);
    assert_int_equal(fake_file_mode(run->world, "/run/u/env"), 0600);
}

/* --- files --------------------------------------------------------------------------------- */

/* Where the variable of the program that was started says that the file is. */
static char *kubeconfig_path(struct command_run *run)
{
    const char *start = strstr(fake_exec(run->world), "\nKUBECONFIG=");
    struct cl_err err = CL_ERR_NONE;
    char *path = NULL;

    assert_non_null(start);
    start += strlen("\nKUBECONFIG=");
    assert_ok(cl_str_dup(cl_str_make(start, strcspn(start, "\n")), &path, &err), &err);
    return path;
}

/* The child's own exit code becomes ours, and nothing stays behind. */
static void stays_with_a_program_that_needs_a_file(void **state)
{
    static const struct {
        const char *runtime;
        const char *folder;
    } rows[] = {{NULL, "/tmp/cleat-KUBECONFIG-"},
                {"/run/user/7", "/run/user/7/cleat/cleat-KUBECONFIG-"},
                {"/not/there", "/tmp/cleat-KUBECONFIG-"},
                {"relative", "/tmp/cleat-KUBECONFIG-"}};
    struct command_run *run = *state;

    fake_set_file(run->world, "/tmp/x", "");
    fake_set_file(run->world, "/run/user/7/x", "");
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        command_run_reset(run);
        fake_set_env(run->world, "XDG_RUNTIME_DIR", rows[i].runtime);
        fake_set_env(run->world, "KUBECONFIG", "/mine");
        fake_api_answer(run->api, "issue", CLUSTER_ISSUED);
        assert_status(run, LINE " aws-auto -r kubernetes-cluster kubectl get pods",
                      FAKE_CHILD_STATUS);
        assert_err(run, "");
        CL_AUTO(cl_string) char *path = kubeconfig_path(run);
        assert_true(cl_str_starts(cl_str_of(path), cl_str_of(rows[i].folder)));
        assert_null(fake_file(run->world, path));
        assert_null(strstr(fake_exec(run->world), CLUSTER_TOKEN));
    }
}

/* Two variables lead into a folder that is gone with the program. */
static void stays_with_a_program_that_needs_a_folder(void **state)
{
    struct command_run *run = *state;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    const struct cl_world *world = fake_world(run->world);
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(run->world, "/tmp/x", "");
    command_run_reset(run);
    fake_set_env(run->world, "DOCKER_CONFIG", "/mine");
    fake_set_env(run->world, "REGISTRY_AUTH_FILE", "/mine.json");
    fake_api_answer(run->api, "issue", REGISTRY_ISSUED);
    assert_status(run, LINE " aws-auto -r docker-registry skopeo list-tags x", FAKE_CHILD_STATUS);
    assert_err(run, "");
    assert_non_null(strstr(fake_exec(run->world), "\nDOCKER_CONFIG=/tmp/cleat-DOCKER_CONFIG-"));
    assert_non_null(strstr(fake_exec(run->world), "\nREGISTRY_AUTH_FILE=/tmp/cleat-DOCKER_CONF"));
    assert_null(strstr(fake_exec(run->world), "/mine"));
    assert_null(strstr(fake_exec(run->world), "canary"));
    command_run_reset(run);
    fake_api_answer(run->api, "issue", REGISTRY_ISSUED);
    assert_status(run, LINE " aws-auto -r docker-registry --env-file /nowhere/env true", 125);
    assert_ok(world->list_dir(world->ctx, "/tmp", &names, &err), &err);
    assert_int_equal(names.count, 1);
}

static void leaves_no_file_behind_when_nothing_is_started(void **state)
{
    struct command_run *run = *state;

    fake_set_file(run->world, "/tmp/x", "");
    command_run_reset(run);
    fake_api_answer(run->api, "issue", CLUSTER_ISSUED);
    assert_status(run, LINE " aws-auto -r kubernetes-cluster --env-file /nowhere/env kubectl", 125);
    assert_non_null(strstr(run->err.ptr, "/nowhere/env"));
    assert_null(fake_exec(run->world));
}

/* --- exit codes ---------------------------------------------------------------------------- */

static void exits_125_when_cleat_itself_fails(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_DENIED, "AccessDenied: no", NULL);
    assert_status(run, LINE " aws-auto true", 125);
    assert_err(run, "Error: AccessDenied: no\n");
    command_run_reset(run);
    run->open_code = CL_E_SECRET_STORE;
    assert_status(run, LINE " aws-auto true", 125);
    run->open_code = CL_OK;
    prepare(run);
    assert_status(run, LINE " aws-auto --env-file /nowhere/env true", 125);
    assert_non_null(strstr(run->err.ptr, "/nowhere/env"));
    command_run_reset(run);
    fake_api_answer(run->api, "issue",
                    "{'connector':" AUTO ",'client':{'connector_type':'gcp','auth_method':"
                    "'password','resource_type':'docker-registry','resource_id':'c'},"
                    "'cached':false,'warnings':[]}");
    assert_status(run, LINE " aws-auto -r docker-registry true", 125);
    assert_non_null(strstr(run->err.ptr, "environment variables"));
    assert_null(fake_exec(run->world));
}

static void exits_127_or_126_when_the_program_cannot_run(void **state)
{
    static const struct {
        enum cl_code code;
        int status;
    } rows[] = {{CL_E_NOT_FOUND, 127}, {CL_E_FAILED, 126}, {CL_E_LOCAL_CONFIG, 126}};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        prepare(run);
        run->exec_code = rows[i].code;
        assert_status(run, LINE " aws-auto -- no-such-program x", rows[i].status);
        assert_out(run, "");
        assert_err(run, "Error: cannot run 'no-such-program'\n");
    }
}

static void reports_failures_in_the_form_that_was_asked_for(void **state)
{
    struct command_run *run = *state;

    prepare(run);
    run->exec_code = CL_E_NOT_FOUND;
    assert_status(run, LINE " -o json aws-auto nothing", 127);
    assert_non_null(strstr(run->err.ptr, "{\"error\":{\"code\":\"not_found\""));
    assert_non_null(strstr(run->err.ptr, "\"exit_code\":127}}"));
    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_DENIED, "no", NULL);
    assert_status(run, LINE " -o json aws-auto true", 125);
    assert_non_null(strstr(run->err.ptr, "\"exit_code\":125}}"));
}

static void refuses_mistakes(void **state)
{
    static const struct {
        const char *words;
        int status;
        const char *text;
    } rows[] = {
        {"", 2, "CONNECTOR is missing"},
        {"aws-auto --duration long true", 125, "'long' is not a duration"},
        {"aws-auto --min-ttl long true", 125, "'long' is not a duration"},
        {"--clean aws-auto true", 2, "unknown option '--clean'"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        command_run_reset(run);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(run, line.ptr, rows[i].status);
        assert_non_null(strstr(run->err.ptr, rows[i].text));
        assert_calls(run, "");
    }
}

static void passes_warnings_on(void **state)
{
    struct command_run *run = *state;

    command_run_reset(run);
    fake_api_answer(run->api, "issue",
                    "{'connector':" AUTO ",'client':{'connector_type':'aws','auth_method':"
                    "'sts-token','resource_type':'aws-generic','resource_id':'us-east-1',"
                    "'configuration':{'region':'us-east-1'}," SESSION_SECRETS
                    ",'warnings':['The policy was cut.']},'cached':false,"
                    "'warnings':['--duration was raised to 15m.']}");
    assert_status(run, LINE " aws-auto --duration 1 true", 0);
    assert_err(run, "warning: --duration was raised to 15m.\nwarning: The policy was cut.\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_for_what_the_options_say),
        TEST(runs_the_program_with_the_variables),
        TEST(leaves_the_programs_own_options_alone),
        TEST(removes_what_would_win),
        TEST(starts_a_shell_only_when_asked),
        TEST(shapes_what_is_set),
        TEST(refuses_to_hand_over_only_nothing),
        TEST(writes_the_variables_into_a_file_instead),
        TEST(stays_with_a_program_that_needs_a_file),
        TEST(stays_with_a_program_that_needs_a_folder),
        TEST(leaves_no_file_behind_when_nothing_is_started),
        TEST(exits_125_when_cleat_itself_fails),
        TEST(exits_127_or_126_when_the_program_cannot_run),
        TEST(reports_failures_in_the_form_that_was_asked_for),
        TEST(refuses_mistakes),
        TEST(passes_warnings_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
