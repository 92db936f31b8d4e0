#include "clouds/aws/sigv4.h"

#include "aws_keys.h"
#include "base/alloc.h"

#define H5_URL "https://zenfiles.s3.us-east-1.amazonaws.com/a%20b%2Bc//./%C3%BC~%28x%29.txt"
#define H9_URL "https://eks.us-east-1.amazonaws.com/tags/arn%3Aaws%3Aeks"
#define Q1_URL "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"

static struct aws_sign_request request_of(const char *url, const char *service,
                                          struct aws_credentials credentials)
{
    return (struct aws_sign_request){
        .method = "GET",
        .url = cl_str_of(url),
        .credentials = credentials,
        .region = CL_STR("us-east-1"),
        .service = cl_str_of(service),
        .at = EXAMPLE_AT,
    };
}

static void sign(const struct aws_sign_request *request, char ret[CL_SHA256_HEX_SIZE])
{
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_sign_headers(NULL, request, &signature, &err), &err);
    (void)memcpy(ret, signature.hex, CL_SHA256_HEX_SIZE);
    aws_signature_cleanup(&signature);
}

static void presign(const struct aws_sign_request *request, char ret[CL_SHA256_HEX_SIZE])
{
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_presign(NULL, request, 60, &signature, &err), &err);
    (void)memcpy(ret, signature.hex, CL_SHA256_HEX_SIZE);
    aws_signature_cleanup(&signature);
}

/* Two requests that a careless signer would sign alike. */
static const struct {
    const char *service, *url, *other_url;
} pairs[] = {
    {"s3", H5_URL, "https://zenfiles.s3.us-east-1.amazonaws.com/a+b%2Bc//./%C3%BC~%28x%29.txt"},
    {"s3", H5_URL, "https://zenfiles.s3.us-east-1.amazonaws.com/a%20b%2Bc/./%C3%BC~%28x%29.txt"},
    {"s3", H5_URL, "https://zenfiles.s3.us-east-1.amazonaws.com/a%20b%2Bc//%C3%BC~%28x%29.txt"},
    {"s3", "http://127.0.0.1:9000/zenfiles", "http://127.0.0.1/zenfiles"},
    {"eks", H9_URL, "https://eks.us-east-1.amazonaws.com/tags/arn:aws:eks"},
    {"eks", "https://host/c?t=a%2Fb", "https://host/c?t=a%2fb"},
    {"eks", "https://host/c?t=a%20b", "https://host/c?t=a+b"},
};

static void one_changed_byte_changes_the_signature(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();

    (void)state;
    for (size_t i = 0; i < CL_COUNT(pairs); i++) {
        struct aws_sign_request a = request_of(pairs[i].url, pairs[i].service, temporary(&keys));
        struct aws_sign_request b =
            request_of(pairs[i].other_url, pairs[i].service, temporary(&keys));
        char first[CL_SHA256_HEX_SIZE];
        char second[CL_SHA256_HEX_SIZE];

        sign(&a, first);
        sign(&b, second);
        assert_string_not_equal(first, second);
        presign(&a, first);
        presign(&b, second);
        assert_string_not_equal(first, second);
    }
}

static void a_path_of_another_service_is_encoded_twice_but_that_of_s3_once(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_sign_request request = request_of(H9_URL, "eks", long_lived(&keys));
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_sign_headers(NULL, &request, &signature, &err), &err);
    assert_true(cl_str_contains(cl_buf_view(&signature.canonical_request), CL_STR("arn%253Aaws")));
    aws_signature_cleanup(&signature);
    request.service = CL_STR("s3");
    assert_ok(aws_sign_headers(NULL, &request, &signature, &err), &err);
    assert_true(cl_str_contains(cl_buf_view(&signature.canonical_request), CL_STR("arn%3Aaws")));
    aws_signature_cleanup(&signature);
}

static void the_session_token_is_signed(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_sign_request with = request_of(Q1_URL, "sts", temporary(&keys));
    struct aws_sign_request without = request_of(Q1_URL, "sts", long_lived(&keys));
    char first[CL_SHA256_HEX_SIZE];
    char second[CL_SHA256_HEX_SIZE];

    (void)state;
    sign(&with, first);
    sign(&without, second);
    assert_string_not_equal(first, second);
}

static const struct cl_http_header *find(const struct aws_signature *signature, const char *name)
{
    for (size_t i = 0; i < signature->header_count; i++) {
        if (cl_str_eq_c(signature->headers[i].name, name))
            return &signature->headers[i];
    }
    return NULL;
}

static void adds_just_the_headers_a_service_needs(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    static const struct {
        const char *service;
        bool is_temporary;
        size_t count;
    } cases[] = {{"sts", false, 2}, {"sts", true, 3}, {"s3", false, 3}, {"s3", true, 4}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct aws_sign_request request = request_of(
            H5_URL, cases[i].service, cases[i].is_temporary ? temporary(&keys) : long_lived(&keys));
        struct aws_signature signature = AWS_SIGNATURE_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_sign_headers(NULL, &request, &signature, &err), &err);
        assert_int_equal(signature.header_count, cases[i].count);
        assert_str(find(&signature, "x-amz-date")->value, "20240514T123456Z");
        assert_non_null(find(&signature, "authorization"));
        assert_true((find(&signature, "x-amz-security-token") != NULL) == cases[i].is_temporary);
        assert_true((find(&signature, "x-amz-content-sha256") != NULL) ==
                    (strcmp(cases[i].service, "s3") == 0));
        aws_signature_cleanup(&signature);
    }
}

static void the_secret_key_never_leaves(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_sign_request request = request_of(Q1_URL, "sts", temporary(&keys));
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_presign(NULL, &request, 60, &signature, &err), &err);
    assert_false(cl_str_contains(cl_buf_view(&signature.text), CL_STR("bPxRfiCY")));
    assert_false(cl_str_contains(cl_buf_view(&signature.canonical_request), CL_STR("bPxRfiCY")));
    assert_false(cl_str_contains(cl_buf_view(&signature.string_to_sign), CL_STR("bPxRfiCY")));
    aws_signature_cleanup(&signature);
}

static void payload_line(struct aws_sign_request *request, const char *want)
{
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_sign_headers(NULL, request, &signature, &err), &err);
    assert_true(cl_str_ends(cl_buf_view(&signature.canonical_request), cl_str_of(want)));
    aws_signature_cleanup(&signature);
}

static void leaves_a_payload_unsigned_only_for_s3_over_https(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_sign_request request = request_of("https://host/k", "s3", long_lived(&keys));

    (void)state;
    request.payload = CL_STR("hello");
    payload_line(&request, "\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    request.unsigned_payload = true;
    payload_line(&request, "\nUNSIGNED-PAYLOAD");
    request.url = CL_STR("http://host/k");
    payload_line(&request, "\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    request.url = CL_STR("https://host/k");
    request.service = CL_STR("eks");
    payload_line(&request, "\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

static void refuses_headers_that_signing_adds(void **state)
{
    static const char *const names[] = {"Host", "x-amz-date", "X-Amz-Security-Token",
                                        "X-Amz-Content-Sha256", "Authorization"};
    CL_AUTO(example_keys) struct example_keys keys = example_keys();

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        struct aws_sign_request request = request_of(Q1_URL, "sts", long_lived(&keys));
        struct cl_http_header header = {.name = cl_str_of(names[i]), .value = CL_STR("hush")};
        struct aws_signature signature = AWS_SIGNATURE_NONE;
        struct cl_err err = CL_ERR_NONE;

        request.headers = &header;
        request.header_count = 1;
        assert_int_equal(aws_sign_headers(NULL, &request, &signature, &err), CL_E_INTERNAL);
        assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("hush")));
        aws_signature_cleanup(&signature);
    }
}

static void refuses_an_address_it_cannot_read(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_sign_request request = request_of("sts.amazonaws.com", "sts", long_lived(&keys));
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(aws_sign_headers(NULL, &request, &signature, &err), CL_E_INVALID);
    aws_signature_cleanup(&signature);
    assert_int_equal(aws_presign(NULL, &request, 60, &signature, &err), CL_E_INVALID);
    aws_signature_cleanup(&signature);
}

static void presigning_keeps_a_query_that_is_there(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    static const struct {
        const char *url, *start;
    } cases[] = {
        {"https://host/k", "https://host/k?X-Amz-Algorithm="},
        {"https://host/k?a=1", "https://host/k?a=1&X-Amz-Algorithm="},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct aws_sign_request request = request_of(cases[i].url, "s3", long_lived(&keys));
        struct aws_signature signature = AWS_SIGNATURE_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_presign(NULL, &request, 900, &signature, &err), &err);
        assert_true(cl_str_starts(cl_buf_view(&signature.text), cl_str_of(cases[i].start)));
        assert_int_equal(signature.header_count, 0);
        aws_signature_cleanup(&signature);
    }
}

static enum cl_code sign_both_ways(const struct aws_sign_request *request, struct cl_err *err)
{
    struct aws_signature signature = AWS_SIGNATURE_NONE;
    struct aws_signature presigned = AWS_SIGNATURE_NONE;

    enum cl_code code = aws_sign_headers(NULL, request, &signature, err);
    if (code == CL_OK)
        code = aws_presign(NULL, request, 60, &presigned, err);
    aws_signature_cleanup(&signature);
    aws_signature_cleanup(&presigned);
    return code;
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_sign_request request = request_of(Q1_URL, "s3", temporary(&keys));
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 200 && code != CL_OK; nth++) {
        struct cl_err err = CL_ERR_NONE;
        size_t before = cl_alloc_live_blocks();

        (void)cl_alloc_fail_at(nth);
        code = sign_both_ways(&request, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        assert_int_equal(cl_alloc_live_blocks(), before);
        if (code != CL_OK)
            assert_string_equal(err.text, "out of memory");
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_changed_byte_changes_the_signature),
        cmocka_unit_test(a_path_of_another_service_is_encoded_twice_but_that_of_s3_once),
        cmocka_unit_test(the_session_token_is_signed),
        cmocka_unit_test(adds_just_the_headers_a_service_needs),
        cmocka_unit_test(the_secret_key_never_leaves),
        cmocka_unit_test(leaves_a_payload_unsigned_only_for_s3_over_https),
        cmocka_unit_test(refuses_headers_that_signing_adds),
        cmocka_unit_test(refuses_an_address_it_cannot_read),
        cmocka_unit_test(presigning_keeps_a_query_that_is_there),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
