#include "clouds/kubernetes/client.h"

#include "fake_world.h"
#include "test.h"

#include "base/alloc.h"

static struct cl_secret *secret_of(const char *text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(text), &secret, &err), &err);
    return secret;
}

/* What one request with this configuration looks like on the wire; NULL when it was not sent. */
static const char *sent(struct fake_world *fake, const struct kube_config *config,
                        const struct kube_request *request)
{
    struct cl_call call = fake_call(fake);
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_err err = CL_ERR_NONE;

    fake_answer(fake, NULL, NULL, 200, NULL, "{}");
    assert_ok(kube_send(&call, config, request, &response, &err), &err);
    return fake_request(fake, fake_request_count(fake) - 1);
}

static const struct kube_request get = {
    .method = "GET", .path = CL_STR_INIT("/version"), .body = CL_STR_INIT(""), .operation = "get"};

static void a_token_is_sent_as_bearer(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_secret) struct cl_secret *token = secret_of("cAnArYbIrD");
    const struct kube_config config = {.server = CL_STR("https://k8s:6443/p"), .token = token};
    const char *text = sent(fake, &config, &get);

    (void)state;
    assert_non_null(strstr(text, "GET https://k8s:6443/p/version\n"));
    assert_non_null(strstr(text, "authorization: Bearer cAnArYbIrD\n"));
    assert_non_null(strstr(text, "accept: application/json\n"));
    assert_null(strstr(text, "content-type"));
    assert_null(strstr(text, "impersonate"));
    fake_world_free(fake);
}

static void a_password_is_sent_as_basic(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_secret) struct cl_secret *name = secret_of("Aladdin");
    CL_AUTO(cl_secret) struct cl_secret *word = secret_of("open sesame");
    const struct kube_config config = {
        .server = CL_STR("https://k8s"), .username = name, .password = word};

    (void)state;
    /* RFC 7617, section 2. */
    assert_non_null(
        strstr(sent(fake, &config, &get), "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"));
    fake_world_free(fake);
}

static void nobody_sends_nothing(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct kube_config config = {.server = CL_STR("https://k8s")};

    (void)state;
    assert_false(kube_has_credential(&config));
    assert_null(strstr(sent(fake, &config, &get), "authorization"));
    fake_world_free(fake);
}

static void whom_to_act_as_stands_in_headers(void **state)
{
    struct fake_world *fake = fake_world_new();
    char *names[] = {(char[]){"dev"}, (char[]){"ops"}};
    const struct cl_strs groups = {.items = names, .count = 2};
    const struct kube_config config = {
        .server = CL_STR("https://k8s"), .as_user = CL_STR("jane"), .as_groups = &groups};
    const struct kube_request post = {
        .method = "POST", .path = CL_STR("/p"), .body = CL_STR("{\"a\":1}"), .operation = "p"};
    const char *text = sent(fake, &config, &post);

    (void)state;
    assert_non_null(strstr(text, "impersonate-user: jane\n"));
    assert_non_null(strstr(text, "impersonate-group: dev\nimpersonate-group: ops\n"));
    assert_non_null(strstr(text, "content-type: application/json\n"));
    assert_non_null(strstr(text, "{\"a\":1}"));
    fake_world_free(fake);
}

static void only_reading_is_repeated(void **state)
{
    static const struct {
        bool repeat;
        size_t requests;
        enum cl_code code;
    } rows[] = {{true, 2, CL_OK}, {false, 1, CL_OK}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_call call = fake_call(fake);
        CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
        const struct kube_config config = {.server = CL_STR("https://k8s")};
        struct kube_request request = get;
        struct cl_err err = CL_ERR_NONE;

        request.repeat = rows[i].repeat;
        fake_answer(fake, NULL, NULL, 503, NULL, "");
        fake_answer(fake, NULL, NULL, 200, NULL, "");
        assert_int_equal(kube_send(&call, &config, &request, &response, &err), rows[i].code);
        assert_int_equal(fake_request_count(fake), rows[i].requests);
        assert_int_equal(response.status, rows[i].repeat ? 200 : 503);
        fake_world_free(fake);
    }
}

static void the_place_is_host_and_port(void **state)
{
    static const struct {
        const char *server, *place;
    } rows[] = {
        {"https://k8s", "k8s"},
        {"https://k8s:6443/a/b", "k8s:6443"},
        {"https://[::1]:6443", "[::1]:6443"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_str(kube_place(cl_str_of(rows[i].server)), rows[i].place);
}

static void warnings_of_the_server_are_collected(void **state)
{
    static const struct {
        const char *headers, *warnings;
    } rows[] = {
        {"warning: 299 - \"shortened to 600 seconds\"\n", "shortened to 600 seconds"},
        {"a: b\nwarning: 299 - \"one\"\nwarning: 299 k8s \"two\"\n", "one|two"},
        {"warning: 199 - \"one\"\nwarning: 299 - one\nwarning: 299 - \"one\nx-warning: 299 - "
         "\"a\"\n",
         ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        CL_AUTO(cl_string) char *joined = NULL;
        const struct kube_config config = {.server = CL_STR("https://k8s")};
        struct cl_err err = CL_ERR_NONE;

        response.headers = (struct cl_buf)CL_BUF(4096);
        cl_buf_add_c(&response.headers, rows[i].headers);
        assert_ok(kube_add_warnings(&config, &response, &warnings, &err), &err);
        assert_ok(cl_strs_join(&warnings, "|", &joined, &err), &err);
        assert_string_equal(joined, rows[i].warnings);
    }
}

/* What a server that repeats `said` makes of a warning and of an error. */
static void expect_hidden(const struct kube_config *config, const char *said)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    CL_AUTO(cl_http_response) struct cl_http_response response = {.status = 422};
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    response.headers = (struct cl_buf)CL_BUF(4096);
    response.body = (struct cl_buf)CL_BUF(4096);
    cl_buf_addf(&response.headers, "warning: 299 - \"you sent %s here\"\n", said);
    cl_buf_addf(&response.body, "{\"kind\":\"Status\",\"message\":\"you sent %s here\"}", said);
    assert_ok(kube_add_warnings(config, &response, &warnings, &err), &err);
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "you sent "));
    assert_null(strstr(warnings.items[0], said));
    assert_int_equal(kube_refuse(&call, config, &get, &response, &err), CL_E_INVALID_REQUEST);
    assert_non_null(strstr(err.text, "you sent "));
    assert_null(strstr(err.text, said));
    fake_world_free(fake);
}

static void what_the_server_repeats_of_the_credentials_is_hidden(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *token = secret_of("canary bird");
    CL_AUTO(cl_secret) struct cl_secret *name = secret_of("Aladdin 1");
    CL_AUTO(cl_secret) struct cl_secret *word = secret_of("open sesame");
    const struct kube_config with_token = {.server = CL_STR("https://k8s"), .token = token};
    const struct kube_config with_password = {
        .server = CL_STR("https://k8s"), .username = name, .password = word};

    (void)state;
    expect_hidden(&with_token, "canary bird");
    expect_hidden(&with_password, "Aladdin 1");
    expect_hidden(&with_password, "open sesame");
    expect_hidden(&with_password, "QWxhZGRpbiAxOm9wZW4gc2VzYW1l");
}

/* Padded or not. */
static void the_padding_of_the_pair_does_not_matter(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *name = secret_of("Aladdin");
    CL_AUTO(cl_secret) struct cl_secret *word = secret_of("open sesame");
    const struct kube_config config = {
        .server = CL_STR("https://k8s"), .username = name, .password = word};

    (void)state;
    expect_hidden(&config, "QWxhZGRpbjpvcGVuIHNlc2FtZQ");
    expect_hidden(&config, "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_sent_as_bearer),
        cmocka_unit_test(a_password_is_sent_as_basic),
        cmocka_unit_test(nobody_sends_nothing),
        cmocka_unit_test(whom_to_act_as_stands_in_headers),
        cmocka_unit_test(only_reading_is_repeated),
        cmocka_unit_test(the_place_is_host_and_port),
        cmocka_unit_test(warnings_of_the_server_are_collected),
        cmocka_unit_test(what_the_server_repeats_of_the_credentials_is_hidden),
        cmocka_unit_test(the_padding_of_the_pair_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
