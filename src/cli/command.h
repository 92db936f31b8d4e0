#ifndef CLEAT_CLI_COMMAND_H
#define CLEAT_CLI_COMMAND_H

#include <stddef.h>

#include "base/err.h"

/*
 * The command table: parser, help, completion and manual pages all derive from it. A new command
 * is one more row, a new option too.
 */

struct cl_cli;     /* cli/cli.h */
struct cl_args;    /* cli/args.h */
struct cl_listing; /* cli/listing.h */

enum cl_option_kind {
    CL_OPTION_FLAG,   /* --force */
    CL_OPTION_SWITCH, /* --share and --no-share */
    CL_OPTION_VALUE,  /* --type TYPE; the last one wins */
    CL_OPTION_LIST,   /* --label KEY=VALUE; all of them count */
    CL_OPTION_MAYBE,  /* --cached or --cached=AGE */
};

enum cl_option_group {
    CL_GROUP_COMMON,
    CL_GROUP_FILTER,
    CL_GROUP_OUTPUT,
    CL_GROUP_GLOBAL,
};

struct cl_option {
    const char *name;      /* "resource-type", with hyphens; given with _ or - */
    const char *brief;     /* behind one dash: "r", also of several letters: "ri"; NULL: none */
    const char *brief_too; /* another one, shown behind it; NULL: none */
    const char *aka;       /* another long spelling, never shown; NULL: none */
    enum cl_option_kind kind;
    enum cl_option_group group;
    const char *value;          /* placeholder, "TYPE"; NULL for flags and switches */
    const char *const *choices; /* the only values, NULL-terminated; NULL: any */
    const char *help;           /* one sentence */
    const char *env;            /* environment variable with the same meaning, for the help */
};

struct cl_option_set {
    const struct cl_option *rows;
    size_t count;
};

#define CL_OPTION_SET(array)                      \
    {                                             \
        .rows = (array), .count = CL_COUNT(array) \
    }

struct cl_positional {
    const char *name; /* "NAME_OR_ID" */
    const char *help;
    bool required;
    bool many; /* takes all that follow; only the last one may */
};

struct cl_example {
    const char *what; /* NULL: speaks for itself */
    const char *line; /* "cleat service-connector list", runnable as it stands; %1 to %9 stand for
                       * the words of the group that it is shown in (cli/example.h) */
};

typedef enum cl_code (*cl_command_fn)(struct cl_cli *cli, struct cl_args *args, struct cl_err *err);

#define CL_COMMAND_SETS 4
#define CL_COMMAND_POSITIONALS 3

struct cl_command {
    const char *name;    /* "list-types" */
    const char *aliases; /* separated by blanks, never shown in messages; NULL: none */
    const char *summary; /* one line without a full stop */
    const char *text;    /* further paragraphs of the help; NULL: none */
    const char *heading; /* under which the parent's help lists it; NULL: "Commands" */

    const struct cl_option_set *options[CL_COMMAND_SETS]; /* own ones, then shared ones */
    struct cl_positional positionals[CL_COMMAND_POSITIONALS];
    const char *rest; /* "CMD [ARGS...]": from this word or `--` on nothing is an option; or NULL */
    bool takes_config; /* unknown --KEY[=VALUE] are configuration arguments */
    bool no_deadline;  /* --timeout has no default */
    bool hidden;       /* not in the help */

    /* What it prints for programs, so that an unknown --columns or --field is refused before any
     * work is done. NULL: nothing of that kind, or it depends, and the command checks by itself. */
    const struct cl_listing *lists;
    const char *members; /* of its object, separated by blanks */

    const struct cl_example *examples;
    size_t example_count;
    const char *see_also; /* NULL: none */

    const struct cl_command *const *subcommands; /* a group has these and no `run`: one per file */
    size_t subcommand_count;
    cl_command_fn run;
    /* For groups that share their subcommands, what tells them apart: */
    const void *data;
    const char *const *words; /* NULL-terminated, for the examples; NULL: none */
};

#endif
