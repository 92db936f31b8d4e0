#ifndef CLEAT_CLOUDS_REGISTRY_CLIENT_H
#define CLEAT_CLOUDS_REGISTRY_CLIENT_H

#include "base/secret.h"
#include "clouds/registry/challenge.h"

/* Proving to a registry who one is, over its own API. */

/* Docker's name for whoever has no user name, but a token that gets further ones. */
#define REGISTRY_TOKEN_USER "<token>"

/* Whom requests go to, and in whose name. Everything is borrowed. */
struct registry_config {
    struct cl_str host; /* canonical id */
    bool plain_http;
    const struct cl_secret *username; /* REGISTRY_TOKEN_USER: the password is a refresh token */
    const struct cl_secret *password;
    const struct cl_secret *client_cert; /* PEM, shown to the registry alone; NULL: none */
    const struct cl_secret *client_key;
    bool insecure;           /* any certificate of the registry or its token server will do */
    struct cl_str realm_pin; /* the token server that was confirmed; empty: none yet */
    struct cl_str ca_pem;    /* certificates to trust besides the system's; empty: none */
};

/* What logging in gave. Zero-initialised is empty. */
struct registry_login {
    enum registry_scheme scheme;
    struct cl_secret *token; /* Bearer */
    char token_server[300];  /* Bearer: host[:port] that received the password */
};

#define REGISTRY_LOGIN_NONE ((struct registry_login){.scheme = REGISTRY_SCHEME_NONE})

void registry_login_cleanup(struct registry_login *login);

/**
 * Asks without credentials what the registry wants; repeated as the retry rules say.
 *
 * @param repository  to ask about this one; empty: the registry as such
 * @param ret  scheme NONE: it answered, so that anybody may do this
 * @return CL_OK, CL_E_PROVIDER (no registry, a scheme that is not known), CL_E_DENIED,
 *         CL_E_THROTTLED, or what the transport reports
 */
enum cl_code registry_ask(const struct cl_call *call, const struct registry_config *config,
                          struct cl_str repository, struct registry_challenge *ret,
                          struct cl_err *err) CL_MUST_USE;

/**
 * Does what the challenge asks for: fetches a token for user name and password, once, if that is
 * what it wants. The password goes to no token server but one that registry_realm_check() accepts.
 *
 * @param scope  as for registry_add_token_url()
 * @param ret    REGISTRY_LOGIN_NONE; registry_login_cleanup() by the caller
 * @return CL_OK, CL_E_REALM_CHANGED (nothing was sent), CL_E_REJECTED (also a refresh token where
 *         there is no token server), CL_E_THROTTLED (not tried
 *         again: many servers lock an account after some failures), CL_E_PROVIDER
 */
enum cl_code registry_log_in(const struct cl_call *call, const struct registry_config *config,
                             const struct registry_challenge *challenge, struct cl_str scope,
                             struct registry_login *ret, struct cl_err *err) CL_MUST_USE;

/** Asks the registry as such with the credentials: CL_E_REJECTED when it does not accept them. */
enum cl_code registry_prove(const struct cl_call *call, const struct registry_config *config,
                            const struct registry_login *login, struct cl_err *err) CL_MUST_USE;

/** Asks for a repository's tags: CL_E_DENIED when it may not be pulled. One that does not exist
 *  yet is fine. */
enum cl_code registry_check_pull(const struct cl_call *call, const struct registry_config *config,
                                 struct cl_str repository, const struct registry_login *login,
                                 struct cl_err *err) CL_MUST_USE;

/** Begins an upload and gives it up: CL_E_DENIED when nothing may be pushed there. */
enum cl_code registry_check_push(const struct cl_call *call, const struct registry_config *config,
                                 struct cl_str repository, const struct registry_login *login,
                                 struct cl_err *err) CL_MUST_USE;

#endif
