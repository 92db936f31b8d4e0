#ifndef CLEAT_CLI_COMMANDS_QUERY_ARGS_H
#define CLEAT_CLI_COMMANDS_QUERY_ARGS_H

#include "cli/cli.h"
#include "core/query.h"

/* The options that every list has: sorting, paging, how filters combine (cli.md §3). */
extern const struct cl_option_set cl_list_options;

/** Fills the query from those options and CLEAT_PAGE_SIZE. */
enum cl_code cl_query_from_args(struct cl_cli *cli, const struct cl_args *args,
                                struct cl_query *ret, struct cl_err *err) CL_MUST_USE;

/** Adds one filter for each of the command's options in `names` (NULL-terminated) that is given. */
enum cl_code cl_query_add_options(const struct cl_args *args, const char *const *names,
                                  struct cl_query *query, struct cl_err *err) CL_MUST_USE;

#endif
