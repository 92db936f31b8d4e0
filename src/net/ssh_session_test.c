#include "net/ssh_session.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "test.h"

/* One visit, with a libssh that this file plays; test_hyperai.py has the real one. */

static struct {
    int answer;
    int connected;
    const char *error;
} script;

static int play_login(ssh_session session, const char *user, ssh_key key)
{
    (void)session;
    (void)user;
    (void)key;
    return script.answer;
}

static int play_list(ssh_session session, const char *user)
{
    (void)session;
    (void)user;
    return SSH_AUTH_METHOD_PASSWORD;
}

static int play_connected(ssh_session session)
{
    (void)session;
    return script.connected;
}

static const char *play_error(void *session)
{
    (void)session;
    return script.error;
}

static void play_end(ssh_session session)
{
    (void)session;
}

static int64_t stand_still(void *ctx)
{
    (void)ctx;
    return 0;
}

static void tells_a_refusal_from_a_lost_connection(void **state)
{
    static const struct {
        int answer;
        int connected;
        const char *error;
        enum cl_code code;
    } cases[] = {
        {SSH_AUTH_SUCCESS, 1, "", CL_OK},
        {SSH_AUTH_DENIED, 1, "", CL_E_REJECTED},
        {SSH_AUTH_PARTIAL, 1, "", CL_E_REJECTED},
        {SSH_AUTH_ERROR, 0, "Socket error: disconnected", CL_E_UNREACHABLE},
        {SSH_AUTH_ERROR, 1, "Invalid packet", CL_E_PROVIDER},
        {SSH_AUTH_ERROR, 0, "Received SSH_MSG_DISCONNECT: 2:Too many authentication failures",
         CL_E_REJECTED},
    };
    static const struct cl_ssh_lib lib = {
        .ssh_userauth_publickey = play_login,
        .ssh_userauth_list = play_list,
        .ssh_is_connected = play_connected,
        .ssh_get_error = play_error,
        .ssh_disconnect = play_end,
        .ssh_free = play_end,
    };
    struct cl_world world = {.monotonic_ms = stand_still};
    struct cl_call call = {.world = &world};
    struct cl_ssh_visit visit = {.host = CL_STR("gpu1"), .port = 22};
    int token = 0;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ssh_seen seen = {.host_key = NULL};
        struct cl_ssh_session session = {.lib = &lib,
                                         .call = &call,
                                         .visit = &visit,
                                         .seen = &seen,
                                         .stage = CL_SSH_LOGGING_IN,
                                         .deadline_ms = 1000,
                                         .fd = -1,
                                         .session = (ssh_session)(void *)&token};
        script.answer = cases[i].answer;
        script.connected = cases[i].connected;
        script.error = cases[i].error;
        cl_ssh_session_step(&session);
        assert_int_equal(session.stage, CL_SSH_DONE);
        assert_int_equal(seen.error.code, cases[i].code);
        if (cases[i].code != CL_OK)
            assert_non_null(strstr(seen.error.text, "'gpu1' port 22"));
        cl_ssh_seen_cleanup(&seen);
    }
}

/* --- several addresses --------------------------------------------------------------------- */

/* A listener of 127.0.0.1; a silent one has a full queue, so that nobody is answered any more. */
struct listener {
    int fd;
    int fillers[16];
    size_t filler_count;
    struct sockaddr_in at;
    struct addrinfo info;
};

static bool is_answered(const struct listener *listener, int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};

    (void)connect(fd, (const struct sockaddr *)&listener->at, sizeof(listener->at));
    return poll(&ready, 1, 0) > 0; /* on loopback an answer is there at once, or never */
}

static void listen_at(struct listener *listener, bool silent)
{
    socklen_t len = sizeof(listener->at);
    bool answered = silent;

    *listener = (struct listener){.at = {.sin_family = AF_INET}};
    listener->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener->fd, (struct sockaddr *)&listener->at, len), 0);
    assert_int_equal(listen(listener->fd, silent ? 0 : 16), 0);
    assert_int_equal(getsockname(listener->fd, (struct sockaddr *)&listener->at, &len), 0);
    listener->info = (struct addrinfo){.ai_family = AF_INET,
                                       .ai_addr = (struct sockaddr *)&listener->at,
                                       .ai_addrlen = sizeof(listener->at)};
    while (answered) {
        assert_true(listener->filler_count < CL_COUNT(listener->fillers));
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        listener->fillers[listener->filler_count++] = fd;
        answered = is_answered(listener, fd);
    }
}

static void hang_up(struct listener *listener)
{
    for (size_t i = 0; i < listener->filler_count; i++)
        (void)close(listener->fillers[i]);
    (void)close(listener->fd);
}

static int64_t look_at_clock(void *ctx)
{
    int64_t *now_ms = ctx;

    *now_ms += 50; /* at each look */
    return *now_ms;
}

static ssh_session play_new(void)
{
    static int token;

    return (ssh_session)(void *)&token;
}

static int play_option(ssh_session session, enum ssh_options_e type, const void *value)
{
    (void)session;
    (void)type;
    (void)value;
    return SSH_OK;
}

static void play_blocking(ssh_session session, int blocking)
{
    (void)session;
    (void)blocking;
}

static int play_connect(ssh_session session)
{
    (void)session;
    return SSH_AGAIN;
}

static const struct cl_ssh_lib greeting = {.ssh_new = play_new,
                                           .ssh_options_set = play_option,
                                           .ssh_set_blocking = play_blocking,
                                           .ssh_connect = play_connect,
                                           .ssh_disconnect = play_end,
                                           .ssh_free = play_end};

/* How long it took until connected, or until given up. */
static int64_t connect_to_any(const struct addrinfo *first, struct cl_ssh_seen *seen,
                              enum cl_ssh_stage *ret_stage)
{
    int64_t now_ms = 0;
    struct cl_world world = {.monotonic_ms = look_at_clock, .ctx = &now_ms};
    struct cl_call call = {.world = &world};
    struct cl_ssh_visit visit = {.host = CL_STR("gpu1"), .port = 22};
    struct cl_ssh_session session = {.lib = &greeting,
                                     .call = &call,
                                     .visit = &visit,
                                     .seen = seen,
                                     .stage = CL_SSH_CONNECTING,
                                     .deadline_ms = 5000,
                                     .next = first,
                                     .fd = -1};

    while (session.stage == CL_SSH_CONNECTING) {
        assert_true(now_ms < 6000);
        cl_ssh_session_step(&session);
    }
    *ret_stage = session.stage;
    cl_ssh_session_cleanup(&session);
    return now_ms;
}

static void gives_each_address_its_share_of_the_time(void **state)
{
    struct listener silent[3];
    struct listener good;
    struct cl_ssh_seen seen = {.host_key = NULL};
    enum cl_ssh_stage stage = CL_SSH_WAITING;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(silent); i++)
        listen_at(&silent[i], true);
    listen_at(&good, false);

    assert_true(connect_to_any(&good.info, &seen, &stage) < 1000);
    assert_int_equal(stage, CL_SSH_EXCHANGING);

    silent[0].info.ai_next = &good.info;
    int64_t took_ms = connect_to_any(&silent[0].info, &seen, &stage);
    assert_int_equal(stage, CL_SSH_EXCHANGING);
    assert_true(took_ms > 2400 && took_ms < 3000);

    silent[0].info.ai_next = &silent[1].info;
    silent[1].info.ai_next = &good.info;
    took_ms = connect_to_any(&silent[0].info, &seen, &stage);
    assert_int_equal(stage, CL_SSH_EXCHANGING);
    assert_true(took_ms > 3000 && took_ms < 4000);

    silent[1].info.ai_next = &silent[2].info;
    took_ms = connect_to_any(&silent[0].info, &seen, &stage);
    assert_int_equal(stage, CL_SSH_DONE);
    assert_int_equal(seen.error.code, CL_E_UNREACHABLE);
    assert_non_null(strstr(seen.error.text, "no answer in time from 'gpu1'"));
    assert_true(took_ms >= 5000);

    for (size_t i = 0; i < CL_COUNT(silent); i++)
        hang_up(&silent[i]);
    hang_up(&good);
    cl_ssh_seen_cleanup(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_refusal_from_a_lost_connection),
        cmocka_unit_test(gives_each_address_its_share_of_the_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
