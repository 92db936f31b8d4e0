#ifndef CLEAT_STORE_CONNECTOR_ROWS_H
#define CLEAT_STORE_CONNECTOR_ROWS_H

#include "store/sql.h"
#include "store/store.h"

/* For this folder only: a connector as the columns of its row, and back. */

/* The columns that cl_connector_row_bind fills, in its order, and as many parameters. */
#define CL_CONNECTOR_COLUMNS                                                                   \
    "id, name, folded_name, description, owner, type, method, resource_types, resource_id, "   \
    "canonical_id, expires_at, skew_s, expiration_seconds, config, secret_id, labels, facts, " \
    "shared, created_at_us, updated_at_us, generation, last_verified_at, last_verify_code"
#define CL_CONNECTOR_PARAMS "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"

/* What cl_connector_row_read reads; append WHERE or ORDER BY. */
#define CL_CONNECTOR_SELECT                                                                    \
    "SELECT seq, id, name, description, owner, type, method, resource_types, resource_id, "    \
    "canonical_id, expires_at, skew_s, expiration_seconds, config, secret_id, labels, facts, " \
    "shared, created_at_us, updated_at_us, generation, last_verified_at, last_verify_code, "   \
    "secret_names FROM connector "

/* The values of a row that have to be made first. */
struct cl_connector_texts {
    char *folded_name;
    struct cl_buf resource_types;
    struct cl_buf config;
    struct cl_buf labels;
    struct cl_buf facts;
};

enum cl_code cl_connector_texts_make(const struct cl_connector *conn,
                                     struct cl_connector_texts *ret, struct cl_err *err)
    CL_MUST_USE;
void cl_connector_texts_cleanup(struct cl_connector_texts *texts);

void cl_connector_row_bind(struct cl_stmt *stmt, const struct cl_connector *conn,
                           const struct cl_connector_texts *texts);

/** The connector of the current row, without its secrets; core/stand_in.h for a foreign type. */
enum cl_code cl_connector_row_read(struct cl_stmt *stmt, int64_t *ret_seq, struct cl_connector *ret,
                                   struct cl_err *err) CL_MUST_USE;

#endif
