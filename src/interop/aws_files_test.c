#include "interop/aws_profiles.h"

#include <pwd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

/* The two files of the AWS tools: where they are, and what reading them can meet. */

static int set_up(void **state)
{
    struct fake_world *fake = fake_world_new();

    fake_set_env(fake, "HOME", "/home/u");
    *state = fake;
    return 0;
}

static int tear_down(void **state)
{
    fake_world_free(*state);
    return 0;
}

/* --- where --------------------------------------------------------------------------------- */

static void assert_config_path(struct fake_world *fake, const char *given, const char *want)
{
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(fake, "AWS_CONFIG_FILE", given);
    assert_ok(cl_aws_config_path(fake_world(fake), &path, &err), &err);
    assert_string_equal(path, want);
}

static void finds_the_files_in_the_usual_place(void **state)
{
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_config_path(*state, NULL, "/home/u/.aws/config");
    assert_config_path(*state, "", "/home/u/.aws/config");
    assert_ok(cl_aws_credentials_path(fake_world(*state), &path, &err), &err);
    assert_string_equal(path, "/home/u/.aws/credentials");
}

static void lets_variables_move_each_file(void **state)
{
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(*state, "AWS_SHARED_CREDENTIALS_FILE", "/etc/aws/keys");
    assert_ok(cl_aws_credentials_path(fake_world(*state), &path, &err), &err);
    assert_string_equal(path, "/etc/aws/keys");
    assert_config_path(*state, NULL, "/home/u/.aws/config");
    assert_config_path(*state, "/etc/aws/config", "/etc/aws/config");
}

static void expands_home_and_variables_in_the_path(void **state)
{
    static const struct {
        const char *given;
        const char *want;
    } rows[] = {
        {"~", "/home/u"},
        {"~/x/config", "/home/u/x/config"},
        {"$HOME/x", "/home/u/x"},
        {"${HOME}/x", "/home/u/x"},
        {"/a/$DIR/config", "/a/team/config"},
        {"/a/${DIR}s/$DIR", "/a/teams/team"},
        {"$DIR", "team"},
        /* what is not set stays as it is */
        {"/a/$NOBODY/config", "/a/$NOBODY/config"},
        {"/a/${NOBODY}/config", "/a/${NOBODY}/config"},
        {"/a/$EMPTY/config", "/a/$EMPTY/config"},
        /* no variables */
        {"/a/$/config", "/a/$/config"},
        {"/a/${DIR", "/a/${DIR"},
        {"/a/${}/b", "/a/${}/b"},
        {"/a/${D-R}/b", "/a/${D-R}/b"},
        {"/a/b$", "/a/b$"},
        {"/a/~/b", "/a/~/b"},
        {"relative/config", "relative/config"},
        {"~nobody-of-that-name/x", "~nobody-of-that-name/x"},
    };

    fake_set_env(*state, "DIR", "team");
    fake_set_env(*state, "EMPTY", "");
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_config_path(*state, rows[i].given, rows[i].want);
}

static void expands_the_home_of_another_user(void **state)
{
    const struct passwd *root = getpwuid(0);
    CL_AUTO(cl_buf) struct cl_buf given = CL_BUF(256);
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(256);

    assert_non_null(root);
    cl_buf_addf(&given, "~%s/aws/config", root->pw_name);
    cl_buf_addf(&want, "%s/aws/config", root->pw_dir);
    assert_config_path(*state, given.ptr, want.ptr);
}

static void needs_home_only_where_it_is_used(void **state)
{
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(*state, "HOME", NULL);
    assert_int_equal(cl_aws_config_path(fake_world(*state), &path, &err), CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, "cannot find the AWS configuration: HOME is not set");
    assert_null(path);
    assert_config_path(*state, "/etc/aws/config", "/etc/aws/config");
}

static void refuses_a_path_without_end(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf given = CL_BUF(8192);
    CL_AUTO(cl_string) char *path = NULL;
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_repeat(&given, "x", 5000);
    fake_set_env(*state, "AWS_CONFIG_FILE", given.ptr);
    assert_int_equal(cl_aws_config_path(fake_world(*state), &path, &err), CL_E_INVALID);
}

/* --- reading ------------------------------------------------------------------------------- */

static void takes_missing_files_for_empty_ones(void **state)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *none = NULL;
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *one = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_aws_profiles_load(fake_world(*state), &none, &err), &err);
    assert_false(cl_aws_profiles_has(none, CL_STR("default")));
    fake_set_file(*state, "/home/u/.aws/credentials", "[default]\nk = v\n");
    assert_ok(cl_aws_profiles_load(fake_world(*state), &one, &err), &err);
    assert_str(cl_aws_profile_get(one, CL_STR("default"), "k"), "v");
}

static void reads_both_files_as_one(void **state)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = NULL;
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(*state, "AWS_CONFIG_FILE", "/etc/aws/config");
    fake_set_file(*state, "/etc/aws/config", "[profile dev]\nregion = eu-west-1\n");
    fake_set_file(*state, "/home/u/.aws/credentials", "[dev]\naws_session_token = t\n");
    assert_ok(cl_aws_profiles_load(fake_world(*state), &profiles, &err), &err);
    assert_str(cl_aws_profile_get(profiles, CL_STR("dev"), "region"), "eu-west-1");
    assert_str(cl_aws_profile_get(profiles, CL_STR("dev"), "aws_session_token"), "t");
}

static void assert_unreadable(struct fake_world *fake, const char *why)
{
    struct cl_aws_profiles *profiles = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(cl_aws_profiles_load(fake_world(fake), &profiles, &err), CL_E_LOCAL_CONFIG);
    assert_int_equal(err.code, CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, why));
    assert_null(profiles);
}

static void reports_files_that_cannot_be_read(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf large = CL_BUF(2 * CL_INI_MAX_BYTES);
    struct fake_world *fake = *state;

    fake_set_file(fake, "/home/u/.aws/config/inside", ""); /* the file's place is a folder */
    assert_unreadable(fake, "'/home/u/.aws/config' is not a regular file");
    fake_set_env(fake, "AWS_CONFIG_FILE", "/other");
    fake_set_file(fake, "/other", "[default]\nk\n");
    assert_unreadable(fake, "cannot read /other: line 2");
    cl_buf_add_repeat(&large, "# comment\n", CL_INI_MAX_BYTES / 10 + 1);
    fake_set_file(fake, "/other", large.ptr);
    assert_unreadable(fake, "'/other' is larger than");
    fake_set_file(fake, "/other", "[default]\n");
    fake_fail_at(fake, 2);
    assert_unreadable(fake, "/home/u/.aws/credentials");
}

static enum cl_code load(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_aws_profiles) struct cl_aws_profiles *profiles = NULL;

    return cl_aws_profiles_load(fake_world(ctx), &profiles, err);
}

static void reports_every_failing_allocation(void **state)
{
    fake_set_env(*state, "AWS_CONFIG_FILE", "${HOME}/c");
    fake_set_file(*state, "/home/u/c", "[default]\nk = v\n[profile x]\n");
    assert_true(fail_each_allocation(load, *state) > 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_the_files_in_the_usual_place),     TEST(lets_variables_move_each_file),
        TEST(expands_home_and_variables_in_the_path), TEST(expands_the_home_of_another_user),
        TEST(needs_home_only_where_it_is_used),       TEST(refuses_a_path_without_end),
        TEST(takes_missing_files_for_empty_ones),     TEST(reads_both_files_as_one),
        TEST(reports_files_that_cannot_be_read),      TEST(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
