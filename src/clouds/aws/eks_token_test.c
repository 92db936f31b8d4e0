#include "clouds/aws/eks_token.h"

#include <stdio.h>

#include "aws_keys.h"
#include "base/alloc.h"
#include "codec/base64.h"

static struct aws_eks_token_request request_of(struct aws_credentials credentials,
                                               const char *region)
{
    return (struct aws_eks_token_request){.credentials = credentials,
                                          .region = cl_str_of(region),
                                          .cluster = CL_STR("zenhacks-cluster"),
                                          .at = EXAMPLE_AT};
}

/* The digest in tests/vectors/aws-sigv4/{id}/eks-token.sha256. */
static void vector_digest(const char *id, char ret[CL_SHA256_HEX_SIZE])
{
    char path[512];

    (void)snprintf(path, sizeof(path), CLEAT_SOURCE_DIR "/tests/vectors/aws-sigv4/%s/%s", id,
                   "eks-token.sha256");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(ret, 1, CL_SHA256_HEX_SIZE - 1, file), CL_SHA256_HEX_SIZE - 1);
    ret[CL_SHA256_HEX_SIZE - 1] = '\0';
    assert_int_equal(fclose(file), 0);
}

static void makes_the_tokens_of_the_vectors(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    const struct {
        const char *id;
        struct aws_credentials credentials;
        size_t len;
    } cases[] = {{"q1", long_lived(&keys), 493}, {"q2", temporary(&keys), 638}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_secret) struct cl_secret *token = NULL;
        struct aws_eks_token_request request = request_of(cases[i].credentials, "us-east-1");
        struct cl_err err = CL_ERR_NONE;
        char want[CL_SHA256_HEX_SIZE];
        char got[CL_SHA256_HEX_SIZE] = "";
        int64_t expires_at = 0;

        assert_ok(aws_eks_token_new(NULL, &request, &token, &expires_at, &err), &err);
        assert_int_equal(cl_secret_expose(token).len, cases[i].len);
        vector_digest(cases[i].id, want);
        assert_ok(cl_sha256_hex(cl_secret_expose(token), got, &err), &err);
        assert_string_equal(got, want);
        assert_int_equal(expires_at, EXAMPLE_AT + 900);
    }
}

static void decode(const struct cl_secret *token, struct cl_buf *ret)
{
    struct cl_str text = cl_secret_expose(token);
    struct cl_err err = CL_ERR_NONE;

    assert_true(cl_str_starts(text, CL_STR("k8s-aws-v1.")));
    assert_ok(cl_base64_decode(cl_str_skip(text, 11), CL_BASE64_URL, ret, &err), &err);
}

static void asks_the_sts_of_the_clusters_partition(void **state)
{
    static const struct {
        const char *region, *start;
    } cases[] = {
        {"us-east-1", "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&"},
        {"cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/?Action=GetCallerIdentity&"},
        {"us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com/?Action=GetCallerIdentity&"},
        {"eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu/?Action=GetCallerIdentity&"},
    };
    CL_AUTO(example_keys) struct example_keys keys = example_keys();

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_secret) struct cl_secret *token = NULL;
        CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(8192);
        struct aws_eks_token_request request = request_of(temporary(&keys), cases[i].region);
        struct cl_err err = CL_ERR_NONE;
        int64_t expires_at = 0;

        assert_ok(aws_eks_token_new(NULL, &request, &token, &expires_at, &err), &err);
        decode(token, &url);
        assert_true(cl_str_starts(cl_buf_view(&url), cl_str_of(cases[i].start)));
        assert_true(cl_str_contains(cl_buf_view(&url), CL_STR("&X-Amz-Expires=60&")));
        assert_true(cl_str_contains(cl_buf_view(&url),
                                    CL_STR("&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&")));
    }
}

static void another_cluster_gets_another_signature(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    CL_AUTO(cl_secret) struct cl_secret *one = NULL;
    CL_AUTO(cl_secret) struct cl_secret *other = NULL;
    struct aws_eks_token_request request = request_of(long_lived(&keys), "us-east-1");
    struct cl_err err = CL_ERR_NONE;
    int64_t expires_at = 0;

    (void)state;
    assert_ok(aws_eks_token_new(NULL, &request, &one, &expires_at, &err), &err);
    request.cluster = CL_STR("zenhacks-cluster-2");
    assert_ok(aws_eks_token_new(NULL, &request, &other, &expires_at, &err), &err);
    assert_false(cl_secret_eq(one, other));
}

static void never_outlives_the_session(void **state)
{
    static const struct {
        int64_t session_expires_at, expires_at;
    } cases[] = {
        {0, EXAMPLE_AT + 900},
        {EXAMPLE_AT + 600, EXAMPLE_AT + 600},
        {EXAMPLE_AT + 900, EXAMPLE_AT + 900},
        {EXAMPLE_AT + 3600, EXAMPLE_AT + 900},
    };
    CL_AUTO(example_keys) struct example_keys keys = example_keys();

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_secret) struct cl_secret *token = NULL;
        struct aws_eks_token_request request = request_of(temporary(&keys), "us-east-1");
        struct cl_err err = CL_ERR_NONE;
        int64_t expires_at = 0;

        request.session_expires_at = cases[i].session_expires_at;
        assert_ok(aws_eks_token_new(NULL, &request, &token, &expires_at, &err), &err);
        assert_int_equal(expires_at, cases[i].expires_at);
    }
}

static void refuses_a_token_that_no_cluster_would_take(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(16384);
    CL_AUTO(cl_secret) struct cl_secret *long_token = NULL;
    struct cl_secret *token = NULL;
    struct aws_credentials credentials = long_lived(&keys);
    struct cl_err err = CL_ERR_NONE;
    int64_t expires_at = 0;

    (void)state;
    cl_buf_add_repeat(&text, "EXAMPLE/", 400);
    long_token = example_secret(text.ptr);
    credentials.session_token = long_token;
    struct aws_eks_token_request request = request_of(credentials, "us-east-1");
    assert_int_equal(aws_eks_token_new(NULL, &request, &token, &expires_at, &err), CL_E_INVALID);
    assert_null(token);
    assert_int_equal(expires_at, 0);
    assert_true(cl_str_contains(cl_str_of(err.text), CL_STR("clusters accept 4096")));
    assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("EXAMPLE")));
}

static void refuses_a_region_that_would_change_the_host(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    struct aws_eks_token_request request = request_of(long_lived(&keys), "evil.example/");
    struct cl_secret *token = NULL;
    struct cl_err err = CL_ERR_NONE;
    int64_t expires_at = 0;

    (void)state;
    assert_int_equal(aws_eks_token_new(NULL, &request, &token, &expires_at, &err), CL_E_INVALID);
    assert_null(token);
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(example_keys) struct example_keys keys = example_keys();
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 300 && code != CL_OK; nth++) {
        CL_AUTO(cl_secret) struct cl_secret *token = NULL;
        struct aws_eks_token_request request = request_of(temporary(&keys), "us-east-1");
        struct cl_err err = CL_ERR_NONE;
        int64_t expires_at = 0;

        (void)cl_alloc_fail_at(nth);
        code = aws_eks_token_new(NULL, &request, &token, &expires_at, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        if (code != CL_OK)
            assert_null(token);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_tokens_of_the_vectors),
        cmocka_unit_test(asks_the_sts_of_the_clusters_partition),
        cmocka_unit_test(another_cluster_gets_another_signature),
        cmocka_unit_test(never_outlives_the_session),
        cmocka_unit_test(refuses_a_token_that_no_cluster_would_take),
        cmocka_unit_test(refuses_a_region_that_would_change_the_host),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
