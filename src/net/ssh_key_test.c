#include "net/ssh_key.h"

#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "ssh_test_key.h"
#include "test.h"

static struct cl_secret *phrase_of(const char *text)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (text != NULL)
        assert_ok(cl_secret_new(cl_str_of(text), &secret, &err), &err);
    return secret;
}

static void knows_the_type_of_every_key(void **state)
{
    static const struct {
        const char *kind;
        enum cl_ssh_kind is;
        int bits;
    } cases[] = {
        {"ed25519", CL_SSH_ED25519, 256}, {"ec-256", CL_SSH_ECDSA, 256},
        {"ec-384", CL_SSH_ECDSA, 384},    {"ec-521", CL_SSH_ECDSA, 521},
        {"rsa-2048", CL_SSH_RSA, 2048},   {"dsa", CL_SSH_DSA, 1024},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = true};
        struct cl_ssh_public key = {.bits = 0};
        struct cl_err err = CL_ERR_NONE;
        char *pem = ssh_test_key(cases[i].kind, NULL);

        assert_ok(cl_ssh_key_inspect(cl_str_of(pem), NULL, &facts, &err), &err);
        assert_int_equal(facts.fault, CL_SSH_KEY_GOOD);
        assert_false(facts.encrypted);
        assert_ok(
            cl_ssh_public_parse(cl_str_make(facts.public_blob, facts.public_bytes), &key, &err),
            &err);
        assert_int_equal(key.kind, cases[i].is);
        assert_int_equal(key.bits, cases[i].bits);
        ssh_test_key_free(pem);
    }
}

static void says_what_is_wrong_with_a_passphrase(void **state)
{
    static const struct {
        const char *passphrase;
        enum cl_ssh_key_fault fault;
    } cases[] = {
        {NULL, CL_SSH_KEY_LOCKED},
        {"", CL_SSH_KEY_LOCKED},
        {"wrong", CL_SSH_KEY_WRONG_PHRASE},
        {"open sesame", CL_SSH_KEY_GOOD},
    };
    char *pem = ssh_test_key("ed25519", "open sesame");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = false};
        CL_AUTO(cl_secret) struct cl_secret *phrase = phrase_of(cases[i].passphrase);
        struct cl_err err = CL_ERR_NONE;

        assert_ok(cl_ssh_key_inspect(cl_str_of(pem), phrase, &facts, &err), &err);
        assert_int_equal(facts.fault, cases[i].fault);
        assert_true(facts.encrypted);
        assert_int_equal(facts.public_blob != NULL, cases[i].fault == CL_SSH_KEY_GOOD);
    }
    ssh_test_key_free(pem);
}

static void tells_public_keys_from_rubbish(void **state)
{
    static const struct {
        const char *text;
        enum cl_ssh_key_fault fault;
    } cases[] = {
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here", CL_SSH_KEY_IS_PUBLIC},
        {"ecdsa-sha2-nistp256 AAAA", CL_SSH_KEY_IS_PUBLIC},
        {"ssh-rsa-cert-v01@openssh.com AAAA", CL_SSH_KEY_IS_PUBLIC},
        {"sk-ssh-ed25519@openssh.com AAAA", CL_SSH_KEY_IS_PUBLIC},
        {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", CL_SSH_KEY_IS_PUBLIC},
        {"---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n", CL_SSH_KEY_IS_PUBLIC},
        {"", CL_SSH_KEY_NOT_READABLE},
        {"rubbish", CL_SSH_KEY_NOT_READABLE},
        {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", CL_SSH_KEY_NOT_READABLE},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = false};
        struct cl_err err = CL_ERR_NONE;
        struct cl_err refusal = CL_ERR_NONE;

        assert_ok(cl_ssh_key_inspect(cl_str_of(cases[i].text), NULL, &facts, &err), &err);
        assert_int_equal(facts.fault, cases[i].fault);
        assert_int_equal(cl_ssh_key_refuse(facts.fault, &refusal), CL_E_INVALID);
    }
}

static void refuses_each_fault_in_words_of_its_own(void **state)
{
    static const enum cl_ssh_key_fault faults[] = {CL_SSH_KEY_IS_PUBLIC, CL_SSH_KEY_NOT_READABLE,
                                                   CL_SSH_KEY_LOCKED, CL_SSH_KEY_WRONG_PHRASE};
    struct cl_err before = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(faults); i++) {
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_ssh_key_refuse(faults[i], &err), CL_E_INVALID);
        assert_string_not_equal(err.text, before.text);
        before = err;
    }
}

static void survives_the_lack_of_memory(void **state)
{
    char *pem = ssh_test_key("ed25519", NULL);
    struct cl_err err = CL_ERR_NONE;
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK && nth < 100) {
        struct cl_ssh_key_facts facts = {.encrypted = false};
        (void)cl_alloc_fail_at(++nth);
        code = cl_ssh_key_inspect(cl_str_of(pem), NULL, &facts, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
        cl_ssh_key_facts_cleanup(&facts);
    }
    assert_true(nth > 1 && nth < 100);
    ssh_test_key_free(pem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_type_of_every_key),
        cmocka_unit_test(says_what_is_wrong_with_a_passphrase),
        cmocka_unit_test(tells_public_keys_from_rubbish),
        cmocka_unit_test(refuses_each_fault_in_words_of_its_own),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
