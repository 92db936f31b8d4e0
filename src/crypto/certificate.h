#ifndef CLEAT_CRYPTO_CERTIFICATE_H
#define CLEAT_CRYPTO_CERTIFICATE_H

#include "base/str.h"

/* X.509 certificates and the keys that belong to them, in PEM form. Nothing is trusted here. */

#define CL_CERTIFICATES_MAX 1000

/**
 * Reads every certificate of a bundle.
 *
 * @param ret_not_after  end of the first one (of a chain: the holder's own), UTC seconds
 * @return CL_OK, CL_E_INVALID (there is none, one is broken, too many), CL_E_FAILED
 */
enum cl_code cl_certificates_check(struct cl_str pem, int64_t *ret_not_after, struct cl_err *err)
    CL_MUST_USE;

/**
 * Does the private key belong to the first certificate?
 *
 * @return CL_OK, CL_E_INVALID (it does not, it is none, it is encrypted), CL_E_FAILED
 */
enum cl_code cl_certificate_check_key(struct cl_str certificate_pem, struct cl_str key_pem,
                                      struct cl_err *err) CL_MUST_USE;

#endif
