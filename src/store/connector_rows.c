#include "store/connector_rows.h"

#include "base/alloc.h"
#include "core/quote.h"
#include "core/registry.h"
#include "core/stand_in.h"
#include "store/records.h"

enum cl_code cl_connector_texts_make(const struct cl_connector *conn,
                                     struct cl_connector_texts *ret, struct cl_err *err)
{
    ret->resource_types.max = CL_RECORD_MAX_BYTES;
    ret->config.max = CL_RECORD_MAX_BYTES;
    ret->labels.max = CL_RECORD_MAX_BYTES;
    ret->facts.max = CL_RECORD_MAX_BYTES;
    CL_TRY(cl_connector_fold_name(cl_str_of(conn->name), &ret->folded_name, err));
    CL_TRY(cl_record_strs(&conn->resource_types, &ret->resource_types, err));
    CL_TRY(cl_record_config(&conn->config, &ret->config, err));
    CL_TRY(cl_record_map(&conn->labels, &ret->labels, err));
    return cl_record_map(&conn->facts, &ret->facts, err);
}

void cl_connector_texts_cleanup(struct cl_connector_texts *texts)
{
    cl_free(texts->folded_name);
    cl_buf_cleanup(&texts->resource_types);
    cl_buf_cleanup(&texts->config);
    cl_buf_cleanup(&texts->labels);
    cl_buf_cleanup(&texts->facts);
}

void cl_connector_row_bind(struct cl_stmt *stmt, const struct cl_connector *conn,
                           const struct cl_connector_texts *texts)
{
    cl_bind_c(stmt, conn->id);
    cl_bind_c(stmt, conn->name);
    cl_bind_c(stmt, texts->folded_name);
    cl_bind_c(stmt, conn->description);
    cl_bind_c(stmt, conn->owner);
    cl_bind_c(stmt, conn->type->id);
    cl_bind_c(stmt, conn->method->id);
    cl_bind_text(stmt, cl_buf_view(&texts->resource_types));
    cl_bind_c(stmt, conn->resource_id);
    cl_bind_c(stmt, conn->canonical_id);
    cl_bind_i64(stmt, conn->expires_at);
    cl_bind_i64(stmt, conn->skew_s);
    cl_bind_i64(stmt, conn->expiration_seconds);
    cl_bind_text(stmt, cl_buf_view(&texts->config));
    cl_bind_c(stmt, conn->secret_id);
    cl_bind_text(stmt, cl_buf_view(&texts->labels));
    cl_bind_text(stmt, cl_buf_view(&texts->facts));
    cl_bind_i64(stmt, conn->shared);
    cl_bind_i64(stmt, conn->created_at_us);
    cl_bind_i64(stmt, conn->updated_at_us);
    cl_bind_i64(stmt, conn->generation);
    cl_bind_i64(stmt, conn->last_verified_at);
    cl_bind_c(stmt, cl_code_wire(conn->last_verify_code));
}

static enum cl_code read_type(struct cl_stmt *stmt, struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str type = cl_col_text(stmt);
    struct cl_str method = cl_col_text(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    conn->type = cl_registry_find(type);
    if (conn->type != NULL)
        conn->method = cl_type_method(conn->type, method);
    return conn->method != NULL ? CL_OK : cl_connector_stand_in(conn, type, method, err);
}

static enum cl_code read_words(struct cl_str words, struct cl_strs *ret, struct cl_err *err)
{
    struct cl_str word;

    while (words.len > 0) {
        (void)cl_str_cut(words, ' ', &word, &words);
        CL_TRY(cl_strs_add(ret, word, err));
    }
    return CL_OK;
}

static enum cl_code read_verify_code(struct cl_stmt *stmt, struct cl_connector *conn,
                                     struct cl_err *err)
{
    char wire[64];

    CL_TRY(cl_col_copy(stmt, wire, sizeof(wire), err));
    conn->last_verify_code = cl_code_from_wire(wire);
    return CL_OK;
}

static enum cl_code read_scope(struct cl_stmt *stmt, struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str types = cl_col_text(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    CL_TRY(cl_record_read_strs(types, &conn->resource_types, err));
    CL_TRY(cl_col_dup(stmt, &conn->resource_id, err));
    CL_TRY(cl_col_dup(stmt, &conn->canonical_id, err));
    conn->expires_at = cl_col_i64(stmt);
    conn->skew_s = cl_col_i64(stmt);
    conn->expiration_seconds = cl_col_i64(stmt);
    return CL_OK;
}

static enum cl_code read_maps(struct cl_stmt *stmt, struct cl_connector *conn, struct cl_err *err)
{
    struct cl_str config = cl_col_text(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    CL_TRY(cl_record_read_config(config, &conn->config, err));
    CL_TRY(cl_col_copy(stmt, conn->secret_id, sizeof(conn->secret_id), err));
    struct cl_str labels = cl_col_text(stmt);
    struct cl_str facts = cl_col_text(stmt);
    CL_TRY(cl_cols_ok(stmt, err));
    CL_TRY(cl_record_read_map(labels, &conn->labels, err));
    return cl_record_read_map(facts, &conn->facts, err);
}

static enum cl_code read_state(struct cl_stmt *stmt, struct cl_connector *conn, struct cl_err *err)
{
    conn->shared = cl_col_bool(stmt);
    conn->created_at_us = cl_col_i64(stmt);
    conn->updated_at_us = cl_col_i64(stmt);
    conn->generation = cl_col_i64(stmt);
    conn->last_verified_at = cl_col_i64(stmt);
    CL_TRY(read_verify_code(stmt, conn, err));
    struct cl_str secrets = cl_col_text(stmt);
    CL_TRY(cl_cols_ok(stmt, err));
    return read_words(secrets, &conn->secret_names, err);
}

static enum cl_code read_columns(struct cl_stmt *stmt, struct cl_connector *conn,
                                 struct cl_err *err)
{
    CL_TRY(cl_col_dup(stmt, &conn->description, err));
    CL_TRY(cl_col_dup(stmt, &conn->owner, err));
    CL_TRY(read_type(stmt, conn, err));
    CL_TRY(read_scope(stmt, conn, err));
    CL_TRY(read_maps(stmt, conn, err));
    return read_state(stmt, conn, err);
}

enum cl_code cl_connector_row_read(struct cl_stmt *stmt, int64_t *ret_seq, struct cl_connector *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    int64_t seq = cl_col_i64(stmt);
    CL_TRY(cl_col_copy(stmt, conn.id, sizeof(conn.id), err));
    CL_TRY(cl_col_dup(stmt, &conn.name, err));
    if (conn.name == NULL)
        return cl_sql_damaged(stmt->sql, "a connector has no name", err);
    enum cl_code rc = read_columns(stmt, &conn, err);
    if (rc == CL_E_FAILED)
        return cl_err_wrap(err, "connector '%s'", cl_quote(cl_str_of(conn.name)).text);
    CL_TRY(rc);
    *ret_seq = seq;
    *ret = conn;
    conn = (struct cl_connector){.id = ""};
    return CL_OK;
}
