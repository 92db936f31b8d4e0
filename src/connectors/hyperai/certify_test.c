#include "connectors/hyperai/certify.h"

#include "base/alloc.h"
#include "clouds/ssh/certificate.h"
#include "codec/base64.h"
#include "connectors/hyperai/login.h"
#include "hyperai_harness.h"

static void authority_init(struct hyperai_harness *harness, const char *kind)
{
    char *pem = ssh_test_key(kind, NULL);

    hyperai_harness_init(harness);
    set_method(harness, HYPERAI_CERTIFICATE);
    set_secret(harness, "ca_key", pem);
    cl_config_remove(&harness->conn.config, "base64_ssh_key");
    ssh_test_key_free(pem);
}

static void certifies_a_new_key_each_time(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(hyperai_certified) struct hyperai_certified first = {.key = NULL};
    CL_AUTO(hyperai_certified) struct hyperai_certified second = {.key = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    authority_init(&harness, "ed25519");
    assert_ok(hyperai_certify(&harness.call, &harness.conn, 900, HYPERAI_FOR_CLIENTS, &first, &err),
              &err);
    fake_advance_ms(harness.fake, 1);
    assert_ok(
        hyperai_certify(&harness.call, &harness.conn, 900, HYPERAI_FOR_CLIENTS, &second, &err),
        &err);
    assert_false(cl_secret_eq(first.key, second.key));
    assert_string_not_equal(first.certificate, second.certificate);
    assert_true(second.serial > first.serial);
    assert_int_equal(first.expires_at, FAKE_START_AT + 900);
    hyperai_harness_cleanup(&harness);
}

/* Does the certificate hold these bytes? Its names stand in it as they are. */
static bool holds(const char *certificate, const char *word)
{
    CL_AUTO(cl_buf) struct cl_buf bytes = CL_BUF(SSH_CERTIFICATE_MAX);
    struct cl_str type = CL_STR_NONE;
    struct cl_str blob = CL_STR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)cl_str_cut(cl_str_of(certificate), ' ', &type, &blob);
    assert_ok(cl_base64_decode(blob, CL_BASE64_STANDARD, &bytes, &err), &err);
    return memmem(bytes.ptr, bytes.len, word, strlen(word)) != NULL;
}

static void permits_a_terminal_unless_something_else_is_said(void **state)
{
    static const struct {
        const char *extensions; /* NULL: nothing is said */
        bool terminal;
        bool forwarding;
    } cases[] = {
        {NULL, true, false},
        {"", false, false}, /* said: nothing at all */
        {"permit-port-forwarding\n", false, true},
        {"permit-pty\npermit-port-forwarding\n", true, true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(hyperai_certified) struct hyperai_certified certified = {.key = NULL};
        struct cl_err err = CL_ERR_NONE;

        authority_init(&harness, "ed25519");
        if (cases[i].extensions != NULL)
            set_list(&harness, "extensions", cases[i].extensions);
        assert_ok(hyperai_certify(&harness.call, &harness.conn, 60, HYPERAI_FOR_CLIENTS, &certified,
                                  &err),
                  &err);
        assert_int_equal(holds(certified.certificate, "permit-pty"), cases[i].terminal);
        assert_int_equal(holds(certified.certificate, "permit-port-forwarding"),
                         cases[i].forwarding);
        hyperai_harness_cleanup(&harness);
    }
}

/* Where the verification comes from need not be where the logins may come from. */
static void limits_the_origin_only_of_what_it_issues(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(hyperai_certified) struct hyperai_certified issued = {.key = NULL};
    struct hyperai_login proof = {.key = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    authority_init(&harness, "ed25519");
    set_list(&harness, "source_address", "10.0.0.0/8\n");
    assert_ok(hyperai_certify(&harness.call, &harness.conn, 60, HYPERAI_FOR_CLIENTS, &issued, &err),
              &err);
    assert_true(holds(issued.certificate, "source-address"));
    assert_ok(hyperai_login_open(&harness.call, &harness.conn, &proof, &err), &err);
    assert_false(holds(proof.certified.certificate, "source-address"));
    assert_true(holds(proof.certified.certificate, "permit-pty"));
    hyperai_login_cleanup(&proof);
    hyperai_harness_cleanup(&harness);
}

static void issues_what_ends(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_issue_request request = {.type = instance_type(), .id = "gpu1", .ttl_s = 300};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    authority_init(&harness, "ec-384");
    assert_ok(hyperai_issue(&harness.call, &harness.conn, &request, &issued, &err), &err);
    assert_false(issued.long_lived);
    assert_int_equal(issued.expires_at, FAKE_START_AT + 300);
    assert_string_equal(issued.auth_method, HYPERAI_CERTIFICATE);
    assert_true(cl_str_starts(cl_config_text(&issued.config, "certificate"),
                              CL_STR("ssh-ed25519-cert-v01@openssh.com ")));
    assert_non_null(cl_config_secret(&issued.config, "base64_ssh_key"));
    assert_null(cl_config_secret(&issued.config, "ca_key"));
    assert_true(cl_str_starts(cl_str_of(issued.fingerprint), CL_STR("serial ")));
    assert_int_equal(harness.visits, 0);
    hyperai_harness_cleanup(&harness);
}

static void proves_itself_with_a_certificate(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_scope whole = {.type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    authority_init(&harness, "rsa-2048");
    assert_ok(hyperai_verify(&harness.call, &harness.conn, &whole, &verified, &err), &err);
    assert_int_equal(harness.visits, 1);
    hyperai_harness_cleanup(&harness);
}

static void names_what_is_wrong_with_an_attribute(void **state)
{
    static const struct {
        const char *attr;
        const char *value; /* lines of a list; NULL list: text */
        bool list;
        enum cl_code code;
    } cases[] = {
        {"principals", "ml\nops-team\n", true, CL_OK},
        {"principals", "a b\n", true, CL_E_INVALID_ATTRIBUTE},
        {"principals", "a,b\n", true, CL_E_INVALID_ATTRIBUTE},
        {"extensions", "permit-pty\npermit-port-forwarding\n", true, CL_OK},
        {"extensions", "permit-everything\n", true, CL_E_INVALID_ATTRIBUTE},
        {"source_address", "10.0.0.0/8\nfd00::/8\n", true, CL_OK},
        {"source_address", "example.com\n", true, CL_E_INVALID_ATTRIBUTE},
        {"source_address", "127.0.0.1/8\n", true, CL_E_INVALID_ATTRIBUTE},
        {"force_command", "nvidia-smi -L", false, CL_OK},
        {"force_command", "one\ntwo", false, CL_E_INVALID_ATTRIBUTE},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(hyperai_certified) struct hyperai_certified certified = {.key = NULL};
        struct cl_err err = CL_ERR_NONE;

        authority_init(&harness, "ed25519");
        (cases[i].list ? set_list : set_text)(&harness, cases[i].attr, cases[i].value);
        assert_int_equal(hyperai_check_config(&harness.conn, NULL, &err), cases[i].code);
        if (cases[i].code != CL_OK)
            assert_non_null(strstr(err.text, cases[i].attr));
        /* What is refused here is not looked at again when a certificate is signed. */
        assert_int_equal(hyperai_certify(&harness.call, &harness.conn, 60, HYPERAI_FOR_CLIENTS,
                                         &certified, &err),
                         CL_OK);
        hyperai_harness_cleanup(&harness);
    }
}

static void names_the_authority_whose_key_cannot_be_used(void **state)
{
    char *locked = ssh_test_key("ed25519", "open sesame");
    const struct {
        const char *key;
        const char *phrase;
        enum cl_code code;
        const char *word;
    } cases[] = {
        {locked, NULL, CL_E_MISSING_ATTRIBUTE, "'ca_key_passphrase'"},
        {locked, "wrong", CL_E_INVALID_ATTRIBUTE, "'ca_key_passphrase'"},
        {locked, "open sesame", CL_OK, NULL},
        {HARNESS_KEY_A, NULL, CL_E_INVALID_ATTRIBUTE, "public key"},
        {"rubbish", NULL, CL_E_INVALID_ATTRIBUTE, "'ca_key'"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        struct cl_err err = CL_ERR_NONE;

        authority_init(&harness, "ed25519");
        set_secret(&harness, "ca_key", cases[i].key);
        if (cases[i].phrase != NULL)
            set_secret(&harness, "ca_key_passphrase", cases[i].phrase);
        assert_int_equal(hyperai_check_config(&harness.conn, NULL, &err), cases[i].code);
        if (cases[i].word != NULL)
            assert_non_null(strstr(err.text, cases[i].word));
        hyperai_harness_cleanup(&harness);
    }
    ssh_test_key_free(locked);
}

static void survives_the_lack_of_memory(void **state)
{
    struct hyperai_harness harness;
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    authority_init(&harness, "ed25519");
    while (code != CL_OK && nth < 500) {
        CL_AUTO(hyperai_certified) struct hyperai_certified certified = {.key = NULL};
        struct cl_err err = CL_ERR_NONE;
        (void)cl_alloc_fail_at(++nth);
        code = hyperai_certify(&harness.call, &harness.conn, 60, HYPERAI_FOR_CLIENTS, &certified,
                               &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 10 && nth < 500);
    hyperai_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certifies_a_new_key_each_time),
        cmocka_unit_test(permits_a_terminal_unless_something_else_is_said),
        cmocka_unit_test(limits_the_origin_only_of_what_it_issues),
        cmocka_unit_test(issues_what_ends),
        cmocka_unit_test(proves_itself_with_a_certificate),
        cmocka_unit_test(names_what_is_wrong_with_an_attribute),
        cmocka_unit_test(names_the_authority_whose_key_cannot_be_used),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
