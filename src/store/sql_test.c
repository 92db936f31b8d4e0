#include "store/sql.h"

#include <errno.h>

#include "base/alloc.h"
#include "store/local.h"
#include "test.h"

static int setup(void **state)
{
    static struct cl_sql sql;
    struct cl_err err;

    assert_ok(cl_store_setup(&err), &err);
    sql = (struct cl_sql){.path = NULL, .busy_ms = 0};
    assert_int_equal(sqlite3_open(":memory:", &sql.db), SQLITE_OK);
    assert_ok(cl_str_dup(CL_STR("/state/cleat.db"), &sql.path, &err), &err);
    assert_ok(cl_sql_run(&sql, "CREATE TABLE t (a TEXT, b BLOB, c INTEGER)", &err), &err);
    *state = &sql;
    return 0;
}

static int teardown(void **state)
{
    struct cl_sql *sql = *state;

    assert_int_equal(sqlite3_close(sql->db), SQLITE_OK); /* refuses while a statement is open */
    cl_free(sql->path);
    return 0;
}

static int64_t number(struct cl_sql *sql, const char *query)
{
    int64_t ret = -1;
    struct cl_err err;

    assert_ok(cl_sql_number(sql, query, &ret, &err), &err);
    return ret;
}

static void insert(struct cl_sql *sql, const char *text, struct cl_str blob, int64_t value)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct cl_err err;

    assert_ok(cl_stmt_prepare(sql, "INSERT INTO t VALUES (?,?,?)", &stmt, &err), &err);
    cl_bind_c(&stmt, text);
    cl_bind_blob(&stmt, blob);
    cl_bind_i64(&stmt, value);
    assert_ok(cl_stmt_run(&stmt, &err), &err);
}

static void takes_parameters_and_columns_in_order(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct cl_err err;
    bool row = false;

    insert(*state, "text", CL_STR("\0\1\2"), INT64_MIN);
    assert_ok(cl_stmt_prepare(*state, "SELECT a, b, c FROM t", &stmt, &err), &err);
    assert_ok(cl_stmt_step(&stmt, &row, &err), &err);
    assert_true(row);
    assert_str(cl_col_text(&stmt), "text");
    struct cl_str blob = cl_col_blob(&stmt);
    assert_int_equal(blob.len, 3);
    assert_memory_equal(blob.ptr, "\0\1\2", 3);
    assert_true(cl_col_i64(&stmt) == INT64_MIN);
    assert_ok(cl_stmt_step(&stmt, &row, &err), &err);
    assert_false(row);
}

static void tells_null_from_empty(void **state)
{
    insert(*state, NULL, CL_STR_NONE, 1);
    insert(*state, "", (struct cl_str){.ptr = NULL}, 2);
    assert_int_equal(number(*state, "SELECT count(*) FROM t WHERE a IS NULL AND c = 1"), 1);
    assert_int_equal(number(*state, "SELECT count(*) FROM t WHERE a = '' AND c = 2"), 1);
    assert_int_equal(number(*state, "SELECT count(*) FROM t WHERE b IS NULL"), 0);
}

static void binds_views_that_have_no_pointer(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    CL_AUTO(cl_buf) struct cl_buf empty = CL_BUF(8);
    struct cl_err err;

    assert_ok(cl_stmt_prepare(*state, "INSERT INTO t (a) VALUES (?)", &stmt, &err), &err);
    cl_bind_text(&stmt, cl_buf_view(&empty));
    assert_ok(cl_stmt_run(&stmt, &err), &err);
    assert_int_equal(number(*state, "SELECT count(*) FROM t WHERE a = ''"), 1);
}

static void copies_columns(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    CL_AUTO(cl_string) char *text = NULL;
    CL_AUTO(cl_string) char *none = NULL;
    char id[5];
    struct cl_err err;
    bool row = false;

    assert_ok(cl_stmt_prepare(*state, "SELECT 'abcd', NULL, 'abcd', NULL, 'abcde'", &stmt, &err),
              &err);
    assert_ok(cl_stmt_step(&stmt, &row, &err), &err);
    assert_ok(cl_col_dup(&stmt, &text, &err), &err);
    assert_string_equal(text, "abcd");
    assert_ok(cl_col_dup(&stmt, &none, &err), &err);
    assert_null(none);
    assert_ok(cl_col_copy(&stmt, id, sizeof(id), &err), &err);
    assert_string_equal(id, "abcd");
    assert_ok(cl_col_copy(&stmt, id, sizeof(id), &err), &err);
    assert_string_equal(id, "");
    assert_int_equal(cl_col_copy(&stmt, id, sizeof(id), &err), CL_E_FAILED);
    assert_string_equal(err.text, "store '/state/cleat.db' is damaged: an id is too long");
}

static void refuses_texts_with_a_zero_byte(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    CL_AUTO(cl_string) char *text = NULL;
    struct cl_err err;
    bool row = false;

    assert_ok(cl_stmt_prepare(*state, "SELECT CAST(x'610062' AS TEXT)", &stmt, &err), &err);
    assert_ok(cl_stmt_step(&stmt, &row, &err), &err);
    assert_int_equal(cl_col_dup(&stmt, &text, &err), CL_E_FAILED);
    assert_null(text);
}

static void runs_a_statement_again_with_other_parameters(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct cl_err err;

    assert_ok(cl_stmt_prepare(*state, "INSERT INTO t (c) VALUES (?)", &stmt, &err), &err);
    for (int64_t i = 1; i <= 3; i++) {
        cl_bind_i64(&stmt, i);
        assert_ok(cl_stmt_run(&stmt, &err), &err);
        assert_int_equal(cl_sql_changes(*state), 1);
    }
    assert_int_equal(number(*state, "SELECT sum(c) FROM t"), 6);
}

static void reports_a_failed_bind_at_the_next_step(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct cl_err err;
    bool row = true;

    assert_ok(cl_stmt_prepare(*state, "SELECT ?", &stmt, &err), &err);
    cl_bind_i64(&stmt, 1);
    cl_bind_i64(&stmt, 2); /* one too many */
    assert_int_equal(cl_stmt_step(&stmt, &row, &err), CL_E_INTERNAL);
    assert_true(row);
}

static void undoes_what_was_not_committed(void **state)
{
    struct cl_err err;
    {
        CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
        assert_ok(cl_tx_begin(*state, &tx, &err), &err);
        insert(*state, "a", CL_STR_NONE, 1);
    }
    assert_int_equal(number(*state, "SELECT count(*) FROM t"), 0);
    {
        CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
        assert_ok(cl_tx_begin(*state, &tx, &err), &err);
        insert(*state, "a", CL_STR_NONE, 1);
        assert_ok(cl_tx_commit(&tx, &err), &err);
    }
    assert_int_equal(number(*state, "SELECT count(*) FROM t"), 1);
}

static void undoes_without_any_memory(void **state)
{
    struct cl_err err;
    {
        CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
        assert_ok(cl_tx_begin(*state, &tx, &err), &err);
        insert(*state, "a", CL_STR_NONE, 1);
        (void)cl_alloc_fail_at(1);
    }
    (void)cl_alloc_fail_at(0);
    CL_AUTO(cl_tx) struct cl_tx again = CL_TX_NONE;
    assert_ok(cl_tx_begin(*state, &again, &err), &err);
    assert_int_equal(number(*state, "SELECT count(*) FROM t"), 0);
}

static void says_what_a_code_means_and_what_to_do(void **state)
{
    static const struct {
        int sqlite_code;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {SQLITE_BUSY, CL_E_SECRET_STORE, "is locked by another process"},
        {SQLITE_BUSY_RECOVERY, CL_E_SECRET_STORE, "is locked by another process"},
        {SQLITE_BUSY_SNAPSHOT, CL_E_SECRET_STORE, "is locked by another process"},
        {SQLITE_LOCKED, CL_E_SECRET_STORE, "is locked by another thread"},
        {SQLITE_PROTOCOL, CL_E_SECRET_STORE, "is locked by other processes"},
        {SQLITE_FULL, CL_E_SECRET_STORE, "the disk or the quota is full"},
        {SQLITE_READONLY, CL_E_SECRET_STORE, "cannot be written"},
        {SQLITE_READONLY_DIRECTORY, CL_E_SECRET_STORE, "cannot be written"},
        {SQLITE_PERM, CL_E_SECRET_STORE, "may not be used by this user"},
        {SQLITE_CANTOPEN, CL_E_SECRET_STORE, "cannot be opened"},
        {SQLITE_IOERR_FSYNC, CL_E_SECRET_STORE, "could not be read or written"},
        {SQLITE_CORRUPT, CL_E_FAILED, "is damaged"},
        {SQLITE_NOTADB, CL_E_FAILED, "is not a database"},
        {SQLITE_ERROR, CL_E_FAILED, "does not have the tables"},
        {SQLITE_TOOBIG, CL_E_INVALID, "does not take values as large"},
    };

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err;
        assert_int_equal(cl_sql_error(*state, cases[i].sqlite_code, &err), cases[i].code);
        assert_int_equal(err.code, cases[i].code);
        assert_non_null(strstr(err.text, "store '/state/cleat.db' "));
        assert_non_null(strstr(err.text, cases[i].text));
        assert_string_not_equal(err.hint, "");
    }
}

static void reports_memory_and_our_own_mistakes_as_such(void **state)
{
    struct cl_err err;

    assert_int_equal(cl_sql_error(*state, SQLITE_NOMEM, &err), CL_E_FAILED);
    assert_string_equal(err.text, "out of memory");
    assert_int_equal(cl_sql_error(*state, SQLITE_IOERR_NOMEM, &err), CL_E_FAILED);
    assert_string_equal(err.text, "out of memory");
    assert_int_equal(cl_sql_error(*state, SQLITE_MISUSE, &err), CL_E_INTERNAL);
    assert_int_equal(cl_sql_error(*state, SQLITE_CONSTRAINT_UNIQUE, &err), CL_E_INTERNAL);
}

static void never_shows_statements(void **state)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct cl_err err;

    assert_int_equal(cl_sql_run(*state, "SELECT * FROM no_such_table", &err), CL_E_FAILED);
    assert_null(strstr(err.text, "SELECT"));
    assert_null(strstr(err.text, "no_such_table"));
    assert_int_equal(cl_stmt_prepare(*state, "SELECT no_such_column FROM t", &stmt, &err),
                     CL_E_FAILED);
    assert_null(strstr(err.text, "no_such_column"));
    assert_null(stmt.raw);
}

static void yields_zero_when_there_is_no_row(void **state)
{
    assert_int_equal(number(*state, "SELECT c FROM t"), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(takes_parameters_and_columns_in_order),
        CASE(tells_null_from_empty),
        CASE(binds_views_that_have_no_pointer),
        CASE(copies_columns),
        CASE(refuses_texts_with_a_zero_byte),
        CASE(runs_a_statement_again_with_other_parameters),
        CASE(reports_a_failed_bind_at_the_next_step),
        CASE(undoes_what_was_not_committed),
        CASE(undoes_without_any_memory),
        CASE(says_what_a_code_means_and_what_to_do),
        CASE(reports_memory_and_our_own_mistakes_as_such),
        CASE(never_shows_statements),
        CASE(yields_zero_when_there_is_no_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
