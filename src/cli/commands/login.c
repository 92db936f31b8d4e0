#include "bridges/login.h"

#include "base/time.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/login_gone.h"
#include "cli/commands/root.h"
#include "cli/commands/view.h"
#include "cli/progress.h"
#include "codec/json.h"
#include "core/client_kind.h"
#include "core/registry.h"
#include "core/scope.h"

/* The two names belong to the client: an EKS cluster is a Kubernetes one. */
static void client_names(const struct cl_issue_client_result *client, const char **ret_type,
                         const char **ret_resource)
{
    const struct cl_issued *issued = &client->issued;
    const struct cl_client_kind *kind = cl_client_kind_find(cl_str_of(issued->connector_type));
    const struct cl_resource_type *resource =
        cl_type_resource(client->connector.type, cl_str_of(issued->resource_type));

    *ret_type = kind != NULL ? kind->title : client->connector.type->title;
    *ret_resource = kind != NULL && kind->resource_title != NULL ? kind->resource_title
                    : resource != NULL                           ? resource->title
                                                                 : issued->resource_type;
}

static enum cl_code say_expiry(struct cl_cli *cli, const struct cl_issued *issued,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf human = CL_BUF(64);

    if (issued->expires_at == 0)
        return CL_OK;
    cl_buf_add_duration(&human, issued->expires_at - cl_world_now_s(cli->world));
    CL_TRY(cl_buf_ok(&human, err));
    return cl_out_say(cli->out, err, "These credentials expire in %s.", human.ptr);
}

static enum cl_code print_object(struct cl_cli *cli, const struct cl_login_result *result,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json)
    json_t *object = json_pack("{s:s,s:s}", "name", result->entry, "path", result->path);

    if (object == NULL)
        return cl_err_no_memory(err);
    return cl_out_object(cli->out, "login", object, err);
}

/* What a bridge has to say may have several lines. */
static enum cl_code say_lines(struct cl_cli *cli, const char *notice, struct cl_err *err)
{
    struct cl_str rest = cl_str_of(notice);
    struct cl_str line = CL_STR_NONE;

    while (rest.len > 0) {
        (void)cl_str_cut(rest, '\n', &line, &rest);
        CL_TRY(cl_out_say(cli->out, err, "%.*s", CL_STR_ARG(line)));
    }
    return CL_OK;
}

static enum cl_code report(struct cl_cli *cli, const struct cl_login_request *request,
                           const struct cl_login_result *result, struct cl_err *err)
{
    const char *type = NULL;
    const char *resource = NULL;

    cl_view_warn(cli, &result->warnings);
    if (cl_out_is_machine(cli->out))
        return print_object(cli, result, err);
    if (result->notice != NULL)
        CL_TRY(say_lines(cli, result->notice, err));
    if (request->logout)
        return CL_OK;
    if (request->static_copy)
        CL_TRY(say_expiry(cli, &request->client->issued, err));
    client_names(request->client, &type, &resource);
    return cl_out_say(cli->out, err,
                      "The '%s' %s connector was used to successfully configure the local %s "
                      "client/SDK.",
                      request->client->connector.name, type, resource);
}

static enum cl_code issue(struct cl_cli *cli, const struct cl_args *args,
                          struct cl_issue_client_result *ret, struct cl_err *err)
{
    struct cl_issue_client_request request = cl_issue_request_of(args, CL_STR("login"));

    request.allow_long_lived = true; /* the entry says so, and the user is warned */
    CL_TRY(cl_issue_ask(cli, &request, ret, err));
    if (ret->issued.long_lived) {
        cl_out_warn(cli->out,
                    "auth method '%s' cannot issue temporary credentials: the local client "
                    "receives the stored ones",
                    ret->connector.method->id);
    }
    return CL_OK;
}

/* --- logout: nothing is issued, only the entry's name is needed ----------------------------- */

/* The type of the client that such a resource is issued as. */
static const char *client_type(const struct cl_connector *conn, const char *resource_type)
{
    static const char *const others[] = {"kubernetes", "docker"};

    for (size_t i = 0; i < CL_COUNT(others); i++) {
        const struct cl_client_kind *kind = cl_client_kind_find(cl_str_of(others[i]));
        if (kind != NULL && strcmp(kind->resource_type, resource_type) == 0)
            return kind->connector_type;
    }
    return conn->type->id;
}

static enum cl_code name_resource(const struct cl_args *args, struct cl_issue_client_result *client,
                                  struct cl_err *err)
{
    CL_AUTO(cl_resolved) struct cl_resolved scope = {.id = NULL};
    struct cl_want want = {.type = cl_str_of(cl_args_value(args, "resource-type")),
                           .id = cl_str_of(cl_args_value(args, "resource-id")),
                           .need_type = true};

    CL_TRY(cl_scope_resolve(&client->connector, &want, &scope, err));
    if (scope.type->supports_instances && scope.id == NULL) {
        return cl_err_set(err, CL_E_ID_REQUIRED,
                          "'%s' can access several resources; pass --resource-type and "
                          "--resource-id",
                          client->connector.name);
    }
    CL_TRY(cl_str_dup(cl_str_of(scope.type->id), &client->issued.resource_type, err));
    client->issued.resource_id = CL_MOVE(scope.id);
    return CL_OK;
}

static enum cl_code name_client(struct cl_cli *cli, const struct cl_args *args,
                                struct cl_issue_client_result *ret, struct cl_err *err)
{
    struct cl_get_request request = {.ref = {.text = cl_str_of(cl_args_positional(args, 0))}};
    struct cl_issued *issued = &ret->issued;
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->get(api, &cli->call, &request, &ret->connector, err));
    if (cl_args_has(args, "profile")) {
        CL_TRY(cl_str_dup(cl_str_of(cl_args_value(args, "resource-type")), &issued->resource_type,
                          err));
    } else if (cl_args_has(args, "context")) { /* whichever cluster it is for */
        CL_TRY(cl_str_dup(CL_STR("kubernetes-cluster"), &issued->resource_type, err));
    } else {
        CL_TRY(name_resource(args, ret, err));
    }
    return cl_str_dup(cl_str_of(client_type(&ret->connector, issued->resource_type)),
                      &issued->connector_type, err);
}

static enum cl_code log_out(struct cl_cli *cli, const struct cl_args *args,
                            struct cl_issue_client_result *client,
                            const struct cl_login_request *request, struct cl_login_result *ret,
                            struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = name_client(cli, args, client, &why);

    if (code == CL_OK)
        return cl_login(&cli->call, request, ret, err);
    bool is_unknown = code == CL_E_NOT_FOUND && client->connector.id[0] == '\0';
    if (is_unknown)
        code = cl_log_out_gone(cli, args, request, ret, &why);
    if (code == CL_OK)
        return CL_OK;
    *err = why;
    return code;
}

static enum cl_code log_in(struct cl_cli *cli, const struct cl_args *args,
                           struct cl_issue_client_result *client,
                           const struct cl_login_request *request, struct cl_login_result *ret,
                           struct cl_err *err)
{
    CL_TRY(issue(cli, args, client, err));
    return cl_login(&cli->call, request, ret, err);
}

/* Each kind of client has one file, and an option for it that says so. */
static const char *file_of(const struct cl_args *args)
{
    const char *kubeconfig = cl_args_value(args, "kubeconfig");

    return kubeconfig != NULL ? kubeconfig : cl_args_value(args, "docker-config");
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result client = {.cached = false};
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_login_request request = {.client = &client,
                                       .profile = cl_args_value(args, "profile"),
                                       .tool = cl_args_value(args, "tool"),
                                       .file = file_of(args),
                                       .context = cl_args_value(args, "context"),
                                       .kube_namespace = cl_args_value(args, "namespace"),
                                       .no_switch = cl_args_flag(args, "no-switch", false),
                                       .static_copy = cl_args_flag(args, "static", false),
                                       .overwrite = cl_args_flag(args, "overwrite", false),
                                       .logout = cl_args_flag(args, "logout", false)};

    struct cl_progress *progress =
        cl_progress_start(cli->out, "%s service connector '%s'",
                          request.logout ? "Removing what was configured for"
                                         : "Attempting to configure local client using",
                          cl_args_positional(args, 0));
    enum cl_code code = request.logout ? log_out(cli, args, &client, &request, &result, err)
                                       : log_in(cli, args, &client, &request, &result, err);
    cl_progress_stop(progress);
    CL_TRY(code);
    return report(cli, &request, &result, err);
}

static const char *const tools[] = {"docker", "podman", "auto", NULL};

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Resource type; not needed when the connector has only one."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "ID", .help = "The resource that the local client shall use."},
    {.name = "profile", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "NAME",
     .help = "AWS: name of the profile; cleat-ID or cleat-ID-BUCKET by default."},
    {.name = "tool", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "TOOL",
     .choices = tools,
     .help = "Registries: docker, podman (also for buildah and skopeo), or auto: all that are used."},
    {.name = "docker-config", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "FILE",
     .help = "Registries: the file to change, instead of those where the tools look."},
    {.name = "kubeconfig", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "FILE",
     .help = "Kubernetes: the file to change; where kubectl would write by default."},
    {.name = "context", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "NAME",
     .help = "Kubernetes: name of the context; that of the cluster by default."},
    {.name = "namespace", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON, .value = "NAME",
     .help = "Kubernetes: namespace of the context."},
    {.name = "no-switch", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Kubernetes: leave the current context as it is."},
    {.name = "static", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Write the credential itself, which then expires, instead of a call to cleat."},
    {.name = "overwrite", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Replace an entry that cleat did not write."},
    {.name = "logout", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Take away what login wrote, a static copy too."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.what = "A profile for the AWS CLI and every AWS SDK",
     .line = "cleat service-connector login aws-auto -r s3-bucket -ri s3://zenfiles"},
    {.what = "A registry for Docker, podman and skopeo",
     .line = "cleat service-connector login ghcr"},
    {.what = "Under a name of your own",
     .line = "cleat service-connector login aws-auto -r aws-generic --profile work"},
    {.what = "A context for kubectl and every Kubernetes client",
     .line = "cleat service-connector login aws-auto -r kubernetes-cluster -ri zenhacks-cluster"},
    {.what = "For a tool that cannot ask: the credential itself, for as long as it lasts",
     .line = "cleat service-connector login aws-auto -r s3-bucket -ri s3://zenfiles --static"},
};

const struct cl_command cl_command_connector_login = {
    .name = "login",
    .summary = "Set up a local client so that it asks cleat for credentials",
    .options = {&option_set},
    .positionals = {{.name = "NAME_OR_ID", .help = "Connector to use.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat exec, cleat credential-process, cleat kube-credential",
    .members = "name path",
    .run = run,
};
