#ifndef CLEAT_CLOUDS_SSH_USER_CONFIG_H
#define CLEAT_CLOUDS_SSH_USER_CONFIG_H

#include "base/buf.h"
#include "base/strs.h"

/*
 * What a user's ~/.ssh/config says about one host: HostName, User, Port and IdentityFile in the
 * Host sections that fit. Source: ssh_config(5).
 */

#define SSH_USER_CONFIG_MAX ((size_t)1 << 20U) /* bytes of the file */

/* Zero-initialised is empty. Texts are as they are written: tokens such as %h are left alone. */
struct ssh_user_config {
    char *host_name; /* NULL: not said */
    char *user;
    char *port;
    struct cl_strs identities;
    bool partly; /* there are Match or Include lines, which are passed over */
};
void ssh_user_config_cleanup(struct ssh_user_config *config);

/**
 * Collects what the file says about a host; of each but the identities the first counts.
 *
 * @param alias  the host as one would write it behind `ssh`
 * @param ret    empty; partly filled after a failure
 * @return CL_OK also for lines that say nothing sensible; CL_E_FAILED
 */
enum cl_code ssh_user_config_read(struct cl_str text, struct cl_str alias,
                                  struct ssh_user_config *ret, struct cl_err *err) CL_MUST_USE;

/**
 * Appends an identity's path, or a HostName: ~ and %d are the home folder, %h the host, %r the
 * user, %% is %.
 *
 * @return CL_OK, CL_E_INVALID (another token, or too long for `ret`)
 */
enum cl_code ssh_identity_path(const char *written, const char *home, const char *host,
                               const char *user, struct cl_buf *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
