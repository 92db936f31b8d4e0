#include "bridges/docker_helper.h"

#include <stdio.h>

#include "aws_client.h"
#include "base/alloc.h"
#include "codec/json.h"
#include "core/registry.h"
#include "fake_world.h"
#include "test.h"

extern const struct cl_connector_type cl_type_docker;
const struct cl_connector_type *const cl_connector_types[] = {&cl_type_docker};
const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);

#define MAP "/home/u/.config/cleat/docker.json"
#define MAPPED                                                                               \
    "{\"reg.example.com\": {\"connector\": \"c1\", \"resource_type\": \"docker-registry\", " \
    "\"allow_long_lived\": true, \"files\": []}, "                                           \
    "\"docker.io\": {\"connector\": \"c2\", \"resource_type\": \"docker-registry\", "        \
    "\"resource_id\": \"docker.io\", \"files\": []}}"
#define PASSWORD "canary\"pass"

/* What the helper works with, and what it did. */
struct bench {
    struct fake_world *fake;
    const char *input;
    enum cl_code input_code;
    enum cl_code issue_code;
    bool no_credential;
    struct cl_issue_client_result client; /* what will be issued */
    int opened;
    bool fresh;      /* was asked for */
    int64_t fail_at; /* this allocation */
    char asked[256]; /* what was to be issued */
};

/* --- an api that only issues ---------------------------------------------------------------- */

static struct bench *at_work;

static enum cl_code issue(struct cl_api *api, const struct cl_call *call,
                          const struct cl_issue_client_request *request,
                          struct cl_issue_client_result *ret, struct cl_err *err)
{
    (void)api;
    assert_true(call->deadline_ms > 0);
    at_work->fresh = request->fresh;
    (void)snprintf(at_work->asked, sizeof(at_work->asked), "%.*s %.*s %.*s %s %.*s",
                   CL_STR_ARG(request->ref.text), CL_STR_ARG(request->resource_type),
                   CL_STR_ARG(request->resource_id), request->allow_long_lived ? "stored" : "fresh",
                   CL_STR_ARG(request->purpose));
    if (at_work->issue_code != CL_OK) {
        (void)cl_err_set(err, at_work->issue_code, "the provider says no");
        return cl_err_hint(err, "ask again");
    }
    CL_MOVE_TO(ret, at_work->client);
    return CL_OK;
}

static enum cl_code open_api(void *ctx, struct cl_api **ret, struct cl_err *err)
{
    static const struct cl_api_ops ops = {.issue = issue};
    static struct cl_api api = {.ops = &ops};

    (void)err;
    at_work = ctx;
    at_work->opened++;
    *ret = &api;
    return CL_OK;
}

static enum cl_code read_input(void *ctx, struct cl_buf *ret, struct cl_err *err)
{
    struct bench *bench = ctx;

    if (bench->input_code != CL_OK)
        return cl_err_set(err, bench->input_code, "standard input is larger than its limit");
    cl_buf_add_c(ret, bench->input);
    return cl_buf_ok(ret, err);
}

/* --- the bench ------------------------------------------------------------------------------ */

static int set_up(void **state)
{
    static struct bench bench;

    bench = (struct bench){.fake = fake_world_new(), .input = ""};
    fake_set_env(bench.fake, "HOME", "/home/u");
    fake_set_file(bench.fake, MAP, MAPPED);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    fake_world_free(bench->fake);
    return 0;
}

static void prepare(struct bench *bench)
{
    bench->client = aws_client_of_type("docker");
    if (bench->no_credential)
        return;
    aws_client_set_secret(&bench->client, "username", "u");
    aws_client_set_secret(&bench->client, "password", PASSWORD);
}

/* Runs it; what it prints is to be cleaned up by the caller. */
static int run(struct bench *bench, const char *word, const char *input, struct cl_buf *out)
{
    char copy[64] = "";
    char *words[] = {copy, NULL};
    struct cl_call ever = fake_call(bench->fake);
    struct cl_call call = cl_call_within(&ever, CL_DOCKER_HELPER_PATIENCE_MS);
    struct cl_docker_helper helper = {.call = &call,
                                      .version = "1.2.3",
                                      .read_input = read_input,
                                      .open_api = open_api,
                                      .ctx = bench};

    bench->input = input;
    (void)snprintf(copy, sizeof(copy), "%s", word);
    prepare(bench);
    (void)cl_alloc_fail_at(bench->fail_at);
    int status = cl_docker_helper_run(&helper, words, out);
    (void)cl_alloc_fail_at(0);
    cl_issue_client_result_cleanup(&bench->client);
    return status;
}

static void assert_prints(struct bench *bench, const char *word, const char *input, int status,
                          const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    assert_int_equal(run(bench, word, input, &out), status);
    assert_str(cl_buf_view(&out), want);
}

/* --- tests ---------------------------------------------------------------------------------- */

static void knows_its_name(void **state)
{
    static const struct {
        const char *name;
        bool meant;
    } rows[] = {
        {"docker-credential-cleat", true},
        {"/usr/bin/docker-credential-cleat", true},
        {"./docker-credential-cleat", true},
        {"cleat", false},
        {"docker-credential-cleat/", false},
        {"docker-credential-cleat2", false},
        {"", false},
        {NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_int_equal(cl_docker_helper_is_meant(rows[i].name), rows[i].meant);
}

static void hands_out_a_credential(void **state)
{
    static const struct {
        const char *input;
        const char *echoed;
        const char *asked;
    } rows[] = {
        {"reg.example.com", "reg.example.com",
         "c1 docker-registry  stored docker-credential-cleat"},
        {" https://REG.example.com/v2/ \r\n", "https://REG.example.com/v2/",
         "c1 docker-registry  stored docker-credential-cleat"},
        {"https://index.docker.io/v1/\n", "https://index.docker.io/v1/",
         "c2 docker-registry docker.io fresh docker-credential-cleat"},
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        char want[256];
        (void)snprintf(want, sizeof(want),
                       "{\"ServerURL\":\"%s\",\"Username\":\"u\",\"Secret\":\"canary\\\"pass\"}\n",
                       rows[i].echoed);
        assert_prints(bench, "get", rows[i].input, 0, want);
        assert_string_equal(bench->asked, rows[i].asked);
    }
}

static void touches_nothing_for_a_registry_that_is_not_ours(void **state)
{
    static const char *const inputs[] = {
        "ghcr.io", "reg.example.com:444", "not a name", "{\"a\"}", "http://", "\xFF",
        /* hosts of somebody's own network, not names on Docker Hub */
        "registry", "myhost/acme", "https://registry", "http://registry/v2/"};
    struct bench *bench = *state;

    for (size_t i = 0; i < CL_COUNT(inputs); i++) {
        fake_fail_at(bench->fake, 0);
        assert_prints(bench, "get", inputs[i], 1, "credentials not found in native keychain\n");
        assert_true(fake_calls_made(bench->fake) <= 1); /* the map */
    }
    fake_set_file(bench->fake, MAP, NULL);
    assert_prints(bench, "get", "reg.example.com", 1, "credentials not found in native keychain\n");
    assert_int_equal(bench->opened, 0);
}

static void says_aloud_what_went_wrong(void **state)
{
    struct bench *bench = *state;

    bench->issue_code = CL_E_REJECTED;
    assert_prints(bench, "get", "reg.example.com", 1, "cleat: the provider says no; ask again\n");
    bench->issue_code = CL_E_NOT_FOUND;
    assert_prints(bench, "get", "reg.example.com", 1,
                  "cleat: the provider says no; log in with another connector and --overwrite, or "
                  "take 'reg.example.com' out of the file\n");
    bench->issue_code = CL_OK;
    bench->no_credential = true;
    assert_prints(bench, "get", "reg.example.com", 1,
                  "cleat: a 'docker' credential opens no container registry\n");
    bench->input_code = CL_E_INVALID;
    assert_prints(bench, "get", "", 1, "standard input is larger than its limit\n");
    assert_prints(bench, "store", "", 1, "standard input is larger than its limit\n");
}

static void replaces_what_was_erased(void **state)
{
    struct bench *bench = *state;

    assert_prints(bench, "erase", "reg.example.com", 0, ""); /* a stored pair: there is no other */
    assert_prints(bench, "erase", "ghcr.io", 0, "");
    assert_int_equal(bench->opened, 0);
    assert_prints(bench, "erase", "docker.io", 0, "");
    assert_int_equal(bench->opened, 1);
    assert_true(bench->fresh);
    bench->issue_code = CL_E_UNREACHABLE;
    assert_prints(bench, "erase", "docker.io", 0, "");
    bench->issue_code = CL_OK;
    assert_int_equal(bench->opened, 2);
}

static void speaks_the_protocols_sentences(void **state)
{
    static const struct {
        const char *word;
        const char *input;
        int status;
        const char *out;
    } rows[] = {
        {"get", "", 1, "no credentials server URL\n"},
        {"get", " \n", 1, "no credentials server URL\n"},
        {"erase", "\n", 1, "no credentials server URL\n"},
        {"erase", "reg.example.com\n", 0, ""},
        {"erase", "ghcr.io", 0, ""},
        {"store", "{\"ServerURL\":\"https://reg.example.com\",\"Username\":\"u\",\"Secret\":\"s\"}",
         0, ""},
        {"store", "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"s\"}", 1,
         "cleat manages connector registries only\n"},
        {"store", "{\"Username\":\"u\",\"Secret\":\"s\"}", 1, "no credentials server URL\n"},
        {"store", "{\"ServerURL\":\"ghcr.io\",\"Secret\":\"s\"}", 1, "no credentials username\n"},
        {"store", "[]", 1, "the credential to store is not a JSON object\n"},
        {"list", "unused", 0,
         "{\"https://reg.example.com\":\"cleat\",\"https://index.docker.io/v1/\":\"cleat\"}\n"},
        {"version", "", 0, "docker-credential-cleat (cleat) 1.2.3\n"},
        {"--version", "", 0, "docker-credential-cleat (cleat) 1.2.3\n"},
        {"-v", "", 0, "docker-credential-cleat (cleat) 1.2.3\n"},
        {"--help", "", 0, "Usage: docker-credential-cleat <store|get|erase|list|version>\n"},
        {"GET", "", 1, "docker-credential-cleat: unknown action 'GET'\n"},
        {"\x1B[2J", "", 1, "docker-credential-cleat: unknown action '\\x1b[2J'\n"},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_prints(*state, rows[i].word, rows[i].input, rows[i].status, rows[i].out);
}

static void wants_exactly_one_word(void **state)
{
    static char get[] = "get";
    char *none[] = {NULL};
    char *two[] = {get, get, NULL};
    char *const *rows[] = {none, two};
    struct bench *bench = *state;
    struct cl_call call = fake_call(bench->fake);
    struct cl_docker_helper helper = {.call = &call, .version = "1"};

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
        assert_int_equal(cl_docker_helper_run(&helper, rows[i], &out), 1);
        assert_str(cl_buf_view(&out),
                   "Usage: docker-credential-cleat <store|get|erase|list|version>\n");
    }
}

static void says_what_is_wrong_with_its_map(void **state)
{
    struct bench *bench = *state;
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);

    fake_set_file(bench->fake, MAP, "{\n]");
    assert_int_equal(run(bench, "get", "reg.example.com", &out), 1);
    assert_non_null(strstr(out.ptr, MAP));
    assert_non_null(strstr(out.ptr, "line 2"));
    assert_null(strstr(out.ptr, "native keychain"));
    assert_int_equal(bench->opened, 0);
}

static void reports_every_failing_allocation(void **state)
{
    static const char *const words[] = {"get", "list", "store"};
    struct bench *bench = *state;
    static const char store[] = "{\"ServerURL\":\"reg.example.com\",\"Username\":\"u\"}";

    for (size_t i = 0; i < CL_COUNT(words); i++) {
        int64_t nth = 0;
        int status = 1;
        while (status != 0 && nth < 1000) {
            CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
            bench->fail_at = ++nth;
            status = run(bench, words[i], i == 2 ? store : "reg.example.com", &out);
            assert_true(out.len == 0 || strstr(out.ptr, "native keychain") == NULL);
            assert_true(status == 0 || out.len == 0 || strstr(out.ptr, "canary") == NULL);
        }
        assert_true(nth > 3 && nth < 1000);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(knows_its_name),
        TEST(hands_out_a_credential),
        TEST(touches_nothing_for_a_registry_that_is_not_ours),
        TEST(says_aloud_what_went_wrong),
        TEST(replaces_what_was_erased),
        TEST(speaks_the_protocols_sentences),
        TEST(wants_exactly_one_word),
        TEST(says_what_is_wrong_with_its_map),
        TEST(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
