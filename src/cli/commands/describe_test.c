#include <stdio.h>

#include "codec/json.h"
#include "command_run.h"
#include "fake_answers.h"

#define LINE "cleat service-connector describe"

static void answer(struct command_run *run, const char *operation, const char *json)
{
    command_run_reset(run);
    fake_api_answer(run->api, operation, json);
}

/* --- the connector ------------------------------------------------------------------------- */

static void asks_for_the_connector(void **state)
{
    answer(*state, "get", AUTO);
    assert_status(*state, LINE " aws-auto", 0);
    assert_calls(*state, "get {\"ref\":{\"text\":\"aws-auto\",\"allow_name_prefix\":true}}\n");
    answer(*state, "get", AUTO_OPEN);
    assert_status(*state, LINE " aws-auto -x", 0);
    assert_calls(*state, "get {\"ref\":{\"text\":\"aws-auto\",\"allow_name_prefix\":true},"
                         "\"reveal\":true}\n");
}

static void prints_every_form(void **state)
{
    static const struct {
        const char *words;
        const char *connector;
        const char *golden;
    } rows[] = {
        {"aws-auto", AUTO, "describe.txt"},
        {"aws-zenfiles", BUCKET, "describe_shared.txt"},
        {"aws-zenfiles --ascii", BUCKET, "describe_ascii.txt"},
        {"aws-zenfiles --width 60", BUCKET, "describe_60.txt"},
        {"aws-auto -o json", AUTO, "describe.json"},
        {"aws-zenfiles -o yaml", BUCKET, "describe_shared.yaml"},
        {"kind", KIND, "describe_facts.txt"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "get", rows[i].connector);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_golden_run(*state, line.ptr, rows[i].golden);
        assert_err(*state, "");
    }
}

static void says_that_a_type_is_unavailable(void **state)
{
    struct command_run *run = *state;

    answer(run, "get", FOREIGN);
    assert_status(run, LINE " sky", 0);
    assert_non_null(strstr(run->out.ptr, " nimbus "));
    assert_non_null(strstr(run->out.ptr, " [HIDDEN] "));
    assert_non_null(strstr(run->err.ptr, "is of type 'nimbus' with method 'cloud-key'"));
    assert_non_null(strstr(run->err.ptr, "it can be deleted"));
    answer(run, "get", FOREIGN);
    assert_status(run, LINE " sky --field status", 0);
    assert_out(run, "unavailable\n");
}

static void hides_secrets_unless_asked(void **state)
{
    static const char *const words[] = {"", " -o json", " -o yaml", " -o csv", " --field secrets"};

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        /* Even where the use cases gave too much. */
        answer(run, "get", AUTO_OPEN);
        cl_buf_addf(&line, LINE " aws-auto%s", words[i]);
        assert_status(run, line.ptr, 0);
        assert_null(strstr(run->out.ptr, AWS_CLIENT_SECRET));
        assert_null(strstr(run->out.ptr, AWS_CLIENT_KEY_ID));
    }
}

static void shows_secrets_when_asked(void **state)
{
    static const struct {
        const char *words;
        const char *operation;
        const char *json;
        const char *want;
    } rows[] = {
        {"-x", "get", AUTO_OPEN, " " AWS_CLIENT_SECRET " "},
        {"-x -o json", "get", AUTO_OPEN, "\"aws_secret_access_key\": \"" AWS_CLIENT_SECRET "\""},
        {"-x -o json", "get", AUTO_OPEN, "\"secrets_hidden\": false"},
        {"-x --field secrets.aws_access_key_id", "get", AUTO_OPEN, AWS_CLIENT_KEY_ID "\n"},
        {"-c -x", "issue", ISSUED, " " AWS_CLIENT_TOKEN " "},
        {"-c -x -o json", "issue", ISSUED, "\"aws_session_token\": \"" AWS_CLIENT_TOKEN "\""},
        {"-c -x -o json", "issue", ISSUED, "\"secrets_hidden\": false"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(run, rows[i].operation, rows[i].json);
        cl_buf_addf(&line, LINE " aws-auto %s", rows[i].words);
        assert_status(run, line.ptr, 0);
        if (strstr(run->out.ptr, rows[i].want) == NULL)
            fail_msg("%s does not show %s:\n%s", line.ptr, rows[i].want, run->out.ptr);
    }
}

static void prints_single_fields(void **state)
{
    static const struct {
        const char *field;
        const char *out;
    } rows[] = {
        {"id", AUTO_ID "\n"},
        {"configuration.region", "us-east-1\n"},
        {"resource_types", "aws-generic;s3-bucket;kubernetes-cluster;docker-registry\n"},
        {"expires_at", "\n"},
        {"shared", "false\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "get", AUTO);
        cl_buf_addf(&line, LINE " aws-auto --field %s", rows[i].field);
        assert_status(*state, line.ptr, 0);
        assert_out(*state, rows[i].out);
    }
    answer(*state, "get", AUTO);
    assert_status(*state, LINE " aws-auto --field regin", 2);
    assert_out(*state, "");
}

static void stacks_the_values_of_a_list(void **state)
{
    struct command_run *run = *state;

    answer(run, "get",
           "{'id':'" AUTO_ID "','name':'role','connector_type':'aws','auth_method':'iam-role',"
           "'resource_types':['s3-bucket'],'configuration':{'region':'us-east-1','policy_arns':"
           "['arn:aws:iam::aws:policy/A','arn:aws:iam::aws:policy/B']}," TIMES "}");
    assert_status(run, LINE " role --ascii", 0);
    assert_non_null(strstr(run->out.ptr, "| policy_arns | arn:aws:iam::aws:policy/A |\n"
                                         "|             | arn:aws:iam::aws:policy/B |\n"));
}

static void says_so_when_nothing_is_configured(void **state)
{
    struct command_run *run = *state;

    answer(run, "get",
           "{'id':'" AUTO_ID "','name':'bare','connector_type':'aws','auth_method':'implicit',"
           "'resource_types':['s3-bucket']," TIMES "}");
    assert_status(run, LINE " bare", 0);
    assert_non_null(strstr(run->out.ptr, "No configuration options are set.\n"
                                         "No labels are set for this service connector.\n"));
    assert_non_null(strstr(run->out.ptr, "is owned by user '-' and is 'private'."));
}

/* --- the client ---------------------------------------------------------------------------- */

#define ASKED(more)                                     \
    "issue {\"ref\":{\"text\":\"aws-auto\"}" more       \
    ",\"allow_long_lived\":true,\"purpose\":\"describe" \
    "\"}\n"

static void asks_for_a_client_when_a_resource_is_named(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"aws-auto --client", ASKED("")},
        {"aws-auto -c", ASKED("")},
        {"aws-auto -r s3-bucket", ASKED(",\"resource_type\":\"s3-bucket\"")},
        {"aws-auto -ri zenfiles", ASKED(",\"resource_id\":\"zenfiles\"")},
        {"aws-auto --client -r s3-bucket -ri s3://zenfiles",
         ASKED(",\"resource_type\":\"s3-bucket\",\"resource_id\":\"s3://zenfiles\"")},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "issue", ISSUED);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, rows[i].call);
    }
}

#define CLUSTER_DESCRIBED                                                                   \
    "{'connector':" AUTO ",'client':{'connector_type':'kubernetes','auth_method':'token',"  \
    "'resource_type':'kubernetes-cluster','resource_id':'zenit-cluster','client_id':"       \
    "'arn:aws:eks:us-east-1:123456789012:cluster/zenit-cluster','configuration':{'server':" \
    "'https://cluster.example','cluster_name':'zenit-cluster','insecure':false},"           \
    "'secrets':{'token':'canary-token','certificate_authority':'canary-ca'},"               \
    "'secrets_hidden':false," CLIENT_TIMES "},'cached':true,'warnings':['It is old.']}"
#define REGISTRY_CLIENT                                                                     \
    "{'connector':" BUCKET ",'client':{'connector_type':'docker','auth_method':'password'," \
    "'resource_type':'docker-registry','resource_id':'123456789012.dkr.ecr.us-east-1."      \
    "amazonaws.com','configuration':{'registry':'123456789012.dkr.ecr.us-east-1."           \
    "amazonaws.com'},'secrets':{'username':'AWS','password':'canary-password'},"            \
    "'secrets_hidden':false," CLIENT_TIMES "},'cached':false,'warnings':[]}"

static void prints_every_client(void **state)
{
    static const struct {
        const char *words;
        const char *client;
        const char *golden;
    } rows[] = {
        {"aws-auto -c", ISSUED, "describe_client.txt"},
        {"aws-auto -c -o json", ISSUED, "describe_client.json"},
        {"aws-auto -c", CLUSTER_DESCRIBED, "describe_cluster.txt"},
        {"aws-auto -c -o json", CLUSTER_DESCRIBED, "describe_cluster.json"},
        {"aws-zenfiles -c", REGISTRY_CLIENT, "describe_registry.txt"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        answer(*state, "issue", rows[i].client);
        cl_buf_addf(&line, LINE " %s", rows[i].words);
        assert_golden_run(*state, line.ptr, rows[i].golden);
    }
}

static void hides_what_was_issued_unless_asked(void **state)
{
    struct command_run *run = *state;

    answer(run, "issue", CLUSTER_DESCRIBED);
    assert_status(run, LINE " aws-auto -c", 0);
    assert_null(strstr(run->out.ptr, "canary"));
    assert_err(run, "warning: It is old.\n");
    answer(run, "issue", CLUSTER_DESCRIBED);
    assert_status(run, LINE " aws-auto -c -o json", 0);
    assert_null(strstr(run->out.ptr, "canary"));
    answer(run, "issue", CLUSTER_DESCRIBED);
    assert_status(run, LINE " aws-auto -c -x", 0);
    assert_non_null(strstr(run->out.ptr, "canary-token"));
}

/* An issued credential is good to its end: nothing is taken off. */
static void shows_the_whole_life_of_a_client(void **state)
{
    struct command_run *run = *state;

    answer(run, "issue", ISSUED);
    assert_status(run, LINE " aws-auto -c", 0);
    assert_non_null(strstr(run->out.ptr, " 1h "));
}

static void passes_failures_on(void **state)
{
    struct command_run *run = *state;

    fake_api_refuse(run->api, "get", CL_E_AMBIGUOUS, "'aws' fits several connectors",
                    "aws-auto, aws-zenfiles");
    assert_status(run, LINE " aws", 3);
    assert_err(run, "Error: 'aws' fits several connectors\n  aws-auto, aws-zenfiles\n");
    command_run_reset(run);
    fake_api_refuse(run->api, "issue", CL_E_DENIED, "AccessDenied: no", NULL);
    assert_status(run, LINE " aws-auto -c -o json", 7);
    assert_out(run, "");
    assert_err(run, "{\"error\":{\"code\":\"permission_denied\",\"message\":\"AccessDenied: no\","
                    "\"hint\":null,\"details\":null,\"request_id\":null,\"exit_code\":7}}\n");
    command_run_reset(run);
    assert_status(run, LINE, 2);
    assert_err(run, "Error: NAME_OR_ID is missing\nRun '" LINE " --help' for usage.\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

/* The tables of members that the command checks by must name all that is printed. */
static void knows_every_member_that_it_prints(void **state)
{
    static const struct {
        const char *operation;
        const char *answer;
        const char *words;
    } rows[] = {{"get", AUTO, ""}, {"issue", ISSUED, " --client"}};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        CL_AUTO(cl_json) json_t *object = NULL;
        struct cl_err err = CL_ERR_NONE;
        const char *key = NULL;
        json_t *value = NULL;
        char line[256];

        command_run_reset(run);
        fake_api_answer(run->api, rows[i].operation, rows[i].answer);
        (void)snprintf(line, sizeof(line), LINE " aws-auto -o json%s", rows[i].words);
        assert_status(run, line, 0);
        assert_ok(cl_json_parse(cl_buf_view(&run->out), &object, &err), &err);
        json_object_foreach(object, key, value)
        {
            fake_api_free(run->api);
            run->api = fake_api_new();
            command_run_reset(run);
            fake_api_answer(run->api, rows[i].operation, rows[i].answer);
            (void)snprintf(line, sizeof(line), LINE " aws-auto%s --field %s", rows[i].words, key);
            assert_status(run, line, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(knows_every_member_that_it_prints),
        TEST(asks_for_the_connector),
        TEST(prints_every_form),
        TEST(says_that_a_type_is_unavailable),
        TEST(hides_secrets_unless_asked),
        TEST(shows_secrets_when_asked),
        TEST(prints_single_fields),
        TEST(stacks_the_values_of_a_list),
        TEST(says_so_when_nothing_is_configured),
        TEST(asks_for_a_client_when_a_resource_is_named),
        TEST(prints_every_client),
        TEST(hides_what_was_issued_unless_asked),
        TEST(shows_the_whole_life_of_a_client),
        TEST(passes_failures_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
