#include "bridges/export.h"

#include "aws_client.h"
#include "base/alloc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

#define TOKEN "cAnArYbIrD-token"

/* A cluster with a token until 2024-05-14T13:34:56Z. */
static struct cl_issue_client_result cluster(void)
{
    struct cl_issue_client_result client = aws_client_of_type("kubernetes");

    cl_json_setup();
    aws_client_set_resource(&client, "kubernetes-cluster", "zenit");
    aws_client_set(&client, "cluster_name", "zenit");
    aws_client_set(&client, "server", "https://cluster.example");
    aws_client_set(&client, "certificate_authority", "Y2E=");
    aws_client_set_secret(&client, "token", TOKEN);
    return client;
}

/* One text. */
struct exporting {
    struct fake_world *fake;
    struct cl_issue_client_result client;
    const char *format;
    struct cl_buf text;
};

static enum cl_code run(void *ctx, struct cl_err *err)
{
    struct exporting *exporting = ctx;
    struct cl_call call = fake_call(exporting->fake);

    cl_buf_cleanup(&exporting->text);
    exporting->text = (struct cl_buf)CL_BUF_SECRET((size_t)1 << 20U);
    struct cl_export_request request = {.client = &exporting->client,
                                        .format = cl_str_of(exporting->format)};
    enum cl_code code = cl_export(&call, &request, &exporting->text, err);
    if (code != CL_OK)
        cl_buf_cleanup(&exporting->text);
    return code;
}

static struct exporting exporting(struct cl_issue_client_result client, const char *format)
{
    return (struct exporting){.fake = fake_world_new(),
                              .client = client,
                              .format = format,
                              .text = CL_BUF_SECRET((size_t)1 << 20U)};
}

static void exporting_cleanup(struct exporting *exporting)
{
    cl_buf_cleanup(&exporting->text);
    cl_issue_client_result_cleanup(&exporting->client);
    fake_world_free(exporting->fake);
}

static void writes_a_kubeconfig_that_needs_nobody(void **state)
{
    CL_AUTO(exporting) struct exporting file = exporting(cluster(), "kubeconfig");
    CL_AUTO(cl_yaml) struct cl_yaml *yaml = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(run(&file, &err), &err);
    assert_ok(cl_yaml_parse(cl_buf_view(&file.text), &yaml, &err), &err);
    const struct cl_yaml_node *root = cl_yaml_root(yaml);
    assert_str(cl_yaml_get_text(root, "current-context"), "zenit");
    const struct cl_yaml_node *user =
        cl_yaml_get(cl_yaml_first(cl_yaml_get(root, "users")), "user");
    assert_str(cl_yaml_get_text(user, "token"), TOKEN);
    assert_true(cl_yaml_is_null(cl_yaml_get(user, "exec")));
    const struct cl_yaml_node *place =
        cl_yaml_get(cl_yaml_first(cl_yaml_get(root, "clusters")), "cluster");
    assert_str(cl_yaml_get_text(place, "server"), "https://cluster.example");
    assert_str(cl_yaml_get_text(place, "certificate-authority-data"), "Y2E=");
    assert_null(fake_file(file.fake, "/home/u/.kube/config"));
}

static void prints_the_documents_of_plugins_and_programs(void **state)
{
    static const struct {
        const char *format;
        const char *begin;
        const char *part;
    } rows[] = {
        {"exec-credential",
         "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
         "\"status\":{\"token\":\"" TOKEN "\"",
         "\"expirationTimestamp\":\"2024-05-14T13:33:56Z\""},
        {"token", TOKEN "\n", ""},
        {"json", "{\n  \"connector_type\": \"kubernetes\",", "\"token\": \"" TOKEN "\""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(exporting) struct exporting text = exporting(cluster(), rows[i].format);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(run(&text, &err), &err);
        assert_true(cl_str_starts(cl_buf_view(&text.text), cl_str_of(rows[i].begin)));
        assert_non_null(strstr(text.text.ptr, rows[i].part));
        assert_true(cl_str_ends(cl_buf_view(&text.text), CL_STR("\n")));
    }
}

static void refuses_what_a_credential_cannot_give(void **state)
{
    static const char *const formats[] = {"ssh-config", "nonsense", "token", "exec-credential"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(formats); i++) {
        CL_AUTO(exporting) struct exporting text = exporting(cluster(), formats[i]);
        struct cl_err err = CL_ERR_NONE;
        cl_config_remove(&text.client.issued.config, "token");
        assert_int_equal(run(&text, &err), CL_E_UNSUPPORTED);
        assert_int_equal(text.text.len, 0);
    }
}

/* Who asks for one of these has to say that a stored credential may be shown. */
static void knows_which_formats_hold_the_credential(void **state)
{
    (void)state;
    for (size_t i = 0; cl_export_names[i] != NULL; i++) {
        struct cl_str name = cl_str_of(cl_export_names[i]);
        bool is_for_ssh = cl_str_eq_c(name, "ssh-config") || cl_str_eq_c(name, "known-hosts");
        assert_int_equal(cl_export_is_secret(name), !is_for_ssh);
    }
    assert_false(cl_export_is_secret(CL_STR("nonsense")));
}

static enum cl_code run_and_forget(void *ctx, struct cl_err *err)
{
    struct exporting *exporting = ctx;

    enum cl_code code = run(exporting, err);
    cl_buf_cleanup(&exporting->text);
    return code;
}

static void reports_every_failing_allocation(void **state)
{
    static const char *const names[] = {"kubeconfig", "exec-credential", "token", "json"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(exporting) struct exporting text = exporting(cluster(), names[i]);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(run(&text, &err), &err);
        cl_buf_cleanup(&text.text);
        (void)fail_each_allocation(run_and_forget, &text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_kubeconfig_that_needs_nobody),
        cmocka_unit_test(prints_the_documents_of_plugins_and_programs),
        cmocka_unit_test(refuses_what_a_credential_cannot_give),
        cmocka_unit_test(knows_which_formats_hold_the_credential),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
