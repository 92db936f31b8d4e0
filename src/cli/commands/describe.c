#include "cli/commands/describe_view.h"
#include "cli/commands/issue_args.h"
#include "cli/commands/root.h"
#include "cli/output_format.h"
#include "codec/json.h"
#include "core/api_codec.h"
#include "core/stand_in.h"

static enum cl_code describe_base(struct cl_cli *cli, const struct cl_args *args, bool reveal,
                                  struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_get_request request = {
        .ref = {.text = cl_str_of(cl_args_positional(args, 0)), .allow_name_prefix = true},
        .reveal = reveal};
    struct cl_err foreign = CL_ERR_NONE;
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->get(api, &cli->call, &request, &conn, err));
    if (cl_connector_require_type(&conn, &foreign) != CL_OK)
        cl_out_warn(cli->out, "%s; %s", foreign.text, foreign.hint);
    if (!cl_out_is_machine(cli->out))
        return cl_describe_connector(cli, &conn, reveal, err);
    CL_TRY(cl_connector_encode(&conn, reveal ? CL_SECRETS_SHOWN : CL_SECRETS_HIDDEN, &json, err));
    return cl_out_object(cli->out, "service_connector", json, err);
}

static enum cl_code describe_client(struct cl_cli *cli, const struct cl_args *args, bool reveal,
                                    struct cl_err *err)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_issue_client_request request = cl_issue_request_of(args, CL_STR("describe"));

    request.allow_long_lived = true;
    CL_TRY(cl_issue_ask(cli, &request, &result, err));
    if (!cl_out_is_machine(cli->out))
        return cl_describe_client(cli, &result, reveal, err);
    CL_TRY(cl_client_encode(&result, reveal ? CL_SECRETS_SHOWN : CL_SECRETS_HIDDEN, &json, err));
    return cl_out_object(cli->out, "service_connector", json, err);
}

/* Of cl_connector_encode and cl_client_encode. */
#define CONNECTOR_MEMBERS                                                                    \
    "id name description connector_type auth_method resource_types resource_id "             \
    "supports_instances expires_at expires_skew_tolerance expiration_seconds configuration " \
    "secrets secrets_hidden secret_id labels owner shared active created updated status "    \
    "verified last_error_code generation resource_id_given facts"
#define CLIENT_MEMBERS                                                                    \
    "id name connector_type auth_method resource_types resource_id issued_at expires_at " \
    "refresh_after scope_enforced_by configuration secrets secrets_hidden cached"

/* Before a credential is issued or a secret revealed for an output that cannot be. */
static enum cl_code check(const struct cl_out *out, bool client, struct cl_err *err)
{
    if (!cl_out_is_machine(out))
        return CL_OK;
    return cl_format_check(&out->settings, client ? CLIENT_MEMBERS : CONNECTOR_MEMBERS, err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    bool reveal = cl_args_flag(args, "show-secrets", false);
    bool client = cl_args_flag(args, "client", false) || cl_args_has(args, "resource-type") ||
                  cl_args_has(args, "resource-id");

    CL_TRY(check(cli->out, client, err));
    return client ? describe_client(cli, args, reveal, err) : describe_base(cli, args, reveal, err);
}

/* clang-format off */
static const struct cl_option options[] = {
    {.name = "show-secrets", .brief = "x", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Show secret values; this is audited."},
    {.name = "client", .brief = "c", .kind = CL_OPTION_FLAG, .group = CL_GROUP_COMMON,
     .help = "Describe what a client of one resource would receive."},
    {.name = "resource-type", .brief = "r", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "TYPE", .help = "Resource type of the client; implies --client."},
    {.name = "resource-id", .brief = "ri", .kind = CL_OPTION_VALUE, .group = CL_GROUP_COMMON,
     .value = "ID", .help = "Resource of the client; implies --client."},
};
/* clang-format on */
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector describe aws-auto"},
    {.what = "What a client of one bucket receives",
     .line = "cleat service-connector describe aws-auto --client -r s3-bucket -ri s3://zenfiles"},
};

const struct cl_command cl_command_connector_describe = {
    .name = "describe",
    .summary = "Show a connector, or what a client of one of its resources receives",
    .options = {&option_set},
    .positionals = {{.name = "NAME_OR_ID", .help = "Connector to describe.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .run = run,
};
