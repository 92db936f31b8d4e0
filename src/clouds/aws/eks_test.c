#include "clouds/aws/eks.h"

#include "aws_harness.h"
#include "aws_items.h"
#include "base/alloc.h"

#define CLUSTER                                                                                  \
    "{\"cluster\":{\"name\":\"zen\",\"arn\":\"arn:aws:eks:us-east-1:123456789012:cluster/zen\"," \
    "\"endpoint\":\"https://AB.gr7.us-east-1.eks.amazonaws.com\",\"status\":\"ACTIVE\","         \
    "\"certificateAuthority\":{\"data\":\"LS0t\"},\"version\":\"1.30\",\"createdAt\":"           \
    "1.715690096E9}}"

static void reads_pages_of_clusters(void **state)
{
    static const struct {
        const char *body, *found, *token;
    } cases[] = {
        {"{\"clusters\":[]}", "", ""},
        {"{\"clusters\":[\"a\",\"B_1\"],\"nextToken\":null}", "a B_1", ""},
        {"{\"clusters\":[\"a\"],\"nextToken\":\"\"}", "a", ""},
        {"{\"nextToken\":\"t\",\"clusters\":[\"a\"],\"unknown\":{}}", "a", "t"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
        CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_eks_parse_page(cl_str_of(cases[i].body), &listing, &err), &err);
        assert_str(cl_buf_view(&items.text), cases[i].found);
        assert_str(aws_listing_token(&listing), cases[i].token);
    }
}

static void refuses_what_is_no_page(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{}",
        "null",
        "<xml/>",
        "{\"clusters\":{}}",
        "{\"clusters\":[1]}",
        "{\"clusters\":[\"\"]}",
        "{\"clusters\":[\"a\\nb\"]}",
        "{\"clusters\":[\"a\"]",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bodies); i++) {
        CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
        CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_eks_parse_page(cl_str_of(bodies[i]), &listing, &err), CL_E_PROVIDER);
        assert_string_equal(err.upstream_operation, "ListClusters");
    }
}

static void reads_a_cluster(void **state)
{
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_eks_parse_cluster(CL_STR(CLUSTER), &cluster, &err), &err);
    assert_string_equal(cluster.name, "zen");
    assert_string_equal(cluster.arn, "arn:aws:eks:us-east-1:123456789012:cluster/zen");
    assert_string_equal(cluster.endpoint, "https://AB.gr7.us-east-1.eks.amazonaws.com");
    assert_string_equal(cluster.certificate_authority, "LS0t");
    assert_string_equal(cluster.status, "ACTIVE");
    assert_ok(aws_eks_check_ready(&cluster, &err), &err);
    assert_null(cluster.id);
    assert_str(aws_eks_token_name(&cluster), "zen");
}

static void reads_a_cluster_that_is_not_ready_or_on_an_outpost(void **state)
{
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster creating = AWS_EKS_CLUSTER_NONE;
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster outpost = AWS_EKS_CLUSTER_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_eks_parse_cluster(CL_STR("{\"cluster\":{\"name\":\"n\",\"arn\":\"a\","
                                           "\"status\":\"CREATING\",\"endpoint\":null,"
                                           "\"certificateAuthority\":{}}}"),
                                    &creating, &err),
              &err);
    assert_null(creating.endpoint);
    assert_null(creating.certificate_authority);
    assert_string_equal(creating.status, "CREATING");
    assert_ok(aws_eks_parse_cluster(
                  CL_STR("{\"cluster\":{\"name\":\"n\",\"arn\":\"a\",\"id\":\"uuid-1\"}}"),
                  &outpost, &err),
              &err);
    assert_str(aws_eks_token_name(&outpost), "uuid-1");
    assert_string_equal(outpost.status, "unknown");
    assert_int_equal(aws_eks_check_ready(&creating, &err), CL_E_DENIED);
    assert_string_equal(err.text, "cluster 'n' is not ready (status CREATING)");
}

static void refuses_what_is_no_cluster(void **state)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "[]",
        "{\"cluster\":[]}",
        "{\"cluster\":{\"name\":\"n\"}}",
        "{\"cluster\":{\"arn\":\"a\"}}",
        "{\"cluster\":{\"name\":\"n\\n\",\"arn\":\"a\"}}",
        "{\"cluster\":{\"name\":7,\"arn\":\"a\"}}",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bodies); i++) {
        CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_eks_parse_cluster(cl_str_of(bodies[i]), &cluster, &err),
                         CL_E_PROVIDER);
        assert_null(cluster.name);
    }
}

static void a_value_with_a_line_break_counts_as_missing(void **state)
{
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_eks_parse_cluster(
                  CL_STR("{\"cluster\":{\"name\":\"n\",\"arn\":\"a\",\"endpoint\":\"x\\ny\","
                         "\"status\":\"ACTIVE\\nforged: yes\"}}"),
                  &cluster, &err),
              &err);
    assert_null(cluster.endpoint);
    assert_string_equal(cluster.status, "unknown");
}

static void lists_all_pages(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "GET", NULL, 200, NULL,
                "{\"clusters\":[\"a\"],\"nextToken\":\"a+/=\"}");
    fake_answer(harness.fake, "GET", "nextToken=a%2B%2F%3D", 200, NULL, "{\"clusters\":[\"b\"]}");
    assert_ok(aws_eks_list_clusters(&harness.call, &harness.config, &listing, &err), &err);
    assert_str(cl_buf_view(&items.text), "a b");
    assert_sent(&harness, 0, "GET https://eks.us-east-1.amazonaws.com/clusters?maxResults=100",
                NULL);
}

/* Vector h8 is the request for a second page. */
static void signs_as_the_vectors_do(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_listing_turn(&listing, CL_STR("a+/="), &err), &err);
    fake_answer(harness.fake, "GET", NULL, 200, NULL, "{\"clusters\":[]}");
    assert_ok(aws_eks_list_clusters(&harness.call, &harness.config, &listing, &err), &err);
    assert_true(was_sent(&harness, 0,
                         "Signature="
                         "dc740f6810ff8afc8dd95365e229432b6866569d135ec68c8b8328dd3acace8e\n"));
}

static void stops_at_a_repeated_token_and_at_the_maximum(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing looping = {.found = take_item, .ctx = &items};
    CL_AUTO(aws_listing)
    struct aws_listing capped = {.found = take_item, .ctx = &items, .max_items = 1};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < 2; i++) {
        fake_answer(harness.fake, "GET", NULL, 200, NULL,
                    "{\"clusters\":[\"a\"],\"nextToken\":\"same\"}");
    }
    assert_ok(aws_eks_list_clusters(&harness.call, &harness.config, &looping, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 2);
    assert_true(looping.truncated);
    fake_answer(harness.fake, "GET", NULL, 200, NULL, "{\"clusters\":[\"a\",\"b\"]}");
    assert_ok(aws_eks_list_clusters(&harness.call, &harness.config, &capped, &err), &err);
    assert_int_equal(capped.count, 1);
    assert_true(capped.truncated);
}

static void describes_a_cluster_by_its_encoded_name(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "GET", NULL, 200, NULL, CLUSTER);
    assert_ok(
        aws_eks_describe_cluster(&harness.call, &harness.config, CL_STR("a/../b"), &cluster, &err),
        &err);
    assert_sent(&harness, 0, "GET https://eks.us-east-1.amazonaws.com/clusters/a%2F..%2Fb", NULL);
    assert_string_equal(cluster.name, "zen");
}

static void says_which_cluster_cannot_be_described(void **state)
{
    static const struct {
        int status;
        enum cl_code code;
        const char *headers, *body, *text;
    } cases[] = {
        {404, CL_E_RESOURCE_NOT_FOUND, "x-amzn-errortype: ResourceNotFoundException\n",
         "{\"message\":\"No cluster found for name: zen.\"}",
         "there is no cluster 'zen' in region us-east-1: eks DescribeCluster: AWS does not know "
         "the "
         "resource (ResourceNotFoundException): No cluster found for name: zen."},
        {403, CL_E_DENIED, "x-amzn-errortype: AccessDeniedException:\n", "{\"message\":\"no\"}",
         "cannot describe cluster 'zen': eks DescribeCluster: AWS denies it "
         "(AccessDeniedException): no"},
        {403, CL_E_REJECTED, "content-type: text/html\n",
         "<ErrorResponse><Errors><Error><Code>SignatureDoesNotMatch</Code></Error></Errors>"
         "</ErrorResponse>",
         "cannot describe cluster 'zen': eks DescribeCluster: AWS does not accept the signature "
         "(SignatureDoesNotMatch)"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", NULL, cases[i].status, cases[i].headers, cases[i].body);
        assert_int_equal(
            aws_eks_describe_cluster(&harness.call, &harness.config, CL_STR("zen"), &cluster, &err),
            cases[i].code);
        assert_string_equal(err.text, cases[i].text);
        assert_null(cluster.name);
    }
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 600 && code != CL_OK; nth++) {
        CL_AUTO(aws_eks_cluster) struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, "GET", NULL, 200, NULL, CLUSTER);
        (void)cl_alloc_fail_at(nth);
        code =
            aws_eks_describe_cluster(&harness.call, &harness.config, CL_STR("zen"), &cluster, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        if (code != CL_OK)
            assert_null(cluster.name);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pages_of_clusters),
        cmocka_unit_test(refuses_what_is_no_page),
        cmocka_unit_test(reads_a_cluster),
        cmocka_unit_test(reads_a_cluster_that_is_not_ready_or_on_an_outpost),
        cmocka_unit_test(refuses_what_is_no_cluster),
        cmocka_unit_test(a_value_with_a_line_break_counts_as_missing),
        cmocka_unit_test(lists_all_pages),
        cmocka_unit_test(signs_as_the_vectors_do),
        cmocka_unit_test(stops_at_a_repeated_token_and_at_the_maximum),
        cmocka_unit_test(describes_a_cluster_by_its_encoded_name),
        cmocka_unit_test(says_which_cluster_cannot_be_described),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
