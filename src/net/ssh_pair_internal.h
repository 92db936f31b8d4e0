#ifndef CLEAT_NET_SSH_PAIR_INTERNAL_H
#define CLEAT_NET_SSH_PAIR_INTERNAL_H

#include <openssl/evp.h>

#include "net/ssh_pair.h"

/* What the files of ssh_pair share. */

struct cl_ssh_pair {
    EVP_PKEY *key;
};

#define CL_ED25519_BYTES 32

enum cl_code cl_ssh_pair_take(EVP_PKEY *key, struct cl_ssh_pair **ret, struct cl_err *err)
    CL_MUST_USE; /* takes `key` also on failure */

/** The curve's name in SSH, "nistp256"; NULL: no ECDSA key on a curve that SSH has. */
const char *cl_ssh_pair_curve(const struct cl_ssh_pair *pair);

/* In two parts: what looks for keys in files must not find one here. */
#define CL_OPENSSH_BEGIN  \
    "-----BEGIN OPENSSH " \
    "PRIVATE KEY-----"
#define CL_OPENSSH_END  \
    "-----END OPENSSH " \
    "PRIVATE KEY-----"

/* The encrypted part of such a key, and how it came to be; views into the file. */
struct cl_ssh_locked {
    struct cl_str cipher;
    struct cl_str derivation;
    struct cl_str options;
    struct cl_str part;
};

/**
 * Appends the decrypted part. A wrong passphrase yields rubbish, not an error.
 *
 * @param ret  empty, a CL_BUF_SECRET
 * @return CL_OK, CL_E_INVALID (no passphrase, damaged), CL_E_UNSUPPORTED, CL_E_FAILED
 */
enum cl_code cl_ssh_pair_decrypt(const struct cl_ssh_locked *locked,
                                 const struct cl_secret *passphrase, struct cl_buf *ret,
                                 struct cl_err *err) CL_MUST_USE;

/** Reads OpenSSH's own form; see cl_ssh_pair_read. */
enum cl_code cl_ssh_pair_read_openssh(struct cl_str text, const struct cl_secret *passphrase,
                                      struct cl_ssh_pair **ret, struct cl_err *err) CL_MUST_USE;

#endif
