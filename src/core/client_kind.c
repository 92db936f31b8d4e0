#include "core/client_kind.h"

#define KUBERNETES_EMOJI "\xF0\x9F\x8C\x80"
#define DOCKER_EMOJI "\xF0\x9F\x90\xB3"
#define AZURE_EMOJI "\xF0\x9F\x87\xA6"
#define AWS_EMOJI "\xF0\x9F\x94\xB6"
#define GCP_EMOJI "\xF0\x9F\x94\xB5"
#define HYPERAI_EMOJI "\xF0\x9F\xA4\x96"

static const char *const kubernetes_attrs[] = {
    "server", "cluster_name",       "insecure",   "certificate_authority", "username",  "password",
    "token",  "client_certificate", "client_key", "tls_server_name",       "proxy_url", "namespace",
    NULL,
};

static const char *const docker_attrs[] = {
    "username", "password", "registry", "ca_bundle", "insecure", "plain_http", NULL,
};

static const char *const azure_attrs[] = {
    "subscription_id",
    "tenant_id",
    "resource_group",
    "storage_account",
    "client_id",
    "client_secret",
    "token",
    "storage_token",
    "kubernetes_token",
    "registry_token",
    "sas_token",
    "cloud",
    NULL,
};

static const char *const aws_attrs[] = {
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token",   "region",
    "endpoint_url",      "bucket_region",         "s3_addressing_style", NULL,
};

static const char *const gcp_attrs[] = {
    "project_id",
    "token",
    "service_account_email",
    "user_account_json",
    "service_account_json",
    "external_account_json",
    "universe_domain",
    "quota_project_id",
    NULL,
};

static const char *const hyperai_attrs[] = {
    "base64_ssh_key", "ssh_passphrase", "certificate", "hostnames",
    "username",       "host_keys",      "port",        NULL,
};

static const struct cl_client_kind kinds[] = {
    {
        .connector_type = "kubernetes",
        .title = "Kubernetes Service Connector",
        .emoji = KUBERNETES_EMOJI,
        .resource_type = "kubernetes-cluster",
        .resource_title = "Kubernetes cluster",
        .attrs = kubernetes_attrs,
    },
    {
        .connector_type = "docker",
        .title = "Docker Service Connector",
        .emoji = DOCKER_EMOJI,
        .resource_type = "docker-registry",
        .resource_title = "Docker/OCI container registry",
        .attrs = docker_attrs,
    },
    {
        .connector_type = "azure",
        .title = "Azure Service Connector",
        .emoji = AZURE_EMOJI,
        .attrs = azure_attrs,
    },
    {
        .connector_type = "aws",
        .title = "AWS Service Connector",
        .emoji = AWS_EMOJI,
        .attrs = aws_attrs,
    },
    {
        .connector_type = "gcp",
        .title = "GCP Service Connector",
        .emoji = GCP_EMOJI,
        .attrs = gcp_attrs,
    },
    {
        .connector_type = "hyperai",
        .title = "HyperAI Service Connector",
        .emoji = HYPERAI_EMOJI,
        .resource_type = "hyperai-instance",
        .resource_title = "HyperAI instance",
        .attrs = hyperai_attrs,
    },
};

const struct cl_client_kind *cl_client_kind_find(struct cl_str connector_type)
{
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (cl_str_eq_c(connector_type, kinds[i].connector_type))
            return &kinds[i];
    }
    return NULL;
}

const struct cl_client_kind *cl_client_kind_issued(struct cl_str connector_type,
                                                   struct cl_str resource_type)
{
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (kinds[i].resource_type != NULL && cl_str_eq_c(resource_type, kinds[i].resource_type))
            return &kinds[i];
    }
    return cl_client_kind_find(connector_type);
}
