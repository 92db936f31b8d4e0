#include "docker_harness.h"

#define BASIC_ASKED "www-authenticate: Basic realm=\"x\"\n"
#define TOKEN_ASKED \
    "www-authenticate: Bearer realm=\"https://auth.docker.io/token\",service=\"registry\"\n"
#define TOKEN "{\"token\":\"abc\"}"
#define UNKNOWN "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}"

struct answer {
    const char *match;
    int status;
    const char *headers;
    const char *body;
};

#define ANSWERS_MAX 6

static const struct cl_scope whole = {.type = NULL};

static enum cl_code verify(struct docker_harness *harness, const struct answer *answers,
                           const struct cl_scope *scope, struct cl_verified *ret,
                           struct cl_err *err)
{
    for (size_t i = 0; i < ANSWERS_MAX && answers[i].status != 0; i++) {
        fake_answer(harness->fake, "GET", answers[i].match, answers[i].status, answers[i].headers,
                    answers[i].body);
    }
    return docker_verify(&harness->call, &harness->conn, scope, ret, err);
}

static struct cl_scope repository_scope(bool authenticated)
{
    return (struct cl_scope){
        .type = registry_type(), .id = "docker.io", .authenticated = authenticated};
}

/* --- the credentials ----------------------------------------------------------------------- */

static void judges_the_credentials(void **state)
{
    static const struct {
        struct answer answers[ANSWERS_MAX];
        enum cl_code code;
        size_t requests;
    } cases[] = {
        /* Basic */
        {{{"/v2/", 401, BASIC_ASKED, ""}, {"/v2/", 200, NULL, ""}}, CL_OK, 2},
        {{{"/v2/", 401, BASIC_ASKED, ""}, {"/v2/", 401, BASIC_ASKED, ""}}, CL_E_REJECTED, 2},
        {{{"/v2/", 401, BASIC_ASKED, ""}, {"/v2/", 403, NULL, ""}}, CL_E_REJECTED, 2},
        /* Bearer */
        {{{"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 200, NULL, TOKEN}, {"/v2/", 200, NULL, ""}},
         CL_OK,
         3},
        {{{"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 401, NULL, ""}}, CL_E_REJECTED, 2},
        {{{"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 403, NULL, ""}}, CL_E_REJECTED, 2},
        {{{"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 429, NULL, ""}}, CL_E_THROTTLED, 2},
        {{{"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 200, NULL, TOKEN}, {"/v2/", 401, NULL, ""}},
         CL_E_REJECTED,
         3},
        /* Open to anybody: a wrong password may still be refused. */
        {{{"/v2/", 200, NULL, ""}, {"/v2/", 401, BASIC_ASKED, ""}}, CL_E_REJECTED, 2},
        /* No registry, or not for us */
        {{{"/v2/", 404, NULL, ""}}, CL_E_PROVIDER, 1},
        {{{"/v2/", 403, NULL, ""}}, CL_E_DENIED, 1},
        {{{"/v2/", 401, "www-authenticate: Digest realm=\"x\"\n", ""}}, CL_E_PROVIDER, 1},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(verify(&harness, cases[i].answers, &whole, &verified, &err),
                         cases[i].code);
        assert_int_equal(fake_request_count(harness.fake), cases[i].requests);
        assert_int_equal(verified.warnings.count, 0);
        assert_null(strstr(err.text, "cAnArYbIrD"));
        docker_harness_cleanup(&harness);
    }
}

static void does_not_take_an_open_door_for_a_proof(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/v2/", 200, NULL, ""},
                                                       {"/v2/", 200, NULL, ""}};
    struct docker_harness harness = docker_harness("reg.example.com");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(verify(&harness, answers, &whole, &verified, &err), &err);
    assert_null(strstr(fake_request(harness.fake, 0), "authorization"));
    assert_non_null(strstr(fake_request(harness.fake, 1), "authorization: Basic "));
    assert_int_equal(verified.warnings.count, 1);
    assert_non_null(strstr(verified.warnings.items[0], "could not be tested"));
    assert_null(verified.identity);
    docker_harness_cleanup(&harness);
}

/* --- whom the password is sent to ---------------------------------------------------------- */

static void remembers_the_token_server(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {
        {"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 200, NULL, TOKEN}, {"/v2/", 200, NULL, ""}};
    struct docker_harness harness = docker_harness(NULL);
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(verify(&harness, answers, &whole, &verified, &err), &err);
    assert_string_equal(cl_map_get(&verified.facts, DOCKER_FACT_REALM), "auth.docker.io");
    assert_string_equal(cl_map_get(&verified.facts, DOCKER_FACT_REALM_OF), "docker.io");
    docker_harness_cleanup(&harness);
}

static void holds_the_registry_to_its_token_server(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {
        {"/v2/", 401, TOKEN_ASKED, ""}, {"/token", 200, NULL, TOKEN}, {"/v2/", 200, NULL, ""}};
    static const struct {
        const char *known;    /* by earlier verifications */
        const char *known_of; /* the registry that was */
        const char *pin;
        enum cl_code code;
    } cases[] = {
        {"auth.docker.io", "docker.io", NULL, CL_OK},
        {"old.docker.io", "docker.io", NULL, CL_E_REALM_CHANGED},
        {"old.docker.io", "ghcr.io", NULL, CL_OK},
        {"old.docker.io", "docker.io", "auth.docker.io", CL_OK},
        {"auth.docker.io", "docker.io", "new.docker.io", CL_E_REALM_CHANGED},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_err err = CL_ERR_NONE;

        set_fact(&harness, DOCKER_FACT_REALM, cases[i].known);
        set_fact(&harness, DOCKER_FACT_REALM_OF, cases[i].known_of);
        if (cases[i].pin != NULL)
            set_text(&harness, "auth_realm_pin", cases[i].pin);
        assert_int_equal(verify(&harness, answers, &whole, &verified, &err), cases[i].code);
        assert_int_equal(fake_request_count(harness.fake), cases[i].code == CL_OK ? 3 : 1);
        if (cases[i].code != CL_OK)
            assert_null(cl_map_get(&verified.facts, DOCKER_FACT_REALM));
        docker_harness_cleanup(&harness);
    }
}

/* --- a repository -------------------------------------------------------------------------- */

static void checks_the_repository_too(void **state)
{
    static const struct {
        struct answer answers[ANSWERS_MAX];
        enum cl_code code;
        size_t requests;
    } cases[] = {
        {{{"/v2/", 401, TOKEN_ASKED, ""},
          {"scope=repository%3Aacme%2Fapp%3Apull%2Cpush", 200, NULL, TOKEN},
          {"/v2/acme/app/tags/list", 200, NULL, "{}"}},
         CL_OK,
         3},
        {{{"/v2/", 401, TOKEN_ASKED, ""},
          {"scope=", 200, NULL, TOKEN},
          {"/tags/list", 404, NULL, UNKNOWN}},
         CL_OK,
         3},
        {{{"/v2/", 401, TOKEN_ASKED, ""},
          {"scope=", 200, NULL, TOKEN},
          {"/tags/list", 403, NULL, ""}},
         CL_E_DENIED,
         3},
        {{{"/v2/", 401, TOKEN_ASKED, ""},
          {"scope=", 200, NULL, TOKEN},
          {"/tags/list", 401, NULL, ""}},
         CL_E_DENIED,
         3},
        {{{"/v2/", 401, BASIC_ASKED, ""}, {"/tags/list", 403, NULL, ""}}, CL_E_DENIED, 2},
        {{{"/v2/", 401, BASIC_ASKED, ""}, {"/tags/list", 200, NULL, ""}}, CL_OK, 2},
        /* An open registry may have closed repositories. */
        {{{"/v2/", 200, NULL, ""},
          {"/tags/list", 401, TOKEN_ASKED, ""},
          {"scope=", 200, NULL, TOKEN},
          {"/tags/list", 200, NULL, ""}},
         CL_OK,
         4},
        {{{"/v2/", 200, NULL, ""}, {"/tags/list", 403, NULL, ""}, {"/tags/list", 200, NULL, ""}},
         CL_OK,
         3},
        {{{"/v2/", 200, NULL, ""}, {"/tags/list", 403, NULL, ""}, {"/tags/list", 403, NULL, ""}},
         CL_E_DENIED,
         3},
        {{{"/v2/", 200, NULL, ""}, {"/tags/list", 302, NULL, ""}}, CL_E_PROVIDER, 2},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_scope scope = repository_scope(true);
        struct cl_err err = CL_ERR_NONE;

        set_text(&harness, "repository", "acme/app");
        assert_int_equal(verify(&harness, cases[i].answers, &scope, &verified, &err),
                         cases[i].code);
        assert_int_equal(fake_request_count(harness.fake), cases[i].requests);
        docker_harness_cleanup(&harness);
    }
}

/* Registries exist whose tokens open repositories and nothing else. */
static void lets_the_repository_decide_about_a_narrow_token(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/v2/", 401, TOKEN_ASKED, ""},
                                                       {"/token", 200, NULL, TOKEN},
                                                       {"/v2/", 401, NULL, ""},
                                                       {"scope=", 200, NULL, TOKEN},
                                                       {"/tags/list", 200, NULL, ""}};
    struct docker_harness harness = docker_harness("docker.io/acme/app");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(verify(&harness, answers, &whole, &verified, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 5);
    docker_harness_cleanup(&harness);
}

static void asks_the_repository_once(void **state)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/v2/", 401, TOKEN_ASKED, ""},
                                                       {"/token", 200, NULL, TOKEN},
                                                       {"/v2/", 401, NULL, ""},
                                                       {"scope=", 200, NULL, TOKEN},
                                                       {"/tags/list", 200, NULL, ""}};
    struct docker_harness harness = docker_harness("docker.io/acme/app");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_scope scope = repository_scope(false);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(verify(&harness, answers, &scope, &verified, &err), &err);
    assert_int_equal(fake_request_count(harness.fake), 5);
    docker_harness_cleanup(&harness);
}

static void takes_the_repository_from_where_it_was_named(void **state)
{
    static const struct {
        const char *registry;
        const char *repository;
        const char *resource_id;
        const char *asked; /* NULL: no repository is asked about */
    } cases[] = {
        {"docker.io/acme/one", "acme/two", "docker.io/acme/three", "/v2/acme/two/tags"},
        {"docker.io/acme/one", NULL, "docker.io/acme/three", "/v2/acme/one/tags"},
        {NULL, NULL, "acme/three", "/v2/acme/three/tags"},
        {"ghcr.io", NULL, "ghcr.io/single", "/v2/single/tags"},
        {"ghcr.io", NULL, "docker.io/acme/three", NULL},
        {NULL, NULL, "acme", NULL}, /* a name space */
        {NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(cases[i].registry);
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_scope scope = repository_scope(true);
        struct cl_err err = CL_ERR_NONE;

        if (cases[i].repository != NULL)
            set_text(&harness, "repository", cases[i].repository);
        if (cases[i].resource_id != NULL)
            assert_ok(cl_str_dup(cl_str_of(cases[i].resource_id), &harness.conn.resource_id, &err),
                      &err);
        fake_answer(harness.fake, "GET", NULL, 401, BASIC_ASKED, "");
        fake_answer(harness.fake, "GET", cases[i].asked, 200, NULL, "");
        assert_ok(docker_verify(&harness.call, &harness.conn, &scope, &verified, &err), &err);
        assert_int_equal(fake_request_count(harness.fake), cases[i].asked == NULL ? 0 : 2);
        docker_harness_cleanup(&harness);
    }
}

/* --- pushing ------------------------------------------------------------------------------- */

static void checks_whether_the_repository_can_be_pushed_to(void **state)
{
    static const struct {
        const char *what;
        const char *repository;
        int status; /* of the upload; 0: nobody is asked */
        enum cl_code code;
    } cases[] = {
        {"push", "acme/app", 202, CL_OK},  {"push", "acme/app", 403, CL_E_DENIED},
        {"push", NULL, 0, CL_E_INVALID},   {"pull", "acme/app", 0, CL_E_INVALID},
        {"", "acme/app", 0, CL_E_INVALID},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(NULL);
        struct cl_scope scope = repository_scope(true);
        struct cl_err err = CL_ERR_NONE;

        if (cases[i].repository != NULL)
            set_text(&harness, "repository", cases[i].repository);
        fake_answer(harness.fake, "GET", "/v2/", 401, TOKEN_ASKED, "");
        fake_answer(harness.fake, "GET", "scope=repository%3Aacme%2Fapp%3Apull%2Cpush", 200, NULL,
                    TOKEN);
        fake_answer(harness.fake, "POST", "/v2/acme/app/blobs/uploads/", cases[i].status, NULL, "");
        assert_int_equal(
            docker_check(&harness.call, &harness.conn, &scope, cl_str_of(cases[i].what), &err),
            cases[i].code);
        assert_int_equal(fake_request_count(harness.fake), cases[i].status == 0 ? 0 : 3);
        docker_harness_cleanup(&harness);
    }
}

static enum cl_code verify_with_fault(int64_t nth)
{
    static const struct answer answers[ANSWERS_MAX] = {{"/v2/", 401, TOKEN_ASKED, ""},
                                                       {"/token", 200, NULL, TOKEN},
                                                       {"/v2/", 200, NULL, ""},
                                                       {"scope=", 200, NULL, TOKEN},
                                                       {"/tags/list", 404, NULL, UNKNOWN}};
    struct docker_harness harness = docker_harness("docker.io/acme/app");
    struct cl_scope scope = repository_scope(false);
    struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)cl_alloc_fail_at(nth);
    enum cl_code code = verify(&harness, answers, &scope, &verified, &err);
    (void)cl_alloc_fail_at(0);
    cl_verified_cleanup(&verified);
    docker_harness_cleanup(&harness);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    while (code != CL_OK && nth < 1000) {
        code = verify_with_fault(++nth);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 10 && nth < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_the_credentials),
        cmocka_unit_test(does_not_take_an_open_door_for_a_proof),
        cmocka_unit_test(remembers_the_token_server),
        cmocka_unit_test(holds_the_registry_to_its_token_server),
        cmocka_unit_test(checks_the_repository_too),
        cmocka_unit_test(lets_the_repository_decide_about_a_narrow_token),
        cmocka_unit_test(asks_the_repository_once),
        cmocka_unit_test(takes_the_repository_from_where_it_was_named),
        cmocka_unit_test(checks_whether_the_repository_can_be_pushed_to),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
