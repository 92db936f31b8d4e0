#include <errno.h>
#include <string.h>

#include "store/sql.h"

/* What a primary result code means to the person who reads it. */
struct meaning {
    int sqlite_code;
    enum cl_code code;
    const char *what;
    const char *hint;
};

#define DAMAGED_HINT \
    "It was left as it is. Restore it from a backup, or move it away to begin with an empty one."

static const struct meaning meanings[] = {
    {SQLITE_BUSY, CL_E_SECRET_STORE, "is locked by another process",
     "Wait until the other Cleat process has ended, then try again."},
    {SQLITE_LOCKED, CL_E_SECRET_STORE, "is locked by another thread", "Try again."},
    {SQLITE_PROTOCOL, CL_E_SECRET_STORE, "is locked by other processes", "Try again."},
    {SQLITE_FULL, CL_E_SECRET_STORE, "cannot grow: the disk or the quota is full",
     "Nothing was changed. Free some space, then try again."},
    {SQLITE_READONLY, CL_E_SECRET_STORE, "cannot be written",
     "Nothing was changed. Make the file and its folder writable for your user."},
    {SQLITE_PERM, CL_E_SECRET_STORE, "may not be used by this user",
     "Check the owner and the permissions of the file and its folder."},
    {SQLITE_CANTOPEN, CL_E_SECRET_STORE, "cannot be opened",
     "Check the owner and the permissions of the file and its folder."},
    {SQLITE_IOERR, CL_E_SECRET_STORE, "could not be read or written",
     "Check the disk, then try again."},
    {SQLITE_CORRUPT, CL_E_FAILED, "is damaged", DAMAGED_HINT},
    {SQLITE_NOTADB, CL_E_FAILED, "is not a database, or its beginning is damaged", DAMAGED_HINT},
    /* Our statements are constant: they fail to compile only when tables are not as we made them.
     */
    {SQLITE_ERROR, CL_E_FAILED, "does not have the tables that it should have", DAMAGED_HINT},
    {SQLITE_TOOBIG, CL_E_INVALID, "does not take values as large as this one", "Shorten it."},
};

static bool is_full(int system_error)
{
    return system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

/* SQLite does not note the cause of a write that fails in a commit, but leaves errno alone. */
static int system_error_of(const struct cl_sql *sql)
{
    int here = errno;
    int noted = sql->db == NULL ? 0 : sqlite3_system_errno(sql->db);

    return noted == 0 && is_full(here) ? here : noted;
}

/* Quotas and RLIMIT_FSIZE reach us as failed writes. */
static int primary_code(int sqlite_code, int system_error)
{
    int primary = sqlite_code & 0xFF;

    if (sqlite_code == SQLITE_IOERR_NOMEM)
        return SQLITE_NOMEM;
    if (primary == SQLITE_IOERR && is_full(system_error))
        return SQLITE_FULL;
    if (primary == SQLITE_CANTOPEN && system_error == EROFS)
        return SQLITE_READONLY;
    return primary;
}

static const struct meaning *meaning_of(int primary)
{
    for (size_t i = 0; i < CL_COUNT(meanings); i++) {
        if (meanings[i].sqlite_code == primary)
            return &meanings[i];
    }
    return NULL;
}

static bool names_a_cause(int primary, int system_error)
{
    return (primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR) && system_error != 0 &&
           strerrordesc_np(system_error) != NULL;
}

enum cl_code cl_sql_error(const struct cl_sql *sql, int sqlite_code, struct cl_err *err)
{
    int system_error = system_error_of(sql);
    int primary = primary_code(sqlite_code, system_error);
    const struct meaning *meaning = meaning_of(primary);

    if (primary == SQLITE_NOMEM)
        return cl_err_no_memory(err);
    if (meaning == NULL) {
        return cl_err_set(err, CL_E_INTERNAL, "store '%s' failed unexpectedly: %s", sql->path,
                          sqlite3_errstr(sqlite_code));
    }
    if (names_a_cause(primary, system_error)) {
        (void)cl_err_set(err, meaning->code, "store '%s' %s: %s", sql->path, meaning->what,
                         strerrordesc_np(system_error));
    } else {
        (void)cl_err_set(err, meaning->code, "store '%s' %s", sql->path, meaning->what);
    }
    return cl_err_hint(err, "%s", meaning->hint);
}

enum cl_code cl_sql_damaged(const struct cl_sql *sql, const char *what, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED, "store '%s' is damaged: %s", sql->path, what);
    return cl_err_hint(err, DAMAGED_HINT);
}
