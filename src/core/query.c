#include "core/query.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "core/dup.h"
#include "core/query_filter.h"
#include "core/quote.h"

#define PAGE_SIZE_DEFAULT 20
#define PAGE_SIZE_MAX 10000

struct cl_query cl_query_default(void)
{
    return (struct cl_query){.page = 1, .size = PAGE_SIZE_DEFAULT};
}

static void filter_cleanup(struct cl_filter *filter)
{
    cl_free(filter->field);
    cl_free(filter->value);
}

enum cl_code cl_query_add_filter(struct cl_query *query, struct cl_str field, struct cl_str value,
                                 struct cl_err *err)
{
    CL_AUTO(filter) struct cl_filter filter = {.field = NULL};

    CL_TRY(cl_str_dup(field, &filter.field, err));
    CL_TRY(cl_str_dup(value, &filter.value, err));
    struct cl_filter *grown = cl_array_grow(query->filters, &query->filter_capacity,
                                            query->filter_count + 1, sizeof(*grown));
    if (grown == NULL)
        return cl_err_no_memory(err);
    query->filters = grown;
    CL_MOVE_TO(&query->filters[query->filter_count++], filter);
    return CL_OK;
}

void cl_query_cleanup(struct cl_query *query)
{
    for (size_t i = 0; i < query->filter_count; i++)
        filter_cleanup(&query->filters[i]);
    cl_free(query->filters);
    cl_map_cleanup(&query->labels);
    cl_free(query->sort_by);
    *query = (struct cl_query){.filters = NULL};
}

void cl_selection_cleanup(struct cl_selection *selection)
{
    cl_free(selection->indexes);
    *selection = (struct cl_selection){.indexes = NULL};
}

struct filters {
    struct cl_compiled_filter *items;
    size_t count;
};

static void filters_cleanup(struct filters *filters)
{
    for (size_t i = 0; i < filters->count; i++)
        cl_compiled_filter_cleanup(&filters->items[i]);
    cl_free(filters->items);
}

static enum cl_code compile(const struct cl_query *query, const struct cl_query_source *source,
                            struct filters *ret, struct cl_err *err)
{
    ret->items = cl_array_alloc(query->filter_count, sizeof(*ret->items));
    if (ret->items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < query->filter_count; i++) {
        CL_TRY(cl_filter_compile(source, &query->filters[i], &ret->items[i], err));
        ret->count++;
    }
    return CL_OK;
}

static bool filters_match(const struct filters *filters, bool any, const void *item)
{
    for (size_t i = 0; i < filters->count; i++) {
        if (cl_filter_matches(&filters->items[i], item) == any)
            return any;
    }
    return !any || filters->count == 0;
}

static bool labels_match(const struct cl_map *wanted, const struct cl_map *labels)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const struct cl_map_entry *want = &wanted->entries[i];
        const char *value = labels == NULL ? NULL : cl_map_get(labels, want->key);
        if (value == NULL || (want->value != NULL && strcmp(value, want->value) != 0))
            return false;
    }
    return true;
}

static bool selects(const struct cl_query *query, const struct cl_query_source *source,
                    const struct filters *filters, const void *item)
{
    const struct cl_map *labels = source->labels_of == NULL ? NULL : source->labels_of(item);

    return labels_match(&query->labels, labels) && filters_match(filters, query->any, item);
}

struct sort_key {
    struct cl_field_value value;
    size_t index;
};

struct order {
    enum cl_field_kind kind;
    bool descending;
};

static int by_sign(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_values(enum cl_field_kind kind, const struct cl_field_value *a,
                          const struct cl_field_value *b)
{
    if (!a->present || !b->present)
        return by_sign(a->present ? 1 : 0, b->present ? 1 : 0);
    switch (kind) {
    case CL_FIELD_TEXT: return cl_str_cmp(a->text, b->text);
    case CL_FIELD_UUID: return strcmp(cl_hex_id_of(a->text).text, cl_hex_id_of(b->text).text);
    case CL_FIELD_NUMBER:
    case CL_FIELD_TIME:
    case CL_FIELD_BOOL: return by_sign(a->number, b->number);
    }
    return 0;
}

/* Equal items keep their order, whichever way the list is sorted. */
static int compare_keys(const void *left, const void *right, void *ctx)
{
    const struct sort_key *a = left;
    const struct sort_key *b = right;
    const struct order *order = ctx;
    int sign = compare_values(order->kind, &a->value, &b->value);

    if (sign != 0)
        return order->descending ? -sign : sign;
    return a->index < b->index ? -1 : 1;
}

/* NULL: no order was asked for and the entity has no time of creation. */
static enum cl_code sort_field(const struct cl_query *query, const struct cl_query_source *source,
                               const struct cl_field **ret, struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (query->sort_by != NULL)
        return cl_query_field(source, cl_str_of(query->sort_by), ret, err);
    if (cl_query_field(source, CL_STR("created"), ret, &why) == CL_OK)
        return CL_OK;
    *ret = NULL;
    return CL_OK;
}

static enum cl_code sort(const struct cl_query *query, const struct cl_query_source *source,
                         size_t *indexes, size_t count, struct cl_err *err)
{
    const struct cl_field *field = NULL;

    CL_TRY(sort_field(query, source, &field, err));
    if (field == NULL)
        return CL_OK;
    struct sort_key *keys = cl_array_alloc(count, sizeof(*keys));
    struct order order = {.kind = field->kind, .descending = query->descending};
    if (keys == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        keys[i].index = indexes[i];
        if (!field->value(source->items[indexes[i]], 0, &keys[i].value))
            keys[i].value = (struct cl_field_value){.present = false};
    }
    if (count > 1)
        qsort_r(keys, count, sizeof(*keys), compare_keys, &order);
    for (size_t i = 0; i < count; i++)
        indexes[i] = keys[i].index;
    cl_free(keys);
    return CL_OK;
}

bool cl_query_is_plain_page(const struct cl_query *query)
{
    return !query->all && query->sort_by == NULL && !query->descending &&
           query->filter_count == 0 && query->labels.count == 0;
}

enum cl_code cl_query_check_page(const struct cl_query *query, struct cl_err *err)
{
    if (query->page < 1) {
        return cl_err_set(err, CL_E_INVALID, "pages are counted from 1, not %lld",
                          (long long)query->page);
    }
    if (query->size < 1 || query->size > PAGE_SIZE_MAX) {
        return cl_err_set(err, CL_E_INVALID, "a page has 1 to %d items, not %lld", PAGE_SIZE_MAX,
                          (long long)query->size);
    }
    return CL_OK;
}

/* A page so far behind that no number tells what stands before it is behind everything. */
int64_t cl_query_first(const struct cl_query *query)
{
    int64_t first = 0;

    return __builtin_mul_overflow(query->page - 1, query->size, &first) ? INT64_MAX : first;
}

static enum cl_code number_page(const struct cl_query *query, int64_t total,
                                struct cl_selection *selection, struct cl_err *err)
{
    selection->total = total;
    selection->page = query->page;
    selection->size = query->size;
    selection->page_count = (total + query->size - 1) / query->size;
    if (selection->page_count == 0)
        selection->page_count = 1;
    if (query->page > selection->page_count) {
        return cl_err_set(err, CL_E_INVALID, "there is no page %lld; the last one is %lld",
                          (long long)query->page, (long long)selection->page_count);
    }
    return CL_OK;
}

/* Moves the wanted page to the front of the selected indexes. */
static enum cl_code turn_page(const struct cl_query *query, struct cl_selection *selection,
                              struct cl_err *err)
{
    CL_TRY(number_page(query, selection->total, selection, err));
    int64_t first = cl_query_first(query);
    int64_t left = selection->total - first;
    selection->count = (size_t)(left < query->size ? left : query->size);
    (void)memmove(selection->indexes, selection->indexes + first,
                  selection->count * sizeof(*selection->indexes));
    return CL_OK;
}

enum cl_code cl_query_select_page(const struct cl_query *query, size_t count, int64_t total,
                                  struct cl_selection *ret, struct cl_err *err)
{
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};

    CL_TRY(number_page(query, total, &selection, err));
    selection.indexes = cl_array_alloc(count, sizeof(*selection.indexes));
    if (selection.indexes == NULL)
        return cl_err_no_memory(err);
    while (selection.count < count) {
        selection.indexes[selection.count] = selection.count;
        selection.count++;
    }
    CL_MOVE_TO(ret, selection);
    return CL_OK;
}

static enum cl_code select_all(const struct cl_query *query, const struct cl_query_source *source,
                               const struct filters *filters, struct cl_selection *ret,
                               struct cl_err *err)
{
    ret->indexes = cl_array_alloc(source->item_count, sizeof(*ret->indexes));
    if (ret->indexes == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < source->item_count; i++) {
        if (selects(query, source, filters, source->items[i]))
            ret->indexes[ret->count++] = i;
    }
    ret->total = (int64_t)ret->count;
    return sort(query, source, ret->indexes, ret->count, err);
}

enum cl_code cl_query_select(const struct cl_query *query, const struct cl_query_source *source,
                             struct cl_selection *ret, struct cl_err *err)
{
    CL_AUTO(filters) struct filters filters = {.items = NULL};
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};

    CL_TRY(cl_query_check_page(query, err));
    CL_TRY(compile(query, source, &filters, err));
    CL_TRY(select_all(query, source, &filters, &selection, err));
    if (query->all) {
        selection.page = 1;
        selection.page_count = 1;
        selection.size = selection.total > query->size ? selection.total : query->size;
    } else {
        CL_TRY(turn_page(query, &selection, err));
    }
    CL_MOVE_TO(ret, selection);
    return CL_OK;
}
