#ifndef CLEAT_NET_SSH_KEY_H
#define CLEAT_NET_SSH_KEY_H

#include "net/ssh.h"
#include "net/ssh_lib.h"

/* Private keys, read by libssh. Used by this folder, and by who has to hold a key himself. */

/**
 * Reads a private key.
 *
 * @param text   NUL-terminated behind its end
 * @param ret    ssh_key_free() by the caller; NULL unless the key is good
 * @return CL_OK also when the key has a fault
 */
enum cl_code cl_ssh_key_read(const struct cl_ssh_lib *lib, struct cl_str text,
                             const struct cl_secret *passphrase, ssh_key *ret,
                             struct cl_ssh_key_facts *ret_facts, struct cl_err *err) CL_MUST_USE;

/** The error for a key with a fault: CL_E_INVALID. */
enum cl_code cl_ssh_key_refuse(enum cl_ssh_key_fault fault, struct cl_err *err) CL_MUST_USE;

#endif
