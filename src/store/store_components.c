#include "base/alloc.h"
#include "core/connector.h"
#include "core/quote.h"
#include "core/stand_in.h"
#include "crypto/digest.h"
#include "store/lookup.h"
#include "store/records.h"
#include "store/sqlite_store.h"

#define SELECT                                                                                   \
    "SELECT m.id, m.kind, m.name, m.flavor, m.owner, m.config, m.labels, c.id, c.name, c.type, " \
    "m.resource_id, m.created_at_us, m.updated_at_us "                                           \
    "FROM component AS m LEFT JOIN connector AS c ON c.seq = m.connector "

/* The values of a row that have to be made first. */
struct texts {
    char *folded_name;
    struct cl_buf config;
    struct cl_buf labels;
};

static void texts_cleanup(struct texts *texts)
{
    cl_free(texts->folded_name);
    cl_buf_cleanup(&texts->config);
    cl_buf_cleanup(&texts->labels);
}

static enum cl_code make_texts(const struct cl_component *component, struct texts *ret,
                               struct cl_err *err)
{
    for (size_t i = 0; i < component->config.count; i++) {
        if (component->config.entries[i].kind == CL_ATTR_SECRET)
            return cl_err_set(err, CL_E_INTERNAL, "a component cannot hold secrets");
    }
    ret->config.max = CL_RECORD_MAX_BYTES;
    ret->labels.max = CL_RECORD_MAX_BYTES;
    CL_TRY(cl_connector_fold_name(cl_str_of(component->name), &ret->folded_name, err));
    CL_TRY(cl_record_config(&component->config, &ret->config, err));
    return cl_record_map(&component->labels, &ret->labels, err);
}

/* CL_E_NAME_EXISTS when another component of the kind has the folded name. */
static enum cl_code check_name(struct cl_sql *sql, const struct cl_component *component,
                               const struct texts *texts, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    CL_TRY(cl_stmt_prepare(sql, "SELECT name FROM component WHERE kind = ? AND folded_name = ?",
                           &stmt, err));
    cl_bind_c(&stmt, component->kind->id);
    cl_bind_c(&stmt, texts->folded_name);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return CL_OK;
    struct cl_quote taken = cl_quote(cl_col_text(&stmt));
    return cl_err_set(err, CL_E_NAME_EXISTS, "a %s named '%s' already exists",
                      component->kind->title, taken.text);
}

static enum cl_code insert_row(struct cl_sql *sql, const struct cl_component *component,
                               const struct texts *texts, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(
        cl_stmt_prepare(sql,
                        "INSERT INTO component (id, kind, name, folded_name, flavor, owner, "
                        "config, labels, connector, resource_id, created_at_us, updated_at_us) "
                        "VALUES (?,?,?,?,?,?,?,?,(SELECT seq FROM connector WHERE id = ?),?,?,?)",
                        &stmt, err));
    cl_bind_c(&stmt, component->id);
    cl_bind_c(&stmt, component->kind->id);
    cl_bind_c(&stmt, component->name);
    cl_bind_c(&stmt, texts->folded_name);
    cl_bind_c(&stmt, component->flavor->id);
    cl_bind_c(&stmt, component->owner);
    cl_bind_text(&stmt, cl_buf_view(&texts->config));
    cl_bind_text(&stmt, cl_buf_view(&texts->labels));
    cl_bind_c(&stmt, component->connector_id);
    cl_bind_c(&stmt, component->resource_id);
    cl_bind_i64(&stmt, component->created_at_us);
    cl_bind_i64(&stmt, component->updated_at_us);
    return cl_stmt_run(&stmt, err);
}

enum cl_code cl_sqlite_component_insert(struct cl_store *store,
                                        const struct cl_component *component, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(texts) struct texts texts = {.folded_name = NULL};

    CL_TRY(make_texts(component, &texts, err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(check_name(&self->sql, component, &texts, err));
    CL_TRY(insert_row(&self->sql, component, &texts, err));
    return cl_tx_commit(&tx, err);
}

/* Kind and flavor are rows of tables, which an older program may lack. */
static enum cl_code read_flavor(struct cl_stmt *stmt, struct cl_component *component,
                                struct cl_err *err)
{
    struct cl_str kind = cl_col_text(stmt);
    CL_TRY(cl_cols_ok(stmt, err));
    component->kind = cl_kind_find(kind);
    CL_TRY(cl_col_dup(stmt, &component->name, err));
    struct cl_str flavor = cl_col_text(stmt);
    CL_TRY(cl_cols_ok(stmt, err));
    component->flavor = cl_flavor_find(kind, flavor);
    return component->flavor != NULL ? CL_OK : cl_component_stand_in(component, flavor, err);
}

static enum cl_code read_columns(struct cl_stmt *stmt, struct cl_component *component,
                                 struct cl_err *err)
{
    CL_TRY(cl_col_copy(stmt, component->id, sizeof(component->id), err));
    CL_TRY(read_flavor(stmt, component, err));
    CL_TRY(cl_col_dup(stmt, &component->owner, err));
    struct cl_str config = cl_col_text(stmt);
    struct cl_str labels = cl_col_text(stmt);
    CL_TRY(cl_cols_ok(stmt, err));
    CL_TRY(cl_record_read_config(config, &component->config, err));
    CL_TRY(cl_record_read_map(labels, &component->labels, err));
    CL_TRY(cl_col_copy(stmt, component->connector_id, sizeof(component->connector_id), err));
    CL_TRY(cl_col_dup(stmt, &component->connector_name, err));
    CL_TRY(cl_col_dup(stmt, &component->connector_type, err));
    CL_TRY(cl_col_dup(stmt, &component->resource_id, err));
    component->created_at_us = cl_col_i64(stmt);
    component->updated_at_us = cl_col_i64(stmt);
    return CL_OK;
}

static enum cl_code read_component(struct cl_stmt *stmt, struct cl_component *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};

    CL_TRY(read_columns(stmt, &component, err));
    *ret = component;
    component = (struct cl_component){.id = ""};
    return CL_OK;
}

static struct cl_lookup lookup_of(struct cl_str kind_name)
{
    const struct cl_component_kind *kind = cl_kind_find(kind_name);

    return (struct cl_lookup){
        .noun = kind == NULL ? "component" : kind->title,
        .by_id = "SELECT seq, id, name FROM component WHERE kind = ? AND id = ?",
        .by_name = "SELECT seq, id, name FROM component WHERE kind = ? AND name = ?",
        .by_id_prefix = "SELECT seq, id, name FROM component WHERE kind = ? AND id >= ? AND id < ? "
                        "ORDER BY name",
        .by_name_prefix =
            "SELECT seq, id, name FROM component WHERE kind = ? AND name >= ? AND name < ? "
            "ORDER BY name",
        .all = "SELECT name FROM component WHERE kind = ? ORDER BY name",
        .kind = kind == NULL ? kind_name : cl_str_of(kind->id),
        .has_kind = true,
    };
}

enum cl_code cl_sqlite_component_find(struct cl_store *store, struct cl_str kind, struct cl_str ref,
                                      bool name_prefix, struct cl_component *ret,
                                      struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    const struct cl_lookup lookup = lookup_of(kind);
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;
    int64_t seq = 0;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin_read(&self->sql, &tx, err));
    CL_TRY(cl_lookup_find(&self->sql, &lookup, ref, name_prefix, &seq, err));
    CL_TRY(cl_stmt_prepare(&self->sql, SELECT "WHERE m.seq = ?", &stmt, err));
    cl_bind_i64(&stmt, seq);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    if (!row)
        return cl_sql_damaged(&self->sql, "an index names a row that is not there", err);
    return read_component(&stmt, ret, err);
}

/* Zero-initialised is empty; owns all. */
struct component_list {
    struct cl_component *items;
    size_t count;
    size_t capacity;
};

static void component_list_cleanup(struct component_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        cl_component_cleanup(&list->items[i]);
    cl_free(list->items);
}

static enum cl_code append(struct cl_stmt *stmt, struct component_list *list, struct cl_err *err)
{
    struct cl_component *grown =
        cl_array_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));

    if (grown == NULL)
        return cl_err_no_memory(err);
    list->items = grown;
    CL_TRY(read_component(stmt, &grown[list->count], err));
    list->count++;
    return CL_OK;
}

static enum cl_code read_all(struct cl_sqlite_store *self, struct cl_str kind,
                             struct component_list *list, struct cl_err *err)
{
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;
    bool row = false;

    cl_sqlite_hold(self, &hold);
    CL_TRY(
        cl_stmt_prepare(&self->sql, SELECT "WHERE ?1 IN ('', m.kind) ORDER BY m.seq", &stmt, err));
    cl_bind_text(&stmt, kind);
    CL_TRY(cl_stmt_step(&stmt, &row, err));
    while (row) {
        CL_TRY(append(&stmt, list, err));
        CL_TRY(cl_stmt_step(&stmt, &row, err));
    }
    return CL_OK;
}

enum cl_code cl_sqlite_component_each(struct cl_store *store, struct cl_str kind_name,
                                      cl_component_fn visit, void *ctx, struct cl_err *err)
{
    const struct cl_component_kind *kind = cl_kind_find(kind_name);
    CL_AUTO(component_list) struct component_list list = {.items = NULL};

    CL_TRY(read_all(cl_sqlite_store_of(store), kind == NULL ? kind_name : cl_str_of(kind->id),
                    &list, err));
    for (size_t i = 0; i < list.count; i++)
        CL_TRY(visit(ctx, &list.items[i], err));
    return CL_OK;
}

static enum cl_code no_component(const char *id, struct cl_err *err)
{
    return cl_err_set(err, CL_E_NOT_FOUND, "component '%s' not found", id);
}

/* Place of the connector, as long as it is what the link was made for. */
static enum cl_code find_linked(struct cl_sql *sql, const struct cl_component_link *link,
                                int64_t *ret_seq, struct cl_err *err)
{
    int64_t generation = 0;

    CL_TRY(cl_sqlite_generation(sql, link->connector_id, ret_seq, &generation, err));
    if (generation == link->generation)
        return CL_OK;
    (void)cl_err_set(err, CL_E_STALE, "the connector was changed by somebody else meanwhile");
    return cl_err_hint(err, "Look at it again, then repeat the command.");
}

static enum cl_code set_link(struct cl_sqlite_store *self, const char *id, int64_t connector,
                             const char *resource_id, struct cl_err *err)
{
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    CL_TRY(cl_stmt_prepare(&self->sql,
                           "UPDATE component SET connector = nullif(?, 0), resource_id = ?, "
                           "updated_at_us = ? WHERE id = ?",
                           &stmt, err));
    cl_bind_i64(&stmt, connector);
    cl_bind_c(&stmt, resource_id);
    cl_bind_i64(&stmt, self->world->now_us(self->world->ctx));
    cl_bind_c(&stmt, id);
    CL_TRY(cl_stmt_run(&stmt, err));
    return cl_sql_changes(&self->sql) == 1 ? CL_OK : no_component(id, err);
}

enum cl_code cl_sqlite_component_link(struct cl_store *store, const char *id,
                                      const struct cl_component_link *link,
                                      const struct cl_audit_event *event, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    int64_t connector = 0; /* stays 0 when there is none */

    CL_TRY(cl_crypto_init(err));
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    if (link != NULL)
        CL_TRY(find_linked(&self->sql, link, &connector, err));
    CL_TRY(set_link(self, id, connector, link == NULL ? NULL : link->resource_id, err));
    CL_TRY(cl_audit_append(&self->sql, event, err));
    return cl_tx_commit(&tx, err);
}

enum cl_code cl_sqlite_component_delete(struct cl_store *store, const char *id, struct cl_err *err)
{
    struct cl_sqlite_store *self = cl_sqlite_store_of(store);
    CL_AUTO(cl_hold) struct cl_hold hold = {.lock = NULL};
    CL_AUTO(cl_tx) struct cl_tx tx = CL_TX_NONE;
    CL_AUTO(cl_stmt) struct cl_stmt stmt = CL_STMT_NONE;

    cl_sqlite_hold(self, &hold);
    CL_TRY(cl_tx_begin(&self->sql, &tx, err));
    CL_TRY(cl_stmt_prepare(&self->sql, "DELETE FROM component WHERE id = ?", &stmt, err));
    cl_bind_c(&stmt, id);
    CL_TRY(cl_stmt_run(&stmt, err));
    if (cl_sql_changes(&self->sql) == 0)
        return no_component(id, err);
    return cl_tx_commit(&tx, err);
}
