#ifndef CLEAT_CLOUDS_AWS_S3_NAMES_H
#define CLEAT_CLOUDS_AWS_S3_NAMES_H

#include "base/buf.h"

/**
 * The bucket that an id names: arn:{partition}:s3:::{bucket}[/...], s3://{bucket}[/...] or
 * {bucket}. A path behind the bucket is dropped.
 *
 * @param is_custom  the connector has an endpoint of its own: upper case and _ are fine there
 * @param ret        view of `id`
 * @return CL_OK or CL_E_ID_INVALID
 * Source: Amazon S3 User Guide, "General purpose bucket naming rules".
 */
enum cl_code aws_s3_parse_id(struct cl_str id, bool is_custom, struct cl_str *ret,
                             struct cl_err *err) CL_MUST_USE;

/** Appends s3://{bucket}. */
void aws_s3_add_id(struct cl_buf *buf, struct cl_str bucket);

/** Why AWS will hardly have such a bucket (reserved prefix or suffix), or NULL. */
const char *aws_s3_bucket_warning(struct cl_str bucket);

/** True if the name works as one label of a host name under AWS's wildcard certificate. */
bool aws_s3_is_host_label(struct cl_str bucket);

#endif
