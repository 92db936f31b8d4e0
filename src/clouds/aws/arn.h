#ifndef CLEAT_CLOUDS_AWS_ARN_H
#define CLEAT_CLOUDS_AWS_ARN_H

#include "base/str.h"

/* arn:partition:service:region:account:resource; views of the text. The resource may hold colons.
 */
struct aws_arn {
    struct cl_str partition;
    struct cl_str service;
    struct cl_str region;  /* empty for global services */
    struct cl_str account; /* empty for S3 */
    struct cl_str resource;
};

/**
 * True for an ARN of a known partition without control characters, whose account, if any, has 12
 * digits and whose region, if any, may stand in a host name.
 */
bool aws_arn_parse(struct cl_str text, struct aws_arn *ret);

/** True for 12 digits. */
bool aws_is_account(struct cl_str text);

/** True if a byte below 0x20 or 0x7F is in the text. */
bool aws_has_control(struct cl_str text);

/** CL_E_ID_INVALID: what the id should be, what was given, and the accepted forms as the hint. */
enum cl_code aws_refuse_id(struct cl_str given, const char *what, const char *forms,
                           struct cl_err *err) CL_MUST_USE;

#endif
