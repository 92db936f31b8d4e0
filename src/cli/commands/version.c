#include "cli/commands/root.h"

#include "cli/cli.h"
#include "codec/json.h"

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    (void)args;
    if (!cl_out_is_machine(cli->out))
        return cl_out_say(cli->out, err, "%s", cl_cli_version());
    CL_AUTO(cl_json) json_t *object = json_pack("{s:s}", "version", cl_cli_version());
    if (object == NULL)
        return cl_err_no_memory(err);
    return cl_out_object(cli->out, "version", object, err);
}

static const struct cl_example examples[] = {
    {.line = "cleat version"},
    {.line = "cleat version --output json"},
};

const struct cl_command cl_command_version = {
    .name = "version",
    .summary = "Print the version",
    .heading = "Other",
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .run = run,
};
