#ifndef CLEAT_CLI_COMMANDS_CONNECTOR_OPTIONS_H
#define CLEAT_CLI_COMMANDS_CONNECTOR_OPTIONS_H

#include "cli/cli.h"
#include "core/config.h"
#include "core/type.h"

/* What register and update share. */
extern const struct cl_option_set cl_connector_options;

/* Whose attributes configuration arguments may name. */
struct cl_attrs_of {
    const struct cl_connector_type *type;
    struct cl_str method_id; /* empty or unknown: those of every method; the use case checks them
                                against the method it ends up with */
};

/**
 * Reads configuration arguments and source options of a connector type.
 */
enum cl_code cl_connector_attrs_read(struct cl_cli *cli, struct cl_args *args,
                                     const struct cl_attrs_of *of, struct cl_input *ret,
                                     struct cl_map *ret_sources, struct cl_err *err) CL_MUST_USE;

/** Source options say where to look: CL_E_INVALID when nothing is looked up. */
enum cl_code cl_connector_sources_check(const struct cl_map *sources, bool looks_up,
                                        struct cl_err *err) CL_MUST_USE;

#endif
