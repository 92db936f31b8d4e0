#include "cli/commands/root.h"
#include "cli/commands/type_document.h"
#include "codec/json.h"
#include "core/api_codec.h"
#include "core/registry.h"

#define DOCUMENT_MAX_BYTES ((size_t)1 << 20U)

/* The page, or the two pages, that the options ask for. */
static enum cl_code print_documents(struct cl_cli *cli, const struct cl_args *args,
                                    const struct cl_connector_type *type, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf markup = CL_BUF(DOCUMENT_MAX_BYTES);
    const char *resource = cl_args_value(args, "resource-type");
    const char *method = cl_args_value(args, "auth-method");

    if (resource == NULL && method == NULL) {
        cl_type_document_add(&markup, type, CL_HEADING_BOX);
        cl_document_rule_add(&markup);
    }
    if (resource != NULL) {
        cl_resource_document_add(&markup, type, cl_type_resource(type, cl_str_of(resource)),
                                 CL_HEADING_BOX);
        cl_document_rule_add(&markup);
    }
    if (method != NULL) {
        cl_method_document_add(&markup, cl_type_method(type, cl_str_of(method)), CL_HEADING_BOX);
        cl_document_rule_add(&markup);
    }
    CL_TRY(cl_buf_ok(&markup, err));
    return cl_out_document(cli->out, cl_buf_view(&markup), err);
}

static enum cl_code run(struct cl_cli *cli, struct cl_args *args, struct cl_err *err)
{
    CL_AUTO(cl_type_list) struct cl_type_list types = {.items = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_type_filter filter = {
        .type = cl_str_of(cl_args_positional(args, 0)),
        .resource_type = cl_str_of(cl_args_value(args, "resource-type")),
        .auth_method = cl_str_of(cl_args_value(args, "auth-method")),
    };
    struct cl_api *api = NULL;

    CL_TRY(cli->open_api(cli, &api, err));
    CL_TRY(api->ops->types(api, &cli->call, &filter, &types, err));
    if (!cl_out_is_machine(cli->out))
        return print_documents(cli, args, types.items[0], err);
    CL_TRY(cl_type_encode(types.items[0], &json, err));
    return cl_out_object(cli->out, "connector_type", json, err);
}

static const struct cl_option options[] = {
    {.name = "resource-type",
     .brief = "r",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_COMMON,
     .value = "TYPE",
     .help = "Describe this resource type of the connector type."},
    {.name = "auth-method",
     .brief = "a",
     .kind = CL_OPTION_VALUE,
     .group = CL_GROUP_COMMON,
     .value = "METHOD",
     .help = "Describe this auth method of the connector type."},
};
static const struct cl_option_set option_set = CL_OPTION_SET(options);

static const struct cl_example examples[] = {
    {.line = "cleat service-connector describe-type aws"},
    {.what = "The permissions that S3 buckets need",
     .line = "cleat service-connector describe-type aws --resource-type s3-bucket"},
    {.what = "The attributes of an auth method",
     .line = "cleat service-connector describe-type aws --auth-method iam-role"},
};

const struct cl_command cl_command_connector_describe_type = {
    .name = "describe-type",
    .summary = "Explain a connector type, one of its resource types or auth methods",
    .options = {&option_set},
    .positionals = {{.name = "TYPE", .help = "Connector type, such as aws.", .required = true}},
    .examples = examples,
    .example_count = CL_COUNT(examples),
    .see_also = "cleat service-connector list-types",
    .run = run,
};
