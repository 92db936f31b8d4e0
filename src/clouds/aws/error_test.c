#include "clouds/aws/error.h"

#include <stdio.h>

#include "aws_keys.h"

#define STS(code, message)                                                                     \
    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</" \
    "Type><Code>" code "</Code><Message>" message "</Message></Error><RequestId>req-1</"       \
    "RequestId></ErrorResponse>"
#define S3(code, more) \
    "<?xml version=\"1.0\"?>\n<Error><Code>" code "</Code><Message>m</Message>" more "</Error>"
#define JSON(type) "{\"__type\":\"" type "\",\"message\":\"m\"}"

/* clang-format off */
/* One recorded answer for each row of what AWS may say. */
static const struct {
    const char *body;
    int status;
    enum cl_code code;
} answers[] = {
    {STS("InvalidClientTokenId", "The security token included in the request is invalid."), 403, CL_E_REJECTED},
    {JSON("UnrecognizedClientException"), 400, CL_E_REJECTED},
    {S3("InvalidAccessKeyId", ""), 403, CL_E_REJECTED},
    {STS("AuthFailure", "m"), 401, CL_E_REJECTED},
    {S3("NotSignedUp", ""), 403, CL_E_REJECTED},
    {STS("OptInRequired", "m"), 403, CL_E_REJECTED},
    {S3("AccountProblem", ""), 403, CL_E_REJECTED},
    {S3("InvalidSecurity", ""), 403, CL_E_REJECTED},
    {STS("SignatureDoesNotMatch", "m"), 403, CL_E_REJECTED},
    {JSON("InvalidSignatureException"), 403, CL_E_REJECTED},
    {STS("IncompleteSignature", "m"), 400, CL_E_REJECTED},
    {STS("SignatureDoesNotMatch", "Signature expired: 20240514T120000Z is now earlier than 20240514T121500Z"), 403, CL_E_CLOCK_SKEW},
    {"{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature not yet current: 20240514T130000Z\"}", 403, CL_E_CLOCK_SKEW},
    {S3("RequestTimeTooSkewed", ""), 403, CL_E_CLOCK_SKEW},
    {STS("ExpiredToken", "m"), 403, CL_E_EXPIRED},
    {JSON("ExpiredTokenException"), 400, CL_E_EXPIRED},
    {STS("RequestExpired", "m"), 400, CL_E_EXPIRED},
    {S3("TokenRefreshRequired", ""), 400, CL_E_EXPIRED},
    {S3("InvalidToken", ""), 400, CL_E_EXPIRED},
    {STS("AccessDenied", "User: arn:aws:iam::123456789012:user/u is not authorized to perform: sts:AssumeRole"), 403, CL_E_DENIED},
    {JSON("AccessDeniedException"), 400, CL_E_DENIED},
    {JSON("AccessDeniedFault"), 400, CL_E_DENIED},
    {STS("UnauthorizedOperation", "m"), 403, CL_E_DENIED},
    {S3("AllAccessDisabled", ""), 403, CL_E_DENIED},
    {STS("MissingAuthenticationToken", "m"), 403, CL_E_DENIED},
    {"", 401, CL_E_DENIED},
    {"", 403, CL_E_DENIED},
    {STS("RegionDisabledException", "m"), 403, CL_E_INVALID},
    {STS("MalformedPolicyDocument", "m"), 400, CL_E_INVALID},
    {STS("PackedPolicyTooLarge", "m"), 400, CL_E_INVALID},
    {STS("ValidationError", "m"), 400, CL_E_INVALID},
    {JSON("ValidationException"), 400, CL_E_INVALID},
    {STS("InvalidParameterValue", "m"), 400, CL_E_INVALID},
    {JSON("com.amazonaws.ecr#InvalidParameterException"), 400, CL_E_INVALID},
    {S3("MalformedXML", ""), 400, CL_E_INVALID},
    {S3("InvalidBucketName", ""), 400, CL_E_INVALID},
    {STS("IDPRejectedClaim", "m"), 403, CL_E_REJECTED},
    {STS("InvalidIdentityToken", "m"), 400, CL_E_REJECTED},
    {S3("NoSuchBucket", ""), 404, CL_E_RESOURCE_NOT_FOUND},
    {S3("NoSuchKey", ""), 404, CL_E_RESOURCE_NOT_FOUND},
    {JSON("ResourceNotFoundException"), 404, CL_E_RESOURCE_NOT_FOUND},
    {JSON("RepositoryNotFoundException"), 400, CL_E_RESOURCE_NOT_FOUND},
    {JSON("RegistryNotFoundException"), 400, CL_E_RESOURCE_NOT_FOUND},
    {STS("Throttling", "Rate exceeded"), 400, CL_E_THROTTLED},
    {JSON("ThrottlingException"), 400, CL_E_THROTTLED},
    {JSON("ThrottledException"), 400, CL_E_THROTTLED},
    {JSON("RequestThrottledException"), 400, CL_E_THROTTLED},
    {JSON("TooManyRequestsException"), 429, CL_E_THROTTLED},
    {JSON("ProvisionedThroughputExceededException"), 400, CL_E_THROTTLED},
    {JSON("TransactionInProgressException"), 400, CL_E_THROTTLED},
    {STS("RequestLimitExceeded", "m"), 503, CL_E_THROTTLED},
    {STS("BandwidthLimitExceeded", "m"), 400, CL_E_THROTTLED},
    {JSON("LimitExceededException"), 400, CL_E_THROTTLED},
    {STS("RequestThrottled", "m"), 400, CL_E_THROTTLED},
    {S3("SlowDown", ""), 503, CL_E_THROTTLED},
    {STS("PriorRequestNotComplete", "m"), 400, CL_E_THROTTLED},
    {STS("EC2ThrottledException", "m"), 400, CL_E_THROTTLED},
    {"", 429, CL_E_THROTTLED},
    {S3("ServiceUnavailable", ""), 503, CL_E_PROVIDER},
    {S3("InternalError", ""), 500, CL_E_PROVIDER},
    {S3("RequestTimeout", ""), 400, CL_E_PROVIDER},
    {JSON("RequestTimeoutException"), 408, CL_E_PROVIDER},
    {STS("IDPCommunicationError", "m"), 400, CL_E_PROVIDER},
    {JSON("ServerException"), 500, CL_E_PROVIDER},
    {JSON("ServiceUnavailableException"), 503, CL_E_PROVIDER},
    {"<html><body>Bad gateway<br></body></html>", 502, CL_E_PROVIDER},
    {"", 504, CL_E_PROVIDER},
    {S3("PermanentRedirect", ""), 301, CL_E_INVALID},
    {S3("TemporaryRedirect", ""), 307, CL_E_PROVIDER},
    {S3("TemporaryRedirect", "<Region>eu-west-1</Region>"), 307, CL_E_INVALID},
    {S3("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"), 400, CL_E_INVALID},
    {S3("AuthorizationHeaderMalformed", ""), 400, CL_E_INVALID},
    {S3("IllegalLocationConstraintException", ""), 400, CL_E_INVALID},
    {JSON("SomethingNew"), 400, CL_E_FAILED},
    {JSON("SomethingNew"), 404, CL_E_RESOURCE_NOT_FOUND},
    {JSON("SomethingNew"), 403, CL_E_DENIED},
    {"", 400, CL_E_FAILED},
    {"", 301, CL_E_INVALID},
    {"<html>Moved</html>", 302, CL_E_INVALID},
    {"", 303, CL_E_INVALID},
    {"", 307, CL_E_INVALID},
    {"", 308, CL_E_INVALID},
    {JSON("ClientException"), 400, CL_E_INVALID},
};
/* clang-format on */

static struct cl_http_response response_of(int status, const char *headers, const char *body)
{
    struct cl_http_response response = {
        .status = status, .headers = CL_BUF(8192), .body = CL_BUF((size_t)1 << 20U)};

    cl_buf_add_c(&response.headers, headers);
    cl_buf_add_c(&response.body, body);
    return response;
}

static void read_failure(int status, const char *headers, const char *body, bool is_head,
                         struct aws_failure *ret)
{
    struct cl_http_response response = response_of(status, headers, body);

    aws_failure_read(&response, is_head, NULL, ret);
    cl_http_response_cleanup(&response);
}

static void every_answer_has_its_class(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(answers); i++) {
        struct aws_failure failure;
        struct cl_err err = CL_ERR_NONE;

        read_failure(answers[i].status, "", answers[i].body, false, &failure);
        if (aws_failure_code(&failure) != answers[i].code) {
            fail_msg("%d %s: %s", answers[i].status, answers[i].body,
                     cl_code_wire(aws_failure_code(&failure)));
        }
        assert_int_equal(aws_failure_report(&failure, "s3", "Op", EXAMPLE_AT, &err),
                         answers[i].code);
        assert_int_equal(err.code, answers[i].code);
        assert_int_equal(err.upstream_status, answers[i].status);
        assert_string_equal(err.upstream_code, failure.code);
        assert_string_equal(err.upstream_service, "s3");
        assert_string_equal(err.upstream_operation, "Op");
        assert_true(err.text[0] != '\0');
    }
}

static void head_answers_have_only_a_status(void **state)
{
    static const struct {
        int status;
        const char *headers;
        enum cl_code code;
        bool wrong_region;
    } cases[] = {
        {400, "", CL_E_REJECTED, false},
        {400, "x-amz-bucket-region: eu-west-1\n", CL_E_INVALID, true},
        {301, "x-amz-bucket-region: eu-west-1\n", CL_E_INVALID, true},
        {307, "x-amz-bucket-region: eu-west-1\n", CL_E_INVALID, true},
        {301, "", CL_E_INVALID, false},
        {307, "", CL_E_INVALID, false},
        {308, "x-amz-bucket-region: eu-west-1\n", CL_E_INVALID, false},
        {403, "", CL_E_DENIED, false},
        {403, "x-amz-bucket-region: eu-west-1\n", CL_E_DENIED, false},
        {404, "", CL_E_RESOURCE_NOT_FOUND, false},
        {500, "", CL_E_PROVIDER, false},
        {503, "", CL_E_PROVIDER, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct aws_failure failure;

        read_failure(cases[i].status, cases[i].headers, "", true, &failure);
        assert_int_equal(aws_failure_code(&failure), cases[i].code);
        assert_int_equal(aws_failure_is_wrong_region(&failure), cases[i].wrong_region);
    }
}

static void finds_the_code_wherever_it_stands(void **state)
{
    static const struct {
        const char *headers, *body, *code;
    } cases[] = {
        {"x-amzn-errortype: ResourceNotFoundException:http://internal/\n", "{\"message\":\"m\"}",
         "ResourceNotFoundException"},
        {"x-amzn-errortype: FromHeader\n", "{\"__type\":\"FromBody\"}", "FromHeader"},
        {"", "{\"__type\":\"com.amazonaws.ecr#Name\"}", "Name"},
        {"", "{\"code\":\"Name\",\"Message\":\"m\"}", "Name"},
        {"", "{\"__type\":\"Name:http://x\"}", "Name"},
        {"", "<ErrorResponse><Errors><Error><Code>Name</Code></Error></Errors></ErrorResponse>",
         "Name"},
        {"content-type: text/html\n", "  \n<Error><Code> Name </Code></Error>", "Name"},
        {"", "<Response><Errors><Error><Code>Name</Code></Error></Errors></Response>", "Name"},
        {"", "<Error><Message>m</Message></Error>", ""},
        {"", "<a:Error xmlns:a=\"x\"><a:Code>Name</a:Code></a:Error>", "Name"},
        {"", "<!DOCTYPE x><Error><Code>Name</Code></Error>", ""},
        {"", "<Error><Code>Name", ""},
        {"", "{\"__type\":", ""},
        {"", "[]", ""},
        {"", "null", ""},
        {"", "plain words", ""},
        {"", "{\"__type\":42}", ""},
        {"", "{\"__type\":\"a b\"}", ""},
        {"", "{\"__type\":\"a\\nb\"}", ""},
        {"", "{\"__type\":\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg\"}",
         ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct aws_failure failure;

        read_failure(400, cases[i].headers, cases[i].body, false, &failure);
        assert_string_equal(failure.code, cases[i].code);
    }
}

static void reads_what_the_headers_tell(void **state)
{
    struct aws_failure failure;

    (void)state;
    read_failure(503,
                 "date: Tue, 14 May 2024 12:34:56 GMT\nx-amzn-requestid: id-1\n"
                 "retry-after: 7\nx-amz-bucket-region: eu-west-1\n",
                 "", false, &failure);
    assert_int_equal(failure.server_at, EXAMPLE_AT);
    assert_string_equal(failure.request_id, "id-1");
    assert_string_equal(failure.region, "eu-west-1");
    assert_int_equal(failure.retry_after_s, 7);

    read_failure(503, "x-amz-retry-after: 1500\nretry-after: 9\nx-amz-request-id: id-2\n", "",
                 false, &failure);
    assert_int_equal(failure.retry_after_s, 2);
    assert_string_equal(failure.request_id, "id-2");

    read_failure(503,
                 "date: soon\nretry-after: later\nx-amz-bucket-region: evil.example/\n"
                 "x-amzn-requestid: a b\n",
                 "", false, &failure);
    assert_int_equal(failure.server_at, 0);
    assert_int_equal(failure.retry_after_s, 0);
    assert_string_equal(failure.region, "");
    assert_string_equal(failure.request_id, "");

    read_failure(503, "retry-after: 99999999\n", "", false, &failure);
    assert_int_equal(failure.retry_after_s, 3600);
    read_failure(503, "retry-after: -5\n", "", false, &failure);
    assert_int_equal(failure.retry_after_s, 0);
}

static void reads_request_id_and_region_of_the_body(void **state)
{
    struct aws_failure failure;

    (void)state;
    read_failure(400, "", STS("X", "m"), false, &failure);
    assert_string_equal(failure.request_id, "req-1");
    read_failure(
        400, "",
        S3("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region><RequestId>r2</RequestId>"),
        false, &failure);
    assert_string_equal(failure.region, "eu-west-1");
    assert_string_equal(failure.request_id, "r2");
    assert_true(aws_failure_is_wrong_region(&failure));
    read_failure(400, "", S3("AuthorizationHeaderMalformed", "<Region>a/b</Region>"), false,
                 &failure);
    assert_string_equal(failure.region, "");
    assert_false(aws_failure_is_wrong_region(&failure));
}

static void never_repeats_credentials(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_credentials credentials = temporary(&keys);
    struct cl_http_response response =
        response_of(403, "",
                    STS("AccessDenied", "key " EXAMPLE_KEY_ID " token " EXAMPLE_TOKEN
                                        " of " EXAMPLE_SECRET " is denied"));
    struct aws_failure failure;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    aws_failure_read(&response, false, &credentials, &failure);
    assert_string_equal(failure.message, "key [hidden] token [hidden] of [hidden] is denied");
    (void)aws_failure_report(&failure, "sts", "AssumeRole", EXAMPLE_AT, &err);
    assert_string_equal(err.text, "AWS denies it (AccessDenied): key [hidden] token [hidden] of "
                                  "[hidden] is denied");
    cl_http_response_cleanup(&response);
}

static void never_repeats_what_was_signed(void **state)
{
    struct aws_failure failure;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    read_failure(403, "",
                 STS("SignatureDoesNotMatch", "The Canonical String should have been 'GET / "
                                              "x-amz-security-token:hush'"),
                 false, &failure);
    (void)aws_failure_report(&failure, "sts", "AssumeRole", EXAMPLE_AT, &err);
    assert_string_equal(err.text, "AWS does not accept the signature (SignatureDoesNotMatch)");
    assert_true(cl_str_contains(cl_str_of(err.hint), CL_STR("secret access key")));
}

static void cuts_long_messages(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(65536);
    struct aws_failure failure;

    (void)state;
    cl_buf_add_c(&body, "<Error><Code>ValidationError</Code><Message>");
    cl_buf_add_repeat(&body, "too long ", 1000);
    cl_buf_add_c(&body, "</Message></Error>");
    read_failure(400, "", body.ptr, false, &failure);
    assert_true(strlen(failure.message) < 320);
}

static void does_not_parse_a_body_that_no_error_has(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF((size_t)1 << 20U);
    struct aws_failure failure;

    (void)state;
    cl_buf_add_c(&body, "<Error><Code>ValidationError</Code><Message>");
    cl_buf_add_repeat(&body, "x", 70000);
    cl_buf_add_c(&body, "</Message></Error>");
    read_failure(400, "", body.ptr, false, &failure);
    assert_string_equal(failure.code, "");
}

static void says_both_clocks(void **state)
{
    struct aws_failure failure;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    read_failure(403, "date: Tue, 14 May 2024 12:34:56 GMT\n", S3("RequestTimeTooSkewed", ""),
                 false, &failure);
    (void)aws_failure_report(&failure, "s3", "ListBuckets", EXAMPLE_AT - 3600, &err);
    assert_string_equal(err.text,
                        "AWS refuses the request's time (RequestTimeTooSkewed): m; this machine's "
                        "clock says 2024-05-14T11:34:56Z, AWS's says 2024-05-14T12:34:56Z");
    read_failure(403, "", S3("RequestTimeTooSkewed", ""), false, &failure);
    (void)aws_failure_report(&failure, "s3", "ListBuckets", EXAMPLE_AT, &err);
    assert_true(cl_str_ends(cl_str_of(err.text), CL_STR("clock says 2024-05-14T12:34:56Z")));
}

static void advises_on_sessions_and_policies(void **state)
{
    struct aws_failure failure;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    read_failure(400, "",
                 STS("ValidationError", "The requested DurationSeconds exceeds the "
                                        "MaxSessionDuration set for this role."),
                 false, &failure);
    assert_int_equal(aws_failure_report(&failure, "sts", "AssumeRole", EXAMPLE_AT, &err),
                     CL_E_INVALID);
    assert_true(cl_str_contains(cl_str_of(err.hint), CL_STR("role's maximum")));
    read_failure(400, "", STS("PackedPolicyTooLarge", "m"), false, &failure);
    (void)aws_failure_report(&failure, "sts", "AssumeRole", EXAMPLE_AT, &err);
    assert_true(cl_str_contains(cl_str_of(err.hint), CL_STR("packed")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_has_its_class),
        cmocka_unit_test(head_answers_have_only_a_status),
        cmocka_unit_test(finds_the_code_wherever_it_stands),
        cmocka_unit_test(reads_what_the_headers_tell),
        cmocka_unit_test(reads_request_id_and_region_of_the_body),
        cmocka_unit_test(never_repeats_credentials),
        cmocka_unit_test(never_repeats_what_was_signed),
        cmocka_unit_test(cuts_long_messages),
        cmocka_unit_test(does_not_parse_a_body_that_no_error_has),
        cmocka_unit_test(says_both_clocks),
        cmocka_unit_test(advises_on_sessions_and_policies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
