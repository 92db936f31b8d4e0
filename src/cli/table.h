#ifndef CLEAT_CLI_TABLE_H
#define CLEAT_CLI_TABLE_H

#include "base/buf.h"
#include "cli/look.h"

#define CL_TABLE_COLUMNS 32 /* the most that a table may have */

/* Decides how a column gives way on a narrow terminal (CL_WRAP_SMART). */
enum cl_column_class {
    CL_COLUMN_FREE,  /* wraps first: resource names, values, labels */
    CL_COLUMN_NAME,  /* wraps next: names, owners, flavors */
    CL_COLUMN_FIXED, /* never wraps: ids, types, states */
};

struct cl_column {
    const char *key;    /* "resource_type": what --columns calls it */
    const char *header; /* "RESOURCE TYPE" */
    enum cl_column_class class;
};

enum cl_table_shape {
    CL_TABLE_LIST,      /* the first of several columns is centred */
    CL_TABLE_KEY_VALUE, /* properties and their values: nothing is centred */
};

struct cl_table;

/**
 * An empty table. `columns` is copied, the texts that it points to must outlive the table. `title`
 * stands centred above, NULL for none; it is copied and may be untrusted.
 */
enum cl_code cl_table_new(enum cl_table_shape shape, const char *title,
                          const struct cl_column *columns, size_t count, struct cl_table **ret,
                          struct cl_err *err) CL_MUST_USE;

/** A PROPERTY, VALUE table. */
enum cl_code cl_table_new_properties(const char *title, struct cl_table **ret, struct cl_err *err)
    CL_MUST_USE;

/** Begins the next row. The table remembers its first failure; cl_table_render reports it. */
void cl_table_row(struct cl_table *table);

/** The row's next cell; untrusted, line feeds stack its lines. Cells left out are blank. */
void cl_table_cell(struct cl_table *table, struct cl_str text);
void cl_table_cell_c(struct cl_table *table, const char *text); /* NULL is blank */

/** A row of two cells. */
void cl_table_property(struct cl_table *table, const char *name, struct cl_str value);

/** How many rows there are. */
size_t cl_table_rows(const struct cl_table *table);

/**
 * Appends the drawn table. Columns that had no room are named in `hidden` (header texts joined by
 * ", ", *hidden_count of them); both may be NULL.
 */
enum cl_code cl_table_render(const struct cl_table *table, const struct cl_look *look,
                             struct cl_buf *out, struct cl_buf *hidden, size_t *hidden_count,
                             struct cl_err *err) CL_MUST_USE;

void cl_table_free(struct cl_table *table);
void cl_table_cleanup(struct cl_table **table); /* for CL_AUTO(cl_table) */

#endif
