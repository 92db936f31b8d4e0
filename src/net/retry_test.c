#include "net/retry.h"

#include <pthread.h>

#include "test.h"

/* What the world saw, and what the attempts answer. */
struct script {
    struct cl_world world;
    int64_t now_ms;
    int64_t slept_ms;
    int sleeps;
    unsigned char random;
    bool random_fails;
    atomic_bool cancelled;
    int cancel_after_sleeps; /* 0: never */
    enum cl_code codes[8];
    int retry_after_s;
    int attempts;
};

static int64_t script_monotonic(void *ctx)
{
    return ((const struct script *)ctx)->now_ms;
}

static void script_sleep(void *ctx, int64_t duration_ms)
{
    struct script *script = ctx;

    script->now_ms += duration_ms;
    script->slept_ms += duration_ms;
    if (++script->sleeps == script->cancel_after_sleeps)
        atomic_store(&script->cancelled, true);
}

static enum cl_code script_random(void *ctx, void *out, size_t len, struct cl_err *err)
{
    const struct script *script = ctx;

    if (script->random_fails)
        return cl_err_set(err, CL_E_FAILED, "no randomness");
    (void)memset(out, script->random, len);
    return CL_OK;
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    struct script *script = ctx;
    enum cl_code code = script->codes[script->attempts++];

    if (code == CL_OK)
        return CL_OK;
    (void)cl_err_set(err, code, "attempt %d failed", script->attempts);
    err->retry_after_s = script->retry_after_s;
    return code;
}

static struct cl_call call_of(struct script *script)
{
    script->world = (struct cl_world){.ctx = script,
                                      .monotonic_ms = script_monotonic,
                                      .sleep_ms = script_sleep,
                                      .random = script_random};
    return (struct cl_call){.world = &script->world, .actor = "tester"};
}

static void does_not_repeat_what_succeeds(void **state)
{
    struct script script = {.codes = {CL_OK}};
    struct cl_call call = call_of(&script);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_retry(&call, attempt, &script, &err), &err);
    assert_int_equal(script.attempts, 1);
    assert_int_equal(script.sleeps, 0);
}

static void repeats_retryable_failures_up_to_three_attempts(void **state)
{
    static const struct {
        enum cl_code codes[3];
        enum cl_code want;
        int attempts;
    } cases[] = {
        {{CL_E_UNREACHABLE, CL_OK}, CL_OK, 2},
        {{CL_E_THROTTLED, CL_E_PROVIDER, CL_OK}, CL_OK, 3},
        {{CL_E_PROVIDER, CL_E_PROVIDER, CL_E_PROVIDER}, CL_E_PROVIDER, 3},
        {{CL_E_DENIED}, CL_E_DENIED, 1},
        {{CL_E_TLS_UNTRUSTED}, CL_E_TLS_UNTRUSTED, 1},
        {{CL_E_PROVIDER, CL_E_INVALID}, CL_E_INVALID, 2},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct script script = {.random = 0x80};
        struct cl_call call = call_of(&script);
        struct cl_err err = CL_ERR_NONE;

        (void)memcpy(script.codes, cases[i].codes, sizeof(cases[i].codes));
        assert_int_equal(cl_retry(&call, attempt, &script, &err), cases[i].want);
        assert_int_equal(script.attempts, cases[i].attempts);
        assert_int_equal(err.code, cases[i].want);
    }
}

static void reports_the_last_failure_and_none_after_success(void **state)
{
    struct script failing = {.codes = {CL_E_PROVIDER, CL_E_PROVIDER, CL_E_THROTTLED}};
    struct script passing = {.codes = {CL_E_PROVIDER, CL_OK}};
    struct cl_call call = call_of(&failing);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_retry(&call, attempt, &failing, &err), CL_E_THROTTLED);
    assert_string_equal(err.text, "attempt 3 failed");
    err = CL_ERR_NONE;
    call = call_of(&passing);
    assert_ok(cl_retry(&call, attempt, &passing, &err), &err);
    assert_string_equal(err.text, "");
}

static void waits_a_random_part_of_a_doubling_delay(void **state)
{
    static const struct {
        unsigned char random;
        bool random_fails;
        int retry_after_s;
        int64_t least_ms;
        int64_t most_ms;
    } cases[] = {
        {0x00, false, 0, 0, 0},           /* 0 + 0 */
        {0x80, false, 0, 1500, 1510},     /* half of 1 s and half of 2 s */
        {0xFF, false, 0, 2990, 2999},     /* never the whole: the part is below 1 */
        {0x00, true, 0, 2990, 2999},      /* without randomness: nearly all of it */
        {0x00, false, 3, 6000, 6000},     /* as asked */
        {0x00, false, 600, 10000, 10000}, /* at most 5 s more than our own delay */
        {0xFF, false, 1, 2990, 3010},     /* never sooner than our own delay */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct script script = {.random = cases[i].random,
                                .random_fails = cases[i].random_fails,
                                .retry_after_s = cases[i].retry_after_s,
                                .codes = {CL_E_PROVIDER, CL_E_PROVIDER, CL_OK}};
        struct cl_call call = call_of(&script);
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_retry(&call, attempt, &script, &err), &err);
        assert_in_range(script.slept_ms, cases[i].least_ms, cases[i].most_ms);
    }
}

static void never_waits_past_the_deadline(void **state)
{
    struct script script = {.random = 0x80, .codes = {CL_E_THROTTLED, CL_E_THROTTLED, CL_OK}};
    struct cl_call call = call_of(&script);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    call.deadline_ms = 1000; /* enough for the first wait of 0.5 s, not for the second of 1 s */
    assert_int_equal(cl_retry(&call, attempt, &script, &err), CL_E_THROTTLED);
    assert_int_equal(script.attempts, 2);
    assert_in_range(script.now_ms, 1, 999);
}

static void does_not_try_after_the_deadline(void **state)
{
    struct script script = {.now_ms = 5, .codes = {CL_OK}};
    struct cl_call call = call_of(&script);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    call.deadline_ms = 5;
    assert_int_equal(cl_retry(&call, attempt, &script, &err), CL_E_TIMEOUT);
    assert_int_equal(script.attempts, 0);
}

static void stops_waiting_soon_after_it_is_cancelled(void **state)
{
    struct script script = {
        .random = 0xFF, .cancel_after_sleeps = 3, .codes = {CL_E_PROVIDER, CL_OK}};
    struct cl_call call = call_of(&script);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    call.cancelled = &script.cancelled;
    assert_int_equal(cl_retry(&call, attempt, &script, &err), CL_E_INTERRUPTED);
    assert_int_equal(script.attempts, 1);
    assert_int_equal(script.slept_ms, 150);
}

/* --- the quota ----------------------------------------------------------------------------- */

/* Runs one operation of up to three attempts within the quota. */
static int attempts_of(struct cl_retry_quota *quota, enum cl_code first, enum cl_code second)
{
    struct script script = {.codes = {first, second, second}};
    const struct cl_retry_limits limits = {.attempts = 3, .quota = quota};
    struct cl_call call = call_of(&script);
    struct cl_err err = CL_ERR_NONE;
    enum cl_code code = cl_retry_within(&call, &limits, attempt, &script, &err);

    assert_int_equal(err.code, code);
    return script.attempts;
}

static void takes_each_retry_from_the_quota(void **state)
{
    static const struct {
        enum cl_code first;
        enum cl_code second;
        int before;
        int attempts;
        int after;
    } cases[] = {
        {CL_E_PROVIDER, CL_E_PROVIDER, 0, 3, 10},
        {CL_E_TIMEOUT, CL_E_TIMEOUT, 0, 3, 20},
        {CL_E_TIMEOUT, CL_E_PROVIDER, 0, 3, 15},
        {CL_E_PROVIDER, CL_OK, 0, 2, 0}, /* given back */
        {CL_E_TIMEOUT, CL_OK, 100, 2, 100},
        {CL_OK, CL_OK, 100, 1, 99},
        {CL_OK, CL_OK, 0, 1, 0},
        {CL_E_DENIED, CL_OK, 100, 1, 100},
        {CL_E_PROVIDER, CL_E_PROVIDER, 490, 3, 500},
        {CL_E_PROVIDER, CL_E_PROVIDER, 491, 2, 496},
        {CL_E_PROVIDER, CL_OK, 496, 1, 496}, /* used up */
        {CL_E_TIMEOUT, CL_OK, 491, 1, 491},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_retry_quota quota = {cases[i].before};

        assert_int_equal(attempts_of(&quota, cases[i].first, cases[i].second), cases[i].attempts);
        assert_int_equal(atomic_load(&quota.spent), cases[i].after);
    }
}

static void recovers_as_the_provider_does(void **state)
{
    struct cl_retry_quota quota = {0};
    int operations = 0;

    (void)state;
    while (attempts_of(&quota, CL_E_PROVIDER, CL_E_PROVIDER) == 3)
        assert_true(++operations <= 50);
    assert_int_equal(operations, 50);
    for (int i = 0; i < 10; i++)
        assert_int_equal(attempts_of(&quota, CL_OK, CL_OK), 1);
    assert_int_equal(attempts_of(&quota, CL_E_PROVIDER, CL_E_PROVIDER), 3);
}

static void *fail_and_pass(void *ctx)
{
    for (int i = 0; i < 200; i++) {
        (void)attempts_of(ctx, CL_E_PROVIDER, CL_OK);
        (void)attempts_of(ctx, CL_OK, CL_OK);
    }
    return NULL;
}

static void threads_share_one_quota(void **state)
{
    struct cl_retry_quota quota = {0};
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fail_and_pass, &quota), 0);
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_in_range(atomic_load(&quota.spent), 0, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_not_repeat_what_succeeds),
        cmocka_unit_test(repeats_retryable_failures_up_to_three_attempts),
        cmocka_unit_test(reports_the_last_failure_and_none_after_success),
        cmocka_unit_test(waits_a_random_part_of_a_doubling_delay),
        cmocka_unit_test(never_waits_past_the_deadline),
        cmocka_unit_test(does_not_try_after_the_deadline),
        cmocka_unit_test(stops_waiting_soon_after_it_is_cancelled),
        cmocka_unit_test(takes_each_retry_from_the_quota),
        cmocka_unit_test(recovers_as_the_provider_does),
        cmocka_unit_test(threads_share_one_quota),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
