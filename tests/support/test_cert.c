#include "test_cert.h"

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "test_pair.h"

static int write_pem(const X509 *cert, const char *path)
{
    FILE *file = fopen(path, "we");

    if (file == NULL)
        return 0;
    int ok = PEM_write_X509(file, cert);
    return fclose(file) == 0 && ok;
}

SSL_CTX *test_cert_context(const char *name, const char *pem_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (key == NULL || cert == NULL || context == NULL || !test_pair_fill(cert, key, name) ||
        !write_pem(cert, pem_path) || !SSL_CTX_use_certificate(context, cert) ||
        !SSL_CTX_use_PrivateKey(context, key)) {
        SSL_CTX_free(context);
        context = NULL;
    }
    X509_free(cert);
    EVP_PKEY_free(key);
    return context;
}

int test_cert_demand(SSL_CTX *context, const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *cert = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    int ok = cert != NULL && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), cert);

    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    X509_free(cert);
    BIO_free(bio);
    return ok;
}
