#include "docker_harness.h"
#include "fault.h"

static struct cl_issued issue(struct docker_harness *harness)
{
    struct cl_issue_request request = {.type = registry_type(), .id = "docker.io"};
    struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(docker_issue(&harness->call, &harness->conn, &request, &issued, &err), &err);
    assert_int_equal(fake_request_count(harness->fake), 0); /* nobody is asked */
    return issued;
}

static void hands_out_the_stored_pair(void **state)
{
    struct docker_harness harness = docker_harness("https://index.docker.io/v1/acme/app");

    (void)state;
    harness.conn.expires_at = FAKE_START_AT + 100;
    struct cl_issued issued = issue(&harness);
    assert_string_equal(issued.connector_type, "docker");
    assert_string_equal(issued.auth_method, "password");
    assert_string_equal(issued.resource_type, "docker-registry");
    assert_string_equal(issued.resource_id, "docker.io");
    assert_int_equal(issued.issued_at, FAKE_START_AT);
    assert_int_equal(issued.expires_at, FAKE_START_AT + 100);
    assert_true(issued.long_lived);
    assert_false(issued.provider_scoped);
    assert_str(cl_config_text(&issued.config, "registry"), "docker.io");
    assert_str(cl_secret_expose(cl_config_secret(&issued.config, "username")), "acme");
    assert_str(cl_secret_expose(cl_config_secret(&issued.config, "password")),
               "cAnArYbIrD-password");
    assert_null(cl_config_find(&issued.config, "plain_http"));
    assert_null(cl_config_find(&issued.config, "ca_bundle"));
    cl_issued_cleanup(&issued);
    docker_harness_cleanup(&harness);
}

static void takes_one_line_end_off_the_password(void **state)
{
    static const struct {
        const char *stored;
        const char *issued;
    } cases[] = {
        {"p\n", "p"},   {"p\r\n", "p"},           {"p\r", "p"}, {"p\n\n", "p\n"},
        {" p ", " p "}, {"{\n1\n}\n", "{\n1\n}"}, {"p", "p"},   {"p\n\r", "p\n"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);

        set_secret(&harness, "password", cases[i].stored);
        struct cl_issued issued = issue(&harness);
        assert_str(cl_secret_expose(cl_config_secret(&issued.config, "password")), cases[i].issued);
        cl_issued_cleanup(&issued);
        docker_harness_cleanup(&harness);
    }
}

static void tells_clients_how_to_connect(void **state)
{
    struct docker_harness harness = docker_harness("http://localhost:5000");

    (void)state;
    set_text(&harness, "ca_bundle", "PEM");
    struct cl_issued issued = issue(&harness);
    assert_str(cl_config_text(&issued.config, "registry"), "localhost:5000");
    assert_str(cl_config_text(&issued.config, "ca_bundle"), "PEM");
    assert_true(cl_config_bool(&issued.config, "plain_http"));
    assert_false(cl_config_bool(&issued.config, "insecure"));
    cl_issued_cleanup(&issued);
    set_flag(&harness, "insecure");
    issued = issue(&harness);
    assert_true(cl_config_bool(&issued.config, "insecure"));
    cl_issued_cleanup(&issued);
    docker_harness_cleanup(&harness);
}

static void issues_nothing_without_the_secrets(void **state)
{
    struct docker_harness harness = docker_harness(NULL);
    struct cl_issue_request request = {.type = registry_type(), .id = "docker.io"};
    struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_config_remove(&harness.conn.config, "username");
    assert_int_equal(docker_issue(&harness.call, &harness.conn, &request, &issued, &err),
                     CL_E_INTERNAL);
    cl_issued_cleanup(&issued);
    docker_harness_cleanup(&harness);
}

static void survives_the_lack_of_memory(void **state)
{
    struct docker_harness harness = docker_harness("http://localhost:5000");
    struct cl_issue_request request = {.type = registry_type(), .id = "localhost:5000"};
    struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(docker_issue(&harness.call, &harness.conn, &request, &issued, &err),
                           cl_issued_cleanup(&issued));
    docker_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_the_stored_pair),
        cmocka_unit_test(takes_one_line_end_off_the_password),
        cmocka_unit_test(tells_clients_how_to_connect),
        cmocka_unit_test(issues_nothing_without_the_secrets),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
