#include "aws_connector.h"

/* Resource ids: which spellings are accepted, and what they all become. No request is ever made. */

static enum cl_code canonical(struct aws_case *at, const char *type, const char *id, char **ret)
{
    at->err = CL_ERR_NONE;
    return aws_canonical_id(&at->conn, case_resource(type), cl_str_of(id), ret, &at->err);
}

struct spelling {
    const char *type;
    const char *region;
    const char *id;
    const char *canonical; /* NULL: refused */
};

static const struct spelling spellings[] = {
    /* buckets */
    {AWS_S3_BUCKET, "us-east-1", "zenfiles", "s3://zenfiles"},
    {AWS_S3_BUCKET, "us-east-1", "s3://zenfiles", "s3://zenfiles"},
    {AWS_S3_BUCKET, "us-east-1", "s3://zenfiles/some/key", "s3://zenfiles"},
    {AWS_S3_BUCKET, "us-east-1", "arn:aws:s3:::zenfiles", "s3://zenfiles"},
    {AWS_S3_BUCKET, "us-east-1", "arn:aws:s3:::zenfiles/a:b", "s3://zenfiles"},
    {AWS_S3_BUCKET, "cn-north-1", "arn:aws-cn:s3:::zenfiles", "s3://zenfiles"},
    {AWS_S3_BUCKET, "us-east-1", "my.dotted.bucket", "s3://my.dotted.bucket"},
    {AWS_S3_BUCKET, "us-east-1", "xn--reserved", "s3://xn--reserved"},
    {AWS_S3_BUCKET, "us-east-1", "", NULL},
    {AWS_S3_BUCKET, "us-east-1", "s3://", NULL},
    {AWS_S3_BUCKET, "us-east-1", "ab", NULL},
    {AWS_S3_BUCKET, "us-east-1", "Upper", NULL},
    {AWS_S3_BUCKET, "us-east-1", "under_score", NULL},
    {AWS_S3_BUCKET, "us-east-1", "-dash", NULL},
    {AWS_S3_BUCKET, "us-east-1", "two..dots", NULL},
    {AWS_S3_BUCKET, "us-east-1", "192.168.0.1", NULL},
    {AWS_S3_BUCKET, "us-east-1", "express--use1-az4--x-s3", NULL},
    {AWS_S3_BUCKET, "us-east-1", "zenfiles\n", NULL},
    {AWS_S3_BUCKET, "us-east-1", "gs://zenfiles", NULL},
    {AWS_S3_BUCKET, "us-east-1", "arn:aws:sqs:::zenfiles", NULL},
    {AWS_S3_BUCKET, "us-east-1", "arn:none:s3:::zenfiles", NULL},

    /* clusters */
    {AWS_EKS_CLUSTER, "us-east-1", "zenhacks-cluster", "zenhacks-cluster"},
    {AWS_EKS_CLUSTER, "us-east-1", "Upper_1", "Upper_1"},
    {AWS_EKS_CLUSTER, "us-east-1", CLUSTER_ARN, "zen"},
    {AWS_EKS_CLUSTER, "cn-north-1", "arn:aws-cn:eks:cn-north-1:123456789012:cluster/zen", "zen"},
    {AWS_EKS_CLUSTER, "us-east-1", "arn:aws:eks:eu-west-1:123456789012:cluster/zen", NULL},
    {AWS_EKS_CLUSTER, "us-east-1", "arn:aws:eks:us-east-1:1234:cluster/zen", NULL},
    {AWS_EKS_CLUSTER, "us-east-1", "arn:aws:eks:us-east-1:123456789012:nodegroup/zen", NULL},
    {AWS_EKS_CLUSTER, "us-east-1", "-zen", NULL},
    {AWS_EKS_CLUSTER, "us-east-1", "ze.n", NULL},
    {AWS_EKS_CLUSTER, "us-east-1", "zen\n", NULL},
    {AWS_EKS_CLUSTER, "us-east-1", "", NULL},

    /* registries */
    {AWS_ECR_REGISTRY, "us-east-1", "715803424590.dkr.ecr.us-east-1.amazonaws.com",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "us-east-1", "https://715803424590.dkr.ecr.us-east-1.amazonaws.com/repo/x",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "us-east-1", "715803424590.dkr.ecr.us-east-1.amazonaws.com/",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "us-east-1", "715803424590.dkr.ecr-fips.us-east-1.amazonaws.com",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "us-east-1", "715803424590.dkr-ecr.us-east-1.on.aws",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "us-east-1", "arn:aws:ecr:us-east-1:715803424590:repository/repo",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "us-east-1", "arn:aws:ecr:us-east-1:715803424590:repository",
     "715803424590.dkr.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR_REGISTRY, "cn-north-1", "715803424590.dkr.ecr.cn-north-1.amazonaws.com.cn",
     "715803424590.dkr.ecr.cn-north-1.amazonaws.com.cn"},
    {AWS_ECR_REGISTRY, "us-east-1", "715803424590.dkr.ecr.eu-west-1.amazonaws.com", NULL},
    {AWS_ECR_REGISTRY, "us-east-1", "7158.dkr.ecr.us-east-1.amazonaws.com", NULL},
    {AWS_ECR_REGISTRY, "us-east-1", "715803424590.dkr.ecr.us-east-1.example.com", NULL},
    {AWS_ECR_REGISTRY, "us-east-1", "docker.io/library", NULL},
    {AWS_ECR_REGISTRY, "us-east-1", "", NULL},

    /* the region */
    {AWS_GENERIC, "us-east-1", "us-east-1", "us-east-1"},
    {AWS_GENERIC, "us-east-1", "us-east-2", NULL},
    {AWS_GENERIC, "us-east-1", "", NULL},
};

static void accepts_and_refuses_every_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(spellings); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_string) char *id = NULL;
        CL_AUTO(cl_string) char *again = NULL;
        const struct spelling *row = &spellings[i];

        case_set(&at, "region", row->region);
        enum cl_code code = canonical(&at, row->type, row->id, &id);
        if (row->canonical == NULL) {
            assert_code(&at.err, code, CL_E_ID_INVALID, NULL);
            continue;
        }
        assert_ok(code, &at.err);
        assert_string_equal(id, row->canonical);
        assert_ok(canonical(&at, row->type, id, &again), &at.err); /* and stays the same */
        assert_string_equal(again, row->canonical);
        assert_int_equal(fake_request_count(at.fake), 0);
    }
}

static void takes_other_names_from_other_stores(void **state)
{
    static const char *const attrs[] = {"endpoint_url", "s3_endpoint_url"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(attrs); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_string) char *id = NULL;

        case_set(&at, attrs[i], "http://localhost:9000");
        assert_ok(canonical(&at, AWS_S3_BUCKET, "Under_Score", &id), &at.err);
        assert_string_equal(id, "s3://Under_Score");
    }
    CL_AUTO(aws_case) struct aws_case sts = aws_case("secret-key");
    CL_AUTO(cl_string) char *none = NULL;
    case_set(&sts, "sts_endpoint_url", "http://localhost:9000");
    assert_code(&sts.err, canonical(&sts, AWS_S3_BUCKET, "Under_Score", &none), CL_E_ID_INVALID,
                NULL);
}

static void names_what_would_be_right(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_string) char *id = NULL;

    (void)state;
    assert_code(&at.err, canonical(&at, AWS_S3_BUCKET, "No Bucket", &id), CL_E_ID_INVALID,
                "'No Bucket' is not the id of an S3 bucket");
    assert_non_null(strstr(at.err.hint, "s3://{bucket}"));
    assert_code(
        &at.err,
        canonical(&at, AWS_EKS_CLUSTER, "arn:aws:eks:eu-west-1:123456789012:cluster/zen", &id),
        CL_E_ID_INVALID, "eu-west-1");
    assert_null(id);
}

/* --- types with one resource --------------------------------------------------------------- */

static char *default_of(struct aws_case *at, const char *type)
{
    char *id = NULL;

    assert_ok(aws_default_id(&at->conn, case_resource(type), &id, &at->err), &at->err);
    return id;
}

static void knows_the_registry_once_it_knows_the_account(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");

    (void)state;
    CL_AUTO(cl_string) char *region = default_of(&at, AWS_GENERIC);
    assert_string_equal(region, "us-east-1");
    assert_null(default_of(&at, AWS_ECR_REGISTRY)); /* before the first verification */
    assert_ok(cl_map_set(&at.conn.facts, CL_STR("account_id"), CL_STR(CASE_ACCOUNT), &at.err),
              &at.err);
    CL_AUTO(cl_string) char *learned = default_of(&at, AWS_ECR_REGISTRY);
    assert_string_equal(learned, CASE_ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com");
    case_set(&at, "ecr_registry_id", "999988887777"); /* somebody else's is meant */
    CL_AUTO(cl_string) char *other = default_of(&at, AWS_ECR_REGISTRY);
    assert_string_equal(other, "999988887777.dkr.ecr.us-east-1.amazonaws.com");
    case_set(&at, "region", "cn-northwest-1");
    CL_AUTO(cl_string) char *china = default_of(&at, AWS_ECR_REGISTRY);
    assert_string_equal(china, "999988887777.dkr.ecr.cn-northwest-1.amazonaws.com.cn");
}

static void takes_the_account_from_the_role(void **state)
{
    static const char *const names[] = {"iam-role", "implicit"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(names[i]);

        case_set(&at, "role_arn", CASE_ROLE);
        CL_AUTO(cl_string) char *id = default_of(&at, AWS_ECR_REGISTRY);
        assert_string_equal(id, "210987654321.dkr.ecr.us-east-1.amazonaws.com");
    }
}

/* --- loading ------------------------------------------------------------------------------- */

static void asks_nobody_when_a_connector_is_prepared(void **state)
{
    (void)state;
    for (size_t i = 0; i < cl_type_aws.method_count; i++) {
        for (size_t k = 0; k < cl_type_aws.resource_count; k++) {
            CL_AUTO(aws_case) struct aws_case at = aws_case(cl_type_aws.methods[i].id);
            CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

            case_type(&at, cl_type_aws.resources[k].id);
            if (strcmp(at.conn.method->id, "federation-token") == 0)
                case_set(&at, "policy_arns", "arn:aws:iam::aws:policy/ReadOnlyAccess");
            assert_ok(cl_scope_configure(&at.conn, &warnings, &at.err), &at.err);
            assert_int_equal(fake_request_count(at.fake), 0);
            assert_int_equal(fake_calls_made(at.fake), 0);
        }
    }
}

static void refuses_a_registry_of_another_account(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    (void)state;
    case_type(&at, AWS_ECR_REGISTRY);
    assert_ok(cl_str_dup(CL_STR(CASE_ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"),
                         &at.conn.resource_id, &at.err),
              &at.err);
    assert_code(&at.err, cl_scope_configure(&at.conn, &warnings, &at.err), CL_E_OUT_OF_SCOPE,
                "210987654321.dkr.ecr.us-east-1.amazonaws.com");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_and_refuses_every_spelling),
        cmocka_unit_test(takes_other_names_from_other_stores),
        cmocka_unit_test(names_what_would_be_right),
        cmocka_unit_test(knows_the_registry_once_it_knows_the_account),
        cmocka_unit_test(takes_the_account_from_the_role),
        cmocka_unit_test(asks_nobody_when_a_connector_is_prepared),
        cmocka_unit_test(refuses_a_registry_of_another_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
