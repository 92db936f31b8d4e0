#include "base/call.h"

struct cl_call cl_call_new(const struct cl_world *world, const char *actor)
{
    struct cl_call call = {.world = world, .actor = actor};
    struct cl_err ignored = CL_ERR_NONE;

    /* Without randomness the id stays zero; whatever needs randomness reports the lack itself. */
    if (cl_uuid_new(world, call.request_id, &ignored) != CL_OK)
        (void)memcpy(call.request_id, "00000000-0000-0000-0000-000000000000", 37);
    return call;
}

struct cl_call cl_call_within(const struct cl_call *call, int64_t timeout_ms)
{
    struct cl_call sooner = *call;
    int64_t at_ms = call->world->monotonic_ms(call->world->ctx) + timeout_ms;

    if (call->deadline_ms == 0 || at_ms < call->deadline_ms)
        sooner.deadline_ms = at_ms;
    return sooner;
}

enum cl_code cl_call_check(const struct cl_call *call, struct cl_err *err)
{
    if (call->cancelled != NULL && atomic_load(call->cancelled))
        return cl_err_set(err, CL_E_INTERRUPTED, "interrupted");
    if (call->deadline_ms != 0 && cl_call_remaining_ms(call, 1) == 0)
        return cl_err_set(err, CL_E_TIMEOUT, "no answer in time");
    return CL_OK;
}

int64_t cl_call_remaining_ms(const struct cl_call *call, int64_t cap_ms)
{
    if (call->deadline_ms == 0)
        return cap_ms;
    int64_t left = call->deadline_ms - call->world->monotonic_ms(call->world->ctx);
    return left < 0 ? 0 : left < cap_ms ? left : cap_ms;
}
