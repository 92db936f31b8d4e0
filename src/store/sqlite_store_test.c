#include "store/sqlite_store.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "core/stand_in.h"
#include "core/type.h"
#include "faulty_vfs.h"
#include "store/db.h"
#include "store/local.h"
#include "store_fixture.h"
#include "test.h"

#define NOBODY 65534

static struct store_fixture *fixture(void **state)
{
    struct store_fixture *at = store_fixture_new();

    *state = at;
    return at;
}

static int teardown(void **state)
{
    (void)faulty_vfs_fail_at(0, SQLITE_OK, false);
    store_fixture_free(*state);
    return 0;
}

static enum cl_code insert(struct store_fixture *at, int number, const char *name,
                           struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(number, name);
    struct cl_audit_event event = store_event("connector.create");

    return at->store->ops->connector_insert(at->store, &conn, &event, err);
}

static enum cl_code update(struct store_fixture *at, int number, const char *name,
                           int64_t generation, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(number, name);
    struct cl_audit_event event = store_event("connector.update");

    conn.generation = generation;
    return at->store->ops->connector_update(at->store, &conn, false, &event, err);
}

static enum cl_code drop(struct store_fixture *at, int number, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    struct cl_audit_event event = store_event("connector.delete");

    return at->store->ops->connector_delete(at->store, store_id(number), true, &event, &users, err);
}

static enum cl_code find(struct store_fixture *at, int number, bool with_secrets,
                         struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    return at->store->ops->connector_find(at->store, cl_str_of(store_id(number)), false,
                                          with_secrets, &conn, err);
}

static void switches_on_what_protects_the_data(void **state)
{
    static const struct {
        const char *pragma;
        int64_t want;
    } cases[] = {
        {"PRAGMA synchronous", 2},    {"PRAGMA secure_delete", 1},   {"PRAGMA foreign_keys", 1},
        {"PRAGMA trusted_schema", 0}, {"PRAGMA cell_size_check", 1},
    };
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        int64_t value = -1;
        assert_ok(cl_sql_number(&cl_sqlite_store_of(at->store)->sql, cases[i].pragma, &value, &err),
                  &err);
        assert_int_equal(value, cases[i].want);
    }
}

static void makes_no_key_while_nothing_is_secret(void **state)
{
    struct store_fixture *at = fixture(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "one");
    CL_AUTO(cl_buf) struct cl_buf key = {.ptr = NULL};
    struct cl_err err;

    cl_config_remove(&conn.config, "password");
    cl_strs_cleanup(&conn.secret_names);
    assert_ok(at->store->ops->connector_insert(at->store, &conn, NULL, &err), &err);
    assert_ok(find(at, 1, true, &err), &err);
    key = store_fixture_read(at, "key");
    assert_null(key.ptr);
}

/* A store without a key may hold notes and listings; they must not pass for sealed data. */
static void makes_a_key_where_only_unsealed_things_are_kept(void **state)
{
    struct store_fixture *at = fixture(state);
    CL_AUTO(cl_connector) struct cl_connector bare = store_connector(1, "one");
    struct cl_cache_entry note = {.key = CL_STR("refused|one"),
                                  .connector_id = store_id(1),
                                  .generation = 1,
                                  .expires_at = STORE_NOW_AT + 100,
                                  .sealed = CL_STR("{}")};
    struct cl_err err;

    cl_config_remove(&bare.config, "password");
    cl_strs_cleanup(&bare.secret_names);
    assert_ok(at->store->ops->connector_insert(at->store, &bare, NULL, &err), &err);
    assert_ok(at->store->ops->cache_put(at->store, &note, NULL, &err), &err);
    store_insert(at, 2, "two");
    CL_AUTO(cl_connector) struct cl_connector two = store_get(at, 2);
    assert_str(store_secret(&two, "password"), STORE_CANARY "-two");
}

/* Fails when any file of the folder holds the bytes. */
static void assert_nowhere(struct store_fixture *at, struct cl_str bytes)
{
    DIR *folder = opendir(at->folder);

    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        CL_AUTO(cl_buf) struct cl_buf content = store_fixture_read(at, entry->d_name);
        if (content.len > 0 && memmem(content.ptr, content.len, bytes.ptr, bytes.len) != NULL)
            fail_msg("%s holds the bytes", entry->d_name);
    }
    (void)closedir(folder);
}

static void writes_no_secret_to_any_file(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    assert_nowhere(at, CL_STR(STORE_CANARY));
    assert_ok(update(at, 1, "two", 2, &err), &err);
    assert_nowhere(at, CL_STR(STORE_CANARY));
    assert_ok(drop(at, 1, &err), &err);
    assert_nowhere(at, CL_STR(STORE_CANARY));
    store_fixture_close(at);
    assert_nowhere(at, CL_STR(STORE_CANARY));
}

/* The sealed bytes of the connector's only secret. */
static struct cl_buf sealed_bytes(struct store_fixture *at)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct cl_buf sealed = CL_BUF(4096);
    struct cl_err err;
    bool row = false;

    assert_ok(cl_stmt_prepare(&cl_sqlite_store_of(at->store)->sql,
                              "SELECT sealed FROM connector_secret", &stmt, &err),
              &err);
    assert_ok(cl_stmt_step(&stmt, &row, &err), &err);
    assert_true(row);
    cl_buf_add(&sealed, cl_col_blob(&stmt));
    return sealed;
}

static void leaves_no_sealed_value_behind(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    CL_AUTO(cl_buf) struct cl_buf first = sealed_bytes(at);
    assert_ok(update(at, 1, "one", 2, &err), &err);
    CL_AUTO(cl_buf) struct cl_buf second = sealed_bytes(at);
    assert_nowhere(at, cl_buf_view(&first));
    assert_ok(drop(at, 1, &err), &err);
    assert_nowhere(at, cl_buf_view(&second));
}

static void leaves_no_rows_of_a_deleted_connector(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_cache_entry entry = {.key = CL_STR("k"),
                                   .connector_id = store_id(1),
                                   .generation = 1,
                                   .expires_at = STORE_NOW_AT + 9,
                                   .sealed = CL_STR("sealed")};
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    assert_ok(at->store->ops->cache_put(at->store, &entry, NULL, &err), &err);
    assert_ok(drop(at, 1, &err), &err);
    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM connector_secret"), 0);
    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM issued"), 0);
}

static void putting_a_credential_drops_expired_ones(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_cache_entry entry = {.key = CL_STR("old"),
                                   .connector_id = store_id(1),
                                   .generation = 1,
                                   .expires_at = STORE_NOW_AT + 9,
                                   .sealed = CL_STR("sealed")};
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    assert_ok(at->store->ops->cache_put(at->store, &entry, NULL, &err), &err);
    at->now_us += 10000000;
    entry.key = CL_STR("new");
    entry.expires_at += 100;
    assert_ok(at->store->ops->cache_put(at->store, &entry, NULL, &err), &err);
    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM issued"), 1);
    assert_int_equal(store_fixture_number(at, "SELECT count(*) FROM issued WHERE key = 'new'"), 1);
}

/* What somebody with an editor for databases may do, and what a reader says to it. */
struct tampering {
    const char *statements;
    bool with_secrets;
    enum cl_code code;
    const char *text;
};

static void refuses_rows_that_were_tampered_with(void **state)
{
    static const struct tampering cases[] = {
        {"UPDATE connector_secret SET sealed = (SELECT sealed FROM connector_secret WHERE "
         "connector = 2) WHERE connector = 1",
         true, CL_E_FAILED, "cannot read 'password' of connector 'one': sealed value was changed"},
        {"DELETE FROM connector_secret WHERE connector = 1; "
         "UPDATE connector_secret SET connector = 1",
         true, CL_E_FAILED, "cannot read 'password' of connector 'one': sealed value was changed"},
        {"UPDATE connector_secret SET name = 'session_token' WHERE connector = 1", true,
         CL_E_FAILED, "cannot read 'session_token' of connector 'one'"},
        {"UPDATE connector_secret SET sealed = x'' WHERE connector = 1", true, CL_E_FAILED,
         "sealed value is cut short"},
        {"UPDATE connector SET config = 'junk'", false, CL_E_FAILED,
         "connector 'one': stored value is not what Cleat wrote"},
        {"UPDATE connector SET labels = '{}'", false, CL_E_FAILED, "stored value is not"},
        {"UPDATE connector SET facts = '3:ab'", false, CL_E_FAILED, "stored value is not"},
        {"UPDATE connector SET resource_types = '?'", false, CL_E_FAILED, "stored value is not"},
        {"UPDATE connector SET secret_id = 'an id that is longer than an id may be, by far'", false,
         CL_E_FAILED, "an id is too long"},
        {"DROP TABLE connector_secret", true, CL_E_FAILED, "does not have the tables"},
    };
    struct store_fixture *at = store_fixture_closed();
    struct store_fixture *original = fixture(state);
    struct cl_err err;

    assert_ok(insert(original, 1, "one", &err), &err);
    assert_ok(insert(original, 2, "two", &err), &err);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        store_fixture_copy(at, original);
        store_fixture_sql(at, cases[i].statements);
        store_fixture_open(at);
        enum cl_code rc = find(at, 1, cases[i].with_secrets, &err);
        if (rc != cases[i].code || strstr(err.text, cases[i].text) == NULL)
            fail_msg("%s: %s, %s", cases[i].statements, cl_code_wire(rc), err.text);
        assert_string_not_equal(err.hint, "");
        store_fixture_close(at);
    }
    store_fixture_free(at);
}

/* Another version's row is no damage: it is there, with stand-ins for what is unknown here. */
static void reads_types_and_methods_of_other_versions(void **state)
{
    static const struct {
        const char *statement;
        const char *type;
        const char *method;
        const char *refusal;
    } rows[] = {
        {"UPDATE connector SET type = 'unheard-of' WHERE name = 'one'", "unheard-of", "minted",
         "connector 'one' is of type 'unheard-of' with method 'minted', which this program"},
        {"UPDATE connector SET method = 'guess' WHERE name = 'one'", "fake", "guess",
         "connector 'one' is of type 'fake' with method 'guess', which this program"},
        {"UPDATE connector SET type = '', method = '' WHERE name = 'one'", "", "", "of type ''"},
    };
    struct store_fixture *at = store_fixture_closed();
    struct store_fixture *original = fixture(state);
    struct cl_err err;

    assert_ok(insert(original, 1, "one", &err), &err);
    assert_ok(insert(original, 2, "two", &err), &err);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
        CL_AUTO(cl_connector) struct cl_connector copy = {.id = ""};
        CL_AUTO(cl_strs) struct cl_strs components = CL_STRS_NONE;
        err = CL_ERR_NONE;
        store_fixture_copy(at, original);
        store_fixture_sql(at, rows[i].statement);
        store_fixture_open(at);
        assert_ok(
            at->store->ops->connector_find(at->store, CL_STR("one"), false, true, &conn, &err),
            &err);
        assert_true(conn.secrets_loaded && cl_config_secret(&conn.config, "password") != NULL);
        assert_ok(cl_connector_copy(&conn, &copy, &err), &err);
        cl_connector_cleanup(&conn);
        assert_string_equal(copy.type->id, rows[i].type);
        assert_string_equal(copy.method->id, rows[i].method);
        assert_int_equal(cl_connector_require_type(&copy, &err), CL_E_TYPE_UNAVAILABLE);
        assert_non_null(strstr(err.text, rows[i].refusal));
        err = CL_ERR_NONE;
        assert_ok(find(at, 2, true, &err), &err);
        assert_ok(
            at->store->ops->connector_delete(at->store, copy.id, false, NULL, &components, &err),
            &err);
        store_fixture_close(at);
    }
    store_fixture_free(at);
}

static void shows_the_rest_when_one_secret_is_damaged(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    store_fixture_sql(at, "UPDATE connector_secret SET sealed = x'00'");
    assert_int_equal(find(at, 1, true, &err), CL_E_FAILED);
    assert_ok(find(at, 1, false, &err), &err);
}

static void reads_flavors_of_other_versions(void **state)
{
    struct store_fixture *at = fixture(state);
    CL_AUTO(cl_component) struct cl_component component = store_component(11, "data");
    CL_AUTO(cl_component) struct cl_component found = {.id = ""};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(at->store->ops->component_insert(at->store, &component, &err), &err);
    store_fixture_sql(at, "UPDATE component SET flavor = 'floppy'");
    assert_ok(at->store->ops->component_find(at->store, cl_str_of(cl_kind_at(0)->id),
                                             CL_STR("data"), false, &found, &err),
              &err);
    assert_string_equal(found.flavor->id, "floppy");
    assert_int_equal(cl_component_require_flavor(&found, &err), CL_E_TYPE_UNAVAILABLE);
    assert_non_null(strstr(err.text, "component 'data' is of flavor 'floppy'"));
}

static void refuses_secrets_in_components(void **state)
{
    struct store_fixture *at = fixture(state);
    CL_AUTO(cl_component) struct cl_component component = store_component(11, "data");
    struct cl_secret *secret = NULL;
    struct cl_err err;

    assert_ok(cl_secret_new(CL_STR(STORE_CANARY), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&component.config, "token", secret, &err), &err);
    assert_int_equal(at->store->ops->component_insert(at->store, &component, &err), CL_E_INTERNAL);
    assert_nowhere(at, CL_STR(STORE_CANARY));
}

static sqlite3 *lock_database(struct store_fixture *at, const char *statements)
{
    sqlite3 *other = NULL;

    assert_int_equal(sqlite3_open(store_fixture_path(at, "cleat.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, statements, NULL, NULL, NULL), SQLITE_OK);
    return other;
}

static void reads_while_another_process_writes(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    sqlite3 *other = lock_database(at, "BEGIN IMMEDIATE");
    assert_ok(find(at, 1, true, &err), &err);
    (void)sqlite3_close(other);
}

static void says_that_another_process_holds_the_store(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    cl_db_set_wait(&cl_sqlite_store_of(at->store)->sql, 20);
    sqlite3 *other = lock_database(at, "BEGIN IMMEDIATE");
    assert_int_equal(insert(at, 2, "two", &err), CL_E_SECRET_STORE);
    assert_non_null(strstr(err.text, "cleat.db' is locked by another process"));
    assert_non_null(strstr(err.hint, "try again"));
    (void)sqlite3_close(other);
    assert_ok(insert(at, 2, "two", &err), &err);
}

/* SQLite's connections must not cross a fork: the child opens its own, once it is told to. */
static pid_t insert_in_child(struct store_fixture *at, int told)
{
    pid_t child = fork();
    struct cl_err err;
    char go;

    if (child != 0)
        return child;
    enum cl_code rc = read(told, &go, 1) == 1 ? store_fixture_try_open(at, &err) : CL_E_INTERNAL;
    if (rc == CL_OK)
        rc = insert(at, 1, "one", &err);
    store_fixture_close(at);
    _exit(rc == CL_OK ? 0 : 1);
}

static void waits_for_another_writer(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;
    int status = 0;
    int ends[2];

    store_fixture_close(at);
    assert_int_equal(pipe(ends), 0);
    pid_t child = insert_in_child(at, ends[0]);
    sqlite3 *other = lock_database(at, "BEGIN IMMEDIATE");
    assert_int_equal(write(ends[1], "g", 1), 1);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0);
    (void)usleep(50000);
    assert_int_equal(waitpid(child, &status, WNOHANG), 0); /* it is still waiting */
    (void)sqlite3_close(other);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
    store_fixture_open(at);
    assert_ok(find(at, 1, true, &err), &err);
}

static void says_that_the_disk_is_full(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    (void)faulty_vfs_fail_at(1, SQLITE_FULL, true);
    assert_int_equal(insert(at, 2, "two", &err), CL_E_SECRET_STORE);
    assert_non_null(strstr(err.text, "the disk or the quota is full"));
    assert_non_null(strstr(err.hint, "Free some space"));
    assert_ok(find(at, 1, true, &err), &err);
    (void)faulty_vfs_fail_at(0, SQLITE_OK, false);
    assert_int_equal(find(at, 2, false, &err), CL_E_NOT_FOUND);
    assert_ok(insert(at, 2, "two", &err), &err);
}

/* Runs `body` in a child, as somebody who is not root where the test runs as root. */
static void in_child(struct store_fixture *at, bool as_nobody, void (*body)(struct store_fixture *))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (as_nobody && geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(2);
        body(at);
        store_fixture_close(at);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("the child ended with status %d", status);
}

/* An assertion for children: cmocka's would return into the parent's tests. */
static void must(bool condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "in the child: %s\n", what);
    _exit(1);
}

static void fill_the_quota(struct store_fixture *at)
{
    struct rlimit limit = {.rlim_cur = 40000, .rlim_max = 40000};
    struct cl_err err = CL_ERR_NONE;
    enum cl_code rc = CL_OK;

    (void)signal(SIGXFSZ, SIG_IGN);
    must(store_fixture_try_open(at, &err) == CL_OK, err.text);
    must(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
    for (int i = 2; rc == CL_OK && i < 100; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "c%d", i);
        rc = insert(at, i, name, &err);
    }
    must(rc == CL_E_SECRET_STORE, err.text);
    must(strstr(err.text, "full") != NULL, err.text);
    must(find(at, 1, true, &err) == CL_OK, err.text);
}

static void takes_a_size_limit_for_a_full_disk(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    store_fixture_close(at);
    in_child(at, false, fill_the_quota);
    store_fixture_open(at);
    assert_ok(find(at, 1, true, &err), &err);
    assert_ok(insert(at, 500, "after", &err), &err);
}

static void give_to_nobody(struct store_fixture *at, mode_t folder_mode, mode_t file_mode)
{
    static const char *const names[] = {"cleat.db", "cleat.db-wal", "cleat.db-shm", "key"};

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        const char *path = store_fixture_path(at, names[i]);
        if (geteuid() == 0)
            (void)!chown(path, NOBODY, NOBODY);
        (void)chmod(path, file_mode);
    }
    if (geteuid() == 0)
        (void)!chown(at->folder, NOBODY, NOBODY);
    (void)chmod(at->folder, folder_mode);
}

static void read_but_not_write(struct store_fixture *at)
{
    struct cl_err err = CL_ERR_NONE;

    must(store_fixture_try_open(at, &err) == CL_OK, err.text);
    must(find(at, 1, true, &err) == CL_OK, err.text);
    must(insert(at, 2, "two", &err) == CL_E_SECRET_STORE, err.text);
    must(strstr(err.text, "cannot be written") != NULL, err.text);
    must(strstr(err.hint, "writable for your user") != NULL, err.hint);
}

static void reads_a_store_that_it_may_not_write(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    store_fixture_close(at);
    give_to_nobody(at, 0500, 0400);
    in_child(at, true, read_but_not_write);
}

static void report_denied_file(struct store_fixture *at)
{
    struct cl_err err = CL_ERR_NONE;

    must(store_fixture_try_open(at, &err) == CL_E_SECRET_STORE, "opened");
    must(strstr(err.text, "cannot be opened: Permission denied") != NULL, err.text);
    must(strstr(err.hint, "permissions") != NULL, err.hint);
}

static void reports_a_store_that_it_may_not_read(void **state)
{
    struct store_fixture *at = fixture(state);

    store_fixture_close(at);
    give_to_nobody(at, 0700, 0000);
    in_child(at, true, report_denied_file);
}

static void report_denied_folder(struct store_fixture *at)
{
    struct cl_err err = CL_ERR_NONE;

    must(store_fixture_try_open(at, &err) == CL_E_SECRET_STORE, "opened");
    must(strstr(err.text, "Permission denied") != NULL, err.text);
    must(err.hint[0] != '\0', "no hint");
}

static void reports_a_folder_that_it_may_not_enter(void **state)
{
    struct store_fixture *at = fixture(state);

    store_fixture_close(at);
    give_to_nobody(at, 0000, 0600);
    in_child(at, true, report_denied_folder);
}

static void reports_a_folder_where_it_may_not_create(void **state)
{
    struct store_fixture *at = fixture(state);

    store_fixture_close(at);
    (void)unlink(store_fixture_path(at, "cleat.db"));
    give_to_nobody(at, 0500, 0600);
    in_child(at, true, report_denied_folder);
}

static void says_that_the_key_file_was_lost(void **state)
{
    struct store_fixture *at = fixture(state);
    CL_AUTO(cl_buf) struct cl_buf key = {.ptr = NULL};
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    store_fixture_close(at);
    (void)unlink(store_fixture_path(at, "key"));
    store_fixture_open(at);
    assert_ok(find(at, 1, false, &err), &err);
    assert_int_equal(find(at, 1, true, &err), CL_E_FAILED);
    assert_non_null(strstr(err.text, "/key' is missing"));
    assert_int_equal(insert(at, 2, "two", &err), CL_E_FAILED);
    assert_non_null(strstr(err.hint, "Put it back from a backup"));
    key = store_fixture_read(at, "key");
    assert_null(key.ptr);
    assert_ok(drop(at, 1, &err), &err); /* getting rid of it needs no key */
    assert_ok(insert(at, 2, "two", &err), &err);
}

static void refuses_the_key_of_another_store(void **state)
{
    struct store_fixture *at = fixture(state);
    struct store_fixture *other = store_fixture_new();
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    assert_ok(insert(other, 1, "one", &err), &err);
    store_fixture_close(at);
    CL_AUTO(cl_buf) struct cl_buf key = store_fixture_read(other, "key");
    store_fixture_write(at, "key", cl_buf_view(&key));
    store_fixture_open(at);
    assert_int_equal(find(at, 1, true, &err), CL_E_FAILED);
    assert_non_null(strstr(err.text, "does not belong to this store"));
    store_fixture_free(other);
}

static void refuses_a_key_file_that_others_may_read(void **state)
{
    struct store_fixture *at = fixture(state);
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    store_fixture_close(at);
    (void)chmod(store_fixture_path(at, "key"), 0644);
    store_fixture_open(at);
    assert_int_equal(find(at, 1, true, &err), CL_E_FAILED);
    assert_non_null(strstr(err.hint, "chmod 600"));
    (void)chmod(store_fixture_path(at, "key"), 0600);
    assert_ok(find(at, 1, true, &err), &err);
}

static void refuses_a_credential_beyond_its_limit(void **state)
{
    struct store_fixture *at = fixture(state);
    CL_AUTO(cl_buf) struct cl_buf large = CL_BUF((size_t)8 << 20U);
    struct cl_err err;

    cl_buf_add_repeat(&large, "x", ((size_t)4 << 20U) + 1);
    struct cl_cache_entry entry = {.key = CL_STR("k"),
                                   .connector_id = store_id(1),
                                   .generation = 1,
                                   .expires_at = STORE_NOW_AT + 9,
                                   .sealed = cl_buf_view(&large)};
    assert_int_equal(at->store->ops->cache_put(at->store, &entry, NULL, &err), CL_E_INVALID);
}

static enum cl_code ignore(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)ctx;
    (void)conn;
    (void)err;
    return CL_OK;
}

static void cycle(struct store_fixture *at)
{
    struct cl_err err;

    assert_ok(insert(at, 1, "one", &err), &err);
    assert_ok(store_each_open(at->store, ignore, NULL, &err), &err);
    assert_ok(drop(at, 1, &err), &err);
}

static void keeps_its_heap_flat(void **state)
{
    struct store_fixture *at = fixture(state);

    for (int i = 0; i < 40; i++)
        cycle(at);
    size_t blocks = cl_alloc_live_blocks();
    for (int i = 0; i < 40; i++)
        cycle(at);
    /* SQLite may keep a page or two more. */
    assert_in_range(cl_alloc_live_blocks(), 0, blocks + 4);
}

static int group_setup(void **state)
{
    struct cl_err err;

    (void)state;
    assert_ok(cl_store_setup(&err), &err);
    assert_true(faulty_vfs_install());
    return 0;
}

#define CASE(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(switches_on_what_protects_the_data),
        CASE(makes_no_key_while_nothing_is_secret),
        CASE(makes_a_key_where_only_unsealed_things_are_kept),
        CASE(writes_no_secret_to_any_file),
        CASE(leaves_no_sealed_value_behind),
        CASE(leaves_no_rows_of_a_deleted_connector),
        CASE(putting_a_credential_drops_expired_ones),
        CASE(refuses_rows_that_were_tampered_with),
        CASE(reads_types_and_methods_of_other_versions),
        CASE(shows_the_rest_when_one_secret_is_damaged),
        CASE(reads_flavors_of_other_versions),
        CASE(refuses_secrets_in_components),
        CASE(reads_while_another_process_writes),
        CASE(says_that_another_process_holds_the_store),
        CASE(waits_for_another_writer),
        CASE(says_that_the_disk_is_full),
        CASE(takes_a_size_limit_for_a_full_disk),
        CASE(reads_a_store_that_it_may_not_write),
        CASE(reports_a_store_that_it_may_not_read),
        CASE(reports_a_folder_that_it_may_not_enter),
        CASE(reports_a_folder_where_it_may_not_create),
        CASE(says_that_the_key_file_was_lost),
        CASE(refuses_the_key_of_another_store),
        CASE(refuses_a_key_file_that_others_may_read),
        CASE(refuses_a_credential_beyond_its_limit),
        CASE(keeps_its_heap_flat),
    };

    return cmocka_run_group_tests(tests, group_setup, NULL);
}
