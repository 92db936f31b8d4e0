#include "net/proxy.h"

#include "test.h"

/* Variables as NAME, value, NAME, value, NULL. */
static const char *table_env(void *ctx, const char *name)
{
    const char *const *at = ctx;

    for (; at[0] != NULL; at += 2) {
        if (strcmp(at[0], name) == 0)
            return at[1];
    }
    return NULL;
}

static void expect_proxy(const char *const *variables, const char *url, const char *want)
{
    const char **copy = (const char **)(uintptr_t)variables;
    struct cl_world world = {.ctx = copy, .env = table_env};
    struct cl_target target;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_target_parse(cl_str_of(url), &target, &err), &err);
    assert_str(cl_proxy_for(&world, &target), want);
}

static void picks_the_variable_by_scheme(void **state)
{
    static const char *const variables[] = {"HTTPS_PROXY", "http://s:1", "HTTP_PROXY", "http://p:2",
                                            NULL};
    static const char *const lower[] = {"HTTPS_PROXY", "http://upper:1", "https_proxy",
                                        " http://lower:2 ", NULL};
    static const char *const none[] = {"HTTPS_PROXY", "", "https_proxy", " ", NULL};

    (void)state;
    expect_proxy(variables, "https://a.example/", "http://s:1");
    expect_proxy(variables, "http://a.example/", "http://p:2");
    expect_proxy(lower, "https://a.example/", "http://lower:2");
    expect_proxy(lower, "http://a.example/", "");
    expect_proxy(none, "https://a.example/", "");
}

static void never_sends_loopback_through_a_proxy(void **state)
{
    static const char *const variables[] = {"HTTPS_PROXY", "http://s:1", "HTTP_PROXY", "http://p:2",
                                            NULL};
    static const char *const urls[] = {"http://127.0.0.1:5000/", "https://127.9.9.9/",
                                       "http://[::1]/",          "http://localhost/",
                                       "http://LOCALHOST./",     "http://[::ffff:127.0.0.1]/"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(urls); i++)
        expect_proxy(variables, urls[i], "");
}

static void obeys_no_proxy(void **state)
{
    static const struct {
        const char *no_proxy;
        const char *url;
        bool proxied;
    } cases[] = {
        {"", "http://a.example/", true},
        {"*", "http://a.example/", false},
        {"a.example", "http://a.example/", false},
        {"A.Example", "http://a.example:81/", false},
        {"example", "http://a.example/", false},
        {".example", "http://a.example/", false},
        {".a.example", "http://a.example/", false},
        {"a.example", "http://a.example./", false},
        {"a.example", "http://ba.example/", true},
        {"a.example", "http://b.example/", true},
        {"long.a.example", "http://a.example/", true},
        {".", "http://a.example/", true},
        {"x, b.example\ta.example", "http://a.example/", false},
        {",,x,", "http://a.example/", true},
        {"10.1.2.3", "http://10.1.2.3/", false},
        {"10.1.2.3", "http://10.1.2.4/", true},
        {"10.0.0.0/8", "http://10.1.2.3/", false},
        {"10.0.0.0/8", "http://11.1.2.3/", true},
        {"10.0.0.0/33", "http://10.0.0.0/", true},
        {"10.0.0.0/-1", "http://10.0.0.0/", true},
        {"10.0.0.0/x", "http://10.0.0.0/", true},
        {"0.0.0.0/0", "http://10.1.2.3/", false},
        {"0.0.0.0/0", "http://[2001:db8::1]/", true},
        {"2.3", "http://10.1.2.3/", true},
        {"2001:db8::/32", "http://[2001:db8::1]/", false},
        {"2001:db8::1", "http://[2001:db8:0::1]/", false},
        {"fd00::/8", "http://[2001:db8::1]/", true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        const char *variables[] = {"HTTP_PROXY", "http://p:2", "NO_PROXY", cases[i].no_proxy, NULL};

        expect_proxy(variables, cases[i].url, cases[i].proxied ? "http://p:2" : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_the_variable_by_scheme),
        cmocka_unit_test(never_sends_loopback_through_a_proxy),
        cmocka_unit_test(obeys_no_proxy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
