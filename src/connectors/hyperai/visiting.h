#ifndef CLEAT_CONNECTORS_HYPERAI_VISITING_H
#define CLEAT_CONNECTORS_HYPERAI_VISITING_H

#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/login.h"

/* Visits to a connector's hosts, and what they found. Set `commands` before, or nothing is run. */
struct hyperai_visiting {
    const char *const *commands;
    size_t command_count;
    struct hyperai_hosts hosts;
    struct hyperai_login login;
    struct cl_ssh_visit *visits;
    struct cl_ssh_seen *seen; /* for each host */
};
void hyperai_visiting_cleanup(struct hyperai_visiting *visiting);

/**
 * Logs in to every host, or to the one that is wanted.
 *
 * @param only  canonical id; NULL: all
 * @return CL_OK whatever the hosts said, see cl_ssh_seen.error; what cl_ssh.visit and
 *         hyperai_hosts_of return
 */
enum cl_code hyperai_visit(const struct cl_call *call, const struct cl_connector *conn,
                           const char *only, struct hyperai_visiting *visiting, struct cl_err *err)
    CL_MUST_USE;

size_t hyperai_count_failures(const struct hyperai_visiting *visiting);

/** The first host's error, as that of all: for when none could be visited. */
enum cl_code hyperai_fail_all(const struct hyperai_visiting *visiting, struct cl_err *err);

#endif
