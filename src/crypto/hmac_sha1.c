#include "crypto/hmac_sha1.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/digest.h"
#include "crypto/fetched.h"

static bool compute(EVP_MAC_CTX *context, struct cl_str key, struct cl_str bytes,
                    unsigned char ret[CL_SHA1_BYTES])
{
    char name[] = "SHA1";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    size_t len = 0;

    return context != NULL &&
           EVP_MAC_init(context, (const unsigned char *)key.ptr, key.len, params) == 1 &&
           EVP_MAC_update(context, (const unsigned char *)bytes.ptr, bytes.len) == 1 &&
           EVP_MAC_final(context, ret, &len, CL_SHA1_BYTES) == 1 && len == CL_SHA1_BYTES;
}

enum cl_code cl_hmac_sha1(struct cl_str key, struct cl_str bytes, unsigned char ret[CL_SHA1_BYTES],
                          struct cl_err *err)
{
    unsigned char mac[CL_SHA1_BYTES];

    CL_TRY(cl_crypto_init(err));
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(cl_fetched_hmac());
    bool done = compute(context, key, bytes, mac);
    EVP_MAC_CTX_free(context);
    if (!done)
        return cl_err_set(err, CL_E_FAILED, "OpenSSL could not compute a digest (out of memory?)");
    (void)memcpy(ret, mac, CL_SHA1_BYTES);
    return CL_OK;
}
