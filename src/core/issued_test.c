#include "test.h"

#include "core/issued.h"
#include "fault.h"

struct expiry_case {
    int64_t at;
    int64_t skew_s;
    int64_t now_at;
    bool expired;
};

static const struct expiry_case expiry_cases[] = {
    {0, 300, INT64_MAX, false},                         /* never */
    {1000, 0, 999, false},       {1000, 0, 1000, true}, /* the boundary counts as expired */
    {1000, 300, 699, false},     {1000, 300, 700, true},
    {1000, 300, 5000, true},     {INT64_MIN + 1, 300, 0, true}, /* no overflow */
    {1000, INT64_MAX, -5, true},
};

static void decides_expiry_with_skew(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(expiry_cases); i++) {
        const struct expiry_case *row = &expiry_cases[i];
        if (cl_expired(row->at, row->skew_s, row->now_at) != row->expired)
            fail_msg("row %zu", i);
    }
}

struct refresh_case {
    int64_t issued_at;
    int64_t expires_at;
    int per_mille;
    int64_t refresh_after;
};

static const struct refresh_case refresh_cases[] = {
    {1000, 4600, 1000, 4300},                           /* long life: 300 s before the end */
    {1000, 4600, 500, 4450},  {1000, 1400, 1000, 1200}, /* short life: half of it */
    {1000, 1400, 500, 1300},  {1000, 1000, 1000, 1000},
    {1000, 900, 1000, 900}, /* already past when it came */
    {1000, 0, 1000, 0},     /* never expires */
};

static void renews_in_the_last_half_or_five_minutes(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(refresh_cases); i++) {
        const struct refresh_case *row = &refresh_cases[i];
        int64_t at = cl_refresh_after(row->issued_at, row->expires_at, row->per_mille);
        if (at != row->refresh_after)
            fail_msg("row %zu: %lld", i, (long long)at);
    }
}

static void renewal_never_falls_outside_the_life(void **state)
{
    (void)state;
    for (int64_t life = 0; life < 5000; life += 7) {
        for (int fraction = 500; fraction <= 1000; fraction += 100) {
            int64_t at = cl_refresh_after(1000, 1000 + life, fraction);
            assert_true(at >= 1000 + life / 2 && at <= 1000 + life);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_expiry_with_skew),
        cmocka_unit_test(renews_in_the_last_half_or_five_minutes),
        cmocka_unit_test(renewal_never_falls_outside_the_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
