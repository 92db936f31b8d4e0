#include "net/curl_transport.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/digest.h"
#include "http_server.h"
#include "net_fixture.h"
#include "test.h"
#include "test_pair.h"

static const struct http_reply ok_reply = {.raw = HTTP_OK_RAW};

static struct http_server *tls_server(const char *name)
{
    return http_server_new(&(struct http_server_options){
        .replies = &ok_reply, .reply_count = 1, .tls = true, .tls_name = name});
}

/* One GET with its own transport; `env_*` are what the world's variables say. */
struct attempt {
    const char *ca_file;
    const char *ca_pem;
    const char *env_file;
    const char *env_dir;
    bool ca_only;
};

static enum cl_code try_once(const struct http_server *server, struct attempt attempt,
                             struct cl_err *err)
{
    struct cl_curl_options options = {.threaded = false};
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_http_request request = {.method = "GET",
                                      .url = cl_str_of(http_server_url(server)),
                                      .ca_file = attempt.ca_file,
                                      .ca_pem = cl_str_of(attempt.ca_pem),
                                      .ca_only = attempt.ca_only};
    struct net_fixture net;

    net_fixture_init(&net, &options);
    if (attempt.env_file != NULL)
        net_fixture_set_env(&net, "SSL_CERT_FILE", attempt.env_file);
    if (attempt.env_dir != NULL)
        net_fixture_set_env(&net, "SSL_CERT_DIR", attempt.env_dir);
    enum cl_code code = cl_http_send(&net.call, &request, &response, err);
    if (code == CL_OK)
        assert_str(cl_buf_view(&response.body), "ok");
    net_fixture_cleanup(&net);
    return code;
}

static void refuses_a_certificate_of_nobody_it_knows(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct attempt attempt = {.ca_file = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(try_once(server, attempt, &err), CL_E_TLS_UNTRUSTED);
    assert_non_null(strstr(err.text, "is not trusted: self-signed certificate"));
    assert_non_null(strstr(err.text, "(issuer /CN=cleat test, SHA-256 "));
    assert_non_null(strstr(err.text, strrchr(http_server_url(server), ':')));
    assert_non_null(strstr(err.hint, "CA bundle"));
    assert_int_equal(http_server_requests(server), 0);
    http_server_free(server);
}

static void trusts_the_requests_own_ca_file(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct http_server *other = tls_server(NULL);
    struct attempt attempt = {.ca_file = http_server_ca_file(server)};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(try_once(server, attempt, &err), &err);
    assert_int_equal(http_server_requests(server), 1);
    assert_int_equal(try_once(other, attempt, &err), CL_E_TLS_UNTRUSTED);
    http_server_free(server);
    http_server_free(other);
}

static char *content_of(const char *path)
{
    const struct cl_world world = cl_world_real();
    struct cl_buf content = CL_BUF(65536);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(world.read_file(world.ctx, path, &content, &err), &err);
    return content.ptr;
}

static void trusts_certificates_given_as_text(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct http_server *other = tls_server(NULL);
    CL_AUTO(cl_string) char *ours = content_of(http_server_ca_file(server));
    CL_AUTO(cl_string) char *theirs = content_of(http_server_ca_file(other));
    struct attempt attempt = {.ca_pem = ours};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(try_once(server, attempt, &err), &err);
    attempt.ca_pem = theirs;
    assert_int_equal(try_once(server, attempt, &err), CL_E_TLS_UNTRUSTED);
    attempt.ca_file = http_server_ca_file(server);
    assert_ok(try_once(server, attempt, &err), &err);
    attempt = (struct attempt){.ca_pem = ours, .env_file = http_server_ca_file(other)};
    assert_ok(try_once(server, attempt, &err), &err);
    http_server_free(server);
    http_server_free(other);
}

/* A directory with one certificate in it, where OpenSSL looks for it by the hash of its subject. */
static void make_hashed_directory(struct http_server *server, char *directory, char *ret_link,
                                  size_t size)
{
    assert_non_null(mkdtemp(directory));
    (void)snprintf(ret_link, size, "%s/%08lx.0", directory, http_server_ca_hash(server));
    assert_int_equal(symlink(http_server_ca_file(server), ret_link), 0);
}

static void trusts_given_certificates_alone_where_told_to(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct http_server *other = tls_server(NULL);
    CL_AUTO(cl_string) char *ours = content_of(http_server_ca_file(server));
    struct test_pair pair = test_pair_new("jane"); /* not the server's name: it would hide it */
    const char *theirs = pair.certificate;
    char directory[] = "/tmp/cleat-test-XXXXXX";
    char link_path[64];
    const char *ours_file = http_server_ca_file(server);
    const char *theirs_file = http_server_ca_file(other);

    (void)state;
    make_hashed_directory(server, directory, link_path, sizeof(link_path));
    const struct {
        struct attempt attempt;
        enum cl_code code;
    } rows[] = {
        {{.ca_only = true, .ca_pem = ours}, CL_OK},
        {{.ca_only = true, .ca_file = ours_file}, CL_OK},
        {{.ca_only = true, .ca_pem = theirs, .ca_file = ours_file}, CL_OK},
        {{.ca_only = true, .ca_pem = ours, .env_file = "/nonexistent/ca.pem"}, CL_OK},
        {{.ca_only = true, .ca_pem = theirs, .env_file = ours_file}, CL_E_TLS_UNTRUSTED},
        {{.ca_only = true, .ca_file = theirs_file, .env_file = ours_file}, CL_E_TLS_UNTRUSTED},
        {{.ca_only = true, .ca_pem = theirs, .env_dir = directory}, CL_E_TLS_UNTRUSTED},
        {{.ca_only = true, .env_file = ours_file, .env_dir = directory}, CL_E_TLS_UNTRUSTED},
        {{.ca_pem = theirs, .env_file = ours_file}, CL_OK},
        /* a block in memory comes beside the directory, not instead of it; but OpenSSL looks for no
         * name in the directory that it has already */
        {{.env_dir = directory}, CL_OK},
        {{.ca_pem = theirs, .env_dir = directory}, CL_OK},
    };
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(try_once(server, rows[i].attempt, &err), rows[i].code);
    }
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(rmdir(directory), 0);
    http_server_free(server);
    http_server_free(other);
    test_pair_free(&pair);
}

static void says_that_given_certificates_cannot_be_read(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct attempt attempt = {.ca_pem = "no certificate"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(try_once(server, attempt, &err), CL_E_TLS_UNTRUSTED);
    assert_non_null(strstr(err.text, "cannot load the given CA certificates"));
    assert_non_null(strstr(err.hint, "PEM"));
    assert_int_equal(http_server_requests(server), 0);
    http_server_free(server);
}

static void refuses_a_certificate_for_another_name(void **state)
{
    struct http_server *server = tls_server("other.example");
    struct attempt attempt = {.ca_file = http_server_ca_file(server)};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(try_once(server, attempt, &err), CL_E_TLS_UNTRUSTED);
    assert_non_null(strstr(err.text, "it is not valid for this host name"));
    assert_int_equal(http_server_requests(server), 0);
    http_server_free(server);
}

static void honours_the_variables_of_openssl(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct http_server *other = tls_server(NULL);
    const char *ours = http_server_ca_file(server);
    const char *theirs = http_server_ca_file(other);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(try_once(server, (struct attempt){.env_file = ours}, &err), &err);
    assert_int_equal(try_once(server, (struct attempt){.env_file = theirs}, &err),
                     CL_E_TLS_UNTRUSTED);
    /* Besides a request's own file, not instead of it. */
    assert_ok(try_once(server, (struct attempt){.ca_file = theirs, .env_file = ours}, &err), &err);
    assert_ok(try_once(server, (struct attempt){.ca_file = ours, .env_file = theirs}, &err), &err);
    assert_ok(try_once(server, (struct attempt){.ca_file = ours, .env_file = ""}, &err), &err);
    assert_ok(try_once(server, (struct attempt){.ca_file = "", .env_file = ours}, &err), &err);
    http_server_free(server);
    http_server_free(other);
}

static void finds_certificates_in_a_hashed_directory(void **state)
{
    struct http_server *server = tls_server(NULL);
    char directory[] = "/tmp/cleat-test-XXXXXX";
    char link_path[64];
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    make_hashed_directory(server, directory, link_path, sizeof(link_path));
    struct attempt attempt = {.env_dir = directory};
    assert_ok(try_once(server, attempt, &err), &err);
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(try_once(server, attempt, &err), CL_E_TLS_UNTRUSTED);
    assert_int_equal(rmdir(directory), 0);
    http_server_free(server);
}

static void names_a_ca_file_that_cannot_be_used(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct attempt attempts[] = {
        {.ca_file = "/nonexistent/ca.pem"},
        {.env_file = "/nonexistent/ca.pem"},
        {.ca_file = http_server_ca_file(server), .env_file = "/nonexistent/ca.pem"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(attempts); i++) {
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(try_once(server, attempts[i], &err), CL_E_TLS_UNTRUSTED);
        assert_non_null(strstr(err.text, "CA certificates"));
        assert_non_null(strstr(err.text, "/nonexistent/ca.pem"));
    }
    http_server_free(server);
}

static void tells_a_server_without_tls(void **state)
{
    struct http_server *server =
        http_server_simple("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_curl_options options = {.threaded = false};
    struct net_fixture net;
    struct cl_err err = CL_ERR_NONE;
    char url[64];

    (void)state;
    net_fixture_init(&net, &options);
    net.call = cl_call_within(&net.call, 2000);
    (void)snprintf(url, sizeof(url), "https://127.0.0.1:%d", http_server_port(server));
    enum cl_code code = net_fixture_get(&net, url, "/", &response, &err);
    /* The server waits for the end of what it takes for a request, so the deadline may come. */
    assert_true(code == CL_E_UNREACHABLE || code == CL_E_TIMEOUT);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

static void keeps_tls_connections_alive(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct cl_curl_options options = {.threaded = true};
    struct net_fixture net;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    net_fixture_init(&net, &options);
    net_fixture_set_env(&net, "SSL_CERT_FILE", http_server_ca_file(server));
    for (int i = 0; i < 5; i++) {
        CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
        assert_ok(net_fixture_get(&net, http_server_url(server), "/", &response, &err), &err);
    }
    assert_int_equal(http_server_connections(server), 1);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

/* A connection that was trusted by one request's file must not carry a request without it. */
static void does_not_share_connections_across_trust(void **state)
{
    struct http_server *server = tls_server(NULL);
    struct cl_curl_options options = {.threaded = false};
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_http_request request = {.method = "GET",
                                      .url = cl_str_of(http_server_url(server)),
                                      .ca_file = http_server_ca_file(server)};
    struct net_fixture net;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    net_fixture_init(&net, &options);
    assert_ok(cl_http_send(&net.call, &request, &response, &err), &err);
    cl_http_response_cleanup(&response);
    request.ca_file = NULL;
    assert_int_equal(cl_http_send(&net.call, &request, &response, &err), CL_E_TLS_UNTRUSTED);
    net_fixture_cleanup(&net);
    http_server_free(server);
}

/* --- client certificates --------------------------------------------------------------------- */

static struct http_server *demanding_server(const struct test_pair *pair)
{
    return http_server_new(&(struct http_server_options){
        .replies = &ok_reply, .reply_count = 1, .tls = true, .client_ca = pair->certificate});
}

/* A GET that trusts the server; `request` says the rest. */
static enum cl_code try_request(const struct http_server *server, struct cl_http_request request,
                                struct cl_err *err)
{
    struct cl_curl_options options = {.threaded = false};
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct net_fixture net;

    request.method = "GET";
    if (request.url.len == 0)
        request.url = cl_str_of(http_server_url(server));
    if (!request.insecure)
        request.ca_file = http_server_ca_file(server);
    net_fixture_init(&net, &options);
    enum cl_code code = cl_http_send(&net.call, &request, &response, err);
    if (code == CL_OK)
        assert_str(cl_buf_view(&response.body), "ok");
    net_fixture_cleanup(&net);
    return code;
}

static struct cl_http_request showing(const struct test_pair *cert, const struct test_pair *key)
{
    return (struct cl_http_request){.client_cert_pem = cl_str_of(cert->certificate),
                                    .client_key_pem = cl_str_of(key->key)};
}

static void shows_a_client_certificate_from_memory(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct http_server *server = demanding_server(&pair);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(try_request(server, showing(&pair, &pair), &err), &err);
    http_server_free(server);
    test_pair_free(&pair);
}

static void tells_that_the_server_turns_the_certificate_down(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct test_pair other = test_pair_new("joe");
    struct http_server *server = demanding_server(&pair);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(try_request(server, showing(&other, &other), &err), CL_E_REJECTED);
    assert_non_null(strstr(err.text, "refused the client certificate: it is"));
    assert_int_equal(try_request(server, (struct cl_http_request){.method = NULL}, &err),
                     CL_E_REJECTED);
    assert_non_null(strstr(err.text, "wants a client certificate: one is required"));
    assert_int_equal(http_server_requests(server), 0);
    http_server_free(server);
    test_pair_free(&pair);
    test_pair_free(&other);
}

static void says_that_a_client_certificate_cannot_be_used(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct test_pair other = test_pair_new("joe");
    struct test_pair broken = {.certificate = strdup("none"), .key = strdup("none")};
    struct http_server *server = demanding_server(&pair);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(try_request(server, showing(&pair, &other), &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "or its key is another's"));
    assert_int_equal(try_request(server, showing(&pair, &broken), &err), CL_E_INVALID);
    assert_int_equal(try_request(server, showing(&broken, &pair), &err), CL_E_INVALID);
    assert_int_equal(http_server_requests(server), 0);
    http_server_free(server);
    test_pair_free(&pair);
    test_pair_free(&other);
    test_pair_free(&broken);
}

/* A connection that was opened with a certificate must not carry a request without it. */
static void does_not_share_connections_across_client_certificates(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct http_server *server = demanding_server(&pair);
    struct cl_curl_options options = {.threaded = false};
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    struct cl_http_request request = showing(&pair, &pair);
    struct net_fixture net;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    request.method = "GET";
    request.url = cl_str_of(http_server_url(server));
    request.ca_file = http_server_ca_file(server);
    net_fixture_init(&net, &options);
    assert_ok(cl_http_send(&net.call, &request, &response, &err), &err);
    cl_http_response_cleanup(&response);
    request.client_cert_pem = request.client_key_pem = CL_STR_NONE;
    assert_int_equal(cl_http_send(&net.call, &request, &response, &err), CL_E_REJECTED);
    net_fixture_cleanup(&net);
    http_server_free(server);
    test_pair_free(&pair);
}

/* --- names --------------------------------------------------------------------------------- */

static void verifies_the_name_it_is_told_to(void **state)
{
    struct http_server *server = tls_server("other.example");
    struct cl_http_request request = {.tls_name = CL_STR("other.example")};
    struct cl_err err = CL_ERR_NONE;
    char url[64];

    (void)state;
    (void)snprintf(url, sizeof(url), "%s/a/b?c=d", http_server_url(server));
    request.url = cl_str_of(url);
    assert_ok(try_request(server, request, &err), &err);
    const char *sent = http_server_request(server, 0);
    (void)snprintf(url, sizeof(url), "Host: 127.0.0.1:%d\r\n", http_server_port(server));
    assert_non_null(strstr(sent, "GET /a/b?c=d HTTP/1.1\r\n"));
    assert_non_null(strstr(sent, url));
    assert_null(strstr(sent, "other.example"));
    request.url = CL_STR_NONE;
    request.tls_name = CL_STR("another.example");
    assert_int_equal(try_request(server, request, &err), CL_E_TLS_UNTRUSTED);
    assert_non_null(strstr(err.text, "127.0.0.1"));
    http_server_free(server);
}

static void takes_any_certificate_when_told_to(void **state)
{
    struct http_server *server = tls_server("other.example");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(try_request(server, (struct cl_http_request){.insecure = true}, &err), &err);
    http_server_free(server);
}

/* Before the test's own server starts OpenSSL: whoever is first decides about the file. */
static int initialise(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    return cl_crypto_init(&err) == CL_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_certificate_of_nobody_it_knows),
        cmocka_unit_test(trusts_the_requests_own_ca_file),
        cmocka_unit_test(trusts_certificates_given_as_text),
        cmocka_unit_test(trusts_given_certificates_alone_where_told_to),
        cmocka_unit_test(says_that_given_certificates_cannot_be_read),
        cmocka_unit_test(refuses_a_certificate_for_another_name),
        cmocka_unit_test(honours_the_variables_of_openssl),
        cmocka_unit_test(finds_certificates_in_a_hashed_directory),
        cmocka_unit_test(names_a_ca_file_that_cannot_be_used),
        cmocka_unit_test(tells_a_server_without_tls),
        cmocka_unit_test(keeps_tls_connections_alive),
        cmocka_unit_test(does_not_share_connections_across_trust),
        cmocka_unit_test(shows_a_client_certificate_from_memory),
        cmocka_unit_test(tells_that_the_server_turns_the_certificate_down),
        cmocka_unit_test(says_that_a_client_certificate_cannot_be_used),
        cmocka_unit_test(does_not_share_connections_across_client_certificates),
        cmocka_unit_test(verifies_the_name_it_is_told_to),
        cmocka_unit_test(takes_any_certificate_when_told_to),
    };

    return cmocka_run_group_tests(tests, initialise, NULL);
}
