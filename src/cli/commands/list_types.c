#include "cli/commands/root.h"
#include "cli/commands/type_document.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "cli/symbols.h"
#include "codec/json.h"
#include "core/api_codec.h"
#include "core/registry.h"

static void add_line(struct cl_buf *cell, struct cl_str text)
{
    if (cell->len > 0)
        cl_buf_add_c(cell, "\n");
    cl_buf_add(cell, text);
}

static void resources_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    const json_t *resources = cl_json_get(item, "resource_types");

    (void)ctx;
    for (size_t i = 0; i < json_array_size(resources); i++) {
        const json_t *resource = json_array_get(resources, i);
        if (cell->len > 0)
            cl_buf_add_c(cell, "\n");
        cl_view_add_resource(cell, cl_json_str(item, "connector_type"),
                             cl_json_str(resource, "resource_type"));
    }
}

static void methods_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    const json_t *methods = cl_json_get(item, "auth_methods");

    (void)ctx;
    for (size_t i = 0; i < json_array_size(methods); i++)
        add_line(cell, cl_json_str(json_array_get(methods, i), "auth_method"));
}

/* Every type is compiled in: it works here and on whatever server runs this build. */
static void available_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)item;
    (void)ctx;
    cl_view_add_bool(cell, true);
}

static const struct cl_list_column columns[] = {
    {.key = "name", .header = "NAME", .class = CL_COLUMN_NAME},
    {.key = "type",
     .header = "TYPE",
     .class = CL_COLUMN_FIXED,
     .field = "connector_type",
     .cell = cl_view_type_cell},
    {.key = "resource_types",
     .header = "RESOURCE TYPES",
     .class = CL_COLUMN_FIXED,
     .each = "resource_type",
     .cell = resources_cell},
    {.key = "auth_methods",
     .header = "AUTH METHODS",
     .class = CL_COLUMN_FIXED,
     .each = "auth_method",
     .cell = methods_cell},
    {.key = "local", .header = "LOCAL", .class = CL_COLUMN_FIXED, .cell = available_cell},
    {.key = "remote", .header = "REMOTE", .class = CL_COLUMN_FIXED, .cell = available_cell},
};

static const struct cl_listing listing = {
    .kind = "connector_type",
    .entities = "connector types",
    .columns = columns,
    .column_count = CL_COUNT(columns),
    .name_field = "connector_type",
    .id_field = "connector_type",
};

static enum cl_code print_table(struct cl_cli *cli, const struct cl_type_list *types,
                                struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < types->count; i++) {
        json_t *item = NULL;
        CL_TRY(cl_type_encode(types->items[i], &item, err));
        if (json_array_append_new(items, item) != 0)
            return cl_err_no_memory(err);
    }
    return cl_out_list(cli->out, &listing, items, NULL, err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_type_list) struct cl_type_list types = {.items = NULL};
    struct cl_type_filter filter = {
        .type = cl_str_of(cl_args_value(args, "type")),
        .resource_type = cl_str_of(cl_args_value(args, "resource-type")),
        .auth_method = cl_str_of(cl_args_value(args, "auth-method")),
    };
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->types(api, &cli->call, &filter, &types, err));
    if (cl_args_flag(args, "detailed", false) && !cl_out_is_machine(cli->out))
        return cl_type_documents_print(cli, &types, err);
    return print_table(cli, &types, err);
}

static const struct cl_option options[] = {
    {.name = "type",
     .brief = "t",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_FILTER,
     .value = "TYPE",
     .help = "Only this connector type."},
    {.name = "resource-type",
     .brief = "r",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_FILTER,
     .value = "TYPE",
     .help = "Only types that offer this resource type."},
    {.name = "auth-method",
     .brief = "a",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_FILTER,
     .value = "METHOD",
     .help = "Only types that have this auth method."},
    {.name = "detailed",
     .brief = "d",
     .kind = CL_OPTION_FLAG,
     .group = CL_GROUP_OUTPUT,
     .help = "Print the documents of every type instead of a table."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector list-types"},
    {.what = "Types that can reach Kubernetes clusters",
     .line = "cleat service-connector list-types --resource-type kubernetes-cluster"},
};

const struct cl_command cl_command_connector_list_types = {
    .name = "list-types",
    .summary = "List the connector types with their resource types and auth methods",
    .options = {&option_set},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector describe-type",
    .lists = &listing,
    .run = run,
};
