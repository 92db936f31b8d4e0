#ifndef CLEAT_CLOUDS_SSH_KNOWN_HOSTS_H
#define CLEAT_CLOUDS_SSH_KNOWN_HOSTS_H

#include "clouds/ssh/host.h"

/*
 * Lines of OpenSSH's known_hosts files: [MARKER] HOSTS TYPE BASE64 [COMMENT].
 * Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */

struct ssh_known_line {
    struct cl_str hosts; /* patterns separated by commas, or one hashed name */
    struct cl_str type;
    struct cl_str key;   /* base64 */
    bool revoked;        /* @revoked: the key must not be accepted */
    bool cert_authority; /* @cert-authority: it signs host certificates */
    const char *fault;   /* what is wrong with the line; NULL: nothing, as far as one sees here */
};

/**
 * Takes a line apart, a damaged one too: whether that matters depends on whom it is about. Its key
 * is not looked at.
 *
 * @param ret  borrows from `line`; all empty for a blank line or a comment
 */
void ssh_known_parse(struct cl_str line, struct ssh_known_line *ret);

/**
 * Is the line about this host? A line without a port is about port 22 only; a hashed name that is
 * damaged is nobody's.
 *
 * @return CL_OK, CL_E_FAILED
 */
enum cl_code ssh_known_matches(const struct ssh_known_line *line, const struct ssh_host *host,
                               bool *ret, struct cl_err *err) CL_MUST_USE;

/**
 * Appends the blob of the line's key.
 *
 * @return CL_OK, CL_E_INVALID (also for a line with a fault; the text says why, never what stood
 *         there), CL_E_UNSUPPORTED (@cert-authority; a key of
 *         a type that cannot be used), CL_E_FAILED
 */
enum cl_code ssh_known_blob(const struct ssh_known_line *line, struct cl_buf *ret,
                            struct cl_err *err) CL_MUST_USE;

/** `*` is any bytes, `?` any one; letters are the same in either case. */
bool ssh_pattern_fits(struct cl_str pattern, struct cl_str text);

/** Appends the line for a host's key. */
void ssh_known_add_line(struct cl_buf *buf, const struct ssh_host *host, struct cl_str blob);

#endif
