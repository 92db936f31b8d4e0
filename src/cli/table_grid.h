#ifndef CLEAT_CLI_TABLE_GRID_H
#define CLEAT_CLI_TABLE_GRID_H

#include "cli/table.h"

/* What a table holds, ready to be drawn: the inside of struct cl_table. */
struct cl_grid {
    enum cl_table_shape shape;
    const char *title; /* NULL: none */
    const struct cl_column *columns;
    size_t column_count;
    size_t row_count;
    char **cells; /* row after row, shown text; NULL is blank */
};

/** The text of a cell; row SIZE_MAX is the header. */
struct cl_str cl_grid_cell(const struct cl_grid *grid, size_t row, size_t column);

#define CL_GRID_HEADER SIZE_MAX

/** Draws boxes; columns of width 0 are left out. `look` says about colour, signs and headers. */
void cl_grid_draw(const struct cl_grid *grid, const size_t *widths, const struct cl_look *look,
                  struct cl_buf *out);

/** Draws one block of "KEY  value" lines per row. */
void cl_grid_draw_records(const struct cl_grid *grid, const struct cl_look *look,
                          struct cl_buf *out);

#endif
