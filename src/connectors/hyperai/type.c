#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/ops.h"

#define KNOWN_HOSTS_MAX ((size_t)4 << 20U) /* bytes: a whole file is given, few lines are kept */

/* clang-format off */

/* The original schema, then what only Cleat has. */
#define HOST_ATTRS                                                                              \
    {.name = "hostnames", .kind = CL_ATTR_LIST, .required = true,                               \
     .help = "Host names or addresses, each with :PORT if need be"},                            \
    {.name = "username", .kind = CL_ATTR_TEXT, .required = true, .max_bytes = 64,               \
     .help = "Login name, the same on all hosts"},                                              \
    {.name = "host_keys", .kind = CL_ATTR_LIST, .format = CL_ATTR_FORMAT_LINES, .extra = true,  \
     .max_bytes = KNOWN_HOSTS_MAX, .keep = hyperai_keep_lines,                                   \
     .help = "Pinned host keys, known_hosts lines"},                                            \
    {.name = "port", .kind = CL_ATTR_INT, .extra = true,                                        \
     .help = "Port of the hosts that name none, 22 if omitted"}

static const struct cl_attr key_attrs[] = {
    {.name = "base64_ssh_key", .kind = CL_ATTR_SECRET, .required = true,
     .help = "Private SSH key file, or its base64"},
    {.name = "ssh_passphrase", .kind = CL_ATTR_SECRET, .max_bytes = 1024,
     .help = "Passphrase of an encrypted key"},
    HOST_ATTRS,
};

static const struct cl_attr certificate_attrs[] = {
    {.name = "ca_key", .kind = CL_ATTR_SECRET, .required = true,
     .help = "Private key file of the certificate authority, or its base64"},
    {.name = "ca_key_passphrase", .kind = CL_ATTR_SECRET, .max_bytes = 1024,
     .help = "Passphrase of an encrypted authority key"},
    HOST_ATTRS,
    {.name = "principals", .kind = CL_ATTR_LIST, .extra = true,
     .help = "Login names in the certificate, the username if omitted"},
    {.name = "extensions", .kind = CL_ATTR_LIST, .extra = true,
     .help = "What a login may do, permit-pty if omitted"},
    {.name = "force_command", .kind = CL_ATTR_TEXT, .extra = true, .max_bytes = 1024,
     .help = "The only command that a login runs"},
    {.name = "source_address", .kind = CL_ATTR_LIST, .extra = true,
     .help = "Addresses, as CIDR, that logins may come from"},
};

#define KEY_METHOD(method, name, text)                                                          \
    {.id = (method), .title = (name), .description = (text), .attrs = key_attrs,                  \
     .attr_count = CL_COUNT(key_attrs), .issues = CL_ISSUES_PASS_THROUGH}

static const struct cl_auth_method methods[] = {
    KEY_METHOD(HYPERAI_RSA, "RSA key with optional passphrase", hyperai_text_rsa),
    KEY_METHOD(HYPERAI_DSA, "DSA/DSS key with optional passphrase", hyperai_text_dsa),
    KEY_METHOD(HYPERAI_ECDSA, "ECDSA key with optional passphrase", hyperai_text_ecdsa),
    KEY_METHOD(HYPERAI_ED25519, "Ed25519 key with optional passphrase", hyperai_text_ed25519),
    KEY_METHOD(HYPERAI_ANY_KEY, "SSH key of any type with optional passphrase",
               hyperai_text_any_key),
    {.id = HYPERAI_CERTIFICATE, .title = "SSH certificates for a limited time",
     .description = hyperai_text_certificate, .attrs = certificate_attrs,
     .attr_count = CL_COUNT(certificate_attrs), .min_ttl_s = 60, .max_ttl_s = 86400,
     .default_ttl_s = 900, .issues = CL_ISSUES_TEMPORARY},
};

#define LOGO "https://public-flavor-logos.s3.eu-central-1.amazonaws.com/connectors/hyperai/hyperai.png"

static const struct cl_resource_type resources[] = {
    {.id = HYPERAI_INSTANCE, .title = "HyperAI instance", .emoji = "🤖",
     .description = hyperai_text_instance,
     .id_forms = "{host}, {host}:{port}, [{IPv6 address}]:{port}",
     .logo_url = LOGO, .supports_instances = true},
};

static const struct cl_source_option sources[] = {
    {.name = "host", .help = "Host to take over, as you give it to ssh."},
};

/* clang-format on */

static const struct cl_connector_ops ops = {
    .canonical_id = hyperai_canonical_id,
    .default_id = NULL,
    .check_config = hyperai_check_config,
    .verify = hyperai_verify,
    .list = hyperai_list,
    .check = hyperai_check,
    .issue = hyperai_issue,
    .revoke = NULL,
    .discover = hyperai_discover,
    .scan = hyperai_scan,
};

const struct cl_connector_type cl_type_hyperai = {
    .id = "hyperai",
    .rank = 60,
    .title = "HyperAI Service Connector",
    .emoji = "🤖",
    .description = hyperai_text_type,
    .logo_url = LOGO,
    .ops = &ops,
    .methods = methods,
    .method_count = CL_COUNT(methods),
    .resources = resources,
    .resource_count = CL_COUNT(resources),
    .sources = sources,
    .source_count = CL_COUNT(sources),
    .listing_proves = true,
};
