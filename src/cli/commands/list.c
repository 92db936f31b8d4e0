#include "base/time.h"
#include "cli/commands/attr_args.h"
#include "cli/commands/query_args.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "cli/symbols.h"
#include "codec/json.h"
#include "core/api_codec.h"

/* --- cells --------------------------------------------------------------------------------- */

static void resources_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    const json_t *types = cl_json_get(item, "resource_types");

    (void)ctx;
    for (size_t i = 0; i < json_array_size(types); i++) {
        if (i > 0)
            cl_buf_add_c(cell, "\n");
        cl_view_add_resource(cell, cl_json_str(item, "connector_type"),
                             cl_json_text(json_array_get(types, i)));
    }
}

/* This program lacks the type or the method. */
static void type_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    cl_view_type_cell(item, ctx, cell);
    if (cl_str_eq_c(cl_json_str(item, "status"), "unavailable"))
        cl_buf_add_c(cell, "\n(unavailable)");
}

static void name_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    struct cl_str id = cl_json_str(item, "resource_id");

    (void)ctx;
    cl_buf_add(cell, id.len > 0 ? id : CL_STR("<multiple>"));
}

static void shared_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_bool(cell, cl_json_bool(item, "shared", false));
}

static void active_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    if (cl_json_bool(item, "active", false))
        cl_buf_add_c(cell, CL_SIGN_ACTIVE);
}

static void owner_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    struct cl_str owner = cl_json_str(item, "owner");

    (void)ctx;
    cl_buf_add(cell, owner.len > 0 ? owner : CL_STR("-"));
}

static void expires_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    const int64_t *now_at = ctx;
    struct cl_err ignored = CL_ERR_NONE;
    int64_t at = 0;

    if (cl_time_parse_rfc3339(cl_json_str(item, "expires_at"), &at, &ignored) != CL_OK)
        return; /* never expires */
    cl_view_add_expires_in(cell, at, cl_json_i64(item, "expires_skew_tolerance", CL_SKEW_DEFAULT_S),
                           *now_at, "");
}

static void labels_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    (void)ctx;
    cl_view_add_labels(cell, cl_json_get(item, "labels"));
}

/* Each column of times has its cell. */
#define TIME_CELL(name, member)                                                \
    static void name(const json_t *item, const void *ctx, struct cl_buf *cell) \
    {                                                                          \
        (void)ctx;                                                             \
        cl_view_add_time(cell, cl_json_str(item, member));                     \
    }

TIME_CELL(expires_at_cell, "expires_at")
TIME_CELL(created_cell, "created")
TIME_CELL(updated_cell, "updated")
TIME_CELL(verified_cell, "verified")

static void status_cell(const json_t *item, const void *ctx, struct cl_buf *cell)
{
    struct cl_str status = cl_json_str(item, "status");

    (void)ctx;
    cl_buf_add(cell, status.len > 0 ? status : CL_STR("never-verified"));
}

/* clang-format off */
static const struct cl_list_column columns[] = {
    {.key = "active", .header = "ACTIVE", .class = CL_COLUMN_FIXED, .cell = active_cell},
    {.key = "name", .header = "NAME", .class = CL_COLUMN_NAME},
    {.key = "id", .header = "ID", .class = CL_COLUMN_FIXED},
    {.key = "type", .header = "TYPE", .class = CL_COLUMN_FIXED, .field = "connector_type", .cell = type_cell},
    {.key = "resource_types", .header = "RESOURCE TYPES", .class = CL_COLUMN_FIXED, .cell = resources_cell},
    {.key = "resource_name", .header = "RESOURCE NAME", .class = CL_COLUMN_FREE, .field = "resource_id", .cell = name_cell},
    {.key = "shared", .header = "SHARED", .class = CL_COLUMN_FIXED, .cell = shared_cell},
    {.key = "owner", .header = "OWNER", .class = CL_COLUMN_NAME, .cell = owner_cell},
    {.key = "expires_in", .header = "EXPIRES IN", .class = CL_COLUMN_FIXED, .field = "expires_at", .cell = expires_cell},
    {.key = "labels", .header = "LABELS", .class = CL_COLUMN_FREE, .cell = labels_cell},
    {.key = "auth_method", .header = "AUTH METHOD", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "description", .header = "DESCRIPTION", .class = CL_COLUMN_FREE, .extra = true},
    {.key = "expires_at", .header = "EXPIRES AT", .class = CL_COLUMN_FIXED, .extra = true, .cell = expires_at_cell},
    {.key = "expires_skew_tolerance", .header = "EXPIRES SKEW TOLERANCE", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "expiration_seconds", .header = "EXPIRATION SECONDS", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "supports_instances", .header = "SUPPORTS INSTANCES", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "secret_id", .header = "SECRET ID", .class = CL_COLUMN_FIXED, .extra = true},
    {.key = "created", .header = "CREATED", .class = CL_COLUMN_FIXED, .extra = true, .cell = created_cell},
    {.key = "updated", .header = "UPDATED", .class = CL_COLUMN_FIXED, .extra = true, .cell = updated_cell},
    {.key = "components", .header = "COMPONENTS", .class = CL_COLUMN_FREE, .extra = true},
    {.key = "status", .header = "STATUS", .class = CL_COLUMN_FIXED, .extra = true, .cell = status_cell},
    {.key = "verified", .header = "VERIFIED", .class = CL_COLUMN_FIXED, .extra = true, .cell = verified_cell},
};
/* clang-format on */

/* --- command ------------------------------------------------------------------------------- */

/* The usual columns need little of a connector, and `list` is what people wait for. */
static bool is_plain(const struct cl_out *out)
{
    return !cl_out_is_machine(out) && out->settings.columns == NULL;
}

static enum cl_code encode_items(const struct cl_list_result *result, bool plain, json_t **ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < result->selection.count; i++) {
        size_t index = result->selection.indexes[i];
        json_t *item = NULL;
        const struct cl_connector *conn = &result->items[index];
        CL_TRY(plain ? cl_connector_encode_row(conn, &item, err)
                     : cl_connector_encode(conn, CL_SECRETS_HIDDEN, &item, err));
        if (json_array_append_new(items, item) != 0)
            return cl_err_no_memory(err);
        CL_TRY(cl_json_put_strs(item, "components", &result->components[index], err));
    }
    *ret = CL_MOVE(items);
    return CL_OK;
}

static const char *const filters[] = {
    "name", "connector-type", "auth-method", "resource-type", "resource-id",  "user", "secret-id",
    "id",   "created",        "updated",     "user-id",       "workspace-id", NULL,
};

static enum cl_code read_request(struct cl_cli *cli, const struct cl_args *args,
                                 struct cl_list_request *request, struct cl_err *err)
{
    CL_TRY(cl_query_from_args(cli, args, &request->query, err));
    CL_TRY(cl_query_add_options(args, filters, &request->query, err));
    CL_TRY(cl_label_args_read(args, true, &request->query.labels, err));
    if (cl_args_flag(args, "shared", false))
        CL_TRY(cl_query_add_filter(&request->query, CL_STR("shared"), CL_STR("true"), err));
    if (cl_args_flag(args, "private", false))
        CL_TRY(cl_query_add_filter(&request->query, CL_STR("shared"), CL_STR("false"), err));
    request->only_expired = cl_args_flag(args, "expired", false);
    request->only_unused = cl_args_flag(args, "unused", false);
    return cl_args_duration(args, "expires-within", &request->expires_within_s, err);
}

static const struct cl_listing listing = {.kind = "service_connector",
                                          .entities = "service connectors",
                                          .columns = columns,
                                          .column_count = CL_COUNT(columns)};

static enum cl_code show(struct cl_cli *cli, const struct cl_list_request *request,
                         struct cl_err *err)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    CL_AUTO(cl_json) json_t *items = NULL;
    int64_t now_at = cl_world_now_s(cli->world);
    struct cl_listing timed = listing;
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->list(api, &cli->call, request, &result, err));
    CL_TRY(encode_items(&result, is_plain(cli->out), &items, err));
    struct cl_page page = {.index = result.selection.page,
                           .max_size = result.selection.size,
                           .total_pages = result.selection.page_count,
                           .total = result.selection.total};
    timed.ctx = &now_at;
    return cl_out_list(cli->out, &timed, items, &page, err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    struct cl_list_request request = {.query = cl_query_default()};

    enum cl_code code = read_request(cli, args, &request, err);
    if (code == CL_OK)
        code = show(cli, &request, err);
    cl_query_cleanup(&request.query);
    return code;
}

/* clang-format off */
#define FILTER(option, placeholder, text) \
    {.name = (option), .kind = CL_OPTION_LIST, .group = CL_GROUP_FILTER, .value = (placeholder), .help = (text)}

static const struct cl_option options[] = {
    FILTER("name", "[OP:]NAME", "Filter by name."),
    FILTER("connector-type", "[OP:]TYPE", "Filter by connector type."),
    FILTER("auth-method", "[OP:]METHOD", "Filter by auth method."),
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_LIST, .group = CL_GROUP_FILTER,
     .value = "[OP:]TYPE", .help = "Only connectors that can access this resource type."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_LIST, .group = CL_GROUP_FILTER,
     .value = "[OP:]ID", .help = "Filter by the configured resource id."},
    FILTER("user", "[OP:]NAME", "Filter by owner."),
    FILTER("user-id", "[OP:]NAME", "The same as --user."),
    FILTER("workspace-id", "[OP:]NAME", "Filter by workspace."),
    FILTER("secret-id", "[OP:]UUID", "Filter by secret id."),
    FILTER("id", "[OP:]UUID", "Filter by id."),
    FILTER("created", "[OP:]TIME", "Filter by time of creation."),
    FILTER("updated", "[OP:]TIME", "Filter by time of the last change."),
    {.name = "label", .brief = "l", .kind = CL_OPTION_LIST, .group = CL_GROUP_FILTER,
     .value = "KEY[=VALUE]", .help = "Only connectors with this label; may be repeated."},
    {.name = "shared", .kind = CL_OPTION_FLAG, .group = CL_GROUP_FILTER, .help = "Only shared ones."},
    {.name = "private", .kind = CL_OPTION_FLAG, .group = CL_GROUP_FILTER, .help = "Only private ones."},
    {.name = "expired", .kind = CL_OPTION_FLAG, .group = CL_GROUP_FILTER,
     .help = "Only those whose credentials have expired."},
    {.name = "expires-within", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER, .value = "DURATION",
     .help = "Only those whose credentials expire within this time, such as 7d."},
    {.name = "unused", .kind = CL_OPTION_FLAG, .group = CL_GROUP_FILTER,
     .help = "Only those that no stack component uses."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector list"},
    {.what = "Everything that can reach a bucket, as JSON",
     .line = "cleat service-connector list --resource-type s3-bucket --output json"},
    {.what = "Names that begin with aws-, newest first",
     .line = "cleat service-connector list --name startswith:aws- --sort-by desc:created"},
};

const struct cl_command cl_command_connector_list = {
    .name = "list",
    .summary = "List registered connectors",
    .options = {&option_set, &cl_list_options},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector list-resources",
    .lists = &listing,
    .run = run,
};
