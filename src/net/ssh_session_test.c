#include "net/ssh_session.h"

#include "base/alloc.h"
#include "test.h"

/* The end of a login, told by a libssh that this file plays; test_hyperai.py has the real one. */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_refusal_from_a_lost_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
