#ifndef CLEAT_CRYPTO_DIGEST_H
#define CLEAT_CRYPTO_DIGEST_H

#include "base/str.h"

/*
 * SHA-256 and HMAC-SHA256. The algorithms are fetched from OpenSSL once per process: fetching
 * them again for each call costs more than hashing a small request does.
 */

#define CL_SHA256_BYTES 32
#define CL_SHA256_HEX_SIZE 65 /* with the NUL */

/**
 * Initialises OpenSSL without its configuration file, and fetches the algorithms. Every function
 * of this folder calls it at its first use, and net does before it starts libcurl.
 * Thread-safe.
 *
 * @return CL_OK or CL_E_INTERNAL (libcrypto without these algorithms)
 */
enum cl_code cl_crypto_init(struct cl_err *err) CL_MUST_USE;

/** SHA-256 of `bytes`. */
enum cl_code cl_sha256(struct cl_str bytes, unsigned char ret[CL_SHA256_BYTES], struct cl_err *err)
    CL_MUST_USE;

/** The same as lower-case hex, NUL-terminated. */
enum cl_code cl_sha256_hex(struct cl_str bytes, char ret[CL_SHA256_HEX_SIZE], struct cl_err *err)
    CL_MUST_USE;

/** Lower-case hex of a digest, NUL-terminated. */
void cl_digest_hex(const unsigned char digest[CL_SHA256_BYTES], char ret[CL_SHA256_HEX_SIZE]);

/** HMAC-SHA256 (RFC 2104). A key of any length, also empty. */
enum cl_code cl_hmac_sha256(struct cl_str key, struct cl_str bytes,
                            unsigned char ret[CL_SHA256_BYTES], struct cl_err *err) CL_MUST_USE;

/** Wipes what must not stay on the stack. */
void cl_wipe(void *bytes, size_t len);

#endif
