#include "crypto/aead.h"

#include <limits.h>

#include "base/alloc.h"
#include "crypto/digest.h"
#include "crypto/fetched.h"

/* One sealing or opening: the caller's bytes, and where the result goes. */
struct work {
    const unsigned char *key;
    const unsigned char *nonce;
    struct cl_str aad;
    struct cl_str in;
    unsigned char *out; /* in.len bytes */
    unsigned char *tag;
};

static void cipher_context_cleanup(EVP_CIPHER_CTX **context)
{
    EVP_CIPHER_CTX_free(*context);
}

static const unsigned char *bytes_of(struct cl_str s)
{
    return (const unsigned char *)s.ptr;
}

/* The steps that sealing and opening share, up to the tag. */
static bool run(EVP_CIPHER_CTX *context, const struct work *work, int encrypt)
{
    int len = 0;

    return EVP_CipherInit_ex2(context, cl_fetched_aes256gcm(), work->key, work->nonce, encrypt,
                              NULL) == 1 &&
           EVP_CipherUpdate(context, NULL, &len, bytes_of(work->aad), (int)work->aad.len) == 1 &&
           EVP_CipherUpdate(context, work->out, &len, bytes_of(work->in), (int)work->in.len) == 1;
}

static bool seal_bytes(EVP_CIPHER_CTX *context, const struct work *work)
{
    int len = 0;

    return run(context, work, 1) &&
           EVP_CipherFinal_ex(context, work->out + work->in.len, &len) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CL_AEAD_TAG_BYTES, work->tag) == 1;
}

static bool open_bytes(EVP_CIPHER_CTX *context, const struct work *work)
{
    int len = 0;

    return run(context, work, 0) &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CL_AEAD_TAG_BYTES, work->tag) == 1 &&
           EVP_CipherFinal_ex(context, work->out + work->in.len, &len) == 1;
}

static enum cl_code check_sizes(const struct cl_secret *key, struct cl_str aad, struct cl_str in,
                                struct cl_err *err)
{
    size_t key_len = cl_secret_expose(key).len;

    if (key_len != CL_AEAD_KEY_BYTES) {
        return cl_err_set(err, CL_E_INTERNAL, "sealing key has %zu bytes, not %d", key_len,
                          CL_AEAD_KEY_BYTES);
    }
    if (aad.len > INT_MAX / 2 || in.len > INT_MAX / 2)
        return cl_err_set(err, CL_E_INVALID, "value is too long to be sealed");
    return cl_crypto_init(err);
}

enum cl_code cl_aead_seal(const struct cl_world *world, const struct cl_secret *key,
                          struct cl_str aad, struct cl_str plain, struct cl_buf *ret,
                          struct cl_err *err)
{
    CL_AUTO(cipher_context) EVP_CIPHER_CTX *context = NULL;
    CL_AUTO(cl_string) char *sealed = NULL;

    CL_TRY(check_sizes(key, aad, plain, err));
    context = EVP_CIPHER_CTX_new();
    size_t sealed_len = plain.len + CL_AEAD_OVERHEAD_BYTES;
    sealed = cl_alloc(sealed_len);
    if (context == NULL || sealed == NULL)
        return cl_err_no_memory(err);
    CL_TRY(world->random(world->ctx, sealed, CL_AEAD_NONCE_BYTES, err));
    const struct work work = {
        .key = bytes_of(cl_secret_expose(key)),
        .nonce = (unsigned char *)sealed,
        .aad = aad,
        .in = plain,
        .out = (unsigned char *)sealed + CL_AEAD_NONCE_BYTES,
        .tag = (unsigned char *)sealed + CL_AEAD_NONCE_BYTES + plain.len,
    };
    if (!seal_bytes(context, &work))
        return cl_err_set(err, CL_E_FAILED, "OpenSSL could not seal a value (out of memory?)");
    cl_buf_add(ret, cl_str_make(sealed, sealed_len));
    return cl_buf_ok(ret, err);
}

enum cl_code cl_aead_open(const struct cl_secret *key, struct cl_str aad, struct cl_str sealed,
                          struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cipher_context) EVP_CIPHER_CTX *context = NULL;
    CL_AUTO(cl_string) char *plain = NULL;
    unsigned char tag[CL_AEAD_TAG_BYTES];

    CL_TRY(check_sizes(key, aad, sealed, err));
    if (sealed.len < CL_AEAD_OVERHEAD_BYTES)
        return cl_err_set(err, CL_E_SECRET_STORE, "sealed value is cut short");
    struct cl_str inner =
        cl_str_make(sealed.ptr + CL_AEAD_NONCE_BYTES, sealed.len - CL_AEAD_OVERHEAD_BYTES);
    context = EVP_CIPHER_CTX_new();
    plain = cl_alloc(inner.len + 1);
    if (context == NULL || plain == NULL)
        return cl_err_no_memory(err);
    (void)memcpy(tag, inner.ptr + inner.len, sizeof(tag));
    const struct work work = {
        .key = bytes_of(cl_secret_expose(key)),
        .nonce = bytes_of(sealed),
        .aad = aad,
        .in = inner,
        .out = (unsigned char *)plain,
        .tag = tag,
    };
    if (!open_bytes(context, &work)) {
        return cl_err_set(err, CL_E_SECRET_STORE,
                          "sealed value does not open: another key, or it was changed");
    }
    cl_buf_add(ret, cl_str_make(plain, inner.len));
    return cl_buf_ok(ret, err);
}

enum cl_code cl_aead_key_new(const struct cl_world *world, struct cl_secret **ret,
                             struct cl_err *err)
{
    char bytes[CL_AEAD_KEY_BYTES];

    CL_TRY(world->random(world->ctx, bytes, sizeof(bytes), err));
    enum cl_code code = cl_secret_new(cl_str_make(bytes, sizeof(bytes)), ret, err);
    cl_wipe(bytes, sizeof(bytes));
    return code;
}
