#ifndef CLEAT_CLOUDS_AWS_CANONICAL_H
#define CLEAT_CLOUDS_AWS_CANONICAL_H

#include "net/http.h"

/*
 * The canonical forms that Signature Version 4 hashes. Pure functions over the very bytes that
 * are sent.
 * Source: AWS IAM User Guide, "Create a signed AWS API request", step 1.
 */

/* A URL taken apart; the parts are views of it. */
struct aws_url {
    struct cl_str scheme;
    struct cl_str authority; /* host[:port] */
    struct cl_str path;      /* empty or from the first / */
    struct cl_str query;     /* without the ? */
};

/** CL_E_INVALID for anything but http(s)://host..., and for user names and fragments. */
enum cl_code aws_url_split(struct cl_str url, struct aws_url *ret, struct cl_err *err) CL_MUST_USE;

/** The Host header: lower case, without the scheme's own port. */
void aws_add_host(struct cl_buf *buf, const struct aws_url *url);

/* The headers that are signed, sorted; same names keep their order. Names and values are borrowed.
 */
struct aws_header_set {
    struct cl_http_header items[48];
    size_t count;
};

/**
 * Puts a header at its place in the set. Headers that proxies and transports may change are left
 * out without a word.
 *
 * @return CL_OK or CL_E_INVALID (set is full)
 */
enum cl_code aws_header_set_add(struct aws_header_set *set, struct cl_str name, struct cl_str value,
                                struct cl_err *err) CL_MUST_USE;

/** Lower-case names, joined by semicolons. */
void aws_add_signed_names(struct cl_buf *buf, const struct aws_header_set *set);

/** One "name:value\n" for each name. */
void aws_add_canonical_headers(struct cl_buf *buf, const struct aws_header_set *set);

/** `literal` for S3: its keys may hold // and dots, and are not encoded a second time. */
void aws_add_canonical_path(struct cl_buf *buf, struct cl_str path, bool literal);

/** The query sorted by name, then value. Its encoding stays as it was sent. */
enum cl_code aws_add_canonical_query(struct cl_buf *buf, struct cl_str query, struct cl_err *err)
    CL_MUST_USE;

#endif
