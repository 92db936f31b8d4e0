#include "aws_client.h"
#include "base/alloc.h"
#include "bridges/companion.h"
#include "codec/json.h"
#include "core/registry.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

extern const struct cl_connector_type cl_type_docker;
const struct cl_connector_type *const cl_connector_types[] = {&cl_type_docker};
const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);

/* The Docker configuration of one program, from the user's own and an issued credential. */

#define DOCKER "/home/u/.docker/config.json"
#define PODMAN "/home/u/.config/containers/auth.json"
#define RUNTIME "/run/u/containers/auth.json"
#define LEGACY "/home/u/.dockercfg"
#define OTHER "{\"auth\":\"YTpi\"}"
#define MINE "{\"auth\":\"dTpjYW5hcnk=\"}" /* u:canary */

static int set_up(void **state)
{
    struct fake_world *fake = fake_world_new();

    fake_set_env(fake, "HOME", "/home/u");
    fake_set_env(fake, "XDG_RUNTIME_DIR", "/run/u");
    *state = fake;
    return 0;
}

static int tear_down(void **state)
{
    fake_world_free(*state);
    return 0;
}

static enum cl_code open_for(struct fake_world *fake, const char *registry, const char *username,
                             struct cl_environment *ret, struct cl_err *err)
{
    struct cl_issue_client_result client = aws_client_of_type("docker");
    struct cl_call call = fake_call(fake);
    CL_AUTO(cl_companion) struct cl_companion companion = CL_COMPANION_NONE;

    aws_client_set_resource(&client, "docker-registry", registry);
    aws_client_set(&client, "registry", registry);
    aws_client_set_secret(&client, "username", username);
    aws_client_set_secret(&client, "password", "canary");
    enum cl_code code = cl_environment_open(&call, &client, ret, &companion, err);
    cl_issue_client_result_cleanup(&client);
    return code;
}

static void assert_json(const char *text, const char *want)
{
    CL_AUTO(cl_json) json_t *got = NULL;
    CL_AUTO(cl_string) char *shown = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_json_parse(cl_str_of(text), &got, &err), &err);
    assert_ok(cl_json_dump(got, CL_JSON_COMPACT, &shown, &err), &err);
    assert_string_equal(shown, want);
}

static void assert_files(struct fake_world *fake, const char *registry, const char *config,
                         const char *auth)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(open_for(fake, registry, "u", &environment, &err), &err);
    assert_true(environment.folder.count >= 2);
    assert_string_equal(environment.folder.items[0].name, "config.json");
    assert_string_equal(environment.folder.items[1].name, "auth.json");
    if (config != NULL)
        assert_json(environment.folder.items[0].content, config);
    if (auth != NULL)
        assert_json(environment.folder.items[1].content, auth);
}

static void replaces_only_what_is_about_the_registry(void **state)
{
    static const struct {
        const char *registry;
        const char *before; /* NULL: no file */
        const char *after;
    } rows[] = {
        {"quay.io", NULL, "{\"auths\":{\"quay.io\":" MINE "},\"credHelpers\":{}}"},
        {"quay.io", " \n", "{\"auths\":{\"quay.io\":" MINE "},\"credHelpers\":{}}"},
        {"https://QUAY.io/v2/", "{\"auths\":null,\"credHelpers\":null}",
         "{\"auths\":{\"quay.io\":" MINE "},\"credHelpers\":{}}"},
        {"docker.io", "{\"a\":[1],\"auths\":{\"https://index.docker.io/v1/\":" OTHER "}}",
         "{\"a\":[1],\"auths\":{\"https://index.docker.io/v1/\":" MINE "},\"credHelpers\":{}}"},
        {"quay.io",
         "{\"auths\":{\"quay.io/acme\":" OTHER ",\"https://quay.io\":" OTHER ",\"a.io\":" OTHER
         "},\"credHelpers\":{\"quay.io\":\"x\",\"b.io\":\"x\"}}",
         "{\"auths\":{\"a.io\":" OTHER ",\"quay.io\":" MINE "},\"credHelpers\":{\"b.io\":\"x\"}}"},
        /* the store of all registries would be asked before the file */
        {"quay.io",
         "{\"credsStore\":\"s\",\"auths\":{\"a.io\":{},\"b.io\":{},\"quay.io\":{}},\"credHelpers\":"
         "{\"b.io\":\"x\"}}",
         "{\"auths\":{\"a.io\":{},\"b.io\":{},\"quay.io\":" MINE
         "},\"credHelpers\":{\"b.io\":\"x\",\"a.io\":\"s\"}}"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        fake_set_file(*state, DOCKER, rows[i].before);
        assert_files(*state, rows[i].registry, rows[i].after, NULL);
    }
}

static void gives_podman_what_all_its_files_have(void **state)
{
    fake_set_file(*state, RUNTIME, "{\"auths\":{\"a.io\":" OTHER ",\"b.io\":{}}}");
    fake_set_file(
        *state, PODMAN,
        "{\"credHelpers\":{\"a.io\":\"x\",\"b.io\":\"x\"},\"auths\":{\"quay.io/acme\":" OTHER "}}");
    fake_set_file(*state, DOCKER, "{\"auths\":{\"b.io\":" OTHER ",\"c.io/x\":" OTHER "}}");
    fake_set_file(*state, LEGACY, "{\"https://d.io/v1/\":" OTHER "}");
    assert_files(*state, "quay.io", NULL,
                 "{\"auths\":{\"a.io\":" OTHER ",\"c.io/x\":" OTHER ",\"https://d.io/v1/\":" OTHER
                 ",\"quay.io\":" MINE "},\"credHelpers\":{\"b.io\":\"x\"}}");
    /* a variable that names one file speaks for all of them */
    fake_set_file(*state, "/own.json", "{\"auths\":{\"e.io\":" OTHER "}}");
    fake_set_env(*state, "REGISTRY_AUTH_FILE", "/own.json");
    assert_files(*state, "docker.io", NULL,
                 "{\"auths\":{\"e.io\":" OTHER ",\"docker.io\":" MINE "},\"credHelpers\":{}}");
}

static void hands_a_refresh_token_over_in_its_own_member(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(open_for(*state, "quay.io", "<token>", &environment, &err), &err);
    assert_json(environment.folder.items[0].content,
                "{\"auths\":{\"quay.io\":{\"auth\":\"PHRva2VuPjo=\",\"identitytoken\":\"canary\"}},"
                "\"credHelpers\":{}}");
}

static void leads_both_kinds_of_tools_there(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;
    static const char *const names[] = {"DOCKER_CONFIG", "DOCKER_AUTH_CONFIG",
                                        "REGISTRY_AUTH_FILE"};

    assert_ok(open_for(*state, "quay.io", "u", &environment, &err), &err);
    for (size_t i = 0; i < CL_COUNT(names); i++)
        assert_true(cl_environment_removes(&environment, cl_str_of(names[i])));
    size_t before = environment.count;
    assert_ok(cl_environment_add_folder(&environment, "/run/p", &err), &err);
    assert_int_equal(environment.count, before + 2);
    assert_string_equal(environment.items[before].name, "DOCKER_CONFIG");
    assert_string_equal(environment.items[before].value, "/run/p");
    assert_string_equal(environment.items[before + 1].name, "REGISTRY_AUTH_FILE");
    assert_string_equal(environment.items[before + 1].value, "/run/p/auth.json");
    for (size_t i = 0; i < environment.count; i++)
        assert_null(strstr(environment.items[i].value, "canary"));
}

static void links_what_lies_beside_the_file(void **state)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, "/d/config.json", "{}");
    fake_set_file(*state, "/d/config.json.cleat-lock", "");
    fake_set_file(*state, "/d/cli-plugins/docker-x", "");
    fake_set_file(*state, "/d/contexts/meta", "");
    fake_set_env(*state, "DOCKER_CONFIG", "/d");
    assert_ok(open_for(*state, "quay.io", "u", &environment, &err), &err);
    assert_int_equal(environment.folder.count, 4);
    assert_string_equal(environment.folder.items[2].name, "cli-plugins");
    assert_string_equal(environment.folder.items[2].target, "/d/cli-plugins");
    assert_string_equal(environment.folder.items[3].target, "/d/contexts");
}

static void names_the_file_that_it_cannot_read(void **state)
{
    static const char *const files[] = {DOCKER, PODMAN, RUNTIME, LEGACY};
    static const char *const texts[] = {"{", "[]"};

    for (size_t i = 0; i < CL_COUNT(files) * CL_COUNT(texts); i++) {
        CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
        const char *file = files[i / CL_COUNT(texts)];
        struct cl_err err = CL_ERR_NONE;
        fake_set_file(*state, file, texts[i % CL_COUNT(texts)]);
        assert_int_equal(open_for(*state, "quay.io", "u", &environment, &err), CL_E_LOCAL_CONFIG);
        assert_non_null(strstr(err.text, file));
        fake_set_file(*state, file, NULL);
    }
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_companion) struct cl_companion companion = CL_COMPANION_NONE;
    struct cl_call call;
    const struct cl_issue_client_result *client = ctx;

    struct fake_world *fake = fake_world_new();
    fake_set_env(fake, "HOME", "/home/u");
    fake_set_file(fake, DOCKER, "{\"credsStore\":\"s\",\"auths\":{\"a.io\":{},\"quay.io\":{}}}");
    fake_set_file(fake, "/home/u/.docker/contexts/x", "");
    call = fake_call(fake);
    enum cl_code code = cl_environment_open(&call, client, &environment, &companion, err);
    fake_world_free(fake);
    return code;
}

static void reports_every_failing_allocation(void **state)
{
    struct cl_issue_client_result client = aws_client_of_type("docker");

    (void)state;
    aws_client_set_resource(&client, "docker-registry", "quay.io");
    aws_client_set_secret(&client, "username", "u");
    aws_client_set_secret(&client, "password", "canary");
    assert_true(fail_each_allocation(attempt, &client) > 30);
    cl_issue_client_result_cleanup(&client);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(replaces_only_what_is_about_the_registry),
        TEST(gives_podman_what_all_its_files_have),
        TEST(hands_a_refresh_token_over_in_its_own_member),
        TEST(leads_both_kinds_of_tools_there),
        TEST(links_what_lies_beside_the_file),
        TEST(names_the_file_that_it_cannot_read),
        TEST(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
