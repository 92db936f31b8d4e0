#include "clouds/registry/client.h"

#include <stdio.h>

#include "fake_world.h"
#include "test.h"

#define PASSWORD "cAnArYbIrD-password"
/* "acme:cAnArYbIrD-password" in base64. */
#define BASIC "authorization: Basic YWNtZTpjQW5BclliSXJELXBhc3N3b3Jk"
#define BEARER_HEADER                                                    \
    "www-authenticate: Bearer realm=\"https://auth.example.com/token\"," \
    "service=\"svc\",scope=\"repository:user/image:pull\"\n"
#define NAME_UNKNOWN "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"x\"}]}"

struct harness {
    struct fake_world *fake;
    struct cl_call call;
    struct cl_secret *username;
    struct cl_secret *password;
    struct registry_config config;
};

static struct harness harness_new(const char *host)
{
    struct harness harness = {.fake = fake_world_new()};
    struct cl_err err = CL_ERR_NONE;

    harness.call = fake_call(harness.fake);
    assert_ok(cl_secret_new(CL_STR("acme"), &harness.username, &err), &err);
    assert_ok(cl_secret_new(CL_STR(PASSWORD), &harness.password, &err), &err);
    harness.config = (struct registry_config){
        .host = cl_str_of(host), .username = harness.username, .password = harness.password};
    return harness;
}

static void harness_free(struct harness *harness)
{
    cl_secret_free(harness->username);
    cl_secret_free(harness->password);
    fake_world_free(harness->fake);
}

static bool sent(const struct harness *harness, size_t index, const char *text)
{
    return strstr(fake_request(harness->fake, index), text) != NULL;
}

/* --- asking -------------------------------------------------------------------------------- */

static void asks_without_credentials(void **state)
{
    static const struct {
        int status;
        const char *headers;
        const char *body;
        const char *repository;
        enum cl_code code;
        enum registry_scheme scheme;
        const char *text;
    } cases[] = {
        {200, NULL, "{}", "", CL_OK, REGISTRY_SCHEME_NONE, ""},
        {401, "www-authenticate: Basic realm=\"x\"\n", "", "", CL_OK, REGISTRY_SCHEME_BASIC, ""},
        {401, BEARER_HEADER, "", "", CL_OK, REGISTRY_SCHEME_BEARER, ""},
        {404, NULL, NAME_UNKNOWN, "acme/app", CL_OK, REGISTRY_SCHEME_NONE, ""},
        {404, NULL, NAME_UNKNOWN, "", CL_E_PROVIDER, REGISTRY_SCHEME_NONE, "no container"},
        {401, "www-authenticate: Negotiate\n", "", "", CL_E_PROVIDER, REGISTRY_SCHEME_NONE,
         "'Negotiate'"},
        {401, NULL, "", "", CL_E_PROVIDER, REGISTRY_SCHEME_NONE, "does not say"},
        {401, "www-authenticate: Bearer realm=\"x\n", "", "", CL_E_PROVIDER, REGISTRY_SCHEME_NONE,
         "quote"},
        {403, NULL, "", "", CL_E_DENIED, REGISTRY_SCHEME_NONE, "refused"},
        {302, "location: https://evil.example/\n", "", "", CL_E_PROVIDER, REGISTRY_SCHEME_NONE,
         "elsewhere"},
        {204, NULL, "", "", CL_E_PROVIDER, REGISTRY_SCHEME_NONE, "204"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct harness harness = harness_new("reg.example.com");
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", NULL, cases[i].status, cases[i].headers, cases[i].body);
        assert_int_equal(registry_ask(&harness.call, &harness.config,
                                      cl_str_of(cases[i].repository), &challenge, &err),
                         cases[i].code);
        assert_int_equal(challenge.scheme, cases[i].scheme);
        assert_non_null(strstr(err.text, cases[i].text));
        assert_int_equal(fake_request_count(harness.fake), 1);
        assert_true(sent(&harness, 0,
                         cases[i].repository[0] == '\0'
                             ? "GET https://reg.example.com/v2/\n"
                             : "GET https://reg.example.com/v2/acme/app/tags/list"));
        assert_false(sent(&harness, 0, "authorization"));
        harness_free(&harness);
    }
}

static void asks_again_when_that_may_help(void **state)
{
    struct harness harness = harness_new("docker.io");
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "GET", NULL, 503, NULL, "");
    fake_answer(harness.fake, "GET", NULL, 0, NULL, "");
    fake_answer(harness.fake, "GET", NULL, 200, NULL, "");
    assert_ok(registry_ask(&harness.call, &harness.config, CL_STR_NONE, &challenge, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 3);
    assert_true(sent(&harness, 2, "GET https://registry-1.docker.io/v2/\n"));
    for (int i = 0; i < 3; i++)
        fake_answer(harness.fake, "GET", NULL, 429, "retry-after: 1\n", "");
    assert_int_equal(registry_ask(&harness.call, &harness.config, CL_STR_NONE, &challenge, &err),
                     CL_E_THROTTLED);
    harness_free(&harness);
}

/* --- logging in ---------------------------------------------------------------------------- */

static void fetches_a_token_with_the_password(void **state)
{
    struct harness harness = harness_new("reg.example.com");
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_BEARER,
                                           .realm = "https://auth.example.com/token",
                                           .service = "svc"};
    CL_AUTO(registry_login) struct registry_login login = REGISTRY_LOGIN_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "GET", "https://auth.example.com/token?", 200, NULL,
                "{\"token\":\"abc\"}");
    assert_ok(registry_log_in(&harness.call, &harness.config, &challenge,
                              CL_STR("repository:a:pull"), &login, &err),
              &err);
    assert_str(cl_secret_expose(login.token), "abc");
    assert_string_equal(login.token_server, "auth.example.com");
    assert_true(sent(&harness, 0, "?service=svc&scope=repository%3Aa%3Apull&account=acme"));
    assert_true(sent(&harness, 0, BASIC));
    harness_free(&harness);
}

static void sends_nothing_to_a_foreign_token_server(void **state)
{
    static const struct {
        const char *realm;
        const char *pin;
    } cases[] = {
        {"https://evil.example/token", ""},
        {"http://auth.example.com/token", ""},
        {"http://reg.example.com/token", ""},
        {"https://auth.example.com/token", "old.example.com"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct harness harness = harness_new("reg.example.com");
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_BEARER};
        struct registry_login login = REGISTRY_LOGIN_NONE;
        struct cl_err err = CL_ERR_NONE;

        (void)snprintf(challenge.realm, sizeof(challenge.realm), "%s", cases[i].realm);
        harness.config.realm_pin = cl_str_of(cases[i].pin);
        assert_int_equal(
            registry_log_in(&harness.call, &harness.config, &challenge, CL_STR_NONE, &login, &err),
            CL_E_REALM_CHANGED);
        assert_int_equal(fake_request_count(harness.fake), 0);
        assert_null(login.token);
        harness_free(&harness);
    }
}

static void exchanges_a_refresh_token(void **state)
{
    struct harness harness = harness_new("reg.example.com");
    CL_AUTO(cl_secret) struct cl_secret *user = NULL;
    CL_AUTO(registry_login) struct registry_login login = REGISTRY_LOGIN_NONE;
    CL_AUTO(registry_login) struct registry_login none = REGISTRY_LOGIN_NONE;
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_BEARER,
                                           .realm = "https://auth.example.com/token?x=y"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_secret_new(CL_STR(REGISTRY_TOKEN_USER), &user, &err), &err);
    harness.config.username = user;
    fake_answer(harness.fake, "POST", "grant_type=refresh_token", 200, NULL, "{\"token\":\"abc\"}");
    assert_ok(
        registry_log_in(&harness.call, &harness.config, &challenge, CL_STR_NONE, &login, &err),
        &err);
    assert_str(cl_secret_expose(login.token), "abc");
    assert_true(sent(&harness, 0, "POST https://auth.example.com/token?x=y\n"));
    assert_true(sent(&harness, 0, "content-type: application/x-www-form-urlencoded\n"));
    assert_false(sent(&harness, 0, "authorization"));
    /* and where there is no token server it is nobody's password */
    challenge.scheme = REGISTRY_SCHEME_BASIC;
    assert_int_equal(
        registry_log_in(&harness.call, &harness.config, &challenge, CL_STR_NONE, &none, &err),
        CL_E_REJECTED);
    assert_int_equal(fake_request_count(harness.fake), 1);
    harness_free(&harness);
}

static void tries_a_password_only_once(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum cl_code code;
    } cases[] = {
        {401, "{\"details\":\"incorrect username or password\"}", CL_E_REJECTED},
        {403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no " PASSWORD "\"}]}",
         CL_E_REJECTED},
        {429, "", CL_E_THROTTLED},
        {500, "", CL_E_PROVIDER},
        {307, "", CL_E_PROVIDER},
        {200, "{}", CL_E_PROVIDER},
        {200, "<html>", CL_E_PROVIDER},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct harness harness = harness_new("reg.example.com");
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_BEARER,
                                               .realm = "https://auth.example.com/token"};
        struct registry_login login = REGISTRY_LOGIN_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", NULL, cases[i].status, "location: https://evil.example/\n",
                    cases[i].body);
        assert_int_equal(
            registry_log_in(&harness.call, &harness.config, &challenge, CL_STR_NONE, &login, &err),
            cases[i].code);
        assert_int_equal(fake_request_count(harness.fake), 1);
        assert_null(strstr(err.text, "cAnArYbIrD"));
        harness_free(&harness);
    }
}

/* --- with credentials ---------------------------------------------------------------------- */

static void proves_the_credentials(void **state)
{
    static const struct {
        int status;
        enum cl_code code;
    } cases[] = {{200, CL_OK},          {401, CL_E_REJECTED}, {403, CL_E_REJECTED},
                 {429, CL_E_THROTTLED}, {302, CL_E_PROVIDER}, {404, CL_E_PROVIDER}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct harness harness = harness_new("reg.example.com");
        struct registry_login login = {.scheme = REGISTRY_SCHEME_BASIC};
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", NULL, cases[i].status, "location: https://x.example/\n",
                    "");
        assert_int_equal(registry_prove(&harness.call, &harness.config, &login, &err),
                         cases[i].code);
        assert_true(sent(&harness, 0, BASIC));
        login.scheme = REGISTRY_SCHEME_BEARER;
        assert_ok(cl_secret_new(CL_STR("abc"), &login.token, &err), &err);
        fake_answer(harness.fake, "GET", NULL, cases[i].status, NULL, "");
        assert_int_equal(registry_prove(&harness.call, &harness.config, &login, &err),
                         cases[i].code);
        assert_true(sent(&harness, 1, "authorization: Bearer abc\n"));
        assert_false(sent(&harness, 1, "Basic"));
        assert_int_equal(fake_request_count(harness.fake), 2);
        registry_login_cleanup(&login);
        harness_free(&harness);
    }
}

static void checks_that_a_repository_can_be_pulled(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum cl_code code;
    } cases[] = {{200, "{\"tags\":[]}", CL_OK}, {404, NAME_UNKNOWN, CL_OK},
                 {404, "", CL_E_PROVIDER},      {401, "", CL_E_DENIED},
                 {403, "", CL_E_DENIED},        {429, "", CL_E_THROTTLED}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct harness harness = harness_new("reg.example.com");
        struct registry_login login = {.scheme = REGISTRY_SCHEME_BASIC};
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", "/v2/acme/app/tags/list?n=1", cases[i].status, NULL,
                    cases[i].body);
        assert_int_equal(
            registry_check_pull(&harness.call, &harness.config, CL_STR("acme/app"), &login, &err),
            cases[i].code);
        if (cases[i].code == CL_E_DENIED)
            assert_non_null(strstr(err.text, "no permission to pull from 'acme/app'"));
        harness_free(&harness);
    }
}

static void checks_that_a_repository_can_be_pushed(void **state)
{
    static const struct {
        int status;
        const char *headers;
        enum cl_code code;
        const char *given_up; /* where the upload is; NULL: it is left alone */
    } cases[] = {
        {202, "location: /v2/acme/app/blobs/uploads/1?s=x\n", CL_OK,
         "DELETE https://reg.example.com/v2/acme/app/blobs/uploads/1?s=x\n"},
        {202, "location: https://reg.example.com/u/1\n", CL_OK,
         "DELETE https://reg.example.com/u/1\n"},
        {202, "location: https://reg.example.com.evil.example/u\n", CL_OK, NULL},
        {202, "location: https://storage.example/u\n", CL_OK, NULL},
        {202, NULL, CL_OK, NULL},
        {401, NULL, CL_E_DENIED, NULL},
        {403, NULL, CL_E_DENIED, NULL},
        {429, NULL, CL_E_THROTTLED, NULL},
        {307, "location: https://evil.example/\n", CL_E_PROVIDER, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct harness harness = harness_new("reg.example.com");
        struct registry_login login = {.scheme = REGISTRY_SCHEME_BASIC};
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "POST", "/v2/acme/app/blobs/uploads/", cases[i].status,
                    cases[i].headers, "");
        fake_answer(harness.fake, "DELETE", NULL, 404, NULL, ""); /* no matter */
        assert_int_equal(
            registry_check_push(&harness.call, &harness.config, CL_STR("acme/app"), &login, &err),
            cases[i].code);
        assert_int_equal(fake_request_count(harness.fake), cases[i].given_up == NULL ? 1 : 2);
        if (cases[i].given_up != NULL)
            assert_true(sent(&harness, 1, cases[i].given_up) && sent(&harness, 1, BASIC));
        if (cases[i].code == CL_E_DENIED)
            assert_non_null(strstr(err.text, "no permission to push to 'acme/app'"));
        harness_free(&harness);
    }
}

/* --- when something is missing ------------------------------------------------------------- */

static enum cl_code whole_way(void *ctx, struct cl_err *err)
{
    struct harness harness = harness_new("reg.example.com");
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
    struct registry_login login = REGISTRY_LOGIN_NONE;

    (void)ctx;
    fake_answer(harness.fake, "GET", NULL, 401, BEARER_HEADER, "");
    fake_answer(harness.fake, "GET", NULL, 200, NULL, "{\"token\":\"abc\"}");
    fake_answer(harness.fake, "GET", NULL, 200, NULL, "");
    enum cl_code code = registry_ask(&harness.call, &harness.config, CL_STR_NONE, &challenge, err);
    if (code == CL_OK)
        code =
            registry_log_in(&harness.call, &harness.config, &challenge, CL_STR_NONE, &login, err);
    if (code == CL_OK)
        code = registry_prove(&harness.call, &harness.config, &login, err);
    registry_login_cleanup(&login);
    harness_free(&harness);
    return code;
}

static void stops_when_it_is_interrupted(void **state)
{
    struct harness harness = harness_new("reg.example.com");
    struct registry_login login = {.scheme = REGISTRY_SCHEME_BASIC};
    const atomic_bool yes = true;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.call.cancelled = &yes;
    assert_int_equal(registry_prove(&harness.call, &harness.config, &login, &err),
                     CL_E_INTERRUPTED);
    assert_int_equal(fake_request_count(harness.fake), 0);
    harness_free(&harness);
}

static void goes_the_whole_way(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(whole_way(NULL, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_without_credentials),
        cmocka_unit_test(asks_again_when_that_may_help),
        cmocka_unit_test(fetches_a_token_with_the_password),
        cmocka_unit_test(sends_nothing_to_a_foreign_token_server),
        cmocka_unit_test(exchanges_a_refresh_token),
        cmocka_unit_test(tries_a_password_only_once),
        cmocka_unit_test(proves_the_credentials),
        cmocka_unit_test(checks_that_a_repository_can_be_pulled),
        cmocka_unit_test(checks_that_a_repository_can_be_pushed),
        cmocka_unit_test(stops_when_it_is_interrupted),
        cmocka_unit_test(goes_the_whole_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
