#include "clouds/aws/ecr.h"

#include "aws_harness.h"
#include "base/alloc.h"

/* "AWS:ecr-password:with:colons" in base64. */
#define TOKEN "QVdTOmVjci1wYXNzd29yZDp3aXRoOmNvbG9ucw=="
#define ENDPOINT "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"
#define LOGIN(token, expires, endpoint)                                                    \
    "{\"authorizationData\":[{\"authorizationToken\":\"" token "\",\"expiresAt\":" expires \
    ",\"proxyEndpoint\":\"" endpoint "\"}]}"

static void writes_the_bodies(void **state)
{
    CL_AUTO(cl_string) char *one = NULL;
    CL_AUTO(cl_string) char *own = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_ecr_login_body(CL_STR("123456789012"), &one, &err), &err);
    assert_string_equal(one, "{\"registryIds\":[\"123456789012\"]}");
    assert_ok(aws_ecr_login_body(CL_STR_NONE, &own, &err), &err);
    assert_string_equal(own, "{}");
}

static void reads_logins_and_their_expiry(void **state)
{
    static const struct {
        const char *body;
        int64_t expires_at;
    } cases[] = {
        {LOGIN(TOKEN, "1.715732096E9", ENDPOINT), 1715732096},
        {LOGIN(TOKEN, "1715732096.447", ENDPOINT), 1715732096},
        {LOGIN(TOKEN, "1715732096", ENDPOINT), 1715732096},
        {LOGIN(TOKEN, "1420070400", ENDPOINT), EXAMPLE_AT + 43200},
        {LOGIN(TOKEN, "1715690096", ENDPOINT), EXAMPLE_AT + 43200},
        {LOGIN(TOKEN, "null", ENDPOINT), EXAMPLE_AT + 43200},
        {LOGIN(TOKEN, "\"soon\"", ENDPOINT), EXAMPLE_AT + 43200},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_ecr_parse_login(cl_str_of(cases[i].body), EXAMPLE_AT, &login, &err), &err);
        assert_string_equal(login.username, "AWS");
        assert_str(cl_secret_expose(login.password), "ecr-password:with:colons");
        assert_string_equal(login.endpoint, ENDPOINT);
        assert_int_equal(login.expires_at, cases[i].expires_at);
    }
}

static void refuses_what_is_no_login(void **state)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "[]",
        "<x/>",
        "{\"authorizationData\":[]}",
        "{\"authorizationData\":{}}",
        "{\"authorizationData\":[{}]}",
        LOGIN("", "1", ENDPOINT),
        LOGIN("not base64!", "1", ENDPOINT),
        LOGIN("bm9jb2xvbg==", "1", ENDPOINT),
        LOGIN("OnBhc3N3b3Jk", "1", ENDPOINT),
        LOGIN("QVdTOg==", "1", ENDPOINT),
        LOGIN("QVdTOmEKYg==", "1", ENDPOINT),
        LOGIN(TOKEN, "1", ""),
        LOGIN(TOKEN, "1", "a\\nb"),
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bodies); i++) {
        CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_ecr_parse_login(cl_str_of(bodies[i]), EXAMPLE_AT, &login, &err),
                         CL_E_PROVIDER);
        assert_string_equal(err.upstream_operation, "GetAuthorizationToken");
        assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("password")) &&
                     cl_str_contains(cl_str_of(err.text), CL_STR("ecr-password")));
        assert_null(login.password);
    }
}

static void reads_a_very_long_password(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(65536);
    CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&body, "{\"authorizationData\":[{\"authorizationToken\":\"QVdT");
    cl_buf_add_c(&body, "OnBh");
    cl_buf_add_repeat(&body, "YWFh", 3000);
    cl_buf_add_c(&body, "\",\"proxyEndpoint\":\"" ENDPOINT "\"}]}");
    assert_ok(aws_ecr_parse_login(cl_buf_view(&body), EXAMPLE_AT, &login, &err), &err);
    assert_int_equal(cl_secret_expose(login.password).len, 9002);
}

static void asks_for_a_login(void **state)
{
    static const char *const texts[] = {
        "\ncontent-type: application/x-amz-json-1.1\n",
        "\nx-amz-target: AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken\n",
        "Signature=ab5079ff7feb2b9e89519d836935444ccbfbd1b0ca895556c58afce1ded72641\n",
        "\n\n{\"registryIds\":[\"123456789012\"]}",
        NULL,
    };
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.config.credentials = temporary(&harness.keys); /* as in vector h10 */
    fake_answer(harness.fake, "POST", NULL, 200, "x-amzn-requestid: id-9\n",
                LOGIN(TOKEN, "1715732096", ENDPOINT));
    assert_ok(
        aws_ecr_get_login(&harness.call, &harness.config, CL_STR("123456789012"), &login, &err),
        &err);
    assert_sent(&harness, 0, "POST https://api.ecr.us-east-1.amazonaws.com/", texts);
    assert_string_equal(login.request_id, "id-9");
}

static void asks_for_one_repository_only(void **state)
{
    static const char *const pages[] = {
        "{\"repositories\":[{\"repositoryName\":\"a\"}],\"nextToken\":\"t\"}",
        "{\"repositories\":[]}",
        "{\"repositories\":[],\"nextToken\":\"t\"}", /* that it may ask is all that counts */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(pages); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "POST", NULL, 200, NULL, pages[i]);
        assert_ok(aws_ecr_check_describe(&harness.call, &harness.config, &err), &err);
        assert_int_equal(fake_request_count(harness.fake), 1);
        assert_true(was_sent(&harness, 0, "V20150921.DescribeRepositories\n"));
        assert_true(was_sent(&harness, 0, "\n\n{\"maxResults\":1}"));
    }
}

static void passes_on_refusals_and_nonsense(void **state)
{
    static const struct {
        int status;
        enum cl_code code;
        const char *body;
    } cases[] = {
        {400, CL_E_DENIED, "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}"},
        {400, CL_E_RESOURCE_NOT_FOUND,
         "{\"__type\":\"com.amazonaws.ecr#RegistryNotFoundException\"}"},
        {200, CL_E_PROVIDER, "{}"},
        {200, CL_E_PROVIDER, "<html/>"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "POST", NULL, cases[i].status, NULL, cases[i].body);
        assert_int_equal(aws_ecr_check_describe(&harness.call, &harness.config, &err),
                         cases[i].code);
        assert_string_equal(err.upstream_service, "ecr");
        assert_string_equal(err.upstream_operation, "DescribeRepositories");
    }
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 600 && code != CL_OK; nth++) {
        CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "POST", NULL, 200, NULL, LOGIN(TOKEN, "1715732096", ENDPOINT));
        (void)cl_alloc_fail_at(nth);
        code = aws_ecr_get_login(&harness.call, &harness.config, CL_STR_NONE, &login, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        if (code != CL_OK)
            assert_null(login.password);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_bodies),
        cmocka_unit_test(reads_logins_and_their_expiry),
        cmocka_unit_test(refuses_what_is_no_login),
        cmocka_unit_test(reads_a_very_long_password),
        cmocka_unit_test(asks_for_a_login),
        cmocka_unit_test(asks_for_one_repository_only),
        cmocka_unit_test(passes_on_refusals_and_nonsense),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
