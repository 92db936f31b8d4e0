#include "clouds/aws/signer.h"

#include <pthread.h>
#include <stdio.h>

#include "aws_keys.h"
#include "base/alloc.h"

/* The derived keys of the vectors, at one glance. */
static const struct {
    const char *service, *region, *hex;
} cases[] = {
    {"sts", "us-east-1", "a70bd48714544a99f06a57b5f75ef37f068b0d63ddebbaf24ba53a5f5bebaf48"},
    {"sts", "eu-central-1", "4dcecd3b5b570c7f4c85730ce9d8cd6472474427a5036be0f52073357623c03f"},
    {"s3", "eu-central-1", "efa46a950bbb422f4bca02df18f07b498a292e5d8d2e019726fc7ce37bf62eac"},
    {"s3", "us-east-1", "e03b64adf70c1a3c8caceec232ed6c9736dbf9b9a3364c62d8fac44821ea4c8d"},
    {"eks", "us-east-1", "8a3cf940b4e54777daee33d7f91de54551194d235f7ccd6e0ff896b5ce97c9da"},
    {"ecr", "us-east-1", "9602e50cf135124fbd4f3aa819daa02e534fd4fc7dc79af89e1de81fa1e5188d"},
    {"sts", "cn-north-1", "4b0207ba9c3820b82a3cd809651b06e9ad36fa9ed15c501e06864352349f3fbc"},
};

static struct aws_key_scope scope_of(size_t at)
{
    return (struct aws_key_scope){.day = CL_STR("20240514"),
                                  .region = cl_str_of(cases[at].region),
                                  .service = cl_str_of(cases[at].service)};
}

static void derives(struct aws_signer *signer, const struct cl_secret *secret, size_t at)
{
    struct aws_key_scope scope = scope_of(at);
    unsigned char key[CL_SHA256_BYTES];
    char hex[CL_SHA256_HEX_SIZE];
    struct cl_err err = CL_ERR_NONE;

    assert_ok(aws_signer_key(signer, secret, &scope, key, &err), &err);
    cl_digest_hex(key, hex);
    assert_string_equal(hex, cases[at].hex);
}

static void derives_the_published_keys_with_and_without_a_cache(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = example_secret(EXAMPLE_SECRET);
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < CL_COUNT(cases); i++) {
            derives(NULL, secret, i);
            derives(signer, secret, i);
        }
    }
}

static void forgets_the_oldest_key_when_full(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = example_secret(EXAMPLE_SECRET);
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    derives(signer, secret, 0);
    for (int day = 0; day < 40; day++) {
        char name[16];
        struct aws_key_scope scope = scope_of(1);
        unsigned char key[CL_SHA256_BYTES];

        (void)snprintf(name, sizeof(name), "202405%02d", day);
        scope.day = cl_str_of(name);
        assert_ok(aws_signer_key(signer, secret, &scope, key, &err), &err);
    }
    derives(signer, secret, 0);
}

static void another_secret_never_gets_a_cached_key(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = example_secret(EXAMPLE_SECRET);
    CL_AUTO(cl_secret) struct cl_secret *other = example_secret("another");
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct aws_key_scope scope = scope_of(0);
    struct cl_err err = CL_ERR_NONE;
    unsigned char first[CL_SHA256_BYTES];
    unsigned char second[CL_SHA256_BYTES];

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    assert_ok(aws_signer_key(signer, secret, &scope, first, &err), &err);
    assert_ok(aws_signer_key(signer, other, &scope, second, &err), &err);
    assert_memory_not_equal(first, second, sizeof(first));
}

/* Names that read the same when glued together must not meet in the cache. */
static void scopes_do_not_run_into_each_other(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = example_secret(EXAMPLE_SECRET);
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct aws_key_scope a = {CL_STR("20240514"), CL_STR("us-east-1"), CL_STR("eks")};
    struct aws_key_scope b = {CL_STR("20240514"), CL_STR("us-east-1e"), CL_STR("ks")};
    struct cl_err err = CL_ERR_NONE;
    unsigned char first[CL_SHA256_BYTES];
    unsigned char second[CL_SHA256_BYTES];

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    assert_ok(aws_signer_key(signer, secret, &a, first, &err), &err);
    assert_ok(aws_signer_key(signer, secret, &b, second, &err), &err);
    assert_memory_not_equal(first, second, sizeof(first));
}

static void refuses_a_secret_that_is_far_too_long(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    CL_AUTO(cl_secret) struct cl_secret *secret = NULL;
    struct aws_key_scope scope = scope_of(0);
    struct cl_err err = CL_ERR_NONE;
    unsigned char key[CL_SHA256_BYTES];

    (void)state;
    cl_buf_add_repeat(&text, "x", 2000);
    secret = example_secret(text.ptr);
    assert_ok(aws_signer_new(&signer, &err), &err);
    assert_int_equal(aws_signer_key(signer, secret, &scope, key, &err), CL_E_INVALID);
    assert_int_equal(aws_signer_key(NULL, secret, &scope, key, &err), CL_E_INVALID);
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = example_secret(EXAMPLE_SECRET);
    bool done = false;
    int strikes = 0;

    (void)state;
    for (int64_t nth = 1; nth < 20 && !done; nth++) {
        CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
        struct aws_key_scope scope = scope_of(0);
        struct cl_err err = CL_ERR_NONE;
        static const unsigned char nothing[CL_SHA256_BYTES];
        unsigned char key[CL_SHA256_BYTES] = {0};

        (void)cl_alloc_fail_at(nth);
        done = aws_signer_new(&signer, &err) == CL_OK &&
               aws_signer_key(signer, secret, &scope, key, &err) == CL_OK;
        (void)cl_alloc_fail_at(0);
        if (done)
            continue;
        assert_int_equal(err.code, CL_E_FAILED);
        assert_memory_equal(key, nothing, sizeof(key)); /* nobody wipes the key of a failure */
        strikes++;
    }
    assert_true(done);
    assert_true(strikes > 0);
}

struct worker {
    struct aws_signer *signer;
    const struct cl_secret *secret;
    int wrong;
};

static void *derive_many(void *arg)
{
    struct worker *worker = arg;

    for (size_t i = 0; i < 100; i++) {
        size_t at = i % CL_COUNT(cases);
        struct aws_key_scope scope = scope_of(at);
        unsigned char key[CL_SHA256_BYTES];
        char hex[CL_SHA256_HEX_SIZE];
        struct cl_err err = CL_ERR_NONE;

        if (aws_signer_key(worker->signer, worker->secret, &scope, key, &err) != CL_OK)
            return NULL;
        cl_digest_hex(key, hex);
        worker->wrong += strcmp(hex, cases[at].hex) == 0 ? 0 : 1;
        aws_signer_set_clock_offset_s(worker->signer, aws_signer_clock_offset_s(worker->signer));
    }
    return NULL;
}

static void threads_share_one_cache(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *secret = example_secret(EXAMPLE_SECRET);
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct cl_err err = CL_ERR_NONE;
    pthread_t threads[4];
    struct worker workers[CL_COUNT(threads)];

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    for (size_t i = 0; i < CL_COUNT(threads); i++) {
        workers[i] = (struct worker){.signer = signer, .secret = secret};
        assert_int_equal(pthread_create(&threads[i], NULL, derive_many, &workers[i]), 0);
    }
    for (size_t i = 0; i < CL_COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
}

static void remembers_the_clock_offset(void **state)
{
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_signer_new(&signer, &err), &err);
    assert_int_equal(aws_signer_clock_offset_s(signer), 0);
    aws_signer_set_clock_offset_s(signer, -420);
    assert_int_equal(aws_signer_clock_offset_s(signer), -420);
    aws_signer_set_clock_offset_s(NULL, 5);
    assert_int_equal(aws_signer_clock_offset_s(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_the_published_keys_with_and_without_a_cache),
        cmocka_unit_test(forgets_the_oldest_key_when_full),
        cmocka_unit_test(another_secret_never_gets_a_cached_key),
        cmocka_unit_test(scopes_do_not_run_into_each_other),
        cmocka_unit_test(refuses_a_secret_that_is_far_too_long),
        cmocka_unit_test(survives_each_failing_allocation),
        cmocka_unit_test(threads_share_one_cache),
        cmocka_unit_test(remembers_the_clock_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
