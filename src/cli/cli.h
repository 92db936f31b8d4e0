#ifndef CLEAT_CLI_CLI_H
#define CLEAT_CLI_CLI_H

#include "base/call.h"
#include "cli/args.h"
#include "cli/output.h"
#include "cli/prompt.h"
#include "cli/values.h"
#include "cli/version.h"

struct cl_api; /* core/api.h */

#define CL_LOCAL_ACTOR "default" /* the one user of a local store */
#define CL_EXIT_EXEC_FAILED 125  /* exec failed before its program was started */

/* What a command's function works with. */
struct cl_cli {
    const struct cl_world *world;
    const struct cl_command *root;
    struct cl_out *out;
    struct cl_values values;
    struct cl_call call; /* deadline of --timeout, cancelled by Ctrl-C */

    /** Opens the product's use cases at their first need; the same one ever after. */
    enum cl_code (*open_api)(struct cl_cli *cli, struct cl_api **ret, struct cl_err *err);
    /** Gives store and network back, and file mask and core limit as they were, before this
     *  process becomes another program; NULL: nothing. */
    void (*close_api)(struct cl_cli *cli);
    void *ctx; /* of whoever set open_api */

    int exit_status; /* of a failure, instead of its code's own; of a success, a child's */
};

/**
 * Runs one invocation: parses, reads the settings, answers --help and --version, runs the command,
 * reports its failure. `cli` brings world, root, open_api and ctx; the rest is filled in.
 *
 * @return the exit code of the process
 */
int cl_cli_run(struct cl_cli *cli, int argc, char *const argv[], struct cl_stream *out,
               struct cl_stream *err);

#endif
