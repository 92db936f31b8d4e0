#include "bridges/environment.h"

#include "aws_client.h"
#include "base/alloc.h"
#include "bridges/environment_kinds.h"
#include "codec/json.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

/* "NAME=value\n", with a * before what is secret. */
static void show(const struct cl_environment *environment, struct cl_buf *out)
{
    for (size_t i = 0; i < environment->count; i++)
        cl_buf_addf(out, "%s%s=%s\n", environment->items[i].secret ? "*" : "",
                    environment->items[i].name, environment->items[i].value);
    cl_buf_add_c(out, "");
}

static void assert_environment(const struct cl_environment *environment, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(8192);

    show(environment, &out);
    assert_string_equal(out.ptr == NULL ? "" : out.ptr, want);
}

static void make(const struct cl_issue_client_result *client, struct cl_environment *ret)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_environment_make(client, ret, &err), &err);
}

/* --- what is set --------------------------------------------------------------------------- */

static void sets_what_an_aws_sdk_reads_in_order(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};

    (void)state;
    make(&client, &environment);
    assert_environment(&environment, "*AWS_ACCESS_KEY_ID=" AWS_CLIENT_KEY_ID "\n"
                                     "*AWS_SECRET_ACCESS_KEY=" AWS_CLIENT_SECRET "\n"
                                     "*AWS_SESSION_TOKEN=" AWS_CLIENT_TOKEN "\n"
                                     "AWS_CREDENTIAL_EXPIRATION=2024-05-14T13:34:56Z\n"
                                     "AWS_REGION=us-east-1\n"
                                     "AWS_DEFAULT_REGION=us-east-1\n"
                                     "CLEAT_CONNECTOR=aws-auto\n"
                                     "CLEAT_RESOURCE_TYPE=s3-bucket\n"
                                     "CLEAT_RESOURCE_ID=s3://zenfiles\n"
                                     "CLEAT_CREDENTIAL_EXPIRATION=2024-05-14T13:34:56Z\n");
}

static void leaves_out_what_a_long_lived_key_has_not(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_stored();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};

    (void)state;
    make(&client, &environment);
    assert_environment(&environment, "*AWS_ACCESS_KEY_ID=" AWS_CLIENT_KEY_ID "\n"
                                     "*AWS_SECRET_ACCESS_KEY=" AWS_CLIENT_SECRET "\n"
                                     "AWS_REGION=us-east-1\n"
                                     "AWS_DEFAULT_REGION=us-east-1\n"
                                     "CLEAT_CONNECTOR=aws-auto\n"
                                     "CLEAT_RESOURCE_TYPE=aws-generic\n"
                                     "CLEAT_RESOURCE_ID=us-east-1\n");
}

static void hands_every_endpoint_on(void **state)
{
    static const struct {
        const char *attr;
        const char *line;
    } rows[] = {
        {"endpoint_url", "AWS_ENDPOINT_URL=http://127.0.0.1:1/x\n"},
        {"sts_endpoint_url", "AWS_ENDPOINT_URL_STS=http://127.0.0.1:1/x\n"},
        {"s3_endpoint_url", "AWS_ENDPOINT_URL_S3=http://127.0.0.1:1/x\n"},
        {"eks_endpoint_url", "AWS_ENDPOINT_URL_EKS=http://127.0.0.1:1/x\n"},
        {"ecr_endpoint_url", "AWS_ENDPOINT_URL_ECR=http://127.0.0.1:1/x\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
        CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(8192);
        aws_client_set(&client, rows[i].attr, "http://127.0.0.1:1/x");
        make(&client, &environment);
        show(&environment, &out);
        assert_non_null(strstr(out.ptr, rows[i].line));
        assert_int_equal(environment.count, 11);
    }
}

/* --- what can be set, without a credential -------------------------------------------------- */

#define EVERY_AWS_NAME                                                    \
    "*AWS_ACCESS_KEY_ID=\n*AWS_SECRET_ACCESS_KEY=\n*AWS_SESSION_TOKEN=\n" \
    "AWS_CREDENTIAL_EXPIRATION=\nAWS_REGION=\nAWS_DEFAULT_REGION=\n"
#define OWN_NAMES                                                  \
    "CLEAT_CONNECTOR=\nCLEAT_RESOURCE_TYPE=\nCLEAT_RESOURCE_ID=\n" \
    "CLEAT_CREDENTIAL_EXPIRATION=\n"

static void names_what_it_would_set(void **state)
{
    static const struct {
        const char *resource_type;
        const char *endpoint;
        const char *want;
    } rows[] = {
        {"", NULL, EVERY_AWS_NAME OWN_NAMES},
        {"s3-bucket", NULL, EVERY_AWS_NAME OWN_NAMES},
        {"s3-bucket", "http://127.0.0.1:1/x", EVERY_AWS_NAME "AWS_ENDPOINT_URL=\n" OWN_NAMES},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
        CL_AUTO(cl_environment) struct cl_environment names = {.items = NULL};
        struct cl_err err = CL_ERR_NONE;
        if (rows[i].endpoint != NULL) {
            assert_ok(cl_config_set_text(&client.connector.config, "endpoint_url",
                                         cl_str_of(rows[i].endpoint), &err),
                      &err);
        }
        assert_ok(
            cl_environment_names(&client.connector, cl_str_of(rows[i].resource_type), &names, &err),
            &err);
        assert_environment(&names, rows[i].want);
    }
}

static void names_nothing_for_what_is_no_variable(void **state)
{
    static const struct cl_connector_type odd = {.id = "odd", .title = "Odd Service Connector"};
    static const struct {
        const struct cl_connector_type *type; /* NULL: aws */
        const char *resource_type;
        const char *kind;
        const char *hint;
    } rows[] = {
        {NULL, "kubernetes-cluster", "'kubernetes'", "cleat exec"},
        {NULL, "hyperai-instance", "'hyperai'", "cleat exec aws-auto -- CMD"},
        {&odd, "", "'odd'", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
        CL_AUTO(cl_environment) struct cl_environment names = {.items = NULL};
        struct cl_err err = CL_ERR_NONE;
        if (rows[i].type != NULL)
            client.connector.type = rows[i].type;
        assert_int_equal(
            cl_environment_names(&client.connector, cl_str_of(rows[i].resource_type), &names, &err),
            CL_E_UNSUPPORTED);
        assert_non_null(strstr(err.text, rows[i].kind));
        assert_non_null(strstr(err.hint, rows[i].hint));
        assert_int_equal(names.count, 0);
    }
}

static void refuses_values_that_would_become_two_lines(void **state)
{
    static const char *const bad[] = {"http://x\nPATH=/evil", "http://x\r", "\n"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bad); i++) {
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
        CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
        struct cl_err err = CL_ERR_NONE;
        aws_client_set(&client, "endpoint_url", bad[i]);
        assert_int_equal(cl_environment_make(&client, &environment, &err), CL_E_INVALID);
        assert_string_equal(err.text, "the value for AWS_ENDPOINT_URL contains a line break");
        assert_null(strstr(err.text, "evil"));
    }
}

static void refuses_a_value_with_a_nul_byte(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_environment_add(&environment, "X", cl_str_make("a\0b", 3), false, &err),
                     CL_E_INVALID);
    assert_int_equal(environment.count, 0);
}

static void refuses_a_secret_with_a_line_break_without_showing_it(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    aws_client_set_secret(&client, "aws_session_token", "canary\ntoken");
    assert_int_equal(cl_environment_make(&client, &environment, &err), CL_E_INVALID);
    assert_string_equal(err.text, "the value for AWS_SESSION_TOKEN contains a line break");
}

static void knows_no_variables_for_other_clients(void **state)
{
    static const char *const types[] = {"azure", "gcp", "AWS", "aw", "awsx"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(types); i++) {
        CL_AUTO(cl_issue_client_result)
        struct cl_issue_client_result client = aws_client_of_type(types[i]);
        CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(256);
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_environment_make(&client, &environment, &err), CL_E_UNSUPPORTED);
        cl_buf_addf(&want, "a '%s' credential cannot be handed over in environment variables",
                    types[i]);
        assert_string_equal(err.text, want.ptr);
        assert_null(cl_environment_kind_find(cl_str_of(types[i])));
    }
}

/* --- files --------------------------------------------------------------------------------- */

static struct cl_issue_client_result cluster(void)
{
    struct cl_issue_client_result client = aws_client_of_type("kubernetes");

    aws_client_set_resource(&client, "kubernetes-cluster", "zenit");
    aws_client_set(&client, "cluster_name", "zenit");
    aws_client_set(&client, "server", "https://cluster.example");
    aws_client_set_secret(&client, "token", "canary");
    return client;
}

static enum cl_code make_with_file(const struct cl_issue_client_result *client,
                                   struct cl_environment *ret, struct cl_err *err)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);

    enum cl_code code = cl_environment_make_with_file(&call, client, ret, err);
    fake_world_free(fake);
    return code;
}

/* Its user asks Cleat, so that it goes on when the token has ended. */
static void makes_a_kubeconfig_for_a_cluster(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = cluster();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make_with_file(&client, &environment, &err), &err);
    assert_string_equal(environment.file.variable, "KUBECONFIG");
    assert_non_null(strstr(environment.file.content, "current-context: zenit\n"));
    assert_non_null(strstr(environment.file.content, "      - kube-credential\n"));
    assert_null(strstr(environment.file.content, "canary"));
    assert_true(cl_environment_removes(&environment, CL_STR("KUBECONFIG")));
    assert_ok(cl_environment_add_path(&environment, "/run/k", &err), &err);
    struct cl_variable last = environment.items[environment.count - 1];
    assert_string_equal(last.name, "KUBECONFIG");
    assert_string_equal(last.value, "/run/k");
}

static void puts_a_password_into_the_kubeconfig(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = cluster();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    aws_client_set_secret(&client, "username", "ana");
    aws_client_set_secret(&client, "password", "canary-password");
    assert_ok(make_with_file(&client, &environment, &err), &err);
    assert_non_null(strstr(environment.file.content, "    password: canary-password\n"));
}

static void refuses_a_file_where_none_can_be_made(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = cluster();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_environment_make(&client, &environment, &err), CL_E_UNSUPPORTED);
    assert_string_equal(err.hint, "use cleat exec, which makes the files that the tools want");
}

static void makes_no_file_where_variables_are_enough(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make_with_file(&client, &environment, &err), &err);
    assert_null(environment.file.content);
    assert_true(environment.count > 4);
}

/* --- what is removed ----------------------------------------------------------------------- */

static void removes_what_an_sdk_would_prefer(void **state)
{
    static const struct {
        const char *name;
        bool removed;
    } rows[] = {
        {"AWS_ACCESS_KEY_ID", true},
        {"AWS_SECRET_ACCESS_KEY", true},
        {"AWS_SESSION_TOKEN", true},
        {"AWS_SECURITY_TOKEN", true},
        {"AWS_CREDENTIAL_EXPIRATION", true},
        {"AWS_PROFILE", true},
        {"AWS_DEFAULT_PROFILE", true},
        {"AWS_CREDENTIAL_FILE", true},
        {"AWS_WEB_IDENTITY_TOKEN_FILE", true},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI", true},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", true},
        {"AWS_CONTAINER_CREDENTIALS_", true},
        {"AWS_CONTAINER_CREDENTIALS", false},
        {"AWS_CONFIG_FILE", false},
        {"AWS_CA_BUNDLE", false},
        {"AWS_PROFILE_X", false},
        {"XAWS_PROFILE", false},
        {"aws_profile", false},
        {"PATH", false},
        {"", false},
    };
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};

    (void)state;
    make(&client, &environment);
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_int_equal(cl_environment_removes(&environment, cl_str_of(rows[i].name)),
                         rows[i].removed);
}

static void an_empty_environment_removes_nothing(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};

    (void)state;
    assert_false(cl_environment_removes(&environment, CL_STR("AWS_PROFILE")));
}

/* --- shaping ------------------------------------------------------------------------------- */

static void keeps_only_what_is_named(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    make(&client, &environment);
    assert_ok(cl_strs_add(&names, CL_STR("CLEAT_CONNECTOR"), &err), &err);
    assert_ok(cl_strs_add(&names, CL_STR("AWS_REGION"), &err), &err);
    assert_ok(cl_strs_add(&names, CL_STR("NO_SUCH_VARIABLE"), &err), &err);
    cl_environment_only(&environment, &names);
    assert_environment(&environment, "AWS_REGION=us-east-1\nCLEAT_CONNECTOR=aws-auto\n");
    assert_true(cl_environment_removes(&environment, CL_STR("AWS_PROFILE")));
    cl_strs_cleanup(&names);
    names = CL_STRS_NONE;
    cl_environment_only(&environment, &names);
    assert_environment(&environment, "");
}

static void puts_a_prefix_before_every_name(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_stored();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    make(&client, &environment);
    assert_ok(cl_environment_prefix(&environment, CL_STR("SRC_"), &err), &err);
    assert_environment(&environment, "*SRC_AWS_ACCESS_KEY_ID=" AWS_CLIENT_KEY_ID "\n"
                                     "*SRC_AWS_SECRET_ACCESS_KEY=" AWS_CLIENT_SECRET "\n"
                                     "SRC_AWS_REGION=us-east-1\n"
                                     "SRC_AWS_DEFAULT_REGION=us-east-1\n"
                                     "SRC_CLEAT_CONNECTOR=aws-auto\n"
                                     "SRC_CLEAT_RESOURCE_TYPE=aws-generic\n"
                                     "SRC_CLEAT_RESOURCE_ID=us-east-1\n");
}

/* --- the block of a child ------------------------------------------------------------------ */

static void assert_block(const struct cl_environment *environment, const char *const *inherited,
                         const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(8192);
    struct cl_err err = CL_ERR_NONE;
    char *lines[16] = {NULL};
    char **block = NULL;

    for (size_t i = 0; inherited[i] != NULL; i++)
        assert_ok(cl_str_dup(cl_str_of(inherited[i]), &lines[i], &err), &err);
    assert_ok(cl_environment_block(environment, lines, &block, &err), &err);
    for (size_t i = 0; block[i] != NULL; i++)
        cl_buf_addf(&out, "%s\n", block[i]);
    assert_string_equal(out.ptr == NULL ? "" : out.ptr, want);
    cl_environment_free_block(block);
    for (size_t i = 0; lines[i] != NULL; i++)
        cl_free(lines[i]);
}

static void gives_a_child_what_it_inherits_and_the_new_ones(void **state)
{
    static const char *const inherited[] = {
        "PATH=/bin",
        "AWS_PROFILE=work",
        "AWS_SESSION_TOKEN=old",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://x",
        "AWS_REGION=eu-west-1",
        "ODD=a=b=c",
        "EMPTY=",
        "NOT A VARIABLE",
        "AWS_CONFIG_FILE=/c",
        NULL,
    };
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_stored();
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};

    (void)state;
    make(&client, &environment);
    assert_block(&environment, inherited,
                 "PATH=/bin\nODD=a=b=c\nEMPTY=\nNOT A VARIABLE\nAWS_CONFIG_FILE=/c\n"
                 "AWS_ACCESS_KEY_ID=" AWS_CLIENT_KEY_ID "\n"
                 "AWS_SECRET_ACCESS_KEY=" AWS_CLIENT_SECRET "\n"
                 "AWS_REGION=us-east-1\nAWS_DEFAULT_REGION=us-east-1\nCLEAT_CONNECTOR=aws-auto\n"
                 "CLEAT_RESOURCE_TYPE=aws-generic\nCLEAT_RESOURCE_ID=us-east-1\n");
}

/* A long-lived key inside a run with a session must not keep the session's token and expiry. */
static void an_inner_run_keeps_nothing_of_the_outer_one(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result outer = aws_client_bucket();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result inner = aws_client_stored();
    CL_AUTO(cl_environment) struct cl_environment first = {.items = NULL};
    CL_AUTO(cl_environment) struct cl_environment second = {.items = NULL};
    char *nothing[] = {NULL};
    struct cl_err err = CL_ERR_NONE;
    char **block = NULL;
    const char *lines[16] = {NULL};

    (void)state;
    make(&outer, &first);
    make(&inner, &second);
    assert_ok(cl_environment_block(&first, nothing, &block, &err), &err);
    for (size_t i = 0; block[i] != NULL; i++)
        lines[i] = block[i];
    assert_block(&second, lines,
                 "AWS_ACCESS_KEY_ID=" AWS_CLIENT_KEY_ID "\n"
                 "AWS_SECRET_ACCESS_KEY=" AWS_CLIENT_SECRET "\n"
                 "AWS_REGION=us-east-1\nAWS_DEFAULT_REGION=us-east-1\nCLEAT_CONNECTOR=aws-auto\n"
                 "CLEAT_RESOURCE_TYPE=aws-generic\nCLEAT_RESOURCE_ID=us-east-1\n");
    cl_environment_free_block(block);
}

static void an_empty_environment_only_drops_its_own_variables(void **state)
{
    static const char *const inherited[] = {"PATH=/bin", "CLEAT_CONNECTOR=outer",
                                            "CLEAT_CREDENTIAL_EXPIRATION=x", "CLEAT_WIDTH=80",
                                            NULL};
    static const char *const none[] = {NULL};
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};

    (void)state;
    assert_block(&environment, inherited, "PATH=/bin\nCLEAT_WIDTH=80\n");
    assert_block(&environment, none, "");
    cl_environment_free_block(NULL);
}

/* --- memory -------------------------------------------------------------------------------- */

static enum cl_code use_everything(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    char path[] = "PATH=/bin";
    char profile[] = "AWS_PROFILE=x";
    char *inherited[] = {path, profile, NULL};
    char **block = NULL;

    CL_TRY(cl_environment_make(ctx, &environment, err));
    CL_TRY(cl_environment_prefix(&environment, CL_STR("P_"), err));
    CL_TRY(cl_environment_block(&environment, inherited, &block, err));
    cl_environment_free_block(block);
    return CL_OK;
}

static void reports_every_failing_allocation(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = aws_client_bucket();

    (void)state;
    assert_true(fail_each_allocation(use_everything, &client) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_what_an_aws_sdk_reads_in_order),
        cmocka_unit_test(leaves_out_what_a_long_lived_key_has_not),
        cmocka_unit_test(hands_every_endpoint_on),
        cmocka_unit_test(names_what_it_would_set),
        cmocka_unit_test(names_nothing_for_what_is_no_variable),
        cmocka_unit_test(refuses_values_that_would_become_two_lines),
        cmocka_unit_test(refuses_a_value_with_a_nul_byte),
        cmocka_unit_test(refuses_a_secret_with_a_line_break_without_showing_it),
        cmocka_unit_test(makes_a_kubeconfig_for_a_cluster),
        cmocka_unit_test(puts_a_password_into_the_kubeconfig),
        cmocka_unit_test(refuses_a_file_where_none_can_be_made),
        cmocka_unit_test(makes_no_file_where_variables_are_enough),
        cmocka_unit_test(knows_no_variables_for_other_clients),
        cmocka_unit_test(removes_what_an_sdk_would_prefer),
        cmocka_unit_test(an_empty_environment_removes_nothing),
        cmocka_unit_test(keeps_only_what_is_named),
        cmocka_unit_test(puts_a_prefix_before_every_name),
        cmocka_unit_test(gives_a_child_what_it_inherits_and_the_new_ones),
        cmocka_unit_test(an_inner_run_keeps_nothing_of_the_outer_one),
        cmocka_unit_test(an_empty_environment_only_drops_its_own_variables),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
