#include <stdio.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "net/ssh_pair_internal.h"

/*
 * OpenSSH's own form of a private key: "openssh-key-v1", NUL, cipher, key derivation and its
 * options, number of keys, public key, private part.
 * Source: OpenSSH's PROTOCOL.key.
 */

#define MAGIC "openssh-key-v1\0"
#define FILE_MAX 65536
#define LINE_CHARS 70
#define BLOCK 8 /* the private part is padded to that, unencrypted */

/* --- writing ------------------------------------------------------------------------------- */

static enum cl_code add_private_part(const struct cl_ssh_pair *pair, struct cl_str blob,
                                     struct cl_buf *part, struct cl_err *err)
{
    struct cl_ssh_public key = {.bits = 0};
    unsigned char seed[CL_ED25519_BYTES];
    size_t len = sizeof(seed);

    CL_TRY(cl_ssh_public_parse(blob, &key, err));
    if (EVP_PKEY_get_raw_private_key(pair->key, seed, &len) != 1) {
        ERR_clear_error();
        return cl_err_set(err, CL_E_UNSUPPORTED, "only Ed25519 keys can be written");
    }
    /* Two equal words, by which a reader sees that it has decrypted well; any will do. */
    cl_buf_add_ssh_u32(part, 0);
    cl_buf_add_ssh_u32(part, 0);
    cl_buf_add(part, blob);
    cl_buf_add_ssh_u32(part, 2 * CL_ED25519_BYTES);
    cl_buf_add(part, cl_str_make((const char *)seed, sizeof(seed)));
    cl_buf_add(part, key.point);
    cl_buf_add_ssh_string(part, CL_STR_NONE); /* comment */
    size_t padding = (BLOCK - part->len % BLOCK) % BLOCK;
    for (size_t i = 1; i <= padding; i++)
        cl_buf_add_char(part, (char)i);
    OPENSSL_cleanse(seed, sizeof(seed));
    return cl_buf_ok(part, err);
}

static enum cl_code add_file(struct cl_str bytes, struct cl_buf *text, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf base64 = CL_BUF_SECRET(FILE_MAX);

    cl_buf_add_base64(&base64, bytes, CL_BASE64_STANDARD);
    CL_TRY(cl_buf_ok(&base64, err));
    cl_buf_add_c(text, CL_OPENSSH_BEGIN "\n");
    for (struct cl_str rest = cl_buf_view(&base64); rest.len > 0;
         rest = cl_str_skip(rest, LINE_CHARS)) {
        cl_buf_add(text, cl_str_first(rest, LINE_CHARS));
        cl_buf_add_char(text, '\n');
    }
    cl_buf_add_c(text, CL_OPENSSH_END "\n");
    return cl_buf_ok(text, err);
}

enum cl_code cl_ssh_pair_text(const struct cl_ssh_pair *pair, struct cl_secret **ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    CL_AUTO(cl_buf) struct cl_buf part = CL_BUF_SECRET(FILE_MAX);
    CL_AUTO(cl_buf) struct cl_buf file = CL_BUF_SECRET(FILE_MAX);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(FILE_MAX);

    CL_TRY(cl_ssh_pair_public(pair, &blob, err));
    CL_TRY(add_private_part(pair, cl_buf_view(&blob), &part, err));
    cl_buf_add(&file, CL_STR(MAGIC));
    cl_buf_add_ssh_string(&file, CL_STR("none"));
    cl_buf_add_ssh_string(&file, CL_STR("none"));
    cl_buf_add_ssh_string(&file, CL_STR_NONE);
    cl_buf_add_ssh_u32(&file, 1);
    cl_buf_add_ssh_string(&file, cl_buf_view(&blob));
    cl_buf_add_ssh_string(&file, cl_buf_view(&part));
    CL_TRY(cl_buf_ok(&file, err));
    CL_TRY(add_file(cl_buf_view(&file), &text, err));
    return cl_secret_new(cl_buf_view(&text), ret, err);
}

/* --- reading ------------------------------------------------------------------------------- */

static enum cl_code damaged(struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID, "the private key is damaged");
}

static enum cl_code decode_file(struct cl_str text, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf base64 = CL_BUF_SECRET(FILE_MAX);
    struct cl_str rest = cl_str_skip(cl_str_trim(text), sizeof(CL_OPENSSH_BEGIN) - 1);
    struct cl_err why = CL_ERR_NONE;

    for (size_t i = 0; i < rest.len && rest.ptr[i] != '-'; i++) {
        if (rest.ptr[i] != '\n' && rest.ptr[i] != '\r')
            cl_buf_add_char(&base64, rest.ptr[i]);
    }
    CL_TRY(cl_buf_ok(&base64, err));
    enum cl_code code = cl_base64_decode(cl_buf_view(&base64), CL_BASE64_STANDARD, ret, &why);
    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    return code == CL_OK ? CL_OK : damaged(err);
}

static EVP_PKEY *make_key(const char *type, OSSL_PARAM_BLD *builder)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *read_ed25519(struct cl_ssh_reader *reader)
{
    (void)cl_ssh_read_string(reader);
    struct cl_str both = cl_ssh_read_string(reader);

    if (both.len != (size_t)2 * CL_ED25519_BYTES)
        return NULL;
    return EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, (const unsigned char *)both.ptr,
                                           CL_ED25519_BYTES);
}

static BIGNUM *number_of(struct cl_str magnitude)
{
    BIGNUM *number = BN_secure_new();

    return BN_bin2bn((const unsigned char *)magnitude.ptr, (int)magnitude.len, number);
}

static EVP_PKEY *read_ecdsa(struct cl_ssh_reader *reader)
{
    struct cl_str curve = cl_ssh_read_string(reader);
    struct cl_str point = cl_ssh_read_string(reader);
    BIGNUM *secret = number_of(cl_ssh_read_mpint(reader));
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    char group[16] = "";

    if (!reader->bad && curve.len == 8 && cl_str_starts(curve, CL_STR("nistp"))) {
        (void)snprintf(group, sizeof(group), "P-%.3s", curve.ptr + 5);
    }
    if (builder != NULL && secret != NULL && !reader->bad &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) ==
            1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1)
        key = make_key("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_clear_free(secret);
    return key;
}

/* Without the factors OpenSSL signs too, only slower; they would need two numbers more. */
static EVP_PKEY *read_rsa(struct cl_ssh_reader *reader)
{
    static const char *const names[] = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E,
                                        OSSL_PKEY_PARAM_RSA_D};
    BIGNUM *numbers[CL_COUNT(names)] = {NULL};
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    bool good = builder != NULL;
    EVP_PKEY *key = NULL;

    for (size_t i = 0; i < CL_COUNT(names); i++) {
        numbers[i] = number_of(cl_ssh_read_mpint(reader));
        good = good && !reader->bad && numbers[i] != NULL &&
               OSSL_PARAM_BLD_push_BN(builder, names[i], numbers[i]) == 1;
    }
    if (good)
        key = make_key("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    for (size_t i = 0; i < CL_COUNT(names); i++)
        BN_clear_free(numbers[i]);
    return key;
}

static enum cl_code read_private_part(struct cl_str part, struct cl_ssh_pair **ret,
                                      struct cl_err *err)
{
    struct cl_ssh_reader reader = CL_SSH_READER(part);
    EVP_PKEY *key = NULL;

    uint32_t first = cl_ssh_read_u32(&reader);
    if (first != cl_ssh_read_u32(&reader))
        return damaged(err);
    struct cl_str type = cl_ssh_read_string(&reader);
    if (cl_str_eq_c(type, "ssh-ed25519")) {
        key = read_ed25519(&reader);
    } else if (cl_str_eq_c(type, "ssh-rsa")) {
        key = read_rsa(&reader);
    } else if (cl_str_starts(type, CL_STR("ecdsa-sha2-"))) {
        key = read_ecdsa(&reader);
    }
    ERR_clear_error();
    return key == NULL ? damaged(err) : cl_ssh_pair_take(key, ret, err);
}

/* Two equal words come first: only the right passphrase brings them forth. */
static bool is_open(struct cl_str part)
{
    struct cl_ssh_reader reader = CL_SSH_READER(part);
    uint32_t first = cl_ssh_read_u32(&reader);

    return first == cl_ssh_read_u32(&reader) && !reader.bad;
}

static enum cl_code read_locked(const struct cl_ssh_locked *locked,
                                const struct cl_secret *passphrase, struct cl_ssh_pair **ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf part = CL_BUF_SECRET(FILE_MAX);

    if (cl_str_eq_c(locked->cipher, "none"))
        return read_private_part(locked->part, ret, err);
    CL_TRY(cl_ssh_pair_decrypt(locked, passphrase, &part, err));
    if (!is_open(cl_buf_view(&part)))
        return cl_err_set(err, CL_E_INVALID, "the passphrase does not open the private key");
    return read_private_part(cl_buf_view(&part), ret, err);
}

enum cl_code cl_ssh_pair_read_openssh(struct cl_str text, const struct cl_secret *passphrase,
                                      struct cl_ssh_pair **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf file = CL_BUF_SECRET(FILE_MAX);

    CL_TRY(decode_file(text, &file, err));
    if (!cl_str_starts(cl_buf_view(&file), CL_STR(MAGIC)))
        return damaged(err);
    struct cl_ssh_reader reader = CL_SSH_READER(cl_str_skip(cl_buf_view(&file), sizeof(MAGIC) - 1));
    struct cl_ssh_locked locked = {.cipher = cl_ssh_read_string(&reader)};
    locked.derivation = cl_ssh_read_string(&reader);
    locked.options = cl_ssh_read_string(&reader);
    uint32_t count = cl_ssh_read_u32(&reader);
    (void)cl_ssh_read_string(&reader);
    locked.part = cl_ssh_read_string(&reader);
    if (reader.bad || count != 1)
        return damaged(err);
    return read_locked(&locked, passphrase, ret, err);
}
