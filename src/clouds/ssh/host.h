#ifndef CLEAT_CLOUDS_SSH_HOST_H
#define CLEAT_CLOUDS_SSH_HOST_H

#include "base/buf.h"

/* Names of SSH hosts, as users write them and as everything compares them. */

#define SSH_PORT 22
#define SSH_HOST_MAX 256
#define SSH_HOST_TEXT_MAX 264 /* brackets, colon, port */

struct ssh_host {
    char name[SSH_HOST_MAX]; /* lower case; an address in its usual notation, without brackets */
    int port;
};

/**
 * Reads NAME, NAME:PORT, an IPv4 or IPv6 address, or [ADDRESS]:PORT. Neither user nor scheme nor
 * path; no leading dash, which programs would take for an option.
 *
 * @param default_port  when none is written
 * @return CL_OK, CL_E_INVALID
 */
enum cl_code ssh_host_parse(struct cl_str text, int default_port, struct ssh_host *ret,
                            struct cl_err *err) CL_MUST_USE;

bool ssh_host_eq(const struct ssh_host *a, const struct ssh_host *b);

/** The canonical spelling: NAME, or NAME:PORT when that is not 22; addresses in brackets then. */
void ssh_host_text(const struct ssh_host *host, char ret[SSH_HOST_TEXT_MAX]);

/** As known_hosts has it: NAME, or [NAME]:PORT when that is not 22. */
void ssh_host_known_text(const struct ssh_host *host, char ret[SSH_HOST_TEXT_MAX]);

#endif
