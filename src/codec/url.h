#ifndef CLEAT_CODEC_URL_H
#define CLEAT_CODEC_URL_H

#include "base/buf.h"

#define CL_URL_MAX_BYTES 8192

/* Views into the text that was parsed; nothing is decoded. */
struct cl_url {
    struct cl_str scheme;   /* as written: compare with cl_str_ieq */
    struct cl_str userinfo; /* user[:password]; may hold a secret */
    struct cl_str host;     /* without the brackets of an IPv6 address */
    struct cl_str path;     /* with its leading slash, or empty */
    struct cl_str query;    /* without ?, or empty */
    struct cl_str fragment; /* without #, or empty */
    int port;               /* as written, 0 when it is not */
    bool is_ipv6;
    bool has_userinfo; /* there is an @, even if nothing stands before it */
    bool has_query;
    bool has_fragment;
};

/**
 * Takes an absolute URL apart: scheme://[userinfo@]host[:port][/path][?query][#fragment].
 *
 * Stricter than RFC 3986 where clients disagree about what a URL means: control characters,
 * blanks, backslashes, quotes, bytes above 0x7E, a bad percent escape, an empty host, an odd
 * character in it and a port outside 1..65535 are refused. User names, passwords and fragments are
 * reported, not refused: most callers want to.
 *
 * @return CL_OK or CL_E_INVALID, whose text does not repeat the URL
 */
enum cl_code cl_url_parse(struct cl_str text, struct cl_url *ret, struct cl_err *err) CL_MUST_USE;

/** The port that is connected to: the written one, 80 for http, 443 for https, else 0. */
int cl_url_port(const struct cl_url *url);

/** Appends "host" or "host:port" as the Host header has it: without the scheme's own port. */
void cl_url_host_port(const struct cl_url *url, struct cl_buf *ret);

/** True for localhost, 127.0.0.0/8 in four decimal numbers, and ::1. Nothing is looked up. */
bool cl_url_is_loopback(const struct cl_url *url);
bool cl_host_is_loopback(struct cl_str host);

/**
 * Appends `text` with %XX decoded; with `plus_is_blank` also + (forms and queries).
 *
 * @return CL_OK, CL_E_INVALID (a % without two hex digits, or `ret` full), CL_E_FAILED
 */
enum cl_code cl_url_decode(struct cl_str text, bool plus_is_blank, struct cl_buf *ret,
                           struct cl_err *err) CL_MUST_USE;

/** Takes the next name and value, still encoded, off a query; false when none is left. */
bool cl_url_query_next(struct cl_str *rest, struct cl_str *name, struct cl_str *value);

#endif
