#include "store/migrations.h"

#include <inttypes.h>

static enum cl_code foreign(const struct cl_sql *sql, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED, "'%s' is another program's database", sql->path);
    return cl_err_hint(err, "It was left as it is. Move it away, or choose another folder with "
                            "CLEAT_CONFIG_PATH.");
}

static enum cl_code newer(const struct cl_sql *sql, int64_t version, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED,
                     "store '%s' was written by a newer Cleat: it has layout %" PRId64
                     ", and this program knows layouts up to %d",
                     sql->path, version, cl_migration_count);
    return cl_err_hint(err, "It was left as it is. Use the newer program.");
}

/*
 * Empty, or stamped as Cleat's. Somebody may be creating the tables right now: they come in one
 * transaction with the stamp, so whoever has seen tables sees the stamp when looking again.
 */
static enum cl_code is_ours(struct cl_sql *sql, int64_t version, bool *ret, struct cl_err *err)
{
    int64_t application = 0;
    int64_t tables = 0;

    CL_TRY(cl_sql_number(sql, "PRAGMA application_id", &application, err));
    if (application != CL_DB_APPLICATION_ID) {
        CL_TRY(cl_sql_number(sql, "SELECT count(*) FROM sqlite_schema", &tables, err));
        CL_TRY(cl_sql_number(sql, "PRAGMA application_id", &application, err));
    }
    *ret = application == CL_DB_APPLICATION_ID || (version == 0 && tables == 0);
    return CL_OK;
}

enum cl_code cl_db_check(struct cl_sql *sql, bool *ret_current, struct cl_err *err)
{
    int64_t version = 0;
    bool ours = false;

    CL_TRY(cl_sql_number(sql, "PRAGMA user_version", &version, err));
    CL_TRY(is_ours(sql, version, &ours, err));
    if (!ours)
        return foreign(sql, err);
    if (version > cl_migration_count)
        return newer(sql, version, err);
    if (version < 0)
        return cl_sql_damaged(sql, "its layout has no version", err);
    *ret_current = version == cl_migration_count;
    return CL_OK;
}

/* SQLite keeps both numbers in the file's header, under the transaction. */
static enum cl_code stamp(struct cl_sql *sql, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(128);

    cl_buf_addf(&text, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                CL_DB_APPLICATION_ID, cl_migration_count);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_sql_run(sql, text.ptr, err);
}

enum cl_code cl_db_migrate(struct cl_sql *sql, struct cl_err *err)
{
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    bool current = false;
    int64_t version = 0;

    CL_TRY(cl_tx_begin(sql, &tx, err));
    CL_TRY(cl_db_check(sql, &current, err));
    if (current)
        return CL_OK;
    CL_TRY(cl_sql_number(sql, "PRAGMA user_version", &version, err));
    for (int64_t step = version; step < cl_migration_count; step++)
        CL_TRY(cl_sql_run(sql, cl_migrations[step].statements, err));
    CL_TRY(stamp(sql, err));
    return cl_tx_commit(&tx, err);
}
