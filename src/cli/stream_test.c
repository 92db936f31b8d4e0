#include "cli/stream.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_world.h"
#include "test.h"

static void writes_everything_to_its_descriptor(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;
    char got[16] = "";
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct cl_stream stream = cl_stream_of_fd(ends[1], fake_world(fake));
    assert_false(stream.is_terminal);
    assert_int_equal(stream.columns, 0);
    assert_ok(cl_stream_write(&stream, CL_STR("hello"), &err), &err);
    assert_ok(cl_stream_write(&stream, CL_STR_NONE, &err), &err);
    assert_int_equal(read(ends[0], got, sizeof(got)), 5);
    assert_string_equal(got, "hello");
    (void)close(ends[0]);
    (void)close(ends[1]);
    fake_world_free(fake);
}

static void a_reader_that_went_away_is_no_error(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;
    int ends[2];

    (void)state;
    cl_stream_survive_failed_writes();
    assert_int_equal(pipe(ends), 0);
    struct cl_stream stream = cl_stream_of_fd(ends[1], fake_world(fake));
    (void)close(ends[0]);
    assert_ok(cl_stream_write(&stream, CL_STR("a"), &err), &err);
    assert_true(stream.closed);
    assert_ok(cl_stream_write(&stream, CL_STR("b"), &err), &err);
    (void)close(ends[1]);
    fake_world_free(fake);
}

static void a_file_at_its_size_limit_is_an_error(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;
    char path[] = "/tmp/cleat-stream-XXXXXX";
    int fd = mkstemp(path);
    int status = -1;

    (void)state;
    assert_true(fd >= 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* a process of its own, for its signals and limits */
        const struct rlimit limit = {.rlim_cur = 4, .rlim_max = 4};
        cl_stream_survive_failed_writes();
        (void)setrlimit(RLIMIT_FSIZE, &limit);
        struct cl_stream stream = cl_stream_of_fd(fd, fake_world(fake));
        _exit(cl_stream_write(&stream, CL_STR("hello"), &err) == CL_E_FAILED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(fd);
    (void)unlink(path);
    fake_world_free(fake);
}

static void a_full_device_is_an_error(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    struct cl_stream stream = cl_stream_of_fd(fd, fake_world(fake));
    assert_int_equal(cl_stream_write(&stream, CL_STR("a"), &err), CL_E_FAILED);
    (void)close(fd);
    fake_world_free(fake);
}

static void waits_for_a_slow_reader(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;
    static char block[256 * 1024];
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    pid_t child = fork();
    if (child == 0) {
        size_t total = 0;
        (void)close(ends[1]);
        (void)fcntl(ends[0], F_SETFL, 0);
        for (ssize_t got = 1; got > 0; total += (size_t)got)
            got = read(ends[0], block, sizeof(block));
        _exit(total == sizeof(block) ? 0 : 1);
    }
    (void)close(ends[0]);
    (void)memset(block, 'x', sizeof(block));
    struct cl_stream stream = cl_stream_of_fd(ends[1], fake_world(fake));
    assert_ok(cl_stream_write(&stream, cl_str_make(block, sizeof(block)), &err), &err);
    (void)close(ends[1]);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    fake_world_free(fake);
}

static void knows_a_terminal_and_its_width(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct winsize size = {.ws_col = 97, .ws_row = 20};
    int leader = -1;
    int follower = -1;

    (void)state;
    assert_int_equal(openpty(&leader, &follower, NULL, NULL, &size), 0);
    struct cl_stream stream = cl_stream_of_fd(follower, fake_world(fake));
    assert_true(stream.is_terminal);
    assert_int_equal(stream.columns, 97);
    (void)close(leader);
    (void)close(follower);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_everything_to_its_descriptor),
        cmocka_unit_test(a_reader_that_went_away_is_no_error),
        cmocka_unit_test(a_file_at_its_size_limit_is_an_error),
        cmocka_unit_test(a_full_device_is_an_error),
        cmocka_unit_test(waits_for_a_slow_reader),
        cmocka_unit_test(knows_a_terminal_and_its_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
