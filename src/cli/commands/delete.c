#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "codec/json.h"

/* People are asked, scripts are not. */
static enum cl_code confirm(struct cl_cli *cli, const char *name, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    struct cl_answers answers = cl_answers_open(cli->world, cli->values.stdin_used);

    *ret = true;
    if (!answers.is_terminal)
        return CL_OK;
    cl_buf_addf(&text, "Delete service connector `%s`?", name);
    CL_TRY(cl_buf_ok(&text, err));
    struct cl_prompt prompt = {.kind = CL_PROMPT_CONFIRM,
                               .text = text.ptr,
                               .default_answer = CL_PROMPT_NO,
                               .option = "yes"};
    return cl_prompt_confirm(cli->out, &answers, &prompt, ret, err);
}

static enum cl_code report(struct cl_cli *cli, const struct cl_delete_result *result,
                           struct cl_err *err)
{
    for (size_t i = 0; i < result->disconnected.count; i++)
        cl_out_notice(cli->out, "Disconnected component `%s`.", result->disconnected.items[i]);
    if (!cl_out_is_machine(cli->out))
        return cl_out_say(cli->out, err, "Deleted service connector `%s`.", result->name);
    CL_AUTO(cl_json) json_t *json = json_pack("{s:s}", "name", result->name);
    if (json == NULL)
        return cl_err_no_memory(err);
    return cl_out_object(cli->out, "service_connector", json, err);
}

static enum cl_code delete_one(struct cl_cli *cli, const struct cl_args *args, const char *name,
                               struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};
    struct cl_get_request get = {.ref = {.text = cl_str_of(name)}};
    struct cl_api *api = NULL;
    bool go_on = false;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->get(api, &cli->call, &get, &conn, err));
    CL_TRY(confirm(cli, conn.name, &go_on, err));
    if (!go_on) {
        cl_out_notice(cli->out, "Nothing was deleted.");
        return CL_OK;
    }
    struct cl_delete_request request = {.ref = {.text = cl_str_of(conn.id)},
                                        .force = cl_args_flag(args, "force", false)};
    CL_TRY(api->ops->remove(api, &cli->call, &request, &result, err));
    return report(cli, &result, err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    for (size_t i = 0; i < args->positional_count; i++)
        CL_TRY(delete_one(cli, args, args->positionals[i], err));
    return CL_OK;
}

static const struct cl_option options[] = {
    {.name = "force",
     .brief = "f",
     .kind = CL_OPTION_FLAG,
     .group = CL_GROUP_COMMON,
     .help = "Disconnect the stack components that use it first."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector delete aws-auto"},
    {.what = "Without being asked",
     .line = "cleat service-connector delete aws-auto aws-dev --yes"},
};

const struct cl_command cl_command_connector_delete = {
    .name = "delete",
    .summary = "Delete connectors together with their stored credentials",
    .options = {&option_set},
    .positionals =
        {{.name = "NAME_OR_ID", .help = "Connectors to delete.", .required = true, .many = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .run = run,
};
