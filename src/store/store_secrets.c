#include "store/store_secrets.h"

#include "base/alloc.h"
#include "core/quote.h"

#define SEALED_MAX_BYTES ((size_t)2 << 20U)

static void value_cleanup(struct cl_sealed_value *value)
{
    cl_free(value->name);
    cl_buf_cleanup(&value->sealed);
}

void cl_sealed_values_cleanup(struct cl_sealed_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        value_cleanup(&values->items[i]);
    cl_free(values->items);
    *values = (struct cl_sealed_values){.items = NULL};
}

/* Moves the value to the end of the list. */
static enum cl_code append(struct cl_sealed_values *values, struct cl_sealed_value *value,
                           struct cl_err *err)
{
    struct cl_sealed_value *grown =
        cl_array_grow(values->items, &values->capacity, values->count + 1, sizeof(*values->items));

    if (grown == NULL)
        return cl_err_no_memory(err);
    values->items = grown;
    values->items[values->count++] = *value;
    *value = (struct cl_sealed_value){.name = NULL};
    return CL_OK;
}

/* What a value is sealed for: it opens in no other row, connector or attribute. */
static enum cl_code context_of(const struct cl_connector *conn, const char *row_id,
                               const char *name, struct cl_buf *ret, struct cl_err *err)
{
    cl_buf_addf(ret, "connector_secret\n%s\n%s\n%s", row_id, conn->id, name);
    return cl_buf_ok(ret, err);
}

static enum cl_code seal_entry(struct cl_sqlite_store *self, const struct cl_connector *conn,
                               const struct cl_config_entry *entry, struct cl_sealed_values *ret,
                               struct cl_err *err)
{
    CL_AUTO(value) struct cl_sealed_value value = {.sealed = CL_BUF(SEALED_MAX_BYTES)};
    CL_AUTO(cl_buf) struct cl_buf context = CL_BUF(1024);

    CL_TRY(cl_uuid_new(self->world, value.id, err));
    CL_TRY(cl_str_dup(cl_str_of(entry->name), &value.name, err));
    CL_TRY(context_of(conn, value.id, entry->name, &context, err));
    struct cl_str plain = cl_secret_expose(entry->secret);
    CL_TRY(self->sealer->ops->seal(self->sealer, cl_buf_view(&context), plain, &value.sealed, err));
    return append(ret, &value, err);
}

enum cl_code cl_secrets_seal(struct cl_sqlite_store *self, const struct cl_connector *conn,
                             struct cl_sealed_values *ret, struct cl_err *err)
{
    for (size_t i = 0; i < conn->config.count; i++) {
        const struct cl_config_entry *entry = &conn->config.entries[i];
        if (entry->kind == CL_ATTR_SECRET && entry->secret != NULL)
            CL_TRY(seal_entry(self, conn, entry, ret, err));
    }
    return CL_OK;
}

static enum cl_code open_value(struct cl_sqlite_store *self, const struct cl_sealed_value *value,
                               struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf context = CL_BUF(1024);
    struct cl_secret *secret = NULL;

    CL_TRY(context_of(conn, value->id, value->name, &context, err));
    if (self->sealer->ops->open(self->sealer, cl_buf_view(&context), cl_buf_view(&value->sealed),
                                &secret, err) != CL_OK) {
        return cl_err_wrap(err, "cannot read '%s' of connector '%s'",
                           cl_quote(cl_str_of(value->name)).text,
                           cl_quote(cl_str_of(conn->name)).text);
    }
    return cl_config_set_secret_take(&conn->config, value->name, secret, err);
}

enum cl_code cl_secrets_open(struct cl_sqlite_store *self, const struct cl_sealed_values *values,
                             struct cl_connector *conn, struct cl_err *err)
{
    for (size_t i = 0; i < values->count; i++)
        CL_TRY(open_value(self, &values->items[i], conn, err));
    conn->secrets_loaded = true;
    return CL_OK;
}

/* The caller renames or describes a connector whose secrets it has not seen. */
static bool stays(const struct cl_connector *conn, struct cl_str name)
{
    if (conn->secrets_loaded || !cl_strs_has(&conn->secret_names, name))
        return false;
    for (size_t i = 0; i < conn->config.count; i++) {
        if (cl_str_eq_c(name, conn->config.entries[i].name))
            return false;
    }
    return true;
}

static enum cl_code stored_names(struct cl_sql *sql, int64_t connector, struct cl_strs *ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(
        cl_stmt_prepare(sql, "SELECT name FROM connector_secret WHERE connector = ?", &stmt, err));
    cl_bind_i64(&stmt, connector);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    while (row) {
        struct cl_str name = cl_col_text(&stmt);
        CL_TRY(cl_cols_ok(&stmt, err));
        CL_TRY(cl_strs_add(ret, name, err));
        CL_TRY(cl_stmt_step(&stmt, &row, err));
    }
    return CL_OK;
}

static enum cl_code drop_old(struct cl_sql *sql, int64_t connector, const struct cl_connector *conn,
                             struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    CL_TRY(stored_names(sql, connector, &names, err));
    CL_TRY(cl_stmt_prepare(sql, "DELETE FROM connector_secret WHERE connector = ? AND name = ?",
                           &stmt, err));
    for (size_t i = 0; i < names.count; i++) {
        if (stays(conn, cl_str_of(names.items[i])))
            continue;
        cl_bind_i64(&stmt, connector);
        cl_bind_c(&stmt, names.items[i]);
        CL_TRY(cl_stmt_run(&stmt, err));
    }
    return CL_OK;
}

static enum cl_code insert_new(struct cl_sql *sql, int64_t connector,
                               const struct cl_sealed_values *values, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(
        sql, "INSERT INTO connector_secret (id, connector, name, sealed) VALUES (?,?,?,?)", &stmt,
        err));
    for (size_t i = 0; i < values->count; i++) {
        cl_bind_c(&stmt, values->items[i].id);
        cl_bind_i64(&stmt, connector);
        cl_bind_c(&stmt, values->items[i].name);
        cl_bind_blob(&stmt, cl_buf_view(&values->items[i].sealed));
        CL_TRY(cl_stmt_run(&stmt, err));
    }
    return CL_OK;
}

/* Listings read the names of all connectors: asking this table for each would take a third of
 * their time. */
static enum cl_code note_names(struct cl_sql *sql, int64_t connector, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(sql,
                           "UPDATE connector SET secret_names = (SELECT group_concat(name, ' ') "
                           "FROM connector_secret WHERE connector = ?1) WHERE seq = ?1",
                           &stmt, err));
    cl_bind_i64(&stmt, connector);
    return cl_stmt_run(&stmt, err);
}

enum cl_code cl_secrets_replace(struct cl_sql *sql, int64_t connector,
                                const struct cl_connector *conn,
                                const struct cl_sealed_values *values, struct cl_err *err)
{
    CL_TRY(drop_old(sql, connector, conn, err));
    CL_TRY(insert_new(sql, connector, values, err));
    return note_names(sql, connector, err);
}

static enum cl_code read_value(struct cl_stmt *stmt, struct cl_sealed_values *ret,
                               struct cl_err *err)
{
    CL_AUTO(value) struct cl_sealed_value value = {.sealed = CL_BUF(SEALED_MAX_BYTES)};

    CL_TRY(cl_col_copy(stmt, value.id, sizeof(value.id), err));
    CL_TRY(cl_col_dup(stmt, &value.name, err));
    cl_buf_add(&value.sealed, cl_col_blob(stmt));
    CL_TRY(cl_cols_ok(stmt, err));
    CL_TRY(cl_buf_ok(&value.sealed, err));
    return append(ret, &value, err);
}

enum cl_code cl_secrets_load(struct cl_sql *sql, int64_t connector, struct cl_sealed_values *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(
        sql, "SELECT id, name, sealed FROM connector_secret WHERE connector = ? ORDER BY rowid",
        &stmt, err));
    cl_bind_i64(&stmt, connector);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    while (row) {
        CL_TRY(read_value(&stmt, ret, err));
        CL_TRY(cl_stmt_step(&stmt, &row, err));
    }
    return CL_OK;
}
