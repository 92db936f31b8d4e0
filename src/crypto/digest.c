#include "crypto/digest.h"

#include <pthread.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "crypto/fetched.h"

/*
 * The exception to "no globals": OpenSSL's algorithm objects, written once under pthread_once and
 * only read afterwards. They live as long as the process and are shared by all threads.
 */
static struct {
    EVP_MD *sha256;
    EVP_MAC *hmac;
    EVP_CIPHER *aes256gcm;
} fetched;

static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

static void fetch(void)
{
    /* The configuration file is not ours, and reading it costs more than everything else here.
     * Taking down at the end what goes with the process would cost a tenth of it. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1)
        return;
    fetched.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    fetched.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    fetched.aes256gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

enum cl_code cl_crypto_init(struct cl_err *err)
{
    if (pthread_once(&fetch_once, fetch) != 0 || fetched.sha256 == NULL || fetched.hmac == NULL ||
        fetched.aes256gcm == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "OpenSSL lacks SHA-256, HMAC or AES-256-GCM");
    return CL_OK;
}

const EVP_MD *cl_fetched_sha256(void)
{
    return fetched.sha256;
}

EVP_MAC *cl_fetched_hmac(void)
{
    return fetched.hmac;
}

const EVP_CIPHER *cl_fetched_aes256gcm(void)
{
    return fetched.aes256gcm;
}

/* With the algorithms at hand OpenSSL fails only for want of memory. */
static enum cl_code openssl_failed(struct cl_err *err)
{
    return cl_err_set(err, CL_E_FAILED, "OpenSSL could not compute a digest (out of memory?)");
}

enum cl_code cl_sha256(struct cl_str bytes, unsigned char ret[CL_SHA256_BYTES], struct cl_err *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    CL_TRY(cl_crypto_init(err));
    if (EVP_Digest(bytes.ptr, bytes.len, digest, &len, fetched.sha256, NULL) != 1)
        return openssl_failed(err);
    (void)memcpy(ret, digest, CL_SHA256_BYTES);
    return CL_OK;
}

void cl_digest_hex(const unsigned char digest[CL_SHA256_BYTES], char ret[CL_SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < CL_SHA256_BYTES; i++) {
        ret[2 * i] = digits[digest[i] >> 4U];
        ret[2 * i + 1] = digits[digest[i] & 15U];
    }
    ret[CL_SHA256_HEX_SIZE - 1] = '\0';
}

enum cl_code cl_sha256_hex(struct cl_str bytes, char ret[CL_SHA256_HEX_SIZE], struct cl_err *err)
{
    unsigned char digest[CL_SHA256_BYTES] = {0};

    CL_TRY(cl_sha256(bytes, digest, err));
    cl_digest_hex(digest, ret);
    return CL_OK;
}

static bool hmac(EVP_MAC_CTX *context, struct cl_str key, struct cl_str bytes,
                 unsigned char ret[CL_SHA256_BYTES])
{
    char name[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    size_t len = 0;

    /* An empty key is a key too, but OpenSSL takes a NULL one for "keep the old". */
    return context != NULL &&
           EVP_MAC_init(context, (const unsigned char *)key.ptr, key.len, params) == 1 &&
           EVP_MAC_update(context, (const unsigned char *)bytes.ptr, bytes.len) == 1 &&
           EVP_MAC_final(context, ret, &len, CL_SHA256_BYTES) == 1 && len == CL_SHA256_BYTES;
}

enum cl_code cl_hmac_sha256(struct cl_str key, struct cl_str bytes,
                            unsigned char ret[CL_SHA256_BYTES], struct cl_err *err)
{
    unsigned char mac[CL_SHA256_BYTES];

    CL_TRY(cl_crypto_init(err));
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(fetched.hmac);
    bool done = hmac(context, key, bytes, mac);
    EVP_MAC_CTX_free(context); /* wipes the key schedule */
    if (!done)
        return openssl_failed(err);
    (void)memcpy(ret, mac, CL_SHA256_BYTES);
    cl_wipe(mac, sizeof(mac));
    return CL_OK;
}

void cl_wipe(void *bytes, size_t len)
{
    OPENSSL_cleanse(bytes, len);
}
