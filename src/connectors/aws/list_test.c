#include "aws_connector.h"

/* Listing instances: with a session that may list and nothing else, every page of them. */

struct listed {
    struct cl_buf ids;
    size_t count;
    size_t fail_at; /* 0: never */
};

static void listed_cleanup(struct listed *listed)
{
    cl_buf_cleanup(&listed->ids);
}

#define LISTED                          \
    {                                   \
        .ids = CL_BUF((size_t)1 << 20U) \
    }

static enum cl_code take(void *ctx, struct cl_str id, struct cl_err *err)
{
    struct listed *listed = ctx;

    if (++listed->count == listed->fail_at)
        return cl_err_set(err, CL_E_INTERRUPTED, "enough");
    if (listed->ids.len > 0)
        cl_buf_add_char(&listed->ids, ' ');
    cl_buf_add(&listed->ids, id);
    return CL_OK;
}

static enum cl_code list(struct aws_case *at, const char *type, struct listed *listed,
                         bool *ret_truncated)
{
    struct cl_id_sink sink = {.ctx = listed, .add = take};

    at->err = CL_ERR_NONE;
    enum cl_code code = aws_list(&at->call, &at->conn, case_resource(type), &sink, &at->err);
    *ret_truncated = sink.truncated;
    return code;
}

#define BUCKETS "GET https://s3.us-east-1.amazonaws.com/?max-buckets=1000"
#define CLUSTERS "GET https://eks.us-east-1.amazonaws.com/clusters?maxResults=100"

static void answer_clusters(struct aws_case *at)
{
    fake_answer(at->fake, "GET", "/clusters", 200, NULL, "{\"clusters\":[\"zen\",\"other\"]}");
}

static void asks_once_behind_what_it_mints(void **state)
{
    static const struct {
        const char *method;
        const char *action;
    } methods[] = {{"secret-key", NULL},
                   {"sts-token", NULL},
                   {"iam-role", "AssumeRole"},
                   {"session-token", "GetSessionToken"},
                   {"federation-token", "GetFederationToken"}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(methods) * 2; i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(methods[i / 2].method);
        CL_AUTO(listed) struct listed listed = LISTED;
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(512);
        bool buckets = i % 2 == 0;
        bool truncated = true;

        if (methods[i / 2].action != NULL) {
            answer_sts(&at, methods[i / 2].action);
            cl_buf_addf(&want, "%s | ", methods[i / 2].action);
        }
        cl_buf_add_c(&want, buckets ? BUCKETS : CLUSTERS);
        if (buckets)
            answer_buckets(&at);
        else
            answer_clusters(&at);
        assert_ok(list(&at, buckets ? AWS_S3_BUCKET : AWS_EKS_CLUSTER, &listed, &truncated),
                  &at.err);
        assert_asked(&at, want.ptr);
        assert_false(truncated);
        assert_str(cl_buf_view(&listed.ids),
                   buckets ? "s3://zenfiles s3://zenml-data" : "zen other");
    }
}

static void may_list_and_nothing_else(void **state)
{
    static const struct {
        const char *type;
        const char *policy;
    } cases[] = {{AWS_S3_BUCKET,
                  "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"CleatS3List\","
                  "\"Effect\":\"Allow\",\"Action\":[\"s3:ListAllMyBuckets\","
                  "\"s3:GetBucketLocation\"],\"Resource\":\"*\"}]}"},
                 {AWS_EKS_CLUSTER, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":"
                                   "\"CleatEksList\",\"Effect\":\"Allow\",\"Action\":["
                                   "\"eks:ListClusters\"],\"Resource\":\"*\"}]}"}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
        CL_AUTO(listed) struct listed listed = LISTED;
        bool truncated = false;

        answer_sts(&at, "AssumeRole");
        answer_buckets(&at);
        answer_clusters(&at);
        assert_ok(list(&at, cases[i].type, &listed, &truncated), &at.err);
        CL_AUTO(cl_string) char *policy = sent_param(&at, 0, "Policy");
        assert_string_equal(policy, cases[i].policy);
        assert_true(sent(&at, 1, SESSION_KEY_ID "/"));
    }
}

static void reads_every_page(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(listed) struct listed buckets = LISTED;
    CL_AUTO(listed) struct listed clusters = LISTED;
    bool truncated = false;

    (void)state;
    fake_answer(at.fake, "GET", "s3", 200, NULL,
                "<ListAllMyBucketsResult><Buckets><Bucket><Name>one</Name></Bucket></Buckets>"
                "<ContinuationToken>t/1</ContinuationToken></ListAllMyBucketsResult>");
    fake_answer(at.fake, "GET", "continuation-token=t%2F1", 200, NULL,
                "<ListAllMyBucketsResult><Buckets><Bucket><Name>two</Name></Bucket></Buckets>"
                "</ListAllMyBucketsResult>");
    assert_ok(list(&at, AWS_S3_BUCKET, &buckets, &truncated), &at.err);
    assert_str(cl_buf_view(&buckets.ids), "s3://one s3://two");
    fake_answer(at.fake, "GET", "/clusters", 200, NULL,
                "{\"clusters\":[\"a\"],\"nextToken\":\"n\"}");
    fake_answer(at.fake, "GET", "nextToken=n", 200, NULL, "{\"clusters\":[\"b\"]}");
    assert_ok(list(&at, AWS_EKS_CLUSTER, &clusters, &truncated), &at.err);
    assert_str(cl_buf_view(&clusters.ids), "a b");
}

static void does_not_go_round_in_circles(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(listed) struct listed listed = LISTED;
    bool truncated = false;

    (void)state;
    for (int i = 0; i < 5; i++)
        fake_answer(at.fake, "GET", "/clusters", 200, NULL,
                    "{\"clusters\":[\"a\"],\"nextToken\":\"same\"}");
    enum cl_code code = list(&at, AWS_EKS_CLUSTER, &listed, &truncated);
    assert_true(code != CL_OK || truncated);
    assert_in_range(fake_request_count(at.fake), 2, 3);
}

static void stops_when_it_has_been_told_enough(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(listed) struct listed listed = {.ids = CL_BUF(4096), .fail_at = 2};
    bool truncated = false;

    (void)state;
    answer_buckets(&at);
    assert_code(&at.err, list(&at, AWS_S3_BUCKET, &listed, &truncated), CL_E_INTERRUPTED, "enough");
    assert_str(cl_buf_view(&listed.ids), "s3://zenfiles");
}

static void says_when_the_cap_cut_the_list(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(listed) struct listed listed = LISTED;
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF((size_t)4 << 20U);
    bool truncated = false;

    (void)state;
    cl_buf_add_c(&body, "<ListAllMyBucketsResult><Buckets>");
    for (int i = 0; i < 10001; i++)
        cl_buf_addf(&body, "<Bucket><Name>b-%05d</Name></Bucket>", i);
    cl_buf_add_c(&body, "</Buckets></ListAllMyBucketsResult>");
    fake_answer(at.fake, "GET", "s3", 200, NULL, body.ptr);
    assert_ok(list(&at, AWS_S3_BUCKET, &listed, &truncated), &at.err);
    assert_int_equal(listed.count, 10000);
    assert_true(truncated);
}

static void passes_on_why_it_may_not_list(void **state)
{
    static const struct {
        const char *aws_code;
        int status;
        enum cl_code want;
    } cases[] = {{"AccessDenied", 403, CL_E_DENIED},
                 {"InvalidAccessKeyId", 403, CL_E_REJECTED},
                 {"RequestTimeTooSkewed", 403, CL_E_CLOCK_SKEW}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(listed) struct listed listed = LISTED;
        bool truncated = false;

        for (int k = 0; k < 3; k++)
            answer_error(&at, NULL, cases[i].status, cases[i].aws_code);
        assert_code(&at.err, list(&at, AWS_S3_BUCKET, &listed, &truncated), cases[i].want,
                    cases[i].aws_code);
        assert_string_equal(at.err.upstream_service, "s3");
    }
    CL_AUTO(aws_case) struct aws_case role = aws_case("iam-role");
    CL_AUTO(listed) struct listed none = LISTED;
    bool truncated = false;
    answer_error(&role, NULL, 403, "AccessDenied");
    assert_code(&role.err, list(&role, AWS_S3_BUCKET, &none, &truncated), CL_E_DENIED,
                "cannot assume IAM role");
    assert_int_equal(fake_request_count(role.fake), 1);
}

static void lists_what_other_stores_have(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(listed) struct listed listed = LISTED;
    bool truncated = false;

    (void)state;
    case_set(&at, "s3_endpoint_url", "http://s3.localhost:9000");
    fake_answer(at.fake, "GET", "localhost", 200, NULL,
                "<ListAllMyBucketsResult><Buckets><Bucket><Name>Under_Score</Name></Bucket>"
                "</Buckets></ListAllMyBucketsResult>");
    assert_ok(list(&at, AWS_S3_BUCKET, &listed, &truncated), &at.err);
    assert_str(cl_buf_view(&listed.ids), "s3://Under_Score");
}

static void reports_the_loss_of_memory_and_leaks_nothing(void **state)
{
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; code != CL_OK; nth++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
        struct listed listed = LISTED;
        size_t live = cl_alloc_live_blocks();
        bool truncated = false;

        assert_true(nth < 3000);
        answer_sts(&at, "AssumeRole");
        answer_buckets(&at);
        (void)cl_alloc_fail_at(nth);
        code = list(&at, AWS_S3_BUCKET, &listed, &truncated);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        listed_cleanup(&listed);
        assert_int_equal(cl_alloc_live_blocks(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_once_behind_what_it_mints),
        cmocka_unit_test(may_list_and_nothing_else),
        cmocka_unit_test(reads_every_page),
        cmocka_unit_test(does_not_go_round_in_circles),
        cmocka_unit_test(stops_when_it_has_been_told_enough),
        cmocka_unit_test(says_when_the_cap_cut_the_list),
        cmocka_unit_test(passes_on_why_it_may_not_list),
        cmocka_unit_test(lists_what_other_stores_have),
        cmocka_unit_test(reports_the_loss_of_memory_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
