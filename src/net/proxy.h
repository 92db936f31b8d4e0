#ifndef CLEAT_NET_PROXY_H
#define CLEAT_NET_PROXY_H

#include "base/world.h"
#include "net/target.h"

/**
 * The proxy for a target, from HTTPS_PROXY or HTTP_PROXY (the lower-case names win, as in curl);
 * the empty view for none: nothing set, a loopback target, or a match in NO_PROXY. Its entries are
 * separated by commas or blanks: `*`, a domain (itself and everything below it, with or without
 * a leading dot), an address, or a network as 10.0.0.0/8. Pure but for the variables.
 *
 * @return borrowed from the world's environment; may hold a password
 */
struct cl_str cl_proxy_for(const struct cl_world *world, const struct cl_target *target);

#endif
