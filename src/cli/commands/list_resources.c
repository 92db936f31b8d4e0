#include <stdlib.h>

#include "base/alloc.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/listing.h"
#include "cli/progress.h"
#include "codec/json.h"
#include "core/api_codec.h"

#define PARALLEL_DEFAULT 64
#define PARALLEL_MAX 1000
#define TIMEOUT_DEFAULT_S 30
#define MAX_AGE_DEFAULT_S 300

struct found {
    struct cl_resource_list list;
    int64_t order;
};

/* What has arrived so far. */
struct gathering {
    struct cl_cli *cli;
    const struct cl_discovery_request *request;
    struct found *found;
    size_t count;
    size_t capacity;
    size_t total;
};

static void gathering_free(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->count; i++)
        cl_resource_list_cleanup(&gathering->found[i].list);
    cl_free(gathering->found);
}

/* --- machine formats ----------------------------------------------------------------------- */

static const struct cl_list_column columns[] = {
    {.key = "connector_id", .header = "CONNECTOR ID", .class = CL_COLUMN_FIXED},
    {.key = "connector_name", .header = "CONNECTOR NAME", .class = CL_COLUMN_NAME},
    {.key = "connector_type", .header = "CONNECTOR TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_type", .header = "RESOURCE TYPE", .class = CL_COLUMN_FIXED},
    {.key = "resource_name", .header = "RESOURCE NAME", .class = CL_COLUMN_FREE},
    {.key = "error", .header = "ERROR", .class = CL_COLUMN_FREE},
};

static const struct cl_listing lines = {.kind = "resource",
                                        .entities = "service connector resources",
                                        .columns = columns,
                                        .column_count = CL_COUNT(columns),
                                        .name_field = "resource_name",
                                        .id_field = "connector_id"};

static const struct cl_listing objects = {.kind = "resources",
                                          .entities = "service connector resources",
                                          .columns = columns,
                                          .column_count = CL_COUNT(columns)};

static enum cl_code add_line(json_t *items, const struct cl_resource_list *list,
                             const struct cl_resource_row *row, const char *id, struct cl_err *err)
{
    const struct cl_err *error = row->error.code != CL_OK ? &row->error : &list->error;
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s?,s:s?}", "connector_id", list->id,
                             "connector_name", list->name, "connector_type", list->connector_type,
                             "resource_type", row->resource_type, "resource_name", id, "error",
                             error->code == CL_OK ? NULL : error->text);

    if (line == NULL || json_array_append_new(items, line) != 0)
        return cl_err_no_memory(err);
    return CL_OK;
}

/* One line for each resource, for csv, tsv and name. */
static enum cl_code add_lines(json_t *items, const struct cl_resource_list *list,
                              struct cl_err *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct cl_resource_row *row = &list->rows[i];
        if (row->ids.count == 0)
            CL_TRY(add_line(items, list, row, NULL, err));
        for (size_t k = 0; k < row->ids.count; k++)
            CL_TRY(add_line(items, list, row, row->ids.items[k], err));
    }
    return CL_OK;
}

static bool is_flat(enum cl_format format)
{
    return format == CL_FORMAT_CSV || format == CL_FORMAT_TSV || format == CL_FORMAT_NAME;
}

static enum cl_code print_machine(const struct gathering *gathering, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *items = json_array();
    struct cl_out *out = gathering->cli->out;
    bool flat = is_flat(out->settings.format) || out->settings.field != NULL;

    if (items == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < gathering->count; i++) {
        json_t *object = NULL;
        if (flat) {
            CL_TRY(add_lines(items, &gathering->found[i].list, err));
            continue;
        }
        CL_TRY(cl_resource_list_encode(&gathering->found[i].list, &object, err));
        if (json_array_append_new(items, object) != 0)
            return cl_err_no_memory(err);
    }
    return cl_out_list(out, flat ? &lines : &objects, items, NULL, err);
}

/* --- table --------------------------------------------------------------------------------- */

static void add_heading(const struct cl_discovery_request *request, struct cl_buf *text)
{
    cl_buf_add_c(text, "The ");
    if (request->resource_id.len > 0) {
        cl_buf_add_c(text, " "); /* fixed by the published transcripts: two blanks */
    } else {
        cl_buf_add_c(text, "following ");
    }
    if (request->resource_type.len > 0)
        cl_buf_addf(text, "'%.*s' ", CL_STR_ARG(request->resource_type));
    if (request->resource_id.len > 0) {
        cl_buf_addf(text, "resource with name '%.*s' ", CL_STR_ARG(request->resource_id));
    } else {
        cl_buf_add_c(text, "resources ");
    }
    cl_buf_add_c(text, "can be accessed by ");
    if (request->connector_type.len > 0)
        cl_buf_addf(text, "'%.*s' ", CL_STR_ARG(request->connector_type));
    cl_buf_add_c(text, "service connectors that you have configured:");
}

static enum cl_code print_tables(const struct gathering *gathering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf heading = CL_BUF(4096);
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    struct cl_resource_list *lists = cl_array_alloc(gathering->count, sizeof(*lists));

    if (lists == NULL)
        return cl_err_no_memory(err);
    for (size_t i = 0; i < gathering->count; i++)
        lists[i] = gathering->found[i].list; /* borrowed for the table */
    enum cl_code code = cl_view_resources_of_many(lists, gathering->count, &table, err);
    cl_free(lists);
    CL_TRY(code);
    add_heading(gathering->request, &heading);
    CL_TRY(cl_buf_ok(&heading, err));
    CL_TRY(cl_out_say(gathering->cli->out, err, "%s", heading.ptr));
    return cl_out_table(gathering->cli->out, table, err);
}

static int by_order(const void *a, const void *b)
{
    const struct found *left = a;
    const struct found *right = b;

    return left->order < right->order ? -1 : left->order > right->order;
}

static enum cl_code print(struct gathering *gathering, struct cl_err *err)
{
    struct cl_out *out = gathering->cli->out;

    if (gathering->count > 1)
        qsort(gathering->found, gathering->count, sizeof(*gathering->found), by_order);
    if (out->settings.format == CL_FORMAT_NDJSON && out->settings.field == NULL)
        return CL_OK; /* printed as it came */
    if (cl_out_is_machine(out))
        return print_machine(gathering, err);
    if (gathering->count == 0)
        return cl_out_say(out, err, "No service connector resources match.");
    return print_tables(gathering, err);
}

/* --- gathering ----------------------------------------------------------------------------- */

static void advise(struct cl_cli *cli, const struct cl_discovery_request *request)
{
    if (request->connector.len > 0 || request->resource_type.len > 0 ||
        request->resource_id.len > 0 || cl_out_is_machine(cli->out))
        return;
    cl_out_notice(cli->out,
                  "Fetching all service connector resources can take a long time, depending on the "
                  "number of connectors that you have configured. Consider using the "
                  "'--connector-type', '--resource-type' and '--resource-id' options to narrow "
                  "down the list of resources to fetch.");
}

static enum cl_code keep(struct gathering *gathering, struct cl_resource_list *list, int64_t order,
                         struct cl_err *err)
{
    struct cl_out *out = gathering->cli->out;
    CL_AUTO(cl_json) json_t *object = NULL;
    void *grown = cl_array_grow(gathering->found, &gathering->capacity, gathering->count + 1,
                                sizeof(*gathering->found));

    if (grown == NULL)
        return cl_err_no_memory(err);
    gathering->found = grown;
    gathering->found[gathering->count++] = (struct found){.list = *list, .order = order};
    *list = (struct cl_resource_list){.id = ""};
    if (out->settings.format != CL_FORMAT_NDJSON || out->settings.field != NULL)
        return CL_OK;
    CL_TRY(cl_resource_list_encode(&gathering->found[gathering->count - 1].list, &object, err));
    return cl_out_stream_item(out, &objects, object, err);
}

static enum cl_code pull_all(struct gathering *gathering, struct cl_discovery *discovery,
                             struct cl_progress *progress, struct cl_err *err)
{
    for (;;) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
        int64_t order = -1;

        CL_TRY(discovery->ops->next(discovery, &list, &order, err));
        if (order < 0)
            return CL_OK;
        CL_TRY(keep(gathering, &list, order, err));
        cl_progress_count(progress, gathering->count, gathering->total,
                          gathering->found[gathering->count - 1].list.name);
    }
}

static enum cl_code gather(struct gathering *gathering, struct cl_err *err)
{
    struct cl_cli *cli = gathering->cli;
    struct cl_discovery *discovery = NULL;
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->discover(api, &cli->call, gathering->request, &discovery, err));
    advise(cli, gathering->request);
    gathering->total = discovery->ops->total(discovery);
    struct cl_progress *progress = cl_progress_start(cli->out, "Fetching resources");
    enum cl_code code = pull_all(gathering, discovery, progress, err);
    cl_progress_stop(progress);
    discovery->ops->free(discovery);
    return code;
}

/* --- command ------------------------------------------------------------------------------- */

static bool has_error(const struct cl_resource_list *list)
{
    return cl_resource_list_code(list) != CL_OK;
}

static enum cl_code judge(const struct gathering *gathering, const struct cl_args *args,
                          struct cl_err *err)
{
    size_t failed = 0;

    for (size_t i = 0; i < gathering->count; i++)
        failed += has_error(&gathering->found[i].list);
    if (failed == 0 || !cl_args_flag(args, "strict", false))
        return CL_OK;
    return cl_err_set(err, failed == gathering->count ? CL_E_VERIFICATION_FAILED : CL_E_PARTIAL,
                      "%zu of %zu connectors are in error", failed, gathering->count);
}

static enum cl_code read_request(const struct cl_args *args, struct cl_discovery_request *request,
                                 struct cl_err *err)
{
    int64_t parallel = PARALLEL_DEFAULT;
    int64_t timeout_s = TIMEOUT_DEFAULT_S;
    int64_t max_age_s = cl_args_has(args, "cached") ? MAX_AGE_DEFAULT_S : 0;

    CL_TRY(cl_args_i64(args, "parallel", &parallel, err));
    if (parallel < 1 || parallel > PARALLEL_MAX)
        return cl_err_set(err, CL_E_INVALID, "--parallel must be between 1 and %d", PARALLEL_MAX);
    CL_TRY(cl_args_duration(args, "connector-timeout", &timeout_s, err));
    CL_TRY(cl_args_duration(args, "cached", &max_age_s, err));
    if (timeout_s < 1)
        return cl_err_set(err, CL_E_INVALID, "--connector-timeout must be 1 second or more");
    *request = (struct cl_discovery_request){
        .connector = cl_str_of(cl_args_positional(args, 0)),
        .connector_type = cl_str_of(cl_args_value(args, "connector-type")),
        .resource_type = cl_str_of(cl_args_value(args, "resource-type")),
        .resource_id = cl_str_of(cl_args_value(args, "resource-id")),
        .exclude_errors = cl_args_flag(args, "exclude-errors", false),
        .parallel = (int)parallel,
        .connector_timeout_ms = timeout_s * 1000,
        .max_age_s = max_age_s,
    };
    return CL_OK;
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    struct cl_discovery_request request = {.parallel = PARALLEL_DEFAULT};
    struct gathering gathering = {.cli = cli, .request = &request};
    struct cl_err print_err = CL_ERR_NONE;

    CL_TRY(read_request(args, &request, err));
    enum cl_code code = gather(&gathering, err);
    if (code == CL_OK || code == CL_E_INTERRUPTED) {
        if (code == CL_E_INTERRUPTED) {
            cl_out_warn(cli->out, "Interrupted: %zu of %zu connectors had answered.",
                        gathering.count, gathering.total);
        }
        if (print(&gathering, &print_err) != CL_OK && code == CL_OK) {
            *err = print_err;
            code = print_err.code;
        }
    }
    if (code == CL_OK)
        code = judge(&gathering, args, err);
    gathering_free(&gathering);
    return code;
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "connector-type", .brief = "c", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER,
     .value = "TYPE", .help = "Only connectors of this type."},
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER,
     .value = "TYPE", .help = "Only resources of this type."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_FILTER,
     .value = "ID", .help = "Only connectors that can access this resource."},
    {.name = "exclude-errors", .brief = "e", .kind = CL_OPTION_FLAG, .group = CL_GROUP_FILTER,
     .help = "Leave out connectors that could not authenticate."},
    {.name = "parallel", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "N",
     .help = "Ask this many connectors at once; 64 by default."},
    {.name = "connector-timeout", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "DURATION", .help = "Give up on a connector after this time; 30s by default."},
    {.name = "cached", .kind = CL_OPTION_MAYBE, .group = CL_GROUP_COMMON, .value = "AGE",
     .help = "Be content with what was found within AGE; 5m by default."},
    {.name = "strict", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Exit 8 when a connector is in error, 7 when all are."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector list-resources --resource-type s3-bucket"},
    {.what = "Which connectors reach this bucket",
     .line = "cleat service-connector list-resources -r s3-bucket -ri zenfiles"},
    {.what = "Everything, one JSON object per connector as it answers",
     .line = "cleat service-connector list-resources --output ndjson"},
};

const struct cl_command cl_command_connector_list_resources = {
    .name = "list-resources",
    .summary = "Discover the resources that connectors can reach",
    .options = {&option_set},
    .positionals = {{.name = "NAME_OR_ID", .help = "Only this connector."}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector verify",
    .run = run,
};
