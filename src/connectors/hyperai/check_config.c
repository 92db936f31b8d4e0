#include "base/alloc.h"
#include "codec/ssh_public.h"
#include "connectors/hyperai/hosts.h"
#include "connectors/hyperai/login.h"
#include "connectors/hyperai/ops.h"

/* Rules that a schema cannot say. */

#define USERNAME_MAX 32
#define RSA_BITS_MIN 2048
#define RSA_BITS_GOOD 3072

static enum cl_code invalid(struct cl_err *err, const char *attr, const char *why)
{
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s' %s", attr, why);
}

/* --- user ---------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_username(struct cl_str name)
{
    if (cl_str_ends(name, CL_STR("$")))
        name.len--;
    if (name.len == 0 || name.len > USERNAME_MAX || !is_letter(name.ptr[0]))
        return false;
    for (size_t i = 1; i < name.len; i++) {
        char c = name.ptr[i];
        if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '.' && c != '-')
            return false;
    }
    return true;
}

/* --- the key ------------------------------------------------------------------------------- */

/* Which attributes hold a key and its passphrase. */
struct key_attrs {
    const char *key;
    const char *phrase;
};

static const struct key_attrs login_attrs = {"base64_ssh_key", "ssh_passphrase"};
static const struct key_attrs authority_attrs = {"ca_key", "ca_key_passphrase"};

static const struct {
    enum cl_ssh_kind kind;
    const char *name;
    const char *method;
} kinds[] = {
    {CL_SSH_RSA, "RSA", HYPERAI_RSA},
    {CL_SSH_ECDSA, "ECDSA", HYPERAI_ECDSA},
    {CL_SSH_ED25519, "Ed25519", HYPERAI_ED25519},
};

static enum cl_code refuse_dsa(struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_METHOD_UNSUPPORTED,
                     "DSA keys cannot be used: OpenSSH has refused them since version 7.0 and has "
                     "removed them, and so have the other SSH programs");
    return cl_err_hint(err, "Make a new key with: ssh-keygen -t ed25519");
}

static enum cl_code check_fault(const struct key_attrs *attrs, enum cl_ssh_key_fault fault,
                                struct cl_err *err)
{
    switch (fault) {
    case CL_SSH_KEY_GOOD: return CL_OK;
    case CL_SSH_KEY_IS_PUBLIC:
        (void)invalid(err, attrs->key, "holds a public key; the private one belongs there");
        return cl_err_hint(err, "It is the file without .pub behind its name.");
    case CL_SSH_KEY_LOCKED:
        (void)cl_err_set(err, CL_E_MISSING_ATTRIBUTE,
                         "attribute '%s' is missing: the private key is encrypted", attrs->phrase);
        return cl_err_hint(err, "Give it with --%s=@FILE, @- or @env:NAME.", attrs->phrase);
    case CL_SSH_KEY_WRONG_PHRASE:
        return invalid(err, attrs->phrase, "does not open the private key");
    case CL_SSH_KEY_NOT_READABLE: break;
    }
    (void)invalid(err, attrs->key, "holds no private key that can be read");
    return cl_err_hint(err, "PEM (PKCS#1, SEC1, PKCS#8) and OpenSSH's own form can be.");
}

static enum cl_code check_bits(const char *attr, const struct cl_ssh_public *key,
                               struct cl_strs *warnings, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(128);

    if (key->kind != CL_SSH_RSA || key->bits >= RSA_BITS_GOOD)
        return CL_OK;
    if (key->bits < RSA_BITS_MIN) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute '%s' holds an RSA key of %d bits; at least %d are needed",
                          attr, key->bits, RSA_BITS_MIN);
    }
    if (warnings == NULL)
        return CL_OK;
    cl_buf_addf(&text, "the RSA key has %d bits; %d or an Ed25519 key are advised", key->bits,
                RSA_BITS_GOOD);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(warnings, cl_buf_view(&text), err);
}

static enum cl_code check_kind(const struct cl_connector *conn, const struct cl_ssh_public *key,
                               struct cl_err *err)
{
    if (key->kind == CL_SSH_DSA)
        return refuse_dsa(err);
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (kinds[i].kind != key->kind || strcmp(conn->method->id, kinds[i].method) == 0 ||
            strcmp(conn->method->id, HYPERAI_ANY_KEY) == 0 ||
            strcmp(conn->method->id, HYPERAI_CERTIFICATE) == 0)
            continue;
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute 'base64_ssh_key' holds an %s key: use auth method %s or %s",
                          kinds[i].name, kinds[i].method, HYPERAI_ANY_KEY);
    }
    return CL_OK;
}

static enum cl_code check_facts(const struct cl_connector *conn, const struct key_attrs *attrs,
                                const struct cl_ssh_key_facts *facts, struct cl_strs *warnings,
                                struct cl_err *err)
{
    const struct cl_secret *phrase = cl_config_secret(&conn->config, attrs->phrase);
    struct cl_ssh_public key = {.bits = 0};
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(check_fault(attrs, facts->fault, err));
    if (cl_ssh_public_parse(cl_str_make(facts->public_blob, facts->public_bytes), &key, &why) !=
        CL_OK)
        return invalid(err, attrs->key, "holds a key of a type that cannot be used");
    CL_TRY(check_kind(conn, &key, err));
    CL_TRY(check_bits(attrs->key, &key, warnings, err));
    if (warnings == NULL || facts->encrypted || phrase == NULL)
        return CL_OK;
    return cl_strs_add(warnings,
                       CL_STR("the private key is not encrypted: its passphrase is of no "
                              "use"),
                       err);
}

static enum cl_code check_key(const struct cl_connector *conn, const struct key_attrs *attrs,
                              struct cl_strs *warnings, struct cl_err *err)
{
    CL_AUTO(hyperai_login) struct hyperai_login login = {.key = NULL};
    CL_AUTO(cl_ssh_key_facts) struct cl_ssh_key_facts facts = {.encrypted = false};

    if (cl_config_secret(&conn->config, attrs->key) == NULL)
        return CL_OK;
    CL_TRY(hyperai_login_open_key(conn, attrs->key, &login, err));
    CL_TRY(cl_ssh_key_inspect(cl_secret_expose(login.key), login.login.passphrase, &facts, err));
    return check_facts(conn, attrs, &facts, warnings, err);
}

enum cl_code hyperai_check_config(const struct cl_connector *conn, struct cl_strs *warnings,
                                  struct cl_err *err)
{
    CL_AUTO(hyperai_hosts) struct hyperai_hosts hosts = {.items = NULL};

    if (strcmp(conn->method->id, HYPERAI_DSA) == 0)
        return refuse_dsa(err);
    if (!is_username(cl_config_text(&conn->config, "username"))) {
        return invalid(
            err, "username",
            "must be a login name: letters, digits and _ . -, a letter first, at most 32");
    }
    CL_TRY(hyperai_hosts_of(conn, NULL, &hosts, err));
    if (strcmp(conn->method->id, HYPERAI_CERTIFICATE) != 0)
        return check_key(conn, &login_attrs, warnings, err);
    CL_TRY(check_key(conn, &authority_attrs, warnings, err));
    return hyperai_check_certificate(conn, err);
}
