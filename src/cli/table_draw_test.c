#include "cli/table_grid.h"

#include "cli/table_layout.h"
#include "cli/text_width.h"
#include "test.h"

/*
 * Properties of drawn tables, over tables made from a counter: whatever the cells are, lines are
 * equally wide, nothing of a cell is lost, and both ways of wrapping keep to the terminal.
 */

#define COLUMNS 4
#define ROWS 3

/* A small generator, so that a failure can be repeated from its number alone. */
static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8U;
}

static const char *const pieces[] = {
    "s3://a-bucket",
    "aws",
    "error:",
    "x",
    "kubernetes-cluster",
    "(401)",
    "\xF0\x9F\x94\xB6",
    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E",
    "of",
    "docker.io/",
    "a-very-long-word-that-is-to-be-folded-somewhere",
};

static void add_random_cell(struct cl_buf *cell, uint32_t *seed)
{
    uint32_t count = next(seed) % 6;

    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            cl_buf_add_char(cell, next(seed) % 4 == 0 ? '\n' : ' ');
        cl_buf_add_c(cell, pieces[next(seed) % CL_COUNT(pieces)]);
    }
}

static const struct cl_column columns[COLUMNS] = {
    {"name", "NAME", CL_COLUMN_NAME},
    {"id", "ID", CL_COLUMN_FIXED},
    {"labels", "LABELS", CL_COLUMN_FREE},
    {"resource_names", "RESOURCE NAMES", CL_COLUMN_FREE},
};

static struct cl_table *random_table(uint32_t number, struct cl_buf *content)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_table *table = NULL;
    uint32_t seed = number;

    assert_ok(cl_table_new(CL_TABLE_LIST, NULL, columns, COLUMNS, &table, &err), &err);
    for (int row = 0; row < ROWS; row++) {
        cl_table_row(table);
        for (int i = 0; i < COLUMNS; i++) {
            CL_AUTO(cl_buf) struct cl_buf cell = CL_BUF(4096);
            add_random_cell(&cell, &seed);
            cl_table_cell(table, cl_buf_view(&cell));
            cl_buf_add(content, cl_buf_view(&cell));
        }
    }
    return table;
}

/* How often each byte but blanks and line feeds occurs, box characters and headers apart. */
static void count_bytes(struct cl_str text, int sign, long counts[256])
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (cl_str_starts(cl_str_skip(text, i), CL_STR("\xE2\x94")))
            i += 2; /* a piece of the box */
        else if (c != ' ' && c != '\n')
            counts[c] += sign;
    }
}

static void draw(const struct cl_table *table, const struct cl_look *look, struct cl_buf *out)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_table_render(table, look, out, NULL, NULL, &err), &err);
}

static void check_widths(struct cl_str text, size_t most, uint32_t number)
{
    struct cl_str line = CL_STR_NONE;
    size_t width = 0;

    while (cl_str_cut(text, '\n', &line, &text)) {
        size_t got = cl_text_width(line);
        if ((width != 0 && got != width) || (most != 0 && got > most))
            fail_msg("table %u at %zu: a line is %zu columns wide, not %zu", number, most, got,
                     width);
        width = got;
    }
}

static void nothing_is_lost_and_lines_are_equally_wide(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 300; number++) {
        CL_AUTO(cl_buf) struct cl_buf content = CL_BUF(65536);
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);
        CL_AUTO(cl_table) struct cl_table *table = random_table(number, &content);
        struct cl_look look = {.width = 40 + number % 100, .no_headers = true};
        long counts[256] = {0};

        draw(table, &look, &out);
        check_widths(cl_buf_view(&out), look.width, number);
        count_bytes(cl_buf_view(&content), 1, counts);
        count_bytes(cl_buf_view(&out), -1, counts);
        for (int c = 0; c < 256; c++) {
            if (counts[c] != 0)
                fail_msg("table %u: byte %02x is off by %ld", number, (unsigned)c, counts[c]);
        }
    }
}

static void smart_wrapping_keeps_to_the_terminal(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 300; number++) {
        CL_AUTO(cl_buf) struct cl_buf content = CL_BUF(65536);
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(1UL << 20U);
        CL_AUTO(cl_table) struct cl_table *table = random_table(number, &content);
        struct cl_look look = {.width = 60 + number % 100, .wrap = CL_WRAP_SMART};

        draw(table, &look, &out);
        if (cl_str_starts(cl_buf_view(&out), CL_STR("\xE2\x94\x8F")))
            check_widths(cl_buf_view(&out), look.width, number);
    }
}

static void both_ways_agree_where_there_is_room(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 100; number++) {
        CL_AUTO(cl_buf) struct cl_buf content = CL_BUF(65536);
        CL_AUTO(cl_buf) struct cl_buf fold = CL_BUF(1UL << 20U);
        CL_AUTO(cl_buf) struct cl_buf smart = CL_BUF(1UL << 20U);
        CL_AUTO(cl_table) struct cl_table *table = random_table(number, &content);

        draw(table, &(struct cl_look){.width = 2000}, &fold);
        draw(table, &(struct cl_look){.width = 2000, .wrap = CL_WRAP_SMART}, &smart);
        assert_str(cl_buf_view(&smart), fold.ptr);
    }
}

static void colour_changes_nothing_but_sequences(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf content = CL_BUF(65536);
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF(1UL << 20U);
    CL_AUTO(cl_buf) struct cl_buf colour = CL_BUF(1UL << 20U);
    CL_AUTO(cl_buf) struct cl_buf stripped = CL_BUF(1UL << 20U);
    CL_AUTO(cl_table) struct cl_table *table = random_table(7, &content);

    (void)state;
    draw(table, &(struct cl_look){.width = 90}, &plain);
    draw(table, &(struct cl_look){.width = 90, .colour = true}, &colour);
    assert_true(colour.len > plain.len);
    for (size_t i = 0; i < colour.len; i++) {
        if (colour.ptr[i] == '\x1b')
            i += cl_str_find(cl_str_skip(cl_buf_view(&colour), i), 'm');
        else
            cl_buf_add_char(&stripped, colour.ptr[i]);
    }
    assert_str(cl_buf_view(&stripped), plain.ptr);
}

static void left_out_columns_leave_no_trace(void **state)
{
    char *cells[] = {(char[]){"a"}, (char[]){"b"}, (char[]){"c"}};
    static const struct cl_column three[] = {
        {"x", "X", CL_COLUMN_FREE}, {"y", "Y", CL_COLUMN_FREE}, {"z", "Z", CL_COLUMN_FREE}};
    const struct cl_grid grid = {.shape = CL_TABLE_KEY_VALUE,
                                 .columns = three,
                                 .column_count = 3,
                                 .row_count = 1,
                                 .cells = cells};
    const size_t widths[] = {3, 0, 4};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(65536);

    (void)state;
    cl_grid_draw(&grid, widths, &(struct cl_look){.ascii = true}, &out);
    assert_str(cl_buf_view(&out), "+---+----+\n"
                                  "| X | Z  |\n"
                                  "+---+----+\n"
                                  "| a | c  |\n"
                                  "+---+----+\n");
    assert_int_equal(cl_layout_total(widths, 3), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_and_lines_are_equally_wide),
        cmocka_unit_test(smart_wrapping_keeps_to_the_terminal),
        cmocka_unit_test(both_ways_agree_where_there_is_room),
        cmocka_unit_test(colour_changes_nothing_but_sequences),
        cmocka_unit_test(left_out_columns_leave_no_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
