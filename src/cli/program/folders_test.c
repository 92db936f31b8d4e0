#include "cli/program/folders.h"

#include <pwd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

static const struct {
    const char *own;
    const char *state;
    const char *home;
    const char *folder;
} rows[] = {
    {NULL, NULL, "/home/u", "/home/u/.local/state/cleat"},
    {NULL, "/var/state", "/home/u", "/var/state/cleat"},
    {"/srv/cleat", "/var/state", "/home/u", "/srv/cleat"},
    {"relative", NULL, "/home/u", "relative"},
    {"/srv/cleat", NULL, NULL, "/srv/cleat"},
    {NULL, "/var/state", NULL, "/var/state/cleat"},
    /* the XDG rules: a relative path counts for nothing */
    {NULL, "state", "/home/u", "/home/u/.local/state/cleat"},
    /* empty is as good as unset */
    {"", "", "/home/u", "/home/u/.local/state/cleat"},
};

static void fill(struct fake_world *fake, size_t row)
{
    fake_set_env(fake, "CLEAT_CONFIG_PATH", rows[row].own);
    fake_set_env(fake, "XDG_STATE_HOME", rows[row].state);
    fake_set_env(fake, "HOME", rows[row].home);
}

static void finds_the_folder_of_the_store(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        CL_AUTO(cl_string) char *folder = NULL;
        struct cl_err err = CL_ERR_NONE;
        fill(fake, i);
        assert_ok(cl_state_folder(fake_world(fake), &folder, &err), &err);
        assert_string_equal(folder, rows[i].folder);
        fake_world_free(fake);
    }
}

static void asks_the_system_for_a_home_that_is_not_set(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct passwd *me = getpwuid(getuid());
    CL_AUTO(cl_string) char *folder = NULL;
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_state_folder(fake_world(fake), &folder, &err), &err);
    if (me == NULL) {
        assert_null(folder);
    } else {
        cl_buf_addf(&want, "%s/.local/state/cleat", me->pw_dir);
        assert_string_equal(folder, want.ptr);
    }
    fake_world_free(fake);
}

static void refuses_a_path_without_end(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(8192);
    char *folder = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_repeat(&path, "/x", 3000);
    fake_set_env(fake, "HOME", path.ptr);
    assert_int_equal(cl_state_folder(fake_world(fake), &folder, &err), CL_E_INVALID);
    assert_null(folder);
    fake_world_free(fake);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_string) char *folder = NULL;

    return cl_state_folder(fake_world(ctx), &folder, err);
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        fill(fake, i);
        assert_true(fail_each_allocation(attempt, fake) > 0);
        fake_world_free(fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_folder_of_the_store),
        cmocka_unit_test(asks_the_system_for_a_home_that_is_not_set),
        cmocka_unit_test(refuses_a_path_without_end),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
