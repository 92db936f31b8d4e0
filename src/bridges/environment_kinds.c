#include "bridges/environment_kinds.h"

/* Everything that an AWS SDK would prefer to the new values, or mix with them. */
static const char *const aws_removed[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_*",
    NULL,
};

/* clang-format off */
static const struct cl_environment_row aws_rows[] = {
    {.variable = "AWS_ACCESS_KEY_ID", .attr = "aws_access_key_id", .secret = true},
    {.variable = "AWS_SECRET_ACCESS_KEY", .attr = "aws_secret_access_key", .secret = true},
    {.variable = "AWS_SESSION_TOKEN", .attr = "aws_session_token", .secret = true},
    {.variable = "AWS_CREDENTIAL_EXPIRATION"},
    {.variable = "AWS_REGION", .attr = "region"},
    {.variable = "AWS_DEFAULT_REGION", .attr = "region"},
    {.variable = "AWS_ENDPOINT_URL", .attr = "endpoint_url", .if_stored = true},
    {.variable = "AWS_ENDPOINT_URL_STS", .attr = "sts_endpoint_url", .if_stored = true},
    {.variable = "AWS_ENDPOINT_URL_S3", .attr = "s3_endpoint_url", .if_stored = true},
    {.variable = "AWS_ENDPOINT_URL_EKS", .attr = "eks_endpoint_url", .if_stored = true},
    {.variable = "AWS_ENDPOINT_URL_ECR", .attr = "ecr_endpoint_url", .if_stored = true},
};
/* clang-format on */

/* Another agent's keys, and what would ask at a terminal for a passphrase. */
static const char *const ssh_removed[] = {
    "SSH_AUTH_SOCK",   "SSH_AGENT_PID", "SSH_ASKPASS", "GIT_SSH",
    "GIT_SSH_COMMAND", "CLEAT_SSH_*",   NULL,
};

static const char *const kubernetes_removed[] = {"KUBECONFIG", NULL};

static const char *const docker_removed[] = {"DOCKER_CONFIG", "DOCKER_AUTH_CONFIG",
                                             "REGISTRY_AUTH_FILE", NULL};

static const struct cl_environment_kind kinds[] = {
    {.connector_type = "aws",
     .removed = aws_removed,
     .rows = aws_rows,
     .row_count = CL_COUNT(aws_rows)},
    {.connector_type = "kubernetes",
     .removed = kubernetes_removed,
     .add_file = cl_environment_add_kubeconfig},
    {.connector_type = "docker",
     .removed = docker_removed,
     .add_folder = cl_environment_add_docker},
    {.connector_type = "hyperai", .removed = ssh_removed, .attend = cl_companion_ssh},
};

const struct cl_environment_kind *cl_environment_kind_find(struct cl_str connector_type)
{
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (cl_str_eq_c(connector_type, kinds[i].connector_type))
            return &kinds[i];
    }
    return NULL;
}
