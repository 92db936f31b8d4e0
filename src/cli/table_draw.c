#include "cli/table_grid.h"

#include "base/alloc.h"
#include "cli/symbols.h"
#include "cli/table_layout.h"
#include "cli/text_width.h"
#include "cli/text_wrap.h"

/* The characters of a box: left end, filling, crossing and right end of each kind of line. */
struct edge {
    const char *left, *fill, *cross, *right;
};

struct box {
    struct edge top, row, between, bottom;
};

/* clang-format off */
static const struct box heavy = {
    .top = {"┏", "━", "┯", "┓"},
    .row = {"┃", " ", "│", "┃"},
    .between = {"┠", "─", "┼", "┨"},
    .bottom = {"┗", "━", "┷", "┛"},
};
static const struct box plain = {
    .top = {"+", "-", "+", "+"},
    .row = {"|", " ", "|", "|"},
    .between = {"+", "-", "+", "+"},
    .bottom = {"+", "-", "+", "+"},
};
/* clang-format on */

/* The pieces of one wrapped cell. */
struct pieces {
    struct cl_str *items;
    size_t count;
    size_t capacity;
    enum cl_style style;
};

struct drawing {
    const struct cl_grid *grid;
    const size_t *widths;
    const struct cl_look *look;
    const struct box *box;
    struct cl_buf *out;
    struct pieces cells[CL_TABLE_COLUMNS]; /* of the row at hand */
};

static void add_piece(void *ctx, struct cl_str line)
{
    struct pieces *to = ctx;
    struct cl_str *grown = cl_array_grow(to->items, &to->capacity, to->count + 1, sizeof(*grown));

    if (grown == NULL)
        return;
    to->items = grown;
    to->items[to->count++] = line;
}

static void draw_rule(const struct drawing *to, const struct edge *edge)
{
    const char *before = edge->left;

    for (size_t i = 0; i < to->grid->column_count; i++) {
        if (to->widths[i] == 0)
            continue;
        cl_buf_add_c(to->out, before);
        cl_buf_add_repeat(to->out, edge->fill, to->widths[i]);
        before = edge->cross;
    }
    cl_buf_add_c(to->out, edge->right);
    cl_buf_add_char(to->out, '\n');
}

static size_t content_width(const struct drawing *to, size_t column)
{
    return to->widths[column] > 2 ? to->widths[column] - 2 : 1;
}

/* Wraps all cells of a row; returns how many lines the row has. */
static size_t wrap_row(struct drawing *to, size_t row)
{
    size_t lines = 1;

    for (size_t i = 0; i < to->grid->column_count; i++) {
        struct pieces *cell = &to->cells[i];
        struct cl_str text = cl_grid_cell(to->grid, row, i);

        cell->count = 0;
        if (to->widths[i] == 0)
            continue;
        cell->style = row == CL_GRID_HEADER ? CL_STYLE_BOLD : cl_symbols_style(text);
        cl_text_wrap(text, content_width(to, i), add_piece, cell);
        /* A piece is missing only when memory is; the buffer reports that. */
        if (cell->count == 0)
            to->out->failed = CL_E_FAILED;
        lines = cell->count > lines ? cell->count : lines;
    }
    return lines;
}

static bool is_centred(const struct drawing *to, size_t column)
{
    return column == 0 && to->grid->shape == CL_TABLE_LIST && to->grid->column_count > 1;
}

static void draw_piece(const struct drawing *to, size_t column, struct cl_str piece)
{
    size_t room = content_width(to, column);

    if (piece.len == 0) { /* most of the cells beside one with several lines */
        cl_buf_add_repeat(to->out, " ", room + 2);
        return;
    }
    size_t width = cl_text_width(piece);
    size_t free_columns = room > width ? room - width : 0;
    size_t left = is_centred(to, column) ? free_columns / 2 : 0;

    cl_buf_add_repeat(to->out, " ", 1 + left);
    cl_style_add(to->out, to->look->colour, to->cells[column].style, piece);
    cl_buf_add_repeat(to->out, " ", free_columns - left + 1);
}

/* Line `line` of a cell in a row of `lines`; headers stand at the bottom, all others at the top. */
static struct cl_str piece_at(const struct pieces *cell, size_t line, size_t lines, bool bottom)
{
    size_t skipped = bottom ? lines - cell->count : 0;

    if (line < skipped || line - skipped >= cell->count)
        return CL_STR_NONE;
    return cell->items[line - skipped];
}

static void draw_line(const struct drawing *to, size_t line, size_t lines, bool bottom)
{
    const char *before = to->box->row.left;

    for (size_t i = 0; i < to->grid->column_count; i++) {
        if (to->widths[i] == 0)
            continue;
        cl_buf_add_c(to->out, before);
        draw_piece(to, i, piece_at(&to->cells[i], line, lines, bottom));
        before = to->box->row.cross;
    }
    cl_buf_add_c(to->out, to->box->row.right);
    cl_buf_add_char(to->out, '\n');
}

static void draw_row(struct drawing *to, size_t row)
{
    size_t lines = wrap_row(to, row);

    for (size_t line = 0; line < lines && to->out->failed == CL_OK; line++)
        draw_line(to, line, lines, row == CL_GRID_HEADER);
}

struct title {
    const struct drawing *to;
    size_t width;
};

static void draw_title_line(void *ctx, struct cl_str line)
{
    const struct title *title = ctx;
    size_t width = cl_text_width(line);

    if (line.len > 0 && title->width > width)
        cl_buf_add_repeat(title->to->out, " ", (title->width - width) / 2);
    cl_style_add(title->to->out, title->to->look->colour, CL_STYLE_ITALIC, line);
    cl_buf_add_char(title->to->out, '\n');
}

static void draw_title(const struct drawing *to)
{
    struct title title = {.to = to, .width = cl_layout_total(to->widths, to->grid->column_count)};

    if (to->grid->title != NULL)
        cl_text_wrap(cl_str_of(to->grid->title), title.width, draw_title_line, &title);
}

static void draw(struct drawing *to)
{
    bool ruled = false;

    draw_title(to);
    draw_rule(to, &to->box->top);
    if (!to->look->no_headers) {
        draw_row(to, CL_GRID_HEADER);
        ruled = true;
    }
    for (size_t row = 0; row < to->grid->row_count; row++) {
        if (ruled)
            draw_rule(to, &to->box->between);
        draw_row(to, row);
        ruled = true;
    }
    draw_rule(to, &to->box->bottom);
}

void cl_grid_draw(const struct cl_grid *grid, const size_t *widths, const struct cl_look *look,
                  struct cl_buf *out)
{
    struct drawing to = {.grid = grid,
                         .widths = widths,
                         .look = look,
                         .box = look->ascii ? &plain : &heavy,
                         .out = out};

    draw(&to);
    for (size_t i = 0; i < CL_TABLE_COLUMNS; i++)
        cl_free(to.cells[i].items);
}

struct record {
    struct cl_buf *out;
    size_t indent;
    bool begun; /* the key stands there already */
};

static void draw_value_line(void *ctx, struct cl_str line)
{
    struct record *record = ctx;

    if (record->begun && line.len > 0)
        cl_buf_add_repeat(record->out, " ", record->indent);
    cl_buf_add(record->out, line);
    cl_buf_add_char(record->out, '\n');
    record->begun = true;
}

static void draw_field(struct cl_buf *out, bool colour, size_t key_width, struct cl_str key,
                       struct cl_str value)
{
    struct record record = {.out = out, .indent = key_width + 2};

    cl_style_add(out, colour, CL_STYLE_BOLD, key);
    if (value.len > 0)
        cl_buf_add_repeat(out, " ", key_width - cl_text_width(key) + 2);
    cl_text_wrap(value, 0, draw_value_line, &record);
}

/* In a table of properties the first column holds the keys, else the header does. */
static bool has_own_keys(const struct cl_grid *grid)
{
    return grid->shape == CL_TABLE_KEY_VALUE && grid->column_count == 2;
}

static size_t key_width(const struct cl_grid *grid)
{
    size_t count = has_own_keys(grid) ? grid->row_count : grid->column_count;
    size_t widest = 0;

    for (size_t i = 0; i < count; i++) {
        struct cl_str key =
            has_own_keys(grid) ? cl_grid_cell(grid, i, 0) : cl_grid_cell(grid, CL_GRID_HEADER, i);
        size_t width = cl_text_width(key);
        widest = width > widest ? width : widest;
    }
    return widest;
}

void cl_grid_draw_records(const struct cl_grid *grid, const struct cl_look *look,
                          struct cl_buf *out)
{
    size_t width = key_width(grid);

    if (grid->title != NULL) {
        cl_style_add(out, look->colour, CL_STYLE_ITALIC, cl_str_of(grid->title));
        cl_buf_add_char(out, '\n');
    }
    for (size_t row = 0; row < grid->row_count; row++) {
        if (has_own_keys(grid)) {
            draw_field(out, look->colour, width, cl_grid_cell(grid, row, 0),
                       cl_grid_cell(grid, row, 1));
            continue;
        }
        if (row > 0)
            cl_buf_add_char(out, '\n');
        for (size_t i = 0; i < grid->column_count; i++) {
            draw_field(out, look->colour, width, cl_grid_cell(grid, CL_GRID_HEADER, i),
                       cl_grid_cell(grid, row, i));
        }
    }
}
