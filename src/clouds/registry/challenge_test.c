#include "clouds/registry/challenge.h"

#include "test.h"

#define HUB "https://auth.docker.io/token"

static void reads_what_registries_send(void **state)
{
    static const struct {
        const char *value;
        enum registry_scheme scheme;
        const char *realm;
        const char *service;
    } cases[] = {
        {"Bearer realm=\"" HUB "\",service=\"registry.docker.io\"", REGISTRY_SCHEME_BEARER, HUB,
         "registry.docker.io"},
        {"Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\","
         "scope=\"repository:user/image:pull\"",
         REGISTRY_SCHEME_BEARER, "https://ghcr.io/token", "ghcr.io"},
        {"Bearer scope=\"repository:a/b:pull,push repository:c:pull\", realm=\"https://h/t\"",
         REGISTRY_SCHEME_BEARER, "https://h/t", ""},
        {"bEARER REALM=\"https://h/t\" , SERVICE = svc", REGISTRY_SCHEME_BEARER, "https://h/t",
         "svc"},
        {"Bearer realm=\"https://h/\\\"q\\\\\"", REGISTRY_SCHEME_BEARER, "https://h/\"q\\", ""},
        {"Basic realm=\"Registry Realm\",charset=\"UTF-8\"", REGISTRY_SCHEME_BASIC, "", ""},
        {"BASIC realm=harbor", REGISTRY_SCHEME_BASIC, "", ""},
        {"Basic", REGISTRY_SCHEME_BASIC, "", ""},
        {"Basic realm=\"https://1.dkr.ecr.us-east-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"",
         REGISTRY_SCHEME_BASIC, "", "ecr.amazonaws.com"},
        {", , Basic realm=\"x\",,", REGISTRY_SCHEME_BASIC, "", ""},
        /* Several in one header: Bearer wins wherever it stands. */
        {"Basic realm=\"x\", Bearer realm=\"https://h/t\",service=\"s\"", REGISTRY_SCHEME_BEARER,
         "https://h/t", "s"},
        {"Bearer realm=\"https://h/t\",service=\"s\", Basic realm=\"x\"", REGISTRY_SCHEME_BEARER,
         "https://h/t", "s"},
        {"Bearer realm=\"https://one/t\", Bearer realm=\"https://two/t\"", REGISTRY_SCHEME_BEARER,
         "https://one/t", ""},
        {"Negotiate YWJjZA==, Basic realm=\"x\"", REGISTRY_SCHEME_BASIC, "", ""},
        {"Negotiate, Bearer realm=\"https://h/t\"", REGISTRY_SCHEME_BEARER, "https://h/t", ""},
        /* Without a realm nobody can be asked. */
        {"Bearer service=\"s\", Basic realm=\"x\"", REGISTRY_SCHEME_BASIC, "", ""},
        {"Bearer", REGISTRY_SCHEME_NONE, "", ""},
        {"Bearer realm=\"\"", REGISTRY_SCHEME_NONE, "", ""},
        {"", REGISTRY_SCHEME_NONE, "", ""},
        {" , ", REGISTRY_SCHEME_NONE, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
        struct cl_err err = CL_ERR_NONE;

        print_message("%s\n", cases[i].value);
        assert_ok(registry_challenge_add(cl_str_of(cases[i].value), &challenge, &err), &err);
        assert_int_equal(challenge.scheme, cases[i].scheme);
        assert_string_equal(challenge.realm, cases[i].realm);
        assert_string_equal(challenge.service, cases[i].service);
    }
}

static void names_a_scheme_that_is_not_known(void **state)
{
    static const struct {
        const char *value;
        const char *other;
    } cases[] = {
        {"Negotiate", "Negotiate"},
        {"Digest realm=\"x\", nonce=\"y,z\"", "Digest"},
        {"NTLM, Negotiate", "NTLM"},
        {"Basic realm=\"x\", Digest realm=\"x\"", "Digest"},
        {"Digest realm=\"x\", Basic realm=\"x\"", "Digest"},
        {"AVeryLongSchemeNameThatNobodyWouldEverUseForAnything x=y",
         "AVeryLongSchemeNameThatNobodyWo"},
        {"Basic realm=\"x\"", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(registry_challenge_add(cl_str_of(cases[i].value), &challenge, &err), &err);
        assert_string_equal(challenge.other, cases[i].other);
    }
}

static void refuses_what_is_no_challenge(void **state)
{
    static const char *const values[] = {
        "realm=\"https://h/t\"",
        "Bearer realm=\"https://h/t",
        "Bearer realm=\"https://h/t\\",
        "Bearer realm=",
        "Bearer realm=\"a\" realm=\"b\"",
        "Bearer realm=\"a\"b",
        "Bearer realm=\"https://good/t\",realm=\"https://evil/t\"",
        "Bearer realm=\"a\rb\"",
        "Bearer realm=\"a\\\nb\"",
        "Bearer \"x\"",
        "<html>",
        "\xC3\xA4",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(values); i++) {
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = registry_challenge_add(cl_str_of(values[i]), &challenge, &err);

        /* "realm=" alone may pass for the one word behind a scheme: then there is no realm. */
        print_message("%s\n", values[i]);
        if (code == CL_OK)
            assert_int_equal(challenge.scheme, REGISTRY_SCHEME_NONE);
        else
            assert_int_equal(code, CL_E_PROVIDER);
    }
}

static void refuses_values_that_are_too_long(void **state)
{
    static const size_t lengths[] = {REGISTRY_REALM_MAX, REGISTRY_REALM_MAX + 1, 20000};
    static const enum cl_code codes[] = {CL_OK, CL_E_PROVIDER, CL_E_PROVIDER};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(lengths); i++) {
        CL_AUTO(cl_buf) struct cl_buf value = CL_BUF(32768);
        struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
        struct cl_err err = CL_ERR_NONE;

        cl_buf_add_c(&value, "Bearer realm=\"");
        cl_buf_add_repeat(&value, "a", lengths[i]);
        cl_buf_add_c(&value, "\"");
        assert_int_equal(registry_challenge_add(cl_buf_view(&value), &challenge, &err), codes[i]);
    }
}

static void takes_the_best_of_several_headers(void **state)
{
    CL_AUTO(cl_http_response)
    struct cl_http_response response = {.headers = CL_BUF(1024), .body = CL_BUF(16)};
    struct registry_challenge challenge = {.scheme = REGISTRY_SCHEME_NONE};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&response.headers, "content-type: text/html\n"
                                    "www-authenticate: Basic realm=\"Artifactory Realm\"\n"
                                    "x-other: Bearer realm=\"https://evil/t\"\n"
                                    "www-authenticate: Bearer realm=\"https://h:8443/t?a=b\"\n");
    assert_ok(registry_challenge_read(&response, &challenge, &err), &err);
    assert_int_equal(challenge.scheme, REGISTRY_SCHEME_BEARER);
    assert_string_equal(challenge.realm, "https://h:8443/t?a=b");
    cl_buf_add_c(&response.headers, "www-authenticate: Bearer realm=\"open\n");
    assert_int_equal(registry_challenge_read(&response, &challenge, &err), CL_E_PROVIDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_registries_send),
        cmocka_unit_test(names_a_scheme_that_is_not_known),
        cmocka_unit_test(refuses_what_is_no_challenge),
        cmocka_unit_test(refuses_values_that_are_too_long),
        cmocka_unit_test(takes_the_best_of_several_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
