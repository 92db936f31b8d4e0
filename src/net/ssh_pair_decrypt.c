#include <openssl/err.h>

#include "base/alloc.h"
#include "codec/ssh_wire.h"
#include "crypto/bcrypt_kdf.h"
#include "crypto/digest.h"
#include "net/ssh_pair_internal.h"

/*
 * The private part of an encrypted key in OpenSSH's own form. Source: OpenSSH's PROTOCOL.key.
 */

#define BLOCK_BYTES 16 /* of AES; also the length of its first vector */
#define KEY_BYTES_MAX 32
#define SALT_MAX 64

struct cipher {
    const char *name; /* in the file */
    const char *openssl;
    size_t key_bytes;
};

static const struct cipher ciphers[] = {
    {"aes256-ctr", "AES-256-CTR", 32}, /* the usual one */
    {"aes192-ctr", "AES-192-CTR", 24}, {"aes128-ctr", "AES-128-CTR", 16},
    {"aes256-cbc", "AES-256-CBC", 32}, {"aes192-cbc", "AES-192-CBC", 24},
    {"aes128-cbc", "AES-128-CBC", 16},
};

static const struct cipher *find_cipher(struct cl_str name)
{
    for (size_t i = 0; i < CL_COUNT(ciphers); i++) {
        if (cl_str_eq_c(name, ciphers[i].name))
            return &ciphers[i];
    }
    return NULL;
}

static enum cl_code refuse(struct cl_err *err, const char *what)
{
    (void)cl_err_set(err, CL_E_UNSUPPORTED, "the private key is encrypted with %s", what);
    return cl_err_hint(err,
                       "Encrypt it in the usual way with: ssh-keygen -p -Z aes256-ctr -f FILE");
}

static enum cl_code derive(const struct cl_ssh_locked *locked, struct cl_str phrase,
                           unsigned char *ret, size_t len, struct cl_err *err)
{
    struct cl_ssh_reader options = CL_SSH_READER(locked->options);
    struct cl_str salt = cl_ssh_read_string(&options);
    uint32_t rounds = cl_ssh_read_u32(&options);

    if (!cl_str_eq_c(locked->derivation, "bcrypt"))
        return refuse(err, "an unknown key derivation");
    if (!cl_ssh_read_all(&options) || salt.len == 0 || salt.len > SALT_MAX || rounds == 0)
        return cl_err_set(err, CL_E_INVALID, "the private key is damaged");
    if (rounds > CL_BCRYPT_ROUNDS_MAX)
        return refuse(err, "more rounds of its key derivation than are accepted");
    return cl_bcrypt_kdf(phrase, salt, rounds, ret, len, err);
}

static bool decrypt(const struct cipher *cipher, const unsigned char *key, struct cl_str part,
                    unsigned char *ret)
{
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, cipher->openssl, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int len = 0;
    bool done = algorithm != NULL && context != NULL &&
                EVP_DecryptInit_ex2(context, algorithm, key, key + cipher->key_bytes, NULL) == 1 &&
                EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
                EVP_DecryptUpdate(context, ret, &len, (const unsigned char *)part.ptr,
                                  (int)part.len) == 1 &&
                (size_t)len == part.len;

    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(algorithm);
    ERR_clear_error();
    return done;
}

enum cl_code cl_ssh_pair_decrypt(const struct cl_ssh_locked *locked,
                                 const struct cl_secret *passphrase, struct cl_buf *ret,
                                 struct cl_err *err)
{
    const struct cipher *cipher = find_cipher(locked->cipher);
    struct cl_str phrase = cl_secret_expose(passphrase);
    unsigned char key[KEY_BYTES_MAX + BLOCK_BYTES];

    if (cipher == NULL)
        return refuse(err, "a cipher that is not supported");
    if (phrase.len == 0)
        return cl_err_set(err, CL_E_INVALID, "the private key is encrypted and needs a passphrase");
    if (locked->part.len % BLOCK_BYTES != 0)
        return cl_err_set(err, CL_E_INVALID, "the private key is damaged");
    cl_buf_add(ret, locked->part); /* room, to be written over */
    CL_TRY(cl_buf_ok(ret, err));
    CL_TRY(derive(locked, phrase, key, cipher->key_bytes + BLOCK_BYTES, err));
    bool done = decrypt(cipher, key, locked->part, (unsigned char *)ret->ptr);
    cl_wipe(key, sizeof(key));
    if (!done)
        return cl_err_set(err, CL_E_FAILED, "OpenSSL could not decrypt the key (out of memory?)");
    return CL_OK;
}
