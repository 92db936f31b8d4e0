#ifndef CLEAT_CLOUDS_AWS_S3_H
#define CLEAT_CLOUDS_AWS_S3_H

#include "clouds/aws/client.h"
#include "clouds/aws/paging.h"

/*
 * The part of Amazon S3 that finding and checking buckets takes.
 * Source: Amazon S3 API Reference, ListBuckets and HeadBucket.
 */

/**
 * Lists the account's buckets, of all regions: all pages, or as many as listing->max_items says.
 *
 * @param listing  found and ctx set by the caller, who also cleans it up
 */
enum cl_code aws_s3_list_buckets(const struct cl_call *call, const struct aws_config *config,
                                 struct aws_listing *listing, struct cl_err *err) CL_MUST_USE;

/**
 * Asks whether the bucket exists and may be used. A bucket of another region is followed there.
 *
 * @param bucket      a name that aws_s3_parse_id has let pass
 * @param ret_region  where the bucket is
 * @return CL_OK, CL_E_RESOURCE_NOT_FOUND, CL_E_DENIED, and all of aws_send
 */
enum cl_code aws_s3_head_bucket(const struct cl_call *call, const struct aws_config *config,
                                struct cl_str bucket, char ret_region[64], struct cl_err *err)
    CL_MUST_USE;

/* The pure parts. */

/** "/?max-buckets=1000...", owned by the caller. */
enum cl_code aws_s3_list_target(const struct aws_listing *listing, char **ret, struct cl_err *err)
    CL_MUST_USE;

/** Hands on one page's buckets and turns the listing. CL_E_PROVIDER when it is no such page. */
enum cl_code aws_s3_parse_page(struct cl_str body, struct aws_listing *listing, struct cl_err *err)
    CL_MUST_USE;

#endif
