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

static enum cl_code add_secret(struct cl_environment *environment, const char *name,
                               const struct cl_issued *issued, const char *attr, struct cl_err *err)
{
    return cl_environment_add(environment, name,
                              cl_secret_expose(cl_config_secret(&issued->config, attr)), true, err);
}

/* Endpoints for all services, or for one of them. */
static enum cl_code add_endpoints(const struct cl_issued *issued,
                                  struct cl_environment *environment, struct cl_err *err)
{
    static const struct {
        const char *variable;
        const char *attr;
    } endpoints[] = {
        {"AWS_ENDPOINT_URL", "endpoint_url"},         {"AWS_ENDPOINT_URL_STS", "sts_endpoint_url"},
        {"AWS_ENDPOINT_URL_S3", "s3_endpoint_url"},   {"AWS_ENDPOINT_URL_EKS", "eks_endpoint_url"},
        {"AWS_ENDPOINT_URL_ECR", "ecr_endpoint_url"},
    };

    for (size_t i = 0; i < CL_COUNT(endpoints); i++) {
        CL_TRY(cl_environment_add(environment, endpoints[i].variable,
                                  cl_config_text(&issued->config, endpoints[i].attr), false, err));
    }
    return CL_OK;
}

static enum cl_code add_aws(const struct cl_issue_client_result *client,
                            struct cl_environment *environment, struct cl_err *err)
{
    const struct cl_issued *issued = &client->issued;
    struct cl_str region = cl_config_text(&issued->config, "region");

    CL_TRY(add_secret(environment, "AWS_ACCESS_KEY_ID", issued, "aws_access_key_id", err));
    CL_TRY(add_secret(environment, "AWS_SECRET_ACCESS_KEY", issued, "aws_secret_access_key", err));
    CL_TRY(add_secret(environment, "AWS_SESSION_TOKEN", issued, "aws_session_token", err));
    CL_TRY(
        cl_environment_add_time(environment, "AWS_CREDENTIAL_EXPIRATION", issued->expires_at, err));
    CL_TRY(cl_environment_add(environment, "AWS_REGION", region, false, err));
    CL_TRY(cl_environment_add(environment, "AWS_DEFAULT_REGION", region, false, err));
    return add_endpoints(issued, environment, err);
}

/* Another agent's keys, and what would ask at a terminal for a passphrase. */
static const char *const ssh_removed[] = {
    "SSH_AUTH_SOCK",   "SSH_AGENT_PID", "SSH_ASKPASS", "GIT_SSH",
    "GIT_SSH_COMMAND", "CLEAT_SSH_*",   NULL,
};

static const char *const kubernetes_removed[] = {"KUBECONFIG", NULL};

static const struct cl_environment_kind kinds[] = {
    {.connector_type = "aws", .removed = aws_removed, .add = add_aws},
    {.connector_type = "kubernetes",
     .removed = kubernetes_removed,
     .add_file = cl_environment_add_kubeconfig},
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
