#include "clouds/registry/realm.h"

#include "test.h"

#define HUB_API "https://registry-1.docker.io"

static void accepts_token_servers_of_the_registrys_own(void **state)
{
    static const struct {
        const char *base;
        const char *pin;
        const char *realm;
        const char *place;
    } cases[] = {
        {HUB_API, "", "https://auth.docker.io/token", "auth.docker.io"},
        {HUB_API, "auth.docker.io", "https://AUTH.docker.io:443/token?x=y", "auth.docker.io"},
        {"https://ghcr.io", "", "https://ghcr.io/token", "ghcr.io"},
        {"https://ghcr.io", "", "https://auth.ghcr.io/token", "auth.ghcr.io"},
        {"https://registry.gitlab.com", "", "https://gitlab.com/jwt/auth", "gitlab.com"},
        {"https://reg.example.com:5000", "", "https://reg.example.com:5001/auth",
         "reg.example.com:5001"},
        {"https://ghcr.io", "elsewhere.net:8443", "https://elsewhere.net:8443/t",
         "elsewhere.net:8443"},
        {"http://127.0.0.1:5000", "", "http://127.0.0.1:5001/token", "127.0.0.1:5001"},
        {"http://localhost:5000", "", "https://localhost/token", "localhost"},
        {"https://[fd00::1]:5000", "", "https://[fd00::1]:5001/t", "[fd00::1]:5001"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        const struct registry_realm_rule rule = {.base = cl_str_of(cases[i].base),
                                                 .pin = cl_str_of(cases[i].pin)};
        CL_AUTO(cl_buf) struct cl_buf place = CL_BUF(300);
        struct cl_err err = CL_ERR_NONE;

        print_message("%s\n", cases[i].realm);
        assert_ok(registry_realm_check(&rule, cl_str_of(cases[i].realm), &place, &err), &err);
        assert_str(cl_buf_view(&place), cases[i].place);
    }
}

static void sends_the_password_nowhere_else(void **state)
{
    static const struct {
        const char *base;
        const char *pin;
        const char *realm;
        enum cl_code code;
    } cases[] = {
        {HUB_API, "", "https://evil.example/token", CL_E_REALM_CHANGED},
        {HUB_API, "", "https://auth.docker.io.evil.example/token", CL_E_REALM_CHANGED},
        {HUB_API, "", "https://notdocker.io/token", CL_E_REALM_CHANGED},
        {HUB_API, "", "http://auth.docker.io/token", CL_E_REALM_CHANGED},
        {HUB_API, "", "http://registry-1.docker.io/token", CL_E_REALM_CHANGED},
        {HUB_API, "auth.docker.io", "http://auth.docker.io/token", CL_E_REALM_CHANGED},
        {HUB_API, "auth.docker.io", "https://auth2.docker.io/token", CL_E_REALM_CHANGED},
        {HUB_API, "auth.docker.io", "https://auth.docker.io:8443/token", CL_E_REALM_CHANGED},
        {HUB_API, "auth.docker.io", "https://registry-1.docker.io/token", CL_E_REALM_CHANGED},
        {"https://ghcr.io", "", "https://evil.io/token", CL_E_REALM_CHANGED},
        {"https://ghcr.io", "", "https://io/token", CL_E_REALM_CHANGED},
        {"https://10.0.0.5", "", "https://11.0.0.5/token", CL_E_REALM_CHANGED},
        {"http://127.0.0.1:5000", "", "http://localhost:5000/token", CL_E_REALM_CHANGED},
        {"http://127.0.0.1:5000", "localhost:5000", "http://localhost:5000/token",
         CL_E_REALM_CHANGED},
        {"https://127.0.0.1:5000", "", "http://127.0.0.1:5000/token", CL_E_REALM_CHANGED},
        {HUB_API, "", "https://auth.docker.io@evil.example/token", CL_E_PROVIDER},
        {HUB_API, "", "https://auth.docker.io/token#x", CL_E_PROVIDER},
        {HUB_API, "", "https://auth.docker.io\\@evil.example/token", CL_E_PROVIDER},
        {HUB_API, "", "/token", CL_E_PROVIDER},
        {HUB_API, "", "auth.docker.io/token", CL_E_PROVIDER},
        {HUB_API, "", "ftp://auth.docker.io/token", CL_E_PROVIDER},
        {HUB_API, "", "https://", CL_E_PROVIDER},
        {HUB_API, "", "", CL_E_PROVIDER},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        const struct registry_realm_rule rule = {.base = cl_str_of(cases[i].base),
                                                 .pin = cl_str_of(cases[i].pin)};
        CL_AUTO(cl_buf) struct cl_buf place = CL_BUF(300);
        struct cl_err err = CL_ERR_NONE;

        print_message("%s\n", cases[i].realm);
        assert_int_equal(registry_realm_check(&rule, cl_str_of(cases[i].realm), &place, &err),
                         cases[i].code);
        assert_int_equal(place.len, 0);
        if (cases[i].code == CL_E_REALM_CHANGED)
            assert_non_null(strstr(err.text, "nothing was sent"));
    }
}

static void says_how_to_confirm_another_token_server(void **state)
{
    struct registry_realm_rule rule = {.base = CL_STR("https://ghcr.io")};
    CL_AUTO(cl_buf) struct cl_buf place = CL_BUF(300);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(
        registry_realm_check(&rule, CL_STR("https://id.corp.net:8443/t"), &place, &err),
        CL_E_REALM_CHANGED);
    assert_non_null(strstr(err.hint, "auth_realm_pin=id.corp.net:8443"));
    rule.pin = CL_STR("ghcr.io");
    assert_int_equal(registry_realm_check(&rule, CL_STR("https://id.corp.net/t"), &place, &err),
                     CL_E_REALM_CHANGED);
    assert_non_null(strstr(err.text, "'ghcr.io'"));
    assert_non_null(strstr(err.hint, "auth_realm_pin=id.corp.net"));
}

static void knows_what_a_pin_looks_like(void **state)
{
    static const char *const good[] = {"auth.docker.io", "localhost:5001", "[fd00::1]:5001"};
    static const char *const bad[] = {
        "", "https://auth.docker.io", "a/b", "a?b", "a@b.c", "a:0", "a b", "a#b"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(good); i++)
        assert_true(registry_is_pin(cl_str_of(good[i])));
    for (size_t i = 0; i < CL_COUNT(bad); i++)
        assert_false(registry_is_pin(cl_str_of(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_token_servers_of_the_registrys_own),
        cmocka_unit_test(sends_the_password_nowhere_else),
        cmocka_unit_test(says_how_to_confirm_another_token_server),
        cmocka_unit_test(knows_what_a_pin_looks_like),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
