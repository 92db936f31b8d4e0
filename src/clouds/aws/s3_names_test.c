#include "clouds/aws/s3_names.h"

#include "test.h"

#define LONG_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void reads_every_accepted_form(void **state)
{
    static const struct {
        const char *id, *bucket;
    } cases[] = {
        {"zenfiles", "zenfiles"},
        {"s3://zenfiles", "zenfiles"},
        {"s3://zenfiles/", "zenfiles"},
        {"s3://zenfiles/a/b:c", "zenfiles"},
        {"arn:aws:s3:::zenfiles", "zenfiles"},
        {"arn:aws:s3:::zenfiles/path", "zenfiles"},
        {"arn:aws:s3:::zenfiles/a:b", "zenfiles"},
        {"arn:aws-cn:s3:::zenfiles", "zenfiles"},
        {"arn:aws-us-gov:s3:::zenfiles", "zenfiles"},
        {"my.dotted.bucket", "my.dotted.bucket"},
        {"a-b", "a-b"},
        {"123", "123"},
        {"1.2.3", "1.2.3"},
        {"1.2.3.4.5", "1.2.3.4.5"},
        {"1234.1.1.1", "1234.1.1.1"},
        {LONG_63, LONG_63},
        {"xn--bucket", "xn--bucket"},
        {"team-s3alias", "team-s3alias"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct cl_str bucket;

        assert_ok(aws_s3_parse_id(cl_str_of(cases[i].id), false, &bucket, &err), &err);
        assert_str(bucket, cases[i].bucket);
    }
}

static void refuses_everything_else(void **state)
{
    static const char *const ids[] = {
        "",
        "ab",
        LONG_64,
        "Upper",
        "under_score",
        "-start",
        "end-",
        ".start",
        "end.",
        "two..dots",
        "192.168.1.1",
        "with space",
        "bucket/path",
        "bucket\n",
        "s3://bucket/pa\nth",
        "s3:///path",
        "s3://",
        "S3://bucket",
        "s3:bucket",
        "https://bucket.s3.amazonaws.com",
        "gs://bucket",
        "arn:aws:s3:::",
        "arn:aws:s3:::/path",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/ap",
        "arn:aws:s3::123456789012:bucket",
        "arn:aws:sns:::bucket",
        "arn:xyz:s3:::bucket",
        "arn:aws:s3:::Upper",
        "bucket--use1-az4--x-s3",
        "s3://bucket--use1-az4--x-s3",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(ids); i++) {
        struct cl_err err = CL_ERR_NONE;
        struct cl_str bucket;

        assert_int_equal(aws_s3_parse_id(cl_str_of(ids[i]), false, &bucket, &err), CL_E_ID_INVALID);
        assert_true(cl_str_contains(cl_str_of(err.hint), CL_STR("s3://{bucket}")));
    }
}

static void a_custom_endpoint_allows_more_names(void **state)
{
    static const char *const ids[] = {"Upper", "under_score", "s3://Under_Score/x"};
    static const char *const still_refused[] = {"ab", "_start", "two..dots", "a b c", "ümlaut"};
    struct cl_err err = CL_ERR_NONE;
    struct cl_str bucket;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(ids); i++)
        assert_ok(aws_s3_parse_id(cl_str_of(ids[i]), true, &bucket, &err), &err);
    for (size_t i = 0; i < CL_COUNT(still_refused); i++) {
        assert_int_equal(aws_s3_parse_id(cl_str_of(still_refused[i]), true, &bucket, &err),
                         CL_E_ID_INVALID);
    }
}

static void the_canonical_id_is_its_own_canonical_id(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf id = CL_BUF(256);
    struct cl_err err = CL_ERR_NONE;
    struct cl_str bucket;
    struct cl_str again;

    (void)state;
    assert_ok(aws_s3_parse_id(CL_STR("arn:aws:s3:::zenfiles/x"), false, &bucket, &err), &err);
    aws_s3_add_id(&id, bucket);
    assert_str(cl_buf_view(&id), "s3://zenfiles");
    assert_ok(aws_s3_parse_id(cl_buf_view(&id), false, &again, &err), &err);
    assert_true(cl_str_eq(bucket, again));
}

static void warns_of_reserved_names(void **state)
{
    static const char *const names[] = {"xn--b",    "sthree-b", "amzn-s3-demo-b", "b-s3alias",
                                        "b--ol-s3", "b.mrap",   "b--table-s3"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++)
        assert_non_null(aws_s3_bucket_warning(cl_str_of(names[i])));
    assert_null(aws_s3_bucket_warning(CL_STR("zenfiles")));
    assert_null(aws_s3_bucket_warning(CL_STR("my-xn--b")));
}

static void tells_which_names_fit_into_a_host(void **state)
{
    (void)state;
    assert_true(aws_s3_is_host_label(CL_STR("zenfiles")));
    assert_false(aws_s3_is_host_label(CL_STR("my.bucket")));
    assert_false(aws_s3_is_host_label(CL_STR("Upper")));
    assert_false(aws_s3_is_host_label(CL_STR("ab")));
    assert_false(aws_s3_is_host_label(CL_STR("a/b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_accepted_form),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(a_custom_endpoint_allows_more_names),
        cmocka_unit_test(the_canonical_id_is_its_own_canonical_id),
        cmocka_unit_test(warns_of_reserved_names),
        cmocka_unit_test(tells_which_names_fit_into_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
