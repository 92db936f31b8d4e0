#include "base/files_util.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "test.h"

static const struct {
    const char *path, *parent;
} parents[] = {
    {"file", "."},      {"/file", "/"}, {"/", "/"}, {"a/b", "a"},
    {"/a/b/c", "/a/b"}, {"a/", "a"},    {"", "."},
};

static void a_path_has_a_parent(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(parents); i++) {
        CL_AUTO(cl_string) char *parent = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_path_parent(parents[i].path, &parent, &err), &err);
        assert_string_equal(parent, parents[i].parent);
    }
}

static void a_long_path_shows_its_end(void **state)
{
    char path[1000];

    (void)state;
    (void)memset(path, 'x', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    (void)memcpy(path + sizeof(path) - 6, "/file", 6);
    assert_int_equal(strlen(cl_path_shown(path)), 200);
    assert_true(cl_str_ends(cl_str_of(cl_path_shown(path)), CL_STR("x/file")));
    assert_string_equal(cl_path_shown("/short"), "/short");
}

static const struct {
    int cause;
    enum cl_code code;
    const char *text;
} causes[] = {
    {ENOENT, CL_E_NOT_FOUND, "cannot read '/x': No such file or directory"},
    {ENOTDIR, CL_E_NOT_FOUND, "cannot read '/x': Not a directory"},
    {EACCES, CL_E_LOCAL_CONFIG, "cannot read '/x': Permission denied"},
    {EROFS, CL_E_LOCAL_CONFIG, "cannot read '/x': Read-only file system"},
    {12345, CL_E_LOCAL_CONFIG, "cannot read '/x': unknown error"},
};

static void errors_name_the_file_and_the_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(causes); i++) {
        struct cl_err err = CL_ERR_NONE;
        errno = causes[i].cause;
        assert_int_equal(cl_files_error(&err, "read", "/x"), causes[i].code);
        assert_string_equal(err.text, causes[i].text);
    }
}

static void a_descriptor_is_closed_unless_it_was_taken(void **state)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int taken = cl_fd_take(&fd);

    (void)state;
    assert_true(taken >= 0);
    assert_int_equal(fd, -1);
    cl_fd_cleanup(&fd);
    assert_int_not_equal(fcntl(taken, F_GETFD), -1);
    cl_fd_cleanup(&taken);
    assert_int_equal(fcntl(taken, F_GETFD), -1);
}

static void syncing_needs_the_folder(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_files_sync_parent("/tmp/x", &err), &err);
    assert_ok(cl_files_sync_parent("x", &err), &err);
    assert_int_equal(cl_files_sync_parent("/no/such/folder/x", &err), CL_E_NOT_FOUND);
    assert_int_equal(cl_files_sync_parent("/dev/null/x", &err), CL_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_has_a_parent),
        cmocka_unit_test(a_long_path_shows_its_end),
        cmocka_unit_test(errors_name_the_file_and_the_cause),
        cmocka_unit_test(a_descriptor_is_closed_unless_it_was_taken),
        cmocka_unit_test(syncing_needs_the_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
