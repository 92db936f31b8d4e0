#ifndef CLEAT_STORE_DB_H
#define CLEAT_STORE_DB_H

#include "base/world.h"
#include "store/sql.h"

/* For this folder only: the database file of a state folder. */

#define CL_DB_FILE "cleat.db"
#define CL_DB_LOCK_FILE "cleat.lock" /* held while the database or the key file are made */
#define CL_DB_WAIT_MS 10000          /* for other processes */

/** `folder`/`name`, owned by the caller. */
enum cl_code cl_db_path(const char *folder, const char *name, char **ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Opens the database of the folder; makes folder (0700), file (0600) and tables where they are
 * missing. Neither checks nor locks more than the header when all is there.
 *
 * @param sql  zero-initialised; cl_db_close() also after a failure
 */
enum cl_code cl_db_open(const struct cl_world *world, const char *folder, struct cl_sql *sql,
                        struct cl_err *err) CL_MUST_USE;

/** How long operations wait for other processes. */
void cl_db_set_wait(struct cl_sql *sql, int wait_ms);

void cl_db_close(struct cl_sql *sql);

/* A lock file that is given back when its scope ends. */
struct cl_db_lock {
    const struct cl_world *world; /* NULL: not held */
    int lock;
};

enum cl_code cl_db_lock_folder(const struct cl_world *world, const char *folder,
                               struct cl_db_lock *ret, struct cl_err *err) CL_MUST_USE;
void cl_db_lock_cleanup(struct cl_db_lock *lock);

#endif
