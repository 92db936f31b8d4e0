#include "net/egress.h"

#include "test.h"

/* Which of the four rules lets an address through. */
enum verdict { NOBODY = 0, LOCAL = 1, DIRECT = 2, SERVER = 4, SERVER_LOOPBACK = 8 };

static const struct {
    enum verdict verdict;
    struct cl_egress rule;
} rules[] = {
    {LOCAL, {.server_mode = false}},
    {DIRECT, {.server_mode = true, .direct = true}},
    {SERVER, {.server_mode = true}},
    {SERVER_LOOPBACK, {.server_mode = true, .allow_loopback = true}},
};

static void lets_each_mode_reach_its_addresses_only(void **state)
{
    static const struct {
        const char *ip;
        int allowed;
    } cases[] = {
        {"52.94.0.1", LOCAL | DIRECT | SERVER | SERVER_LOOPBACK},
        {"10.0.0.1", LOCAL | DIRECT | SERVER | SERVER_LOOPBACK},
        {"2600:1f18::1", LOCAL | DIRECT | SERVER | SERVER_LOOPBACK},
        {"169.254.169.254", DIRECT},
        {"169.254.170.2", DIRECT},
        {"169.254.170.23", DIRECT},
        {"fd00:ec2::254", DIRECT},
        {"fd00:ec2::23", DIRECT},
        {"::ffff:169.254.169.254", DIRECT},
        {"64:ff9b::a9fe:a9fe", DIRECT},
        {"2002:a9fe:a9fe::1", DIRECT},
        {"127.0.0.1", LOCAL | SERVER_LOOPBACK},
        {"127.255.0.9", LOCAL | SERVER_LOOPBACK},
        {"::1", LOCAL | SERVER_LOOPBACK},
        {"::ffff:127.0.0.1", LOCAL | SERVER_LOOPBACK},
        {"0.0.0.0", LOCAL},
        {"0.1.2.3", LOCAL},
        {"::", LOCAL},
        {"169.254.1.1", LOCAL},
        {"fe80::1", LOCAL},
        {"224.0.0.1", LOCAL},
        {"239.255.255.255", LOCAL},
        {"ff02::1", LOCAL},
        {"255.255.255.255", LOCAL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        for (size_t r = 0; r < CL_COUNT(rules); r++) {
            struct cl_err err = CL_ERR_NONE;
            struct cl_ip ip;
            bool want = ((unsigned int)cases[i].allowed & (unsigned int)rules[r].verdict) != 0;

            assert_true(cl_ip_parse(cl_str_of(cases[i].ip), &ip));
            enum cl_code code = cl_egress_check_ip(&rules[r].rule, &ip, &err);
            if (code != (want ? CL_OK : CL_E_EGRESS_BLOCKED))
                fail_msg("%s under rule %zu: %s", cases[i].ip, r, err.text);
        }
    }
}

static void says_which_address_and_why(void **state)
{
    struct cl_egress rule = {.server_mode = false};
    struct cl_err err = CL_ERR_NONE;
    struct cl_ip ip;

    (void)state;
    assert_true(cl_ip_parse(CL_STR("::ffff:169.254.169.254"), &ip));
    assert_int_equal(cl_egress_check_ip(&rule, &ip, &err), CL_E_EGRESS_BLOCKED);
    assert_non_null(strstr(err.text, "169.254.169.254"));
    assert_non_null(strstr(err.text, "metadata"));
    assert_true(err.hint[0] != '\0');
}

static enum cl_code check(struct cl_egress rule, const char *url, const char *header)
{
    struct cl_http_header headers[] = {{cl_str_of(header), CL_STR("CANARY")}};
    struct cl_http_request request = {.method = "GET",
                                      .url = cl_str_of(url),
                                      .headers = headers,
                                      .header_count = header == NULL ? 0 : 1};
    struct cl_target target;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_target_parse(request.url, &target, &err), &err);
    enum cl_code code = cl_egress_check_request(&rule, &target, &request, &err);
    assert_null(strstr(err.text, "CANARY"));
    return code;
}

static void refuses_literal_addresses_before_connecting(void **state)
{
    struct cl_egress local = {.server_mode = false};
    struct cl_egress direct = {.direct = true};
    struct cl_egress server = {.server_mode = true};

    (void)state;
    assert_int_equal(check(local, "http://169.254.169.254/latest", NULL), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(local, "http://[fd00:ec2::254]/", NULL), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(local, "http://[::ffff:a9fe:a9fe]/", NULL), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(direct, "http://169.254.169.254/latest", NULL), CL_OK);
    assert_int_equal(check(server, "https://127.0.0.1:8443/", NULL), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(local, "https://127.0.0.1:8443/", NULL), CL_OK);
    assert_int_equal(check(server, "https://sts.example/", NULL), CL_OK);
}

static void refuses_credentials_over_plain_http_on_a_server(void **state)
{
    struct cl_egress local = {.server_mode = false};
    struct cl_egress server = {.server_mode = true, .allow_loopback = true};
    struct cl_egress direct = {.server_mode = true, .direct = true};

    (void)state;
    assert_int_equal(check(server, "http://minio.example/", "Authorization"), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(server, "http://10.0.0.1/", "authorization"), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(server, "http://h/", "X-Amz-Security-Token"), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(server, "http://h/?X-Amz-Signature=ab", NULL), CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(server, "http://h/", "x-other"), CL_OK);
    assert_int_equal(check(server, "https://h/", "Authorization"), CL_OK);
    assert_int_equal(check(server, "http://127.0.0.1/", "Authorization"), CL_OK);
    assert_int_equal(check(server, "http://localhost/", "Authorization"), CL_OK);
    assert_int_equal(check(server, "http://localhost.example/", "Authorization"),
                     CL_E_EGRESS_BLOCKED);
    assert_int_equal(check(direct, "http://169.254.170.23/v1", "Authorization"), CL_OK);
    assert_int_equal(check(local, "http://minio.example/", "Authorization"), CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_each_mode_reach_its_addresses_only),
        cmocka_unit_test(says_which_address_and_why),
        cmocka_unit_test(refuses_literal_addresses_before_connecting),
        cmocka_unit_test(refuses_credentials_over_plain_http_on_a_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
