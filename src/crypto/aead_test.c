#include "crypto/aead.h"

#include "base/alloc.h"
#include "crypto/digest.h"
#include "test.h"

/* A world whose only sense is randomness: it hands out `next`, or fails. */
struct dice {
    const char *next;
    bool broken;
};

static enum cl_code roll(void *ctx, void *out, size_t len, struct cl_err *err)
{
    const struct dice *dice = ctx;

    if (dice->broken)
        return cl_err_set(err, CL_E_FAILED, "no randomness");
    (void)memcpy(out, dice->next, len);
    return CL_OK;
}

static void unhex(const char *hex, struct cl_buf *ret)
{
    static const char digits[] = "0123456789abcdef";

    for (; hex[0] != '\0'; hex += 2) {
        size_t high = (size_t)(strchr(digits, hex[0]) - digits);
        size_t low = (size_t)(strchr(digits, hex[1]) - digits);
        cl_buf_add_char(ret, (char)(unsigned char)(high << 4U | low));
    }
}

static struct cl_secret *key_of(const char *hex)
{
    struct cl_buf bytes = CL_BUF_SECRET(256);
    struct cl_secret *key = NULL;
    struct cl_err err = CL_ERR_NONE;

    unhex(hex, &bytes);
    assert_ok(cl_secret_new(cl_buf_view(&bytes), &key, &err), &err);
    cl_buf_cleanup(&bytes);
    return key;
}

#define ZERO_KEY "0000000000000000000000000000000000000000000000000000000000000000"

/* clang-format off */
/* The AES-256 cases 13, 14 and 16 of the GCM specification (McGrew and Viega). */
static const struct {
    const char *key, *nonce, *aad, *plain, *sealed;
} cases[] = {
    {ZERO_KEY, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {ZERO_KEY, "000000000000000000000000", "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};
/* clang-format on */

static void seals_and_opens_the_published_cases(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_secret) struct cl_secret *key = key_of(cases[i].key);
        CL_AUTO(cl_buf) struct cl_buf nonce = CL_BUF(64);
        CL_AUTO(cl_buf) struct cl_buf aad = CL_BUF(256);
        CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF(256);
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(256);
        CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(256);
        CL_AUTO(cl_buf) struct cl_buf opened = CL_BUF_SECRET(256);

        unhex(cases[i].nonce, &nonce);
        unhex(cases[i].aad, &aad);
        unhex(cases[i].plain, &plain);
        unhex(cases[i].nonce, &want);
        unhex(cases[i].sealed, &want);
        struct dice dice = {.next = nonce.ptr};
        struct cl_world world = {.ctx = &dice, .random = roll};

        assert_ok(cl_aead_seal(&world, key, cl_buf_view(&aad), cl_buf_view(&plain), &sealed, &err),
                  &err);
        assert_true(cl_str_eq(cl_buf_view(&sealed), cl_buf_view(&want)));
        assert_ok(cl_aead_open(key, cl_buf_view(&aad), cl_buf_view(&sealed), &opened, &err), &err);
        assert_true(cl_str_eq(cl_buf_view(&opened), cl_buf_view(&plain)));
    }
}

/* What most tests below start from: "attack at dawn" sealed for row "row-1". */
struct sealed {
    struct cl_secret *key;
    struct cl_buf bytes;
};

static void sealed_cleanup(struct sealed *sealed)
{
    cl_secret_free(sealed->key);
    cl_buf_cleanup(&sealed->bytes);
}

static struct sealed seal_example(void)
{
    struct dice dice = {.next = "nonce-nonce-"};
    struct cl_world world = {.ctx = &dice, .random = roll};
    struct sealed sealed = {.key = key_of(ZERO_KEY), .bytes = CL_BUF(256)};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_aead_seal(&world, sealed.key, CL_STR("row-1"), CL_STR("attack at dawn"),
                           &sealed.bytes, &err),
              &err);
    return sealed;
}

static void refused(const struct cl_secret *key, struct cl_str aad, struct cl_str bytes)
{
    CL_AUTO(cl_buf) struct cl_buf opened = CL_BUF_SECRET(256);
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(cl_aead_open(key, aad, bytes, &opened, &err), CL_E_SECRET_STORE);
    assert_int_equal(opened.len, 0);
    assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("dawn")));
}

static void adds_a_constant_number_of_bytes(void **state)
{
    CL_AUTO(sealed) struct sealed sealed = seal_example();

    (void)state;
    assert_int_equal(sealed.bytes.len, strlen("attack at dawn") + CL_AEAD_OVERHEAD_BYTES);
}

static void refuses_any_changed_bit(void **state)
{
    CL_AUTO(sealed) struct sealed sealed = seal_example();

    (void)state;
    unsigned char *bytes = (unsigned char *)sealed.bytes.ptr;
    for (size_t i = 0; i < sealed.bytes.len * 8; i++) {
        bytes[i / 8] ^= (unsigned char)(1U << (i % 8));
        refused(sealed.key, CL_STR("row-1"), cl_buf_view(&sealed.bytes));
        bytes[i / 8] ^= (unsigned char)(1U << (i % 8));
    }
}

static void refuses_cut_bytes(void **state)
{
    CL_AUTO(sealed) struct sealed sealed = seal_example();

    (void)state;
    for (size_t len = 0; len < sealed.bytes.len; len++)
        refused(sealed.key, CL_STR("row-1"), cl_str_first(cl_buf_view(&sealed.bytes), len));
}

static void refuses_another_row_and_another_key(void **state)
{
    CL_AUTO(sealed) struct sealed sealed = seal_example();
    CL_AUTO(cl_secret) struct cl_secret *other = key_of(cases[2].key);

    (void)state;
    refused(sealed.key, CL_STR("row-2"), cl_buf_view(&sealed.bytes));
    refused(sealed.key, CL_STR_NONE, cl_buf_view(&sealed.bytes));
    refused(other, CL_STR("row-1"), cl_buf_view(&sealed.bytes));
}

static void refuses_a_key_of_another_length(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *aes128 = key_of("00000000000000000000000000000000");
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);
    struct dice dice = {.next = "nonce-nonce-"};
    struct cl_world world = {.ctx = &dice, .random = roll};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_aead_seal(&world, aes128, CL_STR_NONE, CL_STR("x"), &out, &err),
                     CL_E_INTERNAL);
    assert_int_equal(cl_aead_open(NULL, CL_STR_NONE, CL_STR("x"), &out, &err), CL_E_INTERNAL);
    assert_int_equal(out.len, 0);
}

static void seals_nothing_without_randomness(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *key = key_of(ZERO_KEY);
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);
    struct dice dice = {.broken = true};
    struct cl_world world = {.ctx = &dice, .random = roll};
    struct cl_secret *fresh = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_aead_seal(&world, key, CL_STR_NONE, CL_STR("x"), &out, &err), CL_E_FAILED);
    assert_int_equal(out.len, 0);
    assert_int_equal(cl_aead_key_new(&world, &fresh, &err), CL_E_FAILED);
    assert_null(fresh);
}

static void a_new_key_is_what_the_world_rolled(void **state)
{
    CL_AUTO(cl_secret) struct cl_secret *key = NULL;
    struct dice dice = {.next = "0123456789abcdef0123456789ABCDEF"};
    struct cl_world world = {.ctx = &dice, .random = roll};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_aead_key_new(&world, &key, &err), &err);
    assert_str(cl_secret_expose(key), dice.next);
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(sealed) struct sealed sealed = seal_example();
    struct dice dice = {.next = "nonce-nonce-"};
    struct cl_world world = {.ctx = &dice, .random = roll};

    (void)state;
    for (int64_t nth = 1; nth <= 4; nth++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(256);
        CL_AUTO(cl_buf) struct cl_buf opened = CL_BUF_SECRET(256);
        struct cl_err err = CL_ERR_NONE;

        (void)cl_alloc_fail_at(nth);
        enum cl_code code = cl_aead_seal(&world, sealed.key, CL_STR_NONE, CL_STR("x"), &out, &err);
        (void)cl_alloc_fail_at(nth);
        enum cl_code open_code =
            cl_aead_open(sealed.key, CL_STR("row-1"), cl_buf_view(&sealed.bytes), &opened, &err);
        (void)cl_alloc_fail_at(0);
        assert_int_equal(code, nth <= 2 ? CL_E_FAILED : CL_OK);
        assert_int_equal(open_code, nth <= 2 ? CL_E_FAILED : CL_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_and_opens_the_published_cases),
        cmocka_unit_test(adds_a_constant_number_of_bytes),
        cmocka_unit_test(refuses_any_changed_bit),
        cmocka_unit_test(refuses_cut_bytes),
        cmocka_unit_test(refuses_another_row_and_another_key),
        cmocka_unit_test(refuses_a_key_of_another_length),
        cmocka_unit_test(seals_nothing_without_randomness),
        cmocka_unit_test(a_new_key_is_what_the_world_rolled),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
