#include "clouds/aws/s3.h"

#include "aws_harness.h"
#include "aws_items.h"
#include "base/alloc.h"

#define PAGE(buckets, more)                                                                        \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListAllMyBucketsResult "                         \
    "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>o</ID></Owner><Buckets>" buckets \
    "</Buckets>" more "</ListAllMyBucketsResult>"
#define BUCKET(name) \
    "<Bucket><Name>" name "</Name><CreationDate>2024-05-14T12:34:56.000Z</CreationDate></Bucket>"
#define TOKEN(token) "<ContinuationToken>" token "</ContinuationToken>"

static void writes_the_target_of_each_page(void **state)
{
    static const struct {
        const char *token;
        size_t max_items;
        const char *target;
    } cases[] = {
        {"", 0, "/?max-buckets=1000"},
        {"a+/=", 0, "/?max-buckets=1000&continuation-token=a%2B%2F%3D"},
        {"", 1, "/?max-buckets=1"},
        {"t", 5000, "/?max-buckets=1000&continuation-token=t"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_listing) struct aws_listing listing = {.max_items = cases[i].max_items};
        CL_AUTO(cl_string) char *target = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_listing_turn(&listing, cl_str_of(cases[i].token), &err), &err);
        assert_ok(aws_s3_list_target(&listing, &target, &err), &err);
        assert_string_equal(target, cases[i].target);
    }
}

static void reads_pages_with_and_without_extras(void **state)
{
    static const struct {
        const char *body, *found, *token;
    } cases[] = {
        {PAGE("", ""), "", ""},
        {PAGE(BUCKET("a") BUCKET("b.c"), ""), "a b.c", ""},
        {PAGE(BUCKET("a"), TOKEN("next")), "a", "next"},
        {PAGE("<Bucket><BucketArn>x</BucketArn><Name>a</Name><BucketRegion>eu-west-1"
              "</BucketRegion></Bucket>",
              ""),
         "a@eu-west-1", ""},
        {PAGE("<Bucket><Name>a</Name><BucketRegion>evil/</BucketRegion></Bucket>", ""), "a", ""},
        {"<ListAllMyBucketsResult><Buckets>" BUCKET("a") "</Buckets></ListAllMyBucketsResult>", "a",
         ""},
        {"<ListAllMyBucketsResult/>", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
        CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_s3_parse_page(cl_str_of(cases[i].body), &listing, &err), &err);
        assert_str(cl_buf_view(&items.text), cases[i].found);
        assert_str(aws_listing_token(&listing), cases[i].token);
    }
}

static void refuses_what_is_no_page(void **state)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "<html><body>not S3</body></html>",
        "<Error><Code>AccessDenied</Code></Error>",
        PAGE(BUCKET(""), ""),
        PAGE("<Bucket/>", ""),
        PAGE(BUCKET("a&#10;b"), ""),
        "<ListAllMyBucketsResult><Buckets><Bucket><Name>cut",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bodies); i++) {
        CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
        CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_s3_parse_page(cl_str_of(bodies[i]), &listing, &err), CL_E_PROVIDER);
        assert_string_equal(err.upstream_operation, "ListBuckets");
    }
}

static void lists_all_pages(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "GET", NULL, 200, NULL, PAGE(BUCKET("a"), TOKEN("t/1")));
    fake_answer(harness.fake, "GET", "continuation-token=t%2F1", 200, NULL, PAGE("", TOKEN("t2")));
    fake_answer(harness.fake, "GET", "continuation-token=t2", 200, NULL, PAGE(BUCKET("b"), ""));
    assert_ok(aws_s3_list_buckets(&harness.call, &harness.config, &listing, &err), &err);
    assert_str(cl_buf_view(&items.text), "a b");
    assert_int_equal(listing.count, 2);
    assert_false(listing.truncated);
    assert_sent(&harness, 0, "GET https://s3.us-east-1.amazonaws.com/?max-buckets=1000", NULL);
}

static void asks_for_one_bucket_where_one_is_enough(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("eu-west-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing)
    struct aws_listing listing = {.found = take_item, .ctx = &items, .max_items = 1};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "GET", NULL, 200, NULL, PAGE(BUCKET("a"), TOKEN("t")));
    assert_ok(aws_s3_list_buckets(&harness.call, &harness.config, &listing, &err), &err);
    assert_sent(&harness, 0, "GET https://s3.eu-west-1.amazonaws.com/?max-buckets=1", NULL);
    assert_int_equal(fake_request_count(harness.fake), 1); /* not the next page */
    assert_true(listing.truncated);
}

static void stops_at_a_repeated_token_and_at_the_maximum(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing looping = {.found = take_item, .ctx = &items};
    CL_AUTO(aws_listing)
    struct aws_listing capped = {.found = take_item, .ctx = &items, .max_items = 3};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < 2; i++)
        fake_answer(harness.fake, "GET", NULL, 200, NULL, PAGE(BUCKET("a"), TOKEN("same")));
    assert_ok(aws_s3_list_buckets(&harness.call, &harness.config, &looping, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 2);
    assert_true(looping.truncated);

    fake_answer(harness.fake, "GET", NULL, 200, NULL,
                PAGE(BUCKET("a") BUCKET("b") BUCKET("c") BUCKET("d"), TOKEN("more")));
    assert_ok(aws_s3_list_buckets(&harness.call, &harness.config, &capped, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 3);
    assert_int_equal(capped.count, 3);
    assert_true(capped.truncated);
}

static void stops_when_the_taker_refuses(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    items.fail_at = 2;
    fake_answer(harness.fake, "GET", NULL, 200, NULL, PAGE(BUCKET("a") BUCKET("b"), TOKEN("t")));
    assert_int_equal(aws_s3_list_buckets(&harness.call, &harness.config, &listing, &err),
                     CL_E_INTERRUPTED);
    assert_int_equal(fake_request_count(harness.fake), 1);
}

static void finds_a_buckets_region(void **state)
{
    static const struct {
        const char *headers, *region;
    } cases[] = {
        {"x-amz-bucket-region: ap-southeast-4\n", "ap-southeast-4"},
        {NULL, "us-east-1"},
        {"x-amz-bucket-region: evil.example/\n", "us-east-1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;
        char region[64] = "";

        fake_answer(harness.fake, "HEAD", NULL, 200, cases[i].headers, "");
        assert_ok(
            aws_s3_head_bucket(&harness.call, &harness.config, CL_STR("zenfiles"), region, &err),
            &err);
        assert_string_equal(region, cases[i].region);
    }
}

/* Vector h7 is this request to a store of one's own. */
static void signs_as_the_vectors_do(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;
    char region[64] = "";

    (void)state;
    harness.config.endpoints.services[AWS_S3] = "http://127.0.0.1:9000";
    fake_answer(harness.fake, "HEAD", NULL, 200, NULL, "");
    assert_ok(aws_s3_head_bucket(&harness.call, &harness.config, CL_STR("zenfiles"), region, &err),
              &err);
    assert_sent(&harness, 0, "HEAD http://127.0.0.1:9000/zenfiles", NULL);
    assert_true(was_sent(&harness, 0,
                         "Signature="
                         "09003daf8b0d4c1d6325ead9ddd6929184a8185805d3d979a02ae4c6e915d552\n"));
}

static void a_store_of_ones_own_names_its_region_too(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.config.endpoints.all = "http://127.0.0.1:9000";
    fake_answer(harness.fake, "GET", NULL, 400, NULL,
                "<Error><Code>AuthorizationHeaderMalformed</Code><Region>rack-7</Region></Error>");
    fake_answer(harness.fake, "GET", NULL, 200, NULL, PAGE(BUCKET("Under_Score"), ""));
    assert_ok(aws_s3_list_buckets(&harness.call, &harness.config, &listing, &err), &err);
    assert_str(cl_buf_view(&items.text), "Under_Score");
    assert_true(was_sent(&harness, 1, "GET http://127.0.0.1:9000/?max-buckets=1000\n"));
    assert_true(was_sent(&harness, 1, "/20240514/rack-7/s3/aws4_request"));
}

static void follows_a_bucket_to_its_region(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;
    char region[64] = "";

    (void)state;
    fake_answer(harness.fake, "HEAD", "s3.us-east-1.", 301, "x-amz-bucket-region: eu-west-1\n", "");
    fake_answer(harness.fake, "HEAD", "s3.eu-west-1.", 200, NULL, "");
    assert_ok(aws_s3_head_bucket(&harness.call, &harness.config, CL_STR("zenfiles"), region, &err),
              &err);
    assert_string_equal(region, "eu-west-1");
}

static void says_which_bucket_cannot_be_used(void **state)
{
    static const struct {
        int status;
        enum cl_code code;
        const char *start;
    } cases[] = {
        {404, CL_E_RESOURCE_NOT_FOUND, "there is no bucket 'zenfiles': s3 HeadBucket: "},
        {403, CL_E_DENIED, "cannot use bucket 'zenfiles': s3 HeadBucket: AWS denies it (HTTP 403)"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;
        char region[64] = "";

        fake_answer(harness.fake, "HEAD", NULL, cases[i].status, NULL, "");
        assert_int_equal(
            aws_s3_head_bucket(&harness.call, &harness.config, CL_STR("zenfiles"), region, &err),
            cases[i].code);
        assert_true(cl_str_starts(cl_str_of(err.text), cl_str_of(cases[i].start)));
        assert_int_equal(err.upstream_status, cases[i].status);
        assert_string_equal(region, "");
    }
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 600 && code != CL_OK; nth++) {
        CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
        CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", NULL, 200, NULL, PAGE(BUCKET("a"), TOKEN("t")));
        fake_answer(harness.fake, "GET", "=t", 200, NULL, PAGE(BUCKET("b"), ""));
        (void)cl_alloc_fail_at(nth);
        code = aws_s3_list_buckets(&harness.call, &harness.config, &listing, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_target_of_each_page),
        cmocka_unit_test(reads_pages_with_and_without_extras),
        cmocka_unit_test(refuses_what_is_no_page),
        cmocka_unit_test(lists_all_pages),
        cmocka_unit_test(asks_for_one_bucket_where_one_is_enough),
        cmocka_unit_test(stops_at_a_repeated_token_and_at_the_maximum),
        cmocka_unit_test(stops_when_the_taker_refuses),
        cmocka_unit_test(finds_a_buckets_region),
        cmocka_unit_test(signs_as_the_vectors_do),
        cmocka_unit_test(a_store_of_ones_own_names_its_region_too),
        cmocka_unit_test(follows_a_bucket_to_its_region),
        cmocka_unit_test(says_which_bucket_cannot_be_used),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
