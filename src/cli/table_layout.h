#ifndef CLEAT_CLI_TABLE_LAYOUT_H
#define CLEAT_CLI_TABLE_LAYOUT_H

#include "cli/table.h"

/*
 * Column widths, pure. A width counts the blank on either side of the content; between, before and
 * behind the columns stands one border character each.
 */

/** Columns of the whole table; columns of width 0 are not there. */
size_t cl_layout_total(const size_t *widths, size_t count);

/**
 * Shrinks the widths until the table fits into `total` columns: the widest first, down to the next
 * narrower one, again and again; when all are equal, all of them evenly.
 */
void cl_layout_fold(size_t *widths, size_t count, size_t total);

/**
 * Shrinks free columns, then name columns, not below 12 columns of content; then leaves out whole
 * columns (their width becomes 0), the least important first. False when nothing helps or the
 * terminal is below 60 columns: the rows are to be printed as records.
 */
bool cl_layout_smart(const struct cl_column *columns, size_t *widths, size_t count, size_t total);

#endif
