#include "cli/commands/by_resource.h"
#include "cli/commands/gathered.h"
#include "cli/commands/root.h"
#include "cli/progress.h"

#define PARALLEL_DEFAULT 64
#define PARALLEL_MAX 1000
#define TIMEOUT_DEFAULT_S 30
#define MAX_AGE_DEFAULT_S 300

/* One discovery, and how its results are to be shown. */
struct gathering {
    struct cl_cli *cli;
    const struct cl_discovery_request *request;
    struct cl_gathered found; /* what has arrived so far */
    size_t total;
    bool by_resource;
};

/* --- showing ------------------------------------------------------------------------------- */

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

static enum cl_code print_drawn(const struct gathering *gathering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf heading = CL_BUF(4096);
    struct cl_out *out = gathering->cli->out;

    if (gathering->found.count == 0) {
        cl_out_notice(out, "No service connector resources match.");
        return CL_OK;
    }
    add_heading(gathering->request, &heading);
    CL_TRY(cl_buf_ok(&heading, err));
    CL_TRY(cl_out_say(out, err, "%s", heading.ptr));
    return gathering->by_resource ? cl_by_resource_print(out, &gathering->found, err)
                                  : cl_gathered_table(out, &gathering->found, err);
}

/* One object per connector is printed as it comes. */
static bool streams(const struct gathering *gathering)
{
    const struct cl_settings *settings = &gathering->cli->out->settings;

    return settings->format == CL_FORMAT_NDJSON && settings->field == NULL &&
           !gathering->by_resource;
}

static enum cl_code print(struct gathering *gathering, struct cl_err *err)
{
    struct cl_out *out = gathering->cli->out;

    cl_gathered_sort(&gathering->found);
    if (streams(gathering))
        return CL_OK;
    if (!cl_out_is_machine(out) && !out->settings.quiet)
        return print_drawn(gathering, err);
    return gathering->by_resource ? cl_by_resource_print(out, &gathering->found, err)
                                  : cl_gathered_print(out, &gathering->found, err);
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
    struct cl_gathered *found = &gathering->found;

    CL_TRY(cl_gathered_add(found, list, order, err));
    if (!streams(gathering))
        return CL_OK;
    return cl_gathered_stream(gathering->cli->out, &found->items[found->count - 1].list, err);
}

static enum cl_code pull_all(struct gathering *gathering, struct cl_discovery *discovery,
                             struct cl_progress *progress, struct cl_err *err)
{
    const struct cl_gathered *found = &gathering->found;

    for (;;) {
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
        int64_t order = -1;

        CL_TRY(discovery->ops->next(discovery, &list, &order, err));
        if (order < 0)
            return CL_OK;
        CL_TRY(keep(gathering, &list, order, err));
        cl_progress_count(progress, found->count, gathering->total,
                          found->items[found->count - 1].list.name);
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

static enum cl_code judge(const struct gathering *gathering, const struct cl_args *args,
                          struct cl_err *err)
{
    size_t failed = cl_gathered_failed(&gathering->found);

    if (failed == 0 || !cl_args_flag(args, "strict", false))
        return CL_OK;
    return cl_err_set(err,
                      failed == gathering->found.count ? CL_E_VERIFICATION_FAILED : CL_E_PARTIAL,
                      "%zu of %zu connectors are in error", failed, gathering->found.count);
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

/* What has arrived is shown also when the rest was not waited for; that nothing matches is not
 * known then. */
static enum cl_code show_part(struct gathering *gathering, struct cl_err *err)
{
    struct cl_err ignored = CL_ERR_NONE;

    if (gathering->found.count > 0)
        CL_IGNORE(print(gathering, &ignored)); /* the interruption is the outcome */
    return cl_err_set(err, CL_E_INTERRUPTED, "Interrupted: %zu of %zu connectors had answered.",
                      gathering->found.count, gathering->total);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    struct cl_discovery_request request = {.parallel = PARALLEL_DEFAULT};
    struct gathering gathering = {
        .cli = cli, .request = &request, .by_resource = cl_args_flag(args, "by-resource", false)};

    CL_TRY(gathering.by_resource ? cl_by_resource_check(cli->out, err)
                                 : cl_gathered_check(cli->out, false, err));
    CL_TRY(read_request(args, &request, err));
    enum cl_code code = gather(&gathering, err);
    if (code == CL_E_INTERRUPTED)
        code = show_part(&gathering, err);
    if (code == CL_OK)
        code = print(&gathering, err);
    if (code == CL_OK)
        code = judge(&gathering, args, err);
    cl_gathered_cleanup(&gathering.found);
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
    {.name = "by-resource", .kind = CL_OPTION_FLAG, .group = CL_GROUP_OUTPUT,
     .help = "List each resource once, with all connectors that reach it."},
    {.name = "strict", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Exit 8 when a connector is in error, 7 when all are."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector list-resources --resource-type s3-bucket"},
    {.what = "Which connectors reach this bucket",
     .line = "cleat service-connector list-resources -r s3-bucket -ri zenfiles"},
    {.what = "Every resource once, with all connectors that reach it",
     .line = "cleat service-connector list-resources --by-resource"},
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
