#include "cli/listing_columns.h"

#include "cli/output_format.h"
#include "cli/symbols.h"
#include "codec/json_ref.h"

#define CELL_MAX (4UL * 1024UL * 1024UL) /* bytes */

const char *cl_column_field(const struct cl_list_column *column)
{
    return column->field != NULL ? column->field : column->key;
}

const struct cl_list_column *cl_column_find(const struct cl_listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->column_count; i++) {
        if (strcmp(listing->columns[i].key, name) == 0)
            return &listing->columns[i];
    }
    for (size_t i = 0; i < listing->column_count; i++) {
        if (strcmp(cl_column_field(&listing->columns[i]), name) == 0)
            return &listing->columns[i];
    }
    return NULL;
}

static size_t position(const struct cl_chosen *chosen, const struct cl_list_column *column)
{
    size_t at = 0;

    while (at < chosen->count && chosen->columns[at] != column)
        at++;
    return at;
}

static void add(struct cl_chosen *chosen, const struct cl_list_column *column)
{
    if (position(chosen, column) == chosen->count && chosen->count < CL_TABLE_COLUMNS)
        chosen->columns[chosen->count++] = column;
}

static void take_away(struct cl_chosen *chosen, const struct cl_list_column *column)
{
    size_t at = position(chosen, column);

    if (at == chosen->count)
        return;
    chosen->count--;
    for (; at < chosen->count; at++)
        chosen->columns[at] = chosen->columns[at + 1];
}

static void add_all(struct cl_chosen *chosen, const struct cl_listing *listing, bool extra)
{
    for (size_t i = 0; i < listing->column_count; i++) {
        if (extra || !listing->columns[i].extra)
            add(chosen, &listing->columns[i]);
    }
}

static enum cl_code unknown_column(const struct cl_listing *listing, const char *name,
                                   struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    for (size_t i = 0; i < listing->column_count; i++)
        CL_TRY(cl_strs_add(&names, cl_str_of(listing->columns[i].key), err));
    return cl_format_unknown("column", name, &names, err);
}

/* "name", "+name", "-name" or "all". */
static enum cl_code apply(const struct cl_listing *listing, struct cl_str part,
                          struct cl_chosen *chosen, struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;
    bool removes = cl_str_starts(part, CL_STR("-"));
    bool adds = cl_str_starts(part, CL_STR("+"));

    CL_TRY(cl_str_dup(cl_str_skip(part, removes || adds ? 1 : 0), &name, err));
    for (char *at = name; *at != '\0'; at++) {
        if (*at == '-')
            *at = '_';
    }
    if (strcmp(name, "all") == 0 && !removes) {
        add_all(chosen, listing, true);
        return CL_OK;
    }
    const struct cl_list_column *column = cl_column_find(listing, name);
    if (column == NULL)
        return unknown_column(listing, name, err);
    if (removes) {
        take_away(chosen, column);
    } else {
        add(chosen, column);
    }
    return CL_OK;
}

enum cl_code cl_chosen_read(const struct cl_listing *listing, const char *spec,
                            struct cl_chosen *ret, struct cl_err *err)
{
    struct cl_chosen chosen = {.all_fields = spec == NULL || strcmp(spec, "all") == 0};
    struct cl_str rest = cl_str_trim(cl_str_of(spec));
    bool more = rest.len > 0;

    if (!more || rest.ptr[0] == '+' || rest.ptr[0] == '-')
        add_all(&chosen, listing, false);
    while (more) {
        struct cl_str part = CL_STR_NONE;
        more = cl_str_cut(rest, ',', &part, &rest);
        CL_TRY(apply(listing, cl_str_trim(part), &chosen, err));
    }
    if (chosen.count == 0)
        return cl_err_set(err, CL_E_INVALID, "--columns leaves no column");
    *ret = chosen;
    return CL_OK;
}

/* Objects of a list by one of their members, joined like other lists. */
static void add_each(const json_t *list, const char *member, struct cl_buf *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i > 0)
            cl_buf_add_char(out, ';');
        cl_format_raw(cl_format_member(json_array_get(list, i), member), out);
    }
}

void cl_column_raw(const struct cl_listing *listing, const struct cl_list_column *column,
                   const json_t *item, struct cl_buf *out)
{
    const json_t *value = cl_format_member(item, cl_column_field(column));
    CL_AUTO(cl_buf) struct cl_buf drawn = CL_BUF(CELL_MAX);

    if (column->each != NULL) {
        add_each(value, column->each, out);
        return;
    }
    if (value != NULL || column->cell == NULL) {
        cl_format_raw(value, out);
        return;
    }
    column->cell(item, listing->ctx, &drawn);
    cl_symbols_add_ascii(out, cl_buf_view(&drawn)); /* machines get no emoji */
    if (drawn.failed != CL_OK)
        out->failed = drawn.failed;
}

static enum cl_code put_column(const struct cl_listing *listing,
                               const struct cl_list_column *column, const json_t *item, json_t *to,
                               struct cl_err *err)
{
    const json_t *value = cl_format_member(item, cl_column_field(column));
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(CELL_MAX);

    if (value != NULL) {
        return cl_json_put(to, cl_column_field(column), cl_json_ref(value), err);
    }
    cl_column_raw(listing, column, item, &text);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_json_put(to, column->key,
                       text.len > 0 ? json_stringn(text.ptr, text.len) : json_null(), err);
}

static enum cl_code reduce(const struct cl_listing *listing, const struct cl_chosen *chosen,
                           const json_t *item, json_t *to, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reduced = json_object();

    if (reduced == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < chosen->count; i++)
        CL_TRY(put_column(listing, chosen->columns[i], item, reduced, err));
    return json_array_append(to, reduced) == 0 ? CL_OK : cl_err_no_memory(err);
}

enum cl_code cl_chosen_items(const struct cl_listing *listing, const struct cl_chosen *chosen,
                             const json_t *items, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reduced = NULL;

    if (chosen->all_fields) {
        *ret = cl_json_ref(items);
        return CL_OK;
    }
    reduced = json_array();
    if (reduced == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < json_array_size(items); i++)
        CL_TRY(reduce(listing, chosen, json_array_get(items, i), reduced, err));
    *ret = CL_MOVE(reduced);
    return CL_OK;
}
