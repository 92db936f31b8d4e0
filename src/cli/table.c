#include "cli/table.h"

#include <assert.h>

#include "base/alloc.h"
#include "cli/symbols.h"
#include "cli/table_grid.h"
#include "cli/table_layout.h"
#include "cli/text_width.h"

#define CELL_MAX (1024UL * 1024UL) /* bytes */
#define NARROWEST_COLUMN 3         /* with its padding */

struct cl_table {
    struct cl_grid grid;
    struct cl_column columns[CL_TABLE_COLUMNS];
    char *title;
    size_t cell_capacity;
    size_t next; /* column of the next cell */
    enum cl_code failed;
    struct cl_err err;
};

static enum cl_code shown_copy(struct cl_str text, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(CELL_MAX);

    cl_text_add_shown(&shown, text);
    return cl_buf_take(&shown, ret, err);
}

enum cl_code cl_table_new(enum cl_table_shape shape, const char *title,
                          const struct cl_column *columns, size_t count, struct cl_table **ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = cl_alloc(sizeof(*table));

    if (table == NULL)
        return cl_err_no_memory(err);
    if (count == 0 || count > CL_TABLE_COLUMNS)
        return cl_err_set(err, CL_E_INTERNAL, "a table of %zu columns", count);
    (void)memcpy(table->columns, columns, count * sizeof(*columns));
    table->grid = (struct cl_grid){
        .shape = shape, .columns = table->columns, .column_count = count, .cells = NULL};
    if (title != NULL) {
        CL_TRY(shown_copy(cl_str_of(title), &table->title, err));
        table->grid.title = table->title;
    }
    *ret = CL_MOVE(table);
    return CL_OK;
}

enum cl_code cl_table_new_properties(const char *title, struct cl_table **ret, struct cl_err *err)
{
    static const struct cl_column columns[] = {
        {"property", "PROPERTY", CL_COLUMN_FIXED},
        {"value", "VALUE", CL_COLUMN_FREE},
    };

    return cl_table_new(CL_TABLE_KEY_VALUE, title, columns, CL_COUNT(columns), ret, err);
}

void cl_table_row(struct cl_table *table)
{
    struct cl_grid *grid = &table->grid;

    if (table->failed != CL_OK)
        return;
    char **grown = cl_array_grow(grid->cells, &table->cell_capacity,
                                 (grid->row_count + 1) * grid->column_count, sizeof(*grown));
    if (grown == NULL) {
        table->failed = cl_err_no_memory(&table->err);
        return;
    }
    grid->cells = grown;
    for (size_t i = 0; i < grid->column_count; i++)
        grown[grid->row_count * grid->column_count + i] = NULL;
    grid->row_count++;
    table->next = 0;
}

void cl_table_cell(struct cl_table *table, struct cl_str text)
{
    struct cl_grid *grid = &table->grid;
    size_t column = table->next++;

    if (table->failed != CL_OK || grid->row_count == 0 || column >= grid->column_count)
        return;
    if (text.len == 0)
        return;
    char **cell = &grid->cells[(grid->row_count - 1) * grid->column_count + column];
    table->failed = shown_copy(text, cell, &table->err);
}

void cl_table_cell_c(struct cl_table *table, const char *text)
{
    cl_table_cell(table, cl_str_of(text));
}

void cl_table_property(struct cl_table *table, const char *name, struct cl_str value)
{
    cl_table_row(table);
    cl_table_cell_c(table, name);
    cl_table_cell(table, value);
}

size_t cl_table_rows(const struct cl_table *table)
{
    return table->grid.row_count;
}

struct cl_str cl_grid_cell(const struct cl_grid *grid, size_t row, size_t column)
{
    if (row == CL_GRID_HEADER)
        return cl_str_of(grid->columns[column].header);
    return cl_str_of(grid->cells[row * grid->column_count + column]);
}

static size_t widest_line(struct cl_str text)
{
    size_t widest = 0;
    bool more = true;

    while (more) {
        struct cl_str line = CL_STR_NONE;
        more = cl_str_cut(text, '\n', &line, &text);
        size_t width = cl_text_width(line);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void natural_widths(const struct cl_grid *grid, size_t *widths)
{
    for (size_t column = 0; column < grid->column_count; column++) {
        size_t widest = widest_line(cl_grid_cell(grid, CL_GRID_HEADER, column));
        for (size_t row = 0; row < grid->row_count; row++) {
            size_t width = widest_line(cl_grid_cell(grid, row, column));
            widest = width > widest ? width : widest;
        }
        widths[column] = widest + 2;
    }
}

static void name_hidden(const struct cl_grid *grid, const size_t *widths, struct cl_buf *hidden,
                        size_t *hidden_count)
{
    size_t found = 0;

    for (size_t i = 0; i < grid->column_count; i++) {
        if (widths[i] > 0)
            continue;
        if (hidden != NULL && found > 0)
            cl_buf_add_c(hidden, ", ");
        if (hidden != NULL)
            cl_buf_add_c(hidden, grid->columns[i].header);
        found++;
    }
    if (hidden_count != NULL)
        *hidden_count = found;
}

/* False: there is no room for a table. */
static bool fit(const struct cl_grid *grid, const struct cl_look *look, size_t *widths)
{
    size_t count = grid->column_count;

    natural_widths(grid, widths);
    if (look->width == 0 || cl_layout_total(widths, count) <= look->width)
        return true;
    if (look->wrap == CL_WRAP_SMART)
        return cl_layout_smart(grid->columns, widths, count, look->width);
    cl_layout_fold(widths, count, look->width);
    for (size_t i = 0; i < count; i++) /* a column has room for one character at least */
        widths[i] = widths[i] < NARROWEST_COLUMN ? NARROWEST_COLUMN : widths[i];
    return true;
}

static void render(const struct cl_grid *grid, const struct cl_look *look, struct cl_buf *out,
                   struct cl_buf *hidden, size_t *hidden_count)
{
    size_t widths[CL_TABLE_COLUMNS];

    if (hidden_count != NULL)
        *hidden_count = 0;
    if (!fit(grid, look, widths)) {
        cl_grid_draw_records(grid, look, out);
        return;
    }
    if (look->wrap == CL_WRAP_SMART)
        name_hidden(grid, widths, hidden, hidden_count);
    cl_grid_draw(grid, widths, look, out);
}

/* What went wrong while the table was filled. */
static enum cl_code failure(const struct cl_table *table, struct cl_err *err)
{
    if (table->failed != CL_OK)
        *err = table->err;
    return table->failed;
}

static enum cl_code ascii_copy(const char *text, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF(CELL_MAX);

    cl_symbols_add_ascii(&plain, cl_str_of(text));
    return cl_buf_take(&plain, ret, err);
}

/* The same table without emoji. */
static enum cl_code to_ascii(const struct cl_table *table, struct cl_table **ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *copy = NULL;
    const struct cl_grid *grid = &table->grid;

    CL_TRY(cl_table_new(grid->shape, grid->title, grid->columns, grid->column_count, &copy, err));
    assert(copy != NULL);
    for (size_t row = 0; row < grid->row_count; row++) {
        cl_table_row(copy);
        CL_TRY(failure(copy, err));
        for (size_t i = 0; i < grid->column_count; i++) {
            size_t at = row * grid->column_count + i;
            if (grid->cells[at] != NULL)
                CL_TRY(ascii_copy(grid->cells[at], &copy->grid.cells[at], err));
        }
    }
    *ret = CL_MOVE(copy);
    return CL_OK;
}

enum cl_code cl_table_render(const struct cl_table *table, const struct cl_look *look,
                             struct cl_buf *out, struct cl_buf *hidden, size_t *hidden_count,
                             struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *plain = NULL;

    CL_TRY(failure(table, err));
    if (look->ascii)
        CL_TRY(to_ascii(table, &plain, err));
    render(plain != NULL ? &plain->grid : &table->grid, look, out, hidden, hidden_count);
    return cl_buf_ok(out, err);
}

void cl_table_free(struct cl_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->grid.row_count * table->grid.column_count; i++)
        cl_free(table->grid.cells[i]);
    cl_free(table->grid.cells);
    cl_free(table->title);
    cl_free(table);
}

void cl_table_cleanup(struct cl_table **table)
{
    cl_table_free(*table);
    *table = NULL;
}
