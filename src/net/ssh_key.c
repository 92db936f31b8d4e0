#include "net/ssh_key.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/ssh_public.h"
#include "net/ssh_pair.h"

/*
 * libssh does not say why it cannot read a key. Asked without a passphrase it calls back exactly
 * when the key is encrypted; without a callback OpenSSL would prompt at the terminal.
 */
/* NOLINTNEXTLINE(readability-non-const-parameter): libssh's type */
static int note_question(const char *prompt, char *buf, size_t len, int echo, int verify,
                         void *userdata)
{
    bool *asked = (bool *)userdata;

    (void)prompt;
    (void)buf;
    (void)len;
    (void)echo;
    (void)verify;
    *asked = true;
    return -1;
}

static bool looks_public(struct cl_str text)
{
    struct cl_str first = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;
    static const char *const types[] = {"ssh-rsa", "ssh-ed25519", "ssh-dss"};

    if (cl_str_contains(text, CL_STR("PUBLIC KEY-----")) ||
        cl_str_contains(text, CL_STR("PUBLIC KEY ----")))
        return true;
    (void)cl_str_cut(text, ' ', &first, &rest);
    for (size_t i = 0; i < CL_COUNT(types); i++) {
        if (cl_str_eq_c(first, types[i]))
            return true;
    }
    return cl_str_starts(first, CL_STR("ecdsa-sha2-")) || cl_str_starts(first, CL_STR("sk-")) ||
           cl_str_ends(first, CL_STR("-cert-v01@openssh.com"));
}

static enum cl_ssh_key_fault import(const struct cl_ssh_lib *lib, struct cl_str text,
                                    const struct cl_secret *passphrase, bool *ret_encrypted,
                                    ssh_key *ret)
{
    const char *phrase = cl_secret_expose(passphrase).ptr; /* NUL-terminated, as `text` is */
    bool has_phrase = cl_secret_expose(passphrase).len > 0;
    bool asked = false;

    if (looks_public(text))
        return CL_SSH_KEY_IS_PUBLIC;
    if (lib->ssh_pki_import_privkey_base64(text.ptr, NULL, note_question, &asked, ret) == SSH_OK)
        return CL_SSH_KEY_GOOD;
    *ret_encrypted = asked;
    if (!asked)
        return CL_SSH_KEY_NOT_READABLE;
    if (!has_phrase)
        return CL_SSH_KEY_LOCKED;
    if (lib->ssh_pki_import_privkey_base64(text.ptr, phrase, note_question, &asked, ret) == SSH_OK)
        return CL_SSH_KEY_GOOD;
    return CL_SSH_KEY_WRONG_PHRASE;
}

static enum cl_code export_public(const struct cl_ssh_lib *lib, const ssh_key key,
                                  struct cl_ssh_key_facts *facts, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf blob = CL_BUF(CL_SSH_BLOB_MAX);
    char *base64 = NULL;

    if (lib->ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return cl_err_no_memory(err);
    enum cl_code code = cl_base64_decode(cl_str_of(base64), CL_BASE64_STANDARD, &blob, err);
    lib->ssh_string_free_char(base64);
    CL_TRY(code);
    facts->public_bytes = blob.len;
    return cl_buf_take(&blob, &facts->public_blob, err);
}

/* Of an Ed25519 key in PKCS#8 libssh reads only the private half. In OpenSSH's form it has both. */
static enum cl_code convert(const struct cl_ssh_lib *lib, struct cl_str text,
                            const struct cl_secret *passphrase, ssh_key *key, struct cl_err *err)
{
    CL_AUTO(cl_ssh_pair) struct cl_ssh_pair *pair = NULL;
    CL_AUTO(cl_secret) struct cl_secret *own_form = NULL;
    bool encrypted = false;

    CL_TRY(cl_ssh_pair_read(text, passphrase, &pair, err));
    CL_TRY(cl_ssh_pair_text(pair, &own_form, err));
    lib->ssh_key_free(*key);
    *key = NULL;
    if (import(lib, cl_secret_expose(own_form), NULL, &encrypted, key) != CL_SSH_KEY_GOOD)
        return cl_err_no_memory(err);
    return CL_OK;
}

enum cl_code cl_ssh_key_read(const struct cl_ssh_lib *lib, struct cl_str text,
                             const struct cl_secret *passphrase, ssh_key *ret,
                             struct cl_ssh_key_facts *ret_facts, struct cl_err *err)
{
    struct cl_ssh_key_facts facts = {.fault = CL_SSH_KEY_GOOD};
    enum cl_code code = CL_OK;
    ssh_key key = NULL;

    facts.fault = import(lib, text, passphrase, &facts.encrypted, &key);
    bool good = facts.fault == CL_SSH_KEY_GOOD;
    if (good && lib->ssh_key_type(key) == SSH_KEYTYPE_ED25519 &&
        !cl_str_starts(text, CL_STR("-----BEGIN OPENSSH")))
        code = convert(lib, text, passphrase, &key, err);
    if (good && code == CL_OK)
        code = export_public(lib, key, &facts, err);
    if (code != CL_OK) {
        lib->ssh_key_free(key); /* NULL is fine */
        return code;
    }
    *ret = key;
    *ret_facts = facts;
    return CL_OK;
}

enum cl_code cl_ssh_key_inspect(struct cl_str text, const struct cl_secret *passphrase,
                                struct cl_ssh_key_facts *ret, struct cl_err *err)
{
    const struct cl_ssh_lib *lib = NULL;
    ssh_key key = NULL;

    CL_TRY(cl_ssh_lib_get(&lib, err));
    CL_TRY(cl_ssh_key_read(lib, text, passphrase, &key, ret, err));
    lib->ssh_key_free(key);
    return CL_OK;
}

enum cl_code cl_ssh_key_refuse(enum cl_ssh_key_fault fault, struct cl_err *err)
{
    switch (fault) {
    case CL_SSH_KEY_IS_PUBLIC:
        return cl_err_set(err, CL_E_INVALID, "this is a public key; the private one is needed");
    case CL_SSH_KEY_LOCKED:
        return cl_err_set(err, CL_E_INVALID, "the private key is encrypted and needs a passphrase");
    case CL_SSH_KEY_WRONG_PHRASE:
        return cl_err_set(err, CL_E_INVALID, "the passphrase does not open the private key");
    case CL_SSH_KEY_NOT_READABLE:
    case CL_SSH_KEY_GOOD: break;
    }
    return cl_err_set(err, CL_E_INVALID, "the text is no private key that can be read");
}

void cl_ssh_key_facts_cleanup(struct cl_ssh_key_facts *facts)
{
    cl_free(facts->public_blob);
    *facts = (struct cl_ssh_key_facts){.fault = CL_SSH_KEY_GOOD};
}
