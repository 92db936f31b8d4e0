#include "base/alloc.h"
#include "net/ssh_session.h"
#include "test.h"

/* Commands of a visit, with a libssh that this file plays; test_hyperai.py has the real one. */

/* What becomes of one command. */
struct play {
    int open;
    int exec;
    const char *says;
    int times;  /* how often it says so */
    int status; /* -1: none comes */
    bool hangs; /* after it has said it all */
};

static struct {
    const struct play *plays;
    size_t at; /* channels opened so far */
    int said;
    int64_t now_ms;
    int channels; /* not freed yet */
} script;

static const struct play *now_playing(void)
{
    return &script.plays[script.at - 1];
}

static ssh_channel play_new(ssh_session session)
{
    (void)session;
    script.at++;
    script.said = 0;
    script.channels++;
    return (ssh_channel)(void *)&script;
}

static void play_free(ssh_channel channel)
{
    (void)channel;
    script.channels--;
}

static int play_open(ssh_channel channel)
{
    (void)channel;
    return now_playing()->open;
}

static int play_exec(ssh_channel channel, const char *command)
{
    (void)channel;
    assert_string_equal(command, script.at == 1 ? "first" : "second");
    return now_playing()->exec;
}

static int play_read(ssh_channel channel, void *ret, uint32_t max, int is_stderr)
{
    const struct play *play = now_playing();
    size_t len = strlen(play->says);

    (void)channel;
    if (is_stderr != 0 || script.said >= play->times)
        return 0;
    assert_true(len <= max);
    (void)memcpy(ret, play->says, len);
    script.said++;
    return (int)len;
}

static int play_is_over(ssh_channel channel)
{
    const struct play *play = now_playing();

    (void)channel;
    return !play->hangs && script.said >= play->times;
}

static int play_status(ssh_channel channel)
{
    (void)channel;
    return now_playing()->status;
}

static void play_end(ssh_session session)
{
    (void)session;
}

static int play_login(ssh_session session, const char *user, ssh_key key)
{
    (void)session;
    (void)user;
    (void)key;
    return SSH_AUTH_SUCCESS;
}

static const struct cl_ssh_lib lib = {
    .ssh_userauth_publickey = play_login,
    .ssh_channel_new = play_new,
    .ssh_channel_open_session = play_open,
    .ssh_channel_request_exec = play_exec,
    .ssh_channel_read_nonblocking = play_read,
    .ssh_channel_is_eof = play_is_over,
    .ssh_channel_is_closed = play_is_over,
    .ssh_channel_get_exit_status = play_status,
    .ssh_channel_free = play_free,
    .ssh_disconnect = play_end,
    .ssh_free = play_end,
};

static int64_t look_at_clock(void *ctx)
{
    (void)ctx;
    script.now_ms += 50;
    return script.now_ms;
}

/* Logs in and runs both commands; how long that took. */
static int64_t run_both(const struct play plays[2], struct cl_ssh_seen *seen)
{
    static const char *const commands[] = {"first", "second"};
    struct cl_world world = {.monotonic_ms = look_at_clock};
    struct cl_call call = {.world = &world};
    struct cl_ssh_visit visit = {.host = CL_STR("gpu1"), .port = 22};
    int token = 0;
    struct cl_ssh_session session = {.lib = &lib,
                                     .call = &call,
                                     .visit = &visit,
                                     .seen = seen,
                                     .stage = CL_SSH_LOGGING_IN,
                                     .deadline_ms = 1000,
                                     .fd = -1,
                                     .session = (ssh_session)(void *)&token,
                                     .commands = commands,
                                     .command_count = 2};

    script.plays = plays;
    script.at = 0;
    script.now_ms = 0;
    script.channels = 0;
    while (session.stage != CL_SSH_DONE) {
        assert_true(script.now_ms < 20000);
        cl_ssh_session_step(&session);
    }
    assert_int_equal(script.channels, 0);
    return script.now_ms;
}

static void keeps_what_each_command_says(void **state)
{
    static const struct {
        struct play plays[2];
        int status[2];
        const char *output[2]; /* NULL: none */
    } cases[] = {
        {{{.says = "24.0\n", .times = 1}, {.says = "", .status = 127}}, {0, 127}, {"24.0\n", ""}},
        {{{.says = "a", .times = 3}, {.says = "b", .times = 1, .status = 1}}, {0, 1}, {"aaa", "b"}},
        {{{.open = SSH_ERROR, .says = ""}, {.says = ""}}, {-1, -1}, {NULL, NULL}},
        {{{.exec = SSH_ERROR, .says = ""}, {.says = ""}}, {-1, -1}, {NULL, NULL}},
        {{{.says = "", .status = -1}, {.says = "b", .times = 1}}, {-1, 0}, {"", "b"}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_ssh_seen seen = {.host_key = NULL};

        (void)run_both(cases[i].plays, &seen);
        assert_int_equal(seen.error.code, CL_OK);
        assert_int_equal(seen.ran_count, 2);
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(seen.ran[j].status, cases[i].status[j]);
            if (cases[i].output[j] == NULL)
                assert_null(seen.ran[j].output);
            else
                assert_string_equal(seen.ran[j].output, cases[i].output[j]);
        }
        cl_ssh_seen_cleanup(&seen);
    }
}

static void gives_up_one_command_for_the_next(void **state)
{
    static const struct play plays[2] = {{.says = "x", .times = 1, .hangs = true, .status = -1},
                                         {.says = "good", .times = 1}};
    struct cl_ssh_seen seen = {.host_key = NULL};

    (void)state;
    int64_t took_ms = run_both(plays, &seen);
    assert_true(took_ms >= CL_SSH_COMMAND_MS && took_ms < 2 * CL_SSH_COMMAND_MS);
    assert_int_equal(seen.ran[0].status, -1);
    assert_int_equal(seen.ran[1].status, 0);
    assert_string_equal(seen.ran[1].output, "good");
    cl_ssh_seen_cleanup(&seen);
}

/* One that never stops talking ends as one that never says anything does. */
static void keeps_only_the_beginning_of_much(void **state)
{
    static const struct play plays[2] = {{.says = "0123456789", .times = INT32_MAX, .status = -1},
                                         {.says = "0123456789", .times = 500}};
    struct cl_ssh_seen seen = {.host_key = NULL};

    (void)state;
    assert_true(run_both(plays, &seen) >= CL_SSH_COMMAND_MS);
    assert_null(seen.ran[0].output);
    assert_int_equal(strlen(seen.ran[1].output), CL_SSH_OUTPUT_MAX);
    cl_ssh_seen_cleanup(&seen);
}

static void reports_the_lack_of_memory(void **state)
{
    static const struct play plays[2] = {{.says = "a", .times = 1}, {.says = "b", .times = 1}};
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK) {
        struct cl_ssh_seen seen = {.host_key = NULL};
        assert_true(nth < 50);
        (void)cl_alloc_fail_at(++nth);
        (void)run_both(plays, &seen);
        (void)cl_alloc_fail_at(0);
        code = seen.error.code;
        assert_true(code == CL_OK || code == CL_E_FAILED);
        cl_ssh_seen_cleanup(&seen);
    }
    assert_true(nth > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_each_command_says),
        cmocka_unit_test(gives_up_one_command_for_the_next),
        cmocka_unit_test(keeps_only_the_beginning_of_much),
        cmocka_unit_test(reports_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
