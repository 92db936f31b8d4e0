#ifndef CLEAT_NET_TARGET_H
#define CLEAT_NET_TARGET_H

#include "base/str.h"

/* Where a request goes, as its URL says: views into the URL. */
struct cl_target {
    bool https;
    struct cl_str host; /* as written; an IPv6 address without its brackets */
    int port;           /* the scheme's own when the URL names none */
};

/**
 * Takes an absolute http or https URL apart, more strictly than RFC 3986: printable ASCII, no
 * user, no fragment, no backslash, host of letters, digits, `-`, `_` and `.` or an address. What
 * one parser reads as a host and another as a user name is how an egress rule is fooled.
 *
 * @return CL_OK or CL_E_INVALID; the text never shows path or query
 */
enum cl_code cl_target_parse(struct cl_str url, struct cl_target *ret, struct cl_err *err)
    CL_MUST_USE;

#endif
