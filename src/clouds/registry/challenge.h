#ifndef CLEAT_CLOUDS_REGISTRY_CHALLENGE_H
#define CLEAT_CLOUDS_REGISTRY_CHALLENGE_H

#include "net/http.h"

/* How a registry wants to be convinced: what WWW-Authenticate says. Pure. */

enum registry_scheme {
    REGISTRY_SCHEME_NONE, /* it does not ask, or for nothing that is known here */
    REGISTRY_SCHEME_BASIC,
    REGISTRY_SCHEME_BEARER, /* a token of the server that `realm` names */
};

#define REGISTRY_REALM_MAX 2047
#define REGISTRY_SERVICE_MAX 255

/* Zero-initialised is none. The scope that a challenge may carry is a placeholder and not kept. */
struct registry_challenge {
    enum registry_scheme scheme;
    char realm[REGISTRY_REALM_MAX + 1]; /* Bearer only: not checked, see realm.h */
    char service[REGISTRY_SERVICE_MAX + 1];
    char other[32]; /* a scheme that is not known here, to name it; empty: none */
};

/**
 * Takes in the value of one header, which may hold several challenges, beside those that `ret`
 * has: Bearer goes before Basic, the first of two before the second.
 *
 * @return CL_OK, CL_E_PROVIDER for what is no challenge (then `ret` may hold a part of it)
 * Source: RFC 9110, section 11; Docker Registry token authentication specification.
 */
enum cl_code registry_challenge_add(struct cl_str value, struct registry_challenge *ret,
                                    struct cl_err *err) CL_MUST_USE;

/** The same for all WWW-Authenticate headers of an answer. */
enum cl_code registry_challenge_read(const struct cl_http_response *response,
                                     struct registry_challenge *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
