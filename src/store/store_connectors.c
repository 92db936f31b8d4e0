#include <inttypes.h>

#include "base/alloc.h"
#include "core/quote.h"
#include "crypto/digest.h"
#include "store/connector_rows.h"
#include "store/records.h"
#include "store/store_secrets.h"

/* CL_E_NAME_EXISTS when another connector has the folded name. */
static enum cl_code check_name(struct cl_sql *sql, const struct cl_connector *conn,
                               const struct cl_connector_texts *texts, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(sql, "SELECT name FROM connector WHERE folded_name = ? AND id <> ?",
                           &stmt, err));
    cl_bind_c(&stmt, texts->folded_name);
    cl_bind_c(&stmt, conn->id);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return CL_OK;
    struct cl_quote taken = cl_quote(cl_col_text(&stmt));
    return cl_err_set(err, CL_E_NAME_EXISTS, "a service connector named '%s' already exists",
                      taken.text);
}

enum cl_code cl_sqlite_generation(struct cl_sql *sql, const char *id, int64_t *ret_seq,
                                  int64_t *ret_generation, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(sql, "SELECT seq, generation FROM connector WHERE id = ?", &stmt, err));
    cl_bind_c(&stmt, id);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return cl_err_set(err, CL_E_NOT_FOUND, "connector '%s' not found", id);
    *ret_seq = cl_col_i64(&stmt);
    *ret_generation = cl_col_i64(&stmt);
    return CL_OK;
}

static enum cl_code insert_row(struct cl_sql *sql, const struct cl_connector *conn,
                               const struct cl_connector_texts *texts, int64_t *ret_seq,
                               struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(
        sql, "INSERT INTO connector (" CL_CONNECTOR_COLUMNS ") VALUES (" CL_CONNECTOR_PARAMS ")",
        &stmt, err));
    cl_connector_row_bind(&stmt, conn, texts);
    CL_TRY(cl_stmt_run(&stmt, err));
    *ret_seq = sqlite3_last_insert_rowid(sql->db);
    return CL_OK;
}

enum cl_code cl_sqlite_connector_insert(struct cl_store *store, const struct cl_connector *conn,
                                        const struct cl_audit_event *event, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_connector_texts) struct cl_connector_texts texts = {.folded_name = NULL};
    CL_AUTO(cl_sealed_values) struct cl_sealed_values secrets = {.items = NULL};
    int64_t seq = 0;

    CL_TRY(cl_crypto_init(err));
    CL_TRY(cl_connector_texts_make(conn, &texts, err));
    CL_TRY(cl_secrets_seal(self, conn, &secrets, err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(check_name(&self->sql, conn, &texts, err));
    CL_TRY(insert_row(&self->sql, conn, &texts, &seq, err));
    CL_TRY(cl_secrets_replace(&self->sql, seq, conn, &secrets, err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    return cl_tx_commit(&tx, err);
}

static enum cl_code check_generation(struct cl_sql *sql, const struct cl_connector *conn,
                                     int64_t *ret_seq, struct cl_err *err)
{
    int64_t generation = 0;

    CL_TRY(cl_sqlite_generation(sql, conn->id, ret_seq, &generation, err));
    if (generation == conn->generation - 1)
        return CL_OK;
    (void)cl_err_set(err, CL_E_STALE,
                     "connector '%s' was changed by somebody else meanwhile (generation %" PRId64
                     ")",
                     cl_quote(cl_str_of(conn->name)).text, generation);
    return cl_err_hint(err, "Look at it again, then repeat the change.");
}

static enum cl_code drop_issued(struct cl_sql *sql, int64_t seq, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql, "DELETE FROM issued WHERE connector = ?", &stmt, err));
    cl_bind_i64(&stmt, seq);
    return cl_stmt_run(&stmt, err);
}

static enum cl_code update_row(struct cl_sql *sql, int64_t seq, const struct cl_connector *conn,
                               const struct cl_connector_texts *texts, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql,
                           "UPDATE connector SET (" CL_CONNECTOR_COLUMNS ") = (" CL_CONNECTOR_PARAMS
                           ") WHERE seq = ?",
                           &stmt, err));
    cl_connector_row_bind(&stmt, conn, texts);
    cl_bind_i64(&stmt, seq);
    return cl_stmt_run(&stmt, err);
}

static enum cl_code component_names(struct cl_sql *sql, int64_t seq, struct cl_strs *ret,
                                    struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(sql, "SELECT name FROM component WHERE connector = ? ORDER BY seq",
                           &stmt, err));
    cl_bind_i64(&stmt, seq);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    while (row) {
        struct cl_str name = cl_col_text(&stmt);
        CL_TRY(cl_cols_ok(&stmt, err));
        CL_TRY(cl_strs_add(ret, name, err));
        CL_TRY(cl_stmt_step(&stmt, &row, err));
    }
    return CL_OK;
}

static enum cl_code in_use(const struct cl_strs *components, const char *hint, struct cl_err *err)
{
    CL_AUTO(cl_string) char *names = NULL;

    CL_TRY(cl_strs_join(components, "', '", &names, err));
    (void)cl_err_set(err, CL_E_IN_USE, "%zu component%s: '%s'", components->count,
                     components->count == 1 ? " uses the connector" : "s use the connector", names);
    return cl_err_hint(err, "%s", hint);
}

/* Components rely on method and scope. */
static enum cl_code check_unused(struct cl_sql *sql, int64_t seq, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs components = CL_STRS_NONE;

    CL_TRY(component_names(sql, seq, &components, err));
    return components.count == 0 ? CL_OK : in_use(&components, "Disconnect them first.", err);
}

enum cl_code cl_sqlite_connector_update(struct cl_store *store, const struct cl_connector *conn,
                                        bool unused_only, const struct cl_audit_event *event,
                                        struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_connector_texts) struct cl_connector_texts texts = {.folded_name = NULL};
    CL_AUTO(cl_sealed_values) struct cl_sealed_values secrets = {.items = NULL};
    int64_t seq = 0;

    CL_TRY(cl_crypto_init(err));
    CL_TRY(cl_connector_texts_make(conn, &texts, err));
    CL_TRY(cl_secrets_seal(self, conn, &secrets, err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(check_generation(&self->sql, conn, &seq, err));
    if (unused_only)
        CL_TRY(check_unused(&self->sql, seq, err));
    CL_TRY(check_name(&self->sql, conn, &texts, err));
    CL_TRY(update_row(&self->sql, seq, conn, &texts, err));
    CL_TRY(cl_secrets_replace(&self->sql, seq, conn, &secrets, err));
    CL_TRY(drop_issued(&self->sql, seq, err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    CL_TRY(cl_tx_commit(&tx, err));
    cl_sql_fold_log(&self->sql); /* so that old sealed values leave the disk */
    return CL_OK;
}

static enum cl_code disconnect_all(struct cl_sqlite_store *self, int64_t seq, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(&self->sql,
                           "UPDATE component SET connector = NULL, resource_id = NULL, "
                           "updated_at_us = ? WHERE connector = ?",
                           &stmt, err));
    cl_bind_i64(&stmt, self->world->now_us(self->world->ctx));
    cl_bind_i64(&stmt, seq);
    return cl_stmt_run(&stmt, err);
}

/* Secrets and issued credentials go with the row. */
static enum cl_code delete_row(struct cl_sql *sql, int64_t seq, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql, "DELETE FROM connector WHERE seq = ?", &stmt, err));
    cl_bind_i64(&stmt, seq);
    return cl_stmt_run(&stmt, err);
}

enum cl_code cl_sqlite_connector_delete(struct cl_store *store, const char *id, bool force,
                                        const struct cl_audit_event *event,
                                        struct cl_strs *ret_components, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    int64_t seq = 0;
    int64_t generation = 0;

    CL_TRY(cl_crypto_init(err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(cl_sqlite_generation(&self->sql, id, &seq, &generation, err));
    CL_TRY(component_names(&self->sql, seq, ret_components, err));
    if (ret_components->count > 0 && !force)
        return in_use(ret_components, "Disconnect them first, or delete with --force.", err);
    CL_TRY(disconnect_all(self, seq, err));
    CL_TRY(delete_row(&self->sql, seq, err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    CL_TRY(cl_tx_commit(&tx, err));
    cl_sql_fold_log(&self->sql);
    return CL_OK;
}

static enum cl_code store_facts(struct cl_sql *sql, const struct cl_connector *conn,
                                struct cl_str facts, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql,
                           "UPDATE connector SET facts = ?, last_verified_at = ?, "
                           "last_verify_code = ? WHERE id = ? AND generation = ?",
                           &stmt, err));
    cl_bind_text(&stmt, facts);
    cl_bind_i64(&stmt, conn->last_verified_at);
    cl_bind_c(&stmt, cl_code_wire(conn->last_verify_code));
    cl_bind_c(&stmt, conn->id);
    cl_bind_i64(&stmt, conn->generation);
    return cl_stmt_run(&stmt, err);
}

enum cl_code cl_sqlite_connector_verified(struct cl_store *store, const struct cl_connector *conn,
                                          const struct cl_audit_event *event, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_buf) struct cl_buf facts = CL_BUF(CL_RECORD_MAX_BYTES);

    CL_TRY(cl_crypto_init(err));
    CL_TRY(cl_record_map(&conn->facts, &facts, err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(store_facts(&self->sql, conn, cl_buf_view(&facts), err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    return cl_tx_commit(&tx, err);
}
