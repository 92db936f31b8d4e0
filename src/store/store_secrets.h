#ifndef CLEAT_STORE_STORE_SECRETS_H
#define CLEAT_STORE_STORE_SECRETS_H

#include "store/sqlite_store.h"

/* For this folder only: secret attributes, each sealed in a row of its own. */

struct cl_sealed_value {
    char id[37]; /* of the row */
    char *name;  /* of the attribute */
    struct cl_buf sealed;
};

/* Zero-initialised is empty; owns all. */
struct cl_sealed_values {
    struct cl_sealed_value *items;
    size_t count;
    size_t capacity;
};

void cl_sealed_values_cleanup(struct cl_sealed_values *values);

/** Seals the secrets of `conn`. Not under the store's lock: a sealer may wait for others. */
enum cl_code cl_secrets_seal(struct cl_sqlite_store *self, const struct cl_connector *conn,
                             struct cl_sealed_values *ret, struct cl_err *err) CL_MUST_USE;

/** Opens them into conn->config. Not under the store's lock. */
enum cl_code cl_secrets_open(struct cl_sqlite_store *self, const struct cl_sealed_values *values,
                             struct cl_connector *conn, struct cl_err *err) CL_MUST_USE;

/**
 * Makes `values` the secrets of the connector's row. A secret that `conn` names without having
 * loaded it stays as it is; all others go. Inside the caller's transaction.
 */
enum cl_code cl_secrets_replace(struct cl_sql *sql, int64_t connector,
                                const struct cl_connector *conn,
                                const struct cl_sealed_values *values, struct cl_err *err)
    CL_MUST_USE;

enum cl_code cl_secrets_load(struct cl_sql *sql, int64_t connector, struct cl_sealed_values *ret,
                             struct cl_err *err) CL_MUST_USE;

#endif
