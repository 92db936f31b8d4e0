#ifndef CLEAT_CORE_RESOURCES_H
#define CLEAT_CORE_RESOURCES_H

#include "core/map.h"

struct cl_connector;

/* Outcome of verifying or discovering one connector (framework §2.6). Owns all. */
struct cl_resource_row {
    char *resource_type;
    bool listed;         /* false: ids were not listed (or there is an error) */
    struct cl_strs ids;  /* canonical, sorted bytewise */
    struct cl_err error; /* code CL_OK: none */
    bool truncated;
    bool cached; /* from an earlier discovery */
    int64_t listed_at;
};

struct cl_resource_list {
    char id[37]; /* of the connector; empty when it is not stored */
    char *name;
    char *connector_type;         /* id */
    struct cl_err error;          /* global: could not authenticate at all; copied into every row */
    struct cl_resource_row *rows; /* one per resource type in scope, in the type's order */
    size_t count;
    struct cl_strs warnings;
    struct cl_map facts;        /* what a verification learned, cl_connector_type.shown_facts */
    char *check;                /* the question that was answered; NULL: none was */
    struct cl_err check_denied; /* code CL_OK: it is allowed */
    struct cl_strs check_notes; /* sentences beside the answer */
};

void cl_resource_list_cleanup(struct cl_resource_list *list);

/** One empty row per resource type, before any call is made. */
enum cl_code cl_resource_list_init(struct cl_resource_list *list, const struct cl_connector *conn,
                                   const struct cl_strs *types, struct cl_err *err) CL_MUST_USE;

/** Clears the row's ids; the only row's error becomes the global one as well. */
void cl_resource_list_set_error(struct cl_resource_list *list, size_t row,
                                const struct cl_err *error);
/** Takes one row out. */
void cl_resource_list_drop(struct cl_resource_list *list, size_t row);

/** Copies into every row. */
void cl_resource_list_set_global(struct cl_resource_list *list, const struct cl_err *error);

/** CL_OK, or the code that verify reports: the only error, or CL_E_VERIFICATION_FAILED. */
enum cl_code cl_resource_list_code(const struct cl_resource_list *list);

#endif
