#include "clouds/aws/eks.h"

#include "base/alloc.h"
#include "clouds/aws/answer.h"
#include "clouds/aws/arn.h"

#define TARGET_MAX_BYTES 8192
#define TEXT_MAX_BYTES ((size_t)64 * 1024) /* a certificate chain in base64 */

static const struct aws_request list_request = {
    .service = AWS_EKS, .operation = "ListClusters", .method = "GET"};
static const struct aws_request describe_request = {
    .service = AWS_EKS, .operation = "DescribeCluster", .method = "GET"};

void aws_eks_cluster_cleanup(struct aws_eks_cluster *cluster)
{
    cl_free(cluster->name);
    cl_free(cluster->arn);
    cl_free(cluster->status);
    cl_free(cluster->endpoint);
    cl_free(cluster->certificate_authority);
    cl_free(cluster->id);
    *cluster = AWS_EKS_CLUSTER_NONE;
}

struct cl_str aws_eks_token_name(const struct aws_eks_cluster *cluster)
{
    return cl_str_of(cluster->id != NULL ? cluster->id : cluster->name);
}

enum cl_code aws_eks_check_ready(const struct aws_eks_cluster *cluster, struct cl_err *err)
{
    if (cluster->endpoint != NULL && cluster->certificate_authority != NULL)
        return CL_OK;
    return cl_err_set(err, CL_E_DENIED, "cluster '%s' is not ready (status %s)", cluster->name,
                      cluster->status);
}

enum cl_code aws_eks_list_target(struct cl_str token, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf target = CL_BUF(TARGET_MAX_BYTES);

    cl_buf_add_c(&target, "/clusters?maxResults=100");
    if (token.len > 0) {
        cl_buf_add_c(&target, "&nextToken=");
        cl_buf_add_urlencoded(&target, token);
    }
    return cl_buf_take(&target, ret, err);
}

enum cl_code aws_eks_parse_page(struct cl_str body, struct aws_listing *listing, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;

    if (aws_parse_json(body, &json, err) != CL_OK)
        return aws_place_error(&list_request, err);
    const json_t *clusters = cl_json_get(json, "clusters");
    if (!json_is_array(clusters))
        return aws_malformed(&list_request, "list of clusters", err);
    for (size_t i = 0; i < json_array_size(clusters) && !listing->done; i++) {
        const struct aws_item item = {.name = cl_json_text(json_array_get(clusters, i)),
                                      .region = CL_STR_NONE};

        if (item.name.len == 0 || aws_has_control(item.name))
            return aws_malformed(&list_request, "cluster names", err);
        CL_TRY(aws_listing_add(listing, &item, err));
    }
    return aws_listing_turn(listing, cl_json_str(json, "nextToken"), err);
}

/* Text that may be missing; one that has control characters counts as missing. */
static enum cl_code take(struct cl_str text, char **ret, struct cl_err *err)
{
    if (text.len == 0 || text.len > TEXT_MAX_BYTES || aws_has_control(text))
        return CL_OK;
    return cl_str_dup(text, ret, err);
}

static enum cl_code take_parts(const json_t *json, struct aws_eks_cluster *ret, struct cl_err *err)
{
    struct cl_str authority = cl_json_str(cl_json_get(json, "certificateAuthority"), "data");

    CL_TRY(take(cl_json_str(json, "name"), &ret->name, err));
    CL_TRY(take(cl_json_str(json, "arn"), &ret->arn, err));
    CL_TRY(take(cl_json_str(json, "status"), &ret->status, err));
    if (ret->status == NULL)
        CL_TRY(cl_str_dup(CL_STR("unknown"), &ret->status, err));
    CL_TRY(take(cl_json_str(json, "endpoint"), &ret->endpoint, err));
    CL_TRY(take(authority, &ret->certificate_authority, err));
    return take(cl_json_str(json, "id"), &ret->id, err);
}

enum cl_code aws_eks_parse_cluster(struct cl_str body, struct aws_eks_cluster *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;

    if (aws_parse_json(body, &json, err) != CL_OK)
        return aws_place_error(&describe_request, err);
    CL_TRY(take_parts(cl_json_get(json, "cluster"), &cluster, err));
    if (cluster.name == NULL || cluster.arn == NULL)
        return aws_malformed(&describe_request, "cluster", err);
    CL_MOVE_TO(ret, cluster);
    return CL_OK;
}

static enum cl_code fetch_page(const struct cl_call *call, const struct aws_config *config,
                               struct aws_listing *listing, struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_string) char *target = NULL;
    struct aws_request request = list_request;

    CL_TRY(aws_eks_list_target(aws_listing_token(listing), &target, err));
    request.target = cl_str_of(target);
    CL_TRY(aws_send(call, config, &request, &reply, err));
    return aws_eks_parse_page(cl_buf_view(&reply.http.body), listing, err);
}

enum cl_code aws_eks_list_clusters(const struct cl_call *call, const struct aws_config *config,
                                   struct aws_listing *listing, struct cl_err *err)
{
    while (!listing->done)
        CL_TRY(fetch_page(call, config, listing, err));
    return CL_OK;
}

enum cl_code aws_eks_describe_cluster(const struct cl_call *call, const struct aws_config *config,
                                      struct cl_str name, struct aws_eks_cluster *ret,
                                      struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_buf) struct cl_buf target = CL_BUF(TARGET_MAX_BYTES);
    struct aws_request request = describe_request;

    cl_buf_add_c(&target, "/clusters/");
    cl_buf_add_urlencoded(&target, name);
    CL_TRY(cl_buf_ok(&target, err));
    request.target = cl_buf_view(&target);
    enum cl_code code = aws_send(call, config, &request, &reply, err);
    if (code == CL_E_RESOURCE_NOT_FOUND) {
        return cl_err_wrap(err, "there is no cluster '%.*s' in region %s", CL_STR_ARG(name),
                           config->region);
    }
    if (code != CL_OK)
        return cl_err_wrap(err, "cannot describe cluster '%.*s'", CL_STR_ARG(name));
    return aws_eks_parse_cluster(cl_buf_view(&reply.http.body), ret, err);
}
