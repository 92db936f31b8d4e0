#include "net/target.h"

#include "base/buf.h"

#include "test.h"

static void takes_urls_apart(void **state)
{
    static const struct {
        const char *url;
        bool https;
        const char *host;
        int port;
    } cases[] = {
        {"https://sts.eu-west-1.amazonaws.com", true, "sts.eu-west-1.amazonaws.com", 443},
        {"http://localhost/", false, "localhost", 80},
        {"HTTPS://Host.Example:8443/a//b/../c?x=%20&y=1", true, "Host.Example", 8443},
        {"http://127.0.0.1:5000?x=1", false, "127.0.0.1", 5000},
        {"http://[fd00:ec2::254]/latest", false, "fd00:ec2::254", 80},
        {"http://[::1]:9", false, "::1", 9},
        {"https://a_b-c.d./x", true, "a_b-c.d.", 443},
        {"https://h/a:b@c?d@e", true, "h", 443},
        {"http://h:65535/", false, "h", 65535},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_target target = {.port = 0};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_target_parse(cl_str_of(cases[i].url), &target, &err), &err);
        assert_int_equal(target.https, cases[i].https);
        assert_str(target.host, cases[i].host);
        assert_int_equal(target.port, cases[i].port);
    }
}

static void refuses_what_two_parsers_could_read_differently(void **state)
{
    static const char *const urls[] = {
        "",
        "https://",
        "https:///path",
        "ftp://host/",
        "file:///etc/passwd",
        "//host/",
        "host/path",
        "https:/host/",
        " https://host/",
        "https://host/a b",
        "https://host/\r\nX: y",
        "https://host/\x7f",
        "https://h\xc3\xb6st/",
        "https://user@host/",
        "https://user:pw@host/",
        "https://good.example\\@evil.example/",
        "https://host/#fragment",
        "https://host#@evil/",
        "https://.host/",
        "https://ho%73t/",
        "https://host:/",
        "https://host:0/",
        "https://host:65536/",
        "https://host:-1/",
        "https://host:80:80/",
        "https://host:8a/",
        "https://[::1/",
        "https://[::1]x/",
        "https://[::1]:/",
        "https://[127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://::1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://127.0.0.0x1/",
        "http://0177.0.0.1./",
        "http://169.254.169.254./",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(urls); i++) {
        struct cl_target target = {.port = -1};
        struct cl_err err = CL_ERR_NONE;

        if (cl_target_parse(cl_str_of(urls[i]), &target, &err) != CL_E_INVALID)
            fail_msg("accepted '%s'", urls[i]);
        assert_int_equal(target.port, -1);
    }
}

static void refuses_nul_and_endless_urls(void **state)
{
    struct cl_buf url = CL_BUF(20000);
    struct cl_target target;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_target_parse(CL_STR("https://host/\0x"), &target, &err), CL_E_INVALID);
    cl_buf_add_c(&url, "https://host/");
    cl_buf_add_repeat(&url, "a", 16384);
    assert_int_equal(cl_target_parse(cl_buf_view(&url), &target, &err), CL_E_INVALID);
    cl_buf_truncate(&url, 16384);
    assert_ok(cl_target_parse(cl_buf_view(&url), &target, &err), &err);
    cl_buf_cleanup(&url);
}

static void says_that_a_user_name_is_the_reason(void **state)
{
    struct cl_target target;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_target_parse(CL_STR("https://user:pw@host/"), &target, &err), CL_E_INVALID);
    assert_string_equal(err.text, "the URL holds a user name");
}

static void never_shows_path_or_query(void **state)
{
    static const char *const urls[] = {
        "https://host:99999/p?token=CANARY", "https://u@host/p?token=CANARY",
        "https://host/p?token=CANARY#x",     "https://ho$t/p?token=CANARY",
        "gopher://host/p?token=CANARY",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(urls); i++) {
        struct cl_target target;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(cl_target_parse(cl_str_of(urls[i]), &target, &err), CL_E_INVALID);
        assert_null(strstr(err.text, "CANARY"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_urls_apart),
        cmocka_unit_test(refuses_what_two_parsers_could_read_differently),
        cmocka_unit_test(refuses_nul_and_endless_urls),
        cmocka_unit_test(says_that_a_user_name_is_the_reason),
        cmocka_unit_test(never_shows_path_or_query),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
