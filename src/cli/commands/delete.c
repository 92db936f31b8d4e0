#include "bridges/login_left.h"
#include "cli/commands/confirm.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "codec/json.h"
#include "core/api.h"

/* What has gone: told at once to people, and in one document to programs. */
struct deleting {
    struct cl_cli *cli;
    struct cl_api *api;
    bool force;
    json_t *gone; /* array of {"name": ...} */
};

static enum cl_code note(struct deleting *deleting, const struct cl_delete_result *result,
                         struct cl_err *err)
{
    struct cl_out *out = deleting->cli->out;
    json_t *object = json_pack("{s:s}", "name", result->name);

    if (object == NULL || json_array_append_new(deleting->gone, object) != 0)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < result->disconnected.count; i++)
        cl_out_notice(out, "Disconnected component `%s`.", result->disconnected.items[i]);
    return cl_out_say(out, err, "Deleted service connector `%s`.", result->name);
}

/* Entries in other tools' files outlive the connector, and ask in vain from now on. */
static enum cl_code tell_left(struct deleting *deleting, const char *id, const char *name,
                              struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs files = CL_STRS_NONE;
    CL_AUTO(cl_string) char *all = NULL;

    CL_TRY(cl_login_left(deleting->cli->world, id, &files, err));
    if (files.count == 0)
        return CL_OK;
    CL_TRY(cl_strs_join(&files, ", ", &all, err));
    cl_out_notice(deleting->cli->out,
                  "What login wrote for it stays in %s; take it away with: cleat service-connector "
                  "login %s --logout",
                  all, name);
    return CL_OK;
}

static enum cl_code delete_one(struct deleting *deleting, const char *name, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};
    struct cl_cli *cli = deleting->cli;
    struct cl_api *api = deleting->api;
    struct cl_get_request get = {.ref = {.text = cl_str_of(name)}};
    bool go_on = false;

    CL_TRY(api->ops->get(api, &cli->call, &get, &conn, err));
    CL_TRY(cl_confirm_delete(cli, "service connector", conn.name, &go_on, err));
    if (!go_on)
        return CL_OK;
    struct cl_delete_request request = {.ref = {.text = cl_str_of(conn.id)},
                                        .force = deleting->force};
    CL_TRY(api->ops->remove(api, &cli->call, &request, &result, err));
    cl_view_warn(cli, &result.warnings);
    CL_TRY(note(deleting, &result, err));
    return tell_left(deleting, conn.id, result.name, err);
}

static const struct cl_list_column columns[] = {
    {.key = "name", .header = "NAME", .class = CL_COLUMN_NAME},
};

static const struct cl_listing listing = {.kind = "service_connector",
                                          .entities = "service connectors",
                                          .columns = columns,
                                          .column_count = CL_COUNT(columns),
                                          .id_field = "name"};

/* One connector is an object, several are a list. */
static enum cl_code print(const struct deleting *deleting, size_t asked, struct cl_err *err)
{
    const json_t *first = json_array_get(deleting->gone, 0);

    if (first == NULL || !cl_out_is_machine(deleting->cli->out))
        return CL_OK;
    if (asked == 1)
        return cl_out_object(deleting->cli->out, listing.kind, first, err);
    return cl_out_list(deleting->cli->out, &listing, deleting->gone, NULL, err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *gone = json_array();
    struct deleting deleting = {
        .cli = cli, .force = cl_args_flag(args, "force", false), .gone = gone};
    struct cl_err print_err = CL_ERR_NONE;
    enum cl_code code = CL_OK;

    if (gone == NULL)
        return cl_err_no_memory(err);
    CL_TRY(cli->open_api(cli, &deleting.api, err));
    for (size_t i = 0; i < args->positional_count && code == CL_OK; i++)
        code = delete_one(&deleting, args->positionals[i], err);
    /* Also what went before a failure. */
    if (print(&deleting, args->positional_count, &print_err) == CL_OK || code != CL_OK)
        return code;
    *err = print_err;
    return print_err.code;
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
    .lists = &listing,
    .run = run,
};
