#include "kubernetes_harness.h"

#include "fault.h"

#define V1 "authentication.k8s.io/v1/self"
#define TOKENS "/serviceaccounts/runner/token"
#define ACCESS "selfsubjectaccessreviews"
#define ALLOWED(yes) "{\"status\":{\"allowed\":" yes "}}"

struct answer {
    const char *match;
    int status;
    const char *body;
};

#define ANSWERS_MAX 6

static const struct cl_scope whole = {.type = NULL};

static enum cl_code verify(struct kubernetes_harness *harness, const struct answer *answers,
                           struct cl_verified *ret, struct cl_err *err)
{
    for (size_t i = 0; i < ANSWERS_MAX && answers[i].status != 0; i++)
        fake_answer(harness->fake, NULL, answers[i].match, answers[i].status, NULL,
                    answers[i].body);
    return kubernetes_verify(&harness->call, &harness->conn, &whole, ret, err);
}

/* --- stored credentials -------------------------------------------------------------------- */

static const struct {
    bool token;
    bool allow_anonymous;
    struct answer answers[ANSWERS_MAX];
    enum cl_code code;
    const char *identity;
} stored[] = {
    {true, false, {{"/version", 200, KUBE_VERSION}, {V1, 201, KUBE_USER("jane")}}, CL_OK, "jane"},
    {true, false, {{"/version", 403, ""}, {V1, 201, KUBE_USER("jane")}}, CL_OK, "jane"},
    {true, false, {{"/version", 200, KUBE_VERSION}, {V1, 401, ""}}, CL_E_REJECTED, NULL},
    {true, false, {{"/version", 401, ""}, {V1, 401, ""}}, CL_E_REJECTED, NULL},
    {true, false, {{"/version", 200, "<html>"}}, CL_E_PROVIDER, NULL},
    /* Answered, but not as the one who holds the credential. */
    {true,
     false,
     {{"/version", 200, KUBE_VERSION}, {V1, 201, KUBE_USER("system:anonymous")}},
     CL_E_REJECTED,
     NULL},
    {false,
     true,
     {{"/version", 200, KUBE_VERSION}, {V1, 201, KUBE_USER("system:anonymous")}},
     CL_OK,
     "system:anonymous"},
    {true,
     false,
     {{"/version", 200, KUBE_VERSION}, {"v1/", 404, ""}, {"v1beta1", 404, ""}, {ACCESS, 201, "{}"}},
     CL_OK,
     NULL},
};

static void the_cluster_must_name_somebody(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(stored); i++) {
        struct kubernetes_harness harness =
            stored[i].token ? kubernetes_with_token("token") : kubernetes_harness("token");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_err err = CL_ERR_NONE;

        if (stored[i].allow_anonymous)
            set_flag(&harness, "allow_anonymous");
        enum cl_code code = verify(&harness, stored[i].answers, &verified, &err);
        if (code != stored[i].code)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(code), err.text);
        assert_true(cl_str_eq(cl_str_of(verified.identity), cl_str_of(stored[i].identity)));
        assert_null(strstr(err.text, "cAnArYbIrD"));
        kubernetes_harness_cleanup(&harness);
    }
}

static void what_was_learned_is_kept(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/version", 200, KUBE_VERSION},
                                                       {V1, 201, KUBE_USER("jane")}};
    struct kubernetes_harness harness = kubernetes_with_token("token");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_flag(&harness, "insecure");
    assert_ok(verify(&harness, answers, &verified, &err), &err);
    assert_string_equal(cl_map_get(&verified.facts, "server_version"), "v1.31.4");
    assert_string_equal(cl_map_get(&verified.facts, "platform"), "linux/amd64");
    assert_string_equal(cl_map_get(&verified.facts, "user"), "jane");
    assert_string_equal(cl_map_get(&verified.facts, "groups"), "g");
    assert_int_equal(verified.warnings.count, 1); /* insecure, each time */
    kubernetes_harness_cleanup(&harness);
}

static void an_ended_credential_is_told_from_a_wrong_one(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/version", 200, KUBE_VERSION},
                                                       {V1, 401, ""}};
    struct kubernetes_harness harness = kubernetes_with_token("token");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    harness.conn.expires_at = FAKE_START_AT - 10;
    assert_int_equal(verify(&harness, answers, &verified, &err), CL_E_EXPIRED);
    kubernetes_harness_cleanup(&harness);
}

static void the_same_run_does_not_ask_twice(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("token");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    const struct cl_scope scope = {.type = cluster_type(), .id = "kind", .authenticated = true};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(kubernetes_verify(&harness.call, &harness.conn, &scope, &verified, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 0);
    kubernetes_harness_cleanup(&harness);
}

/* --- service accounts ---------------------------------------------------------------------- */

#define RUNNER "system:serviceaccount:ci:runner"

static const struct {
    bool bound;
    struct answer answers[ANSWERS_MAX];
    enum cl_code code;
} accounts[] = {
    {false,
     {{"/version", 200, KUBE_VERSION},
      {TOKENS, 201, KUBE_TOKEN("t")},
      {V1, 201, KUBE_USER(RUNNER)}},
     CL_OK},
    {false, {{"/version", 200, KUBE_VERSION}, {TOKENS, 403, ""}}, CL_E_DENIED},
    {false, {{"/version", 200, KUBE_VERSION}, {TOKENS, 404, KUBE_NO_SECRET}}, CL_E_PROVIDER},
    {false,
     {{"/version", 200, KUBE_VERSION}, {TOKENS, 201, KUBE_TOKEN("t")}, {V1, 401, ""}},
     CL_E_REJECTED},
    {true,
     {{"/version", 200, KUBE_VERSION},
      {TOKENS, 201, KUBE_TOKEN("t")},
      {V1, 201, KUBE_USER(RUNNER)},
      {ACCESS, 201, ALLOWED("true")},
      {ACCESS, 201, ALLOWED("true")}},
     CL_OK},
    {true,
     {{"/version", 200, KUBE_VERSION},
      {TOKENS, 201, KUBE_TOKEN("t")},
      {V1, 201, KUBE_USER(RUNNER)},
      {ACCESS, 201, ALLOWED("true")},
      {ACCESS, 201, ALLOWED("false")}},
     CL_E_DENIED},
};

static void the_target_is_tried(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(accounts); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("service-account");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_err err = CL_ERR_NONE;

        if (accounts[i].bound)
            set_flag(&harness, "bound_secret");
        enum cl_code code = verify(&harness, accounts[i].answers, &verified, &err);
        if (code != accounts[i].code)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(code), err.text);
        if (code == CL_OK)
            assert_string_equal(verified.identity, RUNNER);
        for (size_t r = 0; r < fake_request_count(harness.fake); r++) {
            assert_null(strstr(fake_request(harness.fake, r), "boundObjectRef"));
            assert_null(strstr(fake_request(harness.fake, r), "DELETE "));
        }
        kubernetes_harness_cleanup(&harness);
    }
}

static void the_new_token_proves_itself(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(verify(&harness, accounts[0].answers, &verified, &err), &err);
    assert_non_null(strstr(fake_request(harness.fake, 1), "Bearer " KUBE_CANARY));
    assert_non_null(strstr(fake_request(harness.fake, 1), "\"expirationSeconds\":600"));
    assert_non_null(strstr(fake_request(harness.fake, 2), "Bearer t\n"));
    kubernetes_harness_cleanup(&harness);
}

/* What a token for somebody else's ears opens, the API server cannot say. */
static void tokens_for_others_are_not_tried(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/version", 200, KUBE_VERSION},
                                                       {TOKENS, 201, KUBE_TOKEN("t")},
                                                       {V1, 201, KUBE_USER("broker")}};
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    CL_AUTO(cl_strs) struct cl_strs audiences = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&audiences, CL_STR("vault"), &err), &err);
    assert_ok(cl_config_set_list(&harness.conn.config, "audiences", &audiences, &err), &err);
    assert_ok(verify(&harness, answers, &verified, &err), &err);
    assert_non_null(strstr(fake_request(harness.fake, 1), "\"audiences\":[\"vault\"]"));
    assert_non_null(strstr(fake_request(harness.fake, 2), "Bearer " KUBE_CANARY));
    kubernetes_harness_cleanup(&harness);
}

static void a_pod_without_its_authority_is_a_broken_one(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("in-cluster");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_set_env(harness.fake, "KUBERNETES_SERVICE_HOST", "10.0.0.1");
    fake_set_env(harness.fake, "KUBERNETES_SERVICE_PORT", "443");
    fake_set_file(harness.fake, KUBE_POD "token", KUBE_CANARY "\n");
    assert_int_equal(kubernetes_verify(&harness.call, &harness.conn, &whole, &verified, &err),
                     CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "there is no '" KUBE_POD "ca.crt'"));
    fake_set_file(harness.fake, KUBE_POD "ca.crt", "\n");
    assert_int_equal(kubernetes_verify(&harness.call, &harness.conn, &whole, &verified, &err),
                     CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "ca.crt' is empty"));
    assert_int_equal(fake_request_count(harness.fake), 0);
    kubernetes_harness_cleanup(&harness);
}

static void a_pod_asks_with_its_own_account(void **state)
{
    struct kubernetes_harness harness = kubernetes_harness("in-cluster");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(kubernetes_verify(&harness.call, &harness.conn, &whole, &verified, &err),
                     CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "does not run in a pod"));
    kubernetes_put_into_pod(&harness);
    assert_ok(verify(&harness, accounts[0].answers, &verified, &err), &err);
    assert_non_null(strstr(fake_request(harness.fake, 1), "https://10.0.0.1:443/api/v1"));
    assert_non_null(strstr(fake_request(harness.fake, 1), "Bearer " KUBE_CANARY "\n"));
    kubernetes_harness_cleanup(&harness);
}

/* --- questions ----------------------------------------------------------------------------- */

static const struct {
    const char *what;
    const char *attributes; /* asked about; NULL: it is no question */
    const char *answer;
    enum cl_code code;
} questions[] = {
    {"get:pods", "{\"verb\":\"get\",\"resource\":\"pods\"}", ALLOWED("true"), CL_OK},
    {"get:pods/ci", "{\"namespace\":\"ci\",\"verb\":\"get\"", ALLOWED("false"), CL_E_DENIED},
    {"create:serviceaccounts/token/ci", "\"subresource\":\"token\"", ALLOWED("true"), CL_OK},
    {"*:*/ci", "\"verb\":\"*\",\"resource\":\"*\"", ALLOWED("true"), CL_OK},
    {"get:deployments.apps/ci", "\"group\":\"apps\"", ALLOWED("true"), CL_OK},
    {"push", NULL, NULL, CL_E_INVALID},
    {"", NULL, NULL, CL_E_INVALID},
    {"get:", NULL, NULL, CL_E_INVALID},
    {":pods", NULL, NULL, CL_E_INVALID},
    {"get:pods/", NULL, NULL, CL_E_INVALID},
    {"get:pods/A", NULL, NULL, CL_E_INVALID},
    {"get:pods/a/b/c", NULL, NULL, CL_E_INVALID},
    {"get:po ds", NULL, NULL, CL_E_INVALID},
};

static void questions_are_put_to_the_cluster(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(questions); i++) {
        struct kubernetes_harness harness = kubernetes_with_token("token");
        struct cl_err err = CL_ERR_NONE;

        if (questions[i].answer != NULL)
            fake_answer(harness.fake, "POST", ACCESS, 201, NULL, questions[i].answer);
        enum cl_code code = kubernetes_check(&harness.call, &harness.conn, &whole,
                                             cl_str_of(questions[i].what), &err);
        if (code != questions[i].code)
            fail_msg("%s: %s: %s", questions[i].what, cl_code_wire(code), err.text);
        assert_int_equal(fake_request_count(harness.fake), questions[i].answer == NULL ? 0 : 1);
        if (questions[i].attributes != NULL)
            assert_non_null(strstr(fake_request(harness.fake, 0), questions[i].attributes));
        kubernetes_harness_cleanup(&harness);
    }
}

static void the_connectors_namespace_is_meant_unless_another_is_named(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("token");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_text(&harness, "namespace", "team");
    fake_answer(harness.fake, "POST", ACCESS, 201, NULL, ALLOWED("true"));
    assert_ok(kubernetes_check(&harness.call, &harness.conn, &whole, CL_STR("get:pods"), &err),
              &err);
    assert_non_null(strstr(fake_request(harness.fake, 0), "\"namespace\":\"team\""));
    kubernetes_harness_cleanup(&harness);
}

static void the_account_that_clients_act_as_is_asked_about(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "POST", TOKENS, 201, NULL, KUBE_TOKEN("t"));
    fake_answer(harness.fake, "POST", ACCESS, 201, NULL, ALLOWED("false"));
    assert_int_equal(
        kubernetes_check(&harness.call, &harness.conn, &whole, CL_STR("get:pods/ci"), &err),
        CL_E_DENIED);
    assert_string_equal(err.text, "the cluster does not allow to get pods in namespace ci");
    assert_non_null(strstr(fake_request(harness.fake, 1), "Bearer t\n"));
    kubernetes_harness_cleanup(&harness);
}

static enum cl_code verify_once(void)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    enum cl_code code = verify(&harness, accounts[0].answers, &verified, &err);
    cl_verified_cleanup(&verified);
    kubernetes_harness_cleanup(&harness);
    return code;
}

static enum cl_code verify_with_fault(int64_t nth)
{
    struct kubernetes_harness harness = kubernetes_with_token("service-account");
    struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)cl_alloc_fail_at(nth);
    enum cl_code code = verify(&harness, accounts[4].answers, &verified, &err);
    (void)cl_alloc_fail_at(0);
    cl_verified_cleanup(&verified);
    kubernetes_harness_cleanup(&harness);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    assert_int_equal(verify_once(), CL_OK);
    while (code != CL_OK && nth < 2000) {
        code = verify_with_fault(++nth);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 10 && nth < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cluster_must_name_somebody),
        cmocka_unit_test(what_was_learned_is_kept),
        cmocka_unit_test(an_ended_credential_is_told_from_a_wrong_one),
        cmocka_unit_test(the_same_run_does_not_ask_twice),
        cmocka_unit_test(the_target_is_tried),
        cmocka_unit_test(the_new_token_proves_itself),
        cmocka_unit_test(tokens_for_others_are_not_tried),
        cmocka_unit_test(a_pod_without_its_authority_is_a_broken_one),
        cmocka_unit_test(a_pod_asks_with_its_own_account),
        cmocka_unit_test(questions_are_put_to_the_cluster),
        cmocka_unit_test(the_connectors_namespace_is_meant_unless_another_is_named),
        cmocka_unit_test(the_account_that_clients_act_as_is_asked_about),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
