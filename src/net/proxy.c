#include "net/proxy.h"

#include "net/ip.h"

/* The target's host in the forms that entries are compared with. */
struct subject {
    struct cl_str host;
    bool is_ip;
    struct cl_ip ip;
};

static struct cl_str env_either(const struct cl_world *world, const char *lower, const char *upper)
{
    struct cl_str value = cl_str_trim(cl_world_env(world, lower));

    return value.len > 0 ? value : cl_str_trim(cl_world_env(world, upper));
}

static bool matches_network(const struct subject *subject, struct cl_str entry)
{
    struct cl_str address;
    struct cl_str bits_text;
    struct cl_ip net;
    int64_t bits = 0;
    struct cl_err ignored = CL_ERR_NONE;
    bool has_bits = cl_str_cut(entry, '/', &address, &bits_text);

    if (!subject->is_ip || !cl_ip_parse(address, &net))
        return false;
    if (!has_bits)
        return memcmp(&net, &subject->ip, sizeof(net)) == 0;
    if (cl_parse_i64(bits_text, &bits, &ignored) != CL_OK || bits < 0)
        return false;
    bool is_v4 = !cl_str_contains(address, CL_STR(":"));
    if (bits > (is_v4 ? 32 : 128))
        return false;
    return cl_ip_in(&subject->ip, &net, (size_t)bits + (is_v4 ? 96 : 0));
}

static bool matches_domain(const struct subject *subject, struct cl_str entry)
{
    struct cl_str domain = entry.ptr[0] == '.' ? cl_str_skip(entry, 1) : entry;

    if (subject->is_ip || domain.len == 0 || domain.len > subject->host.len)
        return false;
    size_t before = subject->host.len - domain.len;
    return cl_str_ieq(cl_str_skip(subject->host, before), domain) &&
           (before == 0 || subject->host.ptr[before - 1] == '.');
}

static bool is_excepted(const struct subject *subject, struct cl_str list)
{
    while (list.len > 0) {
        size_t len = 0;
        while (len < list.len && strchr(", \t", list.ptr[len]) == NULL)
            len++;
        struct cl_str entry = cl_str_first(list, len);
        list = cl_str_skip(list, len + 1);
        if (entry.len == 0)
            continue;
        if (cl_str_eq_c(entry, "*") || matches_network(subject, entry) ||
            matches_domain(subject, entry))
            return true;
    }
    return false;
}

/* A name that ends with a dot is the same name. */
static struct subject subject_of(const struct cl_target *target)
{
    struct subject subject = {.host = target->host};

    if (cl_str_ends(subject.host, CL_STR(".")))
        subject.host.len--;
    subject.is_ip = cl_ip_parse(subject.host, &subject.ip);
    return subject;
}

struct cl_str cl_proxy_for(const struct cl_world *world, const struct cl_target *target)
{
    struct subject subject = subject_of(target);
    struct cl_str proxy = target->https ? env_either(world, "https_proxy", "HTTPS_PROXY")
                                        : env_either(world, "http_proxy", "HTTP_PROXY");

    if (proxy.len == 0 || cl_str_ieq(subject.host, CL_STR("localhost")) ||
        (subject.is_ip && cl_ip_is_loopback(&subject.ip)))
        return CL_STR_NONE;
    if (is_excepted(&subject, env_either(world, "no_proxy", "NO_PROXY")))
        return CL_STR_NONE;
    return proxy;
}
