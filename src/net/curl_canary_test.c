#include "net/curl_transport.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http_server.h"
#include "memory_scan.h"
#include "net_fixture.h"
#include "test.h"

/* "CANARY-token-3f9c", every byte XOR MEMORY_MARKER_KEY: this program does not hold it. */
static const char encoded[] =
    "\x19\x1b\x14\x1b\x08\x03\x77\x2e\x35\x31\x3f\x34\x77\x69\x3c\x63\x39";

/* The servers run in a process of their own, because they do not wipe what they receive. */
struct remote {
    pid_t pid;
    int stop; /* closing it ends them */
    char plain_url[64];
    char tls_url[64];
    char ca_file[64];
};

static void answer_with_marker(struct cl_buf *ret)
{
    cl_buf_add_c(ret, "HTTP/1.1 200 OK\r\nx-token: ");
    memory_marker(encoded, ret);
    cl_buf_addf(ret, "\r\nContent-Length: %zu\r\n\r\n", strlen(encoded));
    memory_marker(encoded, ret);
}

static void serve_until_closed(int tell, int stop)
{
    struct cl_buf raw = CL_BUF_SECRET(1000);
    struct http_reply reply = {.raw = NULL};
    struct http_server_options options = {.replies = &reply, .reply_count = 1};
    struct remote told = {.pid = 0};
    char none;

    answer_with_marker(&raw);
    reply.raw = raw.ptr;
    struct http_server *plain = http_server_new(&options);
    options.tls = true;
    struct http_server *tls = http_server_new(&options);
    (void)snprintf(told.plain_url, sizeof(told.plain_url), "%s", http_server_url(plain));
    (void)snprintf(told.tls_url, sizeof(told.tls_url), "%s", http_server_url(tls));
    (void)snprintf(told.ca_file, sizeof(told.ca_file), "%s", http_server_ca_file(tls));
    if (write(tell, &told, sizeof(told)) == (ssize_t)sizeof(told))
        (void)!read(stop, &none, 1);
    http_server_free(plain);
    http_server_free(tls);
    cl_buf_cleanup(&raw);
}

/* Called before this process has threads. */
static int start_remote(void **state)
{
    static struct remote remote;
    int tell[2];
    int stop[2];

    if (pipe(tell) != 0 || pipe(stop) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(stop[1]);
        serve_until_closed(tell[1], stop[0]);
        _exit(0);
    }
    (void)close(tell[1]);
    (void)close(stop[0]);
    if (pid < 0 || read(tell[0], &remote, sizeof(remote)) != (ssize_t)sizeof(remote))
        return -1;
    remote.pid = pid;
    remote.stop = stop[1];
    *state = &remote;
    return close(tell[0]);
}

static int stop_remote(void **state)
{
    const struct remote *remote = *state;
    int status = -1;

    (void)close(remote->stop);
    return waitpid(remote->pid, &status, 0) == remote->pid ? status : -1;
}

/* A token in a header, in the body and in the query; the answer holds it twice. */
static void exchange_tokens(const struct net_fixture *net, const char *server, const char *ca_file)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_buf token = CL_BUF_SECRET(100);
    struct cl_buf url = CL_BUF_SECRET(200);
    struct cl_err err = CL_ERR_NONE;

    memory_marker(encoded, &token);
    cl_buf_add_c(&url, server);
    cl_buf_add_c(&url, "/?X-Amz-Security-Token=");
    memory_marker(encoded, &url);
    struct cl_http_header header = {CL_STR("Authorization"), cl_buf_view(&token)};
    struct cl_http_request request = {.method = "POST",
                                      .url = cl_buf_view(&url),
                                      .headers = &header,
                                      .header_count = 1,
                                      .body = cl_buf_view(&token),
                                      .ca_file = ca_file};
    assert_ok(cl_http_send(&net->call, &request, &response, &err), &err);
    assert_true(cl_str_eq(cl_buf_view(&response.body), cl_buf_view(&token)));
    assert_true(cl_str_eq(cl_http_header(&response, "x-token"), cl_buf_view(&token)));
    cl_buf_cleanup(&token);
    cl_buf_cleanup(&url);
}

static void exchange_in_both_modes(const char *url, const char *ca_file)
{
    static const bool modes[] = {false, true};
    struct net_fixture nets[CL_COUNT(modes)];

    for (size_t i = 0; i < CL_COUNT(modes); i++) {
        struct cl_curl_options options = {.threaded = modes[i]};

        net_fixture_init(&nets[i], &options);
        exchange_tokens(&nets[i], url, ca_file);
    }
    assert_int_equal(memory_count(encoded), 0); /* though the connections are still open */
    for (size_t i = 0; i < CL_COUNT(modes); i++)
        net_fixture_cleanup(&nets[i]);
}

static void finds_what_is_in_memory(void **state)
{
    struct cl_buf token = CL_BUF_SECRET(100);

    (void)state;
    memory_marker(encoded, &token);
    assert_int_equal(memory_count(encoded), 1);
    cl_buf_cleanup(&token);
}

static void leaves_no_secret_in_memory(void **state)
{
    const struct remote *remote = *state;

    exchange_in_both_modes(remote->plain_url, NULL);
}

static void leaves_no_secret_in_memory_over_tls(void **state)
{
    const struct remote *remote = *state;

    exchange_in_both_modes(remote->tls_url, remote->ca_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_in_memory),
        cmocka_unit_test(leaves_no_secret_in_memory),
        cmocka_unit_test(leaves_no_secret_in_memory_over_tls),
    };

    return cmocka_run_group_tests(tests, start_remote, stop_remote);
}
