#include <stdio.h>

#include "base/alloc.h"
#include "codec/json.h"
#include "command_run.h"
#include "core/registry.h"
#include "fake_answers.h"

/* list-types and describe-type, over the types of this build. */

#define LIST "cleat service-connector list-types"
#define DESCRIBE "cleat service-connector describe-type"

static const struct cl_connector_type *aws(void)
{
    const struct cl_connector_type *type = cl_registry_find(CL_STR("aws"));

    assert_non_null(type);
    return type;
}

/* The parts must occur in this order. */
static void assert_in_order(const char *text, const char *const *parts)
{
    const char *at = text;

    for (; *parts != NULL; parts++) {
        const char *found = strstr(at, *parts);
        if (found == NULL)
            fail_msg("\"%s\" is missing or too early in\n%s", *parts, text);
        at = found + strlen(*parts);
    }
}

static json_t *parsed_out(const struct command_run *run)
{
    struct cl_err err = CL_ERR_NONE;
    json_t *json = NULL;

    assert_ok(cl_json_parse(cl_buf_view(&run->out), &json, &err), &err);
    return json;
}

/* --- list-types ---------------------------------------------------------------------------- */

static void asks_for_the_types_that_are_wanted(void **state)
{
    static const struct {
        const char *words;
        const char *call;
    } rows[] = {
        {"", "types {}\n"},
        {"-t aws", "types {\"type\":\"aws\"}\n"},
        {"-r s3-bucket --type aws", "types {\"type\":\"aws\",\"resource_type\":\"s3-bucket\"}\n"},
        {"-a iam-role", "types {\"auth_method\":\"iam-role\"}\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf line = CL_BUF(256);
        command_run_reset(*state);
        cl_buf_addf(&line, LIST " %s", rows[i].words);
        assert_status(*state, line.ptr, 0);
        assert_calls(*state, rows[i].call);
    }
}

static void lists_types_with_what_they_offer(void **state)
{
    struct command_run *run = *state;

    assert_golden_run(run, LIST " -t aws", "list_types.txt");
    command_run_reset(run);
    assert_golden_run(run, LIST " -t aws -o csv", "list_types.csv");
    command_run_reset(run);
    assert_status(run, LIST " -t aws -o name", 0);
    assert_out(run, "connector_type/aws\n");
    command_run_reset(run);
    assert_status(run, LIST " -t aws --field auth_methods", 0);
    assert_out(run, "implicit;secret-key;sts-token;iam-role;session-token;federation-token\n");
    command_run_reset(run);
    assert_status(run, LIST " -t aws --quiet", 0);
    assert_out(run, "aws\n");
}

static void lists_types_as_objects(void **state)
{
    struct command_run *run = *state;

    assert_status(run, LIST " -t aws -o json", 0);
    CL_AUTO(cl_json) json_t *json = parsed_out(run);
    const json_t *item = json_array_get(json_object_get(json, "items"), 0);
    assert_str(cl_json_str(item, "connector_type"), "aws");
    assert_str(cl_json_str(item, "name"), "AWS Service Connector");
    assert_true(cl_json_bool(item, "supports_auto_configuration", false));
    assert_true(cl_json_bool(item, "local", false));
    assert_true(cl_json_bool(item, "remote", false));
    assert_int_equal(json_array_size(json_object_get(item, "resource_types")),
                     aws()->resource_count);
    assert_int_equal(json_array_size(json_object_get(item, "auth_methods")), aws()->method_count);
}

/* A page for each type: its own part in a box, the others below headings. */
static void prints_whole_pages(void **state)
{
    struct command_run *run = *state;
    static const char *const parts[] = {
        "\xF0\x9F\x94\xB6 AWS Service Connector (connector type: aws)",
        "Authentication methods:",
        "Resource types:",
        "Supports auto-configuration: True",
        "\xF0\x9F\x93\xA6 AWS S3 bucket (resource type: s3-bucket)",
        "Supports resource instances: True",
        "\xF0\x9F\x94\x92 AWS IAM Role (auth method: iam-role)",
        "Supports issuing temporary credentials: True",
        "Attributes:",
        "role_arn {string, required}",
        NULL,
    };

    assert_status(run, LIST " -t aws --detailed", 0);
    assert_in_order(run->out.ptr, parts);
    for (size_t i = 0; i < aws()->method_count; i++) {
        char heading[128];
        (void)snprintf(heading, sizeof(heading), "(auth method: %s)", aws()->methods[i].id);
        assert_non_null(strstr(run->out.ptr, heading));
    }
    command_run_reset(run);
    assert_status(run, LIST " -t aws --detailed -o json", 0);
    assert_int_equal(run->out.ptr[0], '{');
}

/* --- describe-type ------------------------------------------------------------------------- */

static void describes_the_type(void **state)
{
    static const char *const parts[] = {
        "\xE2\x95\x94",
        "\xF0\x9F\x94\xB6 AWS Service Connector (connector type: aws)",
        "\xE2\x95\x9A",
        "Authentication methods:\n\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\x92 implicit\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\x92 secret-key\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\x92 sts-token\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\x92 iam-role\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\x92 session-token\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\x92 federation-token\n",
        "\nResource types:\n\n",
        " \xE2\x80\xA2 \xF0\x9F\x94\xB6 aws-generic\n",
        " \xE2\x80\xA2 \xF0\x9F\x93\xA6 s3-bucket\n",
        " \xE2\x80\xA2 \xF0\x9F\x8C\x80 kubernetes-cluster\n",
        " \xE2\x80\xA2 \xF0\x9F\x90\xB3 docker-registry\n",
        "\nSupports auto-configuration: True\n",
        "\nAvailable locally: True\n",
        "\nAvailable remotely: True\n",
        "\xE2\x94\x80\xE2\x94\x80\xE2\x94\x80",
        NULL,
    };
    struct command_run *run = *state;

    assert_status(run, DESCRIBE " aws", 0);
    assert_in_order(run->out.ptr, parts);
    assert_calls(run, "types {\"type\":\"aws\"}\n");
}

static void describes_a_resource_type(void **state)
{
    static const char *const parts[] = {
        "AWS S3 bucket (resource type: s3-bucket)",
        "Authentication methods: implicit, secret-key, sts-token, iam-role,",
        "Supports resource instances: True",
        "Authentication methods:\n",
        "s3:ListBucket",
        "s3://{bucket-name}",
        NULL,
    };
    struct command_run *run = *state;

    assert_status(run, DESCRIBE " aws -r s3-bucket", 0);
    assert_in_order(run->out.ptr, parts);
    assert_null(strstr(run->out.ptr, "(connector type: aws)"));
    assert_calls(run, "types {\"type\":\"aws\",\"resource_type\":\"s3-bucket\"}\n");
}

static void describes_an_auth_method(void **state)
{
    static const char *const parts[] = {
        "\xF0\x9F\x94\x92 AWS Session Token (auth method: session-token)",
        "Supports issuing temporary credentials: True",
        "Attributes:\n\n",
        " \xE2\x80\xA2 aws_access_key_id {string, secret, required}: AWS Access Key ID\n",
        " \xE2\x80\xA2 aws_secret_access_key {string, secret, required}: AWS Secret Access Key\n",
        " \xE2\x80\xA2 region {string, required}: AWS Region\n",
        " \xE2\x80\xA2 endpoint_url {string, optional}: AWS Endpoint URL\n",
        NULL,
    };
    struct command_run *run = *state;

    assert_status(run, DESCRIBE " aws --auth-method session-token", 0);
    assert_in_order(run->out.ptr, parts);
    command_run_reset(run);
    assert_status(run, DESCRIBE " aws -a secret-key", 0);
    assert_non_null(strstr(run->out.ptr, "Supports issuing temporary credentials: False"));
}

static void describes_both_one_after_the_other(void **state)
{
    static const char *const parts[] = {"(resource type: s3-bucket)", "\xE2\x94\x80",
                                        "(auth method: iam-role)", "\xE2\x94\x80", NULL};
    struct command_run *run = *state;

    assert_status(run, DESCRIBE " aws -a iam-role -r s3-bucket", 0);
    assert_in_order(run->out.ptr, parts);
}

static void describes_a_type_as_an_object(void **state)
{
    struct command_run *run = *state;

    assert_status(run, DESCRIBE " aws -o json", 0);
    CL_AUTO(cl_json) json_t *json = parsed_out(run);
    assert_str(cl_json_str(json, "connector_type"), "aws");
    const json_t *role = NULL;
    const json_t *methods = json_object_get(json, "auth_methods");
    for (size_t i = 0; i < json_array_size(methods); i++) {
        if (cl_str_eq_c(cl_json_str(json_array_get(methods, i), "auth_method"), "iam-role"))
            role = json_array_get(methods, i);
    }
    assert_non_null(role);
    assert_int_equal(cl_json_i64(role, "min_expiration_seconds", 0), 900);
    assert_non_null(cl_json_get(role, "config_schema"));
    command_run_reset(run);
    assert_status(run, DESCRIBE " aws --field name", 0);
    assert_out(run, "AWS Service Connector\n");
}

/* No line of a page is wider than 80 columns; on a narrow terminal, than that. */
static void assert_width(const struct command_run *run, size_t most)
{
    struct cl_str rest = cl_buf_view(&run->out);
    struct cl_str line = CL_STR_NONE;

    while (cl_str_cut(rest, '\n', &line, &rest)) {
        size_t columns = 0;
        for (size_t i = 0; i < line.len; i++)
            columns += ((unsigned char)line.ptr[i] & 0xC0U) != 0x80U;
        if (columns > most)
            fail_msg("%zu columns: %.*s", columns, CL_STR_ARG(line));
    }
}

static void pages_keep_to_their_width(void **state)
{
    struct command_run *run = *state;

    assert_status(run, LIST " -t aws --detailed", 0);
    assert_width(run, 80);
    command_run_reset(run);
    assert_status(run, LIST " -t aws --detailed --width 50", 0);
    assert_width(run, 78); /* ids and patterns are never cut */
}

static void names_the_nearest_of_what_is_unknown(void **state)
{
    static const struct {
        const char *line;
        const char *text;
    } rows[] = {
        {DESCRIBE " asw", "Did you mean 'aws'?"},
        {DESCRIBE " aws -r s3-buket", "Did you mean 's3-bucket'?"},
        {DESCRIBE " aws -a iam-rule", "Did you mean 'iam-role'?"},
        {LIST " -t asw", "Did you mean 'aws'?"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct command_run *run = *state;
        command_run_reset(run);
        assert_status(run, rows[i].line, 3);
        assert_out(run, "");
        assert_non_null(strstr(run->err.ptr, rows[i].text));
    }
    command_run_reset(*state);
    assert_status(*state, DESCRIBE, 2);
    assert_err(*state, "Error: TYPE is missing\nRun '" DESCRIBE " --help' for usage.\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, command_run_set_up, command_run_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_for_the_types_that_are_wanted),
        TEST(lists_types_with_what_they_offer),
        TEST(lists_types_as_objects),
        TEST(prints_whole_pages),
        TEST(describes_the_type),
        TEST(describes_a_resource_type),
        TEST(describes_an_auth_method),
        TEST(describes_both_one_after_the_other),
        TEST(describes_a_type_as_an_object),
        TEST(pages_keep_to_their_width),
        TEST(names_the_nearest_of_what_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
