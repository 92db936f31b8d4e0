#ifndef CLEAT_CRYPTO_AEAD_H
#define CLEAT_CRYPTO_AEAD_H

#include "base/secret.h"
#include "base/world.h"

/*
 * AES-256-GCM: what is sealed can be read and changed only with the key, and opens only with the
 * same associated data. Sealed bytes are nonce, ciphertext, tag.
 * Source: NIST SP 800-38D.
 */

#define CL_AEAD_KEY_BYTES 32
#define CL_AEAD_NONCE_BYTES 12
#define CL_AEAD_TAG_BYTES 16
#define CL_AEAD_OVERHEAD_BYTES (CL_AEAD_NONCE_BYTES + CL_AEAD_TAG_BYTES)

/* Random nonces are safe for 2^32 values under one key; far more than a store ever seals. */

/**
 * Appends the sealed form of `plain` to `ret`.
 *
 * @param key  CL_AEAD_KEY_BYTES long
 * @param aad  associated data: authenticated, not stored; may be empty
 * @return CL_OK, CL_E_INTERNAL (key of another length), CL_E_FAILED (no randomness, no memory)
 */
enum cl_code cl_aead_seal(const struct cl_world *world, const struct cl_secret *key,
                          struct cl_str aad, struct cl_str plain, struct cl_buf *ret,
                          struct cl_err *err) CL_MUST_USE;

/**
 * Appends what was sealed to `ret`, which should be a CL_BUF_SECRET. Nothing is appended unless
 * every byte is authentic.
 *
 * @return CL_OK, CL_E_SECRET_STORE (another key, other associated data, changed or cut bytes),
 *         CL_E_INTERNAL (key of another length), CL_E_FAILED (no memory)
 */
enum cl_code cl_aead_open(const struct cl_secret *key, struct cl_str aad, struct cl_str sealed,
                          struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/** A fresh random key. */
enum cl_code cl_aead_key_new(const struct cl_world *world, struct cl_secret **ret,
                             struct cl_err *err) CL_MUST_USE;

#endif
