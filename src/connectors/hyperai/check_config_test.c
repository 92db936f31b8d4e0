#include "hyperai_harness.h"

static void names_what_is_wrong_with_a_text(void **state)
{
    static const struct {
        const char *attr;
        const char *value; /* lists: lines */
        bool list;
        enum cl_code code;
        const char *word;
    } cases[] = {
        {"username", "ml-user.7$", false, CL_OK, NULL},
        {"username", "", false, CL_E_INVALID_ATTRIBUTE, "'username'"},
        {"username", "-oProxyCommand=x", false, CL_E_INVALID_ATTRIBUTE, "'username'"},
        {"username", "a b", false, CL_E_INVALID_ATTRIBUTE, "'username'"},
        {"username", "7up", false, CL_E_INVALID_ATTRIBUTE, "'username'"},
        {"username", "abcdefghijklmnopqrstuvwxyzabcdefg", false, CL_E_INVALID_ATTRIBUTE, "32"},
        {"port", "0", false, CL_E_INVALID_ATTRIBUTE, "'port'"},
        {"port", "65536", false, CL_E_INVALID_ATTRIBUTE, "'port'"},
        {"port", "2222", false, CL_OK, NULL},
        {"hostnames", "gpu1\ngpu2:2222\n", true, CL_OK, NULL},
        {"hostnames", "", true, CL_E_INVALID_ATTRIBUTE, "'hostnames'"},
        {"hostnames", "gpu1\nroot@gpu2\n", true, CL_E_INVALID_ATTRIBUTE, "entry 2"},
        {"hostnames", "gpu1\ngpu2\nGPU1.\n", true, CL_E_INVALID_ATTRIBUTE, "entries 1 and 3"},
        {"host_keys", "gpu1 " HARNESS_KEY_A "\ngpu1 " HARNESS_KEY_B "\n", true, CL_OK, NULL},
        {"host_keys", "# a comment\n@revoked gpu1 " HARNESS_KEY_A "\n", true, CL_OK, NULL},
        {"host_keys", "@cert-authority * " HARNESS_KEY_A "\n", true, CL_E_INVALID_ATTRIBUTE,
         "line 1"},
        {"host_keys", "@cert-authority other " HARNESS_KEY_A "\n", true, CL_OK, NULL},
        {"host_keys", "other sk-rubbish AAAA\n", true, CL_OK, NULL},
        {"host_keys", "gpu1 ssh-rsa AAAA\n", true, CL_E_INVALID_ATTRIBUTE, "line 1"},
        {"host_keys", "gpu1\n", true, CL_E_INVALID_ATTRIBUTE, "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        if (cases[i].list) {
            set_list(&harness, cases[i].attr, cases[i].value);
        } else {
            set_text(&harness, cases[i].attr, cases[i].value);
        }
        enum cl_code code = hyperai_check_config(&harness.conn, NULL, &err);
        if (code != cases[i].code)
            fail_msg("%s=%s: %s", cases[i].attr, cases[i].value, err.text);
        if (cases[i].word != NULL)
            assert_non_null(strstr(err.text, cases[i].word));
        hyperai_harness_cleanup(&harness);
    }
}

/* A whole known_hosts file may be given; what it says of other hosts is nobody's business here. */
static void keeps_the_lines_of_its_own_hosts(void **state)
{
    static const struct {
        const char *lines;
        enum cl_code code;
        size_t kept;
        const char *word;
    } cases[] = {
        {"gpu1 " HARNESS_KEY_A "\ngpu2 " HARNESS_KEY_B "\n# gpu1\n\n", CL_OK, 1, NULL},
        {"other " HARNESS_KEY_A "\n", CL_OK, 0, NULL},
        {"|1|Q/XNdwaZ47/8LHuWlHqB/NwZGlw=|61ZfrAtvyzQoYGxUf3EXcIq6cI8= " HARNESS_KEY_A "\n", CL_OK,
         1, NULL},
        {"[gpu3]:2222 " HARNESS_KEY_A "\ngpu3 " HARNESS_KEY_A "\n", CL_OK, 1, NULL},
        {"@revoked * " HARNESS_KEY_A "\n@cert-authority *.org " HARNESS_KEY_A "\n", CL_OK, 1, NULL},
        {"@cert-authority * " HARNESS_KEY_A "\n", CL_E_INVALID_ATTRIBUTE, 0, "line 1"},
        {"other\n@what other x y\n|1|x|y z\nother ssh-rsa AAAA\nother \xff\n", CL_OK, 0, NULL},
        {"other\n\n# no\ngpu1 ssh-rsa\n", CL_E_INVALID_ATTRIBUTE, 0, "'host_keys', line 4"},
        {"other\n@what gpu1 " HARNESS_KEY_A "\n", CL_E_INVALID_ATTRIBUTE, 0, "line 2"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        const struct cl_attr *attr = NULL;
        CL_AUTO(cl_strs) struct cl_strs kept = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        attr = cl_method_attr(harness.conn.method, CL_STR("host_keys"));
        set_list(&harness, "hostnames", "gpu1\ngpu.example.com\ngpu3:2222\n");
        set_list(&harness, "host_keys", cases[i].lines);
        enum cl_code code = attr->keep(
            &harness.conn.config, cl_config_list(&harness.conn.config, "host_keys"), &kept, &err);
        if (code != cases[i].code || (code == CL_OK && kept.count != cases[i].kept))
            fail_msg("case %zu: %zu kept, %s", i, kept.count, err.text);
        if (cases[i].word != NULL)
            assert_non_null(strstr(err.text, cases[i].word));
        hyperai_harness_cleanup(&harness);
    }
}

/* None is left out: the last might be the one that is revoked. */
static void refuses_more_pins_than_it_keeps(void **state)
{
    static const struct {
        const char *host;
        size_t count;
        enum cl_code code;
    } cases[] = {
        {"gpu1", 64, CL_OK},
        {"gpu1", 65, CL_E_INVALID_ATTRIBUTE},
        {"other", 65, CL_OK},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_buf) struct cl_buf lines = CL_BUF(16384);
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        for (size_t j = 0; j + 1 < cases[i].count; j++)
            cl_buf_addf(&lines, "%s " HARNESS_KEY_A "\n", cases[i].host);
        cl_buf_addf(&lines, "@revoked %s " HARNESS_KEY_B "\n", cases[i].host);
        set_list(&harness, "host_keys", lines.ptr);
        assert_int_equal(hyperai_check_config(&harness.conn, NULL, &err), cases[i].code);
        if (cases[i].code != CL_OK) {
            assert_non_null(strstr(err.text, "'host_keys', line 65"));
            assert_non_null(strstr(err.text, "64"));
        }
        hyperai_harness_cleanup(&harness);
    }
}

static void holds_a_key_against_its_method(void **state)
{
    static const struct {
        const char *kind;
        const char *method;
        enum cl_code code;
        const char *word;
        size_t warnings;
    } cases[] = {
        {"ed25519", HYPERAI_ED25519, CL_OK, NULL, 0},
        {"ed25519", HYPERAI_ANY_KEY, CL_OK, NULL, 0},
        {"ed25519", HYPERAI_RSA, CL_E_INVALID_ATTRIBUTE, "ed25519-key", 0},
        {"ec-256", HYPERAI_ECDSA, CL_OK, NULL, 0},
        {"ec-521", HYPERAI_ED25519, CL_E_INVALID_ATTRIBUTE, "ecdsa-key", 0},
        {"rsa-2048", HYPERAI_RSA, CL_OK, NULL, 1},
        {"rsa-1024", HYPERAI_RSA, CL_E_INVALID_ATTRIBUTE, "1024 bits", 0},
        {"dsa", HYPERAI_ANY_KEY, CL_E_METHOD_UNSUPPORTED, "DSA", 0},
        {"dsa", HYPERAI_DSA, CL_E_METHOD_UNSUPPORTED, "DSA", 0},
        {"ed25519", HYPERAI_DSA, CL_E_METHOD_UNSUPPORTED, "DSA", 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;
        char *pem = ssh_test_key(cases[i].kind, NULL);

        hyperai_harness_init(&harness);
        set_method(&harness, cases[i].method);
        set_secret(&harness, "base64_ssh_key", pem);
        assert_int_equal(hyperai_check_config(&harness.conn, &warnings, &err), cases[i].code);
        if (cases[i].word != NULL)
            assert_non_null(strstr(err.text, cases[i].word));
        assert_int_equal(warnings.count, cases[i].warnings);
        hyperai_harness_cleanup(&harness);
        ssh_test_key_free(pem);
    }
}

static void has_an_error_of_its_own_for_each_fault(void **state)
{
    static const struct {
        const char *key; /* NULL: one that is encrypted */
        const char *passphrase;
        enum cl_code code;
        const char *word;
    } cases[] = {
        {NULL, NULL, CL_E_MISSING_ATTRIBUTE, "'ssh_passphrase'"},
        {NULL, "wrong", CL_E_INVALID_ATTRIBUTE, "'ssh_passphrase'"},
        {NULL, "open sesame", CL_OK, NULL},
        {HARNESS_KEY_A " me@here", NULL, CL_E_INVALID_ATTRIBUTE, "public key"},
        {"c3NoLWVkMjU1MTkgQUFBQQ==", NULL, CL_E_INVALID_ATTRIBUTE, "public key"},
        {"cAnArYbIrD", NULL, CL_E_INVALID_ATTRIBUTE, "'base64_ssh_key'"},
        {"-----BEGIN cAnArYbIrD-----\nAAAA\n", NULL, CL_E_INVALID_ATTRIBUTE, "can be read"},
    };
    char *locked = ssh_test_key("ed25519", "open sesame");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        set_secret(&harness, "base64_ssh_key", cases[i].key == NULL ? locked : cases[i].key);
        if (cases[i].passphrase != NULL)
            set_secret(&harness, "ssh_passphrase", cases[i].passphrase);
        assert_int_equal(hyperai_check_config(&harness.conn, NULL, &err), cases[i].code);
        if (cases[i].word != NULL)
            assert_non_null(strstr(err.text, cases[i].word));
        assert_null(strstr(err.text, "cAnArYbIrD"));
        hyperai_harness_cleanup(&harness);
    }
    ssh_test_key_free(locked);
}

static void warns_of_a_passphrase_that_opens_nothing(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    set_secret(&harness, "ssh_passphrase", "of no use");
    assert_ok(hyperai_check_config(&harness.conn, &warnings, &err), &err);
    assert_int_equal(warnings.count, 1);
    assert_non_null(strstr(warnings.items[0], "not encrypted"));
    hyperai_harness_cleanup(&harness);
}

static void needs_no_secrets_to_check_the_rest(void **state)
{
    struct hyperai_harness harness;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    cl_config_remove(&harness.conn.config, "base64_ssh_key");
    assert_ok(hyperai_check_config(&harness.conn, NULL, &err), &err);
    hyperai_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_is_wrong_with_a_text),
        cmocka_unit_test(keeps_the_lines_of_its_own_hosts),
        cmocka_unit_test(refuses_more_pins_than_it_keeps),
        cmocka_unit_test(holds_a_key_against_its_method),
        cmocka_unit_test(has_an_error_of_its_own_for_each_fault),
        cmocka_unit_test(warns_of_a_passphrase_that_opens_nothing),
        cmocka_unit_test(needs_no_secrets_to_check_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
