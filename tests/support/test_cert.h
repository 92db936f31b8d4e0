#ifndef CLEAT_TESTS_TEST_CERT_H
#define CLEAT_TESTS_TEST_CERT_H

#include <openssl/ssl.h>

/**
 * A server context with a fresh key and a certificate signed by itself for `name` (NULL:
 * localhost and 127.0.0.1), which is written to `pem_path`. NULL when OpenSSL fails.
 */
SSL_CTX *test_cert_context(const char *name, const char *pem_path);

/* A certificate and its key as PEM texts, from malloc. */
struct test_pair {
    char *certificate;
    char *key;
};

/** A fresh key and a certificate for `name`, signed by itself. Aborts when OpenSSL fails. */
struct test_pair test_pair_new(const char *name);
void test_pair_free(struct test_pair *pair);

/** The context demands a client certificate that `pem` signed. 0 when OpenSSL fails. */
int test_cert_demand(SSL_CTX *context, const char *pem);

#endif
