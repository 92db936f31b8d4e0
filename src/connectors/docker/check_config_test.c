#include "docker_harness.h"

struct setting {
    const char *attr;
    const char *value; /* NULL: a flag */
};

#define SETTINGS_MAX 3

static void apply(struct docker_harness *harness, const struct setting *settings)
{
    for (size_t i = 0; i < SETTINGS_MAX && settings[i].attr != NULL; i++) {
        const struct cl_attr *attr =
            cl_method_attr(harness->conn.method, cl_str_of(settings[i].attr));

        assert_non_null(attr);
        if (settings[i].value == NULL)
            set_flag(harness, settings[i].attr);
        else if (cl_attr_is_secret(attr))
            set_secret(harness, settings[i].attr, settings[i].value);
        else
            set_text(harness, settings[i].attr, settings[i].value);
    }
}

static void accepts_sound_configurations(void **state)
{
    static const struct {
        struct setting settings[SETTINGS_MAX];
        size_t warnings;
    } cases[] = {
        {{{NULL, NULL}}, 0},
        {{{"registry", "ghcr.io/org/x"}}, 0},
        {{{"registry", "http://localhost:5000"}}, 0},
        {{{"registry", "http://127.0.0.1:5000"}}, 0},
        {{{"registry", "[::1]:5000"}, {"plain_http", NULL}}, 0},
        {{{"registry", "http://10.0.0.5:5000"}, {"allow_plain_http", NULL}}, 1},
        {{{"repository", "acme/app"}}, 0},
        {{{"auth_realm_pin", "auth.docker.io"}}, 0},
        {{{"ca_bundle", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"}}, 0},
        {{{"password", "{\n  \"multi\": \"line\"\n}\n"}}, 0},
        {{{"username", "_json_key"}}, 0},
        {{{"username", "<token>"}}, 0},
        {{{"insecure", NULL}}, 1},
        {{{"registry", "http://localhost:5000"}, {"insecure", NULL}}, 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;

        apply(&harness, cases[i].settings);
        assert_ok(docker_check_config(&harness.conn, &warnings, &err), &err);
        assert_int_equal(warnings.count, cases[i].warnings);
        assert_ok(docker_check_config(&harness.conn, NULL, &err), &err);
        docker_harness_cleanup(&harness);
    }
}

static void refuses_unsound_ones(void **state)
{
    static const struct {
        struct setting settings[SETTINGS_MAX];
        const char *attr; /* that the error names */
    } cases[] = {
        {{{"username", "acme:admin"}}, "'username'"},
        {{{"username", ""}}, "'username'"},
        {{{"username", "acme\n"}}, "'username'"},
        {{{"password", ""}}, "'password'"},
        {{{"password", "\r\n"}}, "'password'"},
        {{{"password", "\r"}}, "'password'"},
        {{{"registry", "reg exam"}}, "'registry'"},
        {{{"registry", "ftp://reg.example.com"}}, "'registry'"},
        {{{"registry", "http://10.0.0.5:5000"}}, "'registry'"},
        {{{"registry", "http://localhost.evil.example"}}, "'registry'"},
        {{{"registry", "reg.example.com"}, {"plain_http", NULL}}, "'registry'"},
        {{{"plain_http", NULL}}, "'registry'"},
        {{{"registry", "https://localhost:5000"}, {"plain_http", NULL}}, "'plain_http'"},
        {{{"repository", "acme/app:latest"}}, "'repository'"},
        {{{"repository", "../x"}}, "'repository'"},
        {{{"auth_realm_pin", "https://auth.docker.io"}}, "'auth_realm_pin'"},
        {{{"auth_realm_pin", "a b"}}, "'auth_realm_pin'"},
        {{{"ca_bundle", "/etc/ca.pem"}}, "'ca_bundle'"},
        {{{"insecure", NULL}, {"ca_bundle", "-----BEGIN CERTIFICATE-----\nx\n"}}, "'insecure'"},
        {{{"client_key", "x"}}, "'client_certificate'"},
        {{{"client_certificate", "x"}}, "'client_key'"},
        {{{"client_certificate", "cAnArYbIrD"}, {"client_key", "x"}}, "'client_certificate'"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);
        struct cl_err err = CL_ERR_NONE;

        apply(&harness, cases[i].settings);
        assert_int_equal(docker_check_config(&harness.conn, NULL, &err), CL_E_INVALID_ATTRIBUTE);
        assert_non_null(strstr(err.text, cases[i].attr));
        assert_null(strstr(err.text, "cAnArYbIrD"));
        docker_harness_cleanup(&harness);
    }
}

/* Built here: a key's first line must not stand in a file. */
static void refuses_a_key_among_the_certificates(void **state)
{
    struct docker_harness harness = docker_harness(NULL);
    CL_AUTO(cl_buf) struct cl_buf pem = CL_BUF(256);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&pem, "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE");
    cl_buf_add_c(&pem, " KEY-----\n");
    set_text(&harness, "ca_bundle", pem.ptr);
    assert_int_equal(docker_check_config(&harness.conn, NULL, &err), CL_E_INVALID_ATTRIBUTE);
    assert_non_null(strstr(err.text, "private key"));
    docker_harness_cleanup(&harness);
}

static void needs_no_secrets_to_check_the_rest(void **state)
{
    struct docker_harness harness = docker_harness("ghcr.io");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_config_remove(&harness.conn.config, "username");
    cl_config_remove(&harness.conn.config, "password");
    assert_ok(docker_check_config(&harness.conn, NULL, &err), &err);
    docker_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_sound_configurations),
        cmocka_unit_test(refuses_unsound_ones),
        cmocka_unit_test(refuses_a_key_among_the_certificates),
        cmocka_unit_test(needs_no_secrets_to_check_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
