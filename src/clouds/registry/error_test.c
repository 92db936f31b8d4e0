#include "clouds/registry/error.h"

#include "test.h"

#define SECRET "cAnArYbIrD-password"

static struct cl_err report(int status, enum registry_step step, const char *headers,
                            const char *body)
{
    CL_AUTO(cl_http_response)
    struct cl_http_response response = {
        .status = status, .headers = CL_BUF(4096), .body = CL_BUF(1U << 20U)};
    const struct cl_str secrets[] = {CL_STR(SECRET)};
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_c(&response.headers, headers);
    cl_buf_add_c(&response.body, body);
    enum cl_code code =
        registry_report(&response, step, CL_STR("reg.example.com"), secrets, 1, &err);
    assert_int_equal(code, err.code);
    return err;
}

static void decides_by_step_and_status(void **state)
{
    static const struct {
        enum registry_step step;
        int status;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {REGISTRY_STEP_PING, 403, CL_E_DENIED, "refused the request"},
        {REGISTRY_STEP_PING, 404, CL_E_PROVIDER, "no container registry"},
        {REGISTRY_STEP_PING, 301, CL_E_PROVIDER, "elsewhere"},
        {REGISTRY_STEP_PING, 418, CL_E_PROVIDER, "status 418"},
        {REGISTRY_STEP_TOKEN, 401, CL_E_REJECTED, "refused the user name and password"},
        {REGISTRY_STEP_TOKEN, 403, CL_E_REJECTED, "refused the user name and password"},
        {REGISTRY_STEP_TOKEN, 404, CL_E_PROVIDER, "status 404"},
        {REGISTRY_STEP_TOKEN, 307, CL_E_PROVIDER, "elsewhere"},
        {REGISTRY_STEP_TOKEN, 429, CL_E_THROTTLED, "wait"},
        {REGISTRY_STEP_LOGIN, 401, CL_E_REJECTED, "refused the user name and password"},
        {REGISTRY_STEP_LOGIN, 403, CL_E_REJECTED, "refused the user name and password"},
        {REGISTRY_STEP_LOGIN, 500, CL_E_PROVIDER, "status 500"},
        {REGISTRY_STEP_REPOSITORY, 401, CL_E_DENIED, "refused access to the repository"},
        {REGISTRY_STEP_REPOSITORY, 403, CL_E_DENIED, "refused access to the repository"},
        {REGISTRY_STEP_REPOSITORY, 404, CL_E_PROVIDER, "status 404"},
        {REGISTRY_STEP_REPOSITORY, 503, CL_E_PROVIDER, "status 503"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = report(cases[i].status, cases[i].step, "", "");

        print_message("%d: %s\n", cases[i].status, err.text);
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(err.text, cases[i].text));
        assert_non_null(strstr(err.text, "'reg.example.com'"));
        assert_int_equal(err.upstream_status, cases[i].status);
        assert_string_equal(err.upstream_service, "registry");
    }
}

static void shows_what_the_server_says(void **state)
{
    static const struct {
        const char *body;
        const char *message; /* NULL: nothing behind our own words */
        const char *code;
    } cases[] = {
        {"{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}",
         ": authentication required", "UNAUTHORIZED"},
        {"{\"details\":\"incorrect username or password\"}", ": incorrect username or password",
         ""},
        {"{\"message\":\"no\"}", ": no", ""},
        {"{\"error\":\"invalid_grant\",\"error_description\":\"bad\"}", ": bad", ""},
        {"{\"error\":\"invalid_grant\"}", ": invalid_grant", ""},
        {"{\"errors\":[{\"code\":\"BAD CODE\\u001b[0m\",\"message\":\"a\\u001bb\"}]}", ": a", ""},
        {"{\"errors\":{}}", NULL, ""},
        {"<html>Forbidden</html>", NULL, ""},
        {"", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = report(401, REGISTRY_STEP_TOKEN, "", cases[i].body);

        print_message("%s\n", err.text);
        assert_string_equal(err.upstream_code, cases[i].code);
        assert_null(strchr(err.text, '\x1b'));
        assert_null(strstr(err.text, "html"));
        if (cases[i].message == NULL)
            assert_true(cl_str_ends(cl_str_of(err.text), CL_STR("password")));
        else
            assert_non_null(strstr(err.text, cases[i].message));
    }
}

static void never_repeats_a_secret(void **state)
{
    struct cl_err err =
        report(401, REGISTRY_STEP_TOKEN, "",
               "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"password '" SECRET
               "' is wrong\"}]}");

    (void)state;
    assert_null(strstr(err.text, "cAnArYbIrD"));
    assert_non_null(strstr(err.text, "is wrong"));
}

static void cuts_long_messages_where_a_character_ends(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(1U << 17U);
    struct cl_err err;

    (void)state;
    cl_buf_add_c(&body, "{\"message\":\"x ");
    cl_buf_add_repeat(&body, "\xC3\xA4 ", 2000);
    cl_buf_add_c(&body, "\"}");
    err = report(401, REGISTRY_STEP_TOKEN, "", body.ptr);
    assert_true(cl_is_utf8(cl_str_of(err.text)));
    assert_true(strlen(err.text) < 500);
}

static void keeps_how_long_to_wait(void **state)
{
    static const struct {
        const char *headers;
        int seconds;
    } cases[] = {
        {"retry-after: 30\n", 30},
        {"retry-after: 999999\n", 3600},
        {"retry-after: -1\n", 0},
        {"retry-after: tomorrow\n", 0},
        {"", 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = report(429, REGISTRY_STEP_TOKEN, cases[i].headers, "");

        assert_int_equal(err.retry_after_s, cases[i].seconds);
    }
}

static void tells_a_missing_repository_from_other_404s(void **state)
{
    static const struct {
        int status;
        const char *body;
        bool unknown;
    } cases[] = {
        {404, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"x\"}]}", true},
        {404, "{\"errors\":[{\"code\":\"DENIED\"}]}", false},
        {404, "<html>", false},
        {404, "", false},
        {403, "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_http_response)
        struct cl_http_response response = {
            .status = cases[i].status, .headers = CL_BUF(16), .body = CL_BUF(4096)};

        cl_buf_add_c(&response.body, cases[i].body);
        assert_int_equal(registry_is_name_unknown(&response), cases[i].unknown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_by_step_and_status),
        cmocka_unit_test(shows_what_the_server_says),
        cmocka_unit_test(never_repeats_a_secret),
        cmocka_unit_test(cuts_long_messages_where_a_character_ends),
        cmocka_unit_test(keeps_how_long_to_wait),
        cmocka_unit_test(tells_a_missing_repository_from_other_404s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
