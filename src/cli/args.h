#ifndef CLEAT_CLI_ARGS_H
#define CLEAT_CLI_ARGS_H

#include "base/buf.h"
#include "base/strs.h"
#include "cli/command.h"

#define CL_ARGS_DEPTH 5

struct cl_args_state;

/* --KEY VALUE for an attribute of the thing that is configured. */
struct cl_config_arg {
    char *name;        /* hyphens folded to underscores; owned */
    const char *value; /* borrowed from argv; "true" for a bare boolean */
};

/*
 * A parsed command line. All `const char *` are borrowed from argv or from the command table.
 * Where the command takes configuration arguments, `positionals` and `config` are complete only
 * after cl_args_resolve_config. Zero-initialised is empty.
 */
struct cl_args {
    const struct cl_command *path[CL_ARGS_DEPTH]; /* root, groups, command */
    size_t depth;                                 /* at least 1 after a parse, failed or not */
    const char **positionals;
    size_t positional_count;
    const char *const *rest; /* behind the options, for commands with .rest */
    size_t rest_count;
    struct cl_config_arg *config;
    size_t config_count;
    struct cl_args_state *state;
};

#define CL_ARGS_NONE ((struct cl_args){.depth = 0})

/**
 * Parses argv[1..] against the table. `globals` are valid at every place; an option of the command
 * hides a global one of the same name.
 *
 * Even on failure `ret` holds the commands and global options that were understood (also those
 * behind the mistake), so that the error can be reported in the form that was asked for, and is
 * cleaned up by the caller.
 *
 * @return CL_OK, CL_E_USAGE (unknown command or option, missing value, missing positional, too
 *         many), CL_E_INVALID (a value that is no choice)
 */
enum cl_code cl_args_parse(const struct cl_command *root, const struct cl_option_set *globals,
                           int argc, char *const argv[], struct cl_args *ret, struct cl_err *err)
    CL_MUST_USE;

/** The command, or the deepest group that was named. */
const struct cl_command *cl_args_command(const struct cl_args *args);

/** Appends "cleat service-connector register". */
void cl_args_add_path(const struct cl_args *args, struct cl_buf *out);

/* Options by their name in the table, hyphens and all. Asking for one that the command does not
 * have is a bug of ours and asserts. */
bool cl_args_has(const struct cl_args *args, const char *name);                  /* given at all */
bool cl_args_flag(const struct cl_args *args, const char *name, bool otherwise); /* last one wins */
const char *cl_args_value(const struct cl_args *args, const char *name); /* last; NULL: not given */

/** The value number `index`, from 0, of an option that accumulates; NULL behind the last. */
const char *cl_args_item(const struct cl_args *args, const char *name, size_t index);

/** A positional, or NULL. */
const char *cl_args_positional(const struct cl_args *args, size_t index);

/**
 * The first word that cannot be the value of a configuration argument: the name of an object that
 * must be known before its attributes are. NULL when there is none.
 */
const char *cl_args_sure_positional(const struct cl_args *args);

/* What is known about the attributes that configuration arguments may name. */
struct cl_config_schema {
    void *ctx;
    /** True when there is such an attribute (name with underscores); says whether it is boolean. */
    bool (*find)(void *ctx, const char *name, bool *is_boolean);
    /** Adds the names of all attributes, in schema order. */
    enum cl_code (*names)(void *ctx, struct cl_strs *ret, struct cl_err *err);
    const char *what; /* "auth method 'secret-key' of connector type 'aws'", for errors */
};

/**
 * Decides which words are values of configuration arguments and which are positionals, and fills
 * args->config and args->positionals. Called once, when the schema is known; without a schema
 * (NULL) every configuration argument must carry its value behind "=" or in the next word.
 *
 * @return CL_OK, CL_E_UNKNOWN_ATTRIBUTE (lists the valid ones), CL_E_INVALID (given twice, no
 *         value), CL_E_USAGE (positional missing or too many)
 */
enum cl_code cl_args_resolve_config(struct cl_args *args, const struct cl_config_schema *schema,
                                    struct cl_err *err) CL_MUST_USE;

void cl_args_cleanup(struct cl_args *args);

#endif
