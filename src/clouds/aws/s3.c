#include "clouds/aws/s3.h"

#include <stdio.h>

#include "clouds/aws/answer.h"
#include "clouds/aws/arn.h"
#include "clouds/aws/partition.h"

#define TARGET_MAX_BYTES 4096
#define PAGE_MAX_BUCKETS 1000

static const struct aws_request list_request = {
    .service = AWS_S3, .operation = "ListBuckets", .method = "GET"};

enum cl_code aws_s3_list_target(const struct aws_listing *listing, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf target = CL_BUF(TARGET_MAX_BYTES);
    struct cl_str token = aws_listing_token(listing);

    cl_buf_addf(&target, "/?max-buckets=%zu", aws_listing_page_size(listing, PAGE_MAX_BUCKETS));
    if (token.len > 0) {
        cl_buf_add_c(&target, "&continuation-token=");
        cl_buf_add_urlencoded(&target, token);
    }
    return cl_buf_take(&target, ret, err);
}

static enum cl_code add_buckets(const struct cl_xml_node *buckets, struct aws_listing *listing,
                                struct cl_err *err)
{
    const struct cl_xml_node *bucket = cl_xml_child(buckets, "Bucket");

    for (; bucket != NULL && !listing->done; bucket = cl_xml_next(bucket, "Bucket")) {
        struct aws_item item = {.name = cl_str_trim(cl_xml_get(bucket, "Name")),
                                .region = cl_str_trim(cl_xml_get(bucket, "BucketRegion"))};

        if (item.name.len == 0 || aws_has_control(item.name))
            return aws_malformed(&list_request, "bucket names", err);
        if (!aws_region_is_safe(item.region))
            item.region = CL_STR_NONE;
        CL_TRY(aws_listing_add(listing, &item, err));
    }
    return CL_OK;
}

enum cl_code aws_s3_parse_page(struct cl_str body, struct aws_listing *listing, struct cl_err *err)
{
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;

    if (aws_parse_xml(body, &xml, err) != CL_OK)
        return aws_place_error(&list_request, err);
    const struct cl_xml_node *root = cl_xml_root(xml);
    if (!cl_str_eq_c(cl_xml_name(root), "ListAllMyBucketsResult"))
        return aws_malformed(&list_request, "list of buckets", err);
    CL_TRY(add_buckets(cl_xml_child(root, "Buckets"), listing, err));
    return aws_listing_turn(listing, cl_str_trim(cl_xml_get(root, "ContinuationToken")), err);
}

static enum cl_code fetch_page(const struct cl_call *call, const struct aws_config *config,
                               struct aws_listing *listing, struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_string) char *target = NULL;
    struct aws_request request = list_request;

    CL_TRY(aws_s3_list_target(listing, &target, err));
    request.target = cl_str_of(target);
    CL_TRY(aws_send(call, config, &request, &reply, err));
    return aws_s3_parse_page(cl_buf_view(&reply.http.body), listing, err);
}

enum cl_code aws_s3_list_buckets(const struct cl_call *call, const struct aws_config *config,
                                 struct aws_listing *listing, struct cl_err *err)
{
    while (!listing->done)
        CL_TRY(fetch_page(call, config, listing, err));
    return CL_OK;
}

enum cl_code aws_s3_head_bucket(const struct cl_call *call, const struct aws_config *config,
                                struct cl_str bucket, char ret_region[64], struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    const struct aws_request request = {
        .service = AWS_S3, .operation = "HeadBucket", .method = "HEAD", .bucket = bucket};

    enum cl_code code = aws_send(call, config, &request, &reply, err);
    if (code == CL_E_RESOURCE_NOT_FOUND)
        return cl_err_wrap(err, "there is no bucket '%.*s'", CL_STR_ARG(bucket));
    if (code != CL_OK)
        return cl_err_wrap(err, "cannot use bucket '%.*s'", CL_STR_ARG(bucket));
    struct cl_str told = cl_str_trim(cl_http_header(&reply.http, "x-amz-bucket-region"));
    struct cl_str region = aws_region_is_safe(told) ? told : cl_str_of(reply.region);
    (void)snprintf(ret_region, 64, "%.*s", CL_STR_ARG(region));
    return CL_OK;
}
