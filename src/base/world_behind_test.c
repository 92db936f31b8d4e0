#include "base/world_behind.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define PATIENCE_MS 20000

struct witness {
    int report; /* the end of a pipe that is kept */
    int other;  /* one that is not */
};

/* Says who it is, waits for the end of the one it was left behind by, and says so. */
static void bear_witness(void *what, int ended)
{
    const struct witness *witness = what;
    struct pollfd end = {.fd = ended, .events = POLLIN};
    bool alone = fcntl(witness->other, F_GETFD) < 0;
    char line[64];

    int len = snprintf(line, sizeof(line), "%s ", alone ? "alone" : "crowded");
    ssize_t written = write(witness->report, line, (size_t)len);
    bool over = written == len && poll(&end, 1, PATIENCE_MS) == 1;
    len = snprintf(line, sizeof(line), "%s", over ? "over" : "waiting");
    written = write(witness->report, line, (size_t)len);
    (void)written;
}

/* What the witness writes until its end of the pipe is gone. */
static void read_all(int fd, char *text, size_t size)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    size_t used = 0;

    while (poll(&ready, 1, PATIENCE_MS) == 1) {
        ssize_t got = read(fd, text + used, size - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
}

/* Never returns: leaves a witness behind, then becomes another program. */
static void be_left(const int *report, const int *other)
{
    struct witness witness = {.report = report[1], .other = other[1]};
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"exit 7"}, NULL};
    struct cl_err err = CL_ERR_NONE;

    if (cl_world_leave_behind(NULL, bear_witness, &witness, report[1], &err) == CL_OK)
        (void)execv("/bin/sh", argv);
    _exit(1);
}

static void outlives_what_the_process_becomes(void **state)
{
    int report[2];
    int other[2];
    char text[128];
    int status = 0;

    (void)state;
    if (getenv("CLEAT_TEST_VALGRIND") != NULL) /* it has descriptors that it will not let go */
        skip();
    assert_int_equal(pipe2(report, O_CLOEXEC), 0);
    assert_int_equal(pipe2(other, 0), 0);
    pid_t child = fork();
    if (child == 0)
        be_left(report, other);
    (void)close(report[1]);
    (void)close(other[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
    read_all(report[0], text, sizeof(text));
    assert_string_equal(text, "alone over");
    (void)close(report[0]);
    (void)close(other[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlives_what_the_process_becomes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
