#include "net/curl_transport.h"

#include <stdio.h>
#include <stdlib.h>

#include "http_server.h"
#include "net_fixture.h"
#include "test.h"

/* Everything here holds for both modes: `*state` is the mode's options. */

#define CANARY_PATH "/x?X-Amz-Signature=CANARY"

/* A server with a script, and the real transport. */
struct trial {
    struct net_fixture net;
    struct http_server *server;
    struct cl_http_response response;
    struct cl_err err;
};

static void trial_begin(void **state, struct trial *trial, const struct http_reply *replies,
                        size_t count)
{
    *trial = (struct trial){.err = CL_ERR_NONE};
    net_fixture_init(&trial->net, *state);
    trial->server =
        http_server_new(&(struct http_server_options){.replies = replies, .reply_count = count});
}

static enum cl_code trial_send(struct trial *trial, const struct cl_http_request *request)
{
    cl_http_response_cleanup(&trial->response);
    trial->err = CL_ERR_NONE;
    return cl_http_send(&trial->net.call, request, &trial->response, &trial->err);
}

static enum cl_code trial_get(struct trial *trial, const char *path)
{
    cl_http_response_cleanup(&trial->response);
    trial->err = CL_ERR_NONE;
    return net_fixture_get(&trial->net, http_server_url(trial->server), path, &trial->response,
                           &trial->err);
}

static void trial_end(struct trial *trial)
{
    cl_http_response_cleanup(&trial->response);
    net_fixture_cleanup(&trial->net);
    http_server_free(trial->server);
}

static void expect_text(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static void expect_no_text(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" contains \"%s\"", text, part);
}

static void reads_status_headers_and_body(void **state)
{
    static const struct http_reply reply = {
        .raw = "HTTP/1.1 403 Forbidden\r\nX-Amzn-RequestId: 77\r\nDATE: now\r\nX-Folded: a\r\n"
               "  b\r\nX-Empty:\r\nContent-Length: 7\r\n\r\n<Error>"};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    assert_ok(trial_get(&trial, "/x"), &trial.err);
    assert_int_equal(trial.response.status, 403);
    assert_str(cl_buf_view(&trial.response.body), "<Error>");
    assert_str(cl_http_header(&trial.response, "x-amzn-requestid"), "77");
    assert_str(cl_http_header(&trial.response, "date"), "now");
    assert_str(cl_http_header(&trial.response, "x-folded"), "a b");
    assert_str(cl_http_header(&trial.response, "x-empty"), "");
    trial_end(&trial);
}

static void understands_every_framing_of_an_answer(void **state)
{
    static const struct {
        struct http_reply reply;
        int status;
        const char *body;
        const char *header; /* of x-a */
    } cases[] = {
        {{.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
                 "\r\n"},
         200,
         "abcde",
         ""},
        {{.raw = "HTTP/1.1 200 OK\r\n\r\nuntil the end", .end = HTTP_CLOSE},
         200,
         "until the end",
         ""},
        {{.raw = "HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\n", .end = HTTP_CLOSE}, 200, "", "1"},
        {{.raw = "HTTP/1.1 204 No Content\r\nX-A: 2\r\n\r\n"}, 204, "", "2"},
        {{.raw = "HTTP/1.1 100 Continue\r\nX-A: interim\r\n\r\nHTTP/1.1 200 OK\r\nX-A: final\r\n"
                 "Content-Length: 1\r\n\r\n!"},
         200,
         "!",
         "final"},
        {{.raw = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw"},
         200,
         "raw",
         ""},
        {{.raw = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"}, 500, "", ""},
        {{.raw = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"},
         407,
         "",
         ""},
        {{.raw = "HTTP/1.1 401 Who\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"},
         401,
         "",
         ""},
    };

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct trial trial;

        trial_begin(state, &trial, &cases[i].reply, 1);
        assert_ok(trial_get(&trial, "/x"), &trial.err);
        assert_int_equal(trial.response.status, cases[i].status);
        assert_str(cl_buf_view(&trial.response.body), cases[i].body);
        assert_str(cl_http_header(&trial.response, "x-a"), cases[i].header);
        assert_int_equal(http_server_requests(trial.server), 1);
        trial_end(&trial);
    }
}

static void never_follows_a_redirect(void **state)
{
    static const struct http_reply replies[] = {
        {.raw = "HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"},
        {.raw = "HTTP/1.1 307 Moved\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n"
                "\r\n"},
    };
    struct trial trial;

    trial_begin(state, &trial, replies, 2);
    assert_ok(trial_get(&trial, "/x"), &trial.err);
    assert_int_equal(trial.response.status, 301);
    assert_str(cl_http_header(&trial.response, "location"), "/elsewhere");
    assert_ok(trial_get(&trial, "/x"), &trial.err);
    assert_int_equal(trial.response.status, 307);
    assert_int_equal(http_server_requests(trial.server), 2);
    trial_end(&trial);
}

static void reports_bad_answers_by_kind(void **state)
{
    static const struct {
        struct http_reply reply;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .end = HTTP_CLOSE},
         CL_E_PROVIDER,
         "cut short"},
        {{.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
          .end = HTTP_CLOSE},
         CL_E_PROVIDER,
         "cut short"},
        {{.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nCANARY\r\nabc",
          .end = HTTP_CLOSE},
         CL_E_PROVIDER,
         ""},
        {{.raw = "SSH-2.0-CANARY\r\n", .end = HTTP_CLOSE}, CL_E_PROVIDER, "HTTP"},
        {{.raw = "HTTP/9.9 200 CANARY\r\n\r\n", .end = HTTP_CLOSE}, CL_E_PROVIDER, "HTTP"},
        {{.raw = "HTTP/1.1 200 OK\r\nContent-Length: CANARY\r\n\r\n", .end = HTTP_CLOSE},
         CL_E_PROVIDER,
         ""},
        {{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", .end = HTTP_HANG},
         CL_E_PROVIDER,
         "too large"},
        {{.raw = "HTTP/1.1 200 OK\r\nX-Long: ", .fill_bytes = 300000, .end = HTTP_CLOSE},
         CL_E_PROVIDER,
         "too large"},
        {{.raw = NULL, .end = HTTP_CLOSE}, CL_E_UNREACHABLE, "(connect)"},
        {{.raw = NULL, .end = HTTP_RESET}, CL_E_UNREACHABLE, "(connect)"},
        {{.raw = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .end = HTTP_RESET},
         CL_E_UNREACHABLE,
         "reset"},
    };

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct trial trial;

        trial_begin(state, &trial, &cases[i].reply, 1);
        if (trial_get(&trial, CANARY_PATH) != cases[i].code)
            fail_msg("case %zu: code %d, %s", i, (int)trial.err.code, trial.err.text);
        expect_text(trial.err.text, cases[i].text);
        expect_text(trial.err.text, strrchr(http_server_url(trial.server), ':'));
        expect_no_text(trial.err.text, "CANARY");
        assert_int_equal(trial.response.status, 0);
        assert_null(trial.response.body.ptr);
        trial_end(&trial);
    }
}

static void caps_the_body_of_an_answer(void **state)
{
    static const struct http_reply replies[] = {
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", .fill_bytes = 100000},
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", .fill_bytes = 100001},
        {.raw = "HTTP/1.1 200 OK\r\n\r\n", .fill_bytes = 100001, .end = HTTP_CLOSE},
    };
    struct trial trial;
    char url[64];
    struct cl_http_request request = {.method = "GET", .max_body_bytes = 100000};

    trial_begin(state, &trial, replies, 3);
    (void)snprintf(url, sizeof(url), "%s/", http_server_url(trial.server));
    request.url = cl_str_of(url);
    assert_ok(trial_send(&trial, &request), &trial.err);
    assert_int_equal(trial.response.body.len, 100000);
    assert_true(trial.response.body.secret);
    assert_int_equal(trial_send(&trial, &request), CL_E_PROVIDER);
    assert_int_equal(trial_send(&trial, &request), CL_E_PROVIDER);
    expect_text(trial.err.text, "too large");
    trial_end(&trial);
}

static void caps_the_headers_of_an_answer(void **state)
{
    struct cl_buf raw = CL_BUF(200000);
    struct http_reply reply = {.end = HTTP_CLOSE};
    struct trial trial;

    cl_buf_add_c(&raw, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 1000; i++) {
        cl_buf_addf(&raw, "X-%d: ", i);
        cl_buf_add_repeat(&raw, "y", 80);
        cl_buf_add_c(&raw, "\r\n");
    }
    cl_buf_add_c(&raw, "Content-Length: 0\r\n\r\n");
    reply.raw = raw.ptr;
    trial_begin(state, &trial, &reply, 1);
    assert_int_equal(trial_get(&trial, "/"), CL_E_PROVIDER);
    expect_text(trial.err.text, "too large");
    trial_end(&trial);
    cl_buf_cleanup(&raw);
}

static void sends_exactly_what_was_asked(void **state)
{
    static const struct cl_http_header headers[] = {
        {CL_STR_INIT("X-Amz-Date"), CL_STR_INIT("20240514T123456Z")},
        {CL_STR_INIT("x-empty"), CL_STR_INIT("")},
    };
    static const struct {
        const char *method;
        const char *path;
        const char *body;
        const char *want; /* %d is the port */
    } cases[] = {
        {"GET", "/a//b/../c/./%2f%2F%7e?x=%20&y='&z=a+b&A=%e4", "",
         "GET /a//b/../c/./%%2f%%2F%%7e?x=%%20&y='&z=a+b&A=%%e4 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
         "User-Agent: cleat\r\nAccept: */*\r\nX-Amz-Date: 20240514T123456Z\r\nx-empty:\r\n\r\n"},
        {"POST", "/", "Action=GetCallerIdentity",
         "POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: cleat\r\nAccept: */*\r\n"
         "X-Amz-Date: 20240514T123456Z\r\nx-empty:\r\nContent-Length: 24\r\n\r\n"
         "Action=GetCallerIdentity"},
        {"PUT", "/k?", "",
         "PUT /k? HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: cleat\r\nAccept: */*\r\n"
         "X-Amz-Date: 20240514T123456Z\r\nx-empty:\r\nContent-Length: 0\r\n\r\n"},
        {"DELETE", "/k", "",
         "DELETE /k HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: cleat\r\nAccept: */*\r\n"
         "X-Amz-Date: 20240514T123456Z\r\nx-empty:\r\n\r\n"},
        {"PATCH", "/k", "{}",
         "PATCH /k HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: cleat\r\nAccept: */*\r\n"
         "X-Amz-Date: 20240514T123456Z\r\nx-empty:\r\nContent-Length: 2\r\n\r\n{}"},
    };
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        char url[256];
        char want[512];
        struct cl_http_request request = {.method = cases[i].method,
                                          .headers = headers,
                                          .header_count = CL_COUNT(headers),
                                          .body = cl_str_of(cases[i].body)};

        (void)snprintf(url, sizeof(url), "%s%s", http_server_url(trial.server), cases[i].path);
        request.url = cl_str_of(url);
        assert_ok(trial_send(&trial, &request), &trial.err);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(want, sizeof(want), cases[i].want, http_server_port(trial.server));
#pragma GCC diagnostic pop
        assert_string_equal(http_server_request(trial.server, i), want);
    }
    trial_end(&trial);
}

static void lets_headers_replace_the_defaults(void **state)
{
    static const struct cl_http_header headers[] = {
        {CL_STR_INIT("Host"), CL_STR_INIT("signed.example")},
        {CL_STR_INIT("content-type"), CL_STR_INIT("application/x-amz-json-1.1")},
        {CL_STR_INIT("user-agent"), CL_STR_INIT("cleat/9")},
        {CL_STR_INIT("accept"), CL_STR_INIT("application/json")},
    };
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;
    struct cl_http_request request = {.method = "POST",
                                      .headers = headers,
                                      .header_count = CL_COUNT(headers),
                                      .body = CL_STR("{}")};

    trial_begin(state, &trial, &reply, 1);
    request.url = cl_str_of(http_server_url(trial.server));
    assert_ok(trial_send(&trial, &request), &trial.err);
    assert_string_equal(http_server_request(trial.server, 0),
                        "POST / HTTP/1.1\r\nHost: signed.example\r\n"
                        "content-type: application/x-amz-json-1.1\r\nuser-agent: cleat/9\r\n"
                        "accept: application/json\r\nContent-Length: 2\r\n\r\n{}");
    trial_end(&trial);
}

static void sends_large_bodies_without_asking_first(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct cl_buf body = CL_BUF(2000000); /* libcurl asks from 1 MiB on */
    struct trial trial;
    struct cl_http_request request = {.method = "POST"};

    cl_buf_add_repeat(&body, "bbbbbbbbbb", 200000);
    trial_begin(state, &trial, &reply, 1);
    request.url = cl_str_of(http_server_url(trial.server));
    request.body = cl_buf_view(&body);
    assert_ok(trial_send(&trial, &request), &trial.err);
    const char *seen = http_server_request(trial.server, 0);
    expect_no_text(seen, "Expect");
    expect_no_text(seen, "Content-Type");
    assert_int_equal(strlen(strstr(seen, "\r\n\r\n") + 4), 2000000);
    trial_end(&trial);
    cl_buf_cleanup(&body);
}

static void reads_head_answers_of_any_announced_size(void **state)
{
    static const struct http_reply reply = {
        .raw = "HTTP/1.1 200 OK\r\nx-amz-bucket-region: eu-west-1\r\n"
               "Content-Length: 99999999999\r\n\r\n"};
    struct trial trial;
    struct cl_http_request request = {.method = "HEAD"};

    trial_begin(state, &trial, &reply, 1);
    request.url = cl_str_of(http_server_url(trial.server));
    assert_ok(trial_send(&trial, &request), &trial.err);
    assert_str(cl_http_header(&trial.response, "x-amz-bucket-region"), "eu-west-1");
    assert_int_equal(trial.response.body.len, 0);
    assert_ok(trial_send(&trial, &request), &trial.err);
    assert_int_equal(http_server_connections(trial.server), 1);
    trial_end(&trial);
}

static void keeps_connections_alive(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    for (int i = 0; i < 5; i++)
        assert_ok(trial_get(&trial, "/"), &trial.err);
    assert_int_equal(http_server_requests(trial.server), 5);
    assert_int_equal(http_server_connections(trial.server), 1);
    trial_end(&trial);
}

static void survives_connections_that_were_closed_meanwhile(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW, .end = HTTP_CLOSE};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    for (int i = 0; i < 3; i++)
        assert_ok(trial_get(&trial, "/"), &trial.err);
    assert_int_equal(http_server_connections(trial.server), 3);
    trial_end(&trial);
}

static void gives_direct_requests_connections_of_their_own(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;
    struct cl_http_request request = {.method = "GET", .direct = true};

    trial_begin(state, &trial, &reply, 1);
    request.url = cl_str_of(http_server_url(trial.server));
    assert_ok(trial_send(&trial, &request), &trial.err);
    assert_ok(trial_get(&trial, "/"), &trial.err); /* not on the one before */
    assert_int_equal(http_server_connections(trial.server), 2);
    assert_ok(trial_send(&trial, &request), &trial.err); /* nor this on the kept one */
    assert_int_equal(http_server_connections(trial.server), 3);
    assert_ok(trial_get(&trial, "/"), &trial.err);
    assert_int_equal(http_server_connections(trial.server), 3);
    trial_end(&trial);
}

static void gives_up_at_the_requests_own_timeout(void **state)
{
    static const struct http_reply replies[] = {
        {.end = HTTP_HANG},
        {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", .end = HTTP_HANG},
    };
    struct trial trial;
    struct cl_http_request request = {.method = "GET", .timeout_ms = 100};
    char url[128];

    trial_begin(state, &trial, replies, 2);
    (void)snprintf(url, sizeof(url), "%s" CANARY_PATH, http_server_url(trial.server));
    request.url = cl_str_of(url);
    trial.net.call = cl_call_within(&trial.net.call, 20000);
    for (int i = 0; i < 2; i++) {
        int64_t begun_ms = net_fixture_now_ms(&trial.net);
        assert_int_equal(trial_send(&trial, &request), CL_E_UNREACHABLE);
        assert_in_range(net_fixture_now_ms(&trial.net) - begun_ms, 95, 2000);
        expect_text(trial.err.text, "(timeout)");
        expect_no_text(trial.err.text, "CANARY");
    }
    trial_end(&trial);
}

static void gives_up_at_the_calls_deadline(void **state)
{
    static const struct http_reply reply = {.end = HTTP_HANG};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    trial.net.call = cl_call_within(&trial.net.call, 100);
    int64_t begun_ms = net_fixture_now_ms(&trial.net);
    assert_int_equal(trial_get(&trial, CANARY_PATH), CL_E_TIMEOUT);
    assert_in_range(net_fixture_now_ms(&trial.net) - begun_ms, 95, 2000);
    expect_no_text(trial.err.text, "CANARY");
    /* The connection with the late answer must not serve the next request. */
    trial.net.call.deadline_ms = 0;
    trial_end(&trial);
}

/*
 * A clock with which the call is cancelled, as by a signal, while the answer is waited for: late
 * enough that no timer of libcurl's own ends the wait.
 */
static int64_t cancelling_clock(void *ctx)
{
    struct net_fixture *net = ctx;
    struct cl_world real = cl_world_real();
    int64_t now_ms = real.monotonic_ms(NULL);

    if (net->call.deadline_ms != 0 && now_ms > net->call.deadline_ms - 10000 + 300)
        atomic_store(&net->cancelled, true);
    return now_ms;
}

static void stops_soon_after_the_call_is_cancelled(void **state)
{
    static const struct http_reply reply = {.end = HTTP_HANG};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    trial.net.call.cancelled = &trial.net.cancelled;
    trial.net.call = cl_call_within(&trial.net.call, 10000);
    trial.net.world.monotonic_ms = cancelling_clock;
    int64_t begun_ms = net_fixture_now_ms(&trial.net);
    assert_int_equal(trial_get(&trial, CANARY_PATH), CL_E_INTERRUPTED);
    assert_in_range(net_fixture_now_ms(&trial.net) - begun_ms, 290, 900);
    assert_int_equal(http_server_requests(trial.server), 1);
    trial_end(&trial);
}

static void names_host_port_and_cause_of_a_refused_connection(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    char url[64];

    trial_begin(state, &trial, &reply, 1);
    (void)snprintf(url, sizeof(url), "%s", http_server_url(trial.server));
    http_server_free(trial.server);
    trial.server = NULL;
    assert_int_equal(net_fixture_get(&trial.net, url, CANARY_PATH, &response, &trial.err),
                     CL_E_UNREACHABLE);
    expect_text(trial.err.text, url + strlen("http://"));
    expect_text(trial.err.text, "(connect): Connection refused");
    expect_no_text(trial.err.text, "CANARY");
    trial_end(&trial);
}

/* Longer than a label of a domain name may be: the resolver refuses it without asking anybody. */
#define UNKNOWN_HOST "http://aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.test"

static void names_the_host_that_cannot_be_resolved(void **state)
{
    struct net_fixture net;
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_err err = CL_ERR_NONE;

    net_fixture_init(&net, *state);
    assert_int_equal(net_fixture_get(&net, UNKNOWN_HOST, CANARY_PATH, &response, &err),
                     CL_E_UNREACHABLE);
    expect_text(err.text, "gggg.test:80 (dns)");
    expect_no_text(err.text, "CANARY");
    net_fixture_cleanup(&net);
}

static void goes_through_the_proxy_of_the_world(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    net_fixture_set_env(&trial.net, "HTTP_PROXY", http_server_url(trial.server));
    assert_ok(net_fixture_get(&trial.net, "http://service.invalid", "/a//b?c=%2f", &trial.response,
                              &trial.err),
              &trial.err);
    expect_text(http_server_request(trial.server, 0),
                "GET http://service.invalid/a//b?c=%2f HTTP/1.1\r\nHost: service.invalid\r\n");
    trial_end(&trial);
}

static void asks_the_proxy_for_a_tunnel_to_https_hosts(void **state)
{
    static const struct http_reply reply = {.raw =
                                                "HTTP/1.1 403 CANARY\r\nContent-Length: 0\r\n\r\n"};
    static const struct cl_http_header header = {CL_STR_INIT("Authorization"),
                                                 CL_STR_INIT("CANARY")};
    struct cl_http_request request = {.method = "GET",
                                      .url = CL_STR("https://service.invalid/x?CANARY"),
                                      .headers = &header,
                                      .header_count = 1};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    net_fixture_set_env(&trial.net, "HTTPS_PROXY", http_server_url(trial.server));
    assert_int_equal(trial_send(&trial, &request), CL_E_UNREACHABLE);
    expect_text(trial.err.text, "service.invalid:443 through the proxy (proxy): it answered 403");
    expect_text(http_server_request(trial.server, 0), "CONNECT service.invalid:443 HTTP/1.1\r\n");
    expect_no_text(http_server_request(trial.server, 0), "CANARY");
    expect_no_text(trial.err.text, "CANARY");
    trial_end(&trial);
}

static void keeps_loopback_and_direct_requests_off_the_proxy(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct cl_http_request request = {
        .method = "GET", .url = CL_STR(UNKNOWN_HOST "/"), .direct = true};
    struct trial trial;
    struct http_server *proxy = http_server_simple(HTTP_OK_RAW);

    trial_begin(state, &trial, &reply, 1);
    net_fixture_set_env(&trial.net, "HTTP_PROXY", http_server_url(proxy));
    assert_ok(trial_get(&trial, "/"), &trial.err);
    assert_int_equal(trial_send(&trial, &request), CL_E_UNREACHABLE);
    assert_int_equal(http_server_connections(proxy), 0);
    assert_int_equal(http_server_requests(trial.server), 1);
    trial_end(&trial);
    http_server_free(proxy);
}

static void ignores_the_process_environment(void **state)
{
    struct http_server *proxy = http_server_simple(HTTP_OK_RAW);
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct net_fixture net;
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(setenv("http_proxy", http_server_url(proxy), 1), 0);
    assert_int_equal(setenv("all_proxy", http_server_url(proxy), 1), 0);
    net_fixture_init(&net, *state);
    assert_int_equal(net_fixture_get(&net, UNKNOWN_HOST, "/", &response, &err), CL_E_UNREACHABLE);
    assert_int_equal(http_server_connections(proxy), 0);
    assert_int_equal(setenv("no_proxy", "*", 1), 0);
    net_fixture_set_env(&net, "http_proxy", http_server_url(proxy));
    assert_ok(net_fixture_get(&net, UNKNOWN_HOST, "/", &response, &err), &err);
    assert_int_equal(http_server_connections(proxy), 1);
    cl_http_response_cleanup(&response);
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(unsetenv("all_proxy"), 0);
    assert_int_equal(unsetenv("no_proxy"), 0);
    net_fixture_cleanup(&net);
    http_server_free(proxy);
}

static void blocks_addresses_by_what_is_connected_to(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct trial trial;
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    char named[64];

    trial_begin(state, &trial, &reply, 1);
    (void)snprintf(named, sizeof(named), "http://localhost:%d", http_server_port(trial.server));
    trial.net.call.server_mode = true;
    assert_int_equal(trial_get(&trial, CANARY_PATH), CL_E_EGRESS_BLOCKED);
    assert_int_equal(net_fixture_get(&trial.net, named, "/?x=CANARY", &response, &trial.err),
                     CL_E_EGRESS_BLOCKED);
    expect_text(trial.err.text, "'localhost'");
    expect_text(trial.err.text, "loopback");
    expect_no_text(trial.err.text, "CANARY");
    assert_int_equal(http_server_connections(trial.server), 0);
    trial.net.call.server_mode = false;
    assert_ok(net_fixture_get(&trial.net, named, "/", &trial.response, &trial.err), &trial.err);
    trial_end(&trial);
}

static void allows_loopback_in_server_mode_when_told(void **state)
{
    struct cl_curl_options options = *(const struct cl_curl_options *)*state;
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    void *changed = &options;
    struct trial trial;

    options.allow_loopback = true;
    trial_begin(&changed, &trial, &reply, 1);
    trial.net.call.server_mode = true;
    assert_ok(trial_get(&trial, "/"), &trial.err);
    trial_end(&trial);
}

static void refuses_metadata_addresses_unless_direct(void **state)
{
    struct net_fixture net;
    struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_err err = CL_ERR_NONE;

    net_fixture_init(&net, *state);
    assert_int_equal(net_fixture_get(&net, "http://169.254.169.254", "/latest", &response, &err),
                     CL_E_EGRESS_BLOCKED);
    assert_int_equal(net_fixture_get(&net, "http://[fd00:ec2::254]", "/latest", &response, &err),
                     CL_E_EGRESS_BLOCKED);
    net_fixture_cleanup(&net);
}

/* A proxy would connect to them on our behalf. */
static void refuses_literal_addresses_also_through_a_proxy(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    static const struct cl_http_header header = {CL_STR_INIT("Authorization"), CL_STR_INIT("x")};
    struct cl_http_request request = {.method = "GET", .header_count = 1, .headers = &header};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    net_fixture_set_env(&trial.net, "HTTP_PROXY", http_server_url(trial.server));
    request.url = CL_STR("http://169.254.169.254/latest");
    assert_int_equal(trial_send(&trial, &request), CL_E_EGRESS_BLOCKED);
    trial.net.call.server_mode = true;
    request.url = CL_STR("http://169.254.1.1/");
    assert_int_equal(trial_send(&trial, &request), CL_E_EGRESS_BLOCKED);
    request.url = CL_STR("http://service.invalid/"); /* with credentials, on a server */
    assert_int_equal(trial_send(&trial, &request), CL_E_EGRESS_BLOCKED);
    assert_int_equal(http_server_connections(trial.server), 0);
    trial_end(&trial);
}

static void goes_through_the_proxy_of_the_request(void **state)
{
    static const struct http_reply reply = {.raw = HTTP_OK_RAW};
    struct cl_http_request request = {.method = "GET", .url = CL_STR("http://127.0.0.1:1/a")};
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    net_fixture_set_env(&trial.net, "HTTP_PROXY", "http://127.0.0.1:1");
    net_fixture_set_env(&trial.net, "NO_PROXY", "*");
    request.proxy = cl_str_of(http_server_url(trial.server));
    assert_ok(trial_send(&trial, &request), &trial.err);
    expect_text(http_server_request(trial.server, 0), "GET http://127.0.0.1:1/a HTTP/1.1\r\n");
    /* On a server it is an address like any other that users name. */
    trial.net.call.server_mode = true;
    request.url = CL_STR("https://service.invalid/");
    assert_int_equal(trial_send(&trial, &request), CL_E_EGRESS_BLOCKED);
    assert_int_equal(http_server_requests(trial.server), 1);
    trial_end(&trial);
}

/* The first bytes of SOCKS 5 (RFC 1928): version 5, then how many ways there are to log in. */
static void speaks_socks_where_the_request_says_so(void **state)
{
    static const struct http_reply reply = {.raw = "HTTP/1.1 400 No\r\n\r\n", .end = HTTP_CLOSE};
    struct cl_http_request request = {.method = "GET", .url = CL_STR("http://service.invalid/")};
    char proxy[64];
    struct trial trial;

    trial_begin(state, &trial, &reply, 1);
    (void)snprintf(proxy, sizeof(proxy), "socks5://127.0.0.1:%d", http_server_port(trial.server));
    request.proxy = cl_str_of(proxy);
    request.timeout_ms = 500;
    assert_int_equal(trial_send(&trial, &request), CL_E_UNREACHABLE);
    assert_int_equal(http_server_connections(trial.server), 1);
    /* Not "dns": the name is the proxy's to look up. */
    assert_null(strstr(trial.err.text, "(dns)"));
    trial_end(&trial);
}

static void costs_nothing_when_never_used(void **state)
{
    struct cl_transport *transport = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_curl_transport_new(*state, &transport, &err), &err);
    cl_curl_transport_free(transport);
    cl_curl_transport_free(NULL);
}

static int in_direct_mode(void **state)
{
    static struct cl_curl_options options = {.threaded = false};

    *state = &options;
    return 0;
}

static int in_threaded_mode(void **state)
{
    static struct cl_curl_options options = {.threaded = true};

    *state = &options;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_status_headers_and_body),
        cmocka_unit_test(understands_every_framing_of_an_answer),
        cmocka_unit_test(never_follows_a_redirect),
        cmocka_unit_test(reports_bad_answers_by_kind),
        cmocka_unit_test(caps_the_body_of_an_answer),
        cmocka_unit_test(caps_the_headers_of_an_answer),
        cmocka_unit_test(sends_exactly_what_was_asked),
        cmocka_unit_test(lets_headers_replace_the_defaults),
        cmocka_unit_test(sends_large_bodies_without_asking_first),
        cmocka_unit_test(reads_head_answers_of_any_announced_size),
        cmocka_unit_test(keeps_connections_alive),
        cmocka_unit_test(survives_connections_that_were_closed_meanwhile),
        cmocka_unit_test(gives_direct_requests_connections_of_their_own),
        cmocka_unit_test(gives_up_at_the_requests_own_timeout),
        cmocka_unit_test(gives_up_at_the_calls_deadline),
        cmocka_unit_test(stops_soon_after_the_call_is_cancelled),
        cmocka_unit_test(names_host_port_and_cause_of_a_refused_connection),
        cmocka_unit_test(names_the_host_that_cannot_be_resolved),
        cmocka_unit_test(goes_through_the_proxy_of_the_world),
        cmocka_unit_test(asks_the_proxy_for_a_tunnel_to_https_hosts),
        cmocka_unit_test(keeps_loopback_and_direct_requests_off_the_proxy),
        cmocka_unit_test(ignores_the_process_environment),
        cmocka_unit_test(blocks_addresses_by_what_is_connected_to),
        cmocka_unit_test(allows_loopback_in_server_mode_when_told),
        cmocka_unit_test(goes_through_the_proxy_of_the_request),
        cmocka_unit_test(speaks_socks_where_the_request_says_so),
        cmocka_unit_test(refuses_metadata_addresses_unless_direct),
        cmocka_unit_test(refuses_literal_addresses_also_through_a_proxy),
        cmocka_unit_test(costs_nothing_when_never_used),
    };

    int failed = cmocka_run_group_tests_name("direct", tests, in_direct_mode, NULL);
    return failed + cmocka_run_group_tests_name("threaded", tests, in_threaded_mode, NULL);
}
