#ifndef CLEAT_CLI_COMMANDS_GATHERED_H
#define CLEAT_CLI_COMMANDS_GATHERED_H

#include "cli/cli.h"
#include "core/api.h"

/* What several connectors reach: gathered as it arrives, then shown. */

struct cl_gathered_list {
    struct cl_resource_list list;
    int64_t order; /* place by creation of the connector */
};

/* Zero-initialised is empty. */
struct cl_gathered {
    struct cl_gathered_list *items;
    size_t count;
    size_t capacity;
};

void cl_gathered_cleanup(struct cl_gathered *gathered);

/** Moves the list in; it is empty afterwards. */
enum cl_code cl_gathered_add(struct cl_gathered *gathered, struct cl_resource_list *list,
                             int64_t order, struct cl_err *err) CL_MUST_USE;

/** Puts the lists into the order in which the connectors were made. */
void cl_gathered_sort(struct cl_gathered *gathered);

/** How many connectors are in error, wholly or for one resource type. */
size_t cl_gathered_failed(const struct cl_gathered *gathered);

/** CL_E_INVALID when --columns names what the output will not have. `one`: of one connector alone,
 *  as an object. */
enum cl_code cl_gathered_check(const struct cl_out *out, bool one, struct cl_err *err) CL_MUST_USE;

/** Everything in a machine format or, with --quiet, as ids. */
enum cl_code cl_gathered_print(struct cl_out *out, const struct cl_gathered *gathered,
                               struct cl_err *err) CL_MUST_USE;

/** One connector's object now, for ndjson. */
enum cl_code cl_gathered_stream(struct cl_out *out, const struct cl_resource_list *list,
                                struct cl_err *err) CL_MUST_USE;

/** The table of five columns on standard output. */
enum cl_code cl_gathered_table(struct cl_out *out, const struct cl_gathered *gathered,
                               struct cl_err *err) CL_MUST_USE;

#endif
