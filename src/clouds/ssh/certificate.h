#ifndef CLEAT_CLOUDS_SSH_CERTIFICATE_H
#define CLEAT_CLOUDS_SSH_CERTIFICATE_H

#include "base/strs.h"
#include "net/ssh_pair.h"

#define SSH_NONCE_BYTES 32
#define SSH_CERTIFICATE_MAX 32768 /* bytes of its text */

/* What a user certificate says. */
struct ssh_certificate {
    struct cl_str subject; /* blob of the certified public key */
    unsigned char nonce[SSH_NONCE_BYTES];
    uint64_t serial;
    struct cl_str key_id;             /* stands in the server's log */
    const struct cl_strs *principals; /* login names; never empty, which would mean any user */
    int64_t valid_after_at;
    int64_t valid_before_at;
    struct cl_str force_command;  /* empty: none */
    struct cl_str source_address; /* CIDRs separated by commas; empty: anywhere */
    const struct cl_strs *extensions;
};

/**
 * Signs it with the authority's key.
 *
 * @param ret  "TYPE BASE64", owned by the caller
 * @return CL_OK, CL_E_INVALID (no principals, a life that ends before it begins, a subject that is
 *         no public key), CL_E_FAILED
 * Source: OpenSSH's PROTOCOL.certkeys.
 */
enum cl_code ssh_certificate_sign(const struct ssh_certificate *certificate,
                                  const struct cl_ssh_pair *authority, char **ret,
                                  struct cl_err *err) CL_MUST_USE;

/** Is it an extension that OpenSSH knows? */
bool ssh_is_extension(struct cl_str name);

/**
 * Is it an address, or one with the number of its leading bits that count and zeros behind them?
 * sshd refuses every certificate with an address that has other bits there.
 */
bool ssh_is_cidr(struct cl_str text);

#endif
