#include "clouds/aws/eks.h"
#include "clouds/aws/paging.h"
#include "clouds/aws/s3.h"
#include "clouds/aws/s3_names.h"
#include "connectors/aws/access.h"

/* Listing the instances of a resource type, with a session that may list and nothing else. */

#define ID_MAX_BYTES 1024

static enum cl_code add_bucket(void *ctx, const struct aws_item *item, struct cl_err *err)
{
    struct cl_id_sink *sink = ctx;
    CL_AUTO(cl_buf) struct cl_buf id = CL_BUF(ID_MAX_BYTES);

    aws_s3_add_id(&id, item->name);
    CL_TRY(cl_buf_ok(&id, err));
    return sink->add(sink->ctx, cl_buf_view(&id), err);
}

static enum cl_code add_cluster(void *ctx, const struct aws_item *item, struct cl_err *err)
{
    struct cl_id_sink *sink = ctx;

    return sink->add(sink->ctx, item->name, err);
}

static enum cl_code list_all(const struct cl_call *call, const struct aws_config *config,
                             const struct cl_resource_type *type, struct cl_id_sink *sink,
                             struct cl_err *err)
{
    struct aws_listing listing = {.ctx = sink};
    enum cl_code code = CL_OK;

    if (strcmp(type->id, AWS_S3_BUCKET) == 0) {
        listing.found = add_bucket;
        code = aws_s3_list_buckets(call, config, &listing, err);
    } else {
        listing.found = add_cluster;
        code = aws_eks_list_clusters(call, config, &listing, err);
    }
    sink->truncated = listing.truncated;
    aws_listing_cleanup(&listing);
    return code;
}

enum cl_code aws_list(const struct cl_call *call, const struct cl_connector *conn,
                      const struct cl_resource_type *type, struct cl_id_sink *sink,
                      struct cl_err *err)
{
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};
    struct aws_use use = {.type = type->id};

    CL_TRY(aws_access_open(call, conn, &use, &access, err));
    return list_all(call, &access.config, type, sink, err);
}
