#include "clouds/aws/client.h"

#include <pthread.h>

#include "aws_harness.h"
#include "base/alloc.h"

#define IDENTITY_BODY "Action=GetCallerIdentity&Version=2011-06-15"
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define DATE_LATER "date: Tue, 14 May 2024 13:34:56 GMT\n" /* one hour after the fake's clock */
#define SKEWED                                                                             \
    "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature expired: " \
    "20240514T123456Z is now earlier than</Message></Error></ErrorResponse>"

static const struct cl_http_header form_type = {
    .name = CL_STR_INIT("content-type"),
    .value = CL_STR_INIT("application/x-www-form-urlencoded; charset=utf-8"),
};

static const struct aws_request identity_request = {
    .service = AWS_STS,
    .operation = "GetCallerIdentity",
    .method = "POST",
    .headers = &form_type,
    .header_count = 1,
    .body = CL_STR_INIT(IDENTITY_BODY),
};

static const struct aws_request head_request = {
    .service = AWS_S3,
    .operation = "HeadBucket",
    .method = "HEAD",
    .bucket = CL_STR_INIT("zenfiles"),
};

/* Sends and returns the code; the answer is not kept. */
static enum cl_code send_it(struct aws_harness *harness, const struct aws_request *request,
                            struct cl_err *err)
{
    struct aws_reply reply = AWS_REPLY_NONE;
    enum cl_code code = aws_send(&harness->call, &harness->config, request, &reply, err);

    aws_reply_cleanup(&reply);
    return code;
}

static void sends_what_the_vectors_sign(void **state)
{
    static const char *const texts[] = {
        "\ncontent-type: application/x-www-form-urlencoded; charset=utf-8\n",
        "\nx-amz-date: 20240514T123456Z\n",
        "Signature=2e067b95953ffe78fe64521dd4cb91b63bd2c2dbd6dde59085984805850df615\n",
        "\nuser-agent: cleat/",
        NULL,
    };
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct aws_reply reply = AWS_REPLY_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "POST", "sts.", 200, NULL, "<ok/>");
    assert_ok(aws_send(&harness.call, &harness.config, &identity_request, &reply, &err), &err);
    assert_int_equal(reply.http.status, 200);
    assert_str(cl_buf_view(&reply.http.body), "<ok/>");
    assert_string_equal(reply.region, "us-east-1");
    assert_sent(&harness, 0, "POST https://sts.us-east-1.amazonaws.com/", texts);
    assert_true(was_sent(&harness, 0, "\n\n" IDENTITY_BODY));
    aws_reply_cleanup(&reply);
}

static void sends_the_session_token_and_the_payload_hash(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.config.credentials = temporary(&harness.keys);
    fake_answer(harness.fake, "HEAD", NULL, 200, NULL, "");
    assert_ok(send_it(&harness, &head_request, &err), &err);
    assert_sent(&harness, 0, "HEAD https://zenfiles.s3.us-east-1.amazonaws.com/", NULL);
    assert_true(was_sent(&harness, 0, "\nx-amz-security-token: " EXAMPLE_TOKEN "\n"));
    assert_true(was_sent(&harness, 0, "\nx-amz-content-sha256: " EMPTY_SHA256 "\n"));
}

static void keeps_the_prefix_of_a_custom_address(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    const struct aws_request list = {.service = AWS_EKS,
                                     .operation = "ListClusters",
                                     .method = "GET",
                                     .target = CL_STR("/clusters?maxResults=100")};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.config.endpoints.all = "http://127.0.0.1:5000/gateway/";
    for (int i = 0; i < 3; i++)
        fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    assert_ok(send_it(&harness, &list, &err), &err);
    assert_ok(send_it(&harness, &head_request, &err), &err);
    assert_ok(send_it(&harness, &identity_request, &err), &err);
    assert_sent(&harness, 0, "GET http://127.0.0.1:5000/gateway/clusters?maxResults=100", NULL);
    assert_sent(&harness, 1, "HEAD http://127.0.0.1:5000/gateway/zenfiles", NULL);
    assert_sent(&harness, 2, "POST http://127.0.0.1:5000/gateway/", NULL);
}

static void stops_trying_again_when_nothing_helps(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    size_t before = 0;

    (void)state;
    for (int i = 0; i < 60; i++) { /* 50 operations of two retries use the quota up */
        struct cl_err err = CL_ERR_NONE;

        before = fake_request_count(harness.fake);
        for (int n = 0; n < 3; n++)
            fake_answer(harness.fake, NULL, NULL, 503, NULL, "");
        assert_int_equal(send_it(&harness, &identity_request, &err), CL_E_PROVIDER);
        assert_int_equal(fake_request_count(harness.fake) - before, i < 50 ? 3 : 1);
    }
}

static void sends_keys_of_an_s3_store_to_nobody_else(void **state)
{
    static const enum aws_service others[] = {AWS_STS, AWS_EKS, AWS_ECR};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(others); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        const struct aws_request request = {
            .service = others[i], .operation = "Anything", .method = "GET"};
        struct cl_err err = CL_ERR_NONE;

        harness.config.s3_only = true;
        harness.config.endpoints.all = "http://127.0.0.1:9000"; /* however it is set up */
        assert_int_equal(send_it(&harness, &request, &err), CL_E_UNSUPPORTED);
        assert_non_null(strstr(err.text, "S3-compatible store"));
        assert_string_not_equal(err.hint, "");
        assert_int_equal(fake_request_count(harness.fake), 0);
        fake_answer(harness.fake, "HEAD", "zenfiles", 200, NULL, "");
        assert_ok(send_it(&harness, &head_request, &err), &err);
    }
}

/* What three such answers in a row lead to. */
static const struct {
    int status;
    enum cl_code code;
    const char *body;
    size_t requests;
} repeated[] = {
    {503, CL_E_PROVIDER, "", 3},
    {500, CL_E_PROVIDER, "", 3},
    {502, CL_E_PROVIDER, "<html>", 3},
    {504, CL_E_PROVIDER, "", 3},
    {429, CL_E_THROTTLED, "", 3},
    {400, CL_E_THROTTLED, "<Error><Code>Throttling</Code></Error>", 3},
    {503, CL_E_THROTTLED, "<Error><Code>SlowDown</Code></Error>", 3},
    {400, CL_E_PROVIDER, "<Error><Code>RequestTimeout</Code></Error>", 3},
    {0, CL_E_UNREACHABLE, "", 3},
    {403, CL_E_DENIED, "<Error><Code>AccessDenied</Code></Error>", 1},
    {400, CL_E_EXPIRED, "<Error><Code>ExpiredToken</Code></Error>", 1},
    {404, CL_E_RESOURCE_NOT_FOUND, "", 1},
    {400, CL_E_FAILED, "", 1},
};

static void tries_again_where_the_rules_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(repeated); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        for (int n = 0; n < 3; n++)
            fake_answer(harness.fake, NULL, NULL, repeated[i].status, NULL, repeated[i].body);
        assert_int_equal(send_it(&harness, &identity_request, &err), repeated[i].code);
        assert_int_equal(fake_request_count(harness.fake), repeated[i].requests);
        assert_int_equal(err.upstream_status, repeated[i].status);
        assert_string_equal(err.upstream_service, "sts");
        assert_string_equal(err.upstream_operation, "GetCallerIdentity");
        assert_true(cl_str_starts(cl_str_of(err.text), CL_STR("sts GetCallerIdentity: ")));
    }
}

static void succeeds_after_a_passing_fault(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, NULL, NULL, 503, "retry-after: 1\n", "");
    fake_answer(harness.fake, NULL, NULL, 0, NULL, "");
    fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    assert_ok(send_it(&harness, &identity_request, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 3);
    /* Signed afresh each time: the clock went on. */
    assert_false(was_sent(&harness, 2, "x-amz-date: 20240514T123456Z"));
}

static void says_everything_about_a_refusal(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, NULL, NULL, 403, "X-Amzn-RequestId: id-7\n",
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn is not "
                "authorized, key " EXAMPLE_KEY_ID "</Message></Error></ErrorResponse>");
    assert_int_equal(send_it(&harness, &identity_request, &err), CL_E_DENIED);
    assert_string_equal(err.text, "sts GetCallerIdentity: AWS denies it (AccessDenied): User: arn "
                                  "is not authorized, key [hidden]");
    assert_int_equal(err.upstream_status, 403);
    assert_string_equal(err.upstream_code, "AccessDenied");
    assert_string_equal(err.upstream_request, "id-7");
}

static void corrects_the_clock_once_and_remembers(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, NULL, NULL, 403, DATE_LATER, SKEWED);
    fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    assert_ok(send_it(&harness, &identity_request, &err), &err);
    assert_true(was_sent(&harness, 0, "x-amz-date: 20240514T123456Z"));
    assert_true(was_sent(&harness, 1, "x-amz-date: 20240514T133456Z"));
    assert_int_equal(aws_signer_clock_offset_s(harness.signer), 3600);
    assert_ok(send_it(&harness, &identity_request, &err), &err);
    assert_true(was_sent(&harness, 2, "x-amz-date: 20240514T133456Z"));
}

static void corrects_the_clock_without_a_signer_too(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.config.signer = NULL;
    fake_answer(harness.fake, NULL, NULL, 403, DATE_LATER, SKEWED);
    fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    assert_ok(send_it(&harness, &identity_request, &err), &err);
    assert_true(was_sent(&harness, 1, "x-amz-date: 20240514T133456Z"));
}

static void never_corrects_the_clock_twice(void **state)
{
    static const struct {
        const char *date;
        size_t requests;
    } cases[] = {{DATE_LATER, 2}, {"", 1}, {"date: nonsense\n", 1}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        for (int n = 0; n < 3; n++)
            fake_answer(harness.fake, NULL, NULL, 403, cases[i].date, SKEWED);
        assert_int_equal(send_it(&harness, &identity_request, &err), CL_E_CLOCK_SKEW);
        assert_int_equal(fake_request_count(harness.fake), cases[i].requests);
        assert_true(cl_str_contains(cl_str_of(err.text), CL_STR("2024-05-14T12:34:56Z")));
    }
}

#define REGION_HEADER "x-amz-bucket-region: eu-west-1\n"
#define XML(code, more) "<Error><Code>" code "</Code>" more "</Error>"

/* Each way in which S3 says that a bucket is elsewhere. */
static const struct {
    const char *method;
    int status;
    const char *headers;
    const char *body;
} signals[] = {
    {"HEAD", 301, REGION_HEADER, ""},
    {"HEAD", 400, REGION_HEADER, ""},
    {"HEAD", 307, REGION_HEADER, ""},
    {"GET", 301, REGION_HEADER, XML("PermanentRedirect", "<Endpoint>evil.example</Endpoint>")},
    {"GET", 301, "location: https://evil.example/\n",
     XML("PermanentRedirect", "<Region>eu-west-1</Region>")},
    {"GET", 307, REGION_HEADER, XML("TemporaryRedirect", "")},
    {"GET", 400, "", XML("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>")},
    {"GET", 400, REGION_HEADER, XML("IllegalLocationConstraintException", "")},
};

static void follows_each_sign_of_another_region_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(signals); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct aws_request request = head_request;
        struct aws_reply reply = AWS_REPLY_NONE;
        struct cl_err err = CL_ERR_NONE;

        request.method = signals[i].method;
        fake_answer(harness.fake, NULL, NULL, signals[i].status, signals[i].headers,
                    signals[i].body);
        fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
        assert_ok(aws_send(&harness.call, &harness.config, &request, &reply, &err), &err);
        assert_string_equal(reply.region, "eu-west-1");
        assert_int_equal(fake_request_count(harness.fake), 2);
        assert_true(was_sent(&harness, 1, " https://zenfiles.s3.eu-west-1.amazonaws.com/\n"));
        assert_true(was_sent(&harness, 1, "/20240514/eu-west-1/s3/aws4_request"));
        aws_reply_cleanup(&reply);
    }
}

static void never_follows_twice(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, NULL, NULL, 301, REGION_HEADER, "");
    fake_answer(harness.fake, NULL, NULL, 301, "x-amz-bucket-region: eu-west-2\n", "");
    fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    assert_int_equal(send_it(&harness, &head_request, &err), CL_E_INVALID);
    assert_int_equal(fake_request_count(harness.fake), 2);
    assert_true(cl_str_contains(cl_str_of(err.text), CL_STR("another region")));
}

static void does_not_follow_without_a_usable_region(void **state)
{
    static const char *const headers[] = {
        "", "x-amz-bucket-region: us-east-1\n", "x-amz-bucket-region: evil.example/\n",
        "location: https://zenfiles.s3.eu-west-1.amazonaws.com/\n"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(headers); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, NULL, NULL, 301, headers[i], "");
        assert_int_equal(send_it(&harness, &head_request, &err), CL_E_INVALID);
        assert_int_equal(fake_request_count(harness.fake), 1);
        assert_non_null(strstr(err.text, "elsewhere, which is not followed"));
    }
}

/* Nor tried again: the next answer would be the same. */
static void follows_no_redirect_but_to_a_bucket(void **state)
{
    static const int statuses[] = {301, 302, 303, 304, 307, 308};
    static const char *const headers[] = {REGION_HEADER, "location: https://evil.example/\n"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(statuses) * CL_COUNT(headers); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, NULL, NULL, statuses[i / 2], headers[i % 2], "");
        assert_int_equal(send_it(&harness, &identity_request, &err), CL_E_INVALID);
        assert_int_equal(fake_request_count(harness.fake), 1);
        assert_non_null(strstr(err.text, "elsewhere, which is not followed"));
        assert_null(strstr(err.text, "evil"));
        assert_non_null(strstr(err.hint, "endpoint address"));
    }
}

static void tries_a_new_bucket_again(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    const struct aws_request list = {
        .service = AWS_S3, .operation = "ListBuckets", .method = "GET"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (int i = 0; i < 3; i++) {
        fake_answer(harness.fake, NULL, NULL, 307, "x-amz-bucket-region: us-east-1\n",
                    XML("TemporaryRedirect", "<Endpoint>evil.example</Endpoint>"));
    }
    assert_int_equal(send_it(&harness, &list, &err), CL_E_PROVIDER);
    assert_int_equal(fake_request_count(harness.fake), 3);
    assert_non_null(strstr(err.hint, "new"));
}

static void corrects_clock_and_region_in_one_request(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct aws_request request = head_request;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    request.method = "GET";
    fake_answer(harness.fake, NULL, NULL, 403, DATE_LATER, XML("RequestTimeTooSkewed", ""));
    fake_answer(harness.fake, NULL, NULL, 301, REGION_HEADER, XML("PermanentRedirect", ""));
    fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    assert_ok(send_it(&harness, &request, &err), &err);
    assert_true(was_sent(&harness, 2, "x-amz-date: 20240514T133456Z"));
    assert_true(was_sent(&harness, 2, "s3.eu-west-1."));
}

static void refuses_bad_configurations_before_sending(void **state)
{
    static const char *const regions[] = {"", "evil.example/", "US-EAST-1", NULL};
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct aws_request request = identity_request;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(regions); i++) {
        harness.config.region = regions[i];
        assert_int_equal(send_it(&harness, &request, &err), CL_E_INVALID);
    }
    harness.config.region = "us-east-1";
    request.header_count = AWS_REQUEST_HEADERS + 1;
    assert_int_equal(send_it(&harness, &request, &err), CL_E_INTERNAL);
    assert_int_equal(fake_request_count(harness.fake), 0);
}

static void stops_when_cancelled(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    atomic_bool cancelled = true;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.call.cancelled = &cancelled;
    assert_int_equal(send_it(&harness, &identity_request, &err), CL_E_INTERRUPTED);
    assert_int_equal(fake_request_count(harness.fake), 0);
}

/* Same configuration, same signer: what `app` does when it lists many connectors at once. */
static void *send_many(void *arg)
{
    struct aws_harness *harness = arg;

    for (int i = 0; i < 20; i++) {
        struct cl_err err = CL_ERR_NONE;
        if (send_it(harness, i % 2 == 0 ? &identity_request : &head_request, &err) != CL_OK)
            return arg;
    }
    return NULL;
}

static void threads_may_share_a_configuration(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < CL_COUNT(threads) * 20; i++)
        fake_answer(harness.fake, NULL, NULL, 200, NULL, "");
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, send_many, &harness), 0);
    for (size_t i = 0; i < CL_COUNT(threads); i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(fake_request_count(harness.fake), 80);
}

static void stops_at_the_deadline(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    struct cl_call soon = cl_call_within(&harness.call, 1);
    struct aws_reply reply = AWS_REPLY_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, NULL, NULL, 503, "retry-after: 4\n", "");
    assert_int_equal(aws_send(&soon, &harness.config, &identity_request, &reply, &err),
                     CL_E_PROVIDER);
    assert_int_equal(fake_request_count(harness.fake), 1);
    assert_int_equal(err.retry_after_s, 4);
    aws_reply_cleanup(&reply);
}

/* Whatever is echoed, however the request fails: no credential gets into an error. */
static void no_failure_shows_credentials(void **state)
{
    static const char *const echoes[] = {
        "<Error><Code>InvalidAccessKeyId</Code><Message>" EXAMPLE_KEY_ID "</Message></Error>",
        "<Error><Code>" EXAMPLE_TOKEN "</Code><Message>x</Message></Error>",
        "{\"__type\":\"" EXAMPLE_SECRET "\",\"message\":\"" EXAMPLE_TOKEN "\"}",
        "<Error><Code>IncompleteSignature</Code><Message>'" EXAMPLE_SECRET "'</Message></Error>",
        EXAMPLE_TOKEN,
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(echoes); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        struct cl_err err = CL_ERR_NONE;

        harness.config.credentials = temporary(&harness.keys);
        fake_answer(harness.fake, NULL, NULL, 400, NULL, echoes[i]);
        assert_int_not_equal(send_it(&harness, &identity_request, &err), CL_OK);
        assert_null(memmem(&err, sizeof(err), EXAMPLE_KEY_ID, strlen(EXAMPLE_KEY_ID)));
        assert_null(memmem(&err, sizeof(err), EXAMPLE_SECRET, strlen(EXAMPLE_SECRET)));
        assert_null(memmem(&err, sizeof(err), EXAMPLE_TOKEN, strlen(EXAMPLE_TOKEN)));
    }
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 300 && code != CL_OK; nth++) {
        struct cl_err err = CL_ERR_NONE;
        size_t before = cl_alloc_live_blocks();

        fake_answer(harness.fake, NULL, NULL, 301, REGION_HEADER, XML("PermanentRedirect", ""));
        fake_answer(harness.fake, NULL, NULL, 200, NULL, "<ok/>");
        (void)cl_alloc_fail_at(nth);
        code = send_it(&harness, &head_request, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        /* The signer may have kept a key: an object and no more. */
        assert_true(cl_alloc_live_blocks() <= before + 1);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_what_the_vectors_sign),
        cmocka_unit_test(sends_the_session_token_and_the_payload_hash),
        cmocka_unit_test(keeps_the_prefix_of_a_custom_address),
        cmocka_unit_test(stops_trying_again_when_nothing_helps),
        cmocka_unit_test(sends_keys_of_an_s3_store_to_nobody_else),
        cmocka_unit_test(tries_again_where_the_rules_say),
        cmocka_unit_test(succeeds_after_a_passing_fault),
        cmocka_unit_test(says_everything_about_a_refusal),
        cmocka_unit_test(corrects_the_clock_once_and_remembers),
        cmocka_unit_test(corrects_the_clock_without_a_signer_too),
        cmocka_unit_test(never_corrects_the_clock_twice),
        cmocka_unit_test(follows_each_sign_of_another_region_once),
        cmocka_unit_test(never_follows_twice),
        cmocka_unit_test(does_not_follow_without_a_usable_region),
        cmocka_unit_test(follows_no_redirect_but_to_a_bucket),
        cmocka_unit_test(tries_a_new_bucket_again),
        cmocka_unit_test(corrects_clock_and_region_in_one_request),
        cmocka_unit_test(refuses_bad_configurations_before_sending),
        cmocka_unit_test(stops_when_cancelled),
        cmocka_unit_test(threads_may_share_a_configuration),
        cmocka_unit_test(stops_at_the_deadline),
        cmocka_unit_test(no_failure_shows_credentials),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
