#include "bridges/private_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fake_world.h"
#include "faults.h"
#include "temp_dir.h"
#include "test.h"

/* A folder for one program, in a world of memory and, where links matter, in the real one. */

static void add_file(struct cl_private_folder *folder, const char *name, const char *variable,
                     const char *content)
{
    char *copy = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_str_dup(cl_str_of(content), &copy, &err), &err);
    assert_ok(cl_private_folder_add_take(folder, name, variable, copy, &err), &err);
}

static void is_for_its_owner_and_goes_with_all_that_was_put_there(void **state)
{
    struct fake_world *fake = fake_world_new();
    const struct cl_world *world = fake_world(fake);
    CL_AUTO(cl_private_folder) struct cl_private_folder folder = {.variable = "DOCKER_CONFIG"};
    CL_AUTO(cl_string) char *path = NULL;
    CL_AUTO(cl_buf) struct cl_buf inside = CL_BUF(256);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_file(fake, "/run/user/7/x", "");
    fake_set_env(fake, "XDG_RUNTIME_DIR", "/run/user/7");
    add_file(&folder, "config.json", NULL, "{}");
    assert_ok(cl_private_folder_add_link(&folder, "plugins", CL_STR("/home/u/plugins"), &err),
              &err);
    assert_ok(cl_private_folder_write(world, &folder, &path, &err), &err);
    assert_true(cl_str_starts(cl_str_of(path), CL_STR("/run/user/7/cleat/cleat-DOCKER_CONFIG-")));
    assert_int_equal(fake_file_mode(fake, path), 0700);
    cl_buf_addf(&inside, "%s/config.json", path);
    assert_string_equal(fake_file(fake, inside.ptr), "{}");
    assert_int_equal(fake_file_mode(fake, inside.ptr), 0600);
    cl_buf_truncate(&inside, 0);
    cl_buf_addf(&inside, "%s/plugins", path);
    assert_string_equal(fake_file(fake, inside.ptr), "-> /home/u/plugins");
    cl_buf_addf(&inside, "-of-the-program/deep/file");
    fake_set_file(fake, inside.ptr, "left");
    assert_ok(cl_private_folder_remove(world, path, &err), &err);
    assert_int_equal(fake_file_mode(fake, path), 0);
    assert_null(fake_file(fake, inside.ptr));
    assert_int_equal(cl_private_folder_remove(world, path, &err), CL_E_NOT_FOUND);
    fake_world_free(fake);
}

/* A link goes, what it leads to stays, be it a file, a folder or the folder's own parent. */
static void removing_follows_no_link(void **state)
{
    struct cl_world world = cl_world_real();
    char *folder = temp_path(*state, "folder");
    char *kept = temp_path(*state, "kept/file");
    char *parent = temp_path(*state, "kept");
    char *to_folder = temp_path(*state, "folder/to-folder");
    char *to_parent = temp_path(*state, "folder/to-parent");
    char *to_nowhere = temp_path(*state, "folder/deep/to-nowhere");
    char *deep = temp_path(*state, "folder/deep");
    struct cl_err err = CL_ERR_NONE;

    assert_ok(world.make_dir(NULL, parent, 0700, &err), &err);
    assert_ok(world.create_file(NULL, kept, CL_STR("x"), 0600, &err), &err);
    assert_ok(world.make_dir(NULL, deep, 0700, &err), &err);
    assert_ok(world.make_link(NULL, parent, to_folder, &err), &err);
    assert_ok(world.make_link(NULL, "..", to_parent, &err), &err);
    assert_ok(world.make_link(NULL, "/nowhere", to_nowhere, &err), &err);
    assert_ok(cl_private_folder_remove(&world, folder, &err), &err);
    assert_int_equal(access(folder, F_OK), -1);
    assert_int_equal(access(kept, F_OK), 0);
    free(folder);
    free(kept);
    free(parent);
    free(to_folder);
    free(to_parent);
    free(to_nowhere);
    free(deep);
}

/* Whatever fails: either the folder is there whole, or nothing of it. */
static void leaves_nothing_behind_after_a_failure(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_private_folder) struct cl_private_folder folder = {.variable = "V"};
    struct cl_err ignored = CL_ERR_NONE;
    int failures = 0;

    (void)state;
    fake_set_file(fake, "/tmp/x", "");
    add_file(&folder, "a", NULL, "1");
    assert_ok(cl_private_folder_add_link(&folder, "b", CL_STR("/b"), &ignored), &ignored);
    for (int64_t nth = 1;; nth++) {
        CL_AUTO(cl_string) char *path = NULL;
        CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;
        fake_fail_at(fake, nth);
        enum cl_code code = cl_private_folder_write(fake_world(fake), &folder, &path, &err);
        int64_t made = fake_calls_made(fake);
        fake_fail_at(fake, 0);
        assert_true(nth < 20);
        if (code == CL_OK && made < nth)
            break;
        failures += code != CL_OK;
        assert_null(path);
        assert_ok(fake_world(fake)->list_dir(fake_world(fake)->ctx, "/tmp", &names, &err), &err);
        assert_int_equal(names.count, 1);
    }
    assert_true(failures >= 3);
    fake_world_free(fake);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_private_folder) struct cl_private_folder folder = {.variable = "V"};
    CL_AUTO(cl_string) char *path = NULL;
    char *content = NULL;
    struct cl_err ignored = CL_ERR_NONE;

    CL_TRY(cl_str_dup(CL_STR("1"), &content, err));
    CL_TRY(cl_private_folder_add_take(&folder, "a", NULL, content, err));
    CL_TRY(cl_private_folder_add_link(&folder, "b", CL_STR("/b"), err));
    CL_TRY(cl_private_folder_write(fake_world(ctx), &folder, &path, err));
    enum cl_code code = cl_private_folder_remove(fake_world(ctx), path, err);
    if (code != CL_OK) /* so that the next round has room */
        CL_IGNORE(cl_private_folder_remove(fake_world(ctx), path, &ignored));
    return code;
}

static void reports_every_failing_allocation(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_file(fake, "/tmp/x", "");
    assert_true(fail_each_allocation(attempt, fake) > 5);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_for_its_owner_and_goes_with_all_that_was_put_there),
        cmocka_unit_test_setup_teardown(removing_follows_no_link, temp_dir_setup,
                                        temp_dir_teardown),
        cmocka_unit_test(leaves_nothing_behind_after_a_failure),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
