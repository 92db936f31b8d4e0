#include "clouds/kubernetes/token.h"
#include "connectors/kubernetes/ops.h"

/* clang-format off */

#define TOKEN_DEFAULT_S 3600
#define TOKEN_MAX_S 86400

#define ATTR_CLUSTER_NAME {.name = "cluster_name", .kind = CL_ATTR_TEXT, .required = true, \
     .max_bytes = 255, .help = "Kubernetes cluster name to be used in the kubeconfig"}
#define ATTR_SERVER {.name = "server", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, .required = true, \
     .max_bytes = 2048, .help = "Kubernetes server URL"}
#define ATTR_INSECURE {.name = "insecure", .kind = CL_ATTR_BOOL, \
     .help = "Skip TLS verification of the server certificate"}
#define ATTR_CA {.name = "certificate_authority", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_PEM, \
     .help = "Certificate authority of the cluster, PEM or base64 encoded"}
#define ATTR_COMMON ATTR_SERVER, ATTR_CLUSTER_NAME, ATTR_INSECURE, ATTR_CA

#define ATTR_TOKEN {.name = "token", .kind = CL_ATTR_SECRET, .max_bytes = 32768, .help = "Kubernetes token"}
#define ATTR_CLIENT_CERT {.name = "client_certificate", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, \
     .help = "Client certificate, PEM or base64 encoded"}
#define ATTR_CLIENT_KEY {.name = "client_key", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, \
     .help = "Key of the client certificate, PEM or base64 encoded"}

#define ATTR_TARGET \
    {.name = "service_account", .kind = CL_ATTR_TEXT, .required = true, .max_bytes = 253, \
     .help = "Service account that clients receive tokens of"}, \
    {.name = "service_account_namespace", .kind = CL_ATTR_TEXT, .required = true, .max_bytes = 63, \
     .help = "Namespace of that service account"}
#define EXTRA_TARGET \
    {.name = "audiences", .kind = CL_ATTR_LIST, .extra = true, \
     .help = "Audiences of the tokens, the API server's own if omitted"}, \
    {.name = "bound_secret", .kind = CL_ATTR_BOOL, .extra = true, \
     .help = "Bind the tokens to a Secret, so that they can be revoked"}

/* Beyond the original schema. */
#define EXTRA_PLACE \
    {.name = "tls_server_name", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 253, \
     .help = "Name that the server certificate is for, if not the server's host"}, \
    {.name = "proxy_url", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_URI, .extra = true, .max_bytes = 2048, \
     .help = "Proxy in front of the cluster: an http, https or socks5 URL"}, \
    {.name = "namespace", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 63, \
     .help = "Namespace that clients use unless they name one"}
#define EXTRA_HTTP \
    {.name = "allow_plain_http", .kind = CL_ATTR_BOOL, .extra = true, \
     .help = "Permit an http server URL"}
#define EXTRA_IMPERSONATION \
    {.name = "as_user", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 1024, \
     .help = "User to act as, by impersonation"}, \
    {.name = "as_groups", .kind = CL_ATTR_LIST, .extra = true, \
     .help = "Groups to act as, with as_user"}
#define EXTRA_COMMON EXTRA_PLACE, EXTRA_IMPERSONATION, EXTRA_HTTP

static const struct cl_attr password_attrs[] = {
    ATTR_COMMON,
    {.name = "username", .kind = CL_ATTR_SECRET, .required = true, .max_bytes = 1024,
     .help = "Kubernetes user name"},
    {.name = "password", .kind = CL_ATTR_SECRET, .required = true, .max_bytes = 16384,
     .help = "Kubernetes password"},
    EXTRA_COMMON,
};
static const struct cl_attr token_attrs[] = {
    ATTR_COMMON, ATTR_CLIENT_CERT, ATTR_CLIENT_KEY, ATTR_TOKEN, EXTRA_COMMON,
    {.name = "allow_anonymous", .kind = CL_ATTR_BOOL, .extra = true,
     .help = "Permit a connector without any credential"},
};
static const struct cl_attr client_certificate_attrs[] = {
    ATTR_COMMON,
    {.name = "client_certificate", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, .required = true,
     .help = "Client certificate, PEM or base64 encoded"},
    {.name = "client_key", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, .required = true,
     .help = "Key of the client certificate, PEM or base64 encoded"},
    EXTRA_COMMON,
};
static const struct cl_attr service_account_attrs[] = {
    ATTR_COMMON, ATTR_TARGET, ATTR_CLIENT_CERT, ATTR_CLIENT_KEY, ATTR_TOKEN, EXTRA_TARGET, EXTRA_COMMON,
};
static const struct cl_attr in_cluster_attrs[] = {
    ATTR_CLUSTER_NAME, ATTR_TARGET, EXTRA_TARGET, EXTRA_PLACE,
};

static const struct cl_auth_method methods[] = {
    {.id = "password", .title = "Kubernetes Username and Password",
     .description = kubernetes_text_password,
     .attrs = password_attrs, .attr_count = CL_COUNT(password_attrs),
     .issues = CL_ISSUES_PASS_THROUGH},
    {.id = "token", .title = "Kubernetes Token",
     .description = kubernetes_text_token,
     .attrs = token_attrs, .attr_count = CL_COUNT(token_attrs),
     .issues = CL_ISSUES_PASS_THROUGH, .may_expire = true},
    {.id = "client-certificate", .title = "Kubernetes Client Certificate",
     .description = kubernetes_text_client_certificate,
     .attrs = client_certificate_attrs, .attr_count = CL_COUNT(client_certificate_attrs),
     .issues = CL_ISSUES_PASS_THROUGH, .may_expire = true},
    {.id = "service-account", .title = "Kubernetes Service Account",
     .description = kubernetes_text_service_account,
     .attrs = service_account_attrs, .attr_count = CL_COUNT(service_account_attrs),
     .min_ttl_s = KUBE_TOKEN_MIN_S, .max_ttl_s = TOKEN_MAX_S, .default_ttl_s = TOKEN_DEFAULT_S,
     .issues = CL_ISSUES_TEMPORARY, .may_expire = true},
    {.id = "in-cluster", .title = "Kubernetes In-Cluster Service Account",
     .description = kubernetes_text_in_cluster,
     .attrs = in_cluster_attrs, .attr_count = CL_COUNT(in_cluster_attrs),
     .min_ttl_s = KUBE_TOKEN_MIN_S, .max_ttl_s = TOKEN_MAX_S, .default_ttl_s = TOKEN_DEFAULT_S,
     .issues = CL_ISSUES_TEMPORARY, .implicit = true},
};

#define LOGO "https://public-flavor-logos.s3.eu-central-1.amazonaws.com/orchestrator/kubernetes.png"

static const struct cl_resource_type resources[] = {
    {.id = KUBERNETES_CLUSTER, .title = "Kubernetes cluster", .emoji = "🌀",
     .description = kubernetes_text_cluster, .id_forms = "{cluster-name}", .logo_url = LOGO},
};

static const struct cl_source_option sources[] = {
    {.name = "kubeconfig", .help = "The kubeconfig file to take over from, alone; else those that kubectl uses."},
    {.name = "context", .help = "Context to take over; the current one if omitted."},
    {.name = "allow_short_lived", .is_flag = true,
     .help = "Also run the tool that a user gets its credentials from, and keep one until it ends."},
};

/* As whom the connector acts. The rest of the facts is in JSON. */
static const struct cl_shown_fact shown_facts[] = {
    {.name = "user", .label = "USER"},
    {.name = "groups", .label = "GROUPS"},
    {.name = "server_version", .label = "SERVER VERSION"},
};

/* clang-format on */

static const struct cl_connector_ops ops = {
    .canonical_id = NULL, /* as it is */
    .default_id = kubernetes_default_id,
    .check_config = kubernetes_check_config,
    .credentials_end = kubernetes_credentials_end,
    .verify = kubernetes_verify,
    .list = NULL, /* one cluster, nothing to list */
    .check = kubernetes_check,
    .issue = kubernetes_issue,
    .surroundings = kubernetes_surroundings,
    .revoke = kubernetes_revoke,
    .can_revoke = kubernetes_can_revoke,
    .discover = kubernetes_discover,
};

const struct cl_connector_type cl_type_kubernetes = {
    .id = "kubernetes",
    .rank = 10,
    .title = "Kubernetes Service Connector",
    .emoji = "🌀",
    .description = kubernetes_text_type,
    .logo_url = LOGO,
    .ops = &ops,
    .methods = methods,
    .method_count = CL_COUNT(methods),
    .resources = resources,
    .resource_count = CL_COUNT(resources),
    .sources = sources,
    .source_count = CL_COUNT(sources),
    .shown_facts = shown_facts,
    .shown_fact_count = CL_COUNT(shown_facts),
};
