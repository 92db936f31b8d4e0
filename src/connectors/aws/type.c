#include "connectors/aws/ops.h"
#include "connectors/aws/texts.h"

/* clang-format off */

/* Attributes, each described once; methods list them in display order. */
#define ATTR_POLICY_ARNS {.name = "policy_arns", .kind = CL_ATTR_LIST, \
    .help = "ARNs of the IAM managed policies to use as managed session policies"}
#define ATTR_POLICY {.name = "policy", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_JSON, \
    .help = "An IAM policy in JSON format to use as an inline session policy"}
#define ATTR_KEY_ID {.name = "aws_access_key_id", .kind = CL_ATTR_SECRET, .required = true, \
    .trim = true, .help = "AWS Access Key ID"}
#define ATTR_SECRET {.name = "aws_secret_access_key", .kind = CL_ATTR_SECRET, .required = true, \
    .trim = true, .help = "AWS Secret Access Key"}
#define ATTR_TOKEN {.name = "aws_session_token", .kind = CL_ATTR_SECRET, .required = true, \
    .trim = true, .help = "AWS Session Token"}
#define ATTR_REGION {.name = "region", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_REGION, \
    .required = true, .help = "AWS Region"}
#define ATTR_ENDPOINT {.name = "endpoint_url", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, \
    .help = "AWS Endpoint URL"}
#define ATTR_PROFILE {.name = "profile_name", .kind = CL_ATTR_TEXT, .help = "AWS Profile Name"}
#define ATTR_ROLE {.name = "role_arn", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_ARN, \
    .help = "AWS IAM Role ARN"}
#define ATTR_ROLE_REQUIRED {.name = "role_arn", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_ARN, \
    .required = true, .help = "AWS IAM Role ARN"}

/* Beyond the original schema. */
#define EXTRA_TOKEN {.name = "aws_session_token", .kind = CL_ATTR_SECRET, .extra = true, \
    .trim = true, .help = "AWS Session Token, when the key is a temporary one"}
#define EXTRA_EXTERNAL_ID {.name = "external_id", .kind = CL_ATTR_TEXT, .extra = true, \
    .max_bytes = 1224, .help = "External ID that the role's trust policy asks for"}
#define EXTRA_SESSION_NAME {.name = "role_session_name", .kind = CL_ATTR_TEXT, .extra = true, \
    .max_bytes = 64, .help = "Name of the role sessions"}
#define EXTRA_SOURCE_IDENTITY {.name = "source_identity", .kind = CL_ATTR_TEXT, .extra = true, \
    .max_bytes = 64, .help = "Source identity of the role sessions"}
#define EXTRA_ENDPOINTS \
    {.name = "sts_endpoint_url", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, .extra = true, \
     .help = "Endpoint URL for STS alone"}, \
    {.name = "s3_endpoint_url", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, .extra = true, \
     .help = "Endpoint URL for S3 alone"}, \
    {.name = "eks_endpoint_url", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, .extra = true, \
     .help = "Endpoint URL for EKS alone"}, \
    {.name = "ecr_endpoint_url", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, .extra = true, \
     .help = "Endpoint URL for ECR alone"}, \
    {.name = "s3_addressing_style", .kind = CL_ATTR_TEXT, .choices = addressing_styles, .extra = true, \
     .help = "How buckets are addressed: auto, path or virtual"}, \
    {.name = "ecr_registry_id", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 12, \
     .help = "Account whose ECR registry is meant, when it is another one"}
#define EXTRA_S3_COMPATIBLE {.name = "s3_compatible", .kind = CL_ATTR_BOOL, .extra = true, \
    .help = "The endpoint is an S3-compatible store without STS"}

static const char *const addressing_styles[] = {"auto", "path", "virtual", NULL};

static const struct cl_attr implicit_attrs[] = {
    ATTR_POLICY_ARNS, ATTR_POLICY, ATTR_REGION, ATTR_ENDPOINT, ATTR_PROFILE, ATTR_ROLE,
    EXTRA_EXTERNAL_ID, EXTRA_SESSION_NAME, EXTRA_SOURCE_IDENTITY, EXTRA_ENDPOINTS,
};
static const struct cl_attr secret_key_attrs[] = {
    ATTR_KEY_ID, ATTR_SECRET, ATTR_REGION, ATTR_ENDPOINT, EXTRA_ENDPOINTS, EXTRA_S3_COMPATIBLE,
};
static const struct cl_attr sts_token_attrs[] = {
    ATTR_KEY_ID, ATTR_SECRET, ATTR_TOKEN, ATTR_REGION, ATTR_ENDPOINT, EXTRA_ENDPOINTS,
    EXTRA_S3_COMPATIBLE,
};
static const struct cl_attr iam_role_attrs[] = {
    ATTR_POLICY_ARNS, ATTR_POLICY, ATTR_KEY_ID, ATTR_SECRET, ATTR_REGION, ATTR_ENDPOINT,
    ATTR_ROLE_REQUIRED, EXTRA_TOKEN, EXTRA_EXTERNAL_ID, EXTRA_SESSION_NAME, EXTRA_SOURCE_IDENTITY,
    EXTRA_ENDPOINTS,
};
static const struct cl_attr session_token_attrs[] = {
    ATTR_KEY_ID, ATTR_SECRET, ATTR_REGION, ATTR_ENDPOINT, EXTRA_ENDPOINTS,
};
static const struct cl_attr federation_token_attrs[] = {
    ATTR_POLICY_ARNS, ATTR_POLICY, ATTR_KEY_ID, ATTR_SECRET, ATTR_REGION, ATTR_ENDPOINT,
    EXTRA_ENDPOINTS,
};

/* Bounds of the STS operations; AWS lets no role session live longer than 12 hours. */
static const struct cl_auth_method methods[] = {
    {.id = "implicit", .title = "AWS Implicit Authentication", .description = aws_text_implicit,
     .attrs = implicit_attrs, .attr_count = CL_COUNT(implicit_attrs),
     .min_ttl_s = 900, .default_ttl_s = 3600, .max_ttl_s = 43200,
     .issues = CL_ISSUES_TEMPORARY, .implicit = true},
    {.id = "secret-key", .title = "AWS Secret Key", .description = aws_text_secret_key,
     .attrs = secret_key_attrs, .attr_count = CL_COUNT(secret_key_attrs),
     .issues = CL_ISSUES_PASS_THROUGH},
    {.id = "sts-token", .title = "AWS STS Token", .description = aws_text_sts_token,
     .attrs = sts_token_attrs, .attr_count = CL_COUNT(sts_token_attrs),
     .issues = CL_ISSUES_PASS_THROUGH, .may_expire = true},
    {.id = "iam-role", .title = "AWS IAM Role", .description = aws_text_iam_role,
     .attrs = iam_role_attrs, .attr_count = CL_COUNT(iam_role_attrs),
     .min_ttl_s = 900, .default_ttl_s = 3600, .max_ttl_s = 43200,
     .issues = CL_ISSUES_TEMPORARY},
    {.id = "session-token", .title = "AWS Session Token", .description = aws_text_session_token,
     .attrs = session_token_attrs, .attr_count = CL_COUNT(session_token_attrs),
     .min_ttl_s = 900, .default_ttl_s = 43200, .max_ttl_s = 129600,
     .issues = CL_ISSUES_TEMPORARY},
    {.id = "federation-token", .title = "AWS Federation Token",
     .description = aws_text_federation_token,
     .attrs = federation_token_attrs, .attr_count = CL_COUNT(federation_token_attrs),
     .min_ttl_s = 900, .default_ttl_s = 43200, .max_ttl_s = 129600,
     .issues = CL_ISSUES_TEMPORARY},
};

#define LOGOS "https://public-flavor-logos.s3.eu-central-1.amazonaws.com/"

static const struct cl_resource_type resources[] = {
    {.id = AWS_GENERIC, .title = "Generic AWS resource", .emoji = "🔶",
     .description = aws_text_generic, .id_forms = "{region}",
     .logo_url = LOGOS "connectors/aws/aws.png"},
    {.id = AWS_S3_BUCKET, .title = "AWS S3 bucket", .emoji = "📦",
     .description = aws_text_s3,
     .id_forms = "s3://{bucket-name}, arn:aws:s3:::{bucket-name}, {bucket-name}",
     .logo_url = LOGOS "artifact_store/aws.png", .supports_instances = true},
    {.id = AWS_EKS_CLUSTER, .title = "AWS EKS Kubernetes cluster", .emoji = "🌀",
     .description = aws_text_eks,
     .id_forms = "{cluster-name}, arn:aws:eks:{region}:{account}:cluster/{cluster-name}",
     .logo_url = LOGOS "orchestrator/kubernetes.png", .supports_instances = true},
    {.id = AWS_ECR_REGISTRY, .title = "AWS ECR container registry", .emoji = "🐳",
     .description = aws_text_ecr,
     .id_forms = "[https://]{account}.dkr.ecr.{region}.amazonaws.com[/{repository-name}], "
                 "arn:aws:ecr:{region}:{account-id}:repository[/{repository-name}]",
     .logo_url = LOGOS "container_registry/docker.png"},
};

static const struct cl_source_option sources[] = {
    {.name = "profile", .help = "Profile of the local AWS configuration to take over."},
};

/* clang-format on */

static const struct cl_connector_ops ops = {
    .canonical_id = aws_canonical_id,
    .default_id = aws_default_id,
    .check_config = aws_check_config,
    .verify = aws_verify,
    .list = aws_list,
    .issue = aws_issue,
    .surroundings = aws_surroundings,
    .revoke = NULL,
    .discover = aws_discover,
};

const struct cl_connector_type cl_type_aws = {
    .id = "aws",
    .rank = 40,
    .title = "AWS Service Connector",
    .emoji = "🔶",
    .description = aws_text_type,
    .logo_url = LOGOS "connectors/aws/aws.png",
    .ops = &ops,
    .methods = methods,
    .method_count = CL_COUNT(methods),
    .resources = resources,
    .resource_count = CL_COUNT(resources),
    .sources = sources,
    .source_count = CL_COUNT(sources),
};
