#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/alloc.h"
#include "codec/ssh_wire.h"
#include "crypto/digest.h"
#include "net/ssh_pair_internal.h"

#define POINT_MAX 160
#define INTEGER_MAX 2048
#define SIGNATURE_MAX 2100

static enum cl_code openssl_failed(struct cl_err *err)
{
    ERR_clear_error(); /* the next one who looks would take it for his own */
    return cl_err_set(err, CL_E_FAILED, "OpenSSL could not use the SSH key (out of memory?)");
}

void cl_ssh_pair_free(struct cl_ssh_pair *pair)
{
    if (pair == NULL)
        return;
    EVP_PKEY_free(pair->key); /* wipes the private half */
    cl_free(pair);
}

void cl_ssh_pair_cleanup(struct cl_ssh_pair **pair)
{
    cl_ssh_pair_free(*pair);
}

enum cl_code cl_ssh_pair_take(EVP_PKEY *key, struct cl_ssh_pair **ret, struct cl_err *err)
{
    struct cl_ssh_pair *pair = key == NULL ? NULL : cl_alloc(sizeof(*pair));

    if (key == NULL)
        return openssl_failed(err);
    if (pair == NULL) {
        EVP_PKEY_free(key);
        return cl_err_no_memory(err);
    }
    pair->key = key;
    *ret = pair;
    return CL_OK;
}

enum cl_code cl_ssh_pair_new(const struct cl_world *world, struct cl_ssh_pair **ret,
                             struct cl_err *err)
{
    unsigned char seed[CL_ED25519_BYTES];

    CL_TRY(cl_crypto_init(err));
    CL_TRY(world->random(world->ctx, seed, sizeof(seed), err));
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed, sizeof(seed));
    cl_wipe(seed, sizeof(seed));
    return cl_ssh_pair_take(key, ret, err);
}

/* --- reading ------------------------------------------------------------------------------- */

/* Never OpenSSL's own question at the terminal. */
static int give_passphrase(char *buf, int size, int writing, void *ctx)
{
    struct cl_str phrase = cl_secret_expose(ctx);

    (void)writing;
    if (phrase.len == 0 || size < 0 || phrase.len > (size_t)size)
        return -1;
    (void)memcpy(buf, phrase.ptr, phrase.len);
    return (int)phrase.len;
}

static bool is_usable(const struct cl_ssh_pair *pair)
{
    int type = EVP_PKEY_get_base_id(pair->key);

    return type == EVP_PKEY_ED25519 || type == EVP_PKEY_RSA ||
           (type == EVP_PKEY_EC && cl_ssh_pair_curve(pair) != NULL);
}

static enum cl_code read_pem(struct cl_str text, const struct cl_secret *passphrase,
                             struct cl_ssh_pair **ret, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *phrase = NULL;

    CL_TRY(cl_secret_copy(passphrase, &phrase, err));
    BIO *in = BIO_new_mem_buf(text.ptr, (int)text.len);
    EVP_PKEY *key = in == NULL ? NULL : PEM_read_bio_PrivateKey(in, NULL, give_passphrase, phrase);
    (void)BIO_free(in);
    if (key != NULL)
        return cl_ssh_pair_take(key, ret, err);
    ERR_clear_error();
    return cl_err_set(err, CL_E_INVALID,
                      "the private key cannot be read, or not with this "
                      "passphrase");
}

enum cl_code cl_ssh_pair_read(struct cl_str text, const struct cl_secret *passphrase,
                              struct cl_ssh_pair **ret, struct cl_err *err)
{
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = NULL;

    CL_TRY(cl_crypto_init(err));
    if (cl_str_starts(cl_str_trim(text), CL_STR(CL_OPENSSH_BEGIN))) {
        CL_TRY(cl_ssh_pair_read_openssh(text, passphrase, &pair, err));
    } else {
        CL_TRY(read_pem(text, passphrase, &pair, err));
    }
    if (pair == NULL || !is_usable(pair))
        return cl_err_set(err, CL_E_INVALID, "the private key is of a type that cannot be used");
    *ret = CL_MOVE(pair);
    return CL_OK;
}

/* --- the public half ----------------------------------------------------------------------- */

const char *cl_ssh_pair_curve(const struct cl_ssh_pair *pair)
{
    static const char *const curves[][2] = {
        {"prime256v1", "nistp256"}, {"secp384r1", "nistp384"}, {"secp521r1", "nistp521"}};
    char name[32] = "";

    if (EVP_PKEY_get_group_name(pair->key, name, sizeof(name), NULL) != 1)
        return NULL;
    for (size_t i = 0; i < CL_COUNT(curves); i++) {
        if (strcmp(name, curves[i][0]) == 0)
            return curves[i][1];
    }
    return NULL;
}

static bool add_ed25519(const struct cl_ssh_pair *pair, struct cl_buf *ret)
{
    unsigned char point[CL_ED25519_BYTES];
    size_t len = sizeof(point);

    if (EVP_PKEY_get_raw_public_key(pair->key, point, &len) != 1)
        return false;
    cl_buf_add_ssh_string(ret, CL_STR("ssh-ed25519"));
    cl_buf_add_ssh_string(ret, cl_str_make((const char *)point, len));
    return true;
}

static bool add_ecdsa(const struct cl_ssh_pair *pair, struct cl_buf *ret)
{
    const char *curve = cl_ssh_pair_curve(pair);
    CL_AUTO(cl_buf) struct cl_buf type = CL_BUF(64);
    unsigned char point[POINT_MAX];
    size_t len = 0;

    cl_buf_addf(&type, "ecdsa-sha2-%s", curve);
    if (type.failed != CL_OK || EVP_PKEY_get_octet_string_param(pair->key, OSSL_PKEY_PARAM_PUB_KEY,
                                                                point, sizeof(point), &len) != 1)
        return false;
    cl_buf_add_ssh_string(ret, cl_buf_view(&type));
    cl_buf_add_ssh_string(ret, cl_str_of(curve));
    cl_buf_add_ssh_string(ret, cl_str_make((const char *)point, len));
    return true;
}

static bool add_integer(const struct cl_ssh_pair *pair, const char *name, struct cl_buf *ret)
{
    unsigned char bytes[INTEGER_MAX];
    BIGNUM *number = NULL;

    if (EVP_PKEY_get_bn_param(pair->key, name, &number) != 1)
        return false;
    int len = BN_num_bytes(number);
    bool fits = len <= INTEGER_MAX;
    if (fits) {
        (void)BN_bn2bin(number, bytes);
        cl_buf_add_ssh_mpint(ret, cl_str_make((const char *)bytes, (size_t)len));
    }
    BN_free(number);
    return fits;
}

static bool add_rsa(const struct cl_ssh_pair *pair, struct cl_buf *ret)
{
    cl_buf_add_ssh_string(ret, CL_STR("ssh-rsa"));
    return add_integer(pair, OSSL_PKEY_PARAM_RSA_E, ret) &&
           add_integer(pair, OSSL_PKEY_PARAM_RSA_N, ret);
}

enum cl_code cl_ssh_pair_public(const struct cl_ssh_pair *pair, struct cl_buf *ret,
                                struct cl_err *err)
{
    bool added = false;

    switch (EVP_PKEY_get_base_id(pair->key)) {
    case EVP_PKEY_ED25519: added = add_ed25519(pair, ret); break;
    case EVP_PKEY_EC: added = add_ecdsa(pair, ret); break;
    default: added = add_rsa(pair, ret); break;
    }
    return added ? cl_buf_ok(ret, err) : openssl_failed(err);
}

/* --- signing ------------------------------------------------------------------------------- */

struct algorithm {
    const char *name;   /* on the wire */
    const char *digest; /* NULL: the algorithm has its own */
};

static struct algorithm algorithm_of(const struct cl_ssh_pair *pair, bool sha256)
{
    static const struct {
        const char *curve;
        struct algorithm algorithm;
    } curves[] = {
        {"nistp256", {"ecdsa-sha2-nistp256", "SHA256"}},
        {"nistp384", {"ecdsa-sha2-nistp384", "SHA384"}},
        {"nistp521", {"ecdsa-sha2-nistp521", "SHA512"}},
    };
    const char *curve = NULL;

    switch (EVP_PKEY_get_base_id(pair->key)) {
    case EVP_PKEY_ED25519: return (struct algorithm){"ssh-ed25519", NULL};
    case EVP_PKEY_EC: curve = cl_ssh_pair_curve(pair); break;
    default: break;
    }
    for (size_t i = 0; curve != NULL && i < CL_COUNT(curves); i++) {
        if (strcmp(curve, curves[i].curve) == 0)
            return curves[i].algorithm;
    }
    return sha256 ? (struct algorithm){"rsa-sha2-256", "SHA256"}
                  : (struct algorithm){"rsa-sha2-512", "SHA512"};
}

static bool sign(const struct cl_ssh_pair *pair, const char *digest, struct cl_str data,
                 unsigned char *ret, size_t *len)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL &&
                EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, pair->key, NULL) == 1 &&
                EVP_DigestSign(context, ret, len, (const unsigned char *)data.ptr, data.len) == 1;

    EVP_MD_CTX_free(context);
    return done;
}

/* Both numbers of an ECDSA signature, out of their DER. */
static bool add_numbers(const unsigned char *der, size_t len, struct cl_buf *ret)
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)len);
    unsigned char bytes[POINT_MAX];

    if (signature == NULL)
        return false;
    const BIGNUM *numbers[2] = {ECDSA_SIG_get0_r(signature), ECDSA_SIG_get0_s(signature)};
    for (size_t i = 0; i < 2; i++) {
        int size = BN_bn2bin(numbers[i], bytes);
        cl_buf_add_ssh_mpint(ret, cl_str_make((const char *)bytes, (size_t)size));
    }
    ECDSA_SIG_free(signature);
    return true;
}

enum cl_code cl_ssh_pair_sign(const struct cl_ssh_pair *pair, struct cl_str data, bool sha256,
                              struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf numbers = CL_BUF(SIGNATURE_MAX);
    struct algorithm algorithm = algorithm_of(pair, sha256);
    unsigned char signature[SIGNATURE_MAX];
    size_t len = sizeof(signature);

    if (!sign(pair, algorithm.digest, data, signature, &len))
        return openssl_failed(err);
    struct cl_str bytes = cl_str_make((const char *)signature, len);
    if (EVP_PKEY_get_base_id(pair->key) == EVP_PKEY_EC) {
        if (!add_numbers(signature, len, &numbers))
            return openssl_failed(err);
        CL_TRY(cl_buf_ok(&numbers, err));
        bytes = cl_buf_view(&numbers);
    }
    cl_buf_add_ssh_string(ret, cl_str_of(algorithm.name));
    cl_buf_add_ssh_string(ret, bytes);
    return cl_buf_ok(ret, err);
}
