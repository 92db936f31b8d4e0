#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/world_files.h"
#include "temp_dir.h"
#include "test.h"

static int flock_error; /* 0: it works */

/* Instead of the C library's: file systems without locks cannot be had in a test. */
int flock(int fd, int operation)
{
    if (flock_error == 0)
        return (int)syscall(SYS_flock, fd, operation);
    errno = flock_error;
    return -1;
}

static int64_t soon(int64_t ms)
{
    struct cl_world world = cl_world_real();

    return world.monotonic_ms(world.ctx) + ms;
}

static enum cl_code make(const char *path, int64_t patience_ms, int *ret, struct cl_err *err)
{
    return cl_files_make_marker(NULL, path, soon(patience_ms), ret, err);
}

static void is_there_while_it_is_held(void **state)
{
    char *path = temp_path(*state, "config.lock");
    struct stat info;
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;

    assert_ok(make(path, -1, &lock, &err), &err);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0200);
    assert_int_equal(fcntl(lock, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    cl_files_drop_marker(NULL, path, lock);
    assert_int_equal(stat(path, &info), -1);
    free(path);
}

static void keeps_others_out_until_their_deadline(void **state)
{
    char *path = temp_path(*state, "config.lock");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;
    int other = -1;

    assert_ok(make(path, -1, &lock, &err), &err);
    assert_int_equal(make(path, 20, &other, &err), CL_E_TIMEOUT);
    assert_non_null(strstr(err.text, "config.lock' says that another program is changing the file, "
                                     "for "));
    assert_string_equal(err.hint, "remove it if that program is not running any more");
    cl_files_drop_marker(NULL, path, lock);
    assert_ok(make(path, -1, &other, &err), &err);
    cl_files_drop_marker(NULL, path, other);
    free(path);
}

/* kubectl's has no mode at all; whether its process lives is not for us to say. */
static void never_takes_over_what_another_program_made(void **state)
{
    static const struct {
        mode_t mode;
        const char *content;
    } rows[] = {{0, ""}, {0600, ""}, {0644, "1234\n"}, {0200, "1234\n"}};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        char *path = temp_path(*state, "theirs.lock");
        struct cl_err err = CL_ERR_NONE;
        int lock = -1;
        int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, rows[i].mode);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, rows[i].content, strlen(rows[i].content)),
                         (ssize_t)strlen(rows[i].content));
        assert_int_equal(close(fd), 0);
        assert_int_equal(make(path, 10, &lock, &err), CL_E_TIMEOUT);
        assert_int_equal(access(path, F_OK), 0);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
}

static void follows_no_link(void **state)
{
    char *path = temp_path(*state, "link.lock");
    char *target = temp_path(*state, "target");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;

    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(make(path, 10, &lock, &err), CL_E_TIMEOUT);
    assert_int_equal(access(target, F_OK), -1);
    assert_int_equal(unlink(path), 0);
    free(path);
    free(target);
}

static void is_taken_over_from_a_process_that_died(void **state)
{
    char *path = temp_path(*state, "config.lock");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0)
        _exit(make(path, -1, &lock, &err) == CL_OK ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(access(path, F_OK), 0); /* left behind */
    assert_ok(make(path, -1, &lock, &err), &err);
    cl_files_drop_marker(NULL, path, lock);
    assert_int_equal(access(path, F_OK), -1);
    free(path);
}

/* What stayed would keep kubectl out for ever. */
static void leaves_nothing_where_files_cannot_be_locked(void **state)
{
    static const int errors[] = {ENOLCK, ENOSYS, EOPNOTSUPP};

    for (size_t i = 0; i < CL_COUNT(errors); i++) {
        char *path = temp_path(*state, "config.lock");
        struct cl_err err = CL_ERR_NONE;
        int lock = -1;
        flock_error = errors[i];
        enum cl_code code = make(path, 10, &lock, &err);
        flock_error = 0;
        assert_int_equal(code, CL_E_LOCAL_CONFIG);
        assert_non_null(strstr(err.text, "cannot lock '"));
        assert_non_null(strstr(err.text, strerror(errors[i])));
        assert_int_equal(lock, -1);
        assert_int_equal(access(path, F_OK), -1);
        free(path);
    }
}

/* One that was there before is not this call's to remove. */
static void keeps_anothers_where_files_cannot_be_locked(void **state)
{
    char *path = temp_path(*state, "config.lock");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;
    int other = -1;

    assert_ok(make(path, -1, &lock, &err), &err);
    flock_error = ENOLCK;
    enum cl_code code = make(path, 10, &other, &err);
    flock_error = 0;
    assert_int_equal(code, CL_E_LOCAL_CONFIG);
    assert_int_equal(access(path, F_OK), 0);
    cl_files_drop_marker(NULL, path, lock);
    free(path);
}

static void needs_its_folder(void **state)
{
    char *path = temp_path(*state, "no/such/lock");
    struct cl_err err = CL_ERR_NONE;
    int lock = -1;

    assert_int_equal(make(path, -1, &lock, &err), CL_E_NOT_FOUND);
    free(path);
}

/* --- many at once -------------------------------------------------------------------------- */

#define HERD 8
#define ROUNDS 5

struct herd {
    char *path;
    atomic_int inside;
    atomic_int complaints;
};

static void *walk_in_and_out(void *ctx)
{
    struct herd *herd = ctx;

    for (int i = 0; i < ROUNDS; i++) {
        struct cl_err err = CL_ERR_NONE;
        int lock = -1;
        if (make(herd->path, 60000, &lock, &err) != CL_OK) {
            atomic_fetch_add(&herd->complaints, 1);
            continue;
        }
        if (atomic_fetch_add(&herd->inside, 1) != 0)
            atomic_fetch_add(&herd->complaints, 1);
        atomic_fetch_sub(&herd->inside, 1);
        cl_files_drop_marker(NULL, herd->path, lock);
    }
    return NULL;
}

static void a_herd_holds_it_one_at_a_time(void **state)
{
    struct herd herd = {.path = temp_path(*state, "config.lock")};
    pthread_t threads[HERD];

    for (int i = 0; i < HERD; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, walk_in_and_out, &herd), 0);
    for (int i = 0; i < HERD; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&herd.complaints), 0);
    free(herd.path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_there_while_it_is_held),
        TEST(keeps_others_out_until_their_deadline),
        TEST(never_takes_over_what_another_program_made),
        TEST(follows_no_link),
        TEST(is_taken_over_from_a_process_that_died),
        TEST(needs_its_folder),
        TEST(leaves_nothing_where_files_cannot_be_locked),
        TEST(keeps_anothers_where_files_cannot_be_locked),
        TEST(a_herd_holds_it_one_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
