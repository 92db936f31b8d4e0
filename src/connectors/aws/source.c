#include "connectors/aws/source.h"

#include "clouds/aws/arn.h"

static const char *text_or_null(const struct cl_config *config, const char *name)
{
    struct cl_str text = cl_config_text(config, name);

    return text.len > 0 ? text.ptr : NULL; /* configuration texts are NUL-terminated */
}

static enum aws_s3_style style_of(const struct cl_config *config)
{
    struct cl_str style = cl_config_text(config, "s3_addressing_style");

    if (cl_str_eq_c(style, "path"))
        return AWS_S3_STYLE_PATH;
    return cl_str_eq_c(style, "virtual") ? AWS_S3_STYLE_VIRTUAL : AWS_S3_STYLE_AUTO;
}

const char *aws_endpoint_attr(enum aws_service service)
{
    static const char *const names[AWS_SERVICE_COUNT] = {[AWS_STS] = "sts_endpoint_url",
                                                         [AWS_S3] = "s3_endpoint_url",
                                                         [AWS_EKS] = "eks_endpoint_url",
                                                         [AWS_ECR] = "ecr_endpoint_url"};

    return names[service];
}

static struct aws_endpoints endpoints_of(const struct cl_config *config)
{
    struct aws_endpoints endpoints = {.all = text_or_null(config, "endpoint_url")};

    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++)
        endpoints.services[i] = text_or_null(config, aws_endpoint_attr((enum aws_service)i));
    return endpoints;
}

struct aws_config aws_config_of(const struct cl_connector *conn, struct aws_signer *signer)
{
    const struct cl_config *config = &conn->config;

    return (struct aws_config){
        .region = text_or_null(config, "region"),
        .endpoints = endpoints_of(config),
        .s3_style = style_of(config),
        .s3_only = cl_config_bool(config, "s3_compatible"),
        .credentials = {.access_key_id = cl_config_secret(config, "aws_access_key_id"),
                        .secret_access_key = cl_config_secret(config, "aws_secret_access_key"),
                        .session_token = cl_config_secret(config, "aws_session_token")},
        .signer = signer,
    };
}

bool aws_has_custom_s3(const struct cl_connector *conn)
{
    struct aws_config config = aws_config_of(conn, NULL);

    return aws_endpoint_custom(&config.endpoints, AWS_S3) != NULL;
}

bool aws_method_is(const struct cl_connector *conn, const char *id)
{
    return strcmp(conn->method->id, id) == 0;
}

/* Only AWS has one name for one bucket, for ever: other stores may have been exchanged. */
struct cl_str aws_bucket_region_of(const struct cl_connector *conn, struct cl_str bucket_id)
{
    const char *known = cl_map_get(&conn->facts, AWS_FACT_BUCKET);

    if (known == NULL || !cl_str_eq_c(bucket_id, known) || aws_has_custom_s3(conn))
        return CL_STR_NONE;
    return cl_str_of(cl_map_get(&conn->facts, AWS_FACT_BUCKET_REGION));
}

struct cl_str aws_account_of(const struct cl_connector *conn)
{
    struct aws_arn role;

    if (aws_arn_parse(cl_config_text(&conn->config, "role_arn"), &role))
        return role.account;
    return cl_str_of(cl_map_get(&conn->facts, AWS_FACT_ACCOUNT));
}

struct cl_str aws_registry_of(const struct cl_connector *conn)
{
    struct cl_str registry = cl_config_text(&conn->config, "ecr_registry_id");

    return registry.len > 0 ? registry : aws_account_of(conn);
}
