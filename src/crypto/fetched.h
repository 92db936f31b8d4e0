#ifndef CLEAT_CRYPTO_FETCHED_H
#define CLEAT_CRYPTO_FETCHED_H

#include <openssl/evp.h>

/* For this folder only: the algorithms that cl_crypto_init has fetched; NULL before it. */
const EVP_MD *cl_fetched_sha256(void);
EVP_MAC *cl_fetched_hmac(void);
const EVP_CIPHER *cl_fetched_aes256gcm(void);

#endif
