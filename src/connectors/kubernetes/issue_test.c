#include "kubernetes_harness.h"

#include "codec/base64.h"
#include "test_pair.h"

#define TOKENS "/api/v1/namespaces/ci/serviceaccounts/runner/token"
#define SECRET_NAME "cleat-" KUBE_CONNECTOR_ID

static enum cl_code issue(struct kubernetes_harness *harness, int64_t ttl_s, struct cl_issued *ret,
                          struct cl_err *err)
{
    const struct cl_issue_request request = {.type = cluster_type(), .id = "kind", .ttl_s = ttl_s};

    return kubernetes_issue(&harness->call, &harness->conn, &request, ret, err);
}

static void assert_secret(const struct cl_issued *issued, const char *attr, const char *want)
{
    assert_str(cl_secret_expose(cl_config_secret(&issued->config, attr)), want);
}

/* --- stored credentials -------------------------------------------------------------------- */

static void the_stored_token_is_handed_out_for_what_it_is(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("token");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_secret(&harness, "token", "Bearer " KUBE_CANARY "\n");
    set_text(&harness, "server", "https://k8s:6443/p//");
    set_text(&harness, "namespace", "team");
    set_text(&harness, "tls_server_name", "k8s.internal");
    set_text(&harness, "proxy_url", "http://proxy:1");
    set_text(&harness, "as_user", "jane");
    harness.conn.expires_at = FAKE_START_AT + 99;
    assert_ok(issue(&harness, 0, &issued, &err), &err);
    assert_string_equal(issued.connector_type, "kubernetes");
    assert_string_equal(issued.auth_method, "token");
    assert_string_equal(issued.resource_type, "kubernetes-cluster");
    assert_string_equal(issued.resource_id, "kind");
    assert_true(issued.long_lived);
    assert_int_equal(issued.expires_at, FAKE_START_AT + 99);
    assert_secret(&issued, "token", KUBE_CANARY);
    assert_str(cl_config_text(&issued.config, "server"), "https://k8s:6443/p");
    assert_str(cl_config_text(&issued.config, "cluster_name"), "kind");
    assert_str(cl_config_text(&issued.config, "namespace"), "team");
    assert_str(cl_config_text(&issued.config, "tls_server_name"), "k8s.internal");
    assert_str(cl_config_text(&issued.config, "proxy_url"), "http://proxy:1");
    assert_str(cl_config_text(&issued.config, "as_user"), "jane");
    assert_int_equal(fake_request_count(harness.fake), 0);
    kubernetes_harness_cleanup(&harness);
}

static void certificates_leave_in_one_form(void **state)
{
    struct test_pair pair = test_pair_new("jane");
    struct kubernetes_harness harness = kubernetes_harness("client-certificate");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    CL_AUTO(cl_buf) struct cl_buf key = CL_BUF(65536);
    CL_AUTO(cl_buf) struct cl_buf cert = CL_BUF(65536);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_buf_add_base64(&key, cl_str_of(pair.key), CL_BASE64_STANDARD);
    cl_buf_add_base64(&cert, cl_str_of(pair.certificate), CL_BASE64_STANDARD);
    set_secret(&harness, "client_certificate", pair.certificate);
    set_secret(&harness, "client_key", key.ptr);
    set_text(&harness, "certificate_authority", pair.certificate);
    assert_ok(issue(&harness, 0, &issued, &err), &err);
    assert_string_equal(issued.auth_method, "token");
    assert_secret(&issued, "client_certificate", cert.ptr);
    assert_secret(&issued, "client_key", key.ptr);
    assert_str(cl_config_text(&issued.config, "certificate_authority"), cert.ptr);
    assert_null(cl_config_secret(&issued.config, "token"));
    kubernetes_harness_cleanup(&harness);
    test_pair_free(&pair);
}

static void passwords_are_issued_as_such_and_insecurity_is_told(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("password");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_secret(&harness, "username", "jane");
    set_secret(&harness, "password", KUBE_CANARY);
    set_flag(&harness, "insecure");
    assert_ok(issue(&harness, 0, &issued, &err), &err);
    assert_string_equal(issued.auth_method, "password");
    assert_secret(&issued, "username", "jane");
    assert_secret(&issued, "password", KUBE_CANARY);
    assert_true(cl_config_bool(&issued.config, "insecure"));
    assert_int_equal(issued.warnings.count, 1);
    kubernetes_harness_cleanup(&harness);
}

/* --- tokens -------------------------------------------------------------------------------- */

static void a_token_of_the_account_takes_one_request(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "POST", TOKENS, 201, "warning: 299 - \"shortened\"\n",
                KUBE_TOKEN("minted"));
    assert_ok(issue(&harness, 7200, &issued, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 1);
    assert_non_null(strstr(fake_request(harness.fake, 0), "\"expirationSeconds\":7200"));
    assert_secret(&issued, "token", "minted");
    assert_int_equal(issued.expires_at, FAKE_START_AT + 3600); /* as the server says */
    assert_false(issued.long_lived);
    assert_true(issued.provider_scoped);
    assert_string_equal(issued.warnings.items[0], "shortened");
    assert_int_equal(strlen(issued.fingerprint), 12);
    for (size_t i = 0; i < issued.config.count; i++) {
        const struct cl_secret *secret =
            cl_config_secret(&issued.config, issued.config.entries[i].name);
        assert_false(cl_str_eq_c(cl_secret_expose(secret), KUBE_CANARY));
    }
    kubernetes_harness_cleanup(&harness);
}

static void the_id_of_a_token_goes_into_the_audit(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    /* {"jti":"11111111-2222-4333-8444-666666666666"} */
    fake_answer(harness.fake, "POST", TOKENS, 201, NULL,
                KUBE_TOKEN("e30."
                           "eyJqdGkiOiIxMTExMTExMS0yMjIyLTQzMzMtODQ0NC02NjY2NjY2NjY2NjYifQ"
                           ".x"));
    assert_ok(issue(&harness, 3600, &issued, &err), &err);
    assert_string_equal(issued.fingerprint, "11111111-2222-4333-8444-666666666666");
    kubernetes_harness_cleanup(&harness);
}

static void the_secret_is_made_when_it_is_missing(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_flag(&harness, "bound_secret");
    fake_answer(harness.fake, "POST", TOKENS, 404, NULL, KUBE_NO_SECRET);
    fake_answer(harness.fake, "POST", "/api/v1/namespaces/ci/secrets", 201, NULL, "{}");
    fake_answer(harness.fake, "POST", TOKENS, 201, NULL, KUBE_TOKEN("minted"));
    assert_ok(issue(&harness, 3600, &issued, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 3);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(strstr(fake_request(harness.fake, i), "\"name\":\"" SECRET_NAME "\""));
    assert_secret(&issued, "token", "minted");
    kubernetes_harness_cleanup(&harness);
}

static void a_secret_that_stays_away_is_an_error(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_flag(&harness, "bound_secret");
    fake_answer(harness.fake, "POST", TOKENS, 404, NULL, KUBE_NO_SECRET);
    fake_answer(harness.fake, "POST", "/secrets", 201, NULL, "{}");
    fake_answer(harness.fake, "POST", TOKENS, 404, NULL, KUBE_NO_SECRET);
    assert_int_equal(issue(&harness, 3600, &issued, &err), CL_E_PROVIDER);
    kubernetes_harness_cleanup(&harness);
}

static void refusals_come_as_they_are(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "POST", TOKENS, 403, NULL, "");
    assert_int_equal(issue(&harness, 3600, &issued, &err), CL_E_DENIED);
    kubernetes_harness_cleanup(&harness);
}

/* --- in a pod ------------------------------------------------------------------------------ */

static void a_pod_hands_out_everything_but_its_own_token(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("in-cluster");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    kubernetes_put_into_pod(&harness);
    fake_answer(harness.fake, "POST", TOKENS, 201, NULL, KUBE_TOKEN("minted"));
    assert_ok(issue(&harness, 600, &issued, &err), &err);
    assert_secret(&issued, "token", "minted");
    assert_str(cl_config_text(&issued.config, "server"), "https://10.0.0.1:443");
    assert_str(cl_config_text(&issued.config, "namespace"), "pods-own");
    /* base64 of "the pod's authority" */
    assert_str(cl_config_text(&issued.config, "certificate_authority"),
               "dGhlIHBvZCdzIGF1dGhvcml0eQ==");
    kubernetes_harness_cleanup(&harness);
}

static void the_pods_surroundings_tell_it_from_others(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("in-cluster");
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    kubernetes_put_into_pod(&harness);
    /* {"sub":"a"} */
    fake_set_file(harness.fake, KUBE_POD "token", "e30.eyJzdWIiOiJhIn0." KUBE_CANARY);
    assert_ok(kubernetes_surroundings(&harness.call, &harness.conn, &text, &err), &err);
    assert_str(cl_buf_view(&text), "10.0.0.1:443 a");
    fake_set_file(harness.fake, KUBE_POD "token", " \n");
    assert_int_equal(kubernetes_surroundings(&harness.call, &harness.conn, &text, &err),
                     CL_E_LOCAL_CONFIG);
    kubernetes_harness_cleanup(&harness);
}

/* --- taking back --------------------------------------------------------------------------- */

static void deleting_the_secret_takes_tokens_back(void **state)
{
    static const struct {
        bool bound;
        int status;
        enum cl_code code;
        size_t requests;
    } rows[] = {{true, 200, CL_OK, 1}, {true, 403, CL_E_DENIED, 1}, {false, 0, CL_OK, 0}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("service-account");
        struct cl_err err = CL_ERR_NONE;

        if (rows[i].bound)
            set_flag(&harness, "bound_secret");
        if (rows[i].status != 0)
            fake_answer(harness.fake, "DELETE", "/namespaces/ci/secrets/" SECRET_NAME,
                        rows[i].status, NULL, "{}");
        assert_int_equal(kubernetes_can_revoke(&harness.conn), rows[i].bound);
        assert_int_equal(kubernetes_revoke(&harness.call, &harness.conn, NULL, &err), rows[i].code);
        assert_int_equal(fake_request_count(harness.fake), rows[i].requests);
        kubernetes_harness_cleanup(&harness);
    }
}

static enum cl_code issue_with_fault(int64_t nth)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    struct cl_issued issued = {.connector_type = NULL};
    struct cl_err err = CL_ERR_NONE;

    set_flag(&harness, "bound_secret");
    fake_answer(harness.fake, "POST", TOKENS, 404, NULL, KUBE_NO_SECRET);
    fake_answer(harness.fake, "POST", "/secrets", 201, NULL, "{}");
    fake_answer(harness.fake, "POST", TOKENS, 201, NULL, KUBE_TOKEN("minted"));
    (void)cl_alloc_fail_at(nth);
    enum cl_code code = issue(&harness, 600, &issued, &err);
    (void)cl_alloc_fail_at(0);
    cl_issued_cleanup(&issued);
    kubernetes_harness_cleanup(&harness);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK && nth < 2000) {
        code = issue_with_fault(++nth);
        /* A Status that cannot be parsed for lack of memory is one that says nothing. */
        assert_true(code == CL_OK || code == CL_E_FAILED || code == CL_E_PROVIDER);
    }
    assert_true(nth > 10 && nth < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stored_token_is_handed_out_for_what_it_is),
        cmocka_unit_test(certificates_leave_in_one_form),
        cmocka_unit_test(passwords_are_issued_as_such_and_insecurity_is_told),
        cmocka_unit_test(a_token_of_the_account_takes_one_request),
        cmocka_unit_test(the_id_of_a_token_goes_into_the_audit),
        cmocka_unit_test(the_secret_is_made_when_it_is_missing),
        cmocka_unit_test(a_secret_that_stays_away_is_an_error),
        cmocka_unit_test(refusals_come_as_they_are),
        cmocka_unit_test(a_pod_hands_out_everything_but_its_own_token),
        cmocka_unit_test(the_pods_surroundings_tell_it_from_others),
        cmocka_unit_test(deleting_the_secret_takes_tokens_back),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
