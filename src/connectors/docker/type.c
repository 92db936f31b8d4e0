#include "clouds/registry/names.h"
#include "connectors/docker/ops.h"

/* clang-format off */

static const struct cl_attr password_attrs[] = {
    {.name = "username", .kind = CL_ATTR_SECRET, .required = true, .max_bytes = 1024,
     .help = "Registry user name"},
    {.name = "password", .kind = CL_ATTR_SECRET, .required = true, .max_bytes = 16384,
     .help = "Registry password or access token"},
    {.name = "registry", .kind = CL_ATTR_TEXT, .max_bytes = 1024,
     .help = "Registry server, Docker Hub if omitted"},
    /* Beyond the original schema. */
    {.name = "repository", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 255,
     .help = "Repository that verification must be able to pull"},
    {.name = "ca_bundle", .kind = CL_ATTR_TEXT, .format = CL_ATTR_FORMAT_PEM, .extra = true,
     .help = "Certificates, in PEM form, of a private certificate authority"},
    {.name = "client_certificate", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, .extra = true,
     .help = "Certificate to show the registry, in PEM form"},
    {.name = "client_key", .kind = CL_ATTR_SECRET, .format = CL_ATTR_FORMAT_PEM, .extra = true,
     .help = "Its private key, in PEM form, not encrypted"},
    {.name = "insecure", .kind = CL_ATTR_BOOL, .extra = true,
     .help = "Trust whatever certificate the registry shows"},
    {.name = "auth_realm_pin", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 260,
     .help = "Token server that may receive the password, as host[:port]"},
    {.name = "plain_http", .kind = CL_ATTR_BOOL, .extra = true,
     .help = "The registry speaks http, not https"},
    {.name = "allow_plain_http", .kind = CL_ATTR_BOOL, .extra = true,
     .help = "Permit plain http beyond this machine, unencrypted"},
};

static const struct cl_auth_method methods[] = {
    {.id = "password", .title = "Docker username and password/token",
     .description = docker_text_password,
     .attrs = password_attrs, .attr_count = CL_COUNT(password_attrs),
     .issues = CL_ISSUES_PASS_THROUGH, .may_expire = true},
};

#define LOGO "https://public-flavor-logos.s3.eu-central-1.amazonaws.com/container_registry/docker.png"

static const struct cl_resource_type resources[] = {
    {.id = DOCKER_REGISTRY, .title = "Docker/OCI container registry", .emoji = "🐳",
     .description = docker_text_registry, .id_forms = REGISTRY_ID_FORMS, .logo_url = LOGO},
};

static const struct cl_source_option sources[] = {
    {.name = "docker_config", .help = "Docker configuration to look into, instead of the usual files."},
    {.name = "use_docker_certs", .is_flag = true,
     .help = "Also take over the registry's certificates from /etc/docker/certs.d."},
    {.name = "allow_short_lived", .is_flag = true,
     .help = "Also take over a credential that ends within a day."},
};

/* clang-format on */

static const struct cl_connector_ops ops = {
    .canonical_id = docker_canonical_id,
    .default_id = docker_default_id,
    .check_config = docker_check_config,
    .verify = docker_verify,
    .list = NULL, /* one registry, nothing to list */
    .check = docker_check,
    .issue = docker_issue,
    .revoke = NULL,
    .discover = docker_discover,
};

const struct cl_connector_type cl_type_docker = {
    .id = "docker",
    .rank = 20,
    .title = "Docker Service Connector",
    .emoji = "🐳",
    .description = docker_text_type,
    .logo_url = LOGO,
    .ops = &ops,
    .methods = methods,
    .method_count = CL_COUNT(methods),
    .resources = resources,
    .resource_count = CL_COUNT(resources),
    .sources = sources,
    .source_count = CL_COUNT(sources),
};
