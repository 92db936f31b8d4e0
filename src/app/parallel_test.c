#include "test.h"

#include <pthread.h>
#include <time.h>

#include "app/internal.h"
#include "base/alloc.h"

/* Tasks side by side: each once, no more at a time than allowed, all done on return. */

struct tally {
    atomic_int runs[64];
    atomic_int inside;
    atomic_int most;
    int gather; /* nobody leaves before so many have been inside at once, or a second has passed */
    pthread_t caller;
    atomic_int by_caller;
};

static void pause_a_moment(void)
{
    struct timespec moment = {.tv_nsec = 500000};

    (void)nanosleep(&moment, NULL);
}

static void count(void *ctx, size_t index)
{
    struct tally *tally = ctx;
    int inside = atomic_fetch_add(&tally->inside, 1) + 1;
    int most = atomic_load(&tally->most);

    while (inside > most && !atomic_compare_exchange_weak(&tally->most, &most, inside)) {
    }
    for (int i = 0; i < 2000 && atomic_load(&tally->most) < tally->gather; i++)
        pause_a_moment();
    if (pthread_equal(pthread_self(), tally->caller))
        (void)atomic_fetch_add(&tally->by_caller, 1);
    (void)atomic_fetch_add(&tally->runs[index], 1);
    (void)atomic_fetch_sub(&tally->inside, 1);
}

static void runs_each_task_once_and_waits_for_all(void **state)
{
    static const struct {
        size_t tasks;
        size_t limit;
    } cases[] = {{0, 4}, {1, 4}, {1, 1}, {5, 1}, {5, 4}, {4, 4}, {3, 64}, {64, 8}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct tally tally = {.caller = pthread_self()};

        app_parallel(cases[i].tasks, cases[i].limit, count, &tally);
        for (size_t k = 0; k < CL_COUNT(tally.runs); k++)
            assert_int_equal(atomic_load(&tally.runs[k]), k < cases[i].tasks ? 1 : 0);
        assert_int_equal(atomic_load(&tally.inside), 0);
        assert_true(atomic_load(&tally.most) <= (int)cases[i].limit);
    }
}

static void runs_as_many_at_once_as_allowed(void **state)
{
    struct tally tally = {.caller = pthread_self(), .gather = 4};

    (void)state;
    app_parallel(12, 4, count, &tally);
    assert_int_equal(atomic_load(&tally.most), 4);
}

static void needs_no_thread_for_one_task(void **state)
{
    struct tally tally = {.caller = pthread_self()};
    struct tally several = {.caller = pthread_self()};

    (void)state;
    app_parallel(1, 4, count, &tally);
    assert_int_equal(atomic_load(&tally.by_caller), 1);
    app_parallel(3, 1, count, &several);
    assert_int_equal(atomic_load(&several.by_caller), 3);
}

static void does_all_the_work_itself_without_memory_for_threads(void **state)
{
    struct tally tally = {.caller = pthread_self()};

    (void)state;
    (void)cl_alloc_fail_at(1);
    app_parallel(8, 4, count, &tally);
    (void)cl_alloc_fail_at(0);
    assert_int_equal(atomic_load(&tally.by_caller), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_each_task_once_and_waits_for_all),
        cmocka_unit_test(runs_as_many_at_once_as_allowed),
        cmocka_unit_test(needs_no_thread_for_one_task),
        cmocka_unit_test(does_all_the_work_itself_without_memory_for_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
