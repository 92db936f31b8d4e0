#include "clouds/aws/arn.h"

#include "test.h"

static void takes_arns_apart(void **state)
{
    static const struct {
        const char *text, *partition, *service, *region, *account, *resource;
    } cases[] = {
        {"arn:aws:iam::123456789012:role/team/ml", "aws", "iam", "", "123456789012",
         "role/team/ml"},
        {"arn:aws-cn:s3:::bucket/a:b", "aws-cn", "s3", "", "", "bucket/a:b"},
        {"arn:aws-us-gov:eks:us-gov-west-1:123456789012:cluster/c", "aws-us-gov", "eks",
         "us-gov-west-1", "123456789012", "cluster/c"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct aws_arn arn;

        assert_true(aws_arn_parse(cl_str_of(cases[i].text), &arn));
        assert_str(arn.partition, cases[i].partition);
        assert_str(arn.service, cases[i].service);
        assert_str(arn.region, cases[i].region);
        assert_str(arn.account, cases[i].account);
        assert_str(arn.resource, cases[i].resource);
    }
}

static void refuses_what_is_no_arn(void **state)
{
    static const char *const texts[] = {
        "",
        "arn",
        "arn:",
        "arn:aws",
        "arn:aws:s3:::",
        "arn:aws:s3::bucket",
        "arn:aws::::bucket",
        "arn:other:s3:::bucket",
        "ARN:aws:s3:::bucket",
        "xarn:aws:s3:::bucket",
        "arn:aws:iam::12345678901:role/r",
        "arn:aws:iam::1234567890123:role/r",
        "arn:aws:iam::12345678901x:role/r",
        "arn:aws:eks:US:123456789012:cluster/c",
        "arn:aws:eks:us.evil:123456789012:cluster/c",
        "arn:aws:s3:::bucket\n",
        "arn:aws:s3:::buc\x7fket",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        struct aws_arn arn;
        assert_false(aws_arn_parse(cl_str_of(texts[i]), &arn));
    }
}

static void refuses_an_embedded_nul(void **state)
{
    struct aws_arn arn;

    (void)state;
    assert_false(aws_arn_parse(CL_STR("arn:aws:s3:::bucket\0x"), &arn));
}

static void an_account_is_twelve_digits(void **state)
{
    (void)state;
    assert_true(aws_is_account(CL_STR("000000000000")));
    assert_false(aws_is_account(CL_STR("00000000000")));
    assert_false(aws_is_account(CL_STR("0000000000000")));
    assert_false(aws_is_account(CL_STR("00000000000a")));
    assert_false(aws_is_account(CL_STR_NONE));
}

static void a_refusal_quotes_cuts_and_advises(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf long_id = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(aws_refuse_id(CL_STR("a\nb"), "a thing", "this form", &err), CL_E_ID_INVALID);
    assert_string_equal(err.text, "'a\\x0ab' is not the id of a thing");
    assert_string_equal(err.hint, "Use this form.");
    cl_buf_add_repeat(&long_id, "x", 4000);
    assert_int_equal(aws_refuse_id(cl_buf_view(&long_id), "a thing", "this", &err),
                     CL_E_ID_INVALID);
    assert_true(strlen(err.text) < 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_arns_apart),
        cmocka_unit_test(refuses_what_is_no_arn),
        cmocka_unit_test(refuses_an_embedded_nul),
        cmocka_unit_test(an_account_is_twelve_digits),
        cmocka_unit_test(a_refusal_quotes_cuts_and_advises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
