#include "clouds/ssh/host.h"

#include "test.h"

static void makes_one_spelling_of_many(void **state)
{
    static const struct {
        const char *text;
        int default_port;
        const char *id;
        const char *known;
    } cases[] = {
        {"gpu1", 22, "gpu1", "gpu1"},
        {" GPU1.Example.COM. ", 22, "gpu1.example.com", "gpu1.example.com"},
        {"gpu1:22", 2222, "gpu1", "gpu1"},
        {"gpu1", 2222, "gpu1:2222", "[gpu1]:2222"},
        {"gpu1:2222", 22, "gpu1:2222", "[gpu1]:2222"},
        {"my_box-7", 22, "my_box-7", "my_box-7"},
        {"xn--bcher-kva.example", 22, "xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"10.0.0.7", 22, "10.0.0.7", "10.0.0.7"},
        {"10.0.0.7:65535", 22, "10.0.0.7:65535", "[10.0.0.7]:65535"},
        {"2001:DB8:0:0:0:0:0:1", 22, "2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]", 22, "2001:db8::1", "2001:db8::1"},
        {"[2001:db8::1]:2222", 22, "[2001:db8::1]:2222", "[2001:db8::1]:2222"},
        {"::1", 2200, "[::1]:2200", "[::1]:2200"},
        {"1host", 22, "1host", "1host"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct ssh_host host = {.port = 0};
        struct ssh_host again = {.port = 0};
        struct cl_err err = CL_ERR_NONE;
        char text[SSH_HOST_TEXT_MAX];

        assert_ok(ssh_host_parse(cl_str_of(cases[i].text), cases[i].default_port, &host, &err),
                  &err);
        ssh_host_text(&host, text);
        assert_string_equal(text, cases[i].id);
        assert_ok(ssh_host_parse(cl_str_of(text), 22, &again, &err), &err);
        assert_true(ssh_host_eq(&host, &again));
        ssh_host_known_text(&host, text);
        assert_string_equal(text, cases[i].known);
    }
}

static void refuses_what_is_no_host(void **state)
{
    static const char *const wrong[] = {
        "",           " ",       "-oProxyCommand=x", "root@gpu1",  "ssh://gpu1", "gpu1/path",
        "gpu 1",      "gpu1:",   "gpu1:0",           "gpu1:65536", "gpu1:+22",   "gpu1:2x",
        "gpu..1",     ".gpu",    "gpu-.example",     "256.1.1.1",  "1.2.3",      "[gpu1]:22",
        "[::1",       "[::1]22", "[::1]:",           "b\xC3\xBC",  "a,b",        "a*",
        "fe80::1%lo", "gpu\n1",  "[10.0.0.1]x",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(wrong); i++) {
        struct ssh_host host = {.name = "kept", .port = 7};
        struct cl_err err = CL_ERR_NONE;

        if (ssh_host_parse(cl_str_of(wrong[i]), 22, &host, &err) != CL_E_INVALID)
            fail_msg("'%s' was taken for a host", wrong[i]);
        assert_string_equal(host.name, "kept");
        assert_int_equal(host.port, 7);
    }
}

static void has_limits_for_names(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(400);
    struct ssh_host host = {.port = 0};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_repeat(&name, "a", 63);
    assert_ok(ssh_host_parse(cl_buf_view(&name), 22, &host, &err), &err);
    cl_buf_add_char(&name, 'a');
    assert_int_equal(ssh_host_parse(cl_buf_view(&name), 22, &host, &err), CL_E_INVALID);
    cl_buf_truncate(&name, 0);
    cl_buf_add_repeat(&name, "a.", 126);
    cl_buf_add_char(&name, 'a'); /* 253 bytes */
    assert_ok(ssh_host_parse(cl_buf_view(&name), 22, &host, &err), &err);
    cl_buf_add_char(&name, 'a');
    assert_int_equal(ssh_host_parse(cl_buf_view(&name), 22, &host, &err), CL_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_one_spelling_of_many),
        cmocka_unit_test(refuses_what_is_no_host),
        cmocka_unit_test(has_limits_for_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
