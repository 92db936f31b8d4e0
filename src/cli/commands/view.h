#ifndef CLEAT_CLI_COMMANDS_VIEW_H
#define CLEAT_CLI_COMMANDS_VIEW_H

#include <jansson.h>

#include "cli/cli.h"
#include "core/api.h"

/* How the values of the use cases look on a terminal: cells and tables that commands share. */

/** Appends "🔶 aws": the id alone when the type is unknown. */
void cl_view_add_type(struct cl_buf *cell, struct cl_str connector_type);

/** The same as a column of a listing, from an item's connector_type; `ctx` is not read. */
void cl_view_type_cell(const json_t *item, const void *ctx, struct cl_buf *cell);

/** Appends "📦 s3-bucket"; the emoji is the one that `connector_type` gives it. */
void cl_view_add_resource(struct cl_buf *cell, struct cl_str connector_type,
                          struct cl_str resource_type);

/** Appends resource types with emoji, separated (", " or line feed). */
void cl_view_add_resources(struct cl_buf *cell, struct cl_str connector_type,
                           const struct cl_strs *types, const char *separator);

/** Appends the rest of a life time: "11h59m55s", the expired sign, or `never` when at is 0. */
void cl_view_add_expires_in(struct cl_buf *cell, int64_t at, int64_t skew_s, int64_t now_at,
                            const char *never);

/** Appends a time of the JSON form as tables show it: "2024-05-14 12:34:56[.250000]", UTC. */
void cl_view_add_time(struct cl_buf *cell, struct cl_str rfc3339);

/** Appends labels, "key:value" stacked in the order of the keys. */
void cl_view_add_labels(struct cl_buf *cell, json_t *labels);

/** Appends ✅ or ➖. */
void cl_view_add_bool(struct cl_buf *cell, bool yes);

/** The table RESOURCE TYPE, RESOURCE NAMES of one connector. Owned by the caller. */
enum cl_code cl_view_resources(const struct cl_resource_list *list, struct cl_table **ret,
                               struct cl_err *err) CL_MUST_USE;

/** The table with CONNECTOR ID, NAME and TYPE before these two columns. */
enum cl_code cl_view_resources_of_many(const struct cl_resource_list *lists, size_t count,
                                       struct cl_table **ret, struct cl_err *err) CL_MUST_USE;

/** Prints the table of the labels of an `entity` ("service connector"), or that there are none. */
enum cl_code cl_view_labels(struct cl_cli *cli, const char *entity, const struct cl_map *labels,
                            struct cl_err *err) CL_MUST_USE;

/** Prints the table of what a verification learned, or nothing: the type says what is shown. */
enum cl_code cl_view_facts(struct cl_cli *cli, struct cl_str connector_type,
                           const struct cl_map *facts, struct cl_err *err) CL_MUST_USE;

/** Warnings as lines on standard error. */
void cl_view_warn(struct cl_cli *cli, const struct cl_strs *warnings);

/** With --verbose: the places that auto-configuration looked at, and what it found. */
void cl_view_discovered(struct cl_cli *cli, const struct cl_discovered *discovered);

#endif
