#include "base/alloc.h"
#include "store/connector_rows.h"
#include "store/lookup.h"
#include "store/store_secrets.h"

/* What a read takes out of the database; the secrets are opened when the lock is free again. */
struct found {
    struct cl_connector conn;
    struct cl_sealed_values secrets;
};

static void found_cleanup(struct found *found)
{
    cl_connector_cleanup(&found->conn);
    cl_sealed_values_cleanup(&found->secrets);
}

static const struct cl_lookup lookup = {
    .noun = "connector",
    .by_id = "SELECT seq, id, name FROM connector WHERE id = ?",
    .by_name = "SELECT seq, id, name FROM connector WHERE name = ?",
    .by_id_prefix = "SELECT seq, id, name FROM connector WHERE id >= ? AND id < ? ORDER BY name",
    .by_name_prefix =
        "SELECT seq, id, name FROM connector WHERE name >= ? AND name < ? ORDER BY name",
    .all = "SELECT name FROM connector ORDER BY name",
};

/* The row that `stmt` stands on, and its secrets if they are wanted. */
static enum cl_code read_found(struct cl_stmt *stmt, bool with_secrets, struct found *ret,
                               struct cl_err *err)
{
    int64_t seq = 0;

    CL_TRY(cl_connector_row_read(stmt, &seq, &ret->conn, err));
    return with_secrets ? cl_secrets_load(stmt->sql, seq, &ret->secrets, err) : CL_OK;
}

static enum cl_code find_row(struct cl_sqlite_store *self, struct cl_str ref, bool name_prefix,
                             bool with_secrets, struct found *ret, struct cl_err *err)
{
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;
    int64_t seq = 0;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin_read(&self->sql, &tx, err));
    CL_TRY(cl_lookup_find(&self->sql, &lookup, ref, name_prefix, &seq, err));
    CL_TRY(cl_stmt_prepare(&self->sql, CL_CONNECTOR_SELECT "WHERE seq = ?", &stmt, err));
    cl_bind_i64(&stmt, seq);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return cl_sql_damaged(&self->sql, "an index names a row that is not there", err);
    return read_found(&stmt, with_secrets, ret, err);
}

enum cl_code cl_sqlite_connector_find(struct cl_store *store, struct cl_str ref, bool name_prefix,
                                      bool with_secrets, struct cl_connector *ret,
                                      struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(found) struct found found = {.conn = {.id = ""}};

    CL_TRY(find_row(self, ref, name_prefix, with_secrets, &found, err));
    if (with_secrets)
        CL_TRY(cl_secrets_open(self, &found.secrets, &found.conn, err));
    *ret = found.conn;
    found.conn = (struct cl_connector){.id = ""};
    return CL_OK;
}

enum cl_code cl_sqlite_connector_named(struct cl_store *store, struct cl_str name,
                                       struct cl_connector *ret, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_string) char *folded = NULL;
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    int64_t seq = 0;
    bool row = false;

    CL_TRY(cl_connector_fold_name(name, &folded, err));
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_stmt_prepare(&self->sql, CL_CONNECTOR_SELECT "WHERE folded_name = ?", &stmt, err));
    cl_bind_c(&stmt, folded);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return cl_err_set(err, CL_E_NOT_FOUND, "connector '%.*s' not found", CL_STR_ARG(name));
    CL_TRY(cl_connector_row_read(&stmt, &seq, &conn, err));
    *ret = conn;
    conn = (struct cl_connector){.id = ""};
    return CL_OK;
}

/* What a listing takes out of the database, oldest first; owns all. A list rather than an array,
 * which would have to move. */
struct listed {
    struct cl_connector conn;
    struct listed *next;
};

struct queue {
    struct listed *first;
    struct listed **end; /* where the next one is hung */
};

static void drop_first(struct queue *queue)
{
    struct listed *first = queue->first;

    queue->first = first->next;
    cl_connector_cleanup(&first->conn);
    cl_free(first);
}

static void queue_cleanup(struct queue *queue)
{
    while (queue->first != NULL)
        drop_first(queue);
}

static enum cl_code append(struct cl_stmt *stmt, struct queue *queue, struct cl_err *err)
{
    struct listed *listed = cl_alloc(sizeof(*listed));
    int64_t seq = 0;

    if (listed == NULL)
        return cl_err_no_memory(err);
    *queue->end = listed;
    queue->end = &listed->next;
    return cl_connector_row_read(stmt, &seq, &listed->conn, err);
}

static enum cl_code append_rows(struct cl_stmt *stmt, struct queue *queue, struct cl_err *err)
{
    bool row = false;

    CL_TRY(cl_stmt_step(stmt, &row, err));
    while (row) {
        CL_TRY(append(stmt, queue, err));
        CL_TRY(cl_stmt_step(stmt, &row, err));
    }
    return CL_OK;
}

static enum cl_code read_all(struct cl_sqlite_store *self, struct queue *queue, struct cl_err *err)
{
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_stmt_prepare(&self->sql, CL_CONNECTOR_SELECT "ORDER BY seq", &stmt, err));
    return append_rows(&stmt, queue, err);
}

static enum cl_code visit_all(struct queue *queue, cl_connector_fn visit, void *ctx,
                              struct cl_err *err)
{
    while (queue->first != NULL) {
        CL_TRY(visit(ctx, &queue->first->conn, err));
        drop_first(queue);
    }
    return CL_OK;
}

enum cl_code cl_sqlite_connector_each(struct cl_store *store, cl_connector_fn visit, void *ctx,
                                      struct cl_err *err)
{
    CL_AUTO(queue) struct queue queue = {.first = NULL, .end = &queue.first};

    CL_TRY(read_all(cl_sqlite_store_of(store), &queue, err));
    return visit_all(&queue, visit, ctx, err);
}

#define VISIBLE "FROM connector WHERE shared OR owner = ? "
#define OLDEST_FIRST "ORDER BY created_at_us, seq "

static enum cl_code count_visible(struct cl_sql *sql, const char *viewer, int64_t *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(sql, "SELECT COUNT(*) " VISIBLE, &stmt, err));
    cl_bind_c(&stmt, viewer);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    *ret = row ? cl_col_i64(&stmt) : 0;
    return CL_OK;
}

/* The page is chosen by a few columns; whole rows are read for what stands on it alone. */
static enum cl_code read_page(struct cl_sqlite_store *self, const struct cl_connector_page *page,
                              struct queue *queue, int64_t *ret_total, struct cl_err *err)
{
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin_read(&self->sql, &tx, err));
    CL_TRY(count_visible(&self->sql, page->viewer, ret_total, err));
    CL_TRY(cl_stmt_prepare(&self->sql,
                           CL_CONNECTOR_SELECT "WHERE seq IN (SELECT seq " VISIBLE OLDEST_FIRST
                                               "LIMIT ? OFFSET ?) " OLDEST_FIRST,
                           &stmt, err));
    cl_bind_c(&stmt, page->viewer);
    cl_bind_i64(&stmt, page->count);
    cl_bind_i64(&stmt, page->first);
    return append_rows(&stmt, queue, err);
}

enum cl_code cl_sqlite_connector_page(struct cl_store *store, const struct cl_connector_page *page,
                                      cl_connector_fn visit, void *ctx, int64_t *ret_total,
                                      struct cl_err *err)
{
    CL_AUTO(queue) struct queue queue = {.first = NULL, .end = &queue.first};

    CL_TRY(read_page(cl_sqlite_store_of(store), page, &queue, ret_total, err));
    return visit_all(&queue, visit, ctx, err);
}
