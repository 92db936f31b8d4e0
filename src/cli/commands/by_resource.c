#include "cli/commands/by_resource.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "cli/symbols.h"
#include "codec/json.h"

/* One connector's way to one resource, or what failed; all texts are borrowed. */
struct way {
    const struct cl_resource_list *list;
    const char *resource_type; /* NULL: the connector as a whole */
    const char *resource_id;   /* NULL: an error */
    const char *error;         /* NULL: none */
    size_t place;              /* of the resource type; 0 for an error */
    size_t order;              /* of arrival, for equals */
};

/* Zero-initialised is empty. */
struct ways {
    struct way *items;
    size_t count;
    size_t capacity;
    struct cl_strs types; /* resource types in the order in which they came */
};

static void ways_cleanup(struct ways *ways)
{
    cl_free(ways->items);
    cl_strs_cleanup(&ways->types);
}

static enum cl_code place_of(struct ways *ways, const char *resource_type, size_t *ret,
                             struct cl_err *err)
{
    for (size_t i = 0; i < ways->types.count; i++) {
        if (strcmp(ways->types.items[i], resource_type) == 0) {
            *ret = i;
            return CL_OK;
        }
    }
    CL_TRY(cl_strs_add(&ways->types, cl_str_of(resource_type), err));
    *ret = ways->types.count - 1;
    return CL_OK;
}

/* --- taking apart -------------------------------------------------------------------------- */

static enum cl_code add_way(struct ways *ways, struct way way, struct cl_err *err)
{
    void *grown =
        cl_array_grow(ways->items, &ways->capacity, ways->count + 1, sizeof(*ways->items));

    if (grown == NULL)
        return cl_err_no_memory(err);
    ways->items = grown;
    if (way.error == NULL)
        CL_TRY(place_of(ways, way.resource_type, &way.place, err));
    way.order = ways->count;
    ways->items[ways->count++] = way;
    return CL_OK;
}

static enum cl_code add_row(struct ways *ways, const struct cl_resource_list *list,
                            const struct cl_resource_row *row, struct cl_err *err)
{
    struct way way = {.list = list, .resource_type = row->resource_type};

    if (row->error.code != CL_OK) {
        way.error = row->error.text;
        return add_way(ways, way, err);
    }
    for (size_t i = 0; i < row->ids.count; i++) {
        way.resource_id = row->ids.items[i];
        CL_TRY(add_way(ways, way, err));
    }
    return CL_OK;
}

static enum cl_code add_list(struct ways *ways, const struct cl_resource_list *list,
                             struct cl_err *err)
{
    struct way whole = {.list = list,
                        .resource_type = list->count == 1 ? list->rows[0].resource_type : NULL,
                        .error = list->error.text};

    if (list->error.code != CL_OK)
        return add_way(ways, whole, err);
    for (size_t i = 0; i < list->count; i++)
        CL_TRY(add_row(ways, list, &list->rows[i], err));
    return CL_OK;
}

/* --- putting together ---------------------------------------------------------------------- */

static int compare_sizes(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

/* Resources first, then errors; an error is never the same as another. */
static int compare_resources(const struct way *a, const struct way *b)
{
    if ((a->error == NULL) != (b->error == NULL))
        return a->error == NULL ? -1 : 1;
    if (a->place != b->place)
        return compare_sizes(a->place, b->place);
    return a->error == NULL ? strcmp(a->resource_id, b->resource_id)
                            : compare_sizes(a->order, b->order);
}

static int compare(const void *a, const void *b)
{
    const struct way *left = a;
    const struct way *right = b;
    int resources = compare_resources(left, right);

    return resources != 0 ? resources : compare_sizes(left->order, right->order);
}

static enum cl_code append_text(json_t *item, const char *member, const char *text,
                                struct cl_err *err)
{
    if (json_array_append_new(json_object_get(item, member), json_string(text)) != 0)
        return cl_err_no_memory(err);
    return CL_OK;
}

static enum cl_code append_item(json_t *items, const struct way *way, struct cl_err *err)
{
    json_t *item =
        json_pack("{s:s?,s:s?,s:[],s:[],s:s?}", "resource_type", way->resource_type, "resource_id",
                  way->resource_id, "connectors", "connector_ids", "error", way->error);

    if (item == NULL || json_array_append_new(items, item) != 0)
        return cl_err_no_memory(err);
    return CL_OK;
}

/* `names`: only names are printed, so errors are left out. */
static enum cl_code group(const struct ways *ways, bool names, json_t *items, struct cl_err *err)
{
    for (size_t i = 0; i < ways->count; i++) {
        const struct way *way = &ways->items[i];
        if (names && way->error != NULL)
            continue;
        if (i == 0 || compare_resources(&ways->items[i - 1], way) != 0)
            CL_TRY(append_item(items, way, err));
        json_t *item = json_array_get(items, json_array_size(items) - 1);
        CL_TRY(append_text(item, "connectors", way->list->name, err));
        CL_TRY(append_text(item, "connector_ids", way->list->id, err));
    }
    return CL_OK;
}

/* --- showing ------------------------------------------------------------------------------- */

static void type_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_resource(cell, CL_STR_NONE, cl_json_str(item, "resource_type"));
}

static void name_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    struct cl_str error = cl_json_str(item, "error");

    (void)ctx;
    if (error.len > 0)
        cl_buf_add_c(cell, CL_SIGN_ERROR " error: ");
    cl_buf_add(cell, error.len > 0 ? error : cl_json_str(item, "resource_id"));
}

/* A table shows an error in the place of the name; csv and tsv have a column for it. */
/* clang-format off */
#define COLUMNS(error_is_extra) \
    {.key = "resource_type", .header = "RESOURCE TYPE", .class = CL_COLUMN_FIXED, .cell = type_cell}, \
    {.key = "resource_name", .header = "RESOURCE NAME", .class = CL_COLUMN_FREE, .field = "resource_id", .cell = name_cell}, \
    {.key = "connectors", .header = "CONNECTORS", .class = CL_COLUMN_NAME}, \
    {.key = "error", .header = "ERROR", .class = CL_COLUMN_FREE, .extra = (error_is_extra)}, \
    {.key = "connector_ids", .header = "CONNECTOR IDS", .class = CL_COLUMN_FIXED, .extra = true}

static const struct cl_list_column drawn_columns[] = {COLUMNS(true)};
static const struct cl_list_column raw_columns[] = {COLUMNS(false)};
/* clang-format on */

#define LISTING(array)                                                                          \
    {                                                                                           \
        .kind = "resource", .entities = "service connector resources", .columns = (array),      \
        .column_count = CL_COUNT(array), .name_field = "resource_id", .id_field = "resource_id" \
    }

static const struct cl_listing drawn = LISTING(drawn_columns);
static const struct cl_listing raw = LISTING(raw_columns);

static const struct cl_listing *listing_of(const struct cl_out *out)
{
    return cl_out_is_machine(out) ? &raw : &drawn;
}

enum cl_code cl_by_resource_check(const struct cl_out *out, struct cl_err *err)
{
    return cl_listing_check(out, listing_of(out), err);
}

enum cl_code cl_by_resource_print(struct cl_out *out, const struct cl_gathered *gathered,
                                  struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();
    CL_AUTO(ways) struct ways ways = {.items = NULL};

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < gathered->count; i++)
        CL_TRY(add_list(&ways, &gathered->items[i].list, err));
    if (ways.count > 1)
        qsort(ways.items, ways.count, sizeof(*ways.items), compare);
    CL_TRY(group(&ways, cl_out_prints_names(out), items, err));
    return cl_out_list(out, listing_of(out), items, NULL, err);
}
