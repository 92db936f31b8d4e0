#ifndef CLEAT_BRIDGES_SSH_CONFIG_H
#define CLEAT_BRIDGES_SSH_CONFIG_H

#include "base/buf.h"
#include "core/issued.h"

/* An issued SSH access as OpenSSH's client wants it. */

/** Appends lines for a known_hosts file. */
void cl_ssh_add_known_hosts(struct cl_buf *buf, const struct cl_issued *issued);

/**
 * Appends a Host block.
 *
 * @param names   patterns for `Host`, such as the resource id
 * @param agent   path of the agent's socket; NULL: whichever the user has
 * @param known   path of the known_hosts file
 * @return CL_OK, CL_E_INVALID (a value that the format cannot carry)
 */
enum cl_code cl_ssh_add_config(struct cl_buf *buf, const struct cl_issued *issued,
                               const char *agent, const char *known, struct cl_err *err)
    CL_MUST_USE;

/** The host's name, as it is connected to. */
const char *cl_ssh_host_of(const struct cl_issued *issued);

#endif
