#include "cli/commands/gathered.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/progress.h"
#include "codec/json.h"
#include "core/api_codec.h"

/* The error of a list in which something failed, as the command's own. */
static enum cl_code as_error(const char *name, const struct cl_resource_list *list,
                             struct cl_err *err)
{
    const struct cl_err *first = &list->error;

    for (size_t i = 0; first->code == CL_OK && i < list->count; i++)
        first = &list->rows[i].error;
    *err = *first;
    err->code = cl_resource_list_code(list);
    return cl_err_wrap(err, "connector '%s' verification failed", name);
}

static enum cl_code print_result(struct cl_cli *cli, const struct cl_resource_list *list,
                                 bool listed, struct cl_err *err)
{
    CL_AUTO(cl_table) struct cl_table *table = NULL;
    CL_AUTO(cl_json) json_t *json = NULL;

    if (cl_out_is_machine(cli->out)) {
        CL_TRY(cl_resource_list_encode(list, &json, err));
        return cl_out_object(cli->out, "resources", json, err);
    }
    if (!listed) {
        return cl_out_say(cli->out, err,
                          "Service connector '%s' is correctly configured with valid credentials.",
                          list->name);
    }
    if (cl_resource_list_code(list) == CL_OK) {
        CL_TRY(cl_out_say(cli->out, err,
                          "Service connector '%s' is correctly configured with valid credentials "
                          "and has access to the following resources:",
                          list->name));
    }
    CL_TRY(cl_view_resources(list, &table, err));
    return cl_out_table(cli->out, table, err);
}

static enum cl_code ask(struct cl_cli *cli, const struct cl_args *args, const char *ref,
                        struct cl_resource_list *ret, struct cl_err *err)
{
    struct cl_verify_request request = {
        .ref = {.text = cl_str_of(ref)},
        .resource_type = cl_str_of(cl_args_value(args, "resource-type")),
        .resource_id = cl_str_of(cl_args_value(args, "resource-id")),
        .list = !cl_args_flag(args, "verify-only", false),
        .check = cl_str_of(cl_args_value(args, "check"))};
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    return api->ops->verify(api, &cli->call, &request, ret, err);
}

/* What was asked besides. A "no" is an answer; only who requires a "yes" fails. */
static enum cl_code report_check(struct cl_cli *cli, const struct cl_args *args,
                                 const struct cl_resource_list *list, struct cl_err *err)
{
    const struct cl_err *denied = &list->check_denied;

    if (list->check == NULL)
        return CL_OK;
    if (denied->code != CL_OK && cl_args_flag(args, "require", false)) {
        *err = *denied;
        return cl_err_wrap(err, "check '%s' failed", list->check);
    }
    if (cl_out_is_machine(cli->out))
        return CL_OK;
    if (denied->code == CL_OK) {
        CL_TRY(cl_out_say(cli->out, err, "Check '%s': allowed.", list->check));
    } else {
        CL_TRY(cl_out_say(cli->out, err, "Check '%s': denied: %s", list->check, denied->text));
    }
    for (size_t i = 0; i < list->check_notes.count; i++)
        CL_TRY(cl_out_say(cli->out, err, "%s", list->check_notes.items[i]));
    return CL_OK;
}

static enum cl_code verify_one(struct cl_cli *cli, const struct cl_args *args, const char *name,
                               struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
    bool listed = !cl_args_flag(args, "verify-only", false);
    struct cl_progress *progress = cl_progress_start(cli->out, "Verifying '%s'", name);
    enum cl_code code = ask(cli, args, name, &list, err);
    cl_progress_stop(progress);
    CL_TRY(code);
    cl_view_warn(cli, &list.warnings);
    /* Nothing on standard output when everything failed; rows when only some did. */
    if (list.error.code == CL_OK)
        CL_TRY(print_result(cli, &list, listed, err));
    if (listed && !cl_out_is_machine(cli->out))
        CL_TRY(cl_view_facts(cli, cl_str_of(list.connector_type), &list.facts, err));
    if (cl_resource_list_code(&list) != CL_OK)
        return as_error(list.name, &list, err);
    return report_check(cli, args, &list, err);
}

/* --- all of them --------------------------------------------------------------------------- */

/* What could not even be asked is a row as well. */
static enum cl_code as_row(const struct cl_connector *conn, const struct cl_err *failure,
                           struct cl_resource_list *ret, struct cl_err *err)
{
    cl_resource_list_cleanup(ret);
    *ret = (struct cl_resource_list){.id = ""};
    CL_TRY(cl_resource_list_init(ret, conn, &conn->resource_types, err));
    cl_resource_list_set_global(ret, failure);
    return CL_OK;
}

/* A connector that cannot have the resource is passed over. */
static enum cl_code verify_into(struct cl_cli *cli, const struct cl_args *args,
                                const struct cl_connector *conn, struct cl_gathered *found,
                                struct cl_err *err)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.id = ""};
    struct cl_err failure = CL_ERR_NONE;
    enum cl_code code = ask(cli, args, conn->id, &list, &failure);

    if (code == CL_E_OUT_OF_SCOPE)
        return CL_OK;
    if (code == CL_E_INTERRUPTED) {
        *err = failure;
        return code;
    }
    if (code != CL_OK)
        CL_TRY(as_row(conn, &failure, &list, err));
    return cl_gathered_add(found, &list, (int64_t)found->count, err);
}

static enum cl_code verify_each(struct cl_cli *cli, const struct cl_args *args,
                                const struct cl_list_result *connectors, struct cl_gathered *found,
                                struct cl_err *err)
{
    CL_AUTO(cl_progress)
    struct cl_progress *progress = cl_progress_start(cli->out, "Verifying");

    for (size_t i = 0; i < connectors->count; i++) {
        cl_progress_count(progress, i, connectors->count, connectors->items[i].name);
        CL_TRY(verify_into(cli, args, &connectors->items[i], found, err));
    }
    return CL_OK;
}

static enum cl_code list_connectors(struct cl_cli *cli, const struct cl_args *args,
                                    struct cl_list_result *ret, struct cl_err *err)
{
    struct cl_list_request request = {.query = cl_query_default()};
    const char *type = cl_args_value(args, "resource-type");
    struct cl_api *api = NULL;
    enum cl_code code = CL_OK;

    request.query.all = true;
    CL_TRY(cli->open_api(cli, &api, err));
    if (type != NULL)
        code = cl_query_add_filter(&request.query, CL_STR("resource_type"), cl_str_of(type), err);
    if (code == CL_OK)
        code = api->ops->list(api, &cli->call, &request, ret, err);
    cl_query_cleanup(&request.query);
    return code;
}

/* With --verify-only there is nothing to list: a line for each. */
static enum cl_code print_states(struct cl_cli *cli, const struct cl_gathered *found,
                                 struct cl_err *err)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct cl_resource_list *list = &found->items[i].list;
        if (cl_resource_list_code(list) == CL_OK) {
            CL_TRY(print_result(cli, list, false, err));
            continue;
        }
        struct cl_err failure = CL_ERR_NONE;
        (void)as_error(list->name, list, &failure);
        cl_out_warn(cli->out, "%s", failure.text);
    }
    return CL_OK;
}

static enum cl_code print_all(struct cl_cli *cli, const struct cl_args *args,
                              const struct cl_gathered *found, struct cl_err *err)
{
    size_t failed = cl_gathered_failed(found);

    for (size_t i = 0; i < found->count; i++)
        cl_view_warn(cli, &found->items[i].list.warnings);
    if (cl_out_is_machine(cli->out) || cli->out->settings.quiet)
        return cl_gathered_print(cli->out, found, err);
    if (found->count == 0) {
        cl_out_notice(cli->out, "No service connectors match.");
        return CL_OK;
    }
    if (cl_args_flag(args, "verify-only", false)) {
        CL_TRY(print_states(cli, found, err));
    } else {
        CL_TRY(cl_gathered_table(cli->out, found, err));
    }
    return cl_out_say(cli->out, err, "%zu of %zu service connectors passed.", found->count - failed,
                      found->count);
}

/* Every connector in turn; the exit code tells of failures only with --strict. */
static enum cl_code verify_all(struct cl_cli *cli, const struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_list_result) struct cl_list_result connectors = {.items = NULL};
    CL_AUTO(cl_gathered) struct cl_gathered found = {.items = NULL};

    CL_TRY(list_connectors(cli, args, &connectors, err));
    CL_TRY(verify_each(cli, args, &connectors, &found, err));
    CL_TRY(print_all(cli, args, &found, err));
    size_t failed = cl_gathered_failed(&found);
    if (failed > 0 && cl_args_flag(args, "strict", false))
        return cl_err_set(err, CL_E_PARTIAL, "%zu of %zu connectors failed", failed, found.count);
    return CL_OK;
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    const char *name = cl_args_positional(args, 0);

    CL_TRY(cl_gathered_check(cli->out, name != NULL, err));
    if (cl_args_flag(args, "all", false)) {
        if (name != NULL)
            return cl_err_set(err, CL_E_USAGE, "give either a connector or --all");
        if (cl_args_has(args, "check"))
            return cl_err_set(err, CL_E_USAGE, "--check asks about one connector");
        return verify_all(cli, args, err);
    }
    if (name == NULL) {
        (void)cl_err_set(err, CL_E_USAGE, "NAME_OR_ID is missing");
        return cl_err_hint(err, "--all verifies every connector.");
    }
    return verify_one(cli, args, name, err);
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Verify access to this resource type only."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "ID", .help = "Verify access to this resource only."},
    {.name = "verify-only", .brief = "v", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Only check that the credentials authenticate; list nothing."},
    {.name = "check", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "WHAT",
     .help = "Ask one question more that the connector type knows, such as push for registries."},
    {.name = "require", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "With --check: exit 7 when the answer is no."},
    {.name = "all", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON, .help = "Verify every connector."},
    {.name = "strict", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "With --all: exit 8 when any connector fails."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector verify aws-auto"},
    {.what = "One bucket",
     .line = "cleat service-connector verify aws-auto -r s3-bucket -ri s3://zenfiles"},
    {.what = "Every connector; fail when any of them does",
     .line = "cleat service-connector verify --all --strict"},
};

const struct cl_command cl_command_connector_verify = {
    .name = "verify",
    .summary = "Prove that a connector's credentials work and show what they reach",
    .options = {&option_set},
    .positionals = {{.name = "NAME_OR_ID", .help = "Connector to verify."}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .run = run,
};
