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

/** Reads OpenSSH's own form; see cl_ssh_pair_read. */
enum cl_code cl_ssh_pair_read_openssh(struct cl_str text, const struct cl_secret *passphrase,
                                      struct cl_ssh_pair **ret, struct cl_err *err) CL_MUST_USE;

#endif
