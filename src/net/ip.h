#ifndef CLEAT_NET_IP_H
#define CLEAT_NET_IP_H

#include <sys/socket.h>

#include "base/str.h"

/*
 * An internet address in one form: IPv4 as ::ffff:a.b.c.d, and so are the IPv6 forms that carry an
 * IPv4 address to which a gateway may deliver (compatible, NAT64, 6to4).
 */
struct cl_ip {
    unsigned char bytes[16];
};

#define CL_IP_TEXT_SIZE 46

/** From the usual notations (no brackets, no zone). False for anything else. */
bool cl_ip_parse(struct cl_str text, struct cl_ip *ret);

/** From a socket address; false for other families. */
bool cl_ip_of(const struct sockaddr *address, size_t len, struct cl_ip *ret);

/** The usual notation; an IPv4 address with dots. */
void cl_ip_text(const struct cl_ip *ip, char ret[CL_IP_TEXT_SIZE]);

/** True when the first `bits` bits are those of `net`; both in the form above. */
bool cl_ip_in(const struct cl_ip *ip, const struct cl_ip *net, size_t bits);

/** The same for a literal: `cl_ip_within(ip, "127.0.0.0", 8)`; bits count from the IPv4 part. */
bool cl_ip_within(const struct cl_ip *ip, const char *net, size_t bits);

/** 127.0.0.0/8 or ::1. */
bool cl_ip_is_loopback(const struct cl_ip *ip);

#endif
