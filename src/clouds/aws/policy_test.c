#include "clouds/aws/policy.h"

#include "base/alloc.h"
#include "test.h"

#define ALLOW(sid, actions) "{\"Sid\":\"" sid "\",\"Effect\":\"Allow\",\"Action\":[" actions "],"
#define POLICY(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"

#define S3_POLICY(partition, via, bucket)                                                                   \
    POLICY(ALLOW(                                                                                           \
        "CleatS3Bucket",                                                                                    \
        "\"s3:ListBucket\",\"s3:GetBucketLocation\",\"s3:GetBucketVersioning\","                            \
        "\"s3:ListBucketVersions\",\"s3:ListBucketMultipartUploads\"") "\"Resource\":"                      \
                                                                       "\"arn:" partition                   \
                                                                       ":s3:::" bucket                      \
                                                                       "\"}," ALLOW(                        \
                                                                           "CleatS3Objects",                \
                                                                           "\"s3:GetObject\","              \
                                                                           "\"s3:PutObject\","              \
                                                                           "\"s3:DeleteObject\","           \
                                                                           "\"s3:"                          \
                                                                           "GetObjectVersion\","            \
                                                                           "\"s3:"                          \
                                                                           "DeleteObjectVersion\""          \
                                                                           ",\"s3:"                         \
                                                                           "AbortMultipartUpload"           \
                                                                           "\","                            \
                                                                           "\"s3:"                          \
                                                                           "ListMultipartUploadPa"          \
                                                                           "rts\"") "\"Resource\""          \
                                                                                    ":\"arn"                \
                                                                                    ":" partition           \
                                                                                    ":s3::"                 \
                                                                                    ":" bucket              \
                                                                                    "/*\"}"                 \
                                                                                    "," ALLOW(              \
                                                                                        "CleatS3K"          \
                                                                                        "ms",               \
                                                                                        "\"kms:"            \
                                                                                        "Decrypt"           \
                                                                                        "\","               \
                                                                                        "\"kms:"            \
                                                                                        "Generate"          \
                                                                                        "DataKey"           \
                                                                                        "\"") "\""          \
                                                                                              "Re"          \
                                                                                              "so"          \
                                                                                              "ur"          \
                                                                                              "ce"          \
                                                                                              "\""          \
                                                                                              ":"           \
                                                                                              "\""          \
                                                                                              "*"           \
                                                                                              "\""          \
                                                                                              ","           \
                                                                                              "\""          \
                                                                                              "Co"          \
                                                                                              "nd"          \
                                                                                              "it"          \
                                                                                              "io"          \
                                                                                              "n"           \
                                                                                              "\""          \
                                                                                              ":{"          \
                                                                                              "\""          \
                                                                                              "St"          \
                                                                                              "ri"          \
                                                                                              "ng"          \
                                                                                              "Eq"          \
                                                                                              "ua"          \
                                                                                              "ls"          \
                                                                                              "\""          \
                                                                                              ":{"          \
                                                                                              "\""          \
                                                                                              "km"          \
                                                                                              "s:"          \
                                                                                              "Vi"          \
                                                                                              "aS"          \
                                                                                              "er"          \
                                                                                              "vi"          \
                                                                                              "ce"          \
                                                                                              "\""          \
                                                                                              ":"           \
                                                                                              "\"" via      \
                                                                                              "\""          \
                                                                                              "},"          \
                                                                                              "\""          \
                                                                                              "St"          \
                                                                                              "ri"          \
                                                                                              "ng"          \
                                                                                              "Li"          \
                                                                                              "ke"          \
                                                                                              "\""          \
                                                                                              ":{"          \
                                                                                              "\""          \
                                                                                              "km"          \
                                                                                              "s:"          \
                                                                                              "En"          \
                                                                                              "cr"          \
                                                                                              "yp"          \
                                                                                              "ti"          \
                                                                                              "on"          \
                                                                                              "Co"          \
                                                                                              "nt"          \
                                                                                              "ex"          \
                                                                                              "t:"          \
                                                                                              "aw"          \
                                                                                              "s:"          \
                                                                                              "s3"          \
                                                                                              ":a"          \
                                                                                              "rn"          \
                                                                                              "\""          \
                                                                                              ":["          \
                                                                                              "\""          \
                                                                                              "ar"          \
                                                                                              "n"           \
                                                                                              ":" partition \
                                                                                              ":s"          \
                                                                                              "3:"          \
                                                                                              ":"           \
                                                                                              ":" bucket    \
                                                                                              "\""          \
                                                                                              ","           \
                                                                                              "\""          \
                                                                                              "ar"          \
                                                                                              "n"           \
                                                                                              ":" partition \
                                                                                              ":s"          \
                                                                                              "3:"          \
                                                                                              ":"           \
                                                                                              ":" bucket    \
                                                                                              "/*"          \
                                                                                              "\""          \
                                                                                              "]}"          \
                                                                                              "}"           \
                                                                                              "}")

#define ECR_REPOSITORIES                                                                        \
    ALLOW("AllowECRRepositoryAccess",                                                           \
          "\"ecr:DescribeRepositories\",\"ecr:ListRepositories\",\"ecr:BatchGetImage\","        \
          "\"ecr:DescribeImages\",\"ecr:BatchCheckLayerAvailability\","                         \
          "\"ecr:GetDownloadUrlForLayer\",\"ecr:InitiateLayerUpload\",\"ecr:UploadLayerPart\"," \
          "\"ecr:CompleteLayerUpload\",\"ecr:PutImage\"")
#define ECR_REGISTRY                                                                              \
    ALLOW("AllowECRRepositoryGetToken", "\"ecr:GetAuthorizationToken\",\"ecr:DescribeRegistry\"") \
    "\"Resource\":\"*\"}"

static void expect(const char *policy, const char *want)
{
    assert_string_equal(policy, want);
    assert_true(strlen(policy) <= AWS_POLICY_MAX_CHARACTERS);
}

static void one_bucket_byte_for_byte(void **state)
{
    static const struct {
        const char *region, *bucket, *policy;
    } cases[] = {
        {"us-east-1", "zenfiles", S3_POLICY("aws", "s3.us-east-1.amazonaws.com", "zenfiles")},
        {"cn-north-1", "b.c", S3_POLICY("aws-cn", "s3.cn-north-1.amazonaws.com.cn", "b.c")},
        {"us-gov-west-1", "zen", S3_POLICY("aws-us-gov", "s3.us-gov-west-1.amazonaws.com", "zen")},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_string) char *policy = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_policy_s3_bucket(cl_str_of(cases[i].region), cl_str_of(cases[i].bucket),
                                       &policy, &err),
                  &err);
        expect(policy, cases[i].policy);
    }
}

static void the_longest_bucket_stays_far_below_the_limit(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf bucket = CL_BUF(64);
    CL_AUTO(cl_string) char *policy = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_repeat(&bucket, "b", 63);
    assert_ok(aws_policy_s3_bucket(CL_STR("us-gov-west-1"), cl_buf_view(&bucket), &policy, &err),
              &err);
    assert_true(strlen(policy) < 1300);
}

static void listing_buckets_touches_no_object(void **state)
{
    CL_AUTO(cl_string) char *policy = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_policy_s3_list(&policy, &err), &err);
    expect(policy,
           POLICY(ALLOW("CleatS3List",
                        "\"s3:ListAllMyBuckets\",\"s3:GetBucketLocation\"") "\"Resource\":\"*\"}"));
}

static void one_cluster_and_the_list_of_clusters(void **state)
{
    CL_AUTO(cl_string) char *one = NULL;
    CL_AUTO(cl_string) char *list = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_policy_eks_cluster(CL_STR("cn-north-1"), CL_STR("zen"), &one, &err), &err);
    expect(one, POLICY(ALLOW("CleatEksCluster",
                             "\"eks:DescribeCluster\"") "\"Resource\":\"arn:aws-cn:eks:cn-north-1:*"
                                                        ":cluster/zen\"}"));
    assert_ok(aws_policy_eks_list(&list, &err), &err);
    expect(list, POLICY(ALLOW("CleatEksList", "\"eks:ListClusters\"") "\"Resource\":\"*\"}"));
}

static void every_repository(void **state)
{
    CL_AUTO(cl_string) char *all = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_policy_ecr(CL_STR("us-east-1"), &all, &err), &err);
    expect(all, POLICY(ECR_REPOSITORIES "\"Resource\":[\"arn:aws:ecr:us-east-1:*:repository/*\","
                                        "\"arn:aws:ecr:us-east-1:*:repository\"]}," ECR_REGISTRY));
}

static void survives_each_failing_allocation(void **state)
{
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 300 && code != CL_OK; nth++) {
        CL_AUTO(cl_string) char *policy = NULL;
        struct cl_err err = CL_ERR_NONE;

        (void)cl_alloc_fail_at(nth);
        code = aws_policy_s3_bucket(CL_STR("us-east-1"), CL_STR("zenfiles"), &policy, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        if (code != CL_OK)
            assert_int_equal(code, CL_E_FAILED);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_bucket_byte_for_byte),
        cmocka_unit_test(the_longest_bucket_stays_far_below_the_limit),
        cmocka_unit_test(listing_buckets_touches_no_object),
        cmocka_unit_test(one_cluster_and_the_list_of_clusters),
        cmocka_unit_test(every_repository),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
