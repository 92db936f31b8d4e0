#include "cli/commands/component.h"
#include "cli/commands/component_choose.h"
#include "cli/commands/component_view.h"
#include "cli/progress.h"
#include "codec/json.h"
#include "core/api_codec.h"

struct connecting {
    struct cl_cli *cli;
    struct cl_api *api;
    const struct cl_component_kind *kind;
    struct cl_component_connect_request request;
    struct cl_resource_list chosen; /* by a person; empty: the request names the connector */
};

static enum cl_code ask(struct connecting *connecting, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    struct cl_component_connect_request *request = &connecting->request;
    struct cl_api *api = connecting->api;

    CL_TRY(
        api->ops->component_get(api, &connecting->cli->call, &request->component, &component, err));
    CL_TRY(cl_component_choose(connecting->cli, &component, request->resource_id,
                               &connecting->chosen, err));
    request->connector = cl_str_of(connecting->chosen.id);
    request->resource_id = cl_str_of(connecting->chosen.rows[0].ids.items[0]);
    return CL_OK;
}

/* What was listed a moment ago is not asked for again; it is what the connector reaches. */
static enum cl_code connect(struct connecting *connecting, bool verify, struct cl_err *err)
{
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request *request = &connecting->request;
    struct cl_cli *cli = connecting->cli;
    bool listed = connecting->chosen.count > 0;

    request->verify = verify && !listed;
    struct cl_progress *progress =
        cl_progress_start(cli->out, "Connecting %s '%.*s'", connecting->kind->title,
                          CL_STR_ARG(request->component.ref.text));
    enum cl_code code =
        connecting->api->ops->component_connect(connecting->api, &cli->call, request, &result, err);
    cl_progress_stop(progress);
    CL_TRY(code);
    if (verify && listed) {
        result.verified = true;
        cl_resource_list_cleanup(&result.resources);
        CL_MOVE_TO(&result.resources, connecting->chosen);
    }
    return cl_connect_print(cli, &result, err);
}

static enum cl_code check_choice(const struct cl_args *args, bool interactive, struct cl_err *err)
{
    bool named = cl_args_has(args, "connector");

    if (named && interactive)
        return cl_err_set(err, CL_E_USAGE, "--connector and --interactive exclude each other");
    if (named || interactive)
        return CL_OK;
    (void)cl_err_set(err, CL_E_USAGE, "--connector is missing");
    return cl_err_hint(err, "--interactive shows the connectors that fit, and asks.");
}

static enum cl_code run_connect(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    const struct cl_component_kind *kind = cl_kind_of(args);
    bool interactive = cl_args_flag(args, "interactive", false);
    struct connecting connecting = {
        .cli = cli,
        .kind = kind,
        .request = {.component = {.kind = cl_str_of(kind->id),
                                  .ref = {.text = cl_str_of(cl_args_positional(args, 0))}},
                    .connector = cl_str_of(cl_args_value(args, "connector")),
                    .resource_id = cl_str_of(cl_args_value(args, "resource-id"))},
    };

    CL_TRY(check_choice(args, interactive, err));
    cl_notice_stack(cli);
    CL_TRY(cli->open_api(cli, &connecting.api, err));
    enum cl_code code = interactive ? ask(&connecting, err) : CL_OK;
    if (code == CL_OK)
        code = connect(&connecting, !cl_args_flag(args, "no-verify", false), err);
    cl_resource_list_cleanup(&connecting.chosen);
    return code;
}

static enum cl_code print(struct cl_cli *cli, const struct cl_component *component,
                          const char *sentence, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;

    if (!cl_out_is_machine(cli->out))
        return cl_out_say(cli->out, err, "%s", sentence);
    CL_TRY(cl_component_encode(component, &object, err));
    return cl_out_object(cli->out, component->kind->id, object, err);
}

static enum cl_code run_disconnect(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(cl_buf) struct cl_buf sentence = CL_BUF(4096);
    const struct cl_component_kind *kind = cl_kind_of(args);
    struct cl_component_ref ref = {.kind = cl_str_of(kind->id),
                                   .ref = {.text = cl_str_of(cl_args_positional(args, 0))}};
    struct cl_api *api = NULL;
    bool had = false;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->component_disconnect(api, &cli->call, &ref, &had, &component, err));
    if (had) {
        cl_buf_addf(&sentence, "Disconnected %s `%s` from its service connector.", kind->title,
                    component.name);
    } else {
        cl_kind_add_title(kind, &sentence);
        cl_buf_addf(&sentence, " `%s` had no connector.", component.name);
    }
    CL_TRY(cl_buf_ok(&sentence, err));
    return print(cli, &component, sentence.ptr, err);
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "connector", .brief = "c", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "CONNECTOR", .help = "Service connector to use."},
    {.name = "interactive", .brief = "i", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Show the connectors that reach what the component takes, and ask which to use."},
    {.name = "resource-id", .brief = "r", .brief_too = "ri", .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_COMMON, .value = "ID", .help = "Resource to connect to."},
    {.name = "no-verify", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Connect without asking the provider."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example connect_examples[] = {
    {.line = "cleat %1 connect %2 --connector %4"},
    {.what = "To a resource by name, without asking the provider",
     .line = "cleat %1 connect %2 -c %4 -ri %6 --no-verify"},
};

const struct cl_command cl_command_component_connect = {
    .name = "connect",
    .summary = "Connect a component to a resource of a service connector",
    .options = {&option_set},
    .positionals = {{.name = "NAME", .help = "Component to connect.", .required = true}},
    .examples = connect_examples,
    .example_count = CL_COUNT(connect_examples),
    .members = CL_COMPONENT_MEMBERS " resources",
    .run = run_connect,
};

static const struct cl_example disconnect_examples[] = {
    {.line = "cleat %1 disconnect %2"},
    {.what = "By the beginning of its id, with the component as JSON",
     .line = "cleat %1 disconnect 5705 --output json"},
};

const struct cl_command cl_command_component_disconnect = {
    .name = "disconnect",
    .summary = "Take a component's service connector away",
    .positionals = {{.name = "NAME", .help = "Component to disconnect.", .required = true}},
    .examples = disconnect_examples,
    .example_count = CL_COUNT(disconnect_examples),
    .members = CL_COMPONENT_MEMBERS,
    .run = run_disconnect,
};
