#include "net/ssh_pair.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "fake_world.h"
#include "net/ssh.h"
#include "ssh_test_key.h"
#include "test.h"

#define DATA CL_STR("what is signed")

static struct cl_ssh_pair *read_pair(const char *text, const char *passphrase)
{
    CL_AUTO(cl_secret) struct cl_secret *phrase = NULL;
    struct cl_ssh_pair *pair = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (passphrase != NULL)
        assert_ok(cl_secret_new(cl_str_of(passphrase), &phrase, &err), &err);
    assert_ok(cl_ssh_pair_read(cl_str_of(text), phrase, &pair, &err), &err);
    return pair;
}

static void has_the_public_half_that_libssh_sees(void **state)
{
    static const char *const kinds[] = {"ed25519", "ec-256", "ec-384", "ec-521", "rsa-2048"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = false};
        CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
        struct cl_err err = CL_ERR_NONE;
        char *pem = ssh_test_key(kinds[i], i % 2 == 0 ? NULL : "open sesame");
        CL_AUTO(cl_secret) struct cl_secret *phrase = NULL;

        assert_ok(cl_secret_new(CL_STR("open sesame"), &phrase, &err), &err);
        CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = read_pair(pem, "open sesame");
        assert_ok(cl_ssh_pair_public(pair, &blob, &err), &err);
        assert_ok(cl_ssh_key_inspect(cl_str_of(pem), phrase, &facts, &err), &err);
        assert_true(
            cl_str_eq(cl_buf_view(&blob), cl_str_make(facts.public_blob, facts.public_bytes)));
        ssh_test_key_free(pem);
    }
}

/* What OpenSSL itself makes of the signature, put back into its own form. */
static bool verifies(const char *pem, const char *digest, struct cl_str signature)
{
    BIO *in = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char *der = NULL;

    assert_non_null(key);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
        struct cl_ssh_reader reader = CL_SSH_READER(signature);
        ECDSA_SIG *both = ECDSA_SIG_new();
        struct cl_str r = cl_ssh_read_mpint(&reader);
        struct cl_str s = cl_ssh_read_mpint(&reader);
        assert_true(cl_ssh_read_all(&reader));
        assert_int_equal(ECDSA_SIG_set0(both,
                                        BN_bin2bn((const unsigned char *)r.ptr, (int)r.len, NULL),
                                        BN_bin2bn((const unsigned char *)s.ptr, (int)s.len, NULL)),
                         1);
        signature.len = (size_t)i2d_ECDSA_SIG(both, &der);
        signature.ptr = (const char *)der;
        ECDSA_SIG_free(both);
    }
    bool good = EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL) == 1 &&
                EVP_DigestVerify(context, (const unsigned char *)signature.ptr, signature.len,
                                 (const unsigned char *)DATA.ptr, DATA.len) == 1;
    OPENSSL_free(der);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    (void)BIO_free(in);
    return good;
}

static void signs_so_that_others_can_check(void **state)
{
    static const struct {
        const char *kind;
        bool sha256;
        const char *algorithm;
        const char *digest;
    } cases[] = {
        {"ed25519", false, "ssh-ed25519", NULL},
        {"ec-256", false, "ecdsa-sha2-nistp256", "SHA256"},
        {"ec-384", true, "ecdsa-sha2-nistp384", "SHA384"},
        {"ec-521", false, "ecdsa-sha2-nistp521", "SHA512"},
        {"rsa-2048", false, "rsa-sha2-512", "SHA512"},
        {"rsa-2048", true, "rsa-sha2-256", "SHA256"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf signature = CL_BUF(4096);
        struct cl_err err = CL_ERR_NONE;
        char *pem = ssh_test_key(cases[i].kind, NULL);
        CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = read_pair(pem, NULL);

        assert_ok(cl_ssh_pair_sign(pair, DATA, cases[i].sha256, &signature, &err), &err);
        struct cl_ssh_reader reader = CL_SSH_READER(cl_buf_view(&signature));
        assert_str(cl_ssh_read_string(&reader), cases[i].algorithm);
        struct cl_str bytes = cl_ssh_read_string(&reader);
        assert_true(cl_ssh_read_all(&reader));
        assert_true(verifies(pem, cases[i].digest, bytes));
        ssh_test_key_free(pem);
    }
}

static void writes_a_new_pair_that_it_reads_again(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = NULL;
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *other = NULL;
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    CL_AUTO(cl_buf) struct cl_buf again_blob = CL_BUF(CL_SSH_BLOB_MAX);
    CL_AUTO(cl_buf) struct cl_buf other_blob = CL_BUF(CL_SSH_BLOB_MAX);
    CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_ssh_pair_new(fake_world(fake), &pair, &err), &err);
    assert_ok(cl_ssh_pair_new(fake_world(fake), &other, &err), &err);
    assert_ok(cl_ssh_pair_text(pair, &text, &err), &err);
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *again = read_pair(cl_secret_expose(text).ptr, NULL);
    assert_ok(cl_ssh_pair_public(pair, &blob, &err), &err);
    assert_ok(cl_ssh_pair_public(again, &again_blob, &err), &err);
    assert_ok(cl_ssh_pair_public(other, &other_blob, &err), &err);
    assert_true(cl_str_eq(cl_buf_view(&blob), cl_buf_view(&again_blob)));
    assert_false(cl_str_eq(cl_buf_view(&blob), cl_buf_view(&other_blob)));
    assert_ok(cl_ssh_key_inspect(cl_secret_expose(text), NULL, &facts, &err), &err);
    assert_int_equal(facts.fault, CL_SSH_KEY_GOOD);
    assert_true(cl_str_eq(cl_buf_view(&blob), cl_str_make(facts.public_blob, facts.public_bytes)));
    fake_world_free(fake);
}

static void refuses_what_it_cannot_use(void **state)
{
    char *dsa = ssh_test_key("dsa", NULL);
    char *locked = ssh_test_key("ed25519", "open sesame");
    char *rsa = ssh_test_key("rsa-2048", NULL);
    const char *const wrong[] = {"", "rubbish", dsa, locked};
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(wrong); i++) {
        struct cl_ssh_pair *pair = NULL;
        assert_int_equal(cl_ssh_pair_read(cl_str_of(wrong[i]), NULL, &pair, &err), CL_E_INVALID);
        assert_null(pair);
    }
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = read_pair(rsa, NULL);
    assert_int_equal(cl_ssh_pair_text(pair, &text, &err), CL_E_UNSUPPORTED);
    ssh_test_key_free(rsa);
    ssh_test_key_free(locked);
    ssh_test_key_free(dsa);
}

/* Every beginning of a key, and a key with one byte changed, must be refused or read, no more. */
static void survives_a_damaged_key(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = NULL;
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_ssh_pair_new(fake_world(fake), &pair, &err), &err);
    assert_ok(cl_ssh_pair_text(pair, &text, &err), &err);
    struct cl_str whole = cl_secret_expose(text);
    for (size_t len = 0; len < whole.len; len++) {
        CL_AUTO(cl_buf) struct cl_buf damaged = CL_BUF_SECRET(4096);
        struct cl_ssh_pair *found = NULL;

        cl_buf_add(&damaged, cl_str_first(whole, len));
        cl_buf_add_char(&damaged, 'B');
        if (len % 2 == 0)
            cl_buf_add(&damaged, cl_str_skip(whole, len + 1));
        if (cl_ssh_pair_read(cl_buf_view(&damaged), NULL, &found, &err) == CL_OK)
            cl_ssh_pair_free(found);
    }
    fake_world_free(fake);
}

static void survives_the_lack_of_memory(void **state)
{
    struct fake_world *fake = fake_world_new();
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK && nth < 200) {
        CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = NULL;
        CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *again = NULL;
        CL_AUTO(cl_secret) struct cl_secret *text = NULL;
        CL_AUTO(cl_buf) struct cl_buf signature = CL_BUF(4096);
        struct cl_err err = CL_ERR_NONE;

        (void)cl_alloc_fail_at(++nth);
        code = cl_ssh_pair_new(fake_world(fake), &pair, &err);
        if (code == CL_OK)
            code = cl_ssh_pair_text(pair, &text, &err);
        if (code == CL_OK)
            code = cl_ssh_pair_read(cl_secret_expose(text), NULL, &again, &err);
        if (code == CL_OK)
            code = cl_ssh_pair_sign(again, DATA, false, &signature, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 5 && nth < 200);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_public_half_that_libssh_sees),
        cmocka_unit_test(signs_so_that_others_can_check),
        cmocka_unit_test(writes_a_new_pair_that_it_reads_again),
        cmocka_unit_test(refuses_what_it_cannot_use),
        cmocka_unit_test(survives_a_damaged_key),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
