#ifndef CLEAT_CLI_COMMANDS_COMPONENT_VIEW_H
#define CLEAT_CLI_COMMANDS_COMPONENT_VIEW_H

#include "cli/cli.h"
#include "core/api.h"

/* The groups of stack components share their commands; `data` of a group is its kind. */

/** The kind whose group the command was called in. */
const struct cl_component_kind *cl_kind_of(const struct cl_args *args);

/** Appends the kind's title as a sentence begins with it: "Artifact store". */
void cl_kind_add_title(const struct cl_component_kind *kind, struct cl_buf *out);

/** The notice that commands print which act on the active stack. */
void cl_notice_stack(struct cl_cli *cli);

/** What `connect` says when it has succeeded. */
enum cl_code cl_connect_print(struct cl_cli *cli, const struct cl_component_connect_result *result,
                              struct cl_err *err) CL_MUST_USE;

/** The sentence and the tables of `describe` (cli.md §6.2). */
enum cl_code cl_describe_component(struct cl_cli *cli, const struct cl_component *component,
                                   struct cl_err *err) CL_MUST_USE;

#endif
