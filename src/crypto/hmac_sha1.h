#ifndef CLEAT_CRYPTO_HMAC_SHA1_H
#define CLEAT_CRYPTO_HMAC_SHA1_H

#include "base/str.h"

#define CL_SHA1_BYTES 20

/**
 * HMAC-SHA1 (RFC 2104), because known_hosts files hash host names with it. For nothing else: it
 * protects no secret there, and new formats have better.
 *
 * @return CL_OK, CL_E_FAILED, CL_E_INTERNAL (libcrypto without SHA-1)
 */
enum cl_code cl_hmac_sha1(struct cl_str key, struct cl_str bytes, unsigned char ret[CL_SHA1_BYTES],
                          struct cl_err *err) CL_MUST_USE;

#endif
