#include "bridges/shell.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"
#include "core/stand_in.h"

#define TEXT_MAX_BYTES ((size_t)1 << 20U)

static const struct cl_shell *choose_shell(struct cl_cli *cli, const struct cl_args *args)
{
    const char *name = cl_args_value(args, "shell");

    if (name != NULL)
        return cl_shell_find(cl_str_of(name));
    return cl_shell_guess(cl_world_env(cli->world, "SHELL"));
}

/* The names alone, from what is stored: CL_E_UNSUPPORTED before anything is issued in vain. */
static enum cl_code find_names(struct cl_cli *cli, const struct cl_args *args,
                               struct cl_environment *ret, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.skew_s = CL_SKEW_UNSET};
    struct cl_issue_client_request request = {.fresh = false};
    struct cl_api *api = NULL;

    CL_TRY(cl_issue_request_read(args, CL_STR("env"), &request, err));
    const struct cl_get_request get = {.ref = request.ref};
    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->get(api, &cli->call, &get, &conn, err));
    CL_TRY(cl_connector_require_type(&conn, err));
    return cl_environment_names(&conn, request.resource_type, ret, err);
}

static enum cl_code print_values(struct cl_cli *cli, const struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(TEXT_MAX_BYTES);
    bool mask = cli->out->out->is_terminal && !cl_args_flag(args, "show-secrets", false);

    CL_TRY(cl_issue_from_args(cli, args, CL_STR("env"), &client, err));
    CL_TRY(cl_environment_make(&client, &environment, err));
    CL_TRY(cl_shell_add_assignments(choose_shell(cli, args), &environment, mask, &text, err));
    if (mask) {
        cl_out_notice(cli->out, "Secrets are masked on a terminal; use "
                                "eval \"$(cleat env ...)\", or -x to see them.");
    }
    return cl_out_text(cli->out, cl_buf_view(&text), err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_environment) struct cl_environment names = {.items = NULL};
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX_BYTES);

    CL_TRY(find_names(cli, args, &names, err));
    if (!cl_args_flag(args, "unset", false))
        return print_values(cli, args, err);
    CL_TRY(cl_shell_add_removals(choose_shell(cli, args), &names, &text, err));
    return cl_out_text(cli->out, cl_buf_view(&text), err);
}

static const struct cl_option options[] = {
    {.name = "shell",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_OUTPUT,
     .value = "SHELL",
     .choices = cl_shell_names,
     .help = "Language of the assignments; $SHELL's by default."},
    {.name = "unset",
     .kind = CL_OPTION_FLAG,
     .group = CL_GROUP_OUTPUT,
     .help = "Print what removes the variables again; nothing is issued."},
    {.name = "show-secrets",
     .brief = "x",
     .kind = CL_OPTION_FLAG,
     .group = CL_GROUP_OUTPUT,
     .help = "Do not mask secrets on a terminal."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.what = "Refresh the credentials of the running shell",
     .line = "eval \"$(cleat env aws-auto -r s3-bucket -ri s3://zenfiles)\""},
    {.line = "cleat env aws-auto -r aws-generic --shell json"},
    {.what = "Take the variables away again", .line = "eval \"$(cleat env --unset aws-auto)\""},
};

const struct cl_command cl_command_env = {
    .name = "env",
    .summary = "Print short-lived credentials as assignments for a shell",
    .heading = "Use credentials",
    .options = {&cl_issue_options, &option_set},
    .positionals = {{.name = "CONNECTOR", .help = "Connector name or id.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat exec",
    .run = run,
};
