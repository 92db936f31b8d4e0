#include "clouds/aws/eks_token.h"

#include "clouds/aws/partition.h"
#include "clouds/aws/sigv4.h"
#include "codec/base64.h"

#define PREFIX "k8s-aws-v1."
#define EXPIRES_S 60 /* what the AWS tools write; a cluster counts 15 minutes all the same */

static void add_url(struct cl_buf *url, struct cl_str region)
{
    cl_buf_addf(url, "https://sts.%.*s.%s/?Action=GetCallerIdentity&Version=2011-06-15",
                CL_STR_ARG(region), aws_partition_of(region)->dns);
}

static enum cl_code encode(struct cl_str presigned, struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf token = CL_BUF_SECRET((size_t)128 * 1024);

    cl_buf_add_c(&token, PREFIX);
    cl_buf_add_base64(&token, presigned, CL_BASE64_URL);
    CL_TRY(cl_buf_ok(&token, err));
    if (token.len > AWS_EKS_TOKEN_MAX_BYTES)
        return cl_err_set(err, CL_E_UNSUPPORTED,
                          "the cluster token would have %zu bytes, more than the %d that a cluster "
                          "reads: the session token of these credentials is too long",
                          token.len, AWS_EKS_TOKEN_MAX_BYTES);
    return cl_secret_new(cl_buf_view(&token), ret, err);
}

enum cl_code aws_eks_token(const struct aws_config *config, struct cl_str cluster, int64_t at,
                           struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(1024);
    CL_AUTO(aws_signature) struct aws_signature signature = AWS_SIGNATURE_NONE;
    const struct cl_http_header cluster_header = {.name = CL_STR("x-k8s-aws-id"), .value = cluster};
    struct cl_str region = cl_str_of(config->region);

    if (!aws_region_is_safe(region))
        return cl_err_set(err, CL_E_INVALID, "the region cannot stand in a host name");
    add_url(&url, region);
    CL_TRY(cl_buf_ok(&url, err));
    struct aws_sign_request request = {.method = "GET",
                                       .url = cl_buf_view(&url),
                                       .headers = &cluster_header,
                                       .header_count = 1,
                                       .credentials = config->credentials,
                                       .region = region,
                                       .service = CL_STR("sts"),
                                       .at = at};
    CL_TRY(aws_presign(config->signer, &request, EXPIRES_S, &signature, err));
    return encode(cl_buf_view(&signature.text), ret, err);
}
