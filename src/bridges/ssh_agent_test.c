#include "bridges/ssh_agent.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "fake_world.h"
#include "ssh_test_key.h"
#include "temp_dir.h"
#include "test.h"

#define LIST CL_STR("\x0b")

struct bench {
    struct fake_world *fake;
    struct cl_ssh_agent agent;
};

static void bench_init(struct bench *bench, const char *kind)
{
    char *pem = ssh_test_key(kind, NULL);
    struct cl_err err = CL_ERR_NONE;

    *bench = (struct bench){.fake = fake_world_new()};
    bench->agent.world = fake_world(bench->fake);
    bench->agent.identity = (struct cl_buf)CL_BUF(CL_SSH_BLOB_MAX);
    assert_ok(cl_ssh_pair_read(cl_str_of(pem), NULL, &bench->agent.pair, &err), &err);
    assert_ok(cl_ssh_pair_public(bench->agent.pair, &bench->agent.identity, &err), &err);
    assert_ok(cl_str_dup(CL_STR("gpus"), &bench->agent.comment, &err), &err);
    ssh_test_key_free(pem);
}

static void bench_cleanup(struct bench *bench)
{
    cl_ssh_agent_cleanup(&bench->agent);
    fake_world_free(bench->fake);
}

/* The answer's bytes behind its length, which must be right. */
static struct cl_str ask(const struct bench *bench, struct cl_str request, struct cl_buf *reply)
{
    cl_buf_truncate(reply, 0);
    cl_ssh_agent_answer(&bench->agent, request, reply);
    struct cl_ssh_reader reader = CL_SSH_READER(cl_buf_view(reply));
    struct cl_str body = cl_ssh_read_string(&reader);
    assert_true(cl_ssh_read_all(&reader));
    return body;
}

static void add_request(struct cl_buf *request, struct cl_str blob, uint32_t flags)
{
    cl_buf_add_char(request, 13);
    cl_buf_add_ssh_string(request, blob);
    cl_buf_add_ssh_string(request, CL_STR("data"));
    cl_buf_add_ssh_u32(request, flags);
}

static void lists_its_one_key(void **state)
{
    struct bench bench;
    CL_AUTO(cl_buf) struct cl_buf reply = CL_BUF(8192);

    (void)state;
    bench_init(&bench, "ed25519");
    struct cl_ssh_reader reader = CL_SSH_READER(ask(&bench, LIST, &reply));
    assert_int_equal(cl_ssh_read_byte(&reader), 12);
    assert_int_equal(cl_ssh_read_u32(&reader), 1);
    assert_true(cl_str_eq(cl_ssh_read_string(&reader), cl_buf_view(&bench.agent.identity)));
    assert_str(cl_ssh_read_string(&reader), "gpus");
    assert_true(cl_ssh_read_all(&reader));
    bench_cleanup(&bench);
}

static void check_signature(struct cl_str bytes, const char *algorithm)
{
    struct cl_ssh_reader signature = CL_SSH_READER(bytes);

    assert_str(cl_ssh_read_string(&signature), algorithm);
    assert_true(cl_ssh_read_string(&signature).len > 0);
}

static void signs_with_it_as_asked(void **state)
{
    static const struct {
        const char *kind;
        uint32_t flags;
        const char *algorithm; /* NULL: refused */
    } cases[] = {
        {"ed25519", 0, "ssh-ed25519"},   {"ec-256", 0, "ecdsa-sha2-nistp256"},
        {"rsa-2048", 2, "rsa-sha2-256"}, {"rsa-2048", 4, "rsa-sha2-512"},
        {"rsa-2048", 6, "rsa-sha2-512"}, {"rsa-2048", 0, NULL}, /* SHA-1 */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct bench bench;
        CL_AUTO(cl_buf) struct cl_buf request = CL_BUF(8192);
        CL_AUTO(cl_buf) struct cl_buf reply = CL_BUF(8192);

        bench_init(&bench, cases[i].kind);
        add_request(&request, cl_buf_view(&bench.agent.identity), cases[i].flags);
        struct cl_ssh_reader reader = CL_SSH_READER(ask(&bench, cl_buf_view(&request), &reply));
        assert_int_equal(cl_ssh_read_byte(&reader), cases[i].algorithm == NULL ? 5 : 14);
        if (cases[i].algorithm != NULL)
            check_signature(cl_ssh_read_string(&reader), cases[i].algorithm);
        assert_true(cl_ssh_read_all(&reader));
        bench_cleanup(&bench);
    }
}

static void signs_for_a_certificate_by_either_name(void **state)
{
    struct bench bench;
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&bench, "ed25519");
    assert_ok(cl_ssh_pair_public(bench.agent.pair, &plain, &err), &err);
    cl_buf_add_c(&bench.agent.identity, "as if it were a certificate");
    struct cl_str blobs[] = {cl_buf_view(&plain), cl_buf_view(&bench.agent.identity)};
    for (size_t i = 0; i < CL_COUNT(blobs); i++) {
        CL_AUTO(cl_buf) struct cl_buf request = CL_BUF(8192);
        CL_AUTO(cl_buf) struct cl_buf reply = CL_BUF(8192);
        add_request(&request, blobs[i], 0);
        assert_int_equal(ask(&bench, cl_buf_view(&request), &reply).ptr[0], 14);
    }
    bench_cleanup(&bench);
}

static void refuses_everything_else(void **state)
{
    static const struct cl_str requests[] = {
        CL_STR_INIT(""),
        CL_STR_INIT("\x01"),
        CL_STR_INIT("\x11\0\0\0\x01x"),
        CL_STR_INIT("\x13"),
        CL_STR_INIT("\x1b"),
        CL_STR_INIT("\x0d"),
        CL_STR_INIT("\xff"),
        CL_STR_INIT("\x0d\0\0\0\1"),
        CL_STR_INIT("\x0d\0\0\0\1x\0\0\0\1y\0\0\0\0"),
    };
    struct bench bench;

    (void)state;
    bench_init(&bench, "ed25519");
    for (size_t i = 0; i < CL_COUNT(requests); i++) {
        CL_AUTO(cl_buf) struct cl_buf reply = CL_BUF(8192);
        assert_str(ask(&bench, requests[i], &reply), "\x05");
    }
    bench_cleanup(&bench);
}

static void holds_nothing_once_it_has_ended(void **state)
{
    struct bench bench;
    CL_AUTO(cl_buf) struct cl_buf request = CL_BUF(8192);
    CL_AUTO(cl_buf) struct cl_buf reply = CL_BUF(8192);

    (void)state;
    bench_init(&bench, "ed25519");
    bench.agent.expires_at = FAKE_START_AT + 60;
    add_request(&request, cl_buf_view(&bench.agent.identity), 0);
    assert_int_equal(ask(&bench, cl_buf_view(&request), &reply).ptr[0], 14);
    fake_set_now(bench.fake, FAKE_START_AT + 60);
    assert_int_equal(ask(&bench, cl_buf_view(&request), &reply).ptr[0], 5);
    assert_true(cl_str_eq(ask(&bench, LIST, &reply), CL_STR("\x0c\0\0\0\0")));
    bench_cleanup(&bench);
}

/* --- over a socket ------------------------------------------------------------------------- */

struct serving {
    struct bench bench;
    pthread_t thread;
    struct sockaddr_un at;
    int listener;
    int ended;
};

static void *serve(void *ctx)
{
    struct serving *serving = ctx;

    cl_ssh_agent_serve(&serving->bench.agent, serving->listener, serving->ended);
    return NULL;
}

static int connect_to(const struct serving *serving)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&serving->at, sizeof(serving->at)), 0);
    return fd;
}

/* First byte of the answer's body; -1: the other side has hung up. */
static int read_answer(int fd)
{
    unsigned char head[5];
    char rest[8192];

    if (recv(fd, head, sizeof(head), MSG_WAITALL) != (ssize_t)sizeof(head))
        return -1;
    struct cl_ssh_reader reader = CL_SSH_READER(cl_str_make((const char *)head, 4));
    size_t more = cl_ssh_read_u32(&reader) - 1;
    assert_true(more < sizeof(rest));
    if (more > 0) /* else it would wait */
        assert_int_equal(recv(fd, rest, more, MSG_WAITALL), more);
    return head[4];
}

static void answers_over_its_socket_until_the_end(void **state)
{
    char *dir = temp_dir_new();
    struct serving serving = {.at = {.sun_family = AF_UNIX}};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    bench_init(&serving.bench, "ed25519");
    (void)snprintf(serving.at.sun_path, sizeof(serving.at.sun_path), "%s/agent", dir);
    assert_ok(cl_ssh_agent_listen(serving.at.sun_path, &serving.listener, &err), &err);
    serving.ended = eventfd(0, EFD_CLOEXEC);
    assert_int_equal(pthread_create(&serving.thread, NULL, serve, &serving), 0);
    int whole = connect_to(&serving);
    int slow = connect_to(&serving);
    int huge = connect_to(&serving);
    /* two messages at once; one in pieces; one that is none */
    assert_int_equal(send(whole, "\0\0\0\1\x0b\0\0\0\1\x01", 10, 0), 10);
    assert_int_equal(send(slow, "\0\0", 2, 0), 2);
    assert_int_equal(send(huge, "\x7f\0\0\0", 4, 0), 4);
    assert_int_equal(read_answer(whole), 12);
    assert_int_equal(read_answer(whole), 5);
    assert_int_equal(read_answer(huge), -1);
    assert_int_equal(send(slow, "\0\1\x0b", 3, 0), 3);
    assert_int_equal(read_answer(slow), 12);
    assert_int_equal(eventfd_write(serving.ended, 1), 0);
    assert_int_equal(pthread_join(serving.thread, NULL), 0);
    assert_int_equal(read_answer(slow), -1);
    (void)close(whole);
    (void)close(slow);
    (void)close(huge);
    (void)close(serving.listener);
    (void)close(serving.ended);
    (void)unlink(serving.at.sun_path);
    temp_dir_remove(dir);
    bench_cleanup(&serving.bench);
}

static void says_why_it_cannot_listen(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(300);
    struct cl_err err = CL_ERR_NONE;
    int fd = -1;

    (void)state;
    cl_buf_add_repeat(&path, "/x", 100);
    assert_int_equal(cl_ssh_agent_listen(path.ptr, &fd, &err), CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "too long"));
    assert_int_equal(cl_ssh_agent_listen("/nonexistent/agent", &fd, &err), CL_E_LOCAL_CONFIG);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_its_one_key),
        cmocka_unit_test(signs_with_it_as_asked),
        cmocka_unit_test(signs_for_a_certificate_by_either_name),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(holds_nothing_once_it_has_ended),
        cmocka_unit_test(answers_over_its_socket_until_the_end),
        cmocka_unit_test(says_why_it_cannot_listen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
