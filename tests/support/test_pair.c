#include "test_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define VALID_S 3600

static int add_extension(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    int ok = extension != NULL && X509_add_ext(cert, extension, -1);

    X509_EXTENSION_free(extension);
    return ok;
}

int test_pair_fill(X509 *cert, EVP_PKEY *key, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(cert);
    const char *common = name == NULL ? "cleat test" : name;
    char names[128];

    (void)snprintf(names, sizeof(names), "DNS:%s", name == NULL ? "localhost,IP:127.0.0.1" : name);
    return X509_set_version(cert, X509_VERSION_3) &&
           ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -VALID_S) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(cert), VALID_S) != NULL &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)common,
                                      -1, -1, 0) &&
           X509_set_issuer_name(cert, subject) && X509_set_pubkey(cert, key) &&
           add_extension(cert, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(cert, NID_subject_alt_name, names) && X509_sign(cert, key, EVP_sha256());
}

/* What the BIO holds, NUL-terminated, from malloc; frees the BIO. */
static char *text_of(BIO *bio, int ok)
{
    char *data = NULL;
    long len = ok ? BIO_get_mem_data(bio, &data) : 0;
    char *text = len > 0 ? calloc(1, (size_t)len + 1) : NULL;

    if (text == NULL)
        abort();
    (void)memcpy(text, data, (size_t)len); /* no NUL stands behind it there */
    BIO_free(bio);
    return text;
}

struct test_pair test_pair_new(const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    struct test_pair pair = {.certificate = NULL};

    if (key == NULL || cert == NULL || !test_pair_fill(cert, key, name))
        abort();
    BIO *bio = BIO_new(BIO_s_mem());
    pair.certificate = text_of(bio, PEM_write_bio_X509(bio, cert));
    bio = BIO_new(BIO_s_mem());
    pair.key = text_of(bio, PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
    X509_free(cert);
    EVP_PKEY_free(key);
    return pair;
}

void test_pair_free(struct test_pair *pair)
{
    free(pair->certificate);
    free(pair->key);
    *pair = (struct test_pair){.certificate = NULL};
}
