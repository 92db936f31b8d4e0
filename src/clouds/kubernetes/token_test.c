#include "clouds/kubernetes/token.h"

#include "codec/json.h"
#include "fake_world.h"
#include "fault.h"
#include "test.h"

#define TOKEN(token, end)                                             \
    "{\"kind\":\"TokenRequest\",\"status\":{\"token\":\"" token "\"," \
    "\"expirationTimestamp\":\"" end "\"}}"
#define GOOD TOKEN("cAnArYbIrD.x.y", "2024-05-14T13:34:56Z")
#define NO_SECRET                                                                               \
    "{\"kind\":\"Status\",\"message\":\"secrets \\\"s\\\" not found\",\"reason\":\"NotFound\"," \
    "\"details\":{\"name\":\"s\",\"kind\":\"secrets\"},\"code\":404}"
#define NO_ACCOUNT                                                                         \
    "{\"kind\":\"Status\",\"message\":\"serviceaccounts \\\"r\\\" not found\",\"reason\":" \
    "\"NotFound\",\"details\":{\"name\":\"r\",\"kind\":\"serviceaccounts\"},\"code\":404}"
#define TAKEN \
    "{\"kind\":\"Status\",\"reason\":\"AlreadyExists\",\"details\":{\"kind\":\"secrets\"}}"

static const struct kube_config config_of = {.server = CL_STR_INIT("https://k8s:6443")};

static struct kube_token_request request_of(const char *secret)
{
    return (struct kube_token_request){.ns = CL_STR("ci"),
                                       .account = CL_STR("runner"),
                                       .ttl_s = 3600,
                                       .bound_secret = cl_str_of(secret)};
}

/* --- the request --------------------------------------------------------------------------- */

static void the_request_says_what_is_wanted(void **state)
{
    char *names[] = {(char[]){"vault"}};
    const struct cl_strs audiences = {.items = names, .count = 1};
    struct kube_token_request request = request_of("cleat-1");
    CL_AUTO(cl_string) char *plain = NULL;
    CL_AUTO(cl_string) char *bound = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    request.audiences = &audiences;
    assert_ok(kube_token_body(&request, &bound, &err), &err);
    assert_string_equal(
        bound, "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":"
               "{\"audiences\":[\"vault\"],\"expirationSeconds\":3600,\"boundObjectRef\":"
               "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"name\":\"cleat-1\"}}}");
    request = request_of("");
    assert_ok(kube_token_body(&request, &plain, &err), &err);
    assert_string_equal(plain,
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\","
                        "\"spec\":{\"expirationSeconds\":3600}}");
}

static const struct {
    int status;
    const char *headers, *body;
    enum cl_code code;
    bool no_secret;
    int64_t expires_at; /* 0: nothing was issued */
    size_t warnings;
} answers[] = {
    {201, NULL, GOOD, CL_OK, false, FAKE_START_AT + 3600, 0},
    {201, "warning: 299 - \"shortened\"\n", GOOD, CL_OK, false, FAKE_START_AT + 3600, 1},
    {404, NULL, NO_SECRET, CL_OK, true, 0, 0},
    {404, NULL, NO_ACCOUNT, CL_E_RESOURCE_NOT_FOUND, false, 0, 0},
    {403, NULL, "", CL_E_DENIED, false, 0, 0},
    {401, NULL, "", CL_E_REJECTED, false, 0, 0},
    {503, NULL, "", CL_E_PROVIDER, false, 0, 0},
    {201, NULL, "{}", CL_E_PROVIDER, false, 0, 0},
    {201, NULL, "<html>", CL_E_PROVIDER, false, 0, 0},
    {201, NULL, TOKEN("cAnArYbIrD", "soon"), CL_E_PROVIDER, false, 0, 0},
    {201, NULL, TOKEN("", "2024-05-14T13:34:56Z"), CL_E_PROVIDER, false, 0, 0},
    {201, NULL, TOKEN("cAnArYbIrD b", "2024-05-14T13:34:56Z"), CL_E_PROVIDER, false, 0, 0},
    {201, NULL, TOKEN("cAnArYbIrD\\r\\nx: y", "2024-05-14T13:34:56Z"), CL_E_PROVIDER, false, 0, 0},
};

static void answers_become_a_token_or_a_reason(void **state)
{
    const struct kube_token_request request = request_of("s");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(answers); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_call call = fake_call(fake);
        struct kube_token token = {.token = NULL};
        struct cl_err err = CL_ERR_NONE;

        fake_answer(fake, "POST", "/api/v1/namespaces/ci/serviceaccounts/runner/token",
                    answers[i].status, answers[i].headers, answers[i].body);
        enum cl_code code = kube_request_token(&call, &config_of, &request, &token, &err);
        if (code != answers[i].code)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(code), err.text);
        assert_int_equal(fake_request_count(fake), 1); /* once, whatever comes */
        assert_int_equal(token.no_secret, answers[i].no_secret);
        assert_int_equal(token.token != NULL, answers[i].expires_at != 0);
        assert_int_equal(token.expires_at, answers[i].expires_at);
        assert_int_equal(token.warnings.count, answers[i].warnings);
        assert_null(strstr(err.text, "cAnArYbIrD"));
        kube_token_cleanup(&token);
        fake_world_free(fake);
    }
}

/* --- Secrets ------------------------------------------------------------------------------- */

typedef enum cl_code (*secret_fn)(const struct cl_call *call, const struct kube_config *config,
                                  struct cl_str ns, struct cl_str name, struct cl_err *err);

static const struct {
    secret_fn act;
    const char *method, *path;
    int status;
    const char *body;
    enum cl_code code;
} acts[] = {
    {kube_create_secret, "POST", "/api/v1/namespaces/ci/secrets\n", 201, "{}", CL_OK},
    {kube_create_secret, "POST", "/api/v1/namespaces/ci/secrets\n", 409, TAKEN, CL_OK},
    {kube_create_secret, "POST", "/secrets", 403, "", CL_E_DENIED},
    {kube_create_secret, "POST", "/secrets", 409, "", CL_E_CONFLICT},
    {kube_delete_secret, "DELETE", "/api/v1/namespaces/ci/secrets/s\n", 200, "{}", CL_OK},
    {kube_delete_secret, "DELETE", "/secrets/s", 404, NO_SECRET, CL_OK},
    {kube_delete_secret, "DELETE", "/secrets/s", 404, "", CL_E_PROVIDER},
    {kube_delete_secret, "DELETE", "/secrets/s", 403, "", CL_E_DENIED},
};

static void secrets_come_and_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(acts); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_call call = fake_call(fake);
        struct cl_err err = CL_ERR_NONE;

        fake_answer(fake, acts[i].method, NULL, acts[i].status, NULL, acts[i].body);
        enum cl_code code = acts[i].act(&call, &config_of, CL_STR("ci"), CL_STR("s"), &err);
        if (code != acts[i].code)
            fail_msg("row %zu: %s", i, err.text);
        assert_non_null(strstr(fake_request(fake, 0), acts[i].path));
        if (acts[i].act == kube_create_secret)
            assert_non_null(strstr(fake_request(fake, 0), "\"metadata\":{\"name\":\"s\""));
        fake_world_free(fake);
    }
}

/* --- names --------------------------------------------------------------------------------- */

static void names_that_go_into_paths_are_checked(void **state)
{
    static const struct {
        const char *name;
        bool label, subdomain;
    } rows[] = {
        {"a", true, true},
        {"a-1", true, true},
        {"0", true, true},
        {"a.b-c", false, true},
        {"", false, false},
        {"-a", false, false},
        {"a-", false, false},
        {"A", false, false},
        {"a..b", false, false},
        {".a", false, false},
        {"a.", false, false},
        {"a/b", false, false},
        {"a?b", false, false},
        {"..", false, false},
        {"a b", false, false},
        {"\xc3\xbc", false, false},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false, true},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        assert_int_equal(kube_is_label(cl_str_of(rows[i].name)), rows[i].label);
        assert_int_equal(kube_is_subdomain(cl_str_of(rows[i].name)), rows[i].subdomain);
    }
}

static enum cl_code request_once(void)
{
    const struct kube_token_request request = request_of("s");
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    struct kube_token token = {.token = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_answer(fake, "POST", NULL, 201, "warning: 299 - \"shortened\"\n", GOOD);
    fake_answer(fake, "POST", NULL, 201, NULL, "{}");
    enum cl_code code = kube_request_token(&call, &config_of, &request, &token, &err);
    if (code == CL_OK)
        code = kube_create_secret(&call, &config_of, CL_STR("ci"), CL_STR("s"), &err);
    kube_token_cleanup(&token);
    fake_world_free(fake);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    (void)state;
    assert_int_equal(request_once(), CL_OK);
    assert_survives_faults(request_once(), (void)0);
}

static int set_up(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_says_what_is_wanted),
        cmocka_unit_test(answers_become_a_token_or_a_reason),
        cmocka_unit_test(secrets_come_and_go),
        cmocka_unit_test(names_that_go_into_paths_are_checked),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
