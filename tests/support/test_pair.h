#ifndef CLEAT_TESTS_TEST_PAIR_H
#define CLEAT_TESTS_TEST_PAIR_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* A certificate and its key as PEM texts, from malloc. */
struct test_pair {
    char *certificate;
    char *key;
};

/** A fresh key and a certificate for `name`, signed by itself. Aborts when OpenSSL fails. */
struct test_pair test_pair_new(const char *name);
void test_pair_free(struct test_pair *pair);

/** Makes `cert` one for `name` (NULL: localhost and 127.0.0.1), signed with its own key, good from
 *  an hour ago to an hour from now. 0 when OpenSSL fails. */
int test_pair_fill(X509 *cert, EVP_PKEY *key, const char *name);

#endif
