#include "kubernetes_harness.h"

#include <stdio.h>

#include "codec/base64.h"
#include "connectors/kubernetes/access.h"
#include "fault.h"
#include "test_pair.h"

static enum cl_code check(struct kubernetes_harness *harness, struct cl_strs *warnings,
                          struct cl_err *err)
{
    *err = CL_ERR_NONE;
    return kubernetes_check_config(&harness->conn, warnings, err);
}

/* --- single attributes --------------------------------------------------------------------- */

static const struct {
    const char *attr, *value;
    const char *complaint; /* NULL: fine */
} texts[] = {
    {"server", "https://k8s.example:6443", NULL},
    {"server", " https://k8s.example/k8s/clusters/c-1/ ", NULL},
    {"server", "https://[::1]:6443", NULL},
    {"server", "k8s.example", "'server'"},
    {"server", "ftp://k8s.example", "must be an https:// URL"},
    {"server", "https://u:p@k8s.example", "no user name"},
    {"server", "https://k8s.example/?a=b", "query"},
    {"server", "https://k8s.example/#a", "fragment"},
    {"server", "https://k8s.example\r\nX: y", "'server'"},
    {"server", "http://k8s.example", "must be an https:// URL"},
    {"server", "http://127.0.0.1:8001", "must be an https:// URL"},
    {"cluster_name", "kind \xc3\xbc/1", NULL},
    {"cluster_name", "", "must not be empty"},
    {"cluster_name", "a\nb", "control characters"},
    {"tls_server_name", "kubernetes.default.svc", NULL},
    {"tls_server_name", "a:443", "must be a host name"},
    {"tls_server_name", "a/b", "must be a host name"},
    {"proxy_url", "socks5://localhost:1080", NULL},
    {"proxy_url", "http://proxy:3128", NULL},
    {"proxy_url", "ftp://proxy", "http, https or socks5"},
    {"proxy_url", "http://u:p@proxy:1", "no password"},
    {"proxy_url", "proxy", "'proxy_url'"},
    {"namespace", "team-a", NULL},
    {"namespace", "Team", "must be a namespace"},
    {"namespace", "a.b", "must be a namespace"},
    {"as_user", "jane doe", NULL},
    {"as_user", "jane\r\nx: y", "printable"},
    {"certificate_authority", "nonsense", "neither PEM nor base64"},
    {"certificate_authority", "bm8gUEVN", "neither PEM nor base64"},
};

static void texts_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("token");
        struct cl_err err = CL_ERR_NONE;

        set_text(&harness, texts[i].attr, texts[i].value);
        enum cl_code code = check(&harness, NULL, &err);
        assert_int_equal(code, texts[i].complaint == NULL ? CL_OK : CL_E_INVALID_ATTRIBUTE);
        if (texts[i].complaint != NULL && strstr(err.text, texts[i].complaint) == NULL)
            fail_msg("%s=%s: %s", texts[i].attr, texts[i].value, err.text);
        kubernetes_harness_cleanup(&harness);
    }
}

static const struct {
    const char *value;
    enum cl_code code;
} tokens[] = {
    {"abc.def-_~+/=", CL_OK},
    {"  abc\r\n", CL_OK},
    {"Bearer abc", CL_OK},
    {"bearer  abc\n", CL_OK},
    {"", CL_E_INVALID_ATTRIBUTE},
    {" \n", CL_E_INVALID_ATTRIBUTE},
    {"Bearer ", CL_E_INVALID_ATTRIBUTE},
    {"Basic dTpw", CL_E_INVALID_ATTRIBUTE},
    {"a b", CL_E_INVALID_ATTRIBUTE},
    {"a\nb", CL_E_INVALID_ATTRIBUTE},
    {"a\xc3\xbc", CL_E_INVALID_ATTRIBUTE},
};

static void a_token_is_one_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(tokens); i++) {
        struct kubernetes_harness harness = kubernetes_harness("token");
        struct cl_err err = CL_ERR_NONE;

        set_secret(&harness, "token", tokens[i].value);
        assert_int_equal(check(&harness, NULL, &err), tokens[i].code);
        kubernetes_harness_cleanup(&harness);
    }
    assert_str(kubernetes_trim_token(CL_STR(" Bearer abc \n")), "abc");
}

static void somebody_must_be_meant(void **state)
{
    static const char *const methods[] = {"token", "service-account"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(methods); i++) {
        struct kubernetes_harness harness = kubernetes_harness(methods[i]);
        assert_int_equal(check(&harness, NULL, &err), CL_E_MISSING_ATTRIBUTE);
        kubernetes_harness_cleanup(&harness);
    }
    struct kubernetes_harness open = kubernetes_harness("token");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    set_flag(&open, "allow_anonymous");
    assert_ok(check(&open, &warnings, &err), &err);
    assert_non_null(strstr(warnings.items[0], "anonymous"));
    kubernetes_harness_cleanup(&open);
}

static void passwords_need_a_name_and_get_a_warning(void **state)
{
    static const struct {
        const char *name, *password;
        enum cl_code code;
    } rows[] = {
        {"jane", "p", CL_OK},
        {"", "p", CL_E_INVALID_ATTRIBUTE},
        {"a:b", "p", CL_E_INVALID_ATTRIBUTE},
        {"a\nb", "p", CL_E_INVALID_ATTRIBUTE},
        {"jane", "", CL_E_INVALID_ATTRIBUTE},
        {"jane", "a\rb", CL_E_INVALID_ATTRIBUTE},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness = kubernetes_harness("password");
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;

        set_secret(&harness, "username", rows[i].name);
        set_secret(&harness, "password", rows[i].password);
        assert_int_equal(check(&harness, &warnings, &err), rows[i].code);
        assert_int_equal(warnings.count, rows[i].code == CL_OK ? 1 : 0);
        kubernetes_harness_cleanup(&harness);
    }
}

static void plain_http_is_for_this_machine_only(void **state)
{
    static const struct {
        const char *server;
        bool token;
        enum cl_code code;
    } rows[] = {
        {"http://127.0.0.1:8001", true, CL_OK},
        {"http://localhost:8001", true, CL_OK},
        {"http://k8s.example:8001", true, CL_E_INVALID_ATTRIBUTE},
        {"http://k8s.example:8001", false, CL_OK},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness =
            rows[i].token ? kubernetes_with_token("token") : kubernetes_harness("token");
        struct cl_err err = CL_ERR_NONE;

        set_text(&harness, "server", rows[i].server);
        set_flag(&harness, "allow_plain_http");
        set_flag(&harness, "allow_anonymous");
        assert_int_equal(check(&harness, NULL, &err), rows[i].code);
        kubernetes_harness_cleanup(&harness);
    }
}

/* Whoever runs the proxy would read the credential. */
static void plain_http_goes_through_no_proxy(void **state)
{
    static const struct {
        const char *server, *proxy;
        enum cl_code code;
    } rows[] = {
        {"http://127.0.0.1:8001", "http://proxy:3128", CL_E_INVALID_ATTRIBUTE},
        {"http://localhost:8001", "socks5://localhost:1080", CL_E_INVALID_ATTRIBUTE},
        {"http://127.0.0.1:8001", "", CL_OK},
        {"https://127.0.0.1:6443", "http://proxy:3128", CL_OK},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("token");
        struct cl_err err = CL_ERR_NONE;

        set_text(&harness, "server", rows[i].server);
        set_text(&harness, "proxy_url", rows[i].proxy);
        set_flag(&harness, "allow_plain_http");
        assert_int_equal(check(&harness, NULL, &err), rows[i].code);
        assert_true(rows[i].code == CL_OK || strstr(err.text, "'proxy_url'") != NULL);
        kubernetes_harness_cleanup(&harness);
    }
}

static void groups_need_a_user(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("token");
    CL_AUTO(cl_strs) struct cl_strs groups = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&groups, CL_STR("dev"), &err), &err);
    assert_ok(cl_config_set_list(&harness.conn.config, "as_groups", &groups, &err), &err);
    assert_int_equal(check(&harness, NULL, &err), CL_E_INVALID_ATTRIBUTE);
    set_text(&harness, "as_user", "jane");
    assert_ok(check(&harness, NULL, &err), &err);
    assert_ok(cl_strs_add(&groups, CL_STR("a\nb"), &err), &err);
    assert_ok(cl_config_set_list(&harness.conn.config, "as_groups", &groups, &err), &err);
    assert_int_equal(check(&harness, NULL, &err), CL_E_INVALID_ATTRIBUTE);
    kubernetes_harness_cleanup(&harness);
}

static void accounts_are_names_that_may_stand_in_a_path(void **state)
{
    static const struct {
        const char *account, *ns;
        enum cl_code code;
    } rows[] = {
        {"runner", "ci", CL_OK},
        {"a.b-c", "ci", CL_OK},
        {"../secrets", "ci", CL_E_INVALID_ATTRIBUTE},
        {"Runner", "ci", CL_E_INVALID_ATTRIBUTE},
        {"runner", "a.b", CL_E_INVALID_ATTRIBUTE},
        {"runner", "a/b", CL_E_INVALID_ATTRIBUTE},
        {"runner?x", "ci", CL_E_INVALID_ATTRIBUTE},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("service-account");
        struct cl_err err = CL_ERR_NONE;

        set_text(&harness, "service_account", rows[i].account);
        set_text(&harness, "service_account_namespace", rows[i].ns);
        assert_int_equal(check(&harness, NULL, &err), rows[i].code);
        kubernetes_harness_cleanup(&harness);
    }
}

/* --- certificates -------------------------------------------------------------------------- */

enum spelling { AS_PEM, AS_BASE64, AS_URL_SAFE, IN_LINES };

/* The same certificate in the forms in which it comes. */
static char *spell(const char *pem, enum spelling how)
{
    struct cl_buf text = CL_BUF(65536);
    struct cl_buf lines = CL_BUF(65536);

    if (how == AS_PEM) {
        cl_buf_add_c(&text, pem);
        return text.ptr;
    }
    cl_buf_add_base64(&text, cl_str_of(pem),
                      how == AS_URL_SAFE ? CL_BASE64_URL : CL_BASE64_STANDARD);
    if (how != IN_LINES)
        return text.ptr;
    for (size_t i = 0; i < text.len; i++) {
        cl_buf_add_char(&lines, text.ptr[i]);
        if (i % 76 == 75)
            cl_buf_add_c(&lines, "\r\n ");
    }
    cl_buf_cleanup(&text);
    return lines.ptr;
}

static void certificates_are_read_in_every_spelling(void **state)
{
    static const enum spelling spellings[] = {AS_PEM, AS_BASE64, AS_URL_SAFE, IN_LINES};
    struct test_pair pair = test_pair_new("jane");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(spellings); i++) {
        struct kubernetes_harness harness = kubernetes_harness("client-certificate");
        CL_AUTO(cl_string) char *cert = spell(pair.certificate, spellings[i]);
        CL_AUTO(cl_string) char *key = spell(pair.key, spellings[i]);
        struct cl_err err = CL_ERR_NONE;

        set_text(&harness, "certificate_authority", cert);
        set_secret(&harness, "client_certificate", cert);
        set_secret(&harness, "client_key", key);
        assert_ok(check(&harness, NULL, &err), &err);
        assert_true(kubernetes_credentials_end(&harness.conn) > FAKE_START_AT);
        kubernetes_harness_cleanup(&harness);
    }
    test_pair_free(&pair);
}

static void certificate_and_key_belong_together(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct test_pair other = test_pair_new("joe");
    const struct {
        const char *cert, *key; /* NULL: not given */
        const char *complaint;
    } rows[] = {
        {pair.certificate, pair.key, NULL},
        {pair.certificate, NULL, "'client_key' is missing"},
        {NULL, pair.key, "'client_certificate' is missing"},
        {pair.certificate, other.key, "'client_key': the private key is not"},
        {pair.key, pair.key, "'client_certificate': there is no certificate"},
        {"nonsense", pair.key, "'client_certificate': neither PEM"},
        {pair.certificate, "nonsense", "'client_key': neither PEM"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("token");
        struct cl_err err = CL_ERR_NONE;

        if (rows[i].cert != NULL)
            set_secret(&harness, "client_certificate", rows[i].cert);
        if (rows[i].key != NULL)
            set_secret(&harness, "client_key", rows[i].key);
        enum cl_code code = check(&harness, NULL, &err);
        assert_int_equal(code, rows[i].complaint == NULL ? CL_OK : CL_E_INVALID_ATTRIBUTE);
        if (rows[i].complaint != NULL && strstr(err.text, rows[i].complaint) == NULL)
            fail_msg("row %zu: %s", i, err.text);
        kubernetes_harness_cleanup(&harness);
    }
    test_pair_free(&pair);
    test_pair_free(&other);
}

static void insecure_excludes_an_authority(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct kubernetes_harness harness = kubernetes_with_token("token");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_flag(&harness, "insecure");
    assert_ok(check(&harness, &warnings, &err), &err);
    assert_non_null(strstr(warnings.items[0], "insecure"));
    set_text(&harness, "certificate_authority", pair.certificate);
    assert_int_equal(check(&harness, NULL, &err), CL_E_INVALID_ATTRIBUTE);
    cl_config_remove(&harness.conn.config, "insecure");
    CL_AUTO(cl_buf) struct cl_buf both = CL_BUF(65536);
    cl_buf_addf(&both, "%s%s", pair.certificate, pair.key);
    set_text(&harness, "certificate_authority", both.ptr);
    assert_int_equal(check(&harness, NULL, &err), CL_E_INVALID_ATTRIBUTE);
    assert_non_null(strstr(err.text, "private key"));
    kubernetes_harness_cleanup(&harness);
    test_pair_free(&pair);
}

static void the_earlier_end_counts(void **state)
{
    static const struct {
        const char *claims;
        int64_t end;
    } rows[] = {{"{\"exp\":1000}", 1000}, {"{}", 0}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness = kubernetes_harness("token");
        CL_AUTO(cl_buf) struct cl_buf token = CL_BUF(4096);

        cl_buf_add_c(&token, "e30.");
        cl_buf_add_base64(&token, cl_str_of(rows[i].claims), CL_BASE64_URL);
        cl_buf_add_c(&token, ".sig");
        set_secret(&harness, "token", token.ptr);
        assert_int_equal(kubernetes_credentials_end(&harness.conn), rows[i].end);
        kubernetes_harness_cleanup(&harness);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_checked),
        cmocka_unit_test(a_token_is_one_word),
        cmocka_unit_test(somebody_must_be_meant),
        cmocka_unit_test(passwords_need_a_name_and_get_a_warning),
        cmocka_unit_test(plain_http_is_for_this_machine_only),
        cmocka_unit_test(plain_http_goes_through_no_proxy),
        cmocka_unit_test(groups_need_a_user),
        cmocka_unit_test(accounts_are_names_that_may_stand_in_a_path),
        cmocka_unit_test(certificates_are_read_in_every_spelling),
        cmocka_unit_test(certificate_and_key_belong_together),
        cmocka_unit_test(insecure_excludes_an_authority),
        cmocka_unit_test(the_earlier_end_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
