#ifndef CLEAT_STORE_MIGRATIONS_H
#define CLEAT_STORE_MIGRATIONS_H

#include "store/sql.h"

/* The layout of the database, as the list of steps that lead to it. */

/* "Clea": tells our files from other programs' SQLite files. */
#define CL_DB_APPLICATION_ID 0x436C6561

struct cl_migration {
    const char *statements; /* applied to a database of the version that is this row's index */
};

extern const struct cl_migration cl_migrations[];
extern const int cl_migration_count; /* the version that this program writes */

/**
 * Tells whether the file is ours and at our version, without changing it.
 *
 * @param ret_current  false: cl_db_migrate is needed
 * @return CL_OK, CL_E_FAILED (newer than the program, another program's file, damaged)
 */
enum cl_code cl_db_check(struct cl_sql *sql, bool *ret_current, struct cl_err *err) CL_MUST_USE;

/** Applies what is missing, in one transaction. Several processes may try at once. */
enum cl_code cl_db_migrate(struct cl_sql *sql, struct cl_err *err) CL_MUST_USE;

#endif
