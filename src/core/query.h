#ifndef CLEAT_CORE_QUERY_H
#define CLEAT_CORE_QUERY_H

#include "core/map.h"

/* Filters, sorting and paging of every list (cli.md §3, rest-api.md §4.2). */

enum cl_field_kind { CL_FIELD_TEXT, CL_FIELD_UUID, CL_FIELD_NUMBER, CL_FIELD_TIME, CL_FIELD_BOOL };

/* One value of one item; several values (resource types) match when any does. */
struct cl_field_value {
    bool present;
    struct cl_str text; /* TEXT, UUID */
    int64_t number;     /* NUMBER, BOOL; TIME in UTC microseconds */
};

/* A filterable, sortable property of an entity: a row of a const table. */
struct cl_field {
    const char *name; /* underscore form: "connector_type" */
    enum cl_field_kind kind;
    /** The index-th value of the item; false behind the last. */
    bool (*value)(const void *item, size_t index, struct cl_field_value *ret);
};

struct cl_filter {
    char *field;
    char *value; /* "OP:VALUE" or VALUE */
};

/* Zero-initialised with page 1 and size 20 by cl_query_init. Owns all. */
struct cl_query {
    struct cl_filter *filters;
    size_t filter_count;
    size_t filter_capacity;
    struct cl_map labels; /* value NULL: the key is present */
    bool any;             /* filters combine with or */
    char *sort_by;        /* field name; NULL: created */
    bool descending;
    int64_t page; /* from 1 */
    int64_t size; /* 1..10000 */
    bool all;     /* no paging at all */
};

struct cl_query cl_query_default(void);
enum cl_code cl_query_add_filter(struct cl_query *query, struct cl_str field, struct cl_str value,
                                 struct cl_err *err) CL_MUST_USE;
void cl_query_cleanup(struct cl_query *query);

/* An ordered selection of items: indexes into the caller's array. */
struct cl_selection {
    size_t *indexes;
    size_t count;  /* on this page */
    int64_t total; /* that match */
    int64_t page;
    int64_t page_count; /* at least 1 */
    int64_t size;
};
void cl_selection_cleanup(struct cl_selection *selection);

/* What is searched. */
struct cl_query_source {
    const struct cl_field *fields;
    size_t field_count;
    const void *const *items;
    size_t item_count;
    const struct cl_map *(*labels_of)(const void *item); /* NULL: the entity has no labels */
};

/**
 * Filters, sorts (stable) and pages.
 * @return CL_E_INVALID: unknown field (with near match), operator that the kind does not have,
 *         malformed value, page beyond the last
 */
enum cl_code cl_query_select(const struct cl_query *query, const struct cl_query_source *source,
                             struct cl_selection *ret, struct cl_err *err) CL_MUST_USE;

/** Whether only the number of the page decides: every item, oldest first. */
bool cl_query_is_plain_page(const struct cl_query *query);

/** Checks the number and the size of the page: CL_E_INVALID. */
enum cl_code cl_query_check_page(const struct cl_query *query, struct cl_err *err) CL_MUST_USE;

/** How many items stand before the page; the query has been checked. */
int64_t cl_query_first(const struct cl_query *query);

/**
 * The selection when the caller holds the items of the page alone, in order: `count` of `total`.
 * @return as cl_query_select
 */
enum cl_code cl_query_select_page(const struct cl_query *query, size_t count, int64_t total,
                                  struct cl_selection *ret, struct cl_err *err) CL_MUST_USE;

#endif
