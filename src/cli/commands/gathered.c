#include "cli/commands/gathered.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "codec/json.h"
#include "core/api_codec.h"

void cl_gathered_cleanup(struct cl_gathered *gathered)
{
    for (size_t i = 0; i < gathered->count; i++)
        cl_resource_list_cleanup(&gathered->items[i].list);
    cl_free(gathered->items);
    *gathered = (struct cl_gathered){.items = NULL};
}

enum cl_code cl_gathered_add(struct cl_gathered *gathered, struct cl_resource_list *list,
                             int64_t order, struct cl_err *err)
{
    void *grown = cl_array_grow(gathered->items, &gathered->capacity, gathered->count + 1,
                                sizeof(*gathered->items));

    if (grown == NULL)
        return cl_err_no_memory(err);
    gathered->items = grown;
    gathered->items[gathered->count++] = (struct cl_gathered_list){.list = *list, .order = order};
    *list = (struct cl_resource_list){.id = ""};
    return CL_OK;
}

static int by_order(const void *a, const void *b)
{
    const struct cl_gathered_list *left = a;
    const struct cl_gathered_list *right = b;

    return left->order < right->order ? -1 : left->order > right->order;
}

void cl_gathered_sort(struct cl_gathered *gathered)
{
    if (gathered->count > 1)
        qsort(gathered->items, gathered->count, sizeof(*gathered->items), by_order);
}

size_t cl_gathered_failed(const struct cl_gathered *gathered)
{
    size_t failed = 0;

    for (size_t i = 0; i < gathered->count; i++)
        failed += cl_resource_list_code(&gathered->items[i].list) != CL_OK;
    return failed;
}

/* --- machine formats ----------------------------------------------------------------------- */

static const struct cl_list_column line_columns[] = {
    {.key = "connector_id", .header = "CONNECTOR ID", .class = CL_COLUMN_FIXED},
    {.key = "connector_name", .header = "CONNECTOR NAME", .class = CL_COLUMN_NAME},
    {.key = "connector_type", .header = "CONNECTOR TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_type", .header = "RESOURCE TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_name", .header = "RESOURCE NAME", .class = CL_COLUMN_FREE},
    {.key = "error", .header = "ERROR", .class = CL_COLUMN_FREE},
};

static const struct cl_listing lines = {.kind = "resource",
                                        .entities = "service connector resources",
                                        .columns = line_columns,
                                        .column_count = CL_COUNT(line_columns),
                                        .name_field = "resource_name",
                                        .id_field = "resource_name"};

/* Members of the objects; --columns chooses among them. */
static const struct cl_list_column object_columns[] = {
    {.key = "id", .header = "ID", .class = CL_COLUMN_FIXED},
    {.key = "name", .header = "NAME", .class = CL_COLUMN_NAME},
    {.key = "connector_type", .header = "CONNECTOR TYPE", .class = CL_COLUMN_FIXED},
    {.key = "error", .header = "ERROR", .class = CL_COLUMN_FREE},
    {.key = "resources", .header = "RESOURCES", .class = CL_COLUMN_FREE},
    {.key = "error_code", .header = "ERROR CODE", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "retryable", .header = "RETRYABLE", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "hint", .header = "HINT", .class = CL_COLUMN_FREE, .extra = true},
    {.key = "request_id", .header = "REQUEST ID", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "retry_after_s", .header = "RETRY AFTER", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "provider", .header = "PROVIDER", .class = CL_COLUMN_FREE, .extra = true},
    {.key = "warnings", .header = "WARNINGS", .class = CL_COLUMN_FREE, .extra = true},
};

static const struct cl_listing objects = {.kind = "resources",
                                          .entities = "service connector resources",
                                          .columns = object_columns,
                                          .column_count = CL_COUNT(object_columns)};

static enum cl_code add_line(json_t *items, const struct cl_resource_list *list,
                             const struct cl_resource_row *row, const char *id, struct cl_err *err)
{
    const struct cl_err *error = row->error.code != CL_OK ? &row->error : &list->error;
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s?,s:s?}", "connector_id", list->id,
                             "connector_name", list->name, "connector_type", list->connector_type,
                             "resource_type", row->resource_type, "resource_name", id, "error",
                             error->code == CL_OK ? NULL : error->text);

    if (line == NULL || json_array_append_new(items, line) != 0)
        return cl_err_no_memory(err);
    return CL_OK;
}

/* `names`: only names are printed, so what has none is left out. */
static enum cl_code add_lines(json_t *items, const struct cl_resource_list *list, bool names,
                              struct cl_err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct cl_resource_row *row = &list->rows[i];
        if (row->ids.count == 0 && !names)
            CL_TRY(add_line(items, list, row, NULL, err));
        for (size_t k = 0; k < row->ids.count; k++)
            CL_TRY(add_line(items, list, row, row->ids.items[k], err));
    }
    return CL_OK;
}

/* A line for each resource, instead of an object for each connector. */
static bool is_flat(const struct cl_out *out)
{
    enum cl_format format = out->settings.format;

    return format == CL_FORMAT_CSV || format == CL_FORMAT_TSV || out->settings.field != NULL ||
           cl_out_prints_names(out);
}

static enum cl_code add_items(const struct cl_out *out, const struct cl_resource_list *list,
                              json_t *items, struct cl_err *err)
{
    json_t *object = NULL;

    if (is_flat(out))
        return add_lines(items, list, cl_out_prints_names(out), err);
    CL_TRY(cl_resource_list_encode(list, &object, err));
    return json_array_append_new(items, object) == 0 ? CL_OK : cl_err_no_memory(err);
}

enum cl_code cl_gathered_print(struct cl_out *out, const struct cl_gathered *gathered,
                               struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < gathered->count; i++)
        CL_TRY(add_items(out, &gathered->items[i].list, items, err));
    return cl_out_list(out, is_flat(out) ? &lines : &objects, items, NULL, err);
}

enum cl_code cl_gathered_stream(struct cl_out *out, const struct cl_resource_list *list,
                                struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;

    CL_TRY(cl_resource_list_encode(list, &object, err));
    return cl_out_stream_item(out, &objects, object, err);
}

enum cl_code cl_gathered_check(const struct cl_out *out, bool one, struct cl_err *err)
{
    bool drawn = !cl_out_is_machine(out);

    return cl_listing_check(out, !one && (drawn || is_flat(out)) ? &lines : &objects, err);
}

/* --- table --------------------------------------------------------------------------------- */

enum cl_code cl_gathered_table(struct cl_out *out, const struct cl_gathered *gathered,
                               struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    struct cl_resource_list *lists = cl_array_alloc(gathered->count, sizeof(*lists));

    if (lists == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < gathered->count; i++)
        lists[i] = gathered->items[i].list; /* borrowed for the table */
    enum cl_code code = cl_view_resources_of_many(lists, gathered->count, &table, err);
    cl_free(lists);
    CL_TRY(code);
    return cl_out_table(out, table, err);
}
