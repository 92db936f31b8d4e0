#include "cli/commands/attr_args.h"
#include "cli/commands/connector_options.h"
#include "cli/commands/register_view.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/progress.h"
#include "core/stand_in.h"

struct updating {
    struct cl_cli *cli;
    struct cl_args *args;
    struct cl_api *api;
    struct cl_connector conn; /* as it is now */
    struct cl_input input;
    struct cl_map sources;
    struct cl_discovered discovered;
    struct cl_update_request request;
};

static void updating_cleanup(struct updating *updating)
{
    cl_connector_cleanup(&updating->conn);
    cl_input_cleanup(&updating->input);
    cl_map_cleanup(&updating->sources);
    cl_discovered_cleanup(&updating->discovered);
    cl_map_cleanup(&updating->request.labels);
}

/* Options of the form --name TEXT: given and empty clears. */
static void read_text(const struct cl_args *args, const char *option, bool *ret_set,
                      struct cl_str *ret)
{
    *ret_set = cl_args_has(args, option);
    *ret = cl_str_of(cl_args_value(args, option));
}

static enum cl_code read_times(struct updating *updating, struct cl_err *err)
{
    const struct cl_args *args = updating->args;
    struct cl_update_request *request = &updating->request;
    int64_t now_at = cl_world_now_s(updating->cli->world);

    request->set_expires_at = cl_args_has(args, "expires-at");
    request->set_skew = cl_args_has(args, "expires-skew-tolerance");
    request->set_expiration = cl_args_has(args, "expiration-seconds");
    request->set_shared = cl_args_has(args, "share");
    request->shared = cl_args_flag(args, "share", false);
    CL_TRY(cl_args_time(args, "expires-at", now_at, &request->expires_at, err));
    CL_TRY(cl_args_duration(args, "expires-skew-tolerance", &request->skew_s, err));
    return cl_args_duration(args, "expiration-seconds", &request->expiration_seconds, err);
}

/* Fields of the connector that --remove-attr may name besides attributes: given and empty. */
static bool clear_field(struct cl_update_request *request, struct cl_str name)
{
    const struct {
        const char *name;
        bool *given;
    } fields[] = {{"resource_id", &request->set_resource_id},
                  {"resource_type", &request->set_resource_type},
                  {"expiration_seconds", &request->set_expiration},
                  {"expires_at", &request->set_expires_at},
                  {"expires_skew_tolerance", &request->set_skew},
                  {"description", &request->set_description}};

    for (size_t i = 0; i < CL_COUNT(fields); i++) {
        if (!cl_str_eq_c(name, fields[i].name))
            continue;
        *fields[i].given = true;
        return true;
    }
    return false;
}

static enum cl_code no_such_attr(const struct cl_auth_method *method, const char *name,
                                 struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;

    for (size_t i = 0; i < method->attr_count; i++)
        CL_TRY(cl_strs_add(&names, cl_str_of(method->attrs[i].name), err));
    const char *nearest = cl_strs_nearest(&names, cl_str_of(name));
    (void)cl_err_set(err, CL_E_UNKNOWN_ATTRIBUTE, "auth method '%s' has no attribute '%s'",
                     method->id, name);
    return nearest == NULL ? err->code : cl_err_hint(err, "Did you mean '%s'?", nearest);
}

static enum cl_code remove_attr(struct updating *updating, const char *raw, struct cl_err *err)
{
    CL_AUTO(cl_string) char *name = NULL;

    CL_TRY(cl_value_field_name(raw, &name, err));
    if (clear_field(&updating->request, cl_str_of(name)))
        return CL_OK;
    if (cl_method_attr(updating->conn.method, cl_str_of(name)) == NULL)
        return no_such_attr(updating->conn.method, name, err);
    return cl_input_add_take(&updating->input, cl_str_of(name), NULL, err);
}

static enum cl_code read_removals(struct updating *updating, struct cl_err *err)
{
    const char *raw = NULL;

    for (size_t i = 0; (raw = cl_args_item(updating->args, "remove-attr", i)) != NULL; i++)
        CL_TRY(remove_attr(updating, raw, err));
    return CL_OK;
}

static enum cl_code read_options(struct updating *updating, struct cl_err *err)
{
    const struct cl_args *args = updating->args;
    struct cl_update_request *request = &updating->request;

    request->skew_s = CL_SKEW_UNSET;
    request->input = &updating->input;
    request->ref.text = cl_str_of(updating->conn.id);
    request->verify = cl_args_flag(args, "no-verify", false) ? CL_VERIFY_OFF : CL_VERIFY_AND_LIST;
    read_text(args, "name", &request->set_name, &request->name);
    read_text(args, "description", &request->set_description, &request->description);
    read_text(args, "auth-method", &request->set_auth_method, &request->auth_method);
    read_text(args, "resource-type", &request->set_resource_type, &request->resource_type);
    read_text(args, "resource-id", &request->set_resource_id, &request->resource_id);
    CL_TRY(cl_label_args_read(args, true, &request->labels, err));
    CL_TRY(read_times(updating, err));
    return read_removals(updating, err);
}

static enum cl_code load(struct updating *updating, struct cl_err *err)
{
    const char *name = cl_args_sure_positional(updating->args);
    struct cl_get_request get = {.ref = {.text = cl_str_of(name)}};

    if (name == NULL)
        return cl_err_set(err, CL_E_USAGE, "NAME_OR_ID is missing");
    CL_TRY(
        updating->api->ops->get(updating->api, &updating->cli->call, &get, &updating->conn, err));
    return cl_connector_require_type(&updating->conn, err);
}

/* The arguments, and behind them the settings that are stored: a role need not be named again. */
static enum cl_code known_settings(const struct updating *updating, struct cl_input *ret,
                                   struct cl_err *err)
{
    const struct cl_config *stored = &updating->conn.config;

    for (size_t i = 0; i < updating->input.count; i++) {
        const struct cl_input_entry *entry = &updating->input.entries[i];
        struct cl_secret *copy = NULL;
        if (entry->value != NULL)
            CL_TRY(cl_secret_copy(entry->value, &copy, err));
        CL_TRY(cl_input_add_take(ret, cl_str_of(entry->name), copy, err));
    }
    for (size_t i = 0; i < stored->count; i++) {
        struct cl_str name = cl_str_of(stored->entries[i].name);
        struct cl_secret *value = NULL;
        if (stored->entries[i].kind != CL_ATTR_TEXT || cl_input_has(ret, name))
            continue;
        CL_TRY(cl_secret_new(cl_str_of(stored->entries[i].text), &value, err));
        CL_TRY(cl_input_add_take(ret, name, value, err));
    }
    return CL_OK;
}

/* For the method it has, unless another was asked for. */
static enum cl_code discover(struct updating *updating, struct cl_err *err)
{
    CL_AUTO(cl_input) struct cl_input known = CL_INPUT_NONE;
    struct cl_str asked = updating->request.auth_method;
    struct cl_auto_request lookup = {
        .type = cl_str_of(updating->conn.type->id),
        .auth_method = asked.len > 0 ? asked : cl_str_of(updating->conn.method->id),
        .sources = updating->sources,
        .input = &known};

    if (!cl_args_flag(updating->args, "auto-configure", false))
        return CL_OK;
    CL_TRY(known_settings(updating, &known, err));
    CL_TRY(updating->api->ops->auto_configure(updating->api, &updating->cli->call, &lookup,
                                              &updating->discovered, err));
    updating->request.discovered = &updating->discovered;
    cl_view_discovered(updating->cli, &updating->discovered);
    return CL_OK;
}

static enum cl_code work(struct updating *updating, struct cl_register_result *result,
                         struct cl_err *err)
{
    struct cl_str method = cl_str_of(cl_args_value(updating->args, "auth-method"));

    CL_TRY(updating->cli->open_api(updating->cli, &updating->api, err));
    CL_TRY(load(updating, err));
    if (method.len == 0)
        method = cl_str_of(updating->conn.method->id);
    struct cl_attrs_of of = {.type = updating->conn.type, .method_id = method};
    CL_TRY(cl_connector_attrs_read(updating->cli, updating->args, &of, &updating->input,
                                   &updating->sources, err));
    CL_TRY(cl_connector_sources_check(&updating->sources,
                                      cl_args_flag(updating->args, "auto-configure", false), err));
    CL_TRY(read_options(updating, err));
    CL_AUTO(cl_progress)
    struct cl_progress *progress =
        cl_progress_start(updating->cli->out, "Updating '%s'", updating->conn.name);
    CL_TRY(discover(updating, err));
    return updating->api->ops->update(updating->api, &updating->cli->call, &updating->request,
                                      result, err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(updating) struct updating updating = {.cli = cli, .args = args};

    CL_TRY(work(&updating, &result, err));
    cl_view_warn(cli, &updating.discovered.warnings);
    return cl_update_print(cli, &result, err);
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "name", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "NAME",
     .help = "New name."},
    {.name = "description", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "TEXT",
     .help = "New description; empty clears it."},
    {.name = "auth-method", .brief = "a", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "METHOD", .help = "Another auth method; attributes of the same name are kept."},
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Limit the connector to this resource type."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "ID", .help = "Limit the connector to this resource."},
    {.name = "auto-configure", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Take the credentials over from this machine again."},
    {.name = "remove-attr", .kind = CL_OPTION_LIST, .group = CL_GROUP_COMMON, .value = "ATTR",
     .help = "Remove this attribute or field; may be repeated."},
    {.name = "label", .brief = "l", .kind = CL_OPTION_LIST, .group = CL_GROUP_COMMON,
     .value = "KEY[=VALUE]", .help = "Set a label, or without a value remove it."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector update aws-auto --description \"Team account\""},
    {.what = "Store a new key",
     .line = "cleat service-connector update aws-auto --aws_access_key_id=@key-id "
             "--aws_secret_access_key=@secret-key"},
};

const struct cl_command cl_command_connector_update = {
    .name = "update",
    .summary = "Change a connector; new credentials are verified before they are stored",
    .options = {&option_set, &cl_connector_options},
    .positionals = {{.name = "NAME_OR_ID", .help = "Connector to change.", .required = true}},
    .takes_config = true,
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .members = CL_REGISTER_MEMBERS,
    .run = run,
};
