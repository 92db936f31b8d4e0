#include "cli/commands/attr_args.h"
#include "cli/commands/connector_options.h"
#include "cli/commands/register_view.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/progress.h"

/* What the command line asks for; texts are borrowed from the arguments. */
struct registering {
    struct cl_cli *cli;
    struct cl_args *args;
    struct cl_api *api;
    const struct cl_connector_type *type;
    struct cl_input input;
    struct cl_map sources;
    struct cl_discovered discovered;
    struct cl_register_request request;
};

static void registering_cleanup(struct registering *registering)
{
    cl_input_cleanup(&registering->input);
    cl_map_cleanup(&registering->sources);
    cl_discovered_cleanup(&registering->discovered);
    cl_strs_cleanup(&registering->request.resource_types);
    cl_map_cleanup(&registering->request.labels);
}

/* `--auth-method profile --profile NAME`: auto-configuration limited to that local profile. */
static bool is_profile_method(const struct registering *registering, struct cl_str method)
{
    for (size_t i = 0; i < registering->type->source_count; i++) {
        if (cl_str_eq_c(method, "profile") &&
            cl_str_eq_c(method, registering->type->sources[i].name))
            return true;
    }
    return false;
}

static enum cl_code read_times(const struct registering *registering,
                               struct cl_register_request *request, struct cl_err *err)
{
    const struct cl_args *args = registering->args;
    int64_t now_at = cl_world_now_s(registering->cli->world);

    request->skew_s = CL_SKEW_UNSET;
    CL_TRY(cl_args_time(args, "expires-at", now_at, &request->expires_at, err));
    CL_TRY(cl_args_duration(args, "expires-skew-tolerance", &request->skew_s, err));
    return cl_args_duration(args, "expiration-seconds", &request->expiration_seconds, err);
}

static enum cl_verify_mode verify_mode(const struct cl_args *args)
{
    if (cl_args_flag(args, "no-verify", false))
        return CL_VERIFY_OFF;
    return cl_args_flag(args, "verify-only", false) ? CL_VERIFY_ONLY : CL_VERIFY_AND_LIST;
}

static enum cl_code no_type(struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_USAGE, "--type is missing");
    return cl_err_hint(err,
                       "Pass --type TYPE; 'cleat service-connector list-types' shows the types.");
}

/* The types' tables tell which arguments are attributes. */
static enum cl_code find_type(struct registering *registering, struct cl_err *err)
{
    CL_AUTO(cl_type_list) struct cl_type_list types = {.items = NULL};
    const char *type = cl_args_value(registering->args, "type");
    struct cl_type_filter filter = {
        .type = cl_str_of(type),
        .resource_type = cl_str_of(cl_args_value(registering->args, "resource-type"))};

    if (type == NULL)
        return no_type(err);
    CL_TRY(registering->api->ops->types(registering->api, &registering->cli->call, &filter, &types,
                                        err));
    registering->type = types.items[0]; /* a row of a const table */
    return CL_OK;
}

static enum cl_code read_options(struct registering *registering, struct cl_err *err)
{
    const struct cl_args *args = registering->args;
    struct cl_register_request *request = &registering->request;
    const char *resource_type = cl_args_value(args, "resource-type");

    request->type = cl_str_of(registering->type->id);
    request->auth_method = cl_str_of(cl_args_value(args, "auth-method"));
    request->description = cl_str_of(cl_args_value(args, "description"));
    request->resource_id = cl_str_of(cl_args_value(args, "resource-id"));
    request->shared = cl_args_flag(args, "share", false);
    request->if_not_exists = cl_args_flag(args, "if-not-exists", false);
    request->dry_run = cl_args_flag(args, "dry-run", false);
    request->accept_new_host_keys = cl_args_flag(args, "accept-new-host-keys", false);
    request->verify = verify_mode(args);
    request->input = &registering->input;
    if (resource_type != NULL)
        CL_TRY(cl_strs_add(&request->resource_types, cl_str_of(resource_type), err));
    CL_TRY(cl_label_args_read(args, false, &request->labels, err));
    return read_times(registering, request, err);
}

static enum cl_code read_name(struct registering *registering, struct cl_err *err)
{
    const char *name = cl_args_positional(registering->args, 0);

    if (name == NULL)
        return cl_err_set(err, CL_E_USAGE, "NAME is missing");
    registering->request.name = cl_str_of(name);
    return CL_OK;
}

/* Auto-configuration, where it was asked for. */
static enum cl_code discover(struct registering *registering, bool from_profile, struct cl_err *err)
{
    struct cl_register_request *request = &registering->request;
    struct cl_auto_request lookup = {
        .type = request->type,
        .auth_method = request->auth_method,
        .resource_type = request->resource_types.count == 1
                             ? cl_str_of(request->resource_types.items[0])
                             : CL_STR_NONE,
        .sources = registering->sources,
        .input = &registering->input,
    };

    if (!from_profile && !cl_args_flag(registering->args, "auto-configure", false))
        return CL_OK;
    if (from_profile)
        lookup.auth_method = CL_STR_NONE;
    CL_TRY(registering->api->ops->auto_configure(registering->api, &registering->cli->call, &lookup,
                                                 &registering->discovered, err));
    request->discovered = &registering->discovered;
    cl_view_discovered(registering->cli, &registering->discovered);
    return CL_OK;
}

static enum cl_code read_all(struct registering *registering, bool *ret_from_profile,
                             struct cl_err *err)
{
    struct cl_str method = cl_str_of(cl_args_value(registering->args, "auth-method"));

    CL_TRY(find_type(registering, err));
    *ret_from_profile = is_profile_method(registering, method);
    struct cl_attrs_of of = {.type = registering->type,
                             .method_id = *ret_from_profile ? CL_STR_NONE : method};
    CL_TRY(cl_connector_attrs_read(registering->cli, registering->args, &of, &registering->input,
                                   &registering->sources, err));
    CL_TRY(read_name(registering, err));
    CL_TRY(read_options(registering, err));
    if (*ret_from_profile && cl_map_get(&registering->sources, "profile") == NULL)
        return cl_err_set(err, CL_E_INVALID, "auth method 'profile' needs --profile NAME");
    return cl_connector_sources_check(
        &registering->sources,
        *ret_from_profile || cl_args_flag(registering->args, "auto-configure", false), err);
}

/* What the attributes are stands on a page, not in the help of this command. */
static enum cl_code advise(const struct registering *registering, enum cl_code code,
                           struct cl_err *err)
{
    struct cl_str method = registering->request.auth_method;

    if (code != CL_E_MISSING_ATTRIBUTE || err->hint[0] != '\0')
        return code;
    return cl_err_hint(err, "'cleat service-connector describe-type %s%s%.*s' explains them.",
                       registering->type->id, method.len > 0 ? " --auth-method " : "",
                       CL_STR_ARG(method));
}

static enum cl_code work(struct registering *registering, struct cl_register_result *result,
                         struct cl_err *err)
{
    bool from_profile = false;

    CL_TRY(registering->cli->open_api(registering->cli, &registering->api, err));
    CL_TRY(read_all(registering, &from_profile, err));
    CL_AUTO(cl_progress)
    struct cl_progress *progress =
        cl_progress_start(registering->cli->out, "Registering service connector '%.*s'",
                          CL_STR_ARG(registering->request.name));
    CL_TRY(discover(registering, from_profile, err));
    return advise(registering,
                  registering->api->ops->register_connector(registering->api,
                                                            &registering->cli->call,
                                                            &registering->request, result, err),
                  err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(registering) struct registering registering = {.cli = cli, .args = args};

    CL_TRY(work(&registering, &result, err));
    cl_view_warn(cli, &registering.discovered.warnings);
    return cl_register_print(cli, &result, registering.request.dry_run, err);
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "type", .brief = "t", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Connector type, such as aws."},
    {.name = "auth-method", .brief = "a", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "METHOD", .help = "Auth method; see describe-type."},
    {.name = "description", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "TEXT",
     .help = "Free text."},
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Limit the connector to this resource type."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "ID", .help = "Limit the connector to this resource."},
    {.name = "auto-configure", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Take the credentials over from this machine's configuration."},
    {.name = "verify-only", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Check that the credentials authenticate, but list no resources."},
    {.name = "if-not-exists", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Succeed when a connector of this name and type exists already."},
    {.name = "dry-run", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Validate and verify, but store nothing."},
    {.name = "accept-new-host-keys", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Pin the keys that SSH hosts show now, if none is pinned for them yet."},
    {.name = "label", .brief = "l", .kind = CL_OPTION_LIST, .group = CL_GROUP_COMMON,
     .value = "KEY=VALUE", .help = "Label; may be repeated."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.what = "Take over what the AWS CLI uses on this machine",
     .line = "cleat service-connector register aws-auto --type aws --auto-configure"},
    {.what = "A role, its source key read from files",
     .line = "cleat service-connector register aws-role --type aws --auth-method iam-role "
             "--region=us-east-1 --role_arn=arn:aws:iam::123456789012:role/cleat-s3 "
             "--aws_access_key_id=@key-id --aws_secret_access_key=@secret-key"},
    {.what = "The cluster that kubectl uses, and one of its contexts",
     .line = "cleat service-connector register kube --type kubernetes --auto-configure "
             "--context=production"},
    {.what = "A registry, its access token read from a file",
     .line = "cleat service-connector register ghcr --type docker --registry=ghcr.io "
             "--username=jane --password=@token"},
    {.what = "An SSH host whose key is looked at first",
     .line = "cleat service-connector register gpus --type hyperai --auth-method ed25519-key "
             "--hostnames=gpu1.example.com --username=jane --base64_ssh_key=@id_ed25519 "
             "--accept-new-host-keys"},
};

const struct cl_command cl_command_connector_register = {
    .name = "register",
    .summary = "Store a connector's credentials once and prove that they work",
    .options = {&option_set, &cl_connector_options},
    .positionals = {{.name = "NAME", .help = "Name of the new connector."}},
    .takes_config = true,
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector describe-type",
    .members = CL_REGISTER_MEMBERS,
    .run = run,
};
