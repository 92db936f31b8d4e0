#ifndef CLEAT_CLOUDS_REGISTRY_REALM_H
#define CLEAT_CLOUDS_REGISTRY_REALM_H

#include "base/buf.h"

/*
 * A registry names the server that is to receive the password. Whom that may be. Pure.
 */
struct registry_realm_rule {
    struct cl_str base; /* where the registry's API is: https://registry-1.docker.io */
    struct cl_str pin;  /* the token server that was confirmed: host[:port]; empty: none yet */
};

/**
 * Without a pin the token server must belong to the registry: its own host, a host below it, or
 * one that shares the domain above it (registry.example.com and auth.example.com). With a pin it
 * must be that one. It must speak https; http only where the registry itself does, on its host.
 *
 * @param ret  the token server as a pin names it is appended
 * @return CL_OK, CL_E_REALM_CHANGED (nothing may be sent there), CL_E_PROVIDER (no address)
 */
enum cl_code registry_realm_check(const struct registry_realm_rule *rule, struct cl_str realm,
                                  struct cl_buf *ret, struct cl_err *err) CL_MUST_USE;

/** True for host or host:port as a pin is written. */
bool registry_is_pin(struct cl_str text);

#endif
