#ifndef CLEAT_CLOUDS_AWS_PARTITION_H
#define CLEAT_CLOUDS_AWS_PARTITION_H

#include "base/str.h"

/* AWS is several clouds that share nothing: the id is part of each ARN, the suffix of each host. */
struct aws_partition {
    const char *id;             /* "aws" */
    const char *dns;            /* "amazonaws.com" */
    const char *dual_stack_dns; /* "api.aws" */
};

/** The partition of a region; "aws" when its name matches none. */
const struct aws_partition *aws_partition_of(struct cl_str region);

/** The partition with that id, or NULL. */
const struct aws_partition *aws_partition_named(struct cl_str id);

/** True if a host suffix is that of some partition. */
bool aws_is_partition_dns(struct cl_str dns);

/** True if the name looks like a region of a known partition. */
bool aws_region_is_known(struct cl_str region);

/**
 * True if the name may stand in a host name: 1 to 63 lower-case letters, digits and inner dashes.
 * Whatever else it is, it cannot change which host is asked.
 */
bool aws_region_is_safe(struct cl_str region);

#endif
