#include "clouds/aws/partition.h"

#include "test.h"

static const struct {
    const char *region, *id, *dns;
    bool known;
} cases[] = {
    {"us-east-1", "aws", "amazonaws.com", true},
    {"eu-central-1", "aws", "amazonaws.com", true},
    {"ap-southeast-4", "aws", "amazonaws.com", true},
    {"il-central-1", "aws", "amazonaws.com", true},
    {"mx-central-1", "aws", "amazonaws.com", true},
    {"sa-east-12", "aws", "amazonaws.com", true},
    {"cn-north-1", "aws-cn", "amazonaws.com.cn", true},
    {"us-gov-west-1", "aws-us-gov", "amazonaws.com", true},
    {"eusc-de-east-1", "aws-eusc", "amazonaws.eu", true},
    {"us-iso-east-1", "aws-iso", "c2s.ic.gov", true},
    {"us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov", true},
    {"eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk", true},
    {"us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov", true},
    /* Anything else is taken for a region of the largest partition that we do not know yet. */
    {"minio", "aws", "amazonaws.com", false},
    {"us-east", "aws", "amazonaws.com", false},
    {"us-east-", "aws", "amazonaws.com", false},
    {"us-east-1a", "aws", "amazonaws.com", false},
    {"us--1", "aws", "amazonaws.com", false},
    {"xx-east-1", "aws", "amazonaws.com", false},
    {"us-gov-west-west-1", "aws", "amazonaws.com", false},
    {"useast-1", "aws", "amazonaws.com", false},
    {"", "aws", "amazonaws.com", false},
};

static void finds_the_partition_of_a_region(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_str region = cl_str_of(cases[i].region);

        assert_string_equal(aws_partition_of(region)->id, cases[i].id);
        assert_string_equal(aws_partition_of(region)->dns, cases[i].dns);
        assert_int_equal(aws_region_is_known(region), cases[i].known);
    }
}

static void finds_partitions_by_id(void **state)
{
    (void)state;
    assert_string_equal(aws_partition_named(CL_STR("aws-cn"))->dual_stack_dns,
                        "api.amazonwebservices.com.cn");
    assert_string_equal(aws_partition_named(CL_STR("aws"))->dual_stack_dns, "api.aws");
    assert_null(aws_partition_named(CL_STR("")));
    assert_null(aws_partition_named(CL_STR("AWS")));
    assert_null(aws_partition_named(CL_STR("aws-xx")));
}

static void knows_the_host_suffixes(void **state)
{
    (void)state;
    assert_true(aws_is_partition_dns(CL_STR("amazonaws.com")));
    assert_true(aws_is_partition_dns(CL_STR("amazonaws.com.cn")));
    assert_false(aws_is_partition_dns(CL_STR("api.aws")));
    assert_false(aws_is_partition_dns(CL_STR("")));
    assert_false(aws_is_partition_dns(CL_STR("amazonaws.com.example")));
}

static void tells_names_that_may_stand_in_a_host(void **state)
{
    static const char *const safe[] = {"us-east-1", "a", "minio", "region1", "a-b"};
    static const char *const unsafe[] = {
        "",    "-a",  "a-",  "US-EAST-1",
        "a.b", "a/b", "a@b", "a:1",
        "a b", "a_b", "a\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(safe); i++)
        assert_true(aws_region_is_safe(cl_str_of(safe[i])));
    for (size_t i = 0; i < CL_COUNT(unsafe); i++)
        assert_false(aws_region_is_safe(cl_str_of(unsafe[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_partition_of_a_region),
        cmocka_unit_test(finds_partitions_by_id),
        cmocka_unit_test(knows_the_host_suffixes),
        cmocka_unit_test(tells_names_that_may_stand_in_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
