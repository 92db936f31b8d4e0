#ifndef CLEAT_STORE_SQL_H
#define CLEAT_STORE_SQL_H

#include <sqlite3.h>

#include "base/buf.h"

/* For this folder only: one SQLite connection, its statements and transactions, our errors. */

/* Not for use by two threads at once. */
struct cl_sql {
    sqlite3 *db;
    char *path;     /* of the database file, for error texts */
    int wal_frames; /* pages in the write-ahead log after the last commit */
    int busy_ms;    /* how long to wait for other processes */
};

/**
 * Says what an SQLite result code means for this file and what to do about it.
 *
 * @return CL_E_SECRET_STORE (locked, full, read-only, unreadable), CL_E_FAILED (damaged, no
 *         memory), CL_E_INVALID (value too large), CL_E_INTERNAL (anything else)
 */
enum cl_code cl_sql_error(const struct cl_sql *sql, int sqlite_code, struct cl_err *err);

/** CL_E_FAILED: something in the file is not what Cleat wrote; `what` says what. */
enum cl_code cl_sql_damaged(const struct cl_sql *sql, const char *what, struct cl_err *err);

/** Runs statements that take no parameters; rows are dropped. */
enum cl_code cl_sql_run(struct cl_sql *sql, const char *statements, struct cl_err *err) CL_MUST_USE;

/** The integer that a statement without parameters yields. */
enum cl_code cl_sql_number(struct cl_sql *sql, const char *statement, int64_t *ret,
                           struct cl_err *err) CL_MUST_USE;

/** Rows that the last statement has changed. */
int64_t cl_sql_changes(const struct cl_sql *sql);

/* A prepared statement. Parameters and columns are taken one after the other, in SQL's order. */
struct cl_stmt {
    struct cl_sql *sql;
    sqlite3_stmt *raw;
    int next_param;
    int next_column;
    int failed; /* first SQLite code of a bind or of a column read; reported by the next step */
};

#define CL_STMT_NONE ((struct cl_stmt){.sql = NULL})

enum cl_code cl_stmt_prepare(struct cl_sql *sql, const char *statement, struct cl_stmt *ret,
                             struct cl_err *err) CL_MUST_USE;
void cl_stmt_cleanup(struct cl_stmt *stmt);

/* Bound bytes are borrowed until the statement is run, rewound or gone. */
void cl_bind_text(struct cl_stmt *stmt, struct cl_str value);
void cl_bind_c(struct cl_stmt *stmt, const char *value); /* NULL: SQL's NULL */
void cl_bind_blob(struct cl_stmt *stmt, struct cl_str value);
void cl_bind_i64(struct cl_stmt *stmt, int64_t value);

/** The next row, if any; its columns are valid until the next step. */
enum cl_code cl_stmt_step(struct cl_stmt *stmt, bool *ret_row, struct cl_err *err) CL_MUST_USE;

/** Runs a statement that yields no rows, and makes it ready for other parameters. */
enum cl_code cl_stmt_run(struct cl_stmt *stmt, struct cl_err *err) CL_MUST_USE;

struct cl_str cl_col_text(struct cl_stmt *stmt); /* NULL gives the empty view */
struct cl_str cl_col_blob(struct cl_stmt *stmt);
int64_t cl_col_i64(struct cl_stmt *stmt);
bool cl_col_bool(struct cl_stmt *stmt);

/** Owned copy of a text column; *ret stays NULL where the column is. */
enum cl_code cl_col_dup(struct cl_stmt *stmt, char **ret, struct cl_err *err) CL_MUST_USE;

/** A text column of a fixed size, e.g. an id; NULL gives "". */
enum cl_code cl_col_copy(struct cl_stmt *stmt, char *ret, size_t size, struct cl_err *err)
    CL_MUST_USE;

/** To be asked once the columns of a row have been taken: did memory suffice? */
enum cl_code cl_cols_ok(struct cl_stmt *stmt, struct cl_err *err) CL_MUST_USE;

/* A transaction that is undone unless it was committed: CL_AUTO(cl_tx) struct cl_tx tx = ... */
struct cl_tx {
    struct cl_sql *sql;  /* NULL: none is open */
    struct cl_stmt undo; /* made ready beforehand: undoing must not need memory */
};

#define CL_TX_NONE ((struct cl_tx){.sql = NULL})

/** Takes the write lock at once, waiting for other writers. */
enum cl_code cl_tx_begin(struct cl_sql *sql, struct cl_tx *ret, struct cl_err *err) CL_MUST_USE;

/** A consistent view for several reads; takes no write lock. */
enum cl_code cl_tx_begin_read(struct cl_sql *sql, struct cl_tx *ret, struct cl_err *err)
    CL_MUST_USE;

/** Durable when it returns CL_OK. */
enum cl_code cl_tx_commit(struct cl_tx *tx, struct cl_err *err) CL_MUST_USE;
void cl_tx_cleanup(struct cl_tx *tx);

/** Moves what the write-ahead log holds into the database file, unless somebody is reading it. */
void cl_sql_fold_log(struct cl_sql *sql);

#endif
