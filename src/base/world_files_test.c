#include "base/world_files.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "faults.h"
#include "temp_dir.h"
#include "test.h"

static void put(const char *path, const char *content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    (void)close(fd);
}

static void reading_appends_the_whole_file(void **state)
{
    char *path = temp_path(*state, "file");
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(100000);
    CL_AUTO(cl_buf) struct cl_buf big = CL_BUF(100000);
    struct cl_err err = CL_ERR_NONE;

    put(path, "content\n");
    cl_buf_add_c(&buf, "before ");
    assert_ok(cl_files_read(NULL, path, &buf, &err), &err);
    assert_str(cl_buf_view(&buf), "before content\n");
    cl_buf_add_repeat(&big, "0123456789abcdef", 5000);
    put(path, big.ptr);
    cl_buf_truncate(&buf, 0);
    assert_ok(cl_files_read(NULL, path, &buf, &err), &err);
    assert_str(cl_buf_view(&buf), big.ptr);
    free(path);
}

static void reading_says_what_is_wrong(void **state)
{
    char *path = temp_path(*state, "file");
    char *fifo = temp_path(*state, "fifo");
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(10);
    struct cl_err err = CL_ERR_NONE;

    cl_buf_add_c(&buf, "12345");
    assert_int_equal(cl_files_read(NULL, path, &buf, &err), CL_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "/file': No such file or directory"));
    put(path, "123456");
    assert_int_equal(cl_files_read(NULL, path, &buf, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "is larger than 5 bytes"));
    assert_int_equal(cl_files_read(NULL, *state, &buf, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "is not a regular file"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(cl_files_read(NULL, fifo, &buf, &err), CL_E_INVALID); /* and does not wait */
    assert_int_equal(cl_files_read(NULL, "/dev/null", &buf, &err), CL_E_INVALID);
    assert_str(cl_buf_view(&buf), "12345");
    put(path, "67890");
    assert_ok(cl_files_read(NULL, path, &buf, &err), &err);
    assert_str(cl_buf_view(&buf), "1234567890");
    free(path);
    free(fifo);
}

/* /proc files claim to be empty: the limit also holds for what comes unannounced. */
static void reading_stops_at_the_limit_whatever_the_size_says(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(8);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_files_read(NULL, "/proc/self/status", &buf, &err), CL_E_INVALID);
    assert_int_equal(buf.len, 0);
}

static void a_file_is_described(void **state)
{
    char *path = temp_path(*state, "file");
    char *link = temp_path(*state, "link");
    char *below = temp_path(*state, "file/below");
    struct cl_file_info info;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_files_stat(NULL, path, &info, &err), &err);
    assert_false(info.exists);
    put(path, "123");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink("file", link), 0);
    assert_ok(cl_files_stat(NULL, link, &info, &err), &err);
    assert_true(info.exists && info.is_regular && !info.is_directory);
    assert_int_equal(info.mode, 0640);
    assert_int_equal(info.owner, geteuid());
    assert_int_equal(info.size_bytes, 3);
    assert_ok(cl_files_stat(NULL, *state, &info, &err), &err);
    assert_true(info.exists && info.is_directory && !info.is_regular);
    assert_ok(cl_files_stat(NULL, below, &info, &err), &err);
    assert_false(info.exists);
    free(path);
    free(link);
    free(below);
}

static void folders_are_made_with_their_parents(void **state)
{
    char *path = temp_path(*state, "a/b/c");
    char *slashes = temp_path(*state, "a//d/");
    char *file = temp_path(*state, "file");
    char *below = temp_path(*state, "file/x/y");
    struct cl_file_info info;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_files_make_dir(NULL, path, 0700, &err), &err);
    assert_ok(cl_files_make_dir(NULL, path, 0755, &err), &err); /* is there: nothing changes */
    assert_ok(cl_files_make_dir(NULL, slashes, 0700, &err), &err);
    assert_ok(cl_files_stat(NULL, path, &info, &err), &err);
    assert_true(info.is_directory);
    assert_int_equal(info.mode, 0700);
    put(file, "");
    assert_int_equal(cl_files_make_dir(NULL, file, 0700, &err), CL_E_LOCAL_CONFIG);
    assert_int_equal(cl_files_make_dir(NULL, below, 0700, &err), CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "Not a directory"));
    assert_ok(cl_files_make_dir(NULL, "/", 0700, &err), &err);
    assert_int_equal(cl_files_make_dir(NULL, "", 0700, &err), CL_E_LOCAL_CONFIG);
    free(path);
    free(slashes);
    free(file);
    free(below);
}

static void a_folder_is_listed_in_order(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_string) char *all = NULL;
    struct cl_err err = CL_ERR_NONE;
    char *absent = temp_path(*state, "absent");
    static const char *const files[] = {"b.crt", "a.crt", ".hidden"};

    for (size_t i = 0; i < CL_COUNT(files); i++) {
        char *path = temp_path(*state, files[i]);
        put(path, "x");
        free(path);
    }
    assert_ok(cl_files_list_dir(NULL, *state, &names, &err), &err);
    assert_ok(cl_strs_join(&names, " ", &all, &err), &err);
    assert_string_equal(all, ".hidden a.crt b.crt");
    assert_int_equal(cl_files_list_dir(NULL, absent, &names, &err), CL_E_NOT_FOUND);
    assert_int_equal(names.count, 3);
    free(absent);
}

static void only_an_empty_folder_is_removed(void **state)
{
    char *folder = temp_path(*state, "folder");
    char *file = temp_path(*state, "folder/file");
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_files_make_dir(NULL, folder, 0700, &err), &err);
    put(file, "x");
    assert_int_equal(cl_files_remove_dir(NULL, folder, &err), CL_E_LOCAL_CONFIG);
    assert_int_equal(unlink(file), 0);
    assert_ok(cl_files_remove_dir(NULL, folder, &err), &err);
    assert_int_equal(cl_files_remove_dir(NULL, folder, &err), CL_E_NOT_FOUND);
    free(folder);
    free(file);
}

static void a_link_leads_to_another_file(void **state)
{
    char *file = temp_path(*state, "file");
    char *link = temp_path(*state, "link");
    char *nowhere = temp_path(*state, "nowhere/link");
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(16);
    struct cl_err err = CL_ERR_NONE;

    put(file, "x");
    assert_ok(cl_files_make_link(NULL, file, link, &err), &err);
    assert_ok(cl_files_read(NULL, link, &text, &err), &err);
    assert_str(cl_buf_view(&text), "x");
    assert_int_equal(cl_files_make_link(NULL, file, link, &err), CL_E_CONFLICT);
    assert_int_equal(cl_files_make_link(NULL, file, nowhere, &err), CL_E_NOT_FOUND);
    assert_ok(cl_files_remove(NULL, link, &err), &err); /* and not what it leads to */
    assert_int_equal(access(file, F_OK), 0);
    free(file);
    free(link);
    free(nowhere);
}

static void removing_takes_the_name_away(void **state)
{
    char *path = temp_path(*state, "file");
    struct cl_err err = CL_ERR_NONE;

    put(path, "");
    assert_ok(cl_files_remove(NULL, path, &err), &err);
    assert_int_equal(temp_count(*state), 0);
    assert_int_equal(cl_files_remove(NULL, path, &err), CL_E_NOT_FOUND);
    assert_int_equal(cl_files_remove(NULL, *state, &err), CL_E_LOCAL_CONFIG);
    free(path);
}

static int64_t soon(int64_t span_ms)
{
    struct cl_world world = cl_world_real();

    return world.monotonic_ms(world.ctx) + span_ms;
}

static void a_lock_keeps_others_out_until_their_deadline(void **state)
{
    char *path = temp_path(*state, "lock");
    struct cl_err err = CL_ERR_NONE;
    int64_t started_ms = soon(0);
    int first = -1;
    int second = -1;

    assert_ok(cl_files_lock(NULL, path, 0, &first, &err), &err);
    assert_int_equal(cl_files_lock(NULL, path, soon(20), &second, &err), CL_E_TIMEOUT);
    assert_non_null(strstr(err.text, "is locked by another process"));
    assert_true(soon(0) - started_ms >= 20);
    assert_int_equal(second, -1);
    assert_int_equal(cl_files_lock(NULL, path, soon(-1), &second, &err), CL_E_TIMEOUT);
    cl_files_unlock(NULL, first);
    assert_ok(cl_files_lock(NULL, path, soon(-1), &second, &err), &err); /* free: no wait needed */
    cl_files_unlock(NULL, second);
    assert_int_equal(temp_count(*state), 1); /* the file stays */
    free(path);
}

struct herd {
    char *path;
    int inside;
    int rounds;
    const char *complaint;
};

static void *take_turns(void *ctx)
{
    struct herd *herd = ctx;

    for (int i = 0; i < 20; i++) {
        struct cl_err err = CL_ERR_NONE;
        int lock = -1;
        if (cl_files_lock(NULL, herd->path, 0, &lock, &err) != CL_OK) {
            herd->complaint = "lock failed";
            return NULL;
        }
        if (__atomic_add_fetch(&herd->inside, 1, __ATOMIC_SEQ_CST) != 1)
            herd->complaint = "two at once";
        herd->rounds++;
        (void)__atomic_sub_fetch(&herd->inside, 1, __ATOMIC_SEQ_CST);
        cl_files_unlock(NULL, lock);
    }
    return NULL;
}

static void a_herd_holds_a_lock_one_at_a_time(void **state)
{
    struct herd herd = {.path = temp_path(*state, "lock")};
    pthread_t threads[8];

    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, &herd), 0);
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_null(herd.complaint);
    assert_int_equal(herd.rounds, 160);
    free(herd.path);
}

static void a_lock_dies_with_its_process(void **state)
{
    char *path = temp_path(*state, "lock");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;
    int status = -1;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(cl_files_lock(NULL, path, 0, &lock, &err) == CL_OK ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_ok(cl_files_lock(NULL, path, soon(-1), &lock, &err), &err);
    /* A program that is started meanwhile does not inherit it. */
    assert_int_equal(fcntl(lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    cl_files_unlock(NULL, lock);
    free(path);
}

static void a_lock_needs_its_folder(void **state)
{
    char *path = temp_path(*state, "no/such/lock");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;

    assert_int_equal(cl_files_lock(NULL, path, 0, &lock, &err), CL_E_NOT_FOUND);
    free(path);
}

static enum cl_code make_and_read(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(100000);
    char *path = temp_path(ctx, "file");
    char *folder = temp_path(ctx, "x/y");

    (void)rmdir(folder);
    put(path, "some content");
    enum cl_code rc = cl_files_read(NULL, path, &buf, err);
    if (rc == CL_OK)
        rc = cl_files_make_dir(NULL, folder, 0700, err);
    free(path);
    free(folder);
    return rc;
}

static void files_survive_lack_of_memory(void **state)
{
    assert_true(fail_each_allocation(make_and_read, *state) >= 3);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, temp_dir_setup, temp_dir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(reading_appends_the_whole_file),
        FILE_TEST(reading_says_what_is_wrong),
        FILE_TEST(reading_stops_at_the_limit_whatever_the_size_says),
        FILE_TEST(a_file_is_described),
        FILE_TEST(folders_are_made_with_their_parents),
        FILE_TEST(a_folder_is_listed_in_order),
        FILE_TEST(only_an_empty_folder_is_removed),
        FILE_TEST(a_link_leads_to_another_file),
        FILE_TEST(removing_takes_the_name_away),
        FILE_TEST(a_lock_keeps_others_out_until_their_deadline),
        FILE_TEST(a_herd_holds_a_lock_one_at_a_time),
        FILE_TEST(a_lock_dies_with_its_process),
        FILE_TEST(a_lock_needs_its_folder),
        FILE_TEST(files_survive_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
