#include "net/curl_transport.h"

#include <string.h>

#include "base/alloc.h"
#include "http_server.h"
#include "net/curl_lib.h"
#include "net_fixture.h"
#include "test.h"
#include "test_pair.h"

/* More than one exchange ever allocates: a loop that gets here does not end. */
#define LIMIT 3000

struct setting {
    struct cl_curl_options options;
    struct http_server *server;
    const char *ca_file;         /* the request's */
    const char *env_file;        /* SSL_CERT_FILE */
    struct cl_http_request more; /* client certificate, TLS name */
    bool reuse;                  /* the second request of a transport, on its kept connection */
};

static enum cl_code send_post(const struct net_fixture *net, const struct setting *setting,
                              struct cl_err *err)
{
    static const struct cl_http_header headers[] = {
        {CL_STR_INIT("Authorization"), CL_STR_INIT("AWS4-HMAC-SHA256 x")},
        {CL_STR_INIT("Content-Type"), CL_STR_INIT("text/plain")},
    };
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_http_request request = {.method = "POST",
                                      .url = cl_str_of(http_server_url(setting->server)),
                                      .ca_file = setting->ca_file,
                                      .client_cert_pem = setting->more.client_cert_pem,
                                      .client_key_pem = setting->more.client_key_pem,
                                      .tls_name = setting->more.tls_name,
                                      .headers = headers,
                                      .header_count = CL_COUNT(headers),
                                      .body = CL_STR("body")};
    enum cl_code code = cl_http_send(&net->call, &request, &response, err);

    if (code == CL_OK)
        assert_str(cl_buf_view(&response.body), "ok");
    else
        assert_null(response.body.ptr);
    return code;
}

/* The n-th allocation of an exchange fails, and all after it. */
static enum cl_code try_with_fault(const struct setting *setting, int64_t nth, struct cl_err *err)
{
    struct net_fixture net;
    struct cl_err first = CL_ERR_NONE;

    net_fixture_init(&net, &setting->options);
    net_fixture_set_env(&net, "SSL_CERT_FILE", setting->env_file);
    if (setting->reuse)
        assert_ok(send_post(&net, setting, &first), &first);
    (void)cl_alloc_fail_at(nth);
    enum cl_code code = send_post(&net, setting, err);
    (void)cl_alloc_fail_at(0);
    if (code != CL_OK) /* one failure does not spoil the transport */
        assert_ok(send_post(&net, setting, &first), &first);
    net_fixture_cleanup(&net);
    return code;
}

static void fail_at_every_allocation(const struct setting *setting)
{
    int64_t nth = 1;
    size_t live = cl_alloc_live_blocks();

    for (;; nth++) {
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = try_with_fault(setting, nth, &err);

        assert_int_equal(cl_alloc_live_blocks(), live);
        if (code == CL_OK)
            break;
        assert_true(nth < LIMIT);
        assert_int_equal(code, CL_E_FAILED);
        assert_string_equal(err.text, "out of memory");
    }
    print_message("survived %d failing allocations\n", (int)nth - 1);
    assert_true(nth > 20);
}

static void survives_every_failing_allocation(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    };

    (void)state;
    for (unsigned int i = 0; i < 8; i++) {
        struct setting setting = {.options = {.threaded = (i & 1U) != 0},
                                  .server = http_server_simple(answers[(i >> 1U) & 1U]),
                                  .reuse = (i & 4U) != 0};

        fail_at_every_allocation(&setting);
        http_server_free(setting.server);
    }
}

static void survives_them_over_tls_with_two_ca_files(void **state)
{
    const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct http_server_options tls = {.replies = &reply, .reply_count = 1, .tls = true};
    struct http_server *other = http_server_new(&tls);

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct setting setting = {.server = http_server_new(&tls), .reuse = i == 1};

        setting.ca_file = http_server_ca_file(setting.server);
        setting.env_file = http_server_ca_file(other);
        fail_at_every_allocation(&setting);
        http_server_free(setting.server);
    }
    http_server_free(other);
}

static void survives_them_with_a_client_certificate_and_another_name(void **state)
{
    const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct test_pair pair = test_pair_new("jane");
    struct http_server_options tls = {.replies = &reply,
                                      .reply_count = 1,
                                      .tls = true,
                                      .tls_name = "other.example",
                                      .client_ca = pair.certificate};
    struct setting setting = {
        .server = http_server_new(&tls),
        .more = {.client_cert_pem = cl_str_of(pair.certificate),
                 .client_key_pem = cl_str_of(pair.key),
                 .tls_name = CL_STR("other.example")},
    };

    (void)state;
    setting.ca_file = http_server_ca_file(setting.server);
    fail_at_every_allocation(&setting);
    http_server_free(setting.server);
    test_pair_free(&pair);
}

static void reports_a_transport_that_cannot_be_made(void **state)
{
    struct cl_transport *transport = NULL;
    struct cl_curl_options options = {.threaded = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_alloc_fail_at(1);
    assert_int_equal(cl_curl_transport_new(&options, &transport, &err), CL_E_FAILED);
    (void)cl_alloc_fail_at(0);
    assert_null(transport);
}

/* After all the refusals above, a failure of another kind is reported as what it is. */
static void forgets_refused_memory_with_its_request(void **state)
{
    struct setting setting = {.server = http_server_simple(HTTP_OK_RAW)};
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct net_fixture net;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(try_with_fault(&setting, 30, &err), CL_E_FAILED);
    http_server_free(setting.server);
    net_fixture_init(&net, &setting.options);
    assert_true(cl_curl_refusals() > 0);
    assert_int_equal(net_fixture_get(&net, "http://127.0.0.1:1", "/", &response, &err),
                     CL_E_UNREACHABLE);
    net_fixture_cleanup(&net);
}

/* Cold, libcurl and OpenSSL keep things for good, and OpenSSL does not bear missing memory. */
static int warm_up(void **state)
{
    struct setting setting = {.server = http_server_simple(HTTP_OK_RAW)};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(try_with_fault(&setting, 0, &err), &err);
    http_server_free(setting.server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_every_failing_allocation),
        cmocka_unit_test(survives_them_over_tls_with_two_ca_files),
        cmocka_unit_test(survives_them_with_a_client_certificate_and_another_name),
        cmocka_unit_test(forgets_refused_memory_with_its_request),
        cmocka_unit_test(reports_a_transport_that_cannot_be_made),
    };

    return cmocka_run_group_tests(tests, warm_up, NULL);
}
