#include "connectors/aws/use_policy.h"

#include "aws_connector.h"

/* Session policies, byte for byte, and the names of sessions. */

#define STATEMENT(sid, actions, resource) \
    "{\"Sid\":\"" sid "\",\"Effect\":\"Allow\",\"Action\":[" actions "],\"Resource\":" resource
#define POLICY(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"

#define BUCKET_ACTIONS                                                       \
    "\"s3:ListBucket\",\"s3:GetBucketLocation\",\"s3:GetBucketVersioning\"," \
    "\"s3:ListBucketVersions\",\"s3:ListBucketMultipartUploads\""
#define OBJECT_ACTIONS                                                               \
    "\"s3:GetObject\",\"s3:PutObject\",\"s3:DeleteObject\",\"s3:GetObjectVersion\"," \
    "\"s3:DeleteObjectVersion\",\"s3:AbortMultipartUpload\",\"s3:ListMultipartUploadParts\""
#define KMS_CONDITION(partition, via)                                            \
    ",\"Condition\":{\"StringEquals\":{\"kms:ViaService\":\"" via                \
    "\"},\"StringLike\":{\"kms:EncryptionContext:aws:s3:arn\":[\"arn:" partition \
    ":s3:::zenfiles\",\"arn:" partition ":s3:::zenfiles/*\"]}}"
#define BUCKET_POLICY(partition, via)                                                              \
    POLICY(                                                                                        \
        STATEMENT("CleatS3Bucket", BUCKET_ACTIONS, "\"arn:" partition ":s3:::zenfiles\"},")        \
            STATEMENT("CleatS3Objects", OBJECT_ACTIONS, "\"arn:" partition ":s3:::zenfiles/*\"},") \
                STATEMENT("CleatS3Kms", "\"kms:Decrypt\",\"kms:GenerateDataKey\"", "\"*\"")        \
                    KMS_CONDITION(partition, via) "}")
#define LIST_POLICY \
    POLICY(STATEMENT("CleatS3List", "\"s3:ListAllMyBuckets\",\"s3:GetBucketLocation\"", "\"*\"}"))
#define CLUSTER_POLICY(partition, region)                          \
    POLICY(STATEMENT("CleatEksCluster", "\"eks:DescribeCluster\"", \
                     "\"arn:" partition ":eks:" region ":*:cluster/zen\"}"))
#define CLUSTERS_POLICY POLICY(STATEMENT("CleatEksList", "\"eks:ListClusters\"", "\"*\"}"))
#define REPOSITORY_ACTIONS                                                                       \
    "\"ecr:DescribeRepositories\",\"ecr:ListRepositories\",\"ecr:BatchGetImage\","               \
    "\"ecr:DescribeImages\",\"ecr:BatchCheckLayerAvailability\",\"ecr:GetDownloadUrlForLayer\"," \
    "\"ecr:InitiateLayerUpload\",\"ecr:UploadLayerPart\",\"ecr:CompleteLayerUpload\","           \
    "\"ecr:PutImage\""
#define REGISTRY_POLICY(partition, region)                                                   \
    POLICY(STATEMENT("AllowECRRepositoryAccess", REPOSITORY_ACTIONS,                         \
                     "[\"arn:" partition ":ecr:" region ":*:repository/*\",\"arn:" partition \
                     ":ecr:" region ":*:repository\"]},")                                    \
               STATEMENT("AllowECRRepositoryGetToken",                                       \
                         "\"ecr:GetAuthorizationToken\",\"ecr:DescribeRegistry\"", "\"*\"}"))

/* --- the automatic ones -------------------------------------------------------------------- */

static const struct {
    const char *region;
    const char *type; /* NULL: to find out who we are */
    const char *id;
    const char *policy; /* NULL: none */
} automatic[] = {
    {"us-east-1", NULL, NULL, NULL},
    {"us-east-1", AWS_GENERIC, "us-east-1", NULL},
    {"us-east-1", AWS_S3_BUCKET, "s3://zenfiles",
     BUCKET_POLICY("aws", "s3.us-east-1.amazonaws.com")},
    {"cn-north-1", AWS_S3_BUCKET, "s3://zenfiles",
     BUCKET_POLICY("aws-cn", "s3.cn-north-1.amazonaws.com.cn")},
    {"us-gov-west-1", AWS_S3_BUCKET, "s3://zenfiles",
     BUCKET_POLICY("aws-us-gov", "s3.us-gov-west-1.amazonaws.com")},
    {"us-east-1", AWS_S3_BUCKET, NULL, LIST_POLICY},
    {"us-east-1", AWS_EKS_CLUSTER, "zen", CLUSTER_POLICY("aws", "us-east-1")},
    {"cn-north-1", AWS_EKS_CLUSTER, "zen", CLUSTER_POLICY("aws-cn", "cn-north-1")},
    {"us-east-1", AWS_EKS_CLUSTER, NULL, CLUSTERS_POLICY},
    {"us-east-1", AWS_ECR_REGISTRY, "123456789012.dkr.ecr.us-east-1.amazonaws.com",
     REGISTRY_POLICY("aws", "us-east-1")},
    {"us-east-1", AWS_ECR_REGISTRY, NULL, REGISTRY_POLICY("aws", "us-east-1")},
    {"cn-north-1", AWS_ECR_REGISTRY, NULL, REGISTRY_POLICY("aws-cn", "cn-north-1")},
};

/* KMS sees the request come through the S3 of the bucket's region. */
static void lets_the_region_of_a_known_bucket_use_its_keys(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(aws_use_policy) struct aws_use_policy policy = {.arns = NULL};
    const struct aws_use use = {.type = AWS_S3_BUCKET, .id = "s3://zenfiles"};
    struct cl_map *facts = &at.conn.facts;

    (void)state;
    assert_ok(cl_map_set(facts, CL_STR("bucket"), CL_STR("s3://zenfiles"), &at.err), &at.err);
    assert_ok(cl_map_set(facts, CL_STR("bucket_region"), CL_STR("eu-west-1"), &at.err), &at.err);
    assert_ok(aws_use_policy_make(&at.conn, &use, &policy, &at.err), &at.err);
    assert_string_equal(policy.inline_json, BUCKET_POLICY("aws", "s3.eu-west-1.amazonaws.com"));
}

static void limits_a_session_to_its_resource(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(automatic); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
        CL_AUTO(aws_use_policy) struct aws_use_policy policy = {.arns = NULL};
        struct aws_use use = {.type = automatic[i].type, .id = automatic[i].id};

        case_set(&at, "region", automatic[i].region);
        assert_ok(aws_use_policy_make(&at.conn, &use, &policy, &at.err), &at.err);
        assert_null(policy.arns);
        assert_int_equal(policy.automatic, automatic[i].policy != NULL);
        if (automatic[i].policy == NULL) {
            assert_null(policy.inline_json);
            continue;
        }
        assert_string_equal(policy.inline_json, automatic[i].policy);
        assert_true(strlen(policy.inline_json) < 1000);
    }
}

/* --- the user's ---------------------------------------------------------------------------- */

static void leaves_the_automatic_one_out_beside_the_users_own(void **state)
{
    static const struct {
        const char *policy;
        const char *arns;
        const char *inline_json; /* NULL: none */
        size_t arn_count;
    } cases[] = {
        {"{ \"Version\": \"2012-10-17\",\n  \"Statement\": [ ] }", NULL,
         "{\"Version\":\"2012-10-17\",\"Statement\":[]}", 0},
        {NULL, "arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B", NULL, 2},
        {"{\"Statement\":[]}", "arn:aws:iam::aws:policy/A", "{\"Statement\":[]}", 1},
    };
    static const char *const types[] = {AWS_GENERIC, AWS_S3_BUCKET, AWS_EKS_CLUSTER,
                                        AWS_ECR_REGISTRY};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases) * CL_COUNT(types); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("federation-token");
        CL_AUTO(aws_use_policy) struct aws_use_policy policy = {.arns = NULL};
        struct aws_use use = {.type = types[i % CL_COUNT(types)], .id = "s3://zenfiles"};
        size_t row = i / CL_COUNT(types);

        case_set(&at, "policy", cases[row].policy);
        case_set(&at, "policy_arns", cases[row].arns);
        assert_ok(aws_use_policy_make(&at.conn, &use, &policy, &at.err), &at.err);
        assert_false(policy.automatic);
        assert_int_equal(policy.arns == NULL ? 0 : policy.arns->count, cases[row].arn_count);
        if (cases[row].inline_json == NULL)
            assert_null(policy.inline_json);
        else
            assert_string_equal(policy.inline_json, cases[row].inline_json);
    }
}

static void refuses_a_stored_policy_that_does_not_parse(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(aws_use_policy) struct aws_use_policy policy = {.arns = NULL};
    struct aws_use use = {.type = AWS_S3_BUCKET};

    (void)state;
    case_set(&at, "policy", "{\"Statement\"");
    assert_int_not_equal(aws_use_policy_make(&at.conn, &use, &policy, &at.err), CL_OK);
    assert_null(policy.inline_json);
}

/* --- names --------------------------------------------------------------------------------- */

static void names_sessions_after_the_connector(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_buf) struct cl_buf stored = CL_BUF(128);
    CL_AUTO(cl_buf) struct cl_buf fresh = CL_BUF(128);
    CL_AUTO(cl_buf) struct cl_buf own = CL_BUF(128);

    (void)state;
    aws_add_session_name(&stored, &at.conn);
    assert_str(cl_buf_view(&stored), "cleat-connector-11111111-2222-4333-8444-555555555555");
    at.conn.id[0] = '\0'; /* while it is being registered */
    aws_add_session_name(&fresh, &at.conn);
    assert_str(cl_buf_view(&fresh), "cleat-connector");
    case_set(&at, "role_session_name", "me@example.com");
    aws_add_session_name(&own, &at.conn);
    assert_str(cl_buf_view(&own), "me@example.com");
}

static void names_federated_users_in_32_characters(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("federation-token");
    CL_AUTO(cl_buf) struct cl_buf stored = CL_BUF(64);
    CL_AUTO(cl_buf) struct cl_buf again = CL_BUF(64);
    CL_AUTO(cl_buf) struct cl_buf fresh = CL_BUF(64);

    (void)state;
    aws_add_federation_name(&stored, &at.conn);
    assert_str(cl_buf_view(&stored), "cleat-11111111222243338444555555");
    assert_int_equal(stored.len, 32);
    aws_add_federation_name(&again, &at.conn); /* clusters map it: it must not change */
    assert_true(cl_str_eq(cl_buf_view(&stored), cl_buf_view(&again)));
    at.conn.id[0] = '\0';
    aws_add_federation_name(&fresh, &at.conn);
    assert_str(cl_buf_view(&fresh), "cleat-connector");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_the_region_of_a_known_bucket_use_its_keys),
        cmocka_unit_test(limits_a_session_to_its_resource),
        cmocka_unit_test(leaves_the_automatic_one_out_beside_the_users_own),
        cmocka_unit_test(refuses_a_stored_policy_that_does_not_parse),
        cmocka_unit_test(names_sessions_after_the_connector),
        cmocka_unit_test(names_federated_users_in_32_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
