#include "net/retry.h"

#define MAX_ATTEMPTS 3
#define MAX_BACKOFF_MS 20000
#define PATIENCE_MS 5000 /* how much longer than our own delay a provider may make us wait */
#define SLICE_MS 50      /* how soon a cancelled call wakes up */
#define MS_PER_S 1000
#define QUOTA 500
#define QUOTA_RETRY 5
#define QUOTA_TIMEOUT 10
#define QUOTA_SUCCESS 1

/* random[0,1) in 1/65536ths. Without randomness the full delay, which only costs time. */
static int64_t random_part(const struct cl_world *world, int64_t whole_ms)
{
    unsigned char bytes[2] = {0xFF, 0xFF};
    struct cl_err ignored = CL_ERR_NONE;

    CL_IGNORE(world->random(world->ctx, bytes, sizeof(bytes), &ignored)); /* see above */
    return whole_ms * (bytes[0] * 256 + bytes[1]) / 65536;
}

static int64_t delay_before(const struct cl_world *world, int retry, int retry_after_s)
{
    int64_t ceiling_ms = MS_PER_S;

    for (int i = 1; i < retry && ceiling_ms < MAX_BACKOFF_MS; i++)
        ceiling_ms *= 2;
    if (ceiling_ms > MAX_BACKOFF_MS)
        ceiling_ms = MAX_BACKOFF_MS;
    int64_t delay_ms = random_part(world, ceiling_ms);
    int64_t asked_ms = (int64_t)retry_after_s * MS_PER_S;
    if (asked_ms <= delay_ms)
        return delay_ms;
    return asked_ms < delay_ms + PATIENCE_MS ? asked_ms : delay_ms + PATIENCE_MS;
}

/* In slices where somebody may cancel; a call that nobody can cancel sleeps at one go. */
static enum cl_code wait_for_retry(const struct cl_call *call, int64_t delay_ms, struct cl_err *err)
{
    int64_t slice_ms = call->cancelled == NULL ? delay_ms : SLICE_MS;

    while (delay_ms > 0) {
        int64_t now_ms = delay_ms < slice_ms ? delay_ms : slice_ms;

        call->world->sleep_ms(call->world->ctx, now_ms);
        delay_ms -= now_ms;
        CL_TRY(cl_call_check(call, err));
    }
    return CL_OK;
}

/* --- the quota ----------------------------------------------------------------------------- */

static int cost_after(enum cl_code failure)
{
    return failure == CL_E_TIMEOUT ? QUOTA_TIMEOUT : QUOTA_RETRY;
}

static bool spend(struct cl_retry_quota *quota, int cost)
{
    if (quota == NULL)
        return true;
    int spent = atomic_load(&quota->spent);
    do {
        if (spent + cost > QUOTA)
            return false;
    } while (!atomic_compare_exchange_weak(&quota->spent, &spent, spent + cost));
    return true;
}

static void give_back(struct cl_retry_quota *quota, int amount)
{
    if (quota == NULL)
        return;
    int spent = atomic_load(&quota->spent);
    while (
        !atomic_compare_exchange_weak(&quota->spent, &spent, spent > amount ? spent - amount : 0))
        ;
}

/* ------------------------------------------------------------------------------------------- */

enum cl_code cl_retry(const struct cl_call *call, cl_attempt_fn attempt, void *ctx,
                      struct cl_err *err)
{
    const struct cl_retry_limits usual = {.attempts = MAX_ATTEMPTS};

    return cl_retry_within(call, &usual, attempt, ctx, err);
}

enum cl_code cl_retry_within(const struct cl_call *call, const struct cl_retry_limits *limits,
                             cl_attempt_fn attempt, void *ctx, struct cl_err *err)
{
    struct cl_err failure = CL_ERR_NONE;
    int refund = QUOTA_SUCCESS;

    CL_TRY(cl_call_check(call, err));
    for (int made = 1;; made++) {
        failure = CL_ERR_NONE;
        enum cl_code code = attempt(ctx, &failure);
        if (code == CL_OK) {
            give_back(limits->quota, refund);
            return CL_OK;
        }
        if (made >= limits->attempts || !cl_code_retryable(code))
            break;
        int64_t delay_ms = delay_before(call->world, made, failure.retry_after_s);
        /* The provider's own error says more than "no answer in time" would after the wait. */
        if (cl_call_remaining_ms(call, delay_ms + 1) <= delay_ms)
            break;
        refund = cost_after(code);
        if (!spend(limits->quota, refund))
            break;
        CL_TRY(wait_for_retry(call, delay_ms, err));
    }
    *err = failure;
    return failure.code;
}
