#ifndef CLEAT_CLOUDS_REGISTRY_TOKEN_H
#define CLEAT_CLOUDS_REGISTRY_TOKEN_H

#include "base/secret.h"
#include "clouds/registry/challenge.h"

/* Tokens of a registry's token server: the request and the answer. Pure. */

/**
 * Appends the address to ask: the challenge's realm, what it has in its query, and service,
 * account and scope.
 *
 * @param account  user name
 * @param scope    "repository:acme/app:pull"; empty: none, which proves the credentials alone
 * Source: Docker Registry token authentication specification, "Requesting a Token".
 */
void registry_add_token_url(struct cl_buf *url, const struct registry_challenge *challenge,
                            struct cl_str account, struct cl_str scope);

/**
 * Appends the form by which a refresh token is exchanged; it is sent to the realm as it is.
 *
 * Source: Docker Registry token authentication specification, "OAuth2 token authentication".
 */
void registry_add_token_form(struct cl_buf *form, const struct registry_challenge *challenge,
                             struct cl_str refresh_token, struct cl_str scope);

/**
 * Reads the token out of an answer; access_token goes before token.
 *
 * @param ret  owned by the caller
 * @return CL_OK, CL_E_PROVIDER when there is none
 */
enum cl_code registry_parse_token(struct cl_str body, struct cl_secret **ret, struct cl_err *err)
    CL_MUST_USE;

#endif
