#include "cli/table_layout.h"

#include "test.h"

#define MOST 10

struct fold_row {
    size_t count;
    size_t total;
    size_t before[MOST];
    size_t after[MOST];
};

static void folds_the_widest_columns_first(void **state)
{
    static const struct fold_row rows[] = {
        /* Vector A at 100 columns. */
        {5, 100, {38, 17, 16, 23, 42}, {20, 17, 16, 21, 20}},
        /* Equal columns that share an odd excess: the left one keeps the column more. */
        {2, 20, {9, 9}, {9, 8}},
        {3, 20, {8, 8, 8}, {5, 6, 5}},
        {1, 10, {30}, {8}},
        {2, 3, {9, 9}, {0, 0}},
        {3, 40, {5, 60, 5}, {5, 26, 5}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        size_t widths[MOST];
        (void)memcpy(widths, rows[i].before, sizeof(widths));
        cl_layout_fold(widths, rows[i].count, rows[i].total);
        for (size_t c = 0; c < rows[i].count; c++) {
            if (widths[c] != rows[i].after[c])
                fail_msg("row %zu, column %zu: %zu, not %zu", i, c, widths[c], rows[i].after[c]);
        }
    }
}

static void folded_columns_fill_the_width_exactly(void **state)
{
    (void)state;
    for (size_t total = 12; total < 160; total++) {
        size_t widths[] = {38, 17, 16, 23, 42, 9};
        cl_layout_fold(widths, CL_COUNT(widths), total);
        assert_int_equal(widths[0] + widths[1] + widths[2] + widths[3] + widths[4] + widths[5] + 7,
                         total < 152 ? total : 152);
    }
}

static const struct cl_column list_columns[] = {
    {"active", "ACTIVE", CL_COLUMN_FIXED},
    {"name", "NAME", CL_COLUMN_NAME},
    {"id", "ID", CL_COLUMN_FIXED},
    {"type", "TYPE", CL_COLUMN_FIXED},
    {"resource_types", "RESOURCE TYPES", CL_COLUMN_FIXED},
    {"resource_name", "RESOURCE NAME", CL_COLUMN_FREE},
    {"shared", "SHARED", CL_COLUMN_FIXED},
    {"owner", "OWNER", CL_COLUMN_NAME},
    {"expires_in", "EXPIRES IN", CL_COLUMN_FIXED},
    {"labels", "LABELS", CL_COLUMN_FREE},
};

static const size_t list_widths[] = {8, 24, 38, 15, 23, 58, 8, 9, 12, 21};

struct smart_row {
    size_t total;
    size_t widths[MOST]; /* all 0: records */
};

static void smart_layout_keeps_ids_whole_and_drops_columns_in_order(void **state)
{
    static const struct smart_row rows[] = {
        {227, {8, 24, 38, 15, 23, 58, 8, 9, 12, 21}},
        {226, {8, 24, 38, 15, 23, 57, 8, 9, 12, 21}},
        {180, {8, 24, 38, 15, 23, 16, 8, 9, 12, 16}},
        {170, {8, 18, 38, 15, 23, 14, 8, 9, 12, 14}},
        {165, {8, 24, 38, 15, 23, 18, 8, 9, 12, 0}},
        {150, {8, 23, 38, 15, 23, 14, 8, 0, 12, 0}},
        {140, {8, 22, 38, 15, 23, 14, 0, 0, 12, 0}},
        {120, {8, 15, 38, 15, 23, 14, 0, 0, 0, 0}},
        {118, {8, 24, 0, 15, 23, 42, 0, 0, 0, 0}},
        {100, {8, 24, 0, 15, 23, 24, 0, 0, 0, 0}},
        {80, {8, 14, 0, 15, 23, 14, 0, 0, 0, 0}},
        {79, {0}},
        {40, {0}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        size_t widths[MOST];
        (void)memcpy(widths, list_widths, sizeof(widths));
        bool fits = cl_layout_smart(list_columns, widths, MOST, rows[i].total);
        assert_int_equal(fits, rows[i].widths[0] != 0);
        for (size_t c = 0; fits && c < MOST; c++) {
            if (widths[c] != rows[i].widths[c])
                fail_msg("at %zu columns, column %zu: %zu, not %zu", rows[i].total, c, widths[c],
                         rows[i].widths[c]);
        }
    }
}

static void smart_layout_never_exceeds_the_terminal(void **state)
{
    (void)state;
    for (size_t total = 60; total < 240; total++) {
        size_t widths[MOST];
        (void)memcpy(widths, list_widths, sizeof(widths));
        if (cl_layout_smart(list_columns, widths, MOST, total))
            assert_true(cl_layout_total(widths, MOST) <= total);
    }
}

static void keeps_an_id_where_no_name_tells_rows_apart(void **state)
{
    static const struct cl_column columns[] = {
        {"id", "ID", CL_COLUMN_FIXED},
        {"type", "TYPE", CL_COLUMN_FIXED},
    };
    size_t widths[] = {38, 40};

    (void)state;
    assert_false(cl_layout_smart(columns, widths, 2, 70));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_the_widest_columns_first),
        cmocka_unit_test(folded_columns_fill_the_width_exactly),
        cmocka_unit_test(smart_layout_keeps_ids_whole_and_drops_columns_in_order),
        cmocka_unit_test(smart_layout_never_exceeds_the_terminal),
        cmocka_unit_test(keeps_an_id_where_no_name_tells_rows_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
