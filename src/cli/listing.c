#include "cli/listing.h"

#include "cli/listing_columns.h"
#include "cli/output_format.h"
#include "codec/json_ref.h"

#define TEXT_MAX (256UL * 1024UL * 1024UL) /* bytes of one list */
#define CELL_MAX (4UL * 1024UL * 1024UL)

static const char *name_of(const char *given, const char *otherwise)
{
    return given != NULL ? given : otherwise;
}

static void default_cell(const struct cl_list_column *column, const json_t *item,
                         struct cl_buf *cell)
{
    const json_t *value = cl_format_member(item, cl_column_field(column));

    if (!json_is_array(value)) {
        cl_format_raw(value, cell);
        return;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (i > 0)
            cl_buf_add_char(cell, '\n');
        cl_format_raw(json_array_get(value, i), cell);
    }
}

static enum cl_code add_cell(const struct cl_listing *listing, const struct cl_list_column *column,
                             const json_t *item, struct cl_table *table, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(CELL_MAX);

    if (column->cell != NULL) {
        column->cell(item, listing->ctx, &cell);
    } else {
        default_cell(column, item, &cell);
    }
    CL_TRY(cl_buf_ok(&cell, err));
    cl_table_cell(table, cl_buf_view(&cell));
    return CL_OK;
}

static enum cl_code print_table(struct cl_out *out, const struct cl_listing *listing,
                                const struct cl_chosen *chosen, const json_t *items,
                                struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    struct cl_column columns[CL_TABLE_COLUMNS];

    for (size_t i = 0; i < chosen->count; i++) {
        columns[i] = (struct cl_column){.key = chosen->columns[i]->key,
                                        .header = chosen->columns[i]->header,
                                        .class = chosen->columns[i]->class};
    }
    CL_TRY(cl_table_new(CL_TABLE_LIST, listing->title, columns, chosen->count, &table, err));
    for (size_t row = 0; row < json_array_size(items); row++) {
        cl_table_row(table);
        for (size_t i = 0; i < chosen->count; i++)
            CL_TRY(add_cell(listing, chosen->columns[i], json_array_get(items, row), table, err));
    }
    return cl_out_table(out, table, err);
}

static enum cl_code add_row(const struct cl_listing *listing, const struct cl_chosen *chosen,
                            const json_t *item, enum cl_format format, struct cl_buf *text,
                            struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs cells = CL_STRS_NONE;

    for (size_t i = 0; i < chosen->count; i++) {
        CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(CELL_MAX);
        cl_column_raw(listing, chosen->columns[i], item, &cell);
        CL_TRY(cl_buf_ok(&cell, err));
        CL_TRY(cl_strs_add(&cells, cl_buf_view(&cell), err));
    }
    cl_format_row(format, &cells, text);
    return CL_OK;
}

static enum cl_code add_rows(const struct cl_out *out, const struct cl_listing *listing,
                             const struct cl_chosen *chosen, const json_t *items,
                             struct cl_buf *text, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs header = CL_STRS_NONE;

    for (size_t i = 0; i < chosen->count; i++)
        CL_TRY(cl_strs_add(&header, cl_str_of(chosen->columns[i]->key), err));
    if (!out->settings.no_headers && json_array_size(items) > 0)
        cl_format_row(out->settings.format, &header, text);
    for (size_t i = 0; i < json_array_size(items); i++)
        CL_TRY(add_row(listing, chosen, json_array_get(items, i), out->settings.format, text, err));
    return CL_OK;
}

/* One raw member of each item, each on a line of its own. */
static void add_lines(const json_t *items, const char *path, struct cl_buf *text)
{
    for (size_t i = 0; i < json_array_size(items); i++) {
        cl_format_raw(cl_format_member(json_array_get(items, i), path), text);
        cl_buf_add_char(text, '\n');
    }
}

static enum cl_code add_field(const struct cl_out *out, const struct cl_listing *listing,
                              const json_t *items, struct cl_buf *text, struct cl_err *err)
{
    const char *field = out->settings.field;
    const struct cl_list_column *column = cl_column_find(listing, field);

    if (column == NULL && json_array_size(items) > 0 &&
        cl_format_member(json_array_get(items, 0), field) == NULL)
        return cl_format_field(json_array_get(items, 0), field, text, err);
    for (size_t i = 0; i < json_array_size(items) && column != NULL; i++) {
        cl_column_raw(listing, column, json_array_get(items, i), text);
        cl_buf_add_char(text, '\n');
    }
    if (column == NULL)
        add_lines(items, field, text);
    return CL_OK;
}

static json_t *pagination(const struct cl_page *page, const json_t *items)
{
    json_int_t count = (json_int_t)json_array_size(items);
    struct cl_page all = {.index = 1, .max_size = count, .total_pages = 1, .total = count};
    const struct cl_page *shown = page != NULL ? page : &all;

    return json_pack("{s:I, s:I, s:I, s:I}", "index", (json_int_t)shown->index, "max_size",
                     (json_int_t)shown->max_size, "total_pages", (json_int_t)shown->total_pages,
                     "total", (json_int_t)shown->total);
}

/* What is printed, and how. */
struct request {
    const struct cl_out *out;
    const struct cl_listing *listing;
    struct cl_chosen chosen;
    const json_t *items;
    const struct cl_page *page; /* NULL: all on one */
};

static enum cl_code add_envelope(const struct request *request, struct cl_buf *text,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *envelope = json_object();
    CL_AUTO(cl_json) json_t *shown = NULL;

    CL_TRY(cl_chosen_items(request->listing, &request->chosen, request->items, &shown, err));
    if (envelope == NULL)
        return cl_err_no_memory(err);
    CL_TRY(cl_json_put(envelope, "items", json_incref(shown), err));
    CL_TRY(cl_json_put(envelope, "pagination", pagination(request->page, request->items), err));
    cl_format_object(&request->out->settings, envelope, text);
    return CL_OK;
}

static enum cl_code add_ndjson(const struct request *request, struct cl_buf *text,
                               struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *shown = NULL;

    CL_TRY(cl_chosen_items(request->listing, &request->chosen, request->items, &shown, err));
    for (size_t i = 0; i < json_array_size(shown); i++) {
        cl_buf_add_json(text, json_array_get(shown, i), CL_JSON_COMPACT);
        cl_buf_add_char(text, '\n');
    }
    return CL_OK;
}

static void add_names(const struct cl_listing *listing, const json_t *items, struct cl_buf *text)
{
    const char *field = name_of(listing->name_field, "name");

    for (size_t i = 0; i < json_array_size(items); i++)
        cl_format_name_line(listing->kind, cl_json_str(json_array_get(items, i), field), text);
}

static enum cl_code add_machine_form(const struct request *request, struct cl_buf *text,
                                     struct cl_err *err)
{
    const struct cl_listing *listing = request->listing;
    const json_t *items = request->items;

    if (request->out->settings.field != NULL)
        return add_field(request->out, listing, items, text, err);
    switch (request->out->settings.format) {
    case CL_FORMAT_NDJSON: return add_ndjson(request, text, err);
    case CL_FORMAT_CSV:
    case CL_FORMAT_TSV: return add_rows(request->out, listing, &request->chosen, items, text, err);
    case CL_FORMAT_NAME: add_names(listing, items, text); return CL_OK;
    case CL_FORMAT_TABLE: add_lines(items, name_of(listing->id_field, "id"), text); return CL_OK;
    case CL_FORMAT_JSON:
    case CL_FORMAT_YAML: return add_envelope(request, text, err);
    }
    return CL_OK;
}

static void add_remarks(struct cl_out *out, const struct cl_listing *listing, const json_t *items,
                        const struct cl_page *page)
{
    bool has_envelope =
        out->settings.format == CL_FORMAT_JSON || out->settings.format == CL_FORMAT_YAML;

    if (json_array_size(items) == 0) {
        cl_out_notice(out, "No %s match.", listing->entities);
    } else if (page != NULL && page->total_pages > 1 && !has_envelope) {
        cl_out_notice(out, "Page %lld of %lld, %lld in all.", (long long)page->index,
                      (long long)page->total_pages, (long long)page->total);
    }
}

enum cl_code cl_out_list(struct cl_out *out, const struct cl_listing *listing, const json_t *items,
                         const struct cl_page *page, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    struct request request = {.out = out, .listing = listing, .items = items, .page = page};
    bool is_drawn = !cl_out_is_machine(out) && !out->settings.quiet;

    CL_TRY(cl_chosen_read(listing, out->settings.columns, &request.chosen, err));
    if (!is_drawn) {
        CL_TRY(add_machine_form(&request, &text, err));
        CL_TRY(cl_buf_ok(&text, err));
        CL_TRY(cl_out_raw(out, cl_buf_view(&text), err));
    } else if (json_array_size(items) > 0) {
        CL_TRY(print_table(out, listing, &request.chosen, items, err));
    }
    add_remarks(out, listing, items, page);
    return CL_OK;
}

enum cl_code cl_out_stream_item(struct cl_out *out, const struct cl_listing *listing,
                                const json_t *item, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX);
    CL_AUTO(cl_json) json_t *items = json_array();
    struct request request = {.out = out, .listing = listing, .items = items};

    if (items == NULL || json_array_append_new(items, cl_json_ref(item)) != 0)
        return cl_err_no_memory(err);
    CL_TRY(cl_chosen_read(listing, out->settings.columns, &request.chosen, err));
    CL_TRY(add_ndjson(&request, &text, err));
    CL_TRY(cl_buf_ok(&text, err));
    return cl_out_raw(out, cl_buf_view(&text), err);
}

enum cl_code cl_listing_check(const struct cl_out *out, const struct cl_listing *listing,
                              struct cl_err *err)
{
    struct cl_chosen unused = {.count = 0};

    return out->settings.columns == NULL
               ? CL_OK
               : cl_chosen_read(listing, out->settings.columns, &unused, err);
}

enum cl_code cl_out_check(const struct cl_out *out, const struct cl_command *command,
                          struct cl_err *err)
{
    if (command->lists != NULL)
        CL_TRY(cl_listing_check(out, command->lists, err));
    if (command->members == NULL || !cl_out_is_machine(out))
        return CL_OK;
    return cl_format_check(&out->settings, command->members, err);
}
