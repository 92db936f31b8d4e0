#include "base/call.h"

#include "fake_world.h"
#include "test.h"

static void a_new_call_has_an_id_and_no_deadline(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = cl_call_new(fake_world(fake), "ada");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_string_equal(call.actor, "ada");
    assert_true(cl_is_uuid(cl_str_of(call.request_id)));
    assert_int_equal(call.deadline_ms, 0);
    fake_advance_ms(fake, 1000000000);
    assert_ok(cl_call_check(&call, &err), &err);
    assert_int_equal(cl_call_remaining_ms(&call, 5000), 5000);
    fake_world_free(fake);
}

static void a_call_without_randomness_has_the_zero_id(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_fail_at(fake, 1);
    struct cl_call call = cl_call_new(fake_world(fake), "ada");
    assert_string_equal(call.request_id, "00000000-0000-0000-0000-000000000000");
    fake_world_free(fake);
}

static void a_deadline_passes_when_its_time_is_up(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call forever = fake_call(fake);
    struct cl_call call = cl_call_within(&forever, 300);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_call_remaining_ms(&call, 1000), 300);
    assert_int_equal(cl_call_remaining_ms(&call, 100), 100);
    fake_advance_ms(fake, 299);
    assert_ok(cl_call_check(&call, &err), &err);
    assert_int_equal(cl_call_remaining_ms(&call, 1000), 1);
    fake_advance_ms(fake, 1);
    assert_int_equal(cl_call_check(&call, &err), CL_E_TIMEOUT);
    fake_advance_ms(fake, 1000);
    assert_int_equal(cl_call_remaining_ms(&call, 1000), 0);
    assert_int_equal(forever.deadline_ms, 0);
    fake_world_free(fake);
}

static void a_later_deadline_does_not_extend_a_sooner_one(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    struct cl_call soon = cl_call_within(&call, 100);

    (void)state;
    assert_int_equal(cl_call_within(&soon, 500).deadline_ms, soon.deadline_ms);
    assert_int_equal(cl_call_within(&soon, 50).deadline_ms, soon.deadline_ms - 50);
    fake_world_free(fake);
}

static void cancelling_beats_the_deadline(void **state)
{
    struct fake_world *fake = fake_world_new();
    atomic_bool stop = false;
    struct cl_call call = fake_call(fake);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    call.cancelled = &stop;
    call = cl_call_within(&call, 10);
    assert_ok(cl_call_check(&call, &err), &err);
    atomic_store(&stop, true);
    fake_advance_ms(fake, 20);
    assert_int_equal(cl_call_check(&call, &err), CL_E_INTERRUPTED);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_call_has_an_id_and_no_deadline),
        cmocka_unit_test(a_call_without_randomness_has_the_zero_id),
        cmocka_unit_test(a_deadline_passes_when_its_time_is_up),
        cmocka_unit_test(a_later_deadline_does_not_extend_a_sooner_one),
        cmocka_unit_test(cancelling_beats_the_deadline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
