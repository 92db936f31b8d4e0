#include "clouds/aws/policy.h"

#include "clouds/aws/partition.h"
#include "codec/json_build.h"

/* Longest: a bucket or repository name between two fixed parts. */
#define ARN_MAX_BYTES 512

static const char *const s3_bucket_actions[] = {
    "s3:ListBucket",         "s3:GetBucketLocation",          "s3:GetBucketVersioning",
    "s3:ListBucketVersions", "s3:ListBucketMultipartUploads",
};
static const char *const s3_object_actions[] = {
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:GetObjectVersion",
    "s3:DeleteObjectVersion",
    "s3:AbortMultipartUpload",
    "s3:ListMultipartUploadParts",
};
static const char *const kms_actions[] = {"kms:Decrypt", "kms:GenerateDataKey"};
static const char *const s3_list_actions[] = {"s3:ListAllMyBuckets", "s3:GetBucketLocation"};
static const char *const eks_cluster_actions[] = {"eks:DescribeCluster"};
static const char *const eks_list_actions[] = {"eks:ListClusters"};
static const char *const ecr_repository_actions[] = {
    "ecr:DescribeRepositories",
    "ecr:ListRepositories",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
};
/* These two are only ever checked against "*". */
static const char *const ecr_registry_actions[] = {"ecr:GetAuthorizationToken",
                                                   "ecr:DescribeRegistry"};

static void open_policy(struct cl_json_build *build)
{
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "Version", "2012-10-17");
    cl_json_open_array(build, "Statement");
}

/* Sid, effect and actions; the caller adds the resource and closes the statement. */
static void open_statement(struct cl_json_build *build, const char *sid, const char *const *actions,
                           size_t count)
{
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "Sid", sid);
    cl_json_add_c(build, "Effect", "Allow");
    cl_json_open_array(build, "Action");
    for (size_t i = 0; i < count; i++)
        cl_json_add_c(build, NULL, actions[i]);
    cl_json_close(build);
}

static enum cl_code finish(struct cl_json_build *build, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *policy = NULL;

    cl_json_close(build); /* Statement */
    cl_json_close(build);
    CL_TRY(cl_json_build_take(build, &policy, err));
    return cl_json_dump(policy, CL_JSON_COMPACT, ret, err);
}

/* arn:{partition}:{service}:{region}:{account}:{kind}{name} */
struct arn_parts {
    const char *service;
    struct cl_str region;
    const char *account; /* "*": any */
    const char *kind;
    struct cl_str name;
};

static void add_arn(struct cl_buf *buf, struct cl_str region, const struct arn_parts *parts)
{
    cl_buf_addf(buf, "arn:%s:%s:", aws_partition_of(region)->id, parts->service);
    cl_buf_add(buf, parts->region);
    cl_buf_addf(buf, ":%s:%s", parts->account, parts->kind);
    cl_buf_add(buf, parts->name);
}

static void add_kms_condition(struct cl_json_build *build, struct cl_str region,
                              struct cl_str bucket_arn, struct cl_str objects_arn)
{
    CL_AUTO(cl_buf) struct cl_buf via = CL_BUF(ARN_MAX_BYTES);

    cl_buf_add_c(&via, "s3.");
    cl_buf_add(&via, region);
    cl_buf_addf(&via, ".%s", aws_partition_of(region)->dns);
    cl_json_open_object(build, "Condition");
    cl_json_open_object(build, "StringEquals");
    cl_json_add_str(build, "kms:ViaService", cl_buf_view(&via));
    cl_json_close(build);
    cl_json_open_object(build, "StringLike");
    cl_json_open_array(build, "kms:EncryptionContext:aws:s3:arn");
    cl_json_add_str(build, NULL, bucket_arn);
    cl_json_add_str(build, NULL, objects_arn);
    cl_json_close(build);
    cl_json_close(build);
    cl_json_close(build);
}

static void add_s3_statements(struct cl_json_build *build, struct cl_str region,
                              struct cl_str bucket_arn, struct cl_str objects_arn)
{
    open_statement(build, "CleatS3Bucket", s3_bucket_actions, CL_COUNT(s3_bucket_actions));
    cl_json_add_str(build, "Resource", bucket_arn);
    cl_json_close(build);
    open_statement(build, "CleatS3Objects", s3_object_actions, CL_COUNT(s3_object_actions));
    cl_json_add_str(build, "Resource", objects_arn);
    cl_json_close(build);
    open_statement(build, "CleatS3Kms", kms_actions, CL_COUNT(kms_actions));
    cl_json_add_c(build, "Resource", "*");
    add_kms_condition(build, region, bucket_arn, objects_arn);
    cl_json_close(build);
}

enum cl_code aws_policy_s3_bucket(struct cl_str region, struct cl_str bucket, char **ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_buf) struct cl_buf arn = CL_BUF(ARN_MAX_BYTES);
    const struct arn_parts parts = {"s3", CL_STR_NONE, "", "", bucket};

    add_arn(&arn, region, &parts);
    size_t bucket_len = arn.len;
    cl_buf_add_c(&arn, "/*");
    CL_TRY(cl_buf_ok(&arn, err));
    open_policy(&build);
    add_s3_statements(&build, region, cl_str_first(cl_buf_view(&arn), bucket_len),
                      cl_buf_view(&arn));
    return finish(&build, ret, err);
}

/* One statement over one resource. */
static enum cl_code simple_policy(const char *sid, const char *const *actions, size_t count,
                                  struct cl_str resource, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    open_policy(&build);
    open_statement(&build, sid, actions, count);
    cl_json_add_str(&build, "Resource", resource);
    cl_json_close(&build);
    return finish(&build, ret, err);
}

enum cl_code aws_policy_s3_list(char **ret, struct cl_err *err)
{
    return simple_policy("CleatS3List", s3_list_actions, CL_COUNT(s3_list_actions), CL_STR("*"),
                         ret, err);
}

enum cl_code aws_policy_eks_cluster(struct cl_str region, struct cl_str name, char **ret,
                                    struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf arn = CL_BUF(ARN_MAX_BYTES);
    const struct arn_parts parts = {"eks", region, "*", "cluster/", name};

    add_arn(&arn, region, &parts);
    CL_TRY(cl_buf_ok(&arn, err));
    return simple_policy("CleatEksCluster", eks_cluster_actions, CL_COUNT(eks_cluster_actions),
                         cl_buf_view(&arn), ret, err);
}

enum cl_code aws_policy_eks_list(char **ret, struct cl_err *err)
{
    return simple_policy("CleatEksList", eks_list_actions, CL_COUNT(eks_list_actions), CL_STR("*"),
                         ret, err);
}

/* All repositories, and the ARN that listing them is checked against. */
static void add_repositories(struct cl_json_build *build, struct cl_str all_arn,
                             struct cl_str repository_arn)
{
    cl_json_open_array(build, "Resource");
    cl_json_add_str(build, NULL, repository_arn);
    cl_json_add_str(build, NULL, all_arn);
    cl_json_close(build);
}

enum cl_code aws_policy_ecr(struct cl_str region, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_buf) struct cl_buf arn = CL_BUF(ARN_MAX_BYTES);
    const struct arn_parts parts = {"ecr", region, "*", "repository", CL_STR_NONE};

    add_arn(&arn, region, &parts);
    size_t all_len = arn.len;
    cl_buf_add_c(&arn, "/*");
    CL_TRY(cl_buf_ok(&arn, err));
    open_policy(&build);
    open_statement(&build, "AllowECRRepositoryAccess", ecr_repository_actions,
                   CL_COUNT(ecr_repository_actions));
    add_repositories(&build, cl_str_first(cl_buf_view(&arn), all_len), cl_buf_view(&arn));
    cl_json_close(&build);
    open_statement(&build, "AllowECRRepositoryGetToken", ecr_registry_actions,
                   CL_COUNT(ecr_registry_actions));
    cl_json_add_c(&build, "Resource", "*");
    cl_json_close(&build);
    return finish(&build, ret, err);
}
