#include "store/sql.h"

#include <assert.h>

#include "base/alloc.h"

/*
 * The log is folded into the database file once it holds this many pages. Each start reads all of
 * the log, two microseconds a page; each folding costs two flushes. At 32 pages the two together
 * cost least, while folding at every end of the program (SQLite's own way) costs half as much again
 * as the commit itself.
 */
#define LOG_LIMIT_FRAMES 32

enum cl_code cl_sql_run(struct cl_sql *sql, const char *statements, struct cl_err *err)
{
    int rc = sqlite3_exec(sql->db, statements, NULL, NULL, NULL);

    return rc == SQLITE_OK ? CL_OK : cl_sql_error(sql, sqlite3_extended_errcode(sql->db), err);
}

enum cl_code cl_sql_number(struct cl_sql *sql, const char *statement, int64_t *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(sql, statement, &stmt, err));
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    *ret = row ? cl_col_i64(&stmt) : 0;
    return CL_OK;
}

int64_t cl_sql_changes(const struct cl_sql *sql)
{
    return sqlite3_changes64(sql->db);
}

enum cl_code cl_stmt_prepare(struct cl_sql *sql, const char *statement, struct cl_stmt *ret,
                             struct cl_err *err)
{
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(sql->db, statement, -1, &raw, NULL);

    if (rc != SQLITE_OK)
        return cl_sql_error(sql, sqlite3_extended_errcode(sql->db), err);
    *ret = (struct cl_stmt){.sql = sql, .raw = raw, .next_param = 1};
    return CL_OK;
}

void cl_stmt_cleanup(struct cl_stmt *stmt)
{
    (void)sqlite3_finalize(stmt->raw); /* repeats the error of the last step */
    *stmt = CL_STMT_NONE;
}

static void note(struct cl_stmt *stmt, int rc)
{
    if (stmt->failed == SQLITE_OK)
        stmt->failed = rc;
}

void cl_bind_text(struct cl_stmt *stmt, struct cl_str value)
{
    /* Without a pointer it would become NULL, which is something else than no text. */
    const char *ptr = value.ptr == NULL ? "" : value.ptr;

    note(stmt, sqlite3_bind_text64(stmt->raw, stmt->next_param++, ptr, value.len, SQLITE_STATIC,
                                   SQLITE_UTF8));
}

void cl_bind_c(struct cl_stmt *stmt, const char *value)
{
    if (value == NULL) {
        note(stmt, sqlite3_bind_null(stmt->raw, stmt->next_param++));
    } else {
        cl_bind_text(stmt, cl_str_of(value));
    }
}

void cl_bind_blob(struct cl_stmt *stmt, struct cl_str value)
{
    const char *ptr = value.ptr == NULL ? "" : value.ptr;

    note(stmt, sqlite3_bind_blob64(stmt->raw, stmt->next_param++, ptr, value.len, SQLITE_STATIC));
}

void cl_bind_i64(struct cl_stmt *stmt, int64_t value)
{
    note(stmt, sqlite3_bind_int64(stmt->raw, stmt->next_param++, value));
}

enum cl_code cl_cols_ok(struct cl_stmt *stmt, struct cl_err *err)
{
    return stmt->failed == SQLITE_OK ? CL_OK : cl_sql_error(stmt->sql, stmt->failed, err);
}

enum cl_code cl_stmt_step(struct cl_stmt *stmt, bool *ret_row, struct cl_err *err)
{
    assert(stmt->sql != NULL);
    CL_TRY(cl_cols_ok(stmt, err));
    int rc = sqlite3_step(stmt->raw);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return cl_sql_error(stmt->sql, sqlite3_extended_errcode(stmt->sql->db), err);
    stmt->next_column = 0;
    *ret_row = rc == SQLITE_ROW;
    return CL_OK;
}

enum cl_code cl_stmt_run(struct cl_stmt *stmt, struct cl_err *err)
{
    bool row = true;

    while (row)
        CL_TRY(cl_stmt_step(stmt, &row, err));
    (void)sqlite3_reset(stmt->raw); /* the step has succeeded */
    stmt->next_param = 1;
    return CL_OK;
}

/* Reading a value that spans pages can run out of memory, which looks like NULL. */
static struct cl_str column(struct cl_stmt *stmt, const void *(*read)(sqlite3_stmt *, int))
{
    int at = stmt->next_column++;
    bool present = sqlite3_column_type(stmt->raw, at) != SQLITE_NULL;
    const char *ptr = read(stmt->raw, at);
    size_t len = (size_t)sqlite3_column_bytes(stmt->raw, at);

    if (present && ptr == NULL && sqlite3_errcode(stmt->sql->db) == SQLITE_NOMEM)
        note(stmt, SQLITE_NOMEM);
    return ptr == NULL ? CL_STR_NONE : cl_str_make(ptr, len);
}

static const void *read_text(sqlite3_stmt *raw, int at)
{
    return sqlite3_column_text(raw, at);
}

struct cl_str cl_col_text(struct cl_stmt *stmt)
{
    return column(stmt, read_text);
}

struct cl_str cl_col_blob(struct cl_stmt *stmt)
{
    return column(stmt, sqlite3_column_blob);
}

int64_t cl_col_i64(struct cl_stmt *stmt)
{
    return sqlite3_column_int64(stmt->raw, stmt->next_column++);
}

bool cl_col_bool(struct cl_stmt *stmt)
{
    return cl_col_i64(stmt) != 0;
}

enum cl_code cl_col_dup(struct cl_stmt *stmt, char **ret, struct cl_err *err)
{
    bool present = sqlite3_column_type(stmt->raw, stmt->next_column) != SQLITE_NULL;
    struct cl_str text = cl_col_text(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    if (!present)
        return CL_OK;
    if (memchr(text.ptr, '\0', text.len) != NULL)
        return cl_sql_damaged(stmt->sql, "a text holds a zero byte", err);
    return cl_str_dup(text, ret, err);
}

enum cl_code cl_col_copy(struct cl_stmt *stmt, char *ret, size_t size, struct cl_err *err)
{
    struct cl_str text = cl_col_text(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    if (text.len >= size)
        return cl_sql_damaged(stmt->sql, "an id is too long", err);
    (void)memcpy(ret, text.ptr, text.len);
    ret[text.len] = '\0';
    return CL_OK;
}

static enum cl_code begin(struct cl_sql *sql, const char *statement, struct cl_tx *ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt undo = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql, "ROLLBACK", &undo, err));
    CL_TRY(cl_sql_run(sql, statement, err));
    *ret = (struct cl_tx){.sql = sql, .undo = undo};
    undo = CL_STMT_NONE;
    return CL_OK;
}

enum cl_code cl_tx_begin(struct cl_sql *sql, struct cl_tx *ret, struct cl_err *err)
{
    /* A transaction that starts as a reader and becomes a writer could fail half way. */
    return begin(sql, "BEGIN IMMEDIATE", ret, err);
}

enum cl_code cl_tx_begin_read(struct cl_sql *sql, struct cl_tx *ret, struct cl_err *err)
{
    return begin(sql, "BEGIN", ret, err);
}

enum cl_code cl_tx_commit(struct cl_tx *tx, struct cl_err *err)
{
    struct cl_sql *sql = tx->sql;

    CL_TRY(cl_sql_run(sql, "COMMIT", err));
    tx->sql = NULL;
    if (sql->wal_frames >= LOG_LIMIT_FRAMES)
        cl_sql_fold_log(sql);
    return CL_OK;
}

void cl_tx_cleanup(struct cl_tx *tx)
{
    /* SQLite rolls back by itself after some errors. A rollback that fails leaves nothing to do. */
    if (tx->sql != NULL && sqlite3_get_autocommit(tx->sql->db) == 0)
        (void)sqlite3_step(tx->undo.raw);
    cl_stmt_cleanup(&tx->undo);
    tx->sql = NULL;
}

void cl_sql_fold_log(struct cl_sql *sql)
{
    /* Nobody is kept waiting for this: if it fails now, the next commit tries again. */
    (void)sqlite3_busy_timeout(sql->db, 0);
    if (sqlite3_wal_checkpoint_v2(sql->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) ==
        SQLITE_OK)
        sql->wal_frames = 0;
    (void)sqlite3_busy_timeout(sql->db, sql->busy_ms);
}
