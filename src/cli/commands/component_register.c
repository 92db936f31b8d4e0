#include "cli/commands/attr_args.h"
#include "cli/commands/component.h"
#include "cli/commands/component_view.h"
#include "cli/progress.h"
#include "codec/json.h"
#include "core/api_codec.h"

struct registering {
    struct cl_cli *cli;
    struct cl_args *args;
    const struct cl_component_kind *kind;
    struct cl_input input;
    struct cl_component_register_request request;
};

static void registering_cleanup(struct registering *registering)
{
    cl_input_cleanup(&registering->input);
    cl_map_cleanup(&registering->request.labels);
}

/* The flavor's table tells which arguments are attributes. */
static enum cl_code read_input(struct registering *registering, struct cl_err *err)
{
    const char *flavor_id = cl_args_value(registering->args, "flavor");
    const struct cl_flavor *flavor = NULL;
    CL_AUTO(cl_buf) struct cl_buf what = CL_BUF(512);

    if (flavor_id == NULL)
        return cl_err_set(err, CL_E_USAGE, "--flavor is missing");
    CL_TRY(cl_flavor_require(registering->kind, cl_str_of(flavor_id), &flavor, err));
    cl_buf_addf(&what, "%s flavor '%s'", registering->kind->title, flavor->id);
    CL_TRY(cl_buf_ok(&what, err));
    struct cl_auth_method attrs = {.attrs = flavor->attrs, .attr_count = flavor->attr_count};
    struct cl_attr_schema schema = {
        .methods = &attrs, .method_count = 1, .alias = flavor->name_alias, .what = what.ptr};
    registering->request.flavor = cl_str_of(flavor->id);
    registering->request.input = &registering->input;
    return cl_attr_args_read(registering->cli, registering->args, &schema, &registering->input,
                             NULL, err);
}

static enum cl_code read_request(struct registering *registering, struct cl_err *err)
{
    CL_TRY(read_input(registering, err));
    const char *name = cl_args_positional(registering->args, 0);
    if (name == NULL)
        return cl_err_set(err, CL_E_USAGE, "NAME is missing");
    registering->request.kind = cl_str_of(registering->kind->id);
    registering->request.name = cl_str_of(name);
    return cl_label_args_read(registering->args, false, &registering->request.labels, err);
}

static enum cl_code print(struct cl_cli *cli, const struct cl_component *component,
                          struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;

    if (!cl_out_is_machine(cli->out)) {
        return cl_out_say(cli->out, err, "Successfully registered %s `%s`.", component->kind->id,
                          component->name);
    }
    CL_TRY(cl_component_encode(component, &object, err));
    return cl_out_object(cli->out, component->kind->id, object, err);
}

/* The component stays when it could not be connected; say how to do that later. */
static enum cl_code connect(struct cl_cli *cli, const struct cl_args *args,
                            const struct cl_component *component, struct cl_err *err)
{
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    const char *connector = cl_args_value(args, "connector");
    struct cl_component_connect_request request = {
        .component = {.kind = cl_str_of(component->kind->id),
                      .ref = {.text = cl_str_of(component->id)}},
        .connector = cl_str_of(connector),
        .resource_id = cl_str_of(cl_args_value(args, "resource-id")),
        .verify = !cl_args_flag(args, "no-verify", false)};
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    if (api->ops->component_connect(api, &cli->call, &request, &result, err) == CL_OK)
        return cl_connect_print(cli, &result, err);
    return cl_err_hint(err,
                       "%s '%s' is registered; connect it with 'cleat %s connect %s "
                       "--connector %s'",
                       component->kind->title, component->name, component->kind->command,
                       component->name, connector);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(registering)
    struct registering registering = {.cli = cli, .args = args, .kind = cl_kind_of(args)};
    struct cl_api *api = NULL;

    CL_TRY(read_request(&registering, err));
    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->component_register(api, &cli->call, &registering.request, &component, err));
    cl_notice_stack(cli);
    bool connects = cl_args_has(args, "connector");
    if (!connects || !cl_out_is_machine(cli->out))
        CL_TRY(print(cli, &component, err));
    return connects ? connect(cli, args, &component, err) : CL_OK;
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "flavor", .brief = "f", .aka = "type", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "FLAVOR", .help = "Flavor of the component; see flavor list."},
    {.name = "connector", .brief = "c", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "CONNECTOR", .help = "Connect it to this service connector at once."},
    {.name = "resource-id", .brief = "r", .brief_too = "ri", .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_COMMON, .value = "ID", .help = "Resource to connect to."},
    {.name = "label", .brief = "l", .kind = CL_OPTION_LIST, .group = CL_GROUP_COMMON,
     .value = "KEY=VALUE", .help = "Label; may be repeated."},
    {.name = "no-verify", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Connect without asking the provider."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat %1 register %2 %3"},
    {.what = "Connected at once", .line = "cleat %1 register %2 %7 --connector %4"},
};

const struct cl_command cl_command_component_register = {
    .name = "register",
    .summary = "Register a component of this kind",
    .options = {&option_set},
    .positionals = {{.name = "NAME", .help = "Name of the new component.", .required = true}},
    .takes_config = true,
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .members = CL_COMPONENT_MEMBERS " resources",
    .run = run,
};
