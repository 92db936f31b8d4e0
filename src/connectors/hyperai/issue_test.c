#include "clouds/ssh/key_text.h"
#include "hyperai_harness.h"

static enum cl_code issue(struct hyperai_harness *harness, const char *id, struct cl_issued *ret,
                          struct cl_err *err)
{
    struct cl_issue_request request = {.type = instance_type(), .id = id};

    return hyperai_issue(&harness->call, &harness->conn, &request, ret, err);
}

static void hands_out_the_key_and_one_host(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    set_list(&harness, "hostnames", "gpu1\ngpu2:2222\n");
    set_list(&harness, "host_keys",
             "gpu1 " HARNESS_KEY_A "\n[gpu2]:2222,x " HARNESS_KEY_B
             "\n@revoked [gpu2]:* " HARNESS_KEY_A "\n");
    set_secret(&harness, "ssh_passphrase", "unused");
    assert_ok(issue(&harness, "gpu2:2222", &issued, &err), &err);
    assert_string_equal(issued.connector_type, "hyperai");
    assert_string_equal(issued.auth_method, HYPERAI_ANY_KEY);
    assert_string_equal(issued.resource_id, "gpu2:2222");
    assert_true(issued.long_lived);
    assert_str(cl_config_text(&issued.config, "username"), "ml");
    assert_str(cl_config_text(&issued.config, "port"), "2222");
    const struct cl_strs *names = cl_config_list(&issued.config, "hostnames");
    assert_int_equal(names->count, 1);
    assert_string_equal(names->items[0], "gpu2");
    const struct cl_strs *keys = cl_config_list(&issued.config, "host_keys");
    assert_int_equal(keys->count, 2);
    assert_string_equal(keys->items[0], "[gpu2]:2222 " HARNESS_KEY_B);
    assert_string_equal(keys->items[1], "@revoked [gpu2]:2222 " HARNESS_KEY_A);
    assert_ok(ssh_key_text(cl_config_secret(&issued.config, "base64_ssh_key"), &text, &err), &err);
    assert_str(cl_secret_expose(text), harness.key);
    assert_str(cl_secret_expose(cl_config_secret(&issued.config, "ssh_passphrase")), "unused");
    assert_int_equal(harness.visits, 0);
    hyperai_harness_cleanup(&harness);
}

static void issues_nothing_beyond_its_hosts(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    assert_int_equal(issue(&harness, "gpu9", &issued, &err), CL_E_OUT_OF_SCOPE);
    assert_null(cl_config_secret(&issued.config, "base64_ssh_key"));
    hyperai_harness_cleanup(&harness);
}

static void reports_secrets_that_are_not_loaded(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    cl_config_remove(&harness.conn.config, "base64_ssh_key");
    assert_int_equal(issue(&harness, "gpu1", &issued, &err), CL_E_INTERNAL);
    hyperai_harness_cleanup(&harness);
}

static void survives_the_lack_of_memory(void **state)
{
    struct hyperai_harness harness;
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    hyperai_harness_init(&harness);
    while (code != CL_OK && nth < 1000) {
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
        struct cl_err err = CL_ERR_NONE;
        (void)cl_alloc_fail_at(++nth);
        code = issue(&harness, "gpu1", &issued, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 10 && nth < 1000);
    hyperai_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_the_key_and_one_host),
        cmocka_unit_test(issues_nothing_beyond_its_hosts),
        cmocka_unit_test(reports_secrets_that_are_not_loaded),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
