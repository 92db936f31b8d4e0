#ifndef CLEAT_CLI_COMMANDS_ATTR_ARGS_H
#define CLEAT_CLI_COMMANDS_ATTR_ARGS_H

#include "cli/cli.h"
#include "core/config.h"
#include "core/type.h"

/* Configuration arguments, `--region=us-east-1`, for what a schema knows (cli.md §1.1 item 6). */

/* The attributes that arguments may name: those of one or several methods, and source options. */
struct cl_attr_schema {
    const struct cl_auth_method *methods; /* only their attributes count */
    size_t method_count;
    const struct cl_source_option *sources; /* NULL: none */
    size_t source_count;
    const char *alias; /* another accepted name: "bucket"; NULL: none */
    const char *what;  /* "auth method 'secret-key' of connector type 'aws'", for errors */
};

/**
 * Tells values from positionals, reads `@` values, and sorts source options from attributes.
 * Warns once when a secret stands on the command line.
 *
 * @param ret_sources  NULL when there are none
 */
enum cl_code cl_attr_args_read(struct cl_cli *cli, struct cl_args *args,
                               const struct cl_attr_schema *schema, struct cl_input *ret,
                               struct cl_map *ret_sources, struct cl_err *err) CL_MUST_USE;

/** `--label KEY=VALUE`; KEY alone becomes a null where it may stand: a removal in a patch, any
 *  value in a query. */
enum cl_code cl_label_args_read(const struct cl_args *args, bool key_alone, struct cl_map *ret,
                                struct cl_err *err) CL_MUST_USE;

#endif
