#ifndef CLEAT_CODEC_JWT_H
#define CLEAT_CODEC_JWT_H

#include "codec/json.h"

/**
 * The claims of a JSON web token. The signature is not checked: what a token says about itself is
 * good for display and for knowing its end, not for trust.
 *
 * @param ret  a JSON object, owned by the caller
 * @return CL_OK, CL_E_INVALID (no such token; the text does not repeat it), CL_E_FAILED
 * Source: RFC 7519, section 7.2; RFC 7515, section 3.1 (compact serialization).
 */
enum cl_code cl_jwt_claims(struct cl_str token, json_t **ret, struct cl_err *err) CL_MUST_USE;

/** The claim `exp`: UTC seconds; 0 when the token is none, or does not end. */
int64_t cl_jwt_expires_at(struct cl_str token);

#endif
