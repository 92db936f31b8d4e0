#include "base/world.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_world.h"
#include "test.h"

static void the_clocks_run(void **state)
{
    struct cl_world world = cl_world_real();
    int64_t wall_us = world.now_us(world.ctx);
    int64_t started_ms = world.monotonic_ms(world.ctx);

    (void)state;
    assert_true(wall_us > INT64_C(1700000000) * 1000000);
    assert_true(cl_world_now_s(&world) - wall_us / 1000000 <= 1);
    world.sleep_ms(world.ctx, 3);
    world.sleep_ms(world.ctx, 0);
    world.sleep_ms(world.ctx, -5);
    assert_true(world.monotonic_ms(world.ctx) - started_ms >= 2);
}

static void seconds_are_rounded_down_before_1970_too(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_now(fake, 0);
    assert_int_equal(cl_world_now_s(fake_world(fake)), 0);
    fake_advance_ms(fake, -1);
    assert_int_equal(cl_world_now_s(fake_world(fake)), -1);
    fake_set_now(fake, -1);
    assert_int_equal(cl_world_now_s(fake_world(fake)), -1);
    fake_world_free(fake);
}

static void nothing(int signal_number)
{
    (void)signal_number;
}

static void a_signal_ends_a_sleep(void **state)
{
    struct cl_world world = cl_world_real();
    struct sigaction action = {.sa_handler = nothing};
    struct itimerval soon = {.it_value = {.tv_usec = 5000}};
    int64_t started_ms = world.monotonic_ms(world.ctx);

    (void)state;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    world.sleep_ms(world.ctx, 30000);
    assert_true(world.monotonic_ms(world.ctx) - started_ms < 20000);
}

static void random_bytes_fill_any_length(void **state)
{
    struct cl_world world = cl_world_real();
    struct cl_err err = CL_ERR_NONE;
    static unsigned char bytes[1000];
    size_t zeros = 0;

    (void)state;
    assert_ok(world.random(world.ctx, bytes, sizeof(bytes), &err), &err);
    for (size_t i = 0; i < sizeof(bytes); i++)
        zeros += bytes[i] == 0 ? 1 : 0;
    assert_true(zeros < 100);
    assert_ok(world.random(world.ctx, bytes, 0, &err), &err);
}

static void variables_come_from_the_environment(void **state)
{
    struct cl_world world = cl_world_real();
    char *const *pair = world.environment(world.ctx);

    (void)state;
    assert_int_equal(setenv("CLEAT_TEST_VARIABLE", "a=b", 1), 0);
    assert_str(cl_world_env(&world, "CLEAT_TEST_VARIABLE"), "a=b");
    assert_int_equal(unsetenv("CLEAT_TEST_VARIABLE"), 0);
    assert_null(world.env(world.ctx, "CLEAT_TEST_VARIABLE"));
    assert_str(cl_world_env(&world, "CLEAT_TEST_VARIABLE"), "");
    assert_non_null(pair);
}

/* Exit status of a child that executes `program` with one argument and X=1 as environment; 255 when
 * exec came back. */
static int run(const char *program, const char *argument)
{
    struct cl_world world = cl_world_real();
    char *argv[] = {strdup(program), strdup("-c"), strdup(argument), NULL};
    char *envp[] = {strdup("X=1"), NULL};
    int status = -1;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct cl_err err = CL_ERR_NONE;
        /* Coming back at all is the failure. */
        CL_IGNORE(world.exec(world.ctx, program, argv, envp, &err));
        _exit(255);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    for (size_t i = 0; i < 3; i++)
        free(argv[i]);
    free(envp[0]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void exec_replaces_the_process(void **state)
{
    (void)state;
    assert_int_equal(run("/bin/sh", "exit 7"), 7);
    assert_int_equal(run("sh", "exit 8"), 8); /* by PATH */
    assert_int_equal(run("sh", "test \"$X\" = 1 && test -z \"$HOME\" && exit 9"), 9);
    assert_int_equal(run("/no/such/program", ""), 255);
}

static void exec_says_why_it_failed(void **state)
{
    struct cl_world world = cl_world_real();
    char name[] = "no-such-program-here";
    char *argv[] = {name, NULL};
    char *envp[] = {NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(world.exec(world.ctx, name, argv, envp, &err), CL_E_NOT_FOUND);
    assert_string_equal(err.text, "cannot run 'no-such-program-here': command not found");
    assert_int_equal(world.exec(world.ctx, "/etc/passwd", argv, envp, &err), CL_E_FAILED);
    assert_string_equal(err.text, "cannot run '/etc/passwd': Permission denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clocks_run),
        cmocka_unit_test(seconds_are_rounded_down_before_1970_too),
        cmocka_unit_test(a_signal_ends_a_sleep),
        cmocka_unit_test(random_bytes_fill_any_length),
        cmocka_unit_test(variables_come_from_the_environment),
        cmocka_unit_test(exec_replaces_the_process),
        cmocka_unit_test(exec_says_why_it_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
