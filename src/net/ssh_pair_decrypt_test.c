#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/library.h"
#include "codec/ssh_public.h"
#include "codec/ssh_wire.h"
#include "fake_world.h"
#include "net/ssh_lib.h"
#include "net/ssh_pair_internal.h"
#include "temp_dir.h"
#include "test.h"

/* Encrypted keys in OpenSSH's own form, written by libssh; test_hyperai.py has ssh-keygen's. */

static int no_question(const char *prompt, char *buf, size_t len, int echo, int verify, void *ctx)
{
    (void)prompt;
    (void)buf;
    (void)len;
    (void)echo;
    (void)verify;
    (void)ctx;
    return -1;
}

struct locked_key {
    struct fake_world *fake;
    struct cl_ssh_pair *pair;
    struct cl_secret *phrase;
    char text[8192];
};

/* By way of a file: libssh's other export looks for an end of string behind its text. */
static void export_locked(const ssh_key found, struct locked_key *key)
{
    __typeof__(ssh_pki_export_privkey_file) *export_key = NULL;
    struct cl_err err = CL_ERR_NONE;
    char *folder = temp_dir_new();
    char *path = temp_path(folder, "key");
    void *library = NULL;

    assert_ok(cl_library_open("libssh.so.4", "libssh-4", &library, &err), &err);
    assert_ok(cl_library_find(library, "ssh_pki_export_privkey_file", &export_key,
                              sizeof(export_key), &err),
              &err);
    assert_int_equal(export_key(found, "open sesame", NULL, NULL, path), SSH_OK);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t got = fread(key->text, 1, sizeof(key->text) - 1, file);
    (void)fclose(file);
    key->text[got] = '\0';
    free(path);
    temp_dir_remove(folder);
}

static void locked_key_init(struct locked_key *key)
{
    CL_AUTO(cl_secret) struct cl_secret *text = NULL;
    const struct cl_ssh_lib *lib = NULL;
    struct cl_err err = CL_ERR_NONE;
    ssh_key found = NULL;

    *key = (struct locked_key){.fake = fake_world_new()};
    assert_ok(cl_secret_new(CL_STR("open sesame"), &key->phrase, &err), &err);
    assert_ok(cl_ssh_pair_new(fake_world(key->fake), &key->pair, &err), &err);
    assert_ok(cl_ssh_pair_text(key->pair, &text, &err), &err);
    assert_ok(cl_ssh_lib_get(&lib, &err), &err);
    assert_int_equal(lib->ssh_pki_import_privkey_base64(cl_secret_expose(text).ptr, NULL,
                                                        no_question, NULL, &found),
                     SSH_OK);
    export_locked(found, key);
    lib->ssh_key_free(found);
}

static void locked_key_cleanup(struct locked_key *key)
{
    cl_secret_free(key->phrase);
    cl_ssh_pair_free(key->pair);
    fake_world_free(key->fake);
}

static void opens_what_libssh_has_locked(void **state)
{
    struct locked_key key;
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *opened = NULL;
    CL_AUTO(cl_buf) struct cl_buf before = CL_BUF(CL_SSH_BLOB_MAX);
    CL_AUTO(cl_buf) struct cl_buf after = CL_BUF(CL_SSH_BLOB_MAX);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    locked_key_init(&key);
    assert_ok(cl_ssh_pair_read(cl_str_of(key.text), key.phrase, &opened, &err), &err);
    assert_ok(cl_ssh_pair_public(key.pair, &before, &err), &err);
    assert_ok(cl_ssh_pair_public(opened, &after, &err), &err);
    assert_true(cl_str_eq(cl_buf_view(&before), cl_buf_view(&after)));
    locked_key_cleanup(&key);
}

static void says_why_it_cannot_open_a_key(void **state)
{
    struct locked_key key;
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *opened = NULL;
    CL_AUTO(cl_secret) struct cl_secret *wrong = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    locked_key_init(&key);
    assert_ok(cl_secret_new(CL_STR("close sesame"), &wrong, &err), &err);
    assert_int_equal(cl_ssh_pair_read(cl_str_of(key.text), NULL, &opened, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "needs a passphrase"));
    assert_int_equal(cl_ssh_pair_read(cl_str_of(key.text), wrong, &opened, &err), CL_E_INVALID);
    assert_non_null(strstr(err.text, "does not open"));
    locked_key_cleanup(&key);
}

/* salt "salt", some rounds */
#define OPTIONS(rounds) CL_STR("\0\0\0\4salt\0\0" rounds)

static void refuses_what_it_does_not_know(void **state)
{
    const struct {
        struct cl_ssh_locked locked;
        enum cl_code code;
        const char *word;
    } cases[] = {
        {{CL_STR("aes256-ctr"), CL_STR("bcrypt"), OPTIONS("\0\1"), CL_STR("0123456789abcdef")},
         CL_OK,
         NULL},
        {{CL_STR("aes128-cbc"), CL_STR("bcrypt"), OPTIONS("\0\1"), CL_STR("0123456789abcdef")},
         CL_OK,
         NULL},
        {{CL_STR("rot13"), CL_STR("bcrypt"), OPTIONS("\0\1"), CL_STR("")},
         CL_E_UNSUPPORTED,
         "cipher"},
        {{CL_STR("aes256-ctr"), CL_STR("none"), OPTIONS("\0\1"), CL_STR("")},
         CL_E_UNSUPPORTED,
         "derivation"},
        {{CL_STR("aes256-ctr"), CL_STR("bcrypt"), OPTIONS("\5\0"), CL_STR("")},
         CL_E_UNSUPPORTED,
         "rounds"},
        {{CL_STR("aes256-ctr"), CL_STR("bcrypt"), OPTIONS("\0\0"), CL_STR("")},
         CL_E_INVALID,
         "damaged"},
        {{CL_STR("aes256-ctr"), CL_STR("bcrypt"), CL_STR("\0\0\0\4sal"), CL_STR("")},
         CL_E_INVALID,
         "damaged"},
        {{CL_STR("aes256-ctr"), CL_STR("bcrypt"), OPTIONS("\0\1"), CL_STR("0123456789abcde")},
         CL_E_INVALID,
         "damaged"},
    };
    CL_AUTO(cl_secret) struct cl_secret *phrase = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_secret_new(CL_STR("open sesame"), &phrase, &err), &err);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf part = CL_BUF_SECRET(4096);

        err = CL_ERR_NONE;
        assert_int_equal(cl_ssh_pair_decrypt(&cases[i].locked, phrase, &part, &err), cases[i].code);
        if (cases[i].word != NULL && strstr(err.text, cases[i].word) == NULL)
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void survives_the_lack_of_memory(void **state)
{
    struct locked_key key;
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    locked_key_init(&key);
    while (code != CL_OK && nth < 30) {
        CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *opened = NULL;
        struct cl_err err = CL_ERR_NONE;

        (void)cl_alloc_fail_at(++nth);
        code = cl_ssh_pair_read(cl_str_of(key.text), key.phrase, &opened, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 3 && nth < 30);
    locked_key_cleanup(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_libssh_has_locked),
        cmocka_unit_test(says_why_it_cannot_open_a_key),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
