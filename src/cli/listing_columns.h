#ifndef CLEAT_CLI_LISTING_COLUMNS_H
#define CLEAT_CLI_LISTING_COLUMNS_H

#include "cli/listing.h"

/* The columns of a listing that --columns chooses, in its order. */
struct cl_chosen {
    const struct cl_list_column *columns[CL_TABLE_COLUMNS];
    size_t count;
    bool all_fields; /* json and yaml show the items as they are */
};

/**
 * Reads "name,type", "all", "+labels,-owner"; NULL is the default set.
 *
 * @return CL_OK, CL_E_INVALID (unknown column: lists them; none left)
 */
enum cl_code cl_chosen_read(const struct cl_listing *listing, const char *spec,
                            struct cl_chosen *ret, struct cl_err *err) CL_MUST_USE;

/** The items with only the chosen members: a new reference. */
enum cl_code cl_chosen_items(const struct cl_listing *listing, const struct cl_chosen *chosen,
                             const json_t *items, json_t **ret, struct cl_err *err) CL_MUST_USE;

/** The column of that key or member name; NULL: none. */
const struct cl_list_column *cl_column_find(const struct cl_listing *listing, const char *name);

/** The item's member that the column shows. */
const char *cl_column_field(const struct cl_list_column *column);

/** What csv shows: the member, or the cell where there is no such member. */
void cl_column_raw(const struct cl_listing *listing, const struct cl_list_column *column,
                   const json_t *item, struct cl_buf *out);

#endif
