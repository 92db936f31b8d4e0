#ifndef CLEAT_NET_SSH_HOST_KEY_H
#define CLEAT_NET_SSH_HOST_KEY_H

#include "net/ssh.h"
#include "net/ssh_lib.h"

/* Is the server the one that is meant? For ssh_session.c alone. */

#define CL_SSH_HOST_BLOB_MAX 4096

/** Appends libssh's names of the algorithms for keys that are pinned, or wanted; empty: any. */
void cl_ssh_host_key_types(const struct cl_ssh_visit *visit, struct cl_buf *ret);

/** Appends the key's blob. */
enum cl_code cl_ssh_host_key_blob(const struct cl_ssh_lib *lib, const ssh_key key,
                                  struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/**
 * @return CL_OK, CL_E_HOST_KEY_UNKNOWN (none is pinned), CL_E_HOST_KEY_CHANGED (others are, or it
 *         is revoked); both texts show type and fingerprint
 */
enum cl_code cl_ssh_host_key_check(const struct cl_ssh_visit *visit, struct cl_str blob,
                                   struct cl_err *err) CL_MUST_USE;

#endif
