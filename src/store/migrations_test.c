#include "store/migrations.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store_fixture.h"
#include "test.h"

static struct store_fixture *closed(void **state)
{
    struct store_fixture *fixture = store_fixture_closed();

    *state = fixture;
    return fixture;
}

static int teardown(void **state)
{
    store_fixture_free(*state);
    return 0;
}

/* The database as bytes, without its log. */
static struct cl_buf folded_database(struct store_fixture *at)
{
    store_fixture_sql(at, "PRAGMA wal_checkpoint(TRUNCATE)");
    return store_fixture_read(at, "cleat.db");
}

static enum cl_code visit(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)conn;
    (void)err;
    ++*(int *)ctx;
    return CL_OK;
}

static enum cl_code list(struct store_fixture *at, int *ret_count, struct cl_err *err)
{
    *ret_count = 0;
    return store_each_open(at->store, visit, ret_count, err);
}

static void makes_folder_and_files_for_their_owner_alone(void **state)
{
    struct store_fixture *at = closed(state);
    static const char *const files[] = {"cleat.db", "cleat.db-wal", "cleat.db-shm", "key"};
    struct stat info;
    mode_t old = umask(022);

    assert_int_equal(rmdir(at->folder), 0);
    store_fixture_open(at);
    store_insert(at, 1, "one");
    (void)umask(old);
    assert_int_equal(stat(at->folder, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    for (size_t i = 0; i < CL_COUNT(files); i++) {
        assert_int_equal(stat(store_fixture_path(at, files[i]), &info), 0);
        assert_int_equal(info.st_mode & 07777, 0600);
    }
}

static void stamps_what_it_makes(void **state)
{
    struct store_fixture *at = closed(state);

    store_fixture_open(at);
    assert_int_equal(store_fixture_number(at, "PRAGMA user_version"), cl_migration_count);
    assert_int_equal(store_fixture_number(at, "PRAGMA application_id"), CL_DB_APPLICATION_ID);
    assert_int_equal(
        store_fixture_number(at, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = "
                                 "'wal'"),
        1);
    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM pragma_integrity_check "
                                              "WHERE integrity_check = 'ok'"),
                     1);
}

static void makes_the_tables_in_an_empty_file(void **state)
{
    struct store_fixture *at = closed(state);
    int count = 0;

    store_fixture_write(at, "cleat.db", CL_STR_NONE);
    store_fixture_open(at);
    store_insert(at, 1, "one");
    assert_ok(list(at, &count, &at->err), &at->err);
    assert_int_equal(count, 1);
}

static void opens_again_without_writing(void **state)
{
    struct store_fixture *at = closed(state);
    int count = 0;

    store_fixture_open(at);
    store_insert(at, 1, "one");
    store_fixture_close(at);
    CL_AUTO(cl_buf) struct cl_buf before = folded_database(at);
    store_fixture_open(at);
    assert_ok(list(at, &count, &at->err), &at->err);
    store_fixture_close(at);
    CL_AUTO(cl_buf) struct cl_buf after = store_fixture_read(at, "cleat.db");
    CL_AUTO(cl_buf) struct cl_buf log = store_fixture_read(at, "cleat.db-wal");
    assert_true(cl_str_eq(cl_buf_view(&before), cl_buf_view(&after)));
    assert_int_equal(log.len, 0);
}

/* Expects that opening fails and leaves the file as it is. */
static void assert_refused(struct store_fixture *at, const char *text, const char *hint)
{
    CL_AUTO(cl_buf) struct cl_buf before = store_fixture_read(at, "cleat.db");
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(store_fixture_try_open(at, &err), CL_E_FAILED);
    assert_null(at->store);
    if (strstr(err.text, text) == NULL || strstr(err.text, at->folder) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, text);
    if (strstr(err.hint, hint) == NULL)
        fail_msg("'%s' does not say '%s'", err.hint, hint);
    CL_AUTO(cl_buf) struct cl_buf after = store_fixture_read(at, "cleat.db");
    assert_true(cl_str_eq(cl_buf_view(&before), cl_buf_view(&after)));
}

static void refuses_a_store_of_a_newer_program(void **state)
{
    struct store_fixture *at = closed(state);

    store_fixture_open(at);
    store_insert(at, 1, "one");
    store_fixture_close(at);
    store_fixture_sql(at, "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
    assert_refused(at, "was written by a newer Cleat: it has layout 99", "Use the newer program");
}

static void refuses_another_programs_database(void **state)
{
    static const char *const databases[] = {
        "CREATE TABLE notes (text)",
        "CREATE TABLE notes (text); PRAGMA application_id = 7; PRAGMA user_version = 3",
        "PRAGMA user_version = 1",
    };
    struct store_fixture *at = closed(state);

    for (size_t i = 0; i < CL_COUNT(databases); i++) {
        (void)unlink(store_fixture_path(at, "cleat.db"));
        store_fixture_sql(at, databases[i]);
        assert_refused(at, "is another program's database", "left as it is");
    }
}

static void refuses_what_is_no_database(void **state)
{
    static const char text[] = "This is a letter and not a database. It is longer than the header "
                               "of a database would be, which has one hundred bytes in all.";
    struct store_fixture *at = closed(state);

    store_fixture_write(at, "cleat.db", CL_STR("short"));
    assert_refused(at, "is not a database", "Restore it from a backup");
    store_fixture_write(at, "cleat.db", cl_str_of(text));
    assert_refused(at, "is not a database", "Restore it from a backup");
}

static void refuses_a_negative_version(void **state)
{
    struct store_fixture *at = closed(state);

    store_fixture_open(at);
    store_fixture_close(at);
    store_fixture_sql(at, "PRAGMA user_version = -1; PRAGMA wal_checkpoint(TRUNCATE)");
    assert_refused(at, "is damaged", "Restore it from a backup");
}

/* A store with enough rows to fill several pages, as bytes. */
static struct cl_buf sample_database(struct store_fixture *at)
{
    char name[16];

    store_fixture_open(at);
    for (int i = 1; i <= 12; i++) {
        (void)snprintf(name, sizeof(name), "conn-%d", i);
        store_insert(at, i, name);
    }
    store_fixture_close(at);
    return folded_database(at);
}

/* Opens, lists and checks; whatever is wrong must come as an error, not as a crash or a lie. */
static void use_damaged(struct store_fixture *at)
{
    struct cl_err err = CL_ERR_NONE;
    int count = 0;
    enum cl_code rc = store_fixture_try_open(at, &err);

    if (rc == CL_OK)
        rc = list(at, &count, &err);
    if (rc == CL_OK) {
        assert_int_equal(count, 12);
    } else {
        assert_string_not_equal(err.text, "");
        /* Where the id in the row is what was damaged, it cannot be found by it. */
        assert_true(rc == CL_E_FAILED || rc == CL_E_SECRET_STORE || rc == CL_E_TYPE_UNAVAILABLE ||
                    rc == CL_E_INTERNAL || rc == CL_E_NOT_FOUND);
    }
    store_fixture_close(at);
}

static void survives_a_database_that_was_cut(void **state)
{
    struct store_fixture *at = closed(state);
    CL_AUTO(cl_buf) struct cl_buf whole = sample_database(at);

    /* SQLite takes a file of one byte for an empty one. */
    for (size_t len = 2; len < whole.len; len += 4096 / 2 - 1) {
        store_fixture_write(at, "cleat.db", cl_str_first(cl_buf_view(&whole), len));
        use_damaged(at);
        CL_AUTO(cl_buf) struct cl_buf after = store_fixture_read(at, "cleat.db");
        assert_true(cl_str_eq(cl_str_first(cl_buf_view(&whole), len), cl_buf_view(&after)));
    }
}

static void survives_changed_bytes(void **state)
{
    struct store_fixture *at = closed(state);
    CL_AUTO(cl_buf) struct cl_buf whole = sample_database(at);

    /* A step that is no multiple of anything, so that it hits every part of a page in the end. */
    for (size_t i = 0; i < whole.len; i += 331) {
        char was = whole.ptr[i];
        whole.ptr[i] = (char)~was;
        store_fixture_write(at, "cleat.db", cl_buf_view(&whole));
        use_damaged(at);
        whole.ptr[i] = was;
    }
}

static void survives_pages_of_zeros(void **state)
{
    struct store_fixture *at = closed(state);
    CL_AUTO(cl_buf) struct cl_buf whole = sample_database(at);
    char page[4096];

    for (size_t i = 0; i + sizeof(page) <= whole.len; i += sizeof(page)) {
        (void)memcpy(page, whole.ptr + i, sizeof(page));
        (void)memset(whole.ptr + i, 0, sizeof(page));
        store_fixture_write(at, "cleat.db", cl_buf_view(&whole));
        use_damaged(at);
        (void)memcpy(whole.ptr + i, page, sizeof(page));
    }
}

/* What a killed process leaves: the log holds the last commits. */
static void takes_over_the_log_of_a_killed_process(void **state)
{
    struct store_fixture *at = closed(state);
    struct store_fixture *crashed = store_fixture_new();
    int count = 0;

    store_fixture_sql(crashed, "PRAGMA wal_checkpoint(TRUNCATE)"); /* the tables are not at stake */
    store_insert(crashed, 1, "one");
    store_insert(crashed, 2, "two");
    store_fixture_copy(at, crashed); /* while the other is still open */
    CL_AUTO(cl_buf) struct cl_buf log = store_fixture_read(at, "cleat.db-wal");
    assert_true(log.len > 0);
    store_fixture_open(at);
    assert_ok(list(at, &count, &at->err), &at->err);
    assert_int_equal(count, 2);
    store_fixture_free(crashed);
}

static void ignores_a_commit_that_was_cut_in_the_log(void **state)
{
    struct store_fixture *at = closed(state);
    struct store_fixture *crashed = store_fixture_new();
    int count = 0;

    store_fixture_sql(crashed, "PRAGMA wal_checkpoint(TRUNCATE)"); /* the tables are not at stake */
    store_insert(crashed, 1, "one");
    CL_AUTO(cl_buf) struct cl_buf shorter = store_fixture_read(crashed, "cleat.db-wal");
    store_insert(crashed, 2, "two");
    CL_AUTO(cl_buf) struct cl_buf longer = store_fixture_read(crashed, "cleat.db-wal");
    assert_true(longer.len > shorter.len);
    for (size_t len = shorter.len; len < longer.len; len += 1000) {
        store_fixture_close(at);
        store_fixture_copy(at, crashed);
        store_fixture_write(at, "cleat.db-wal", cl_str_first(cl_buf_view(&longer), len));
        store_fixture_open(at);
        assert_ok(list(at, &count, &at->err), &at->err);
        assert_int_equal(count, 1);
    }
    store_fixture_free(crashed);
}

static void ignores_a_log_that_belongs_to_nothing(void **state)
{
    struct store_fixture *at = closed(state);
    int count = 0;

    store_fixture_write(at, "cleat.db-wal", CL_STR("left over from something else"));
    store_fixture_open(at);
    store_insert(at, 1, "one");
    assert_ok(list(at, &count, &at->err), &at->err);
    assert_int_equal(count, 1);
}

static void keeps_the_log_short(void **state)
{
    struct store_fixture *at = closed(state);
    struct cl_audit_event event = store_event("credential.issue");
    size_t longest = 0;

    store_fixture_open(at);
    for (int i = 0; i < 150; i++) {
        assert_ok(at->store->ops->audit_add(at->store, &event, &at->err), &at->err);
        CL_AUTO(cl_buf) struct cl_buf log = store_fixture_read(at, "cleat.db-wal");
        longest = log.len > longest ? log.len : longest;
    }
    assert_in_range(longest, 20 * 4096, 40 * 4120);
}

static void counts_the_log_of_earlier_runs(void **state)
{
    struct store_fixture *at = closed(state);
    struct cl_audit_event event = store_event("credential.issue");
    size_t longest = 0;

    for (int i = 0; i < 150; i++) {
        store_fixture_open(at);
        assert_ok(at->store->ops->audit_add(at->store, &event, &at->err), &at->err);
        store_fixture_close(at);
        CL_AUTO(cl_buf) struct cl_buf log = store_fixture_read(at, "cleat.db-wal");
        longest = log.len > longest ? log.len : longest;
    }
    assert_in_range(longest, 20 * 4096, 40 * 4120);
}

static void reports_a_folder_that_cannot_be_made(void **state)
{
    struct store_fixture *at = closed(state);
    struct cl_err err = CL_ERR_NONE;
    char folder[sizeof(at->folder)];

    store_fixture_write(at, "file", CL_STR("x"));
    (void)snprintf(folder, sizeof(folder), "%s", at->folder);
    (void)snprintf(at->folder, sizeof(at->folder), "%.40s/file/sub", folder);
    assert_int_equal(store_fixture_try_open(at, &err), CL_E_SECRET_STORE);
    assert_string_not_equal(err.hint, "");
    (void)snprintf(at->folder, sizeof(at->folder), "%s", folder);
}

static void reports_a_folder_in_the_place_of_the_file(void **state)
{
    struct store_fixture *at = closed(state);
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(mkdir(store_fixture_path(at, "cleat.db"), 0700), 0);
    assert_int_equal(store_fixture_try_open(at, &err), CL_E_SECRET_STORE);
    assert_non_null(strstr(err.text, "cannot be opened"));
    assert_int_equal(rmdir(store_fixture_path(at, "cleat.db")), 0);
}

static void survives_every_failing_call_of_the_world(void **state)
{
    struct store_fixture *at = closed(state);
    enum cl_code rc = CL_E_FAILED;
    int strikes = 0;

    for (int64_t n = 1; rc != CL_OK; n++) {
        struct store_fixture *fresh = store_fixture_closed();
        struct cl_err err = CL_ERR_NONE;
        assert_true(n < 50);
        fresh->fail_at = n;
        rc = store_fixture_try_open(fresh, &err);
        fresh->fail_at = 0;
        if (rc != CL_OK) {
            assert_int_equal(rc, CL_E_SECRET_STORE);
            store_fixture_open(fresh);
            strikes++;
        }
        store_insert(fresh, 1, "one");
        store_fixture_free(fresh);
    }
    assert_true(strikes > 0);
    (void)at;
}

#define CASE(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(makes_folder_and_files_for_their_owner_alone),
        CASE(stamps_what_it_makes),
        CASE(makes_the_tables_in_an_empty_file),
        CASE(opens_again_without_writing),
        CASE(refuses_a_store_of_a_newer_program),
        CASE(refuses_another_programs_database),
        CASE(refuses_what_is_no_database),
        CASE(refuses_a_negative_version),
        CASE(survives_a_database_that_was_cut),
        CASE(survives_changed_bytes),
        CASE(survives_pages_of_zeros),
        CASE(takes_over_the_log_of_a_killed_process),
        CASE(ignores_a_commit_that_was_cut_in_the_log),
        CASE(ignores_a_log_that_belongs_to_nothing),
        CASE(keeps_the_log_short),
        CASE(counts_the_log_of_earlier_runs),
        CASE(reports_a_folder_that_cannot_be_made),
        CASE(reports_a_folder_in_the_place_of_the_file),
        CASE(survives_every_failing_call_of_the_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
