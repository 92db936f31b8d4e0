#ifndef CLEAT_NET_SSH_PAIR_H
#define CLEAT_NET_SSH_PAIR_H

#include "base/secret.h"
#include "base/world.h"

/*
 * Key pairs that we hold ourselves: a certificate authority's, one that is made for a certificate,
 * one that an agent signs with. libssh signs only within its own logins.
 */
struct cl_ssh_pair;

/** A new Ed25519 pair, from the world's randomness. */
enum cl_code cl_ssh_pair_new(const struct cl_world *world, struct cl_ssh_pair **ret,
                             struct cl_err *err) CL_MUST_USE;

/**
 * Reads a private key of type Ed25519, ECDSA or RSA.
 *
 * @param text        PEM (PKCS#1, SEC1, PKCS#8) or OpenSSH's own form
 * @param passphrase  NULL: none
 * @return CL_OK, CL_E_INVALID (the text never repeats the key), CL_E_FAILED
 */
enum cl_code cl_ssh_pair_read(struct cl_str text, const struct cl_secret *passphrase,
                              struct cl_ssh_pair **ret, struct cl_err *err) CL_MUST_USE;

/** Appends the public key's blob (codec/ssh_public.h). */
enum cl_code cl_ssh_pair_public(const struct cl_ssh_pair *pair, struct cl_buf *ret,
                                struct cl_err *err) CL_MUST_USE;

/** The private key as an unencrypted file in OpenSSH's own form; Ed25519 only. */
enum cl_code cl_ssh_pair_text(const struct cl_ssh_pair *pair, struct cl_secret **ret,
                              struct cl_err *err) CL_MUST_USE;

/**
 * Appends the signature over `data`: string algorithm, string signature.
 *
 * @param sha256  for RSA: rsa-sha2-256, not rsa-sha2-512; the old ssh-rsa is never used
 * Sources: RFC 8709 (Ed25519), RFC 5656 section 3.1.2 (ECDSA), RFC 8332 (RSA).
 */
enum cl_code cl_ssh_pair_sign(const struct cl_ssh_pair *pair, struct cl_str data, bool sha256,
                              struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

void cl_ssh_pair_free(struct cl_ssh_pair *pair);
void cl_ssh_pair_cleanup(struct cl_ssh_pair **pair); /* for CL_AUTO(cl_ssh_pair) */

#endif
