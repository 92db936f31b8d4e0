#include "clouds/aws/endpoint.h"

#include "test.h"

/* clang-format off */
static const struct {
    enum aws_service service;
    bool fips, dual_stack;
    const char *region;
    const char *address;
} own[] = {
    {AWS_STS, false, false, "us-east-1",      "https://sts.us-east-1.amazonaws.com"},
    {AWS_STS, true , false, "us-east-1",      "https://sts-fips.us-east-1.amazonaws.com"},
    {AWS_STS, true , false, "us-gov-west-1",  "https://sts.us-gov-west-1.amazonaws.com"},
    {AWS_STS, false, true , "us-east-1",      "https://sts.us-east-1.api.aws"},
    {AWS_STS, true , true , "us-east-1",      "https://sts-fips.us-east-1.api.aws"},
    {AWS_STS, true , true , "us-gov-west-1",  "https://sts-fips.us-gov-west-1.api.aws"},
    {AWS_STS, false, false, "cn-north-1",     "https://sts.cn-north-1.amazonaws.com.cn"},
    {AWS_STS, false, true , "cn-north-1",     "https://sts.cn-north-1.api.amazonwebservices.com.cn"},
    {AWS_STS, false, false, "eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu"},
    {AWS_EKS, false, false, "eu-west-1",      "https://eks.eu-west-1.amazonaws.com"},
    {AWS_EKS, true , false, "us-east-1",      "https://fips.eks.us-east-1.amazonaws.com"},
    {AWS_EKS, true , false, "us-gov-west-1",  "https://eks.us-gov-west-1.amazonaws.com"},
    {AWS_EKS, true , false, "us-iso-east-1",  "https://eks-fips.us-iso-east-1.c2s.ic.gov"},
    {AWS_EKS, false, true , "us-east-1",      "https://eks.us-east-1.api.aws"},
    {AWS_EKS, true , true , "us-east-1",      "https://eks-fips.us-east-1.api.aws"},
    {AWS_ECR, false, false, "us-east-1",      "https://api.ecr.us-east-1.amazonaws.com"},
    {AWS_ECR, true , false, "us-east-1",      "https://api.ecr-fips.us-east-1.amazonaws.com"},
    {AWS_ECR, false, true , "us-east-1",      "https://ecr.us-east-1.api.aws"},
    {AWS_ECR, true , true , "us-east-1",      "https://ecr-fips.us-east-1.api.aws"},
    {AWS_S3 , false, false, "us-east-1",      "https://s3.us-east-1.amazonaws.com"},
    {AWS_S3 , true , false, "us-east-1",      "https://s3-fips.us-east-1.amazonaws.com"},
    {AWS_S3 , false, true , "cn-north-1",     "https://s3.dualstack.cn-north-1.amazonaws.com.cn"},
    {AWS_S3 , true , true , "us-east-1",      "https://s3-fips.dualstack.us-east-1.amazonaws.com"},
};

static const struct {
    const char *custom;
    enum aws_s3_style style;
    const char *bucket;
    const char *address;
} buckets[] = {
    {NULL, AWS_S3_STYLE_AUTO,    "zenfiles",  "https://zenfiles.s3.us-east-1.amazonaws.com/"},
    {NULL, AWS_S3_STYLE_VIRTUAL, "zenfiles",  "https://zenfiles.s3.us-east-1.amazonaws.com/"},
    {NULL, AWS_S3_STYLE_PATH,    "zenfiles",  "https://s3.us-east-1.amazonaws.com/zenfiles"},
    {NULL, AWS_S3_STYLE_AUTO,    "my.bucket", "https://s3.us-east-1.amazonaws.com/my.bucket"},
    {NULL, AWS_S3_STYLE_VIRTUAL, "my.bucket", "https://s3.us-east-1.amazonaws.com/my.bucket"},
    {"http://127.0.0.1:9000", AWS_S3_STYLE_AUTO, "zenfiles", "http://127.0.0.1:9000/zenfiles"},
    {"http://127.0.0.1:9000/", AWS_S3_STYLE_PATH, "Upper_1", "http://127.0.0.1:9000/Upper_1"},
    {"https://minio.example/s3/", AWS_S3_STYLE_AUTO, "b-1", "https://minio.example/s3/b-1"},
    {"https://minio.example/s3", AWS_S3_STYLE_VIRTUAL, "b-1", "https://b-1.minio.example/s3/"},
    {"https://minio.example:9000", AWS_S3_STYLE_VIRTUAL, "b-1", "https://b-1.minio.example:9000/"},
};

/* Which address wins: the service's own, then the one for all. */
static const struct {
    const char *all, *sts, *address;
} customs[] = {
    {"http://127.0.0.1:5000", NULL, "http://127.0.0.1:5000"},
    {"http://127.0.0.1:5000", "https://sts.example", "https://sts.example"},
    {NULL, "https://sts.example/", "https://sts.example"},
    {NULL, "https://sts.example:443", "https://sts.example"},
    {NULL, "https://gateway.example/aws/sts//", "https://gateway.example/aws/sts"},
    {NULL, "http://[::1]:5000", "http://[::1]:5000"},
    {NULL, "HTTPS://STS.example", "https://STS.example"},
};
/* clang-format on */

static void names_the_hosts_of_aws(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(own); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
        struct aws_endpoints endpoints = {.fips = own[i].fips, .dual_stack = own[i].dual_stack};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(
            aws_endpoint_add(&buf, &endpoints, own[i].service, cl_str_of(own[i].region), &err),
            &err);
        assert_str(cl_buf_view(&buf), own[i].address);
    }
}

static void a_custom_address_wins(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(customs); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
        struct aws_endpoints endpoints = {.all = customs[i].all,
                                          .services = {[AWS_STS] = customs[i].sts}};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_endpoint_add(&buf, &endpoints, AWS_STS, CL_STR("us-east-1"), &err), &err);
        assert_str(cl_buf_view(&buf), customs[i].address);
    }
}

static void an_address_for_one_service_leaves_the_others_alone(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
    struct aws_endpoints endpoints = {.services = {[AWS_S3] = "http://127.0.0.1:9000"}};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_endpoint_add(&buf, &endpoints, AWS_STS, CL_STR("us-east-1"), &err), &err);
    assert_str(cl_buf_view(&buf), "https://sts.us-east-1.amazonaws.com");
    assert_null(aws_endpoint_custom(&endpoints, AWS_EKS));
    assert_string_equal(aws_endpoint_custom(&endpoints, AWS_S3), "http://127.0.0.1:9000");
}

static void addresses_buckets_in_both_styles(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(buckets); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
        struct aws_endpoints endpoints = {.all = buckets[i].custom};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_endpoint_add_bucket(&buf, &endpoints, buckets[i].style, CL_STR("us-east-1"),
                                          cl_str_of(buckets[i].bucket), &err),
                  &err);
        assert_str(cl_buf_view(&buf), buckets[i].address);
    }
}

static void refuses_regions_that_would_change_the_host(void **state)
{
    static const char *const regions[] = {"", "us-east-1.evil", "a/b", "evil.example#", "a@b", "A"};
    struct aws_endpoints endpoints = {.all = NULL};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(regions); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_endpoint_add(&buf, &endpoints, AWS_STS, cl_str_of(regions[i]), &err),
                         CL_E_INVALID);
        assert_int_equal(buf.len, 0);
    }
}

static void refuses_bad_custom_addresses(void **state)
{
    static const char *const addresses[] = {
        "sts.example",
        "ftp://sts.example",
        "https://user:hush@sts.example",
        "https://@sts.example",
        "https://sts.example?x",
        "https://sts.example/#x",
        "https://",
        "HTTPS ://x",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(addresses); i++) {
        CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
        struct aws_endpoints endpoints = {.all = addresses[i]};
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_endpoint_check(cl_str_of(addresses[i]), &err), CL_E_INVALID);
        assert_int_equal(aws_endpoint_add(&buf, &endpoints, AWS_STS, CL_STR("us-east-1"), &err),
                         CL_E_INVALID);
        assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("hush")));
    }
    struct cl_err err = CL_ERR_NONE;
    assert_ok(aws_endpoint_check(CL_STR("http://127.0.0.1:5000/prefix"), &err), &err);
}

static void refuses_fips_at_a_custom_address(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf buf = CL_BUF(512);
    struct aws_endpoints fips = {.all = "https://x.example", .fips = true};
    struct aws_endpoints dual = {.all = "https://x.example", .dual_stack = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(aws_endpoint_add(&buf, &fips, AWS_EKS, CL_STR("us-east-1"), &err),
                     CL_E_INVALID);
    assert_int_equal(aws_endpoint_add(&buf, &dual, AWS_EKS, CL_STR("us-east-1"), &err),
                     CL_E_INVALID);
}

static void knows_the_signing_names(void **state)
{
    (void)state;
    assert_string_equal(aws_service_name(AWS_STS), "sts");
    assert_string_equal(aws_service_name(AWS_S3), "s3");
    assert_string_equal(aws_service_name(AWS_EKS), "eks");
    assert_string_equal(aws_service_name(AWS_ECR), "ecr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_hosts_of_aws),
        cmocka_unit_test(a_custom_address_wins),
        cmocka_unit_test(an_address_for_one_service_leaves_the_others_alone),
        cmocka_unit_test(addresses_buckets_in_both_styles),
        cmocka_unit_test(refuses_regions_that_would_change_the_host),
        cmocka_unit_test(refuses_bad_custom_addresses),
        cmocka_unit_test(refuses_fips_at_a_custom_address),
        cmocka_unit_test(knows_the_signing_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
