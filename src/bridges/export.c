#include "bridges/export.h"

#include "bridges/ssh_config.h"

/* Where ssh is told to look; the other format fills it. */
#define KNOWN_HOSTS "~/.ssh/cleat_known_hosts"

const char *const cl_export_names[] = {"ssh-config", "known-hosts", NULL};

static enum cl_code add_ssh_config(const struct cl_issued *issued, struct cl_buf *ret,
                                   struct cl_err *err)
{
    return cl_ssh_add_config(ret, issued, NULL, KNOWN_HOSTS, err);
}

static enum cl_code add_known_hosts(const struct cl_issued *issued, struct cl_buf *ret,
                                    struct cl_err *err)
{
    cl_ssh_add_known_hosts(ret, issued);
    return cl_buf_ok(ret, err);
}

static const struct cl_export_format formats[] = {
    {.connector_type = "hyperai", .name = "ssh-config", .add = add_ssh_config},
    {.connector_type = "hyperai", .name = "known-hosts", .add = add_known_hosts},
};

enum cl_code cl_export(const struct cl_issue_client_result *client, struct cl_str format,
                       struct cl_buf *ret, struct cl_err *err)
{
    struct cl_str type = cl_str_of(client->issued.connector_type);

    for (size_t i = 0; i < CL_COUNT(formats); i++) {
        if (cl_str_eq_c(type, formats[i].connector_type) && cl_str_eq_c(format, formats[i].name))
            return formats[i].add(&client->issued, ret, err);
    }
    return cl_err_set(err, CL_E_UNSUPPORTED, "a '%s' credential has no format '%.*s'",
                      client->issued.connector_type, CL_STR_ARG(cl_str_first(format, 64)));
}
