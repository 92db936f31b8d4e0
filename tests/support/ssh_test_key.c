#include "ssh_test_key.h"

#include <stdlib.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "test.h"

static EVP_PKEY *make_dsa(void)
{
    EVP_PKEY_CTX *params = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    EVP_PKEY *domain = NULL;
    EVP_PKEY *key = NULL;

    assert_int_equal(EVP_PKEY_paramgen_init(params), 1);
    assert_int_equal(EVP_PKEY_CTX_set_dsa_paramgen_bits(params, 1024), 1);
    assert_int_equal(EVP_PKEY_paramgen(params, &domain), 1);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, domain, NULL);
    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_keygen(context, &key), 1);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(domain);
    EVP_PKEY_CTX_free(params);
    return key;
}

static EVP_PKEY *make(const char *kind)
{
    if (strncmp(kind, "rsa-", 4) == 0) {
        int64_t bits = 0;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_parse_i64(cl_str_of(kind + 4), &bits, &err), &err);
        return EVP_RSA_gen((unsigned int)bits);
    }
    if (strcmp(kind, "ec-256") == 0)
        return EVP_EC_gen("P-256");
    if (strcmp(kind, "ec-384") == 0)
        return EVP_EC_gen("P-384");
    if (strcmp(kind, "ec-521") == 0)
        return EVP_EC_gen("P-521");
    if (strcmp(kind, "dsa") == 0)
        return make_dsa();
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

char *ssh_test_key(const char *kind, const char *passphrase)
{
    EVP_PKEY *key = make(kind);
    BIO *out = BIO_new(BIO_s_mem());
    char *view = NULL;

    assert_non_null(key);
    assert_non_null(out);
    int len = passphrase == NULL ? 0 : (int)strlen(passphrase);
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(out, key,
                                                   passphrase == NULL ? NULL : EVP_aes_256_cbc(),
                                                   passphrase, len, NULL, NULL),
                     1);
    size_t size = (size_t)BIO_get_mem_data(out, &view);
    char *pem = malloc(size + 1);
    assert_non_null(pem);
    (void)memcpy(pem, view, size);
    pem[size] = '\0';
    (void)BIO_free(out);
    EVP_PKEY_free(key);
    return pem;
}

void ssh_test_key_free(char *pem)
{
    free(pem);
}
