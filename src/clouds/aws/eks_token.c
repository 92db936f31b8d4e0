#include "clouds/aws/eks_token.h"

#include "clouds/aws/endpoint.h"
#include "clouds/aws/sigv4.h"
#include "codec/base64.h"

#define PREFIX "k8s-aws-v1."
#define PRESIGN_EXPIRES_S 60 /* clusters ignore it; every other tool sends this */
#define URL_MAX_BYTES 1024

/*
 * Always AWS's own regional host: a cluster knows no other, wherever the connector sends its own
 * requests.
 */
static enum cl_code build_url(struct cl_str region, struct cl_buf *url, struct cl_err *err)
{
    static const struct aws_endpoints aws_hosts = {.all = NULL};

    CL_TRY(aws_endpoint_add(url, &aws_hosts, AWS_STS, region, err));
    cl_buf_add_c(url, "/?Action=GetCallerIdentity&Version=2011-06-15");
    return cl_buf_ok(url, err);
}

static enum cl_code encode(struct cl_str url, struct cl_secret **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf token = CL_BUF_SECRET((size_t)512 * 1024);

    cl_buf_add_c(&token, PREFIX);
    cl_buf_add_base64(&token, url, CL_BASE64_URL);
    CL_TRY(cl_buf_ok(&token, err));
    if (token.len > AWS_EKS_TOKEN_MAX_BYTES) {
        (void)cl_err_set(err, CL_E_INVALID,
                         "the cluster token would have %zu bytes, clusters accept %d", token.len,
                         AWS_EKS_TOKEN_MAX_BYTES);
        return cl_err_hint(err, "The session token is too long; use a role with fewer tags and a "
                                "shorter session policy.");
    }
    return cl_secret_new(cl_buf_view(&token), ret, err);
}

static enum cl_code presign(struct aws_signer *signer, const struct aws_eks_token_request *request,
                            struct cl_str url, struct aws_signature *ret, struct cl_err *err)
{
    const struct cl_http_header cluster = {.name = CL_STR("x-k8s-aws-id"),
                                           .value = request->cluster};
    const struct aws_sign_request sign = {
        .method = "GET",
        .url = url,
        .headers = &cluster,
        .header_count = 1,
        .payload = CL_STR_NONE,
        .credentials = request->credentials,
        .region = request->region,
        .service = CL_STR("sts"),
        .at = request->at,
    };

    return aws_presign(signer, &sign, PRESIGN_EXPIRES_S, ret, err);
}

enum cl_code aws_eks_token_new(struct aws_signer *signer,
                               const struct aws_eks_token_request *request, struct cl_secret **ret,
                               int64_t *ret_expires_at, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);
    CL_AUTO(aws_signature) struct aws_signature signature = AWS_SIGNATURE_NONE;

    CL_TRY(build_url(request->region, &url, err));
    CL_TRY(presign(signer, request, cl_buf_view(&url), &signature, err));
    CL_TRY(encode(cl_buf_view(&signature.text), ret, err));
    int64_t end_at = request->at + AWS_EKS_TOKEN_LIFETIME_S;
    bool session_ends_first =
        request->session_expires_at != 0 && request->session_expires_at < end_at;
    *ret_expires_at = session_ends_first ? request->session_expires_at : end_at;
    return CL_OK;
}
