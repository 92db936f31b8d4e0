#include "interop/exec_credential.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "faults.h"
#include "test.h"

#define V1 "client.authentication.k8s.io/v1"
#define V1BETA1 "client.authentication.k8s.io/v1beta1"

static void add_secret(struct cl_issued *issued, const char *name, const char *value)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(value), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&issued->config, name, secret, &err), &err);
}

/* PEM-shaped; what stands inside is nobody's key. */
static void add_pem(struct cl_issued *issued, const char *name, const char *text)
{
    CL_AUTO(cl_buf) struct cl_buf encoded = CL_BUF(4096);

    cl_buf_add_base64(&encoded, cl_str_of(text), CL_BASE64_STANDARD);
    add_secret(issued, name, encoded.ptr);
}

static struct cl_issued client(const char *type)
{
    struct cl_issued issued = {.expires_at = 1715693696};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_str_dup(cl_str_of(type), &issued.connector_type, &err), &err);
    return issued;
}

/* --- versions ------------------------------------------------------------------------------ */

static void answers_in_the_version_that_was_asked_for(void **state)
{
    static const struct {
        const char *info;
        const char *version;
    } rows[] = {
        {"", V1},
        {"{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
         "\",\"spec\":{\"interactive\":false}}\n",
         V1},
        {"{\"apiVersion\":\"" V1BETA1 "\",\"spec\":{\"cluster\":{\"server\":\"https://x\"}}}",
         V1BETA1},
        {"{}", V1},
        {"{\"apiVersion\":null}", V1},
        {"{\"apiVersion\":7}", V1},
        {"{\"apiVersion\":\"\"}", V1},
        {"[]", V1},
        {"nonsense", V1},
        {"{\"apiVersion\":\"" V1BETA1, V1},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        const char *version = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_exec_credential_version(cl_str_of(rows[i].info), &version, &err), &err);
        assert_string_equal(version, rows[i].version);
    }
}

static void refuses_versions_that_it_does_not_speak(void **state)
{
    static const char *const versions[] = {
        "client.authentication.k8s.io/v1alpha1", "client.authentication.k8s.io/v2", "v1",
        "client.authentication.k8s.io/v1 ", "client.authentication.k8s.io/V1"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(versions); i++) {
        CL_AUTO(cl_buf) struct cl_buf info = CL_BUF(256);
        const char *version = NULL;
        struct cl_err err = CL_ERR_NONE;
        cl_buf_addf(&info, "{\"apiVersion\":\"%s\"}", versions[i]);
        assert_int_equal(cl_exec_credential_version(cl_buf_view(&info), &version, &err),
                         CL_E_UNSUPPORTED);
        assert_non_null(strstr(err.text, versions[i]));
        assert_string_equal(err.hint,
                            "use client.authentication.k8s.io/v1 or v1beta1 in the kubeconfig");
    }
}

static void escapes_and_cuts_a_hostile_version(void **state)
{
    CL_AUTO(cl_buf) struct cl_buf info = CL_BUF(4096);
    const char *version = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_c(&info, "{\"apiVersion\":\"\\u001b[31m");
    cl_buf_add_repeat(&info, "x", 2000);
    cl_buf_add_c(&info, "\"}");
    assert_int_equal(cl_exec_credential_version(cl_buf_view(&info), &version, &err),
                     CL_E_UNSUPPORTED);
    assert_null(strchr(err.text, '\x1b'));
    assert_true(strlen(err.text) < 200);
}

/* --- documents ----------------------------------------------------------------------------- */

static void assert_document(const struct cl_issued *issued, const char *version, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF_SECRET(8192);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_exec_credential_add(&out, issued, version, &err), &err);
    assert_str(cl_buf_view(&out), want);
}

#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"
/* In two pieces, so that nothing here looks like a key. */
#define KEY                \
    "-----BEGIN PRIV"      \
    "ATE KEY-----\nMII=\n" \
    "-----END PRIV"        \
    "ATE KEY-----\n"
#define JSON_PAIR                                                                \
    "\"clientCertificateData\":\"-----BEGIN CERTIFICATE-----\\nMII=\\n-----END " \
    "CERTIFICATE-----\\n"                                                        \
    "\",\"clientKeyData\":\"-----BEGIN PRIV"                                     \
    "ATE KEY-----\\nMII=\\n-----END PRIV"                                        \
    "ATE KEY-----\\n\""

static void writes_a_token_with_an_end_that_leaves_a_minute(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = client("kubernetes");

    (void)state;
    add_secret(&issued, "token", "k8s-aws-v1.canary");
    assert_document(&issued, V1BETA1,
                    "{\"apiVersion\":\"" V1BETA1 "\",\"kind\":\"ExecCredential\",\"status\":{"
                    "\"token\":\"k8s-aws-v1.canary\",\"expirationTimestamp\":"
                    "\"2024-05-14T13:33:56Z\"}}");
}

static void leaves_the_end_out_when_there_is_none(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = client("kubernetes");

    (void)state;
    issued.expires_at = 0;
    add_secret(&issued, "token", "canary");
    assert_document(&issued, V1,
                    "{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":{"
                    "\"token\":\"canary\"}}");
}

static void writes_certificate_and_key_as_plain_pem(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = client("kubernetes");

    (void)state;
    issued.expires_at = 0;
    add_pem(&issued, "client_certificate", CERTIFICATE);
    add_pem(&issued, "client_key", KEY);
    assert_document(&issued, V1,
                    "{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":{" JSON_PAIR
                    "}}");
    add_secret(&issued, "token", "canary");
    assert_document(&issued, V1,
                    "{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":{"
                    "\"token\":\"canary\"," JSON_PAIR "}}");
}

/* --- refusals ------------------------------------------------------------------------------ */

static void assert_refused(const struct cl_issued *issued, enum cl_code code, const char *text)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF_SECRET(8192);
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(cl_exec_credential_add(&out, issued, V1, &err), code);
    assert_string_equal(err.text, text);
    assert_int_equal(out.len, 0);
}

static void refuses_what_no_plugin_can_hand_over(void **state)
{
    static const struct {
        const char *type;
        const char *secrets[2];
        const char *text;
    } rows[] = {
        {"aws", {"token"}, "a 'aws' credential is no Kubernetes credential"},
        {"docker", {"password"}, "a 'docker' credential is no Kubernetes credential"},
        {"kubernetes",
         {"username", "password"},
         "a user name and password cannot be handed over by a credential plugin"},
        {"kubernetes",
         {"token", "password"},
         "a user name and password cannot be handed over by a credential plugin"},
        {"kubernetes", {NULL}, "there is no token and no client certificate to hand over"},
        {"kubernetes",
         {"client_certificate"},
         "there is no token and no client certificate to hand over"},
        {"kubernetes", {"client_key"}, "there is no token and no client certificate to hand over"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issued) struct cl_issued issued = client(rows[i].type);
        for (size_t k = 0; k < 2 && rows[i].secrets[k] != NULL; k++)
            add_secret(&issued, rows[i].secrets[k], "canary");
        assert_refused(&issued, CL_E_UNSUPPORTED, rows[i].text);
    }
}

static void refuses_a_pair_that_is_not_pem(void **state)
{
    static const char *const broken[] = {"not base64!", "Y2FuYXJ5", ""};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CL_AUTO(cl_issued) struct cl_issued issued = client("kubernetes");
        add_secret(&issued, "client_certificate", broken[i]);
        add_pem(&issued, "client_key", KEY);
        assert_refused(&issued, CL_E_INVALID, "client_certificate is not PEM in base64");
        add_pem(&issued, "client_certificate", CERTIFICATE);
        add_secret(&issued, "client_key", broken[i]);
        assert_refused(&issued, CL_E_INVALID, "client_key is not PEM in base64");
    }
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF_SECRET(8192);
    const char *version = NULL;

    CL_TRY(cl_exec_credential_version(CL_STR("{\"apiVersion\":\"" V1 "\"}"), &version, err));
    return cl_exec_credential_add(&out, ctx, V1, err);
}

static void reports_every_failing_allocation(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = client("kubernetes");

    (void)state;
    add_secret(&issued, "token", "canary");
    add_pem(&issued, "client_certificate", CERTIFICATE);
    add_pem(&issued, "client_key", KEY);
    assert_true(fail_each_allocation(attempt, &issued) > 5);
}

static int set_up_json(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_the_version_that_was_asked_for),
        cmocka_unit_test(refuses_versions_that_it_does_not_speak),
        cmocka_unit_test(escapes_and_cuts_a_hostile_version),
        cmocka_unit_test(writes_a_token_with_an_end_that_leaves_a_minute),
        cmocka_unit_test(leaves_the_end_out_when_there_is_none),
        cmocka_unit_test(writes_certificate_and_key_as_plain_pem),
        cmocka_unit_test(refuses_what_no_plugin_can_hand_over),
        cmocka_unit_test(refuses_a_pair_that_is_not_pem),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
