#include "clouds/kubernetes/identity.h"

#include "codec/json.h"
#include "fake_world.h"
#include "fault.h"
#include "test.h"

#define REVIEW(name)                                                                       \
    "{\"kind\":\"SelfSubjectReview\",\"status\":{\"userInfo\":{\"username\":\"" name "\"," \
    "\"groups\":[\"a\",\"system:authenticated\"]}}}"
#define VERSION "{\"major\":\"1\",\"gitVersion\":\"v1.31.4\",\"platform\":\"linux/amd64\"}"
#define STATUS(message) "{\"kind\":\"Status\",\"message\":\"" message "\"}"

struct answer {
    int status;
    const char *match;
    const char *body;
};

#define ANSWERS_MAX 4

static const struct kube_config config_of = {.server = CL_STR_INIT("https://k8s:6443")};

static void script(struct fake_world *fake, const struct answer *answers)
{
    for (size_t i = 0; i < ANSWERS_MAX && answers[i].status != 0; i++)
        fake_answer(fake, NULL, answers[i].match, answers[i].status, NULL, answers[i].body);
}

/* --- the version --------------------------------------------------------------------------- */

static void a_version_is_read_where_it_is_told(void **state)
{
    static const struct {
        struct answer answers[ANSWERS_MAX];
        enum cl_code code;
        const char *version;
    } rows[] = {
        {{{200, "/version", VERSION}}, CL_OK, "v1.31.4"},
        {{{401, "/version", ""}}, CL_OK, ""},
        {{{403, "/version", ""}}, CL_OK, ""},
        {{{404, "/version", STATUS("no")}}, CL_E_PROVIDER, ""},
        {{{200, "/version", "<html>"}}, CL_E_PROVIDER, ""},
        {{{200, "/version", "{}"}}, CL_E_PROVIDER, ""},
        {{{200, "/version", "{\"gitVersion\":\"a\\u001b[2J\"}"}}, CL_E_PROVIDER, ""},
        {{{302, "/version", ""}}, CL_E_PROVIDER, ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_call call = fake_call(fake);
        struct kube_version version = {.git_version = ""};
        struct cl_err err = CL_ERR_NONE;

        script(fake, rows[i].answers);
        assert_int_equal(kube_get_version(&call, &config_of, &version, &err), rows[i].code);
        assert_string_equal(version.git_version, rows[i].version);
        fake_world_free(fake);
    }
}

/* --- who we are ---------------------------------------------------------------------------- */

#define V1 "authentication.k8s.io/v1/self"
#define BETA "authentication.k8s.io/v1beta1/self"
#define ACCESS "authorization.k8s.io/v1/selfsubjectaccessreviews"

static const struct {
    struct answer answers[ANSWERS_MAX];
    enum cl_code code;
    const char *name; /* NULL: not told */
    size_t requests;
} reviews[] = {
    {{{201, V1, REVIEW("jane")}}, CL_OK, "jane", 1},
    {{{201, V1, REVIEW("system:anonymous")}}, CL_OK, "system:anonymous", 1},
    {{{404, V1, STATUS("no")}, {201, BETA, REVIEW("jane")}}, CL_OK, "jane", 2},
    {{{404, V1, ""}, {404, BETA, ""}, {201, ACCESS, "{\"status\":{\"allowed\":false}}"}},
     CL_OK,
     NULL,
     3},
    {{{404, V1, ""}, {404, BETA, ""}, {401, ACCESS, ""}}, CL_E_REJECTED, NULL, 3},
    {{{404, V1, ""}, {404, BETA, ""}, {403, ACCESS, ""}}, CL_E_DENIED, NULL, 3},
    {{{404, V1, ""}, {404, BETA, ""}, {404, ACCESS, ""}}, CL_E_PROVIDER, NULL, 3},
    {{{401, V1, ""}}, CL_E_REJECTED, NULL, 1},
    {{{403, V1, ""}}, CL_E_DENIED, NULL, 1},
    {{{201, V1, "{}"}}, CL_E_PROVIDER, NULL, 1},
    {{{201, V1, "<html>"}}, CL_E_PROVIDER, NULL, 1},
    {{{201, V1, REVIEW("")}}, CL_E_PROVIDER, NULL, 1},
    {{{201, V1, REVIEW("a\\u001b[2J")}}, CL_E_PROVIDER, NULL, 1},
};

static void the_server_is_asked_who_we_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(reviews); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_call call = fake_call(fake);
        struct kube_user user = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;

        script(fake, reviews[i].answers);
        enum cl_code code = kube_who_am_i(&call, &config_of, &user, &err);
        if (code != reviews[i].code)
            fail_msg("row %zu: %s", i, err.text);
        assert_int_equal(fake_request_count(fake), reviews[i].requests);
        assert_true(cl_str_eq(cl_str_of(user.name), cl_str_of(reviews[i].name)));
        if (user.name != NULL)
            assert_string_equal(user.groups.items[0], "a");
        kube_user_cleanup(&user);
        fake_world_free(fake);
    }
}

static void reviews_name_their_version(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    struct kube_user user = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(fake, "POST", NULL, 404, NULL, "");
    fake_answer(fake, "POST", NULL, 201, NULL, REVIEW("system:anonymous"));
    assert_ok(kube_who_am_i(&call, &config_of, &user, &err), &err);
    assert_true(kube_user_is_anonymous(&user));
    assert_non_null(
        strstr(fake_request(fake, 0),
               "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}"));
    assert_non_null(strstr(fake_request(fake, 1), "\"authentication.k8s.io/v1beta1\""));
    kube_user_cleanup(&user);
    fake_world_free(fake);
}

/* --- what we may --------------------------------------------------------------------------- */

static void questions_about_permissions_are_put(void **state)
{
    static const struct {
        struct kube_action action;
        const char *attributes;
    } rows[] = {
        {{CL_STR_INIT("get"), CL_STR_INIT("pods"), CL_STR_INIT("default")},
         "{\"namespace\":\"default\",\"verb\":\"get\",\"resource\":\"pods\"}"},
        {{CL_STR_INIT("create"), CL_STR_INIT("serviceaccounts/token"), CL_STR_INIT("ci")},
         "{\"namespace\":\"ci\",\"verb\":\"create\",\"resource\":\"serviceaccounts\","
         "\"subresource\":\"token\"}"},
        {{CL_STR_INIT("get"), CL_STR_INIT("deployments.apps/scale"), CL_STR_INIT("n")},
         "{\"namespace\":\"n\",\"verb\":\"get\",\"group\":\"apps\",\"resource\":"
         "\"deployments\",\"subresource\":\"scale\"}"},
        {{CL_STR_INIT("list"), CL_STR_INIT("nodes"), CL_STR_INIT("")},
         "{\"verb\":\"list\",\"resource\":\"nodes\"}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_string) char *body = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_ok(kube_access_body(&rows[i].action, &body, &err), &err);
        assert_non_null(strstr(body, rows[i].attributes));
        assert_non_null(strstr(body, "\"kind\":\"SelfSubjectAccessReview\""));
    }
}

static void the_answer_about_a_permission_counts(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum cl_code code;
        bool allowed;
    } rows[] = {
        {201, "{\"status\":{\"allowed\":true}}", CL_OK, true},
        {201, "{\"status\":{\"allowed\":false,\"reason\":\"no\"}}", CL_OK, false},
        {201, "{}", CL_OK, false},
        {201, "x", CL_E_PROVIDER, false},
        {403, "", CL_E_DENIED, false},
    };
    const struct kube_action action = {.verb = CL_STR("get"), .resource = CL_STR("pods")};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_call call = fake_call(fake);
        bool allowed = false;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(fake, "POST", ACCESS, rows[i].status, NULL, rows[i].body);
        assert_int_equal(kube_may(&call, &config_of, &action, &allowed, &err), rows[i].code);
        assert_int_equal(allowed, rows[i].allowed);
        fake_world_free(fake);
    }
}

static enum cl_code ask_all(void)
{
    static const struct answer answers[ANSWERS_MAX] = {
        {200, "/version", VERSION}, {404, V1, ""}, {201, BETA, REVIEW("jane")}};
    struct fake_world *fake = fake_world_new();
    struct cl_call call = fake_call(fake);
    struct kube_version version = {.git_version = ""};
    struct kube_user user = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    script(fake, answers);
    enum cl_code code = kube_get_version(&call, &config_of, &version, &err);
    if (code == CL_OK)
        code = kube_who_am_i(&call, &config_of, &user, &err);
    kube_user_cleanup(&user);
    fake_world_free(fake);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    (void)state;
    assert_int_equal(ask_all(), CL_OK);
    assert_survives_faults(ask_all(), (void)0);
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
        cmocka_unit_test(a_version_is_read_where_it_is_told),
        cmocka_unit_test(the_server_is_asked_who_we_are),
        cmocka_unit_test(reviews_name_their_version),
        cmocka_unit_test(questions_about_permissions_are_put),
        cmocka_unit_test(the_answer_about_a_permission_counts),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
