#ifndef CLEAT_TESTS_TEST_CERT_H
#define CLEAT_TESTS_TEST_CERT_H

#include <openssl/ssl.h>

/**
 * A server context with a fresh key and a certificate signed by itself for `name` (NULL:
 * localhost and 127.0.0.1), which is written to `pem_path`. NULL when OpenSSL fails.
 */
SSL_CTX *test_cert_context(const char *name, const char *pem_path);

/** The context demands a client certificate that `pem` signed. 0 when OpenSSL fails. */
int test_cert_demand(SSL_CTX *context, const char *pem);

#endif
