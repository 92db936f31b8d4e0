#ifndef CLEAT_CRYPTO_BCRYPT_KDF_H
#define CLEAT_CRYPTO_BCRYPT_KDF_H

#include "base/str.h"

#define CL_BCRYPT_ROUNDS_MAX 1024 /* some seconds; ssh-keygen uses 16 or 24 */
#define CL_BCRYPT_KEY_MAX 512

/**
 * Derives a key from a passphrase as OpenSSH does for its encrypted private keys: PBKDF2 whose hash
 * is bcrypt's. Slow on purpose, in proportion to `rounds`.
 *
 * @param phrase  not empty
 * @param salt    1..64 bytes
 * @param len     bytes of the key, 1..CL_BCRYPT_KEY_MAX
 * @return CL_OK, CL_E_INVALID (sizes, rounds), CL_E_FAILED
 * Sources: OpenBSD's bcrypt_pbkdf(3); Provos and Mazieres, A Future-Adaptable Password Scheme,
 * 1999.
 */
enum cl_code cl_bcrypt_kdf(struct cl_str phrase, struct cl_str salt, uint32_t rounds,
                           unsigned char *ret, size_t len, struct cl_err *err) CL_MUST_USE;

#endif
