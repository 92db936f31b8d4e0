#include "net/egress.h"

enum address_kind {
    KIND_METADATA,
    KIND_LOOPBACK,
    KIND_NEVER, /* nothing that a connector may name lives there */
};

struct address_range {
    const char *net;
    size_t bits;
    enum address_kind kind;
    const char *name;
};

/* The first match counts: the metadata addresses lie inside wider ranges. */
static const struct address_range ranges[] = {
    {"169.254.169.254", 32, KIND_METADATA, "the cloud's metadata service"},
    {"169.254.170.2", 32, KIND_METADATA, "the container credentials service"},
    {"169.254.170.23", 32, KIND_METADATA, "the container credentials service"},
    {"fd00:ec2::254", 128, KIND_METADATA, "the cloud's metadata service"},
    {"fd00:ec2::23", 128, KIND_METADATA, "the container credentials service"},
    {"127.0.0.0", 8, KIND_LOOPBACK, "a loopback address"},
    {"::1", 128, KIND_LOOPBACK, "a loopback address"},
    {"0.0.0.0", 8, KIND_NEVER, "not an address of a host"},
    {"::", 96, KIND_NEVER, "not an address of a host"},
    {"169.254.0.0", 16, KIND_NEVER, "a link-local address"},
    {"fe80::", 10, KIND_NEVER, "a link-local address"},
    {"224.0.0.0", 4, KIND_NEVER, "a multicast address"},
    {"ff00::", 8, KIND_NEVER, "a multicast address"},
    {"255.255.255.255", 32, KIND_NEVER, "the broadcast address"},
};

static const struct address_range *range_of(const struct cl_ip *ip)
{
    for (size_t i = 0; i < CL_COUNT(ranges); i++) {
        if (cl_ip_within(ip, ranges[i].net, ranges[i].bits))
            return &ranges[i];
    }
    return NULL;
}

static bool is_kind_allowed(const struct cl_egress *rule, enum address_kind kind)
{
    switch (kind) {
    case KIND_METADATA: return rule->direct;
    case KIND_LOOPBACK: return !rule->server_mode || rule->allow_loopback;
    case KIND_NEVER: return !rule->server_mode;
    }
    return false;
}

enum cl_code cl_egress_check_ip(const struct cl_egress *rule, const struct cl_ip *ip,
                                struct cl_err *err)
{
    const struct address_range *range = range_of(ip);
    char text[CL_IP_TEXT_SIZE];

    if (range == NULL || is_kind_allowed(rule, range->kind))
        return CL_OK;
    cl_ip_text(ip, text);
    (void)cl_err_set(err, CL_E_EGRESS_BLOCKED, "connecting to %s is not allowed: it is %s", text,
                     range->name);
    return cl_err_hint(err, "Check the address that the connector is configured with.");
}

/* Headers that prove who somebody is, and the signature of a presigned URL. */
static bool carries_credentials(const struct cl_http_request *request)
{
    static const struct cl_str names[] = {
        CL_STR_INIT("authorization"),
        CL_STR_INIT("x-amz-security-token"),
        CL_STR_INIT("cookie"),
    };

    for (size_t i = 0; i < request->header_count; i++) {
        for (size_t n = 0; n < CL_COUNT(names); n++) {
            if (cl_str_ieq(request->headers[i].name, names[n]))
                return true;
        }
    }
    return cl_str_contains(request->url, CL_STR("X-Amz-Signature="));
}

static bool is_on_this_machine(const struct cl_target *target, bool is_literal,
                               const struct cl_ip *ip)
{
    if (!is_literal) /* libcurl, too, never asks a name server for these */
        return cl_str_ieq(target->host, CL_STR("localhost"));
    const struct address_range *range = range_of(ip);
    return range != NULL && range->kind != KIND_NEVER;
}

enum cl_code cl_egress_check_request(const struct cl_egress *rule, const struct cl_target *target,
                                     const struct cl_http_request *request, struct cl_err *err)
{
    struct cl_ip ip;
    bool is_literal = cl_ip_parse(target->host, &ip);

    if (is_literal)
        CL_TRY(cl_egress_check_ip(rule, &ip, err));
    if (!rule->server_mode || target->https || is_on_this_machine(target, is_literal, &ip) ||
        !carries_credentials(request))
        return CL_OK;
    (void)cl_err_set(err, CL_E_EGRESS_BLOCKED,
                     "refused to send credentials to '%.*s' over plain http",
                     CL_STR_ARG(target->host));
    return cl_err_hint(err, "Use an https:// address.");
}
