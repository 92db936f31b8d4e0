#include "bridges/ssh_config.h"

const char *cl_ssh_host_of(const struct cl_issued *issued)
{
    const struct cl_strs *names = cl_config_list(&issued->config, "hostnames");

    return names == NULL || names->count == 0 ? "" : names->items[0];
}

void cl_ssh_add_known_hosts(struct cl_buf *buf, const struct cl_issued *issued)
{
    const struct cl_strs *lines = cl_config_list(&issued->config, "host_keys");

    for (size_t i = 0; lines != NULL && i < lines->count; i++) {
        cl_buf_add_c(buf, lines->items[i]);
        cl_buf_add_char(buf, '\n');
    }
}

/* In quotes: a path may hold a blank. Nothing escapes a quote there, nor % or $ in a path. */
static enum cl_code add_line(struct cl_buf *buf, const char *key, struct cl_str value,
                             struct cl_err *err)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c == 0x7F || strchr("\"%$\\", (char)c) != NULL) {
            return cl_err_set(err, CL_E_INVALID,
                              "the value of %s cannot stand in a configuration "
                              "of ssh",
                              key);
        }
    }
    cl_buf_addf(buf, "  %s \"%.*s\"\n", key, CL_STR_ARG(value));
    return cl_buf_ok(buf, err);
}

/* The name alone too: who types it means this host while there is one. */
static void add_names(struct cl_buf *buf, const struct cl_issued *issued)
{
    struct cl_str id = cl_str_of(issued->resource_id);
    struct cl_str name = cl_str_of(cl_ssh_host_of(issued));

    cl_buf_addf(buf, "Host %.*s", CL_STR_ARG(id));
    if (!cl_str_eq(id, name))
        cl_buf_addf(buf, " %.*s", CL_STR_ARG(name));
    cl_buf_add_char(buf, '\n');
}

enum cl_code cl_ssh_add_config(struct cl_buf *buf, const struct cl_issued *issued,
                               const char *agent, const char *known, struct cl_err *err)
{
    add_names(buf, issued);
    CL_TRY(add_line(buf, "HostName", cl_str_of(cl_ssh_host_of(issued)), err));
    CL_TRY(add_line(buf, "Port", cl_config_text(&issued->config, "port"), err));
    CL_TRY(add_line(buf, "User", cl_config_text(&issued->config, "username"), err));
    if (agent != NULL) {
        CL_TRY(add_line(buf, "IdentityAgent", cl_str_of(agent), err));
        cl_buf_add_c(buf, "  IdentityFile none\n  PreferredAuthentications publickey\n");
    }
    CL_TRY(add_line(buf, "UserKnownHostsFile", cl_str_of(known), err));
    cl_buf_add_c(buf, "  GlobalKnownHostsFile /dev/null\n"
                      "  StrictHostKeyChecking yes\n"
                      "  UpdateHostKeys no\n");
    return cl_buf_ok(buf, err);
}
