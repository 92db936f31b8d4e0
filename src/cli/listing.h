#ifndef CLEAT_CLI_LISTING_H
#define CLEAT_CLI_LISTING_H

#include "cli/command.h"
#include "cli/output.h"

/* Appends what a table shows for one item; failures stay in the buffer. `ctx` is listing->ctx. */
typedef void (*cl_cell_fn)(const json_t *item, const void *ctx, struct cl_buf *cell);

struct cl_list_column {
    const char *key;    /* "type": what --columns and the csv header call it */
    const char *header; /* "TYPE" */
    const char *field;  /* member of the item, dots for nested ones: "connector_type"; NULL: key */
    const char *each;   /* the member is a list of objects: this member of each is meant in csv */
    cl_cell_fn cell;    /* NULL: the member as text, lists stacked, absent ones blank */
    enum cl_column_class class;
    bool extra; /* shown only when --columns asks for it */
};

/*
 * One kind of list. All formats derive from it and from the items, which are the JSON objects of
 * the API as they are: the table through `cell`, csv and tsv through `field`, the rest directly.
 */
struct cl_listing {
    const char *kind;     /* "service_connector": --output name prints kind/name */
    const char *entities; /* "service connectors": "No service connectors match." */
    const struct cl_list_column *columns;
    size_t column_count;
    const char *name_field; /* NULL: "name" */
    const char *id_field;   /* NULL: "id" */
    const char *title;      /* above the table; NULL: none */
    const void *ctx;        /* for the cells; NULL is fine */
};

struct cl_page {
    int64_t index; /* from 1 */
    int64_t max_size;
    int64_t total_pages;
    int64_t total;
};

/**
 * Prints the items (a JSON array) in the format that was asked for, with the page line or, when
 * there are none, "No ... match." on standard error.
 *
 * @param page  NULL: everything is on one page
 * @return CL_OK, CL_E_INVALID (--columns or --field name something unknown; lists what there is)
 */
enum cl_code cl_out_list(struct cl_out *out, const struct cl_listing *listing, const json_t *items,
                         const struct cl_page *page, struct cl_err *err) CL_MUST_USE;

/** CL_E_INVALID when --columns names something that the listing does not have. */
enum cl_code cl_listing_check(const struct cl_out *out, const struct cl_listing *listing,
                              struct cl_err *err) CL_MUST_USE;

/** The same for whatever the command prints, as far as its row tells; --field too. */
enum cl_code cl_out_check(const struct cl_out *out, const struct cl_command *command,
                          struct cl_err *err) CL_MUST_USE;

/** One line of --output ndjson now, for results that arrive one by one. */
enum cl_code cl_out_stream_item(struct cl_out *out, const struct cl_listing *listing,
                                const json_t *item, struct cl_err *err) CL_MUST_USE;

#endif
