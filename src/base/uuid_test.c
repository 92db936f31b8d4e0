#include "base/world.h"

#include "fake_world.h"
#include "test.h"

static void ids_are_version_4_and_differ(void **state)
{
    struct fake_world *fake = fake_world_new();
    char first[37];
    char second[37];
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_uuid_new(fake_world(fake), first, &err), &err);
    assert_ok(cl_uuid_new(fake_world(fake), second, &err), &err);
    /* The fake's random bytes count up; version and variant are set over them. */
    assert_string_equal(first, "00000000-0000-4001-8000-000000000002");
    assert_string_equal(second, "00000000-0000-4003-8000-000000000004");
    fake_world_free(fake);
}

static void real_ids_have_the_form_that_is_checked(void **state)
{
    struct cl_world world = cl_world_real();
    struct cl_err err = CL_ERR_NONE;
    char before[37] = "";

    (void)state;
    for (int i = 0; i < 50; i++) {
        char id[37];
        assert_ok(cl_uuid_new(&world, id, &err), &err);
        assert_true(cl_is_uuid(cl_str_of(id)));
        assert_true(cl_str_only(cl_str_of(id), "0123456789abcdef-"));
        assert_int_equal(id[14], '4');
        assert_non_null(strchr("89ab", id[19]));
        assert_string_not_equal(id, before);
        (void)memcpy(before, id, sizeof(before));
    }
}

static void without_randomness_there_is_no_id(void **state)
{
    struct fake_world *fake = fake_world_new();
    char id[37] = "untouched";
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_fail_at(fake, 1);
    assert_int_equal(cl_uuid_new(fake_world(fake), id, &err), CL_E_FAILED);
    assert_string_equal(id, "untouched");
    fake_world_free(fake);
}

static const struct {
    const char *text;
    bool valid;
} forms[] = {
    {"c0f8e857-47b1-4e8d-a3fb-9f3139fd8b61", true},
    {"C0F8E857-47B1-4E8D-A3FB-9F3139FD8B61", true},
    {"c0f8e85747b14e8da3fb9f3139fd8b61", true},
    {"00000000-0000-0000-0000-000000000000", true},
    {"", false},
    {"c0f8e857", false},
    {"c0f8e857-47b1-4e8d-a3fb-9f3139fd8b6", false},
    {"c0f8e857-47b1-4e8d-a3fb-9f3139fd8b611", false},
    {"c0f8e857-47b1-4e8d-a3fb-9f3139fd8b6g", false},
    {"c0f8e857047b1-4e8d-a3fb-9f3139fd8b61", false},
    {"c0f8e85747b14e8da3fb9f3139fd8b6-", false},
    {"{0f8e857-47b1-4e8d-a3fb-9f3139fd8b61", false},
};

static void every_form_has_one_spelling(void **state)
{
    static const char *const spellings[] = {"C0F8E857-AAAA-4BBB-8CCC-0123456789AB",
                                            "c0f8e857aaaa4bbb8ccc0123456789ab",
                                            "c0f8e857-aaaa-4bbb-8ccc-0123456789ab"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(spellings); i++) {
        char id[37];
        cl_uuid_canonical(cl_str_of(spellings[i]), id);
        assert_string_equal(id, "c0f8e857-aaaa-4bbb-8ccc-0123456789ab");
    }
}

static void ids_have_two_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(forms); i++) {
        if (cl_is_uuid(cl_str_of(forms[i].text)) != forms[i].valid)
            fail_msg("\"%s\"", forms[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_version_4_and_differ),
        cmocka_unit_test(real_ids_have_the_form_that_is_checked),
        cmocka_unit_test(without_randomness_there_is_no_id),
        cmocka_unit_test(every_form_has_one_spelling),
        cmocka_unit_test(ids_have_two_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
