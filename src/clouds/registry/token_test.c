#include "clouds/registry/token.h"

#include "codec/json.h"
#include "fault.h"
#include "test.h"

static void asks_as_the_challenge_says(void **state)
{
    static const struct {
        struct registry_challenge challenge;
        const char *account;
        const char *scope;
        const char *url;
    } cases[] = {
        {{.realm = "https://auth.docker.io/token", .service = "registry.docker.io"},
         "acme",
         "",
         "https://auth.docker.io/token?service=registry.docker.io&account=acme&client_id=cleat"},
        {{.realm = "https://h/t"},
         "a b+c&d",
         "",
         "https://h/t?account=a%20b%2Bc%26d"
         "&client_id=cleat"},
        {{.realm = "https://h/t?tenant=x", .service = "a&b=c"},
         "u",
         "repository:acme/app:pull,push",
         "https://h/t?tenant=x&service=a%26b%3Dc&scope=repository%3Aacme%2Fapp%3Apull%2Cpush"
         "&account=u&client_id=cleat"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(4096);

        registry_add_token_url(&url, &cases[i].challenge, cl_str_of(cases[i].account),
                               cl_str_of(cases[i].scope));
        assert_str(cl_buf_view(&url), cases[i].url);
    }
}

static void exchanges_a_refresh_token(void **state)
{
    static const struct {
        struct registry_challenge challenge;
        const char *scope;
        const char *form;
    } cases[] = {
        {{.realm = "https://auth.docker.io/token", .service = "registry.docker.io"},
         "",
         "grant_type=refresh_token&refresh_token=a%26b%2B&service=registry.docker.io"
         "&client_id=cleat"},
        {{.realm = "https://h/t?x=y"},
         "repository:a/b:pull",
         "grant_type=refresh_token&refresh_token=a%26b%2B&client_id=cleat"
         "&scope=repository%3Aa%2Fb%3Apull"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf form = CL_BUF(4096);

        registry_add_token_form(&form, &cases[i].challenge, CL_STR("a&b+"),
                                cl_str_of(cases[i].scope));
        assert_str(cl_buf_view(&form), cases[i].form);
    }
}

static void reads_tokens(void **state)
{
    static const struct {
        const char *body;
        const char *token;
    } cases[] = {
        {"{\"token\":\"one\"}", "one"},
        {"{\"access_token\":\"two\",\"expires_in\":300}", "two"},
        {"{\"token\":\"one\",\"access_token\":\"two\"}", "two"},
        {"{\"token\":\"one\",\"access_token\":null}", "one"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_secret) struct cl_secret *token = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(registry_parse_token(cl_str_of(cases[i].body), &token, &err), &err);
        assert_str(cl_secret_expose(token), cases[i].token);
    }
}

static void refuses_answers_without_a_token(void **state)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "[]",
        "<html>token</html>",
        "{\"token\":\"\"}",
        "{\"token\":7}",
        "{\"token\":\"a b\"}",
        "{\"token\":\"a\\r\\nX-Evil: b\"}",
        "{\"access_token\":\"a b\",\"token\":\"good\"}",
        "{\"token\":\"one\"",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bodies); i++) {
        CL_AUTO(cl_secret) struct cl_secret *token = NULL;
        struct cl_err err = CL_ERR_NONE;

        print_message("%s\n", bodies[i]);
        assert_int_equal(registry_parse_token(cl_str_of(bodies[i]), &token, &err), CL_E_PROVIDER);
        assert_null(token);
    }
}

static void survives_the_lack_of_memory(void **state)
{
    struct cl_secret *token = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_json_setup();
    assert_survives_faults(registry_parse_token(CL_STR("{\"token\":\"one\"}"), &token, &err),
                           cl_secret_cleanup(&token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_as_the_challenge_says),
        cmocka_unit_test(exchanges_a_refresh_token),
        cmocka_unit_test(reads_tokens),
        cmocka_unit_test(refuses_answers_without_a_token),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
