#include "crypto/digest.h"

#include <pthread.h>

#include "base/alloc.h"
#include "test.h"

/* clang-format off */
/* FIPS 180-4 examples and two published ones. */
static const struct {
    const char *text;
    const char *hex;
} sha_cases[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"The quick brown fox jumps over the lazy dog",
     "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"},
};

/* RFC 4231, test cases 1, 2 and 6. */
static const struct {
    const char *key;
    size_t key_repeat; /* of one byte; 0: the key as it stands */
    const char *text;
    const char *hex;
} hmac_cases[] = {
    {"\x0b", 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", 0, "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {"", 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};
/* clang-format on */

static void hashes_the_published_examples(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(sha_cases); i++) {
        char hex[CL_SHA256_HEX_SIZE];
        assert_ok(cl_sha256_hex(cl_str_of(sha_cases[i].text), hex, &err), &err);
        assert_string_equal(hex, sha_cases[i].hex);
    }
}

static void authenticates_the_published_examples(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(hmac_cases); i++) {
        struct cl_buf key = CL_BUF(1024);
        unsigned char mac[CL_SHA256_BYTES];
        char hex[CL_SHA256_HEX_SIZE];

        cl_buf_add_repeat(&key, hmac_cases[i].key,
                          hmac_cases[i].key_repeat == 0 ? 1 : hmac_cases[i].key_repeat);
        assert_ok(cl_hmac_sha256(cl_buf_view(&key), cl_str_of(hmac_cases[i].text), mac, &err),
                  &err);
        cl_digest_hex(mac, hex);
        assert_string_equal(hex, hmac_cases[i].hex);
        cl_buf_cleanup(&key);
    }
}

static void *hash_many(void *arg)
{
    struct cl_err err = CL_ERR_NONE;
    int *wrong = arg;

    for (int i = 0; i < 200; i++) {
        char hex[CL_SHA256_HEX_SIZE];
        if (cl_sha256_hex(CL_STR("abc"), hex, &err) != CL_OK || strcmp(hex, sha_cases[1].hex) != 0)
            ++*wrong;
    }
    return NULL;
}

static void threads_share_the_fetched_algorithms(void **state)
{
    pthread_t threads[4];
    int wrong[CL_COUNT(threads)] = {0};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_many, &wrong[i]), 0);
    for (size_t i = 0; i < CL_COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(wrong[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            threads_share_the_fetched_algorithms), /* first: fetches under contention */
        cmocka_unit_test(hashes_the_published_examples),
        cmocka_unit_test(authenticates_the_published_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
