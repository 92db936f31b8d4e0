#include "base/alloc.h"
#include "store/key_table.h"
#include "store/sqlite_store.h"

void cl_data_key_cleanup(struct cl_data_key *key)
{
    cl_buf_cleanup(&key->wrapped);
}

void cl_data_keys_cleanup(struct cl_data_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        cl_data_key_cleanup(&keys->items[i]);
    cl_free(keys->items);
    *keys = (struct cl_data_keys){.items = NULL};
}

enum cl_code cl_data_keys_append(struct cl_data_keys *keys, struct cl_data_key *key,
                                 struct cl_err *err)
{
    struct cl_data_key *grown =
        cl_array_grow(keys->items, &keys->capacity, keys->count + 1, sizeof(*keys->items));

    if (grown == NULL)
        return cl_err_no_memory(err);
    keys->items = grown;
    keys->items[keys->count++] = *key;
    *key = (struct cl_data_key){.id = ""};
    return CL_OK;
}

static enum cl_code read_key(struct cl_stmt *stmt, struct cl_data_keys *ret, struct cl_err *err)
{
    CL_AUTO(cl_data_key) struct cl_data_key key = {.wrapped = CL_BUF(CL_DATA_KEY_WRAPPED_MAX)};

    CL_TRY(cl_col_copy(stmt, key.id, sizeof(key.id), err));
    CL_TRY(cl_col_copy(stmt, key.wrapped_by, sizeof(key.wrapped_by), err));
    cl_buf_add(&key.wrapped, cl_col_blob(stmt));
    CL_TRY(cl_cols_ok(stmt, err));
    if (key.wrapped.failed == CL_E_INVALID)
        return cl_sql_damaged(stmt->sql, "a wrapped key is too long", err);
    CL_TRY(cl_buf_ok(&key.wrapped, err));
    return cl_data_keys_append(ret, &key, err);
}

static enum cl_code load(void *ctx, struct cl_data_keys *ret, struct cl_err *err)
{
    struct cl_sqlite_store *self = ctx;
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_stmt_prepare(&self->sql, "SELECT id, wrapped_by, wrapped FROM data_key ORDER BY seq",
                           &stmt, err));
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    while (row) {
        CL_TRY(read_key(&stmt, ret, err));
        CL_TRY(cl_stmt_step(&stmt, &row, err));
    }
    return CL_OK;
}

static enum cl_code any_secret(struct cl_sql *sql, int64_t *ret, struct cl_err *err)
{
    return cl_sql_number(sql, "SELECT EXISTS (SELECT 1 FROM connector_secret)", ret, err);
}

static enum cl_code holds_secrets(void *ctx, bool *ret, struct cl_err *err)
{
    struct cl_sqlite_store *self = ctx;
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    int64_t any = 0;

    cl_sqlite_hold(self, &hold);
    CL_TRY(any_secret(&self->sql, &any, err));
    *ret = any != 0;
    return CL_OK;
}

static enum cl_code insert(struct cl_sql *sql, const struct cl_data_key *key, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql, "INSERT INTO data_key (id, wrapped_by, wrapped) VALUES (?,?,?)",
                           &stmt, err));
    cl_bind_c(&stmt, key->id);
    cl_bind_c(&stmt, key->wrapped_by);
    cl_bind_blob(&stmt, cl_buf_view(&key->wrapped));
    return cl_stmt_run(&stmt, err);
}

static enum cl_code start(void *ctx, const struct cl_data_key *key, struct cl_err *err)
{
    struct cl_sqlite_store *self = ctx;
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    int64_t secrets = 0;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(any_secret(&self->sql, &secrets, err));
    if (secrets != 0)
        return cl_err_set(err, CL_E_CONFLICT, "the store holds sealed values already");
    CL_TRY(cl_sql_run(&self->sql, "DELETE FROM issued", err)); /* nothing opens them any more */
    CL_TRY(cl_sql_run(&self->sql, "DELETE FROM data_key", err));
    CL_TRY(insert(&self->sql, key, err));
    return cl_tx_commit(&tx, err);
}

struct cl_key_table cl_sqlite_key_table(struct cl_sqlite_store *store)
{
    return (struct cl_key_table){
        .ctx = store, .load = load, .holds_secrets = holds_secrets, .start = start};
}
