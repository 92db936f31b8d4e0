#include "crypto/certificate.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "base/world.h"
#include "test.h"
#include "test_pair.h"

static char *joined(const char *a, const char *b)
{
    struct cl_buf text = CL_BUF(65536);

    cl_buf_add_c(&text, a);
    cl_buf_add_c(&text, b);
    return text.ptr;
}

static enum cl_code check(const char *pem, int64_t *ret_not_after, struct cl_err *err)
{
    return cl_certificates_check(cl_str_of(pem), ret_not_after, err);
}

static void certificates_are_counted_and_dated(void **state)
{
    const struct cl_world world = cl_world_real();
    struct test_pair pair = test_pair_new("jane");
    CL_AUTO(cl_string) char *two = joined(pair.certificate, pair.certificate);
    CL_AUTO(cl_string) char *after_words = joined("subject: jane\n", pair.certificate);
    const char *texts[] = {pair.certificate, two, after_words};
    int64_t now_at = cl_world_now_s(&world);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        int64_t not_after = 0;
        assert_ok(check(texts[i], &not_after, &err), &err);
        assert_true(not_after > now_at + 3500 && not_after <= now_at + 3600);
    }
    test_pair_free(&pair);
}

static void what_is_no_certificate_is_refused(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    CL_AUTO(cl_string) char *cut = joined(pair.certificate, "-----BEGIN CERTIFICATE-----\nMIIB");
    CL_AUTO(cl_string)
    char *broken =
        joined("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", pair.certificate);
    const char *texts[] = {"", "certificate", pair.key, cut, broken};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        int64_t not_after = 77;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(check(texts[i], &not_after, &err), CL_E_INVALID);
        assert_int_equal(not_after, 77);
    }
    test_pair_free(&pair);
}

/* Nobody writes such certificates; OpenSSL would ask for the pass phrase on the terminal. */
static void an_encrypted_certificate_asks_nobody(void **state)
{
    static const char locked[] = "-----BEGIN CERTIFICATE-----\n"
                                 "Proc-Type: 4,ENCRYPTED\n"
                                 "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n"
                                 "\n"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                                 "-----END CERTIFICATE-----\n";
    struct test_pair pair = test_pair_new("jane");
    struct cl_err err = CL_ERR_NONE;
    int64_t not_after = 0;

    (void)state;
    assert_int_equal(check(locked, &not_after, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "certificate in the PEM text is encrypted"));
    err = CL_ERR_NONE;
    assert_int_equal(cl_certificate_check_key(cl_str_of(locked), cl_str_of(pair.key), &err),
                     CL_E_INVALID);
    assert_non_null(strstr(err.text, "certificate in the PEM text is encrypted"));
    test_pair_free(&pair);
}

/* The key of the pair under a pass phrase, from malloc. */
static char *encrypted(const struct test_pair *pair)
{
    BIO *in = BIO_new_mem_buf(pair->key, -1);
    BIO *out = BIO_new(BIO_s_mem());
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    unsigned char phrase[] = "phrase";
    char *data = NULL;

    assert_int_equal(PEM_write_bio_PrivateKey(out, key, EVP_aes_256_cbc(), phrase, 6, NULL, NULL),
                     1);
    long len = BIO_get_mem_data(out, &data);
    char *text = calloc(1, (size_t)len + 1); /* no NUL stands behind it there */
    assert_non_null(text);
    (void)memcpy(text, data, (size_t)len);
    BIO_free(in);
    BIO_free(out);
    EVP_PKEY_free(key);
    return text;
}

static void a_key_must_be_the_certificates(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct test_pair other = test_pair_new("joe");
    char *locked = encrypted(&pair);
    const struct {
        const char *certificate, *key;
        enum cl_code code;
        const char *text;
    } cases[] = {
        {pair.certificate, pair.key, CL_OK, ""},
        {pair.certificate, other.key, CL_E_INVALID, "not the certificate's"},
        {pair.certificate, locked, CL_E_INVALID, "is encrypted"},
        {pair.certificate, pair.certificate, CL_E_INVALID, "no private key"},
        {pair.certificate, "", CL_E_INVALID, "no private key"},
        {pair.key, pair.key, CL_E_INVALID, "no certificate"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_certificate_check_key(cl_str_of(cases[i].certificate),
                                                  cl_str_of(cases[i].key), &err),
                         cases[i].code);
        assert_non_null(strstr(err.text, cases[i].text));
    }
    free(locked);
    test_pair_free(&pair);
    test_pair_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_are_counted_and_dated),
        cmocka_unit_test(what_is_no_certificate_is_refused),
        cmocka_unit_test(an_encrypted_certificate_asks_nobody),
        cmocka_unit_test(a_key_must_be_the_certificates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
