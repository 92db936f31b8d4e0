#include "clouds/ssh/host.h"

#include <stdio.h>

#include "net/ip.h"

#define NAME_MAX_BYTES 253
#define LABEL_MAX_BYTES 63

static enum cl_code refuse(struct cl_err *err, const char *why)
{
    (void)cl_err_set(err, CL_E_INVALID, "the host %s", why);
    return cl_err_hint(err, "Write NAME, ADDRESS, NAME:PORT or [ADDRESS]:PORT.");
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 1123, and the underscore that some networks have. */
static bool is_label(struct cl_str label)
{
    if (label.len == 0 || label.len > LABEL_MAX_BYTES || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-' && label.ptr[i] != '_')
            return false;
    }
    return true;
}

static bool is_name(struct cl_str name)
{
    struct cl_str rest = name;
    bool more = true;

    if (name.len > NAME_MAX_BYTES)
        return false;
    while (more) {
        struct cl_str label;
        more = cl_str_cut(rest, '.', &label, &rest);
        if (!is_label(label))
            return false;
    }
    return true;
}

/* Digits and dots alone are an address or a slip of the pen, never a name. */
static bool looks_like_address(struct cl_str name)
{
    return cl_str_only(name, "0123456789.");
}

static enum cl_code set_name(struct cl_str name, struct ssh_host *host, struct cl_err *err)
{
    struct cl_ip ip;

    if (cl_ip_parse(name, &ip)) {
        char text[CL_IP_TEXT_SIZE];
        cl_ip_text(&ip, text);
        (void)snprintf(host->name, sizeof(host->name), "%s", text);
        return CL_OK;
    }
    if (cl_str_ends(name, CL_STR(".")))
        name.len--;
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.ptr[i] >= 0x80)
            return refuse(err, "has an international name: write its ASCII form (xn--...)");
    }
    if (looks_like_address(name) || !is_name(name))
        return refuse(err, "is neither a host name nor an address");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        host->name[i] = c;
    }
    host->name[name.len] = '\0';
    return CL_OK;
}

static enum cl_code set_port(struct cl_str text, struct ssh_host *host, struct cl_err *err)
{
    int64_t port = 0;
    struct cl_err ignored = CL_ERR_NONE;

    if (!cl_str_only(text, "0123456789") || cl_parse_i64(text, &port, &ignored) != CL_OK ||
        port < 1 || port > 65535)
        return refuse(err, "has a port that is none (1 to 65535)");
    host->port = (int)port;
    return CL_OK;
}

static enum cl_code parse_bracketed(struct cl_str text, struct ssh_host *host, struct cl_err *err)
{
    struct cl_str inside = CL_STR_NONE;
    struct cl_str behind = CL_STR_NONE;
    struct cl_ip ip;

    if (!cl_str_cut(cl_str_skip(text, 1), ']', &inside, &behind) || !cl_ip_parse(inside, &ip))
        return refuse(err, "has brackets, but no address in them");
    CL_TRY(set_name(inside, host, err));
    if (behind.len == 0)
        return CL_OK;
    if (behind.ptr[0] != ':')
        return refuse(err, "has something other than a port behind its brackets");
    return set_port(cl_str_skip(behind, 1), host, err);
}

static enum cl_code parse(struct cl_str text, struct ssh_host *host, struct cl_err *err)
{
    struct cl_str name = text;
    struct cl_str port = CL_STR_NONE;
    struct cl_ip ip;

    if (text.len == 0)
        return refuse(err, "is empty");
    if (text.ptr[0] == '-')
        return refuse(err, "begins with a dash");
    if (text.ptr[0] == '[')
        return parse_bracketed(text, host, err);
    if (cl_ip_parse(text, &ip) || !cl_str_cut(text, ':', &name, &port))
        return set_name(text, host, err);
    CL_TRY(set_name(name, host, err));
    return set_port(port, host, err);
}

enum cl_code ssh_host_parse(struct cl_str text, int default_port, struct ssh_host *ret,
                            struct cl_err *err)
{
    struct ssh_host host = {.port = default_port};

    CL_TRY(parse(cl_str_trim(text), &host, err));
    *ret = host;
    return CL_OK;
}

bool ssh_host_eq(const struct ssh_host *a, const struct ssh_host *b)
{
    return a->port == b->port && strcmp(a->name, b->name) == 0;
}

void ssh_host_text(const struct ssh_host *host, char ret[SSH_HOST_TEXT_MAX])
{
    bool is_v6 = strchr(host->name, ':') != NULL;

    if (host->port == SSH_PORT) {
        (void)snprintf(ret, SSH_HOST_TEXT_MAX, "%s", host->name);
    } else if (is_v6) {
        (void)snprintf(ret, SSH_HOST_TEXT_MAX, "[%s]:%d", host->name, host->port);
    } else {
        (void)snprintf(ret, SSH_HOST_TEXT_MAX, "%s:%d", host->name, host->port);
    }
}

void ssh_host_known_text(const struct ssh_host *host, char ret[SSH_HOST_TEXT_MAX])
{
    if (host->port == SSH_PORT) {
        (void)snprintf(ret, SSH_HOST_TEXT_MAX, "%s", host->name);
    } else {
        (void)snprintf(ret, SSH_HOST_TEXT_MAX, "[%s]:%d", host->name, host->port);
    }
}
