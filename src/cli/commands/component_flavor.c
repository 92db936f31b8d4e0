#include "cli/commands/component.h"
#include "cli/commands/component_view.h"
#include "cli/listing.h"
#include "cli/text_wrap.h"
#include "codec/json.h"
#include "core/api_codec.h"

#define TEXT_MAX_BYTES ((size_t)256 * 1024)
#define FLAVOR_WIDTH 70

/* --- list ---------------------------------------------------------------------------------- */

static const struct cl_list_column columns[] = {
    {.key = "flavor", .header = "FLAVOR", .class = CL_COLUMN_NAME, .field = "name"},
    {.key = "integration", .header = "INTEGRATION", .class = CL_COLUMN_NAME},
    {.key = "source", .header = "SOURCE", .class = CL_COLUMN_FREE},
    {.key = "connector_type", .header = "CONNECTOR TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_type",
     .header = "RESOURCE TYPE",
     .class = CL_COLUMN_FIXED,
     .field = "connector_resource_type"},
};

static const struct cl_listing listing = {
    .kind = "flavor", .entities = "flavors", .columns = columns, .column_count = CL_COUNT(columns)};

static enum cl_code run_list(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();
    const struct cl_component_kind *kind = cl_kind_of(args);
    const struct cl_flavor *flavor = NULL;

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; (flavor = cl_flavor_at(i)) != NULL; i++) {
        json_t *item = NULL;
        if (strcmp(flavor->kind, kind->id) != 0)
            continue;
        CL_TRY(cl_flavor_encode(flavor, &item, err));
        if (json_array_append_new(items, item) != 0)
            return cl_err_no_memory(err);
    }
    return cl_out_list(cli->out, &listing, items, NULL, err);
}

static const struct cl_example list_examples[] = {
    {.line = "cleat %1 flavor list"},
    {.what = "Only the names, one on each line", .line = "cleat %1 flavor list --field flavor"},
};

static const struct cl_command list_command = {
    .name = "list",
    .lists = &listing,
    .summary = "List the flavors of this kind",
    .examples = list_examples,
    .example_count = CL_COUNT(list_examples),
    .run = run_list,
};

/* --- describe ------------------------------------------------------------------------------ */

static void add_attr(struct cl_buf *text, const struct cl_attr *attr)
{
    cl_buf_addf(text, "%s, %s%s\n  %s\n", attr->name, cl_attr_type_word(attr),
                attr->required ? ", REQUIRED" : "", attr->help);
}

/* Ends in the two commands of the published transcript. */
static void add_requirement(struct cl_buf *text, const struct cl_flavor *flavor)
{
    if (flavor->resource_type == NULL) {
        cl_buf_add_c(text, "This flavor does not take a service connector.");
        return;
    }
    cl_buf_addf(text,
                "This flavor supports connecting to external resources with a Service Connector. "
                "It requires a '%s' resource",
                flavor->resource_type);
    if (flavor->connector_type != NULL)
        cl_buf_addf(text, " provided by a '%s' connector", flavor->connector_type);
    cl_buf_add_c(text,
                 ". You can get a list of all available connectors and the compatible resources "
                 "that they can access by running:\n\n");
    cl_buf_addf(text, "'cleat service-connector list-resources --resource-type %s",
                flavor->resource_type);
    if (flavor->connector_type != NULL)
        cl_buf_addf(text, " --connector-type %s", flavor->connector_type);
    cl_buf_add_c(text,
                 "'\nIf no compatible Service Connectors are yet registered, you can register "
                 "a new one by running:\n\n'cleat service-connector register -i'");
}

static enum cl_code print_text(struct cl_cli *cli, const struct cl_flavor *flavor,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(TEXT_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf wrapped = CL_BUF(TEXT_MAX_BYTES);
    size_t width = cli->out->look.width;

    cl_buf_addf(&text, "Configuration class: %s\n\nConfiguration for the %s.\n\n",
                flavor->config_class, flavor->title);
    if (flavor->attr_count > 0)
        cl_buf_add_c(&text, "Properties\n");
    for (size_t i = 0; i < flavor->attr_count; i++)
        add_attr(&text, &flavor->attrs[i]);
    add_requirement(&text, flavor);
    CL_TRY(cl_buf_ok(&text, err));
    cl_text_add_wrapped(&wrapped, cl_buf_view(&text),
                        width == 0 || width > FLAVOR_WIDTH ? FLAVOR_WIDTH : width, 0);
    CL_TRY(cl_buf_ok(&wrapped, err));
    return cl_out_text(cli->out, cl_buf_view(&wrapped), err);
}

static enum cl_code run_describe(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;
    const struct cl_flavor *flavor = NULL;

    CL_TRY(
        cl_flavor_require(cl_kind_of(args), cl_str_of(cl_args_positional(args, 0)), &flavor, err));
    if (!cl_out_is_machine(cli->out))
        return print_text(cli, flavor, err);
    CL_TRY(cl_flavor_encode(flavor, &object, err));
    return cl_out_object(cli->out, "flavor", object, err);
}

static const struct cl_example describe_examples[] = {
    {.line = "cleat %1 flavor describe %5"},
    {.what = "Its attributes as a schema", .line = "cleat %1 flavor describe %5 --output json"},
};

static const struct cl_command describe_command = {
    .name = "describe",
    .summary = "Explain a flavor: its attributes and the connector it takes",
    .positionals = {{.name = "FLAVOR", .help = "Flavor to describe.", .required = true}},
    .examples = describe_examples,
    .example_count = CL_COUNT(describe_examples),
    .run = run_describe,
};

static const struct cl_command *const commands[] = {&list_command, &describe_command};

static const struct cl_example group_examples[] = {
    {.line = "cleat %1 flavor list"},
    {.line = "cleat %1 flavor describe %5"},
};

const struct cl_command cl_command_component_flavor = {
    .name = "flavor",
    .summary = "The flavors that components of this kind can have",
    .examples = group_examples,
    .example_count = CL_COUNT(group_examples),
    .subcommands = commands,
    .subcommand_count = CL_COUNT(commands),
};
