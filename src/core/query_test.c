#include "test.h"

#include <stdio.h>

#include "base/alloc.h"
#include "codec/json.h"
#include "core/query.h"
#include "fault.h"

#define ID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define ID_B "bbbbbbbb-0000-4000-8000-000000000002"
#define ID_C "CCCCCCCC-0000-4000-8000-000000000003"

/* 2024-05-14 12:00:00 UTC */
#define NOON_US (1715688000LL * 1000000)

struct item {
    const char *id;
    const char *name;
    const char *tags[3];
    int64_t size; /* negative: none */
    int64_t created_us;
    bool shared;
    struct cl_map labels;
};

static bool one_text(const char *text, size_t index, struct cl_field_value *ret)
{
    *ret = (struct cl_field_value){.present = text != NULL, .text = cl_str_of(text)};
    return index == 0;
}

static bool item_id(const void *item, size_t index, struct cl_field_value *ret)
{
    return one_text(((const struct item *)item)->id, index, ret);
}

static bool item_name(const void *item, size_t index, struct cl_field_value *ret)
{
    return one_text(((const struct item *)item)->name, index, ret);
}

static bool item_tag(const void *item, size_t index, struct cl_field_value *ret)
{
    const char *tag = ((const struct item *)item)->tags[index];

    return tag != NULL && one_text(tag, 0, ret);
}

static bool item_size(const void *item, size_t index, struct cl_field_value *ret)
{
    int64_t size = ((const struct item *)item)->size;

    *ret = (struct cl_field_value){.present = size >= 0, .number = size};
    return index == 0;
}

static bool item_created(const void *item, size_t index, struct cl_field_value *ret)
{
    int64_t created = ((const struct item *)item)->created_us;

    *ret = (struct cl_field_value){.present = true, .number = created};
    return index == 0;
}

static bool item_shared(const void *item, size_t index, struct cl_field_value *ret)
{
    bool shared = ((const struct item *)item)->shared;

    *ret = (struct cl_field_value){.present = true, .number = shared ? 1 : 0};
    return index == 0;
}

static const struct cl_map *item_labels(const void *item)
{
    return &((const struct item *)item)->labels;
}

static const struct cl_field fields[] = {
    {"id", CL_FIELD_UUID, item_id},           {"name", CL_FIELD_TEXT, item_name},
    {"tag", CL_FIELD_TEXT, item_tag},         {"size", CL_FIELD_NUMBER, item_size},
    {"created", CL_FIELD_TIME, item_created}, {"shared", CL_FIELD_BOOL, item_shared},
};

static struct item a = {ID_A, "s3://zen", {"red", "blue"}, 10, NOON_US, true, {NULL, 0, 0}};
static struct item b = {ID_B, "12", {"red"}, 9, NOON_US + 500000, false, {NULL, 0, 0}};
static struct item c = {ID_C, NULL, {NULL}, -1, NOON_US - 86400000000LL, false, {NULL, 0, 0}};
static const void *const items[] = {&a, &b, &c};

static const struct cl_query_source source = {
    .fields = fields,
    .field_count = CL_COUNT(fields),
    .items = items,
    .item_count = CL_COUNT(items),
    .labels_of = item_labels,
};

/* The names of the selected items, e.g. "ab", in the selection's order. */
static void names(const struct cl_selection *selection, char *ret)
{
    for (size_t i = 0; i < selection->count; i++)
        ret[i] = "abc"[selection->indexes[i]];
    ret[selection->count] = '\0';
}

static enum cl_code run(const struct cl_query *query, char *ret, struct cl_err *err)
{
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};

    CL_TRY(cl_query_select(query, &source, &selection, err));
    names(&selection, ret);
    return CL_OK;
}

struct filter_case {
    const char *field;
    const char *value;
    const char *expect; /* selected in creation order; or "!" and part of the error */
};

static const struct filter_case filter_cases[] = {
    /* text: only the known words are operators */
    {"name", "s3://zen", "a"},
    {"name", "equals:s3://zen", "a"},
    {"name", "S3://zen", ""},
    {"name", "notequals:12", "ca"},
    {"name", "contains:3:", "a"},
    {"name", "contains:", "ab"},
    {"name", "notcontains:zen", "cb"},
    {"name", "startswith:1", "b"},
    {"name", "endswith:zen", "a"},
    {"name", "oneof:[\"12\",\"x\"]", "b"},
    {"name", "notoneof:[\"12\"]", "ca"},
    {"name", "oneof:[]", ""},
    {"name", "isempty:", "c"},
    {"name", "isnotempty:", "ab"},
    {"name", "gt:9", "b"},
    {"name", "lte:12", "b"},
    {"name", "lt:12", ""},
    {"name", "oneof:12", "!'12' is not a list like"},
    {"name", "oneof:[1]", "!is not a list of texts"},
    {"name", "isempty:x", "!'x' is not needed here"},
    {"name", "gt:many", "!'many' is not a whole number"},
    {"name", "in:1,2", "!cannot be filtered with 'in'; valid: equals, notequals, contains"},
    /* several values: any may match, none for the negative operators */
    {"tag", "red", "ab"},
    {"tag", "blue", "a"},
    {"tag", "notequals:blue", "cb"},
    {"tag", "notcontains:e", "c"},
    {"tag", "isempty:", "c"},
    {"tag", "oneof:[\"blue\",\"red\"]", "ab"},
    /* ids: dashes and case do not count */
    {"id", ID_A, "a"},
    {"id", "AAAAAAAA000040008000000000000001", "a"},
    {"id", "startswith:cccccccc-0", "c"},
    {"id", "startswith:some-name", ""},
    {"id", "no id at all", ""},
    {"id", "contains:0000-4", "cab"},
    {"id", "oneof:[\"" ID_C "\",\"bbbbbbbb000040008000000000000002\"]", "cb"},
    /* numbers */
    {"size", "9", "b"},
    {"size", "gt:9", "a"},
    {"size", "gte:9", "ab"},
    {"size", "lt:10", "b"},
    {"size", "lte:10", "ab"},
    {"size", "notequals:9", "ca"},
    {"size", "isempty:", "c"},
    {"size", "nine", "!'nine' is not a whole number"},
    {"size", "contains:9", "!cannot be filtered with 'contains'"},
    /* times, in whole seconds */
    {"created", "2024-05-14 12:00:00", "ab"},
    {"created", "gt:2024-05-14 12:00:00", ""},
    {"created", "gte:2024-05-14T12:00:00Z", "ab"},
    {"created", "lt:2024-05-14", "c"},
    {"created", "in:2024-05-13 12:00:00,2024-05-13 12:00:00", "c"},
    {"created", "in:2024-05-14,2024-05-15", "ab"},
    {"created", "in:2024-05-14", "!two times with a comma"},
    {"created", "in:2024-05-14,later", "!'later' is not a time like"},
    {"created", "+1h", "!'+1h' is not a time like"},
    {"created", "startswith:2024", "!cannot be filtered with 'startswith'"},
    /* booleans */
    {"shared", "true", "a"},
    {"shared", "equals:False", "cb"},
    {"shared", "notequals:yes", "cb"},
    {"shared", "isnotempty:", "cab"},
    {"shared", "maybe", "!'maybe' is not true or false"},
    {"shared", "gt:0", "!cannot be filtered with 'gt'; valid: equals, notequals, isempty"},
    /* fields */
    {"nmae", "x", "!there is no field 'nmae'; valid: id, name"},
};

static void filters_by_each_operator(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(filter_cases); i++) {
        CL_AUTO(cl_query) struct cl_query query = cl_query_default();
        const struct filter_case *row = &filter_cases[i];
        struct cl_err err = CL_ERR_NONE;
        char got[8] = "";

        assert_ok(cl_query_add_filter(&query, cl_str_of(row->field), cl_str_of(row->value), &err),
                  &err);
        enum cl_code code = run(&query, got, &err);
        bool fails = row->expect[0] == '!';
        if (fails && (code != CL_E_INVALID || strstr(err.text, row->expect + 1) == NULL))
            fail_msg("row %zu: %s %s", i, got, err.text);
        if (!fails && (code != CL_OK || strcmp(got, row->expect) != 0))
            fail_msg("row %zu: '%s' %s", i, got, err.text);
    }
}

static void filters_combine_with_and_or_or(void **state)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    struct cl_err err = CL_ERR_NONE;
    char got[8] = "";

    (void)state;
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "cab");
    query.any = true;
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "cab");
    assert_ok(cl_query_add_filter(&query, CL_STR("tag"), CL_STR("blue"), &err), &err);
    assert_ok(cl_query_add_filter(&query, CL_STR("name"), CL_STR("isempty:"), &err), &err);
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "ca");
    query.any = false;
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "");
}

static void labels_must_all_hold(void **state)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    struct cl_err err = CL_ERR_NONE;
    char got[8] = "";

    (void)state;
    assert_ok(cl_map_set(&a.labels, CL_STR("team"), CL_STR("ml"), &err), &err);
    assert_ok(cl_map_set(&b.labels, CL_STR("team"), CL_STR(""), &err), &err);
    assert_ok(cl_map_set_null(&query.labels, CL_STR("team"), &err), &err);
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "ab");
    assert_ok(cl_map_set(&query.labels, CL_STR("team"), CL_STR(""), &err), &err);
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "b");
    query.any = true; /* labels stay a condition of their own */
    assert_ok(cl_query_add_filter(&query, CL_STR("name"), CL_STR("s3://zen"), &err), &err);
    assert_ok(run(&query, got, &err), &err);
    assert_string_equal(got, "");
    cl_map_cleanup(&a.labels);
    cl_map_cleanup(&b.labels);
}

struct sort_case {
    const char *by;
    bool descending;
    const char *expect;
};

static const struct sort_case sort_cases[] = {
    {NULL, false, "cab"},    {NULL, true, "bac"},    {"name", false, "cba"},
    {"name", true, "abc"},   {"size", false, "cba"}, {"shared", false, "bca"},
    {"shared", true, "abc"}, {"id", true, "cba"},    {"tag", false, "cab"},
};

static void sorts_stably_with_absent_values_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(sort_cases); i++) {
        CL_AUTO(cl_query) struct cl_query query = cl_query_default();
        const struct sort_case *row = &sort_cases[i];
        struct cl_err err = CL_ERR_NONE;
        char got[8] = "";

        if (row->by != NULL)
            assert_ok(cl_str_dup(cl_str_of(row->by), &query.sort_by, &err), &err);
        query.descending = row->descending;
        assert_ok(run(&query, got, &err), &err);
        if (strcmp(got, row->expect) != 0)
            fail_msg("row %zu: %s", i, got);
    }
}

static void an_unknown_sort_field_is_told_the_nearest(void **state)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    struct cl_err err = CL_ERR_NONE;
    char got[8] = "";

    (void)state;
    assert_ok(cl_str_dup(CL_STR("craeted"), &query.sort_by, &err), &err);
    assert_int_equal(run(&query, got, &err), CL_E_INVALID);
    assert_string_equal(err.hint, "Did you mean 'created'?");
}

static void keeps_the_order_of_what_has_no_creation_time(void **state)
{
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
    struct cl_query query = cl_query_default();
    struct cl_query_source plain = source;
    struct cl_err err = CL_ERR_NONE;
    char got[8] = "";

    (void)state;
    plain.field_count = 2;
    plain.labels_of = NULL;
    assert_ok(cl_query_select(&query, &plain, &selection, &err), &err);
    names(&selection, got);
    assert_string_equal(got, "abc");
}

struct page_case {
    int64_t page;
    int64_t size;
    const char *expect;
    int64_t page_count;
};

static const struct page_case page_cases[] = {
    {1, 20, "cab", 1},
    {1, 2, "ca", 2},
    {2, 2, "b", 2},
    {3, 1, "b", 3},
    {1, 3, "cab", 1},
    {1, 10000, "cab", 1},
    {4, 1, "!no page 4; the last one is 3", 0},
    {2, 20, "!no page 2", 0},
    {INT64_MAX, 20, "!no page 9223372036854775807", 0},
    {0, 20, "!counted from 1", 0},
    {1, 0, "!1 to 10000 items, not 0", 0},
    {1, 10001, "!not 10001", 0},
};

static void cuts_into_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(page_cases); i++) {
        CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
        const struct page_case *row = &page_cases[i];
        struct cl_query query = {.page = row->page, .size = row->size};
        struct cl_err err = CL_ERR_NONE;
        char got[8] = "";
        enum cl_code code = cl_query_select(&query, &source, &selection, &err);

        if (row->expect[0] == '!') {
            assert_int_equal(code, CL_E_INVALID);
            assert_non_null(strstr(err.text, row->expect + 1));
            continue;
        }
        assert_ok(code, &err);
        names(&selection, got);
        assert_string_equal(got, row->expect);
        assert_int_equal(selection.total, 3);
        assert_int_equal(selection.page, row->page);
        assert_int_equal(selection.page_count, row->page_count);
    }
}

/* The same pages when the caller has cut them already. */
static void numbers_a_page_that_is_cut_already(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(page_cases); i++) {
        CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
        const struct page_case *row = &page_cases[i];
        struct cl_query query = {.page = row->page, .size = row->size};
        struct cl_err err = CL_ERR_NONE;
        size_t count = row->expect[0] == '!' ? 0 : strlen(row->expect);
        enum cl_code code = cl_query_check_page(&query, &err);

        if (code == CL_OK)
            code = cl_query_select_page(&query, count, 3, &selection, &err);
        if (row->expect[0] == '!') {
            assert_int_equal(code, CL_E_INVALID);
            assert_non_null(strstr(err.text, row->expect + 1));
            continue;
        }
        assert_ok(code, &err);
        assert_int_equal(selection.count, count);
        for (size_t k = 0; k < count; k++)
            assert_int_equal(selection.indexes[k], k);
        assert_int_equal(selection.total, 3);
        assert_int_equal(selection.page, row->page);
        assert_int_equal(selection.page_count, row->page_count);
    }
}

static void knows_what_stands_before_a_page(void **state)
{
    static const struct {
        int64_t page, size, first;
    } cases[] = {{1, 20, 0}, {2, 20, 20}, {7, 3, 18}, {INT64_MAX, 20, INT64_MAX}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_query query = {.page = cases[i].page, .size = cases[i].size};
        assert_int_equal(cl_query_first(&query), cases[i].first);
    }
}

static void only_a_query_without_wishes_is_a_plain_page(void **state)
{
    static char name[] = "name";
    struct cl_map_entry label = {.key = name};
    struct cl_filter filter = {.field = name, .value = name};
    struct cl_query plain = {.page = 3, .size = 7};
    struct cl_query wishes[] = {plain, plain, plain, plain, plain};

    (void)state;
    assert_true(cl_query_is_plain_page(&plain));
    wishes[0].all = true;
    wishes[1].sort_by = name;
    wishes[2].descending = true;
    wishes[3].filters = &filter;
    wishes[3].filter_count = 1;
    wishes[4].labels = (struct cl_map){.entries = &label, .count = 1};
    for (size_t i = 0; i < CL_COUNT(wishes); i++)
        assert_false(cl_query_is_plain_page(&wishes[i]));
}

static void all_means_one_page(void **state)
{
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
    struct cl_query query = {.page = 1, .size = 2, .all = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_query_select(&query, &source, &selection, &err), &err);
    assert_int_equal(selection.count, 3);
    assert_int_equal(selection.page_count, 1);
    assert_int_equal(selection.size, 3);
}

static void an_empty_result_has_one_empty_page(void **state)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_query_add_filter(&query, CL_STR("name"), CL_STR("nobody"), &err), &err);
    assert_ok(cl_query_select(&query, &source, &selection, &err), &err);
    assert_int_equal(selection.count, 0);
    assert_int_equal(selection.page_count, 1);
    assert_int_equal(selection.total, 0);
}

/* Going through the pages gives exactly what one big page gives, whatever the page size. */
static void pages_add_up_to_the_whole(void **state)
{
    enum { MANY = 37 };
    static struct item many[MANY];
    const void *pointers[MANY];
    struct cl_query_source big = source;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        many[i] = (struct item){.id = ID_A, .size = i * 7 % 5, .created_us = i * 11 % 13};
        pointers[i] = &many[i];
    }
    big.items = pointers;
    big.item_count = MANY;
    for (int64_t size = 1; size <= MANY + 1; size++) {
        CL_AUTO(cl_selection) struct cl_selection whole = {.indexes = NULL};
        struct cl_query query = {.page = 1, .size = 10000};
        size_t seen = 0;

        assert_ok(cl_query_select(&query, &big, &whole, &err), &err);
        query.size = size;
        for (query.page = 1; query.page <= (MANY + size - 1) / size; query.page++) {
            CL_AUTO(cl_selection) struct cl_selection page = {.indexes = NULL};
            assert_ok(cl_query_select(&query, &big, &page, &err), &err);
            for (size_t i = 0; i < page.count; i++)
                assert_int_equal(page.indexes[i], whole.indexes[seen++]);
        }
        assert_int_equal(seen, MANY);
    }
}

static enum cl_code build_and_select(struct cl_err *err)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};

    CL_TRY(cl_query_add_filter(&query, CL_STR("tag"), CL_STR("oneof:[\"red\"]"), err));
    CL_TRY(cl_query_add_filter(&query, CL_STR("id"), CL_STR(ID_A), err));
    return cl_query_select(&query, &source, &selection, err);
}

static void selecting_survives_lack_of_memory(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(build_and_select(&err), (void)0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_by_each_operator),
        cmocka_unit_test(filters_combine_with_and_or_or),
        cmocka_unit_test(labels_must_all_hold),
        cmocka_unit_test(sorts_stably_with_absent_values_first),
        cmocka_unit_test(an_unknown_sort_field_is_told_the_nearest),
        cmocka_unit_test(keeps_the_order_of_what_has_no_creation_time),
        cmocka_unit_test(cuts_into_pages),
        cmocka_unit_test(numbers_a_page_that_is_cut_already),
        cmocka_unit_test(knows_what_stands_before_a_page),
        cmocka_unit_test(only_a_query_without_wishes_is_a_plain_page),
        cmocka_unit_test(all_means_one_page),
        cmocka_unit_test(an_empty_result_has_one_empty_page),
        cmocka_unit_test(pages_add_up_to_the_whole),
        cmocka_unit_test(selecting_survives_lack_of_memory),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
