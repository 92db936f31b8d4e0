#include "clouds/aws/endpoint.h"

#include "clouds/aws/partition.h"
#include "clouds/aws/s3_names.h"
#include "codec/url.h"

/* What stands before the region, for standard, FIPS, dual-stack, and both. */
struct row {
    const char *name;
    const char *prefix[2][2]; /* [fips][dual_stack] */
    bool own_dual_stack_dns;  /* S3 keeps the ordinary suffix there */
};

/* clang-format off */
static const struct row rows[AWS_SERVICE_COUNT] = {
    [AWS_STS] = {"sts", {{"sts", "sts"},     {"sts-fips", "sts-fips"}},               true},
    [AWS_S3]  = {"s3",  {{"s3",  "s3.dualstack"}, {"s3-fips", "s3-fips.dualstack"}},  false},
    [AWS_EKS] = {"eks", {{"eks", "eks"},     {"eks-fips", "eks-fips"}},               true},
    [AWS_ECR] = {"ecr", {{"api.ecr", "ecr"}, {"api.ecr-fips", "ecr-fips"}},           true},
};
/* clang-format on */

const char *aws_service_name(enum aws_service service)
{
    return rows[service].name;
}

const char *aws_endpoint_custom(const struct aws_endpoints *endpoints, enum aws_service service)
{
    const char *own = endpoints->services[service];

    return own != NULL ? own : endpoints->all;
}

/* Two services have FIPS hosts of another shape where FIPS came first. */
static const char *prefix_of(const struct aws_endpoints *endpoints, enum aws_service service,
                             const struct aws_partition *partition)
{
    bool is_standard = endpoints->fips && !endpoints->dual_stack;

    if (is_standard && strcmp(partition->id, "aws-us-gov") == 0 &&
        (service == AWS_STS || service == AWS_EKS))
        return rows[service].name;
    if (is_standard && strcmp(partition->id, "aws") == 0 && service == AWS_EKS)
        return "fips.eks";
    return rows[service].prefix[endpoints->fips][endpoints->dual_stack];
}

static void add_own_host(struct cl_buf *buf, const struct aws_endpoints *endpoints,
                         enum aws_service service, struct cl_str region)
{
    const struct aws_partition *partition = aws_partition_of(region);
    bool other_dns = endpoints->dual_stack && rows[service].own_dual_stack_dns;

    cl_buf_add_c(buf, prefix_of(endpoints, service, partition));
    cl_buf_add_char(buf, '.');
    cl_buf_add(buf, region);
    cl_buf_add_char(buf, '.');
    cl_buf_add_c(buf, other_dns ? partition->dual_stack_dns : partition->dns);
}

static enum cl_code parse_custom(struct cl_str text, struct cl_url *ret, struct cl_err *err)
{
    struct cl_url url;

    CL_TRY(cl_url_parse(text, &url, err));
    if (!cl_str_ieq(url.scheme, CL_STR("https")) && !cl_str_ieq(url.scheme, CL_STR("http"))) {
        return cl_err_set(err, CL_E_INVALID,
                          "endpoint address must start with https:// or http://");
    }
    if (url.has_userinfo || url.has_query || url.has_fragment) {
        return cl_err_set(err, CL_E_INVALID,
                          "endpoint address must hold no user name, query or fragment");
    }
    url.scheme = url.scheme.len == 5 ? CL_STR("https") : CL_STR("http"); /* lower case */
    *ret = url;
    return CL_OK;
}

enum cl_code aws_endpoint_check(struct cl_str url, struct cl_err *err)
{
    struct cl_url parsed;

    return parse_custom(url, &parsed, err);
}

static struct cl_str without_slashes(struct cl_str path)
{
    while (cl_str_ends(path, CL_STR("/")))
        path.len--;
    return path;
}

/* With the bucket as the first label of the host when there is one. */
static enum cl_code add_custom(struct cl_buf *buf, const char *address, struct cl_str bucket,
                               struct cl_err *err)
{
    struct cl_url url = {.port = 0};

    CL_TRY(parse_custom(cl_str_of(address), &url, err));
    cl_buf_add(buf, url.scheme);
    cl_buf_add(buf, CL_STR("://"));
    if (bucket.len > 0) {
        cl_buf_add(buf, bucket);
        cl_buf_add_char(buf, '.');
    }
    cl_url_host_port(&url, buf);
    cl_buf_add(buf, without_slashes(url.path));
    return CL_OK;
}

static enum cl_code check_region(struct cl_str region, struct cl_err *err)
{
    if (aws_region_is_safe(region))
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID,
                      "AWS region is missing or holds characters that no region has");
}

static enum cl_code add_base(struct cl_buf *buf, const struct aws_endpoints *endpoints,
                             enum aws_service service, struct cl_str region, struct cl_str bucket,
                             struct cl_err *err)
{
    const char *custom = aws_endpoint_custom(endpoints, service);

    CL_TRY(check_region(region, err));
    if (custom != NULL && (endpoints->fips || endpoints->dual_stack)) {
        return cl_err_set(err, CL_E_INVALID,
                          "FIPS and dual-stack are for AWS's own hosts, not for a custom endpoint");
    }
    if (custom != NULL)
        return add_custom(buf, custom, bucket, err);
    cl_buf_add(buf, CL_STR("https://"));
    if (bucket.len > 0) {
        cl_buf_add(buf, bucket);
        cl_buf_add_char(buf, '.');
    }
    add_own_host(buf, endpoints, service, region);
    return CL_OK;
}

enum cl_code aws_endpoint_add(struct cl_buf *buf, const struct aws_endpoints *endpoints,
                              enum aws_service service, struct cl_str region, struct cl_err *err)
{
    CL_TRY(add_base(buf, endpoints, service, region, CL_STR_NONE, err));
    return cl_buf_ok(buf, err);
}

/* A dot in the bucket would not match the wildcard certificate. */
static bool is_virtual(const struct aws_endpoints *endpoints, enum aws_s3_style style,
                       struct cl_str bucket)
{
    if (!aws_s3_is_host_label(bucket))
        return false;
    switch (style) {
    case AWS_S3_STYLE_AUTO: return aws_endpoint_custom(endpoints, AWS_S3) == NULL;
    case AWS_S3_STYLE_PATH: return false;
    case AWS_S3_STYLE_VIRTUAL: return true;
    }
    return false;
}

enum cl_code aws_endpoint_add_bucket(struct cl_buf *buf, const struct aws_endpoints *endpoints,
                                     enum aws_s3_style style, struct cl_str region,
                                     struct cl_str bucket, struct cl_err *err)
{
    bool in_host = is_virtual(endpoints, style, bucket);

    CL_TRY(add_base(buf, endpoints, AWS_S3, region, in_host ? bucket : CL_STR_NONE, err));
    cl_buf_add_char(buf, '/');
    if (!in_host)
        cl_buf_add_urlencoded(buf, bucket);
    return cl_buf_ok(buf, err);
}
