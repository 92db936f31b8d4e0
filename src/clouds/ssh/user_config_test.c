#include "clouds/ssh/user_config.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

static const char file[] = "# mine\n"
                           "User early\n"
                           "\n"
                           "Host gpu gpu?.example.com !gpu9.example.com\n"
                           "  HostName = 10.0.0.7   # the box\n"
                           "\tport=2222\n"
                           "  IdentityFile \"~/.ssh/a key\"\n"
                           "  IdentityFile none\n"
                           "  hostname second\n"
                           "Match host gpu\n"
                           "  User nobody\n"
                           "Host *\r\n"
                           "  IdentityFile ~/.ssh/id_rsa\r\n"
                           "  IdentityFile ~/.ssh/id_rsa\n"
                           "  Port 99\n"
                           "  User\n"
                           "  ProxyCommand touch /tmp/ran\n";

static void finds_what_is_said_about_a_host(void **state)
{
    static const struct {
        const char *text;
        const char *alias;
        const char *host_name; /* "" : not said */
        const char *user;
        const char *port;
        const char *identities;
        bool partly;
    } cases[] = {
        {file, "gpu", "10.0.0.7", "early", "2222", "~/.ssh/a key|~/.ssh/id_rsa", true},
        {file, "GPU1.example.com", "10.0.0.7", "early", "2222", "~/.ssh/a key|~/.ssh/id_rsa", true},
        {file, "gpu9.example.com", "", "early", "99", "~/.ssh/id_rsa", true},
        {"", "gpu", "", "", "", "", false},
        {"Host other\nUser x\nInclude y\n", "gpu", "", "", "", "", false},
        {"Include ~/.ssh/more\n", "gpu", "", "", "", "", true},
        {"Host\nUser x\n", "gpu", "", "", "", "", false},
        {"Host \"gpu\nUser \"a b\n=\n\"\n", "gpu", "", "a b", "", "", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct ssh_user_config found = {.host_name = NULL};
        CL_AUTO(cl_string) char *identities = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(
            ssh_user_config_read(cl_str_of(cases[i].text), cl_str_of(cases[i].alias), &found, &err),
            &err);
        assert_str(cl_str_of(found.host_name), cases[i].host_name);
        assert_str(cl_str_of(found.user), cases[i].user);
        assert_str(cl_str_of(found.port), cases[i].port);
        assert_ok(cl_strs_join(&found.identities, "|", &identities, &err), &err);
        assert_string_equal(identities, cases[i].identities);
        assert_int_equal(found.partly, cases[i].partly);
        ssh_user_config_cleanup(&found);
    }
}

static void passes_over_a_damaged_line(void **state)
{
    struct ssh_user_config found = {.host_name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(ssh_user_config_read(CL_STR("User a\0b\nIdentityFile \0\nUser c\n"), CL_STR("gpu"),
                                   &found, &err),
              &err);
    assert_string_equal(found.user, "c");
    assert_int_equal(found.identities.count, 0);
    ssh_user_config_cleanup(&found);
}

static void keeps_no_more_identities_than_ssh(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8192);
    struct ssh_user_config found = {.host_name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < 200; i++)
        cl_buf_addf(&text, "IdentityFile key%d\n", i);
    assert_ok(ssh_user_config_read(cl_buf_view(&text), CL_STR("gpu"), &found, &err), &err);
    assert_int_equal(found.identities.count, 100);
    ssh_user_config_cleanup(&found);
}

static void expands_the_paths_of_identities(void **state)
{
    static const struct {
        const char *written;
        const char *path; /* NULL: refused */
    } cases[] = {
        {"~/.ssh/id", "/home/me/.ssh/id"},
        {"%d/keys/%h-%r%%", "/home/me/keys/gpu1-ml%"},
        {"/etc/key", "/etc/key"},
        {"~other/key", "~other/key"},
        {"%l/key", NULL},
        {"key%", NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(256);
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code =
            ssh_identity_path(cases[i].written, "/home/me", "gpu1", "ml", &path, &err);

        assert_int_equal(code, cases[i].path == NULL ? CL_E_INVALID : CL_OK);
        if (cases[i].path != NULL)
            assert_string_equal(path.ptr, cases[i].path);
    }
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    struct ssh_user_config found = {.host_name = NULL};

    (void)ctx;
    enum cl_code code = ssh_user_config_read(cl_str_of(file), CL_STR("gpu"), &found, err);
    ssh_user_config_cleanup(&found);
    return code;
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(attempt, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_said_about_a_host),
        cmocka_unit_test(passes_over_a_damaged_line),
        cmocka_unit_test(keeps_no_more_identities_than_ssh),
        cmocka_unit_test(expands_the_paths_of_identities),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
