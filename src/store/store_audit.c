#include <inttypes.h>
#include <stddef.h>

#include "base/alloc.h"
#include "crypto/digest.h"
#include "store/sqlite_store.h"

/*
 * Each row's hash covers its place, its fields and the hash of the row before it. Changing,
 * removing or inserting a row anywhere but at the end breaks every hash behind it.
 */

#define HASH_BYTES CL_SHA256_BYTES
#define BATCH_ROWS 64

enum field_kind { FIELD_TEXT, FIELD_I64, FIELD_BOOL };

/* The columns behind `seq`, in the order of the table, and where the event keeps them. */
struct field {
    enum field_kind kind;
    size_t offset;
};

static const struct field fields[] = {
    {FIELD_I64, offsetof(struct cl_audit_event, at_us)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, actor)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, action)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, source)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, agent)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, connector_id)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, connector_name)},
    {FIELD_I64, offsetof(struct cl_audit_event, generation)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, resource_type)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, resource_id)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, auth_method)},
    {FIELD_I64, offsetof(struct cl_audit_event, wanted_ttl_s)},
    {FIELD_I64, offsetof(struct cl_audit_event, granted_ttl_s)},
    {FIELD_BOOL, offsetof(struct cl_audit_event, cache_hit)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, outcome)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, provider_request_id)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, fingerprint)},
    {FIELD_TEXT, offsetof(struct cl_audit_event, request_id)},
};

#define FIELD_COLUMNS                                                                            \
    "at_us, actor, action, source, agent, connector_id, connector_name, generation, "            \
    "resource_type, resource_id, auth_method, wanted_ttl_s, granted_ttl_s, cache_hit, outcome, " \
    "provider_request_id, fingerprint, request_id"

/* The end of the chain. */
struct link {
    int64_t seq;
    unsigned char hash[HASH_BYTES];
};

static const char *text_of(const struct cl_audit_event *event, const struct field *field)
{
    return *(const char *const *)(const void *)((const char *)event + field->offset);
}

static int64_t number_of(const struct cl_audit_event *event, const struct field *field)
{
    const void *at = (const char *)event + field->offset;

    return field->kind == FIELD_BOOL ? *(const bool *)at : *(const int64_t *)at;
}

static void add_number(struct cl_buf *buf, char tag, int64_t number)
{
    char bytes[9] = {tag};

    for (size_t i = 0; i < 8; i++)
        bytes[1 + i] = (char)((uint64_t)number >> (56U - 8U * i));
    cl_buf_add(buf, cl_str_make(bytes, sizeof(bytes)));
}

/* Tag and length before each value: two different rows never give the same bytes. */
static void add_field(struct cl_buf *buf, const struct cl_audit_event *event,
                      const struct field *field)
{
    if (field->kind != FIELD_TEXT) {
        add_number(buf, 'i', number_of(event, field));
        return;
    }
    const char *text = text_of(event, field);
    if (text == NULL) {
        cl_buf_add_char(buf, 'n');
        return;
    }
    add_number(buf, 't', (int64_t)cl_str_of(text).len);
    cl_buf_add_c(buf, text);
}

/* The hash of the event as the row behind `before`. */
static enum cl_code hash_row(const struct cl_audit_event *event, const struct link *before,
                             unsigned char ret[HASH_BYTES], struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF((size_t)1 << 20U);

    cl_buf_add(&bytes, CL_STR("cleat audit 1"));
    add_number(&bytes, 'i', before->seq + 1);
    cl_buf_add(&bytes, cl_str_make((const char *)before->hash, HASH_BYTES));
    for (size_t i = 0; i < CL_COUNT(fields); i++)
        add_field(&bytes, event, &fields[i]);
    CL_TRY(cl_buf_ok(&bytes, err));
    return cl_sha256(cl_buf_view(&bytes), ret, err);
}

static enum cl_code read_hash(struct cl_stmt *stmt, unsigned char ret[HASH_BYTES],
                              struct cl_err *err)
{
    struct cl_str hash = cl_col_blob(stmt);

    CL_TRY(cl_cols_ok(stmt, err));
    if (hash.len != HASH_BYTES)
        return cl_sql_damaged(stmt->sql, "a hash of the audit has the wrong length", err);
    (void)memcpy(ret, hash.ptr, HASH_BYTES);
    return CL_OK;
}

/* Before the first row stands row 0 with a hash of zeros. */
static enum cl_code read_last(struct cl_sql *sql, struct link *ret, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(
        cl_stmt_prepare(sql, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", &stmt, err));
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return CL_OK;
    ret->seq = cl_col_i64(&stmt);
    return read_hash(&stmt, ret->hash, err);
}

static void bind_field(struct cl_stmt *stmt, const struct cl_audit_event *event,
                       const struct field *field)
{
    if (field->kind == FIELD_TEXT) {
        cl_bind_c(stmt, text_of(event, field));
    } else {
        cl_bind_i64(stmt, number_of(event, field));
    }
}

enum cl_code cl_audit_append(struct cl_sql *sql, const struct cl_audit_event *event,
                             struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    struct link last = {.seq = 0};
    unsigned char hash[HASH_BYTES];

    if (event == NULL)
        return CL_OK;
    CL_TRY(read_last(sql, &last, err));
    CL_TRY(hash_row(event, &last, hash, err));
    CL_TRY(cl_stmt_prepare(sql,
                           "INSERT INTO audit (seq, " FIELD_COLUMNS ", prev_hash, hash) VALUES "
                           "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                           &stmt, err));
    cl_bind_i64(&stmt, last.seq + 1);
    for (size_t i = 0; i < CL_COUNT(fields); i++)
        bind_field(&stmt, event, &fields[i]);
    cl_bind_blob(&stmt, cl_str_make((const char *)last.hash, HASH_BYTES));
    cl_bind_blob(&stmt, cl_str_make((const char *)hash, HASH_BYTES));
    return cl_stmt_run(&stmt, err);
}

enum cl_code cl_sqlite_audit_add(struct cl_store *store, const struct cl_audit_event *event,
                                 struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);

    CL_TRY(cl_crypto_init(err)); /* not under the lock: the first time takes milliseconds */
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    return cl_tx_commit(&tx, err);
}

/* A row as read; owns its texts. */
struct row {
    int64_t seq;
    struct cl_audit_event event;
    char *texts[CL_COUNT(fields)]; /* by field; NULL where it is no text or unknown */
    unsigned char prev_hash[HASH_BYTES];
    unsigned char hash[HASH_BYTES];
};

struct batch {
    struct row rows[BATCH_ROWS];
    size_t count;
};

static void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        for (size_t k = 0; k < CL_COUNT(fields); k++)
            cl_free(batch->rows[i].texts[k]);
        batch->rows[i] = (struct row){.seq = 0};
    }
    batch->count = 0;
}

static void batch_cleanup(struct batch **batch)
{
    if (*batch != NULL)
        batch_clear(*batch);
    cl_free(*batch);
}

static enum cl_code read_field(struct cl_stmt *stmt, struct row *row, size_t index,
                               struct cl_err *err)
{
    const struct field *field = &fields[index];
    void *at = (char *)&row->event + field->offset;

    if (field->kind == FIELD_I64) {
        *(int64_t *)at = cl_col_i64(stmt);
        return CL_OK;
    }
    if (field->kind == FIELD_BOOL) {
        *(bool *)at = cl_col_bool(stmt);
        return CL_OK;
    }
    CL_TRY(cl_col_dup(stmt, &row->texts[index], err));
    *(const char **)at = row->texts[index];
    return CL_OK;
}

static enum cl_code read_row(struct cl_stmt *stmt, struct row *row, struct cl_err *err)
{
    row->seq = cl_col_i64(stmt);
    for (size_t i = 0; i < CL_COUNT(fields); i++)
        CL_TRY(read_field(stmt, row, i, err));
    CL_TRY(read_hash(stmt, row->prev_hash, err));
    return read_hash(stmt, row->hash, err);
}

/* The next rows behind `last`; none: the end. */
static enum cl_code read_batch(struct cl_sqlite_store *self, int64_t last, struct batch *batch,
                               struct cl_err *err)
{
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool more = true;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_stmt_prepare(&self->sql,
                           "SELECT seq, " FIELD_COLUMNS ", prev_hash, hash FROM audit "
                           "WHERE seq > ? ORDER BY seq LIMIT ?",
                           &stmt, err));
    cl_bind_i64(&stmt, last);
    cl_bind_i64(&stmt, BATCH_ROWS);
    CL_TRY(cl_stmt_step(&stmt, &more, err));
    while (more && batch->count < BATCH_ROWS) {
        CL_TRY(read_row(&stmt, &batch->rows[batch->count++], err));
        CL_TRY(cl_stmt_step(&stmt, &more, err));
    }
    return CL_OK;
}

static enum cl_code broken(int64_t seq, const char *how, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED, "audit row %" PRId64 " %s", seq, how);
    return cl_err_hint(err, "Rows before it are as they were written. Compare the ones from there "
                            "on with a backup of the store.");
}

/* Moves `last` on to the row, if it is the one that was written there. */
static enum cl_code check_row(const struct row *row, struct link *last, struct cl_err *err)
{
    unsigned char hash[HASH_BYTES];

    if (row->seq != last->seq + 1)
        return broken(last->seq + 1, "is missing", err);
    CL_TRY(hash_row(&row->event, last, hash, err));
    if (memcmp(row->prev_hash, last->hash, HASH_BYTES) != 0 ||
        memcmp(row->hash, hash, HASH_BYTES) != 0)
        return broken(row->seq, "is not as it was written", err);
    last->seq = row->seq;
    (void)memcpy(last->hash, hash, HASH_BYTES);
    return CL_OK;
}

enum cl_code cl_sqlite_audit_each(struct cl_store *store, cl_audit_fn visit, void *ctx,
                                  struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(batch) struct batch *batch = cl_alloc(sizeof(*batch));
    struct link last = {.seq = 0};

    if (batch == NULL)
        return cl_err_no_memory(err);
    CL_TRY(read_batch(self, last.seq, batch, err));
    while (batch->count > 0) {
        for (size_t i = 0; i < batch->count; i++) {
            CL_TRY(check_row(&batch->rows[i], &last, err));
            CL_TRY(visit(ctx, &batch->rows[i].event, err));
        }
        batch_clear(batch);
        CL_TRY(read_batch(self, last.seq, batch, err));
    }
    return CL_OK;
}
