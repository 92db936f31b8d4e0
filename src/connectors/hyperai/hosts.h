#ifndef CLEAT_CONNECTORS_HYPERAI_HOSTS_H
#define CLEAT_CONNECTORS_HYPERAI_HOSTS_H

#include "clouds/ssh/host.h"
#include "core/connector.h"
#include "net/ssh.h"

/* The hosts that a connector is about, and the keys that are pinned for them. */

#define HYPERAI_HOSTS_MAX 1000
#define HYPERAI_PINS_MAX 64 /* for one host */

/* A configured host. Zero-initialised is empty. */
struct hyperai_host {
    struct ssh_host host;
    struct cl_buf blobs; /* of its pinned keys, one behind the other */
    struct cl_ssh_host_key *pins;
    size_t pin_count;
};

struct hyperai_hosts {
    struct hyperai_host *items;
    size_t count;
};
void hyperai_hosts_cleanup(struct hyperai_hosts *hosts);

/** The port for hosts that name none. */
enum cl_code hyperai_port(const struct cl_config *config, int *ret, struct cl_err *err) CL_MUST_USE;

/**
 * The configured hosts with their pins.
 *
 * @param only  canonical id of the one that is wanted; NULL: all
 * @return CL_OK, CL_E_INVALID_ATTRIBUTE (says which one, by number), CL_E_OUT_OF_SCOPE
 */
enum cl_code hyperai_hosts_of(const struct cl_connector *conn, const char *only,
                              struct hyperai_hosts *ret, struct cl_err *err) CL_MUST_USE;

/** Of known_hosts lines those that are about a configured host, checked; see cl_attr.keep. */
enum cl_code hyperai_keep_lines(const struct cl_config *config, const struct cl_strs *given,
                                struct cl_strs *ret, struct cl_err *err) CL_MUST_USE;

#endif
