/* Filters and sorting: whatever is asked, a selection names items that exist, each at most once. */
#include "fuzz.h"

#include "base/alloc.h"
#include "core/fields.h"
#include "fake_type.h"

#define ITEMS 3

static struct cl_connector conns[ITEMS];
static const void *items[ITEMS];

static void make_items(void)
{
    static const char *const methods[ITEMS] = {"open", "minted", "ambient"};

    for (size_t i = 0; i < ITEMS && items[i] == NULL; i++) {
        struct cl_err err = CL_ERR_NONE;
        FUZZ_CHECK(fake_connector(methods[i], &conns[i], &err) == CL_OK);
        conns[i].created_at_us = (int64_t)i * 1000000;
        items[i] = &conns[i];
    }
}

static void check_selection(const struct cl_selection *selection)
{
    bool seen[ITEMS] = {false};

    FUZZ_CHECK(selection->count <= ITEMS && selection->total <= ITEMS);
    FUZZ_CHECK(selection->page >= 1 && selection->page <= selection->page_count);
    for (size_t i = 0; i < selection->count; i++) {
        FUZZ_CHECK(selection->indexes[i] < ITEMS && !seen[selection->indexes[i]]);
        seen[selection->indexes[i]] = true;
    }
}

/* Lines "field=value" are filters, "label:key=value" labels, "sort:field" sorts. */
static enum cl_code read_line(struct cl_query *query, struct cl_str line, struct cl_err *err)
{
    struct cl_str key = CL_STR_NONE;
    struct cl_str value = CL_STR_NONE;
    bool given = cl_str_cut(line, '=', &key, &value);

    if (cl_str_starts(line, CL_STR("sort:"))) {
        cl_free(query->sort_by);
        query->sort_by = NULL;
        return cl_str_dup(cl_str_skip(line, 5), &query->sort_by, err);
    }
    if (!cl_str_starts(line, CL_STR("label:")))
        return cl_query_add_filter(query, key, value, err);
    key = cl_str_skip(key, 6);
    return given ? cl_map_set(&query->labels, key, value, err)
                 : cl_map_set_null(&query->labels, key, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
    struct cl_str rest = fuzz_text(data, size);
    struct cl_str line = CL_STR_NONE;
    struct cl_err err = CL_ERR_NONE;

    make_items();
    query.any = size % 2 == 1;
    query.size = 1 + (int64_t)(size % 5);
    for (bool more = size > 0 && size < 4096; more;) {
        more = cl_str_cut(rest, '\n', &line, &rest);
        if (read_line(&query, line, &err) != CL_OK)
            return 0; /* NUL bytes */
    }
    struct cl_query_source source = cl_connector_source(items, ITEMS);
    if (cl_query_select(&query, &source, &selection, &err) == CL_OK)
        check_selection(&selection);
    else
        fuzz_check_error(&err);
    return 0;
}
