#include "bridges/private_file.h"

#include "base/alloc.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

static void is_for_its_owner_and_has_a_name_of_its_own(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_string) char *first = NULL;
    CL_AUTO(cl_string) char *second = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_file(fake, "/tmp/x", "");
    assert_ok(cl_private_file_write(fake_world(fake), "kind", CL_STR("a"), &first, &err), &err);
    assert_ok(cl_private_file_write(fake_world(fake), "kind", CL_STR("b"), &second, &err), &err);
    assert_true(cl_str_starts(cl_str_of(first), CL_STR("/tmp/cleat-kind-")));
    assert_string_not_equal(first, second);
    assert_string_equal(fake_file(fake, first), "a");
    assert_string_equal(fake_file(fake, second), "b");
    assert_int_equal(fake_file_mode(fake, first), 0600);
    fake_world_free(fake);
}

static void prefers_the_folder_of_the_session(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_file(fake, "/run/user/7/x", "");
    fake_set_env(fake, "XDG_RUNTIME_DIR", "/run/user/7");
    assert_ok(cl_private_file_write(fake_world(fake), "kind", CL_STR("a"), &path, &err), &err);
    assert_true(cl_str_starts(cl_str_of(path), CL_STR("/run/user/7/cleat/cleat-kind-")));
    assert_int_equal(fake_file_mode(fake, "/run/user/7/cleat"), 0700);
    fake_world_free(fake);
}

static void reports_what_fails(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_file(fake, "/run/user/7/x", "");
    fake_set_env(fake, "XDG_RUNTIME_DIR", "/run/user/7");
    for (int64_t nth = 1;; nth++) {
        CL_AUTO(cl_string) char *path = NULL;
        struct cl_err err = CL_ERR_NONE;
        fake_set_file(fake, "/tmp/x", "");
        fake_fail_at(fake, nth);
        enum cl_code code =
            cl_private_file_write(fake_world(fake), "kind", CL_STR("a"), &path, &err);
        int64_t made = fake_calls_made(fake);
        fake_fail_at(fake, 0);
        assert_true(nth < 20);
        if (code == CL_OK && made < nth)
            break;
        assert_true(code == CL_OK || path == NULL); /* without the session's folder there is /tmp */
    }
    fake_world_free(fake);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_string) char *path = NULL;

    return cl_private_file_write(fake_world(ctx), "kind", CL_STR("a"), &path, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_file(fake, "/tmp/x", "");
    assert_true(fail_each_allocation(attempt, fake) > 0);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_for_its_owner_and_has_a_name_of_its_own),
        cmocka_unit_test(prefers_the_folder_of_the_session),
        cmocka_unit_test(reports_what_fails),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
