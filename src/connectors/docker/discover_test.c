#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "connectors/docker/ops.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

/* What auto-configuration finds in the files of Docker and podman, in a world of memory. */

#define DOCKER "/home/u/.docker/config.json"
#define PODMAN "/home/u/.config/containers/auth.json"
#define RUNTIME "/run/u/containers/auth.json"
#define LEGACY "/home/u/.dockercfg"
#define CERTS "/etc/docker/certs.d/ghcr.io"
#define AUTH "{\"auth\":\"dTpjYW5hcnk=\"}" /* u:canary */
#define ONE(host) "{\"auths\":{\"" host "\":" AUTH "}}"

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

struct asked {
    const char *registry; /* argument; NULL: none */
    const char *file;     /* source; NULL: none */
    const char *short_lived;
    const char *certs;
    const char *ca_bundle; /* argument */
};

static void set_source(struct cl_map *sources, const char *name, const char *value)
{
    struct cl_err err = CL_ERR_NONE;

    if (value != NULL)
        assert_ok(cl_map_set(sources, cl_str_of(name), cl_str_of(value), &err), &err);
}

static void set_argument(struct cl_input *input, const char *name, const char *value)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    if (value == NULL)
        return;
    assert_ok(cl_secret_new(cl_str_of(value), &secret, &err), &err);
    assert_ok(cl_input_add_take(input, cl_str_of(name), secret, &err), &err);
}

static enum cl_code discover(struct fake_world *fake, struct asked asked, struct cl_discovered *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_map) struct cl_map sources = CL_MAP_NONE;
    CL_AUTO(cl_input) struct cl_input input = {.entries = NULL};
    struct cl_call call = fake_call(fake);
    struct cl_discover_request request = {.sources = &sources, .input = &input};

    set_source(&sources, "docker_config", asked.file);
    set_source(&sources, "allow_short_lived", asked.short_lived);
    set_source(&sources, "use_docker_certs", asked.certs);
    set_argument(&input, "registry", asked.registry);
    set_argument(&input, "ca_bundle", asked.ca_bundle);
    return docker_discover(&call, &request, ret, err);
}

static void assert_finds(struct fake_world *fake, struct asked asked, const char *registry,
                         const char *source)
{
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(discover(fake, asked, &found, &err), &err);
    assert_string_equal(found.auth_method, "password");
    assert_string_equal(found.source, source);
    assert_str(cl_secret_expose(cl_config_secret(&found.config, "username")), "u");
    assert_str(cl_secret_expose(cl_config_secret(&found.config, "password")), "canary");
    assert_str(cl_config_text(&found.config, "registry"), registry);
    assert_int_equal(found.expires_at, 0);
}

static void assert_refuses(struct fake_world *fake, struct asked asked, enum cl_code code,
                           const char *text, const char *hint)
{
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(discover(fake, asked, &found, &err), code);
    assert_non_null(strstr(err.text, text));
    assert_non_null(strstr(err.hint, hint));
    assert_null(strstr(err.text, "canary"));
    assert_null(cl_config_secret(&found.config, "password"));
}

/* --- tests ---------------------------------------------------------------------------------- */

static void finds_the_only_credential_there_is(void **state)
{
    static const struct {
        const char *path;
        const char *text;
    } files[] = {
        {DOCKER, ONE("ghcr.io")},
        {RUNTIME, ONE("ghcr.io")},
        {PODMAN, ONE("ghcr.io")},
        {LEGACY, "{\"ghcr.io\":" AUTH "}"},
        {LEGACY, "{\"https://ghcr.io/v1/\":" AUTH "}"},
        {DOCKER, "{\"credHelpers\":null,\"credsStore\":null,\"auths\":{\"ghcr.io\":" AUTH "}}"},
    };

    for (size_t i = 0; i < CL_COUNT(files); i++) {
        CL_AUTO(cl_buf) struct cl_buf source = CL_BUF(512);
        fake_set_file(*state, files[i].path, files[i].text);
        cl_buf_addf(&source, "credential of registry ghcr.io (%s)", files[i].path);
        assert_finds(*state, (struct asked){.registry = NULL}, "ghcr.io", source.ptr);
        fake_set_file(*state, files[i].path, NULL);
    }
}

static void prefers_docker_to_podman(void **state)
{
    fake_set_file(*state, DOCKER, "{\"auths\":{\"https://ghcr.io/v2/\":" AUTH "}}");
    fake_set_file(*state, RUNTIME, ONE("ghcr.io"));
    fake_set_file(*state, PODMAN, ONE("ghcr.io"));
    assert_finds(*state, (struct asked){.registry = NULL}, "ghcr.io",
                 "credential of registry ghcr.io (" DOCKER ")");
}

/* A host without a dot is no name on Docker Hub, and an account's credential is not for all. */
static void passes_over_keys_that_are_no_registry(void **state)
{
    static const char *const keys[] = {"myhost", "https://myhost/v1/", "quay.io/acme",
                                       "docker.io/acme/app"};

    for (size_t i = 0; i < CL_COUNT(keys); i++) {
        CL_AUTO(cl_buf) struct cl_buf file = CL_BUF(512);
        cl_buf_addf(&file, "{\"auths\":{\"%s\":" AUTH "}}", keys[i]);
        fake_set_file(*state, DOCKER, file.ptr);
        assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_LOCAL_CONFIG, "no credential",
                       "docker or podman");
    }
    fake_set_file(*state, DOCKER, "{\"auths\":{\"quay.io/b\":" AUTH ",\"localhost\":" AUTH "}}");
    assert_finds(*state, (struct asked){.registry = NULL}, "localhost",
                 "credential of registry localhost (" DOCKER ")");
}

static void finds_the_registry_that_is_named(void **state)
{
    fake_set_file(*state, DOCKER,
                  "{\"auths\":{\"quay.io\":" AUTH ",\"https://index.docker.io/v1/\":" AUTH "}}");
    /* the argument says the registry, so nothing else has to */
    assert_finds(*state, (struct asked){.registry = "docker.io"}, "",
                 "credential of registry docker.io (" DOCKER ")");
    assert_finds(*state, (struct asked){.registry = "https://QUAY.io/acme/app"}, "",
                 "credential of registry quay.io (" DOCKER ")");
    assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_AMBIGUOUS,
                   "2 registries were found: quay.io, docker.io", "--registry=HOST");
    assert_refuses(*state, (struct asked){.registry = "ghcr.io"}, CL_E_LOCAL_CONFIG,
                   "no credential of registry 'ghcr.io'", "docker or podman");
    assert_refuses(*state, (struct asked){.registry = "a b"}, CL_E_ID_INVALID, "", "");
}

static void asks_helpers_and_stores(void **state)
{
    static const struct {
        const char *text;
        struct asked asked;
        const char *registry;
        const char *ran;
    } rows[] = {
        {"{\"credHelpers\":{\"ghcr.io\":\"x\"}}", {.registry = NULL}, "ghcr.io", "ghcr.io"},
        {"{\"auths\":{\"https://index.docker.io/v1/\":{}},\"credsStore\":\"x\"}",
         {.registry = NULL},
         "docker.io",
         "https://index.docker.io/v1/"},
        {"{\"credsStore\":\"x\"}", {.registry = "docker.io"}, "", "https://index.docker.io/v1/"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf source = CL_BUF(512);
        CL_AUTO(cl_buf) struct cl_buf ran = CL_BUF(512);
        bool ghcr = strcmp(rows[i].registry, "ghcr.io") == 0;
        fake_set_file(*state, DOCKER, rows[i].text);
        fake_run_answer(*state, "docker-credential-x", 0,
                        "{\"Username\":\"u\",\"Secret\":\"canary\"}");
        cl_buf_addf(&source, "credential of registry %s (docker-credential-x, named in " DOCKER ")",
                    ghcr ? "ghcr.io" : "docker.io");
        assert_finds(*state, rows[i].asked, rows[i].registry, source.ptr);
        cl_buf_addf(&ran, "docker-credential-x\nget\n\n%s", rows[i].ran);
        assert_string_equal(fake_ran(*state), ran.ptr);
    }
}

static void takes_nothing_from_itself_and_from_helpers_without(void **state)
{
    fake_set_file(*state, DOCKER, "{\"credHelpers\":{\"ghcr.io\":\"cleat\"}}");
    assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_LOCAL_CONFIG,
                   "no credential of a registry was found (" DOCKER ": has none; " RUNTIME
                   ": not there",
                   "docker or podman");
    fake_set_file(*state, DOCKER, "{\"credsStore\":\"cleat\"}");
    assert_refuses(*state, (struct asked){.registry = "ghcr.io"}, CL_E_LOCAL_CONFIG, "'ghcr.io'",
                   "");
    fake_set_file(*state, DOCKER, "{\"credsStore\":\"x\"}");
    fake_run_answer(*state, "docker-credential-x", 1, "credentials not found in native keychain");
    assert_refuses(*state, (struct asked){.registry = "ghcr.io"}, CL_E_LOCAL_CONFIG, "'ghcr.io'",
                   "");
    assert_refuses(*state, (struct asked){.registry = "ghcr.io"}, CL_E_LOCAL_TOOL_MISSING,
                   "docker-credential-x", "");
}

/* Docker's helper has nothing, or cannot be asked: podman's own file is read all the same. */
static void looks_behind_a_helper_that_has_nothing(void **state)
{
    static const struct {
        const char *docker;
        const char *said; /* NULL: the helper is not installed */
        const char *line;
    } rows[] = {
        {"{\"credsStore\":\"x\"}", "credentials not found in native keychain",
         DOCKER ": docker-credential-x has no such credential"},
        {"{\"credHelpers\":{\"ghcr.io\":\"x\"}}", "credentials not found in native keychain",
         DOCKER ": docker-credential-x has no such credential"},
        {"{\"credsStore\":\"x\",\"auths\":{\"ghcr.io\":{}}}", "the key ring is locked",
         DOCKER ": docker-credential-x ended with 1: the key ring is locked"},
        {"{\"credHelpers\":{\"ghcr.io\":\"x\"}}", NULL, DOCKER ": cannot run"},
        {"{\"auths\":{\"ghcr.io\":{\"auth\":\"%\"}}}", NULL, DOCKER ": its credential is damaged"},
    };

    fake_set_file(*state, PODMAN, ONE("ghcr.io"));
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
        CL_AUTO(cl_string) char *lines = NULL;
        struct cl_err err = CL_ERR_NONE;
        fake_set_file(*state, DOCKER, rows[i].docker);
        if (rows[i].said != NULL)
            fake_run_answer(*state, "docker-credential-x", 1, rows[i].said);
        assert_ok(discover(*state, (struct asked){.registry = "ghcr.io"}, &found, &err), &err);
        assert_string_equal(found.source, "credential of registry ghcr.io (" PODMAN ")");
        assert_ok(cl_strs_join(&found.looked_at, "\n", &lines, &err), &err);
        assert_non_null(strstr(lines, rows[i].line));
    }
}

static void tells_of_the_first_failure_when_nothing_else_is_there(void **state)
{
    fake_set_file(*state, DOCKER, "{\"credHelpers\":{\"ghcr.io\":\"x\"}}");
    fake_set_file(*state, PODMAN, "{\"credHelpers\":{\"ghcr.io\":\"y\"}}");
    fake_run_answer(*state, "docker-credential-x", 1, "locked");
    fake_run_answer(*state, "docker-credential-y", 1, "credentials not found in native keychain");
    assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_LOCAL_CONFIG,
                   "docker-credential-x ended with 1: locked", "");
    fake_run_answer(*state, "docker-credential-x", 1, "credentials not found in native keychain");
    fake_run_answer(*state, "docker-credential-y", 1, "credentials not found in native keychain");
    assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_LOCAL_CONFIG,
                   DOCKER ": names a helper; " RUNTIME ": not there; " PODMAN
                          ": names a helper; " LEGACY ": not there; " DOCKER
                          ": docker-credential-x has no such credential",
                   "");
}

/* podman(1): each variable stands for all the usual files. */
static void looks_where_the_variables_say(void **state)
{
    fake_set_file(*state, PODMAN, ONE("quay.io"));
    fake_set_file(*state, RUNTIME, ONE("quay.io"));
    fake_set_file(*state, LEGACY, "{\"quay.io\":" AUTH "}");
    fake_set_file(*state, "/d/config.json", ONE("ghcr.io"));
    fake_set_file(*state, "/a.json", ONE("r.example"));
    fake_set_env(*state, "DOCKER_CONFIG", "/d");
    assert_finds(*state, (struct asked){.registry = NULL}, "ghcr.io",
                 "credential of registry ghcr.io (/d/config.json)");
    fake_set_file(*state, "/d/config.json", NULL);
    fake_set_env(*state, "REGISTRY_AUTH_FILE", "/a.json");
    assert_finds(*state, (struct asked){.registry = NULL}, "r.example",
                 "credential of registry r.example (/a.json)");
}

static void looks_for_podmans_file_without_a_session(void **state)
{
    fake_set_env(*state, "XDG_RUNTIME_DIR", NULL);
    fake_set_file(*state, "/run/containers/1000/auth.json", ONE("ghcr.io"));
    assert_finds(*state, (struct asked){.registry = NULL}, "ghcr.io",
                 "credential of registry ghcr.io (/run/containers/1000/auth.json)");
}

/* --- certificates ---------------------------------------------------------------------------- */

static void assert_certs(struct fake_world *fake, struct asked asked, const char *ca_bundle,
                         const char *client, const char *key, const char *warning)
{
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(discover(fake, asked, &found, &err), &err);
    assert_str(cl_config_text(&found.config, "ca_bundle"), ca_bundle);
    assert_str(cl_secret_expose(cl_config_secret(&found.config, "client_certificate")), client);
    assert_str(cl_secret_expose(cl_config_secret(&found.config, "client_key")), key);
    assert_int_equal(found.warnings.count, warning != NULL);
    if (warning != NULL)
        assert_non_null(strstr(found.warnings.items[0], warning));
}

static void takes_dockers_certificates_over_when_asked_to(void **state)
{
    struct asked asked = {.certs = ""};

    fake_set_file(*state, DOCKER, ONE("ghcr.io"));
    assert_certs(*state, asked, "", "", "", CERTS " is not there");
    fake_set_file(*state, CERTS "/b.crt", "authority b");
    fake_set_file(*state, CERTS "/a.crt", "authority a\n");
    fake_set_file(*state, CERTS "/.crt", "nothing");
    fake_set_file(*state, CERTS "/readme", "nothing");
    fake_set_file(*state, CERTS "/deeper/c.crt", "nothing");
    assert_certs(*state, asked, "authority a\nauthority b\n", "", "", NULL);
    fake_set_file(*state, CERTS "/me.cert", "certificate");
    fake_set_file(*state, CERTS "/me.key", "canary key");
    assert_certs(*state, asked, "authority a\nauthority b\n", "certificate", "canary key", NULL);
    fake_set_file(*state, CERTS "/you.cert", "other");
    asked.ca_bundle = "mine";
    assert_certs(*state, asked, "", "certificate", "canary key", "several client certificates");
    asked.certs = "false";
    assert_certs(*state, asked, "", "", "", NULL);
    assert_certs(*state, (struct asked){.registry = NULL}, "", "", "", NULL);
}

static void refuses_a_certificate_without_its_key(void **state)
{
    fake_set_file(*state, DOCKER, ONE("ghcr.io"));
    fake_set_file(*state, CERTS "/me.cert", "certificate");
    assert_refuses(*state, (struct asked){.certs = "true"}, CL_E_LOCAL_CONFIG, CERTS "/me.key", "");
}

static void looks_only_where_it_is_told_to(void **state)
{
    fake_set_file(*state, DOCKER, ONE("quay.io"));
    fake_set_file(*state, "/f.json", ONE("ghcr.io"));
    assert_finds(*state, (struct asked){.file = "/f.json"}, "ghcr.io",
                 "credential of registry ghcr.io (/f.json)");
}

static void says_where_it_has_looked(void **state)
{
    static const char *const lines[] = {DOCKER ": has none", RUNTIME ": not there",
                                        PODMAN ": has a credential", LEGACY ": not there"};
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, DOCKER, "{}");
    fake_set_file(*state, PODMAN, ONE("ghcr.io"));
    assert_ok(discover(*state, (struct asked){.registry = NULL}, &found, &err), &err);
    assert_int_equal(found.looked_at.count, CL_COUNT(lines));
    for (size_t i = 0; i < CL_COUNT(lines); i++)
        assert_string_equal(found.looked_at.items[i], lines[i]);
}

/* A token that ends at the given time, as a password. */
static void put_token(struct fake_world *fake, int64_t ends_at)
{
    CL_AUTO(cl_buf) struct cl_buf claims = CL_BUF(128);
    CL_AUTO(cl_buf) struct cl_buf pair = CL_BUF(512);
    CL_AUTO(cl_buf) struct cl_buf file = CL_BUF(1024);

    cl_buf_addf(&claims, "{\"exp\":%lld}", (long long)ends_at);
    cl_buf_add_c(&pair, "u:e30.");
    cl_buf_add_base64(&pair, cl_buf_view(&claims), CL_BASE64_URL);
    cl_buf_add_c(&pair, ".c2ln");
    cl_buf_add_c(&file, "{\"auths\":{\"ghcr.io\":{\"auth\":\"");
    cl_buf_add_base64(&file, cl_buf_view(&pair), CL_BASE64_STANDARD);
    cl_buf_add_c(&file, "\"}}}");
    fake_set_file(fake, DOCKER, file.ptr);
}

static void refuses_what_would_soon_be_useless(void **state)
{
    static const char *const yes[] = {"", "true", "1", "please"};

    put_token(*state, FAKE_START_AT + 86000);
    assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_UNSUPPORTED, "ends within hours",
                   "--allow-short-lived");
    assert_refuses(*state, (struct asked){.short_lived = "false"}, CL_E_UNSUPPORTED, "hours", "");
    for (size_t i = 0; i < CL_COUNT(yes); i++) {
        CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_ok(discover(*state, (struct asked){.short_lived = yes[i]}, &found, &err), &err);
        assert_int_equal(found.expires_at, FAKE_START_AT + 86000);
    }
    CL_AUTO(cl_discovered) struct cl_discovered later = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;
    put_token(*state, FAKE_START_AT + 90000);
    assert_ok(discover(*state, (struct asked){.registry = NULL}, &later, &err), &err);
    assert_int_equal(later.expires_at, FAKE_START_AT + 90000);
}

static void knows_whom_clouds_give_passwords_for_hours(void **state)
{
    static const struct {
        const char *auth;
        const char *type;
    } rows[] = {
        {"QVdTOng=", "'aws'"},
        {"b2F1dGgyYWNjZXNzdG9rZW46eA==", "'gcp'"},
        {"X2RjZ2Nsb3VkX3Rva2VuOng=", "'gcp'"},
        {"MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOng=", "'azure'"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf file = CL_BUF(512);
        cl_buf_addf(&file, "{\"auths\":{\"ghcr.io\":{\"auth\":\"%s\"}}}", rows[i].auth);
        fake_set_file(*state, DOCKER, file.ptr);
        assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_UNSUPPORTED, "'ghcr.io'",
                       rows[i].type);
    }
}

static void names_the_file_that_it_cannot_read(void **state)
{
    static const char *const texts[] = {"{\n,", "[]", "{\"auths\":{\"ghcr.io\":{\"auth\":\"%\"}}}"};

    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        fake_set_file(*state, DOCKER, texts[i]);
        assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_LOCAL_CONFIG, DOCKER, "");
    }
    fake_set_file(*state, DOCKER, NULL);
    fake_set_file(*state, DOCKER "/below", "");
    assert_refuses(*state, (struct asked){.registry = NULL}, CL_E_LOCAL_CONFIG, DOCKER, "");
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    CL_AUTO(cl_map) struct cl_map sources = CL_MAP_NONE;
    CL_TRY(cl_map_set(&sources, CL_STR("use_docker_certs"), CL_STR("true"), err));
    struct cl_call call = fake_call(ctx);
    struct cl_discover_request request = {.sources = &sources};

    return docker_discover(&call, &request, &found, err);
}

static void reports_every_failing_allocation(void **state)
{
    fake_set_file(*state, DOCKER, "{\"credHelpers\":{\"ghcr.io\":\"absent\"}}");
    fake_set_file(*state, PODMAN, ONE("ghcr.io"));
    fake_set_file(*state, CERTS "/a.crt", "authority");
    fake_set_file(*state, CERTS "/me.cert", "certificate");
    fake_set_file(*state, CERTS "/me.key", "canary key");
    assert_true(fail_each_allocation(attempt, *state) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_the_only_credential_there_is),
        TEST(prefers_docker_to_podman),
        TEST(passes_over_keys_that_are_no_registry),
        TEST(finds_the_registry_that_is_named),
        TEST(asks_helpers_and_stores),
        TEST(takes_nothing_from_itself_and_from_helpers_without),
        TEST(looks_behind_a_helper_that_has_nothing),
        TEST(tells_of_the_first_failure_when_nothing_else_is_there),
        TEST(looks_where_the_variables_say),
        TEST(looks_for_podmans_file_without_a_session),
        TEST(takes_dockers_certificates_over_when_asked_to),
        TEST(refuses_a_certificate_without_its_key),
        TEST(looks_only_where_it_is_told_to),
        TEST(says_where_it_has_looked),
        TEST(refuses_what_would_soon_be_useless),
        TEST(knows_whom_clouds_give_passwords_for_hours),
        TEST(names_the_file_that_it_cannot_read),
        TEST(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
