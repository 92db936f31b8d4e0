#include "net/http.h"

#include <unistd.h>

#include "base/log.h"
#include "test.h"

/* A transport that answers 200 and remembers that it was asked. */
struct recorder {
    struct cl_transport transport;
    int sent;
};

static enum cl_code record(struct cl_transport *self, const struct cl_call *call,
                           const struct cl_http_request *request, struct cl_http_response *ret,
                           struct cl_err *err)
{
    (void)call;
    (void)request;
    (void)err;
    ((struct recorder *)self)->sent++;
    ret->status = 200;
    return CL_OK;
}

static int64_t minute_ms(void *ctx)
{
    (void)ctx;
    return 60000;
}

struct setting {
    struct recorder recorder;
    struct cl_world world;
    struct cl_call call;
    atomic_int count;
};

static void prepare(struct setting *setting)
{
    *setting = (struct setting){.recorder.transport.send = record};
    setting->world =
        (struct cl_world){.monotonic_ms = minute_ms, .transport = &setting->recorder.transport};
    setting->call = (struct cl_call){.world = &setting->world, .actor = "tester"};
    setting->call.upstream_requests = &setting->count;
}

static enum cl_code send_it(struct setting *setting, const struct cl_http_request *request,
                            struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    enum cl_code code = cl_http_send(&setting->call, request, &response, err);

    assert_int_equal(response.status, code == CL_OK ? 200 : 0);
    return code;
}

static void passes_valid_requests_on_and_counts_them(void **state)
{
    struct cl_http_header headers[] = {
        {CL_STR("x-amz-date"), CL_STR("20240514T123456Z")},
        {CL_STR("X-Empty"), CL_STR_NONE},
        {CL_STR("x-tab"), CL_STR("a\tb \xc3\xb6")},
    };
    struct cl_http_request request = {.method = "GET",
                                      .url = CL_STR("https://h/"),
                                      .headers = headers,
                                      .header_count = CL_COUNT(headers)};
    struct setting setting;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    prepare(&setting);
    assert_ok(send_it(&setting, &request, &err), &err);
    assert_ok(send_it(&setting, &request, &err), &err);
    assert_int_equal(setting.recorder.sent, 2);
    assert_int_equal(atomic_load(&setting.count), 2);
    setting.call.upstream_requests = NULL;
    assert_ok(send_it(&setting, &request, &err), &err);
}

static void refuses_header_injection(void **state)
{
    static const struct cl_http_header headers[] = {
        {CL_STR_INIT("x"), CL_STR_INIT("CANARY\r\nEvil: 1")},
        {CL_STR_INIT("x"), CL_STR_INIT("CANARY\nEvil: 1")},
        {CL_STR_INIT("x"), CL_STR_INIT("CANARY\r")},
        {CL_STR_INIT("x"), CL_STR_INIT("CANARY\0")},
        {CL_STR_INIT("x"), CL_STR_INIT("CANARY\x7f")},
        {CL_STR_INIT("x"), CL_STR_INIT("CANARY\x01")},
        {CL_STR_INIT("x\r\ny"), CL_STR_INIT("CANARY")},
        {CL_STR_INIT("x:y"), CL_STR_INIT("CANARY")},
        {CL_STR_INIT("x y"), CL_STR_INIT("CANARY")},
        {CL_STR_INIT("x\0"), CL_STR_INIT("CANARY")},
        {CL_STR_INIT(""), CL_STR_INIT("CANARY")},
        {CL_STR_INIT("\xc3\xb6"), CL_STR_INIT("CANARY")},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(headers); i++) {
        struct cl_http_request request = {.method = "GET",
                                          .url = CL_STR("https://h/"),
                                          .headers = &headers[i],
                                          .header_count = 1};
        struct setting setting;
        struct cl_err err = CL_ERR_NONE;

        prepare(&setting);
        assert_int_equal(send_it(&setting, &request, &err), CL_E_INVALID);
        assert_null(strstr(err.text, "CANARY"));
        assert_int_equal(setting.recorder.sent, 0);
        assert_int_equal(atomic_load(&setting.count), 0);
    }
}

static void refuses_bad_methods_and_urls(void **state)
{
    static const struct {
        const char *method;
        const char *url;
    } cases[] = {
        {NULL, "https://h/"},
        {"", "https://h/"},
        {"get", "https://h/"},
        {"GET /\r\n", "https://h/"},
        {"ABCDEFGHIJKLMNOPQ", "https://h/"},
        {"GET", "h/path"},
        {"GET", "file:///etc/passwd"},
        {"GET", "https://h/\r\nX: y"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_http_request request = {.method = cases[i].method,
                                          .url = cl_str_of(cases[i].url)};
        struct setting setting;
        struct cl_err err = CL_ERR_NONE;

        prepare(&setting);
        assert_int_equal(send_it(&setting, &request, &err), CL_E_INVALID);
        assert_int_equal(setting.recorder.sent, 0);
    }
}

static void bounds_number_and_size_of_headers(void **state)
{
    struct cl_http_header headers[101] = {{CL_STR("x"), CL_STR("y")}};
    struct cl_buf value = CL_BUF(70000);
    struct cl_http_request request = {
        .method = "GET", .url = CL_STR("https://h/"), .headers = headers, .header_count = 101};
    struct setting setting;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    prepare(&setting);
    for (size_t i = 0; i < CL_COUNT(headers); i++)
        headers[i] = headers[0];
    assert_int_equal(send_it(&setting, &request, &err), CL_E_INVALID);
    request.header_count = 100;
    assert_ok(send_it(&setting, &request, &err), &err);
    cl_buf_add_repeat(&value, "a", 65536);
    headers[0].value = cl_buf_view(&value);
    assert_int_equal(send_it(&setting, &request, &err), CL_E_INVALID);
    cl_buf_cleanup(&value);
}

static void sends_nothing_when_the_call_is_over(void **state)
{
    struct cl_http_request request = {.method = "GET", .url = CL_STR("https://h/")};
    atomic_bool cancelled = true;
    struct setting setting;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    prepare(&setting);
    setting.call.deadline_ms = 59999;
    assert_int_equal(send_it(&setting, &request, &err), CL_E_TIMEOUT);
    setting.call.deadline_ms = 0;
    setting.call.cancelled = &cancelled;
    assert_int_equal(send_it(&setting, &request, &err), CL_E_INTERRUPTED);
    assert_int_equal(setting.recorder.sent, 0);
    assert_int_equal(atomic_load(&setting.count), 0);
}

static void fails_where_no_network_is_wanted(void **state)
{
    struct cl_http_request request = {.method = "GET", .url = CL_STR("https://h/")};
    struct setting setting;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    prepare(&setting);
    setting.world.transport = NULL;
    assert_int_equal(send_it(&setting, &request, &err), CL_E_UNSUPPORTED);
}

static int64_t an_hour_us(void *ctx)
{
    (void)ctx;
    return INT64_C(3600000000);
}

/* What may stand in a trace, and what may not. */
static void traces_requests_without_their_secrets(void **state)
{
    struct setting setting;
    struct cl_err err = CL_ERR_NONE;
    struct cl_http_header header = {CL_STR("authorization"), CL_STR("canary-header")};
    struct cl_http_request request = {.method = "POST",
                                      .url = CL_STR("https://sts.test/path?X-Amz-Signature=canary"),
                                      .headers = &header,
                                      .header_count = 1,
                                      .body = CL_STR("canary-body"),
                                      .operation = "AssumeRole"};
    char text[2048] = "";
    int ends[2];

    (void)state;
    prepare(&setting);
    setting.world.now_us = an_hour_us;
    assert_int_equal(pipe(ends), 0);
    assert_ok(
        cl_log_new(&setting.world, ends[1], CL_LOG_TEXT, CL_LOG_DEBUG, &setting.world.log, &err),
        &err);
    assert_ok(send_it(&setting, &request, &err), &err);
    assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
    assert_non_null(strstr(text, "event=http_request"));
    assert_non_null(strstr(text, "operation=AssumeRole method=POST url=https://sts.test/path "));
    assert_non_null(strstr(text, "status=200 outcome=ok ms=0\n"));
    assert_null(strstr(text, "canary"));
    cl_log_free(setting.world.log);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void finds_response_headers(void **state)
{
    struct cl_http_response response = {.headers = CL_BUF(1000)};

    (void)state;
    assert_str(cl_http_header(&response, "date"), "");
    cl_buf_add_c(&response.headers, "date: now\nx-empty:\nx-colon: a:b\ndate: later\nno colon\n"
                                    "x-last:  blanks \n");
    assert_str(cl_http_header(&response, "date"), "now");
    assert_str(cl_http_header(&response, "x-empty"), "");
    assert_str(cl_http_header(&response, "x-colon"), "a:b");
    assert_str(cl_http_header(&response, "x-last"), "blanks");
    assert_str(cl_http_header(&response, "dat"), "");
    assert_str(cl_http_header(&response, "no colon"), "");
    cl_http_response_cleanup(&response);
    assert_null(response.headers.ptr);
}

static void refuses_settings_that_libcurl_would_misread(void **state)
{
    static const struct cl_http_request requests[] = {
        {.tls_name = CL_STR_INIT("a:443")},
        {.tls_name = CL_STR_INIT("a/b")},
        {.tls_name = CL_STR_INIT("a@b")},
        {.tls_name = CL_STR_INIT("a\r\nb")},
        {.client_cert_pem = CL_STR_INIT("certificate")},
        {.proxy = CL_STR_INIT("http://a\0b")},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(requests); i++) {
        struct cl_http_request request = requests[i];
        struct setting setting;
        struct cl_err err = CL_ERR_NONE;

        request.method = "GET";
        request.url = CL_STR("https://h/");
        prepare(&setting);
        assert_int_equal(send_it(&setting, &request, &err), CL_E_INVALID);
        assert_int_equal(setting.recorder.sent, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_settings_that_libcurl_would_misread),
        cmocka_unit_test(passes_valid_requests_on_and_counts_them),
        cmocka_unit_test(refuses_header_injection),
        cmocka_unit_test(refuses_bad_methods_and_urls),
        cmocka_unit_test(bounds_number_and_size_of_headers),
        cmocka_unit_test(sends_nothing_when_the_call_is_over),
        cmocka_unit_test(fails_where_no_network_is_wanted),
        cmocka_unit_test(traces_requests_without_their_secrets),
        cmocka_unit_test(finds_response_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
