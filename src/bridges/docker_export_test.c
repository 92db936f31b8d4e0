#include "aws_client.h"
#include "base/alloc.h"
#include "bridges/export.h"
#include "codec/json.h"
#include "core/registry.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

extern const struct cl_connector_type cl_type_docker;
const struct cl_connector_type *const cl_connector_types[] = {&cl_type_docker};
const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);

/* The credential of a registry as text. */

#define AUTH "dTpjYW5hcnk=" /* u:canary */
#define PAIR "{\"username\":\"u\",\"password\":\"canary\",\"auth\":\"" AUTH "\"}"

static struct cl_issue_client_result client_for(const char *registry)
{
    struct cl_issue_client_result client = aws_client_of_type("docker");

    aws_client_set_resource(&client, "docker-registry", registry);
    aws_client_set_secret(&client, "username", "u");
    aws_client_set_secret(&client, "password", "canary");
    client.issued.expires_at = 0;
    return client;
}

static enum cl_code export_of(const struct cl_issue_client_result *client,
                              struct cl_export_request request, struct cl_buf *ret,
                              struct cl_err *err)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);

    request.client = client;
    enum cl_code code = cl_export(&call, &request, ret, err);
    fake_world_free(fake);
    return code;
}

static void assert_export(const struct cl_issue_client_result *client,
                          struct cl_export_request request, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(export_of(client, request, &text, &err), &err);
    assert_string_equal(text.ptr, want);
}

static void writes_what_each_reader_wants(void **state)
{
    static const struct {
        const char *format;
        const char *registry;
        const char *text;
    } rows[] = {
        {"docker-config", "https://R.example/v2/",
         "{\n  \"auths\": {\n    \"r.example\": {\n      \"auth\": \"" AUTH "\"\n    }\n  }\n}\n"},
        {"dockerconfigjson", "docker.io",
         "{\"auths\":{\"https://index.docker.io/v1/\":" PAIR "}}\n"},
        {"dockerconfigjson", "r.example:5000", "{\"auths\":{\"r.example:5000\":" PAIR "}}\n"},
        {"env", "r.example", "REGISTRY=r.example\nREGISTRY_USERNAME=u\nREGISTRY_PASSWORD=canary\n"},
        {"basic", "r.example", "Authorization: Basic " AUTH "\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issue_client_result)
        struct cl_issue_client_result client = client_for(rows[i].registry);
        assert_export(&client, (struct cl_export_request){.format = cl_str_of(rows[i].format)},
                      rows[i].text);
        assert_true(cl_export_is_secret(cl_str_of(rows[i].format)));
    }
}

#define SECRET "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\nmetadata:\n"

static void writes_a_pull_secret(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = client_for("r.example");
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);
    struct cl_export_request request = {.format = CL_STR("k8s-secret")};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(export_of(&client, request, &text, &err), &err);
    assert_non_null(
        strstr(text.ptr, SECRET "  name: \"r.example\"\ndata:\n  .dockerconfigjson: ey"));
    assert_null(strstr(text.ptr, "canary"));
    cl_buf_truncate(&text, 0);
    request.name = "mine";
    request.kube_namespace = "team-a";
    client.issued.expires_at = FAKE_START_AT;
    assert_ok(export_of(&client, request, &text, &err), &err);
    assert_non_null(strstr(text.ptr, SECRET "  name: \"mine\"\n  namespace: \"team-a\"\n"
                                            "  annotations:\n    cleat/expires: "
                                            "\"2024-05-14T12:34:56Z\"\ndata:\n"));
}

static void makes_a_name_of_the_registry(void **state)
{
    static const struct {
        const char *registry;
        const char *name;
    } rows[] = {
        {"docker.io", "  name: \"docker.io\"\n"},
        {"r.example:5000", "  name: \"r.example-5000\"\n"},
        {"[fd00::1]:5000", "  name: \"fd00--1--5000\"\n"},
        {"[fd00::1]", "  name: \"fd00--1\"\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issue_client_result)
        struct cl_issue_client_result client = client_for(rows[i].registry);
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(export_of(&client, (struct cl_export_request){.format = CL_STR("k8s-secret")},
                            &text, &err),
                  &err);
        assert_non_null(strstr(text.ptr, rows[i].name));
    }
}

static void refuses_names_that_kubernetes_would(void **state)
{
    static const char *const names[] = {"",     "A",    "a_b",  "-a",   "a-",  ".a",      "a.",
                                        "a..b", "a.-b", "a\nb", "a\"b", "a b", "\xC3\xA4"};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = client_for("r.example");

    (void)state;
    for (size_t i = 0; i < 2 * CL_COUNT(names); i++) {
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);
        struct cl_export_request request = {.format = CL_STR("k8s-secret")};
        struct cl_err err = CL_ERR_NONE;
        const char *name = names[i / 2];
        *(i % 2 == 0 ? &request.name : &request.kube_namespace) = name;
        assert_int_equal(export_of(&client, request, &text, &err), CL_E_INVALID);
        assert_non_null(strstr(err.text, i % 2 == 0 ? "--name" : "--namespace"));
    }
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);
    struct cl_export_request dotted = {.format = CL_STR("k8s-secret"), .kube_namespace = "a.b"};
    struct cl_err err = CL_ERR_NONE;
    assert_int_equal(export_of(&client, dotted, &text, &err), CL_E_INVALID);
}

static void refuses_what_a_format_cannot_carry(void **state)
{
    static const char *const formats[] = {"dockerconfigjson", "k8s-secret", "env", "basic"};
    struct cl_issue_client_result token = client_for("r.example");
    struct cl_issue_client_result lines = client_for("r.example");
    struct cl_err err = CL_ERR_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);

    (void)state;
    aws_client_set_secret(&token, "username", "<token>");
    for (size_t i = 0; i < CL_COUNT(formats); i++) {
        struct cl_export_request request = {.format = cl_str_of(formats[i])};
        assert_int_equal(export_of(&token, request, &text, &err), CL_E_UNSUPPORTED);
        assert_non_null(strstr(err.hint, "docker-config"));
    }
    aws_client_set_secret(&lines, "password", "{\n}");
    assert_int_equal(
        export_of(&lines, (struct cl_export_request){.format = CL_STR("env")}, &text, &err),
        CL_E_INVALID);
    assert_non_null(strstr(err.text, "REGISTRY_PASSWORD"));
    assert_int_equal(text.len, 0);
    cl_issue_client_result_cleanup(&token);
    cl_issue_client_result_cleanup(&lines);
}

struct attempt {
    struct cl_issue_client_result client;
    const char *format;
};

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    struct attempt *attempt = ctx;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(4096);

    return export_of(&attempt->client,
                     (struct cl_export_request){.format = cl_str_of(attempt->format)}, &text, err);
}

static void reports_every_failing_allocation(void **state)
{
    static const char *const formats[] = {"docker-config", "dockerconfigjson", "k8s-secret", "env",
                                          "basic"};
    struct attempt one = {.client = client_for("r.example")};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(formats); i++) {
        one.format = formats[i];
        assert_true(fail_each_allocation(attempt, &one) > 3);
    }
    cl_issue_client_result_cleanup(&one.client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_each_reader_wants),
        cmocka_unit_test(writes_a_pull_secret),
        cmocka_unit_test(makes_a_name_of_the_registry),
        cmocka_unit_test(refuses_names_that_kubernetes_would),
        cmocka_unit_test(refuses_what_a_format_cannot_carry),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
