#include "base/world_accompany.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

/* A line for the shell, in an environment with one variable; its exit status. */
static int status_of(const char *line)
{
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char text[512];
    char variable[] = "WHO=child";
    char *const argv[] = {shell, option, text, NULL};
    char *const envp[] = {variable, NULL};
    struct cl_err err = CL_ERR_NONE;
    int status = -1;

    assert_true(strlen(line) < sizeof(text));
    memcpy(text, line, strlen(line) + 1);
    assert_ok(cl_world_accompany(NULL, argv, envp, &status, &err), &err);
    return status;
}

static void returns_the_status_of_the_program(void **state)
{
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        {"exit 0", 0},
        {"exit 7", 7},
        {"exit 255", 255},
        {"kill -TERM $$", 128 + SIGTERM},
        {"kill -KILL $$", 128 + SIGKILL},
        {"test \"$WHO\" = child && test -z \"$HOME\"", 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_int_equal(status_of(rows[i].line), rows[i].status);
}

/* The program signals us, and hears it from us. */
static void passes_signals_on(void **state)
{
    static const char *const names[] = {"INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "WINCH"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        char line[256];
        (void)snprintf(line, sizeof(line), "trap 'exit 9' %s; kill -%s $PPID; while :; do :; done",
                       names[i], names[i]);
        assert_int_equal(status_of(line), 9);
    }
}

static atomic_int heard;

static void on_usr1(int signal_number)
{
    (void)signal_number;
    atomic_fetch_add(&heard, 1);
}

static void leaves_signals_as_they_were(void **state)
{
    struct sigaction action = {.sa_handler = on_usr1};
    sigset_t mask;

    (void)state;
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    assert_int_equal(status_of("exit 0"), 0);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_int_equal(atomic_load(&heard), 1);
    assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
    assert_int_equal(sigismember(&mask, SIGTERM), 0);
}

static void waits_although_a_caller_ignores_children(void **state)
{
    (void)state;
    assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    assert_int_equal(status_of("exit 3"), 3);
}

static void says_that_there_is_no_such_program(void **state)
{
    static const struct {
        const char *name;
        enum cl_code code;
        const char *text;
    } rows[] = {
        {"/no/such/program", CL_E_NOT_FOUND, "cannot run '/no/such/program': command not found"},
        {"no-such-program-anywhere", CL_E_NOT_FOUND,
         "cannot run 'no-such-program-anywhere': command not found"},
        {"/etc", CL_E_FAILED, "cannot run '/etc': Permission denied"},
    };

    (void)state;
    if (getenv("CLEAT_TEST_VALGRIND") != NULL)
        skip(); /* there a child is told of it, and not we */
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        char name[64];
        char *const argv[] = {name, NULL};
        char *const envp[] = {NULL};
        struct cl_err err = CL_ERR_NONE;
        int status = -1;
        (void)snprintf(name, sizeof(name), "%s", rows[i].name);
        assert_int_equal(cl_world_accompany(NULL, argv, envp, &status, &err), rows[i].code);
        assert_string_equal(err.text, rows[i].text);
        assert_int_equal(status, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_the_status_of_the_program),
        cmocka_unit_test(passes_signals_on),
        cmocka_unit_test(leaves_signals_as_they_were),
        cmocka_unit_test(waits_although_a_caller_ignores_children),
        cmocka_unit_test(says_that_there_is_no_such_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
