#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/ssh.h"
#include "ssh_test_key.h"
#include "test.h"

/*
 * What can be shown without an SSH server; tests/e2e/test_hyperai.py has OpenSSH's. The clock is
 * this file's: it moves by `pace_ms` at each look, so that waiting for a deadline takes no time.
 */

struct bench {
    struct cl_world world;
    struct cl_call call;
    atomic_llong clock_ms;
    int64_t pace_ms;
};

static int64_t look_at_clock(void *ctx)
{
    struct bench *bench = ctx;

    return (int64_t)atomic_fetch_add(&bench->clock_ms, bench->pace_ms);
}

static void bench_init(struct bench *bench)
{
    *bench = (struct bench){.world = cl_world_real(), .pace_ms = 1};
    bench->world.monotonic_ms = look_at_clock;
    bench->world.ctx = bench;
    bench->call = (struct cl_call){.world = &bench->world, .actor = "tester"};
}

/* A listening socket of 127.0.0.1; connections to it are made, and nobody says anything. */
static int listen_somewhere(int *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static int closed_port(void)
{
    int port = 0;

    (void)close(listen_somewhere(&port));
    return port;
}

static struct cl_ssh_visit visit_to(int port)
{
    return (struct cl_ssh_visit){.host = CL_STR("127.0.0.1"), .port = port};
}

static enum cl_code visit(const struct bench *bench, const struct cl_ssh_visit *visits,
                          size_t count, struct cl_ssh_seen *seen, struct cl_err *err)
{
    const struct cl_ssh_round round = {.visits = visits, .count = count};

    return cl_ssh_real()->visit(NULL, &bench->call, &round, seen, err);
}

static void says_that_nobody_listens(void **state)
{
    struct bench bench;
    struct cl_ssh_visit visits[20];
    struct cl_ssh_seen seen[20] = {{.host_key = NULL}};
    struct cl_err err = CL_ERR_NONE;
    atomic_int requests = 0;
    int port = closed_port();

    (void)state;
    bench_init(&bench);
    bench.call.upstream_requests = &requests;
    for (size_t i = 0; i < CL_COUNT(visits); i++)
        visits[i] = visit_to(port);
    assert_ok(visit(&bench, visits, CL_COUNT(visits), seen, &err), &err);
    for (size_t i = 0; i < CL_COUNT(visits); i++) {
        assert_int_equal(seen[i].error.code, CL_E_UNREACHABLE);
        assert_non_null(strstr(seen[i].error.text, "Connection refused"));
        assert_null(seen[i].host_key);
    }
    assert_int_equal(requests, CL_COUNT(visits));
}

static void gives_up_on_a_server_that_says_nothing(void **state)
{
    struct bench bench;
    struct cl_ssh_seen seen = {.host_key = NULL};
    struct cl_err err = CL_ERR_NONE;
    int port = 0;
    int listener = listen_somewhere(&port);
    struct cl_ssh_visit silent = visit_to(port);

    (void)state;
    bench_init(&bench);
    bench.pace_ms = 1000;
    assert_ok(visit(&bench, &silent, 1, &seen, &err), &err);
    assert_int_equal(seen.error.code, CL_E_UNREACHABLE);
    assert_non_null(strstr(seen.error.text, "in time"));
    (void)close(listener);
}

static void keeps_to_the_deadline_of_the_call(void **state)
{
    struct bench bench;
    struct cl_ssh_seen seen = {.host_key = NULL};
    struct cl_err err = CL_ERR_NONE;
    int port = 0;
    int listener = listen_somewhere(&port);
    struct cl_ssh_visit silent = visit_to(port);

    (void)state;
    bench_init(&bench);
    bench.pace_ms = 100;
    bench.call.deadline_ms = 2000;
    assert_int_equal(visit(&bench, &silent, 1, &seen, &err), CL_E_TIMEOUT);
    (void)close(listener);
}

static void stops_when_cancelled(void **state)
{
    struct bench bench;
    struct cl_ssh_seen seen = {.host_key = NULL};
    struct cl_err err = CL_ERR_NONE;
    atomic_bool cancelled = true;
    int port = 0;
    int listener = listen_somewhere(&port);
    struct cl_ssh_visit silent = visit_to(port);

    (void)state;
    bench_init(&bench);
    bench.call.cancelled = &cancelled;
    assert_int_equal(visit(&bench, &silent, 1, &seen, &err), CL_E_INTERRUPTED);
    (void)close(listener);
}

static void calls_nobody_whom_a_server_must_not_call(void **state)
{
    struct bench bench;
    struct cl_ssh_seen seen = {.host_key = NULL};
    struct cl_err err = CL_ERR_NONE;
    int port = 0;
    int listener = listen_somewhere(&port);
    struct cl_ssh_visit silent = visit_to(port);

    (void)state;
    bench_init(&bench);
    bench.call.server_mode = true;
    assert_ok(visit(&bench, &silent, 1, &seen, &err), &err);
    assert_int_equal(seen.error.code, CL_E_EGRESS_BLOCKED);
    (void)close(listener);
}

struct speaker {
    int listener;
    const char *says;
};

/* Greets once and hangs up. */
static void *speak(void *ctx)
{
    const struct speaker *speaker = ctx;
    int peer = accept(speaker->listener, NULL, NULL);
    char ignored[256];

    assert_true(peer >= 0);
    assert_true(write(peer, speaker->says, strlen(speaker->says)) > 0);
    (void)shutdown(peer, SHUT_WR);
    while (read(peer, ignored, sizeof(ignored)) > 0)
        continue;
    (void)close(peer);
    return NULL;
}

static void names_what_is_no_ssh_server(void **state)
{
    static const char *const greetings[] = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-x\r\n",
        "SSH-1.5-old\r\n",
        "\xff\xfe\x1b[31m\r\n",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(greetings); i++) {
        struct bench bench;
        struct cl_ssh_seen seen = {.host_key = NULL};
        struct cl_err err = CL_ERR_NONE;
        struct speaker speaker = {.says = greetings[i]};
        pthread_t thread;
        int port = 0;

        bench_init(&bench);
        speaker.listener = listen_somewhere(&port);
        struct cl_ssh_visit wrong = visit_to(port);
        assert_int_equal(pthread_create(&thread, NULL, speak, &speaker), 0);
        assert_ok(visit(&bench, &wrong, 1, &seen, &err), &err);
        assert_int_equal(seen.error.code, CL_E_PROVIDER);
        assert_null(strchr(seen.error.text, '\x1b'));
        assert_int_equal(pthread_join(thread, NULL), 0);
        (void)close(speaker.listener);
    }
}

static void visits_nobody_with_a_key_that_cannot_be_used(void **state)
{
    static const struct {
        const char *passphrase;
        const char *certificate;
        const char *word;
    } cases[] = {
        {NULL, "", "needs a passphrase"},
        {"wrong", "", "does not open"},
        {"open sesame", "ssh-ed25519-cert-v01@openssh.com AAAA", "no SSH certificate"},
        {"open sesame", "rubbish", "no SSH certificate"},
    };
    char *pem = ssh_test_key("ed25519", "open sesame");
    struct cl_ssh_visit nowhere = visit_to(1);
    struct bench bench;

    (void)state;
    bench_init(&bench);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_secret) struct cl_secret *key = NULL;
        CL_AUTO(cl_secret) struct cl_secret *phrase = NULL;
        struct cl_ssh_seen seen = {.host_key = NULL};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_secret_new(cl_str_of(pem), &key, &err), &err);
        if (cases[i].passphrase != NULL)
            assert_ok(cl_secret_new(cl_str_of(cases[i].passphrase), &phrase, &err), &err);
        struct cl_ssh_login login = {.user = CL_STR("me"),
                                     .key = key,
                                     .passphrase = phrase,
                                     .certificate = cl_str_of(cases[i].certificate)};
        struct cl_ssh_round round = {.login = &login, .visits = &nowhere, .count = 1};
        assert_int_equal(cl_ssh_real()->visit(NULL, &bench.call, &round, &seen, &err),
                         CL_E_INVALID);
        assert_non_null(strstr(err.text, cases[i].word));
        assert_int_equal(seen.error.code, CL_OK);
    }
    ssh_test_key_free(pem);
}

static void survives_the_lack_of_memory(void **state)
{
    struct cl_ssh_visit nobody = visit_to(closed_port());
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK && nth < 100) {
        struct bench bench;
        struct cl_ssh_seen seen = {.host_key = NULL};
        struct cl_err err = CL_ERR_NONE;

        bench_init(&bench);
        (void)cl_alloc_fail_at(++nth);
        code = visit(&bench, &nobody, 1, &seen, &err);
        (void)cl_alloc_fail_at(0);
        if (code == CL_OK && seen.error.code != CL_E_UNREACHABLE)
            code = seen.error.code;
        assert_true(code == CL_OK || code == CL_E_FAILED);
        cl_ssh_seen_cleanup(&seen);
    }
    assert_true(nth > 1 && nth < 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_that_nobody_listens),
        cmocka_unit_test(gives_up_on_a_server_that_says_nothing),
        cmocka_unit_test(keeps_to_the_deadline_of_the_call),
        cmocka_unit_test(stops_when_cancelled),
        cmocka_unit_test(calls_nobody_whom_a_server_must_not_call),
        cmocka_unit_test(names_what_is_no_ssh_server),
        cmocka_unit_test(visits_nobody_with_a_key_that_cannot_be_used),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
