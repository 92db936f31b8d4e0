#include "store/log_vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/local.h"
#include "store_fixture.h"
#include "test.h"

typedef int (*open_folder_fn)(const char *path, int *ret);
typedef int (*open_fn)(const char *path, int flags, int mode);

/* SQLite's own calls to the system, and what has been seen of them. */
static struct {
    open_folder_fn open_folder;
    open_fn open;
    int folders;      /* opened in order to be flushed */
    int logs_refused; /* opened without leave to make them */
    bool refuse;
} calls;

static int count_folder(const char *path, int *ret)
{
    calls.folders++;
    return calls.open_folder(path, ret);
}

/* As if the log went away between the look at it and its opening. */
static int lose_log(const char *path, int flags, int mode)
{
    if (calls.refuse && cl_str_ends(cl_str_of(path), CL_STR("-wal")) && (flags & O_CREAT) == 0) {
        calls.logs_refused++;
        errno = ENOENT;
        return -1;
    }
    return calls.open(path, flags, mode);
}

static void hook(sqlite3_vfs *vfs, const char *name, sqlite3_syscall_ptr hooked, void *ret_original)
{
    sqlite3_syscall_ptr original = vfs->xGetSystemCall(vfs, name);

    assert_non_null(original);
    (void)memcpy(ret_original, &original, sizeof(original));
    assert_int_equal(vfs->xSetSystemCall(vfs, name, hooked), SQLITE_OK);
}

static int set_up(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_store_setup(&err), &err);
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
    assert_non_null(vfs);
    hook(vfs, "openDirectory", (sqlite3_syscall_ptr)count_folder, &calls.open_folder);
    hook(vfs, "open", (sqlite3_syscall_ptr)lose_log, &calls.open);
    return 0;
}

/* How often the folder is flushed while a process of its own inserts a connector. */
static int flushes_of_insert(struct store_fixture *at, int number, const char *name)
{
    store_fixture_open(at);
    calls.folders = 0;
    store_insert(at, number, name);
    int flushes = calls.folders;
    store_fixture_close(at);
    return flushes;
}

static void flushes_the_folder_once_for_each_log_that_begins(void **state)
{
    struct store_fixture *at = store_fixture_new();

    (void)state;
    store_fixture_close(at);
    assert_int_equal(flushes_of_insert(at, 1, "one"), 0); /* making the tables began the log */
    assert_int_equal(flushes_of_insert(at, 2, "two"), 0);
    store_fixture_sql(at, "PRAGMA wal_checkpoint(TRUNCATE)");
    store_fixture_write(at, "cleat.db-wal", CL_STR(""));
    assert_int_equal(flushes_of_insert(at, 3, "three"), 1);
    assert_int_equal(flushes_of_insert(at, 4, "four"), 0);
    store_fixture_free(at);
}

static void makes_a_log_that_is_missing_and_flushes_the_folder(void **state)
{
    struct store_fixture *at = store_fixture_new();

    (void)state;
    store_fixture_close(at);
    store_fixture_sql(at, "PRAGMA wal_checkpoint(TRUNCATE)");
    (void)unlink(store_fixture_path(at, "cleat.db-wal"));
    assert_int_equal(flushes_of_insert(at, 1, "one"), 1);
    assert_int_equal(flushes_of_insert(at, 2, "two"), 0);
    store_fixture_free(at);
}

static void makes_a_log_that_goes_away_while_it_is_opened(void **state)
{
    struct store_fixture *at = store_fixture_new();

    (void)state;
    store_fixture_close(at);
    assert_int_equal(flushes_of_insert(at, 1, "one"), 0);
    calls.refuse = true;
    (void)flushes_of_insert(at, 2, "two");
    calls.refuse = false;
    assert_true(calls.logs_refused > 0);
    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM connector"), 2);
    store_fixture_free(at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flushes_the_folder_once_for_each_log_that_begins),
        cmocka_unit_test(makes_a_log_that_is_missing_and_flushes_the_folder),
        cmocka_unit_test(makes_a_log_that_goes_away_while_it_is_opened),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
