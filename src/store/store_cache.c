#include "crypto/digest.h"
#include "store/sqlite_store.h"

#define SEALED_MAX_BYTES ((size_t)4 << 20U)

enum cl_code cl_sqlite_cache_get(struct cl_store *store, struct cl_str key, struct cl_buf *ret,
                                 struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_stmt_prepare(&self->sql, "SELECT sealed FROM issued WHERE key = ? AND expires_at > ?",
                           &stmt, err));
    cl_bind_text(&stmt, key);
    cl_bind_i64(&stmt, cl_world_now_s(self->world));
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return cl_err_set(err, CL_E_NOT_FOUND, "no such credential is kept");
    struct cl_str sealed = cl_col_blob(&stmt);
    CL_TRY(cl_cols_ok(&stmt, err));
    cl_buf_add(ret, sealed);
    return cl_buf_ok(ret, err);
}

static enum cl_code drop_expired(struct cl_sqlite_store *self, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(&self->sql, "DELETE FROM issued WHERE expires_at <= ?", &stmt, err));
    cl_bind_i64(&stmt, cl_world_now_s(self->world));
    return cl_stmt_run(&stmt, err);
}

/* Puts nothing when the connector has changed since the credential was asked for. */
static enum cl_code put(struct cl_sql *sql, const struct cl_cache_entry *entry, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(
        sql,
        "INSERT OR REPLACE INTO issued (key, generation, expires_at, sealed, connector) "
        "SELECT ?1, ?2, ?3, ?4, seq FROM connector WHERE id = ?5 AND generation = ?2",
        &stmt, err));
    cl_bind_text(&stmt, entry->key);
    cl_bind_i64(&stmt, entry->generation);
    cl_bind_i64(&stmt, entry->expires_at);
    cl_bind_blob(&stmt, entry->sealed);
    cl_bind_c(&stmt, entry->connector_id);
    return cl_stmt_run(&stmt, err);
}

enum cl_code cl_sqlite_cache_put(struct cl_store *store, const struct cl_cache_entry *entry,
                                 const struct cl_audit_event *event, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);

    if (entry->sealed.len > SEALED_MAX_BYTES)
        return cl_err_set(err, CL_E_INVALID, "credential is too long to be kept");
    CL_TRY(cl_crypto_init(err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(drop_expired(self, err));
    CL_TRY(put(&self->sql, entry, err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    return cl_tx_commit(&tx, err);
}

enum cl_code cl_sqlite_cache_put_all(struct cl_store *store, const struct cl_cache_entry *entries,
                                     size_t count, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(drop_expired(self, err));
    for (size_t i = 0; i < count; i++) {
        if (entries[i].sealed.len <= SEALED_MAX_BYTES)
            CL_TRY(put(&self->sql, &entries[i], err));
    }
    return cl_tx_commit(&tx, err);
}
