#include "cli/commands/component.h"
#include "cli/commands/component_view.h"
#include "cli/commands/confirm.h"
#include "cli/commands/query_args.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "codec/json.h"
#include "core/api_codec.h"

/* list, describe and delete of one kind of component. */

/* --- list ---------------------------------------------------------------------------------- */

static void blank_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)item;
    (void)ctx;
    (void)cell; /* no stack is active yet */
}

static void connector_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_buf_add(cell, cl_json_str(cl_json_get(item, "connector"), "name"));
}

static void created_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_time(cell, cl_json_str(item, "created"));
}

static void updated_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_time(cell, cl_json_str(item, "updated"));
}

static void labels_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_labels(cell, cl_json_get(item, "labels"));
}

/* clang-format off */
static const struct cl_list_column columns[] = {
    {.key = "active", .header = "ACTIVE", .class = CL_COLUMN_FIXED, .cell = blank_cell},
    {.key = "name", .header = "NAME", .class = CL_COLUMN_NAME},
    {.key = "component_id", .header = "COMPONENT ID", .class = CL_COLUMN_FIXED, .field = "id"},
    {.key = "flavor", .header = "FLAVOR", .class = CL_COLUMN_NAME},
    {.key = "owner", .header = "OWNER", .class = CL_COLUMN_NAME},
    {.key = "connector", .header = "CONNECTOR", .class = CL_COLUMN_NAME, .field = "connector.name",
     .cell = connector_cell, .extra = true},
    {.key = "resource_id", .header = "RESOURCE ID", .class = CL_COLUMN_FREE,
     .field = "connector_resource_id", .extra = true},
    {.key = "labels", .header = "LABELS", .class = CL_COLUMN_FREE, .extra = true, .cell = labels_cell},
    {.key = "created", .header = "CREATED", .class = CL_COLUMN_FIXED, .extra = true, .cell = created_cell},
    {.key = "updated", .header = "UPDATED", .class = CL_COLUMN_FIXED, .extra = true, .cell = updated_cell},
    {.key = "configuration", .header = "CONFIGURATION", .class = CL_COLUMN_FREE, .extra = true},
};
/* clang-format on */

static enum cl_code encode_items(const struct cl_component_list_result *result, json_t **ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < result->selection.count; i++) {
        json_t *item = NULL;
        CL_TRY(cl_component_encode(&result->items[result->selection.indexes[i]], &item, err));
        if (json_array_append_new(items, item) != 0)
            return cl_err_no_memory(err);
    }
    *ret = CL_MOVE(items);
    return CL_OK;
}

/* Of any kind; which one is known when it runs. */
static const struct cl_listing listing = {.columns = columns, .column_count = CL_COUNT(columns)};

static enum cl_code show_list(struct cl_cli *cli, const struct cl_component_kind *kind,
                              const struct cl_component_list_request *request, struct cl_err *err)
{
    CL_AUTO(cl_component_list_result) struct cl_component_list_result result = {.items = NULL};
    CL_AUTO(cl_json) json_t *items = NULL;
    struct cl_listing named = listing;
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->component_list(api, &cli->call, request, &result, err));
    CL_TRY(encode_items(&result, &items, err));
    struct cl_page page = {.index = result.selection.page,
                           .max_size = result.selection.size,
                           .total_pages = result.selection.page_count,
                           .total = result.selection.total};
    named.kind = kind->id;
    named.entities = kind->plural;
    return cl_out_list(cli->out, &named, items, &page, err);
}

static enum cl_code run_list(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    static const char *const filters[] = {"name", "flavor",  "connector-id", "user",
                                          "id",   "created", "updated",      NULL};
    const struct cl_component_kind *kind = cl_kind_of(args);
    struct cl_component_list_request request = {.kind = cl_str_of(kind->id),
                                                .query = cl_query_default()};

    enum cl_code code = cl_query_from_args(cli, args, &request.query, err);
    if (code == CL_OK)
        code = cl_query_add_options(args, filters, &request.query, err);
    if (code == CL_OK)
        code = show_list(cli, kind, &request, err);
    cl_query_cleanup(&request.query);
    return code;
}

/* clang-format off */
#define FILTER(option, placeholder, text) \
    {.name = (option), .kind = CL_OPTION_LIST, .group = CL_GROUP_FILTER, .value = (placeholder), .help = (text)}

static const struct cl_option list_options[] = {
    FILTER("name", "[OP:]NAME", "Filter by name."),
    FILTER("flavor", "[OP:]FLAVOR", "Filter by flavor."),
    FILTER("connector-id", "[OP:]UUID", "Filter by the connector that is used."),
    FILTER("user", "[OP:]NAME", "Filter by owner."),
    FILTER("id", "[OP:]UUID", "Filter by id."),
    FILTER("created", "[OP:]TIME", "Filter by time of creation."),
    FILTER("updated", "[OP:]TIME", "Filter by time of the last change."),
};
/* clang-format on */
static const struct cl_option_set list_set = CL_OPTION_SET(list_options);

static const struct cl_example list_examples[] = {
    {.line = "cleat %1 list"},
    {.line = "cleat %1 list --columns +connector,+resource_id"},
};

const struct cl_command cl_command_component_list = {
    .name = "list",
    .summary = "List registered components of this kind",
    .options = {&list_set, &cl_list_options},
    .examples = list_examples,
    .example_count = CL_COUNT(list_examples),
    .lists = &listing,
    .run = run_list,
};

/* --- describe ------------------------------------------------------------------------------ */

static enum cl_code run_describe(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(cl_json) json_t *object = NULL;
    struct cl_component_ref ref = {
        .kind = cl_str_of(cl_kind_of(args)->id),
        .ref = {.text = cl_str_of(cl_args_positional(args, 0)), .allow_name_prefix = true}};
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->component_get(api, &cli->call, &ref, &component, err));
    if (!cl_out_is_machine(cli->out))
        return cl_describe_component(cli, &component, err);
    CL_TRY(cl_component_encode(&component, &object, err));
    return cl_out_object(cli->out, component.kind->id, object, err);
}

static const struct cl_example describe_examples[] = {
    {.line = "cleat %1 describe %2"},
    {.what = "Which connector it uses", .line = "cleat %1 describe %2 --field connector.name"},
};

const struct cl_command cl_command_component_describe = {
    .name = "describe",
    .summary = "Show a component and the connector that it uses",
    .positionals = {{.name = "NAME", .help = "Component to describe.", .required = true}},
    .examples = describe_examples,
    .example_count = CL_COUNT(describe_examples),
    .members = CL_COMPONENT_MEMBERS,
    .run = run_describe,
};

/* --- delete -------------------------------------------------------------------------------- */

static enum cl_code run_delete(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    CL_AUTO(cl_component) struct cl_component removed = {.id = ""};
    CL_AUTO(cl_json) json_t *object = NULL;
    const struct cl_component_kind *kind = cl_kind_of(args);
    struct cl_component_ref ref = {.kind = cl_str_of(kind->id),
                                   .ref = {.text = cl_str_of(cl_args_positional(args, 0))}};
    struct cl_api *api = NULL;
    bool go_on = false;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->component_get(api, &cli->call, &ref, &component, err));
    CL_TRY(cl_confirm_delete(cli, kind->title, component.name, &go_on, err));
    if (!go_on)
        return CL_OK;
    ref.ref.text = cl_str_of(component.id);
    CL_TRY(api->ops->component_remove(api, &cli->call, &ref, &removed, err));
    if (!cl_out_is_machine(cli->out))
        return cl_out_say(cli->out, err, "Deleted %s `%s`.", kind->title, removed.name);
    CL_TRY(cl_component_encode(&removed, &object, err));
    return cl_out_object(cli->out, kind->id, object, err);
}

static const struct cl_example delete_examples[] = {
    {.line = "cleat %1 delete %2"},
    {.what = "In a script: without being asked", .line = "cleat %1 delete %2 --yes"},
};

const struct cl_command cl_command_component_delete = {
    .name = "delete",
    .summary = "Delete a component",
    .positionals = {{.name = "NAME", .help = "Component to delete.", .required = true}},
    .examples = delete_examples,
    .example_count = CL_COUNT(delete_examples),
    .members = CL_COMPONENT_MEMBERS,
    .run = run_delete,
};
