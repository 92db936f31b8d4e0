#include "cli/commands/view.h"

#include "base/time.h"
#include "cli/symbols.h"
#include "codec/json.h"
#include "core/client_kind.h"
#include "core/registry.h"

#define CELL_MAX_BYTES ((size_t)16 << 20U)

static const char *type_emoji(struct cl_str id)
{
    const struct cl_connector_type *type = cl_registry_find(id);
    const struct cl_client_kind *kind = cl_client_kind_find(id);

    if (type != NULL)
        return type->emoji;
    return kind == NULL ? NULL : kind->emoji;
}

/* Resource types are shared between connector types; each may show its own sign. */
static const char *resource_emoji(struct cl_str connector_type, struct cl_str resource_type)
{
    const struct cl_connector_type *type = cl_registry_find(connector_type);
    const struct cl_client_kind *kind = cl_client_kind_find(connector_type);
    const struct cl_resource_type *resource =
        type == NULL ? NULL : cl_type_resource(type, resource_type);

    if (resource == NULL && kind != NULL && kind->resource_type != NULL &&
        cl_str_eq_c(resource_type, kind->resource_type))
        return kind->emoji; /* of a type that this build does not have */
    for (size_t i = 0; resource == NULL && (type = cl_registry_at(i)) != NULL; i++)
        resource = cl_type_resource(type, resource_type);
    return resource == NULL ? NULL : resource->emoji;
}

static void add_with_emoji(struct cl_buf *cell, const char *emoji, struct cl_str id)
{
    if (emoji != NULL) {
        cl_buf_add_c(cell, emoji);
        cl_buf_add_c(cell, " ");
    }
    cl_buf_add(cell, id);
}

void cl_view_add_type(struct cl_buf *cell, struct cl_str connector_type)
{
    add_with_emoji(cell, type_emoji(connector_type), connector_type);
}

void cl_view_type_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_type(cell, cl_json_str(item, "connector_type"));
}

void cl_view_add_resource(struct cl_buf *cell, struct cl_str connector_type,
                          struct cl_str resource_type)
{
    add_with_emoji(cell, resource_emoji(connector_type, resource_type), resource_type);
}

void cl_view_add_resources(struct cl_buf *cell, struct cl_str connector_type,
                           const struct cl_strs *types, const char *separator)
{
    for (size_t i = 0; i < types->count; i++) {
        if (i > 0)
            cl_buf_add_c(cell, separator);
        cl_view_add_resource(cell, connector_type, cl_str_of(types->items[i]));
    }
}

void cl_view_add_expires_in(struct cl_buf *cell, int64_t at, int64_t skew_s, int64_t now_at,
                            const char *never)
{
    if (at == 0) {
        cl_buf_add_c(cell, never);
    } else if (cl_expired(at, skew_s, now_at)) {
        cl_buf_add_c(cell, CL_SIGN_EXPIRED " Expired!");
    } else {
        cl_buf_add_duration(cell, at - skew_s - now_at);
    }
}

void cl_view_add_time(struct cl_buf *cell, struct cl_str rfc3339)
{
    struct cl_str date = CL_STR_NONE;
    struct cl_str time = CL_STR_NONE;

    (void)cl_str_cut(rfc3339, 'T', &date, &time);
    if (cl_str_ends(time, CL_STR("Z")))
        time = cl_str_first(time, time.len - 1);
    if (cl_str_ends(time, CL_STR(".000000")))
        time = cl_str_first(time, time.len - CL_STR(".000000").len);
    cl_buf_add(cell, date);
    if (time.len > 0) {
        cl_buf_add_char(cell, ' ');
        cl_buf_add(cell, time);
    }
}

void cl_view_add_labels(struct cl_buf *cell, json_t *labels)
{
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(labels, key, value)
        cl_buf_addf(cell, "%s%s:%s", cell->len > 0 ? "\n" : "", key, json_string_value(value));
}

void cl_view_add_bool(struct cl_buf *cell, bool yes)
{
    cl_buf_add_c(cell, yes ? CL_SIGN_YES : CL_SIGN_NO);
}

static void add_error(struct cl_buf *cell, const struct cl_err *error)
{
    cl_buf_add_c(cell, CL_SIGN_ERROR " error: ");
    cl_buf_add_c(cell, error->text);
}

static void add_names(struct cl_buf *cell, const struct cl_resource_row *row)
{
    if (row->error.code != CL_OK) {
        add_error(cell, &row->error);
        return;
    }
    if (row->ids.count == 0)
        cl_buf_add_c(cell, CL_SIGN_NOTHING " none listed");
    for (size_t i = 0; i < row->ids.count; i++)
        cl_buf_addf(cell, "%s%s", i > 0 ? "\n" : "", row->ids.items[i]);
    if (row->truncated)
        cl_buf_add_c(cell, "\n(and more)");
}

/* The cells before the resource type: filled in the first row of a connector only. */
static void add_owner_cells(struct cl_table *table, const struct cl_resource_list *list, bool first)
{
    CL_AUTO(cl_buf) struct cl_buf type = CL_BUF(512);

    if (first)
        cl_view_add_type(&type, cl_str_of(list->connector_type));
    cl_table_cell_c(table, first ? list->id : NULL);
    cl_table_cell_c(table, first ? list->name : NULL);
    cl_table_cell(table, cl_buf_view(&type));
}

/* A connector that could not authenticate is one row with all of its types. */
static enum cl_code add_failed(struct cl_table *table, const struct cl_resource_list *list,
                               bool with_owner, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf types = CL_BUF(CELL_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(CELL_MAX_BYTES);

    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            cl_buf_add_c(&types, "\n");
        cl_view_add_resource(&types, cl_str_of(list->connector_type),
                             cl_str_of(list->rows[i].resource_type));
    }
    add_error(&names, &list->error);
    CL_TRY(cl_buf_ok(&types, err));
    CL_TRY(cl_buf_ok(&names, err));
    cl_table_row(table);
    if (with_owner)
        add_owner_cells(table, list, true);
    cl_table_cell(table, cl_buf_view(&types));
    cl_table_cell(table, cl_buf_view(&names));
    return CL_OK;
}

static enum cl_code add_row(struct cl_table *table, const struct cl_resource_list *list,
                            size_t index, bool with_owner, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf type = CL_BUF(512);
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(CELL_MAX_BYTES);
    const struct cl_resource_row *row = &list->rows[index];

    cl_view_add_resource(&type, cl_str_of(list->connector_type), cl_str_of(row->resource_type));
    add_names(&names, row);
    CL_TRY(cl_buf_ok(&type, err));
    CL_TRY(cl_buf_ok(&names, err));
    cl_table_row(table);
    if (with_owner)
        add_owner_cells(table, list, index == 0);
    cl_table_cell(table, cl_buf_view(&type));
    cl_table_cell(table, cl_buf_view(&names));
    return CL_OK;
}

static enum cl_code add_list(struct cl_table *table, const struct cl_resource_list *list,
                             bool with_owner, struct cl_err *err)
{
    if (list->error.code != CL_OK)
        return add_failed(table, list, with_owner, err);
    for (size_t i = 0; i < list->count; i++)
        CL_TRY(add_row(table, list, i, with_owner, err));
    return CL_OK;
}

static const struct cl_column columns[] = {
    {.key = "connector_id", .header = "CONNECTOR ID", .class = CL_COLUMN_FIXED},
    {.key = "connector_name", .header = "CONNECTOR NAME", .class = CL_COLUMN_NAME},
    {.key = "connector_type", .header = "CONNECTOR TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_type", .header = "RESOURCE TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_names", .header = "RESOURCE NAMES", .class = CL_COLUMN_FREE},
};

#define OWNER_COLUMNS 3

enum cl_code cl_view_resources(const struct cl_resource_list *list, struct cl_table **ret,
                               struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    CL_TRY(cl_table_new(CL_TABLE_LIST, NULL, columns + OWNER_COLUMNS,
                        CL_COUNT(columns) - OWNER_COLUMNS, &table, err));
    CL_TRY(add_list(table, list, false, err));
    *ret = CL_MOVE(table);
    return CL_OK;
}

enum cl_code cl_view_resources_of_many(const struct cl_resource_list *lists, size_t count,
                                       struct cl_table **ret, struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    CL_TRY(cl_table_new(CL_TABLE_LIST, NULL, columns, CL_COUNT(columns), &table, err));
    for (size_t i = 0; i < count; i++)
        CL_TRY(add_list(table, &lists[i], true, err));
    *ret = CL_MOVE(table);
    return CL_OK;
}

enum cl_code cl_view_labels(struct cl_cli *cli, const char *entity, const struct cl_map *labels,
                            struct cl_err *err)
{
    static const struct cl_column label_columns[] = {
        {.key = "label", .header = "LABEL", .class = CL_COLUMN_NAME},
        {.key = "value", .header = "VALUE", .class = CL_COLUMN_FREE},
    };
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    if (labels->count == 0)
        return cl_out_say(cli->out, err, "No labels are set for this %s.", entity);
    CL_TRY(cl_table_new(CL_TABLE_KEY_VALUE, "Labels", label_columns, CL_COUNT(label_columns),
                        &table, err));
    for (size_t i = 0; i < labels->count; i++)
        cl_table_property(table, labels->entries[i].key, cl_str_of(labels->entries[i].value));
    return cl_out_table(cli->out, table, err);
}

enum cl_code cl_view_facts(struct cl_cli *cli, struct cl_str connector_type,
                           const struct cl_map *facts, struct cl_err *err)
{
    const struct cl_connector_type *type = cl_registry_find(connector_type);
    CL_AUTO(cl_table) struct cl_table *table = NULL;

    CL_TRY(cl_table_new_properties("Verification", &table, err));
    for (size_t i = 0; type != NULL && i < type->shown_fact_count; i++) {
        const char *value = cl_map_get(facts, type->shown_facts[i].name);
        if (value != NULL)
            cl_table_property(table, type->shown_facts[i].label, cl_str_of(value));
    }
    return cl_table_rows(table) == 0 ? CL_OK : cl_out_table(cli->out, table, err);
}

void cl_view_warn(struct cl_cli *cli, const struct cl_strs *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        cl_out_warn(cli->out, "%s", warnings->items[i]);
}

void cl_view_discovered(struct cl_cli *cli, const struct cl_discovered *discovered)
{
    for (size_t i = 0; i < discovered->looked_at.count; i++)
        cl_out_verbose(cli->out, "%s", discovered->looked_at.items[i]);
    if (discovered->source != NULL)
        cl_out_verbose(cli->out, "found %s", discovered->source);
}
