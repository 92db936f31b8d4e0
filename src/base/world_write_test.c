#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/world_files.h"
#include "faults.h"
#include "temp_dir.h"
#include "test.h"

#define FILE_IS(path, text)                                        \
    do {                                                           \
        CL_AUTO(cl_buf) struct cl_buf buf_ = CL_BUF(100000);       \
        struct cl_err err_ = CL_ERR_NONE;                          \
        assert_ok(cl_files_read(NULL, path, &buf_, &err_), &err_); \
        assert_str(cl_buf_view(&buf_), text);                      \
    } while (0)

static unsigned mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777U;
}

static void replacing_makes_and_changes_a_file(void **state)
{
    char *path = temp_path(*state, "file");
    struct cl_err err = CL_ERR_NONE;
    struct stat before;
    struct stat after;

    assert_ok(cl_files_replace(NULL, path, CL_STR("one"), 0640, &err), &err);
    FILE_IS(path, "one");
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(stat(path, &before), 0);
    assert_ok(cl_files_replace(NULL, path, CL_STR(""), 0640, &err), &err);
    FILE_IS(path, "");
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino != after.st_ino); /* a new file, so a reader never sees half */
    assert_int_equal(temp_count(*state), 1);
    free(path);
}

static const struct {
    mode_t old, wanted, result;
} modes[] = {
    {0644, 0600, 0600}, {0600, 0644, 0600}, {0400, 0600, 0400},
    {0600, 0600, 0600}, {0660, 0644, 0640},
};

static void replacing_keeps_the_stricter_mode(void **state)
{
    char *path = temp_path(*state, "file");
    struct cl_err err = CL_ERR_NONE;

    for (size_t i = 0; i < CL_COUNT(modes); i++) {
        (void)unlink(path);
        assert_ok(cl_files_create(NULL, path, CL_STR("old"), modes[i].old, &err), &err);
        assert_int_equal(mode_of(path), modes[i].old);
        assert_ok(cl_files_replace(NULL, path, CL_STR("new"), modes[i].wanted, &err), &err);
        assert_int_equal(mode_of(path), modes[i].result);
    }
    free(path);
}

static void replacing_as_root_keeps_the_owner(void **state)
{
    char *path = temp_path(*state, "file");
    struct cl_err err = CL_ERR_NONE;
    struct stat info;

    if (geteuid() != 0) {
        free(path);
        skip();
    }
    assert_ok(cl_files_create(NULL, path, CL_STR("old"), 0600, &err), &err);
    assert_int_equal(chown(path, 12345, 54321), 0);
    assert_ok(cl_files_replace(NULL, path, CL_STR("new"), 0600, &err), &err);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_uid, 12345);
    assert_int_equal(info.st_gid, 54321);
    assert_int_equal(chown(path, geteuid(), 54321), 0); /* another group alone */
    assert_ok(cl_files_replace(NULL, path, CL_STR("newer"), 0600, &err), &err);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_uid, geteuid());
    assert_int_equal(info.st_gid, 54321);
    free(path);
}

/* link1 -> link2 -> folder/file, the second one absolute */
static void replacing_follows_links_to_the_file(void **state)
{
    char *folder = temp_path(*state, "folder");
    char *file = temp_path(*state, "folder/file");
    char *link1 = temp_path(*state, "link1");
    char *link2 = temp_path(folder, "link2");
    struct cl_err err = CL_ERR_NONE;
    struct stat info;

    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(symlink("folder/link2", link1), 0);
    assert_int_equal(symlink(file, link2), 0);
    for (int i = 0; i < 2; i++) { /* the first time it dangles */
        assert_ok(cl_files_replace(NULL, link1, CL_STR("content"), 0600, &err), &err);
        FILE_IS(file, "content");
        assert_int_equal(lstat(link1, &info), 0);
        assert_true(S_ISLNK(info.st_mode));
        assert_int_equal(lstat(link2, &info), 0);
        assert_true(S_ISLNK(info.st_mode));
    }
    free(folder);
    free(file);
    free(link1);
    free(link2);
}

static void removing_a_target_leaves_the_links(void **state)
{
    char *file = temp_path(*state, "file");
    char *link1 = temp_path(*state, "link1");
    char *link2 = temp_path(*state, "link2");
    struct cl_err err = CL_ERR_NONE;
    struct stat info;

    assert_int_equal(symlink("link2", link1), 0);
    assert_int_equal(symlink(file, link2), 0);
    assert_ok(cl_files_replace(NULL, link1, CL_STR("content"), 0600, &err), &err);
    assert_ok(cl_files_remove_target(NULL, link1, &err), &err);
    assert_int_equal(lstat(file, &info), -1);
    assert_int_equal(lstat(link1, &info), 0);
    assert_int_equal(lstat(link2, &info), 0);
    assert_int_equal(cl_files_remove_target(NULL, link1, &err), CL_E_NOT_FOUND);
    assert_ok(cl_files_replace(NULL, file, CL_STR("content"), 0600, &err), &err);
    assert_ok(cl_files_remove_target(NULL, file, &err), &err); /* no link at all */
    assert_int_equal(lstat(file, &info), -1);
    free(file);
    free(link1);
    free(link2);
}

static void links_in_a_circle_are_refused(void **state)
{
    char *one = temp_path(*state, "one");
    char *two = temp_path(*state, "two");
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(symlink("two", one), 0);
    assert_int_equal(symlink("one", two), 0);
    assert_int_equal(cl_files_replace(NULL, one, CL_STR("x"), 0600, &err), CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "too many symbolic links"));
    free(one);
    free(two);
}

static void creating_refuses_what_exists(void **state)
{
    char *path = temp_path(*state, "file");
    char *link = temp_path(*state, "link");
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_files_create(NULL, path, CL_STR("first"), 0600, &err), &err);
    assert_int_equal(cl_files_create(NULL, path, CL_STR("second"), 0600, &err), CL_E_CONFLICT);
    FILE_IS(path, "first");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(symlink("elsewhere", link), 0);
    assert_int_equal(cl_files_create(NULL, link, CL_STR("x"), 0600, &err), CL_E_CONFLICT);
    assert_int_equal(temp_count(*state), 2); /* no draft is left */
    free(path);
    free(link);
}

static void writing_needs_its_folder(void **state)
{
    char *path = temp_path(*state, "no/file");
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(cl_files_replace(NULL, path, CL_STR("x"), 0600, &err), CL_E_NOT_FOUND);
    assert_int_equal(cl_files_create(NULL, path, CL_STR("x"), 0600, &err), CL_E_NOT_FOUND);
    assert_int_equal(cl_files_replace(NULL, *state, CL_STR("x"), 0600, &err), CL_E_LOCAL_CONFIG);
    free(path);
}

/* In a child that may not write more than a few bytes to any file, as on a full disk. */
static int write_on_full_disk(const char *path, const char *fresh)
{
    struct cl_str content = CL_STR("more than the ten bytes allowed");
    struct rlimit limit = {.rlim_cur = 10, .rlim_max = 10};
    struct cl_err err = CL_ERR_NONE;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 1;
    if (cl_files_replace(NULL, path, content, 0600, &err) != CL_E_LOCAL_CONFIG ||
        strstr(err.text, "File too large") == NULL)
        return 2;
    return cl_files_create(NULL, fresh, content, 0600, &err) == CL_E_LOCAL_CONFIG ? 0 : 3;
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    char *path = temp_path(*state, "file");
    char *fresh = temp_path(*state, "fresh");
    struct cl_err err = CL_ERR_NONE;
    int status = -1;

    assert_ok(cl_files_create(NULL, path, CL_STR("old"), 0600, &err), &err);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(write_on_full_disk(path, fresh));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    FILE_IS(path, "old");
    assert_int_equal(temp_count(*state), 1); /* neither a new file nor a draft */
    free(path);
    free(fresh);
}

/* A child that replaces the file until it is killed: whatever is read is one of the two contents.
 */
static void killing_a_writer_leaves_a_whole_file(void **state)
{
    char *path = temp_path(*state, "file");
    CL_AUTO(cl_buf) struct cl_buf old = CL_BUF(100000);
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_repeat(&old, "a", 20000);
    assert_ok(cl_files_create(NULL, path, cl_buf_view(&old), 0600, &err), &err);
    for (int i = 0; i < 20; i++) {
        CL_AUTO(cl_buf) struct cl_buf now = CL_BUF(100000);
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        while (child == 0) {
            (void)memset(old.ptr, old.ptr[0] == 'a' ? 'b' : 'a', old.len);
            /* The child is killed in here; what counts is what it leaves behind. */
            CL_IGNORE(cl_files_replace(NULL, path, cl_buf_view(&old), 0600, &err));
        }
        (void)usleep((useconds_t)(i * 300));
        (void)kill(child, SIGKILL);
        (void)waitpid(child, &status, 0);
        assert_ok(cl_files_read(NULL, path, &now, &err), &err);
        assert_int_equal(now.len, 20000);
        for (size_t at = 0; at < now.len; at++)
            assert_int_equal(now.ptr[at], now.ptr[0]);
    }
    free(path);
}

static enum cl_code write_both(void *ctx, struct cl_err *err)
{
    char *link = temp_path(ctx, "link");
    char *fresh = temp_path(ctx, "fresh");

    (void)unlink(fresh);
    (void)symlink("file", link);
    enum cl_code rc = cl_files_replace(NULL, link, CL_STR("content"), 0600, err);
    if (rc == CL_OK)
        rc = cl_files_create(NULL, fresh, CL_STR("content"), 0600, err);
    free(link);
    free(fresh);
    return rc;
}

static void writing_survives_lack_of_memory(void **state)
{
    assert_true(fail_each_allocation(write_both, *state) >= 6);
    assert_int_equal(temp_count(*state), 3); /* no draft is left */
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, temp_dir_setup, temp_dir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(replacing_makes_and_changes_a_file),
        FILE_TEST(replacing_keeps_the_stricter_mode),
        FILE_TEST(replacing_as_root_keeps_the_owner),
        FILE_TEST(replacing_follows_links_to_the_file),
        FILE_TEST(removing_a_target_leaves_the_links),
        FILE_TEST(links_in_a_circle_are_refused),
        FILE_TEST(creating_refuses_what_exists),
        FILE_TEST(writing_needs_its_folder),
        FILE_TEST(a_full_disk_leaves_the_old_file),
        FILE_TEST(killing_a_writer_leaves_a_whole_file),
        FILE_TEST(writing_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
