#include "aws_client.h"
#include "base/alloc.h"
#include "bridges/login.h"
#include "codec/json.h"
#include "core/registry.h"
#include "fake_world.h"
#include "test.h"

extern const struct cl_connector_type cl_type_docker;
const struct cl_connector_type *const cl_connector_types[] = {&cl_type_docker};
const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);

/* What login and logout do to the files of Docker and podman, in a world of memory. The text of a
 * file is the business of interop/json_edit. */

#define DOCKER "/home/u/.docker/config.json"
#define PODMAN "/home/u/.config/containers/auth.json"
#define MAP "/home/u/.config/cleat/docker.json"
#define HELPER "/opt/bin/docker-credential-cleat"
#define OTHER "{\"auth\":\"YTpi\"}"
#define ENTRY "{\n\t\"credHelpers\": {\n\t\t\"reg.example.com\": \"cleat\"\n\t}\n}\n"
#define AUTH "{\n\t\"auths\": {\n\t\t\"reg.example.com\": {\"auth\": \"dTpjYW5hcnk=\"}\n\t}\n}\n"

static void install(struct fake_world *fake, const char *program)
{
    fake_set_file(fake, program, "");
    fake_set_file_mode(fake, program, 0755);
}

static int set_up(void **state)
{
    struct fake_world *fake = fake_world_new();

    fake_set_env(fake, "HOME", "/home/u");
    fake_set_env(fake, "PATH", "/bin::/opt/bin");
    install(fake, HELPER);
    *state = fake;
    return 0;
}

static int tear_down(void **state)
{
    fake_world_free(*state);
    return 0;
}

static struct cl_issue_client_result client_for(const char *registry)
{
    struct cl_issue_client_result client = aws_client_of_type("docker");

    aws_client_set_resource(&client, "docker-registry", registry);
    aws_client_set(&client, "registry", registry);
    aws_client_set_secret(&client, "username", "u");
    aws_client_set_secret(&client, "password", "canary");
    return client;
}

static enum cl_code login_to(struct fake_world *fake, const char *registry,
                             struct cl_login_request request, struct cl_login_result *ret,
                             struct cl_err *err)
{
    struct cl_issue_client_result client = client_for(registry);
    struct cl_call call = fake_call(fake);

    request.client = &client;
    enum cl_code code = cl_login(&call, &request, ret, err);
    cl_issue_client_result_cleanup(&client);
    return code;
}

static void login(struct fake_world *fake, struct cl_login_request request)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_to(fake, "reg.example.com", request, &result, &err), &err);
    assert_string_equal(result.entry, "reg.example.com");
}

static void assert_file(struct fake_world *fake, const char *path, const char *want)
{
    const char *got = fake_file(fake, path);

    if (want == NULL) {
        assert_null(got);
        return;
    }
    assert_non_null(got);
    assert_string_equal(got, want);
}

static void assert_refused(struct fake_world *fake, struct cl_login_request request,
                           enum cl_code code, const char *text, const char *hint)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_int_equal(login_to(fake, "reg.example.com", request, &result, &err), code);
    assert_non_null(strstr(err.text, text));
    assert_non_null(strstr(err.hint, hint));
    assert_null(strstr(err.text, "canary"));
}

/* --- login ---------------------------------------------------------------------------------- */

static void makes_docker_ask_cleat(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_to(*state, "https://REG.example.com/", (struct cl_login_request){.tool = NULL},
                       &result, &err),
              &err);
    assert_string_equal(result.entry, "reg.example.com");
    assert_string_equal(result.path, DOCKER);
    assert_null(result.notice);
    assert_file(*state, DOCKER, ENTRY);
    assert_file(*state, PODMAN, NULL);
    assert_int_equal(fake_file_mode(*state, DOCKER), 0600);
    assert_int_equal(fake_file_mode(*state, "/home/u/.docker"), 0700);
    assert_non_null(strstr(fake_file(*state, MAP), AWS_CLIENT_CONNECTOR_ID));
    assert_null(strstr(fake_file(*state, MAP), "canary"));
}

static void chooses_the_files(void **state)
{
    static const struct {
        struct cl_login_request request;
        const char *file; /* exists */
        bool podman_installed;
        bool docker;
        bool podman;
    } rows[] = {
        {{.tool = NULL}, NULL, false, true, false},
        {{.tool = "auto"}, NULL, true, true, true},
        {{.tool = "auto"}, PODMAN, false, true, true},
        {{.tool = "docker"}, PODMAN, true, true, false},
        {{.tool = "podman"}, NULL, false, false, true},
        {{.file = "/f.json"}, PODMAN, true, false, false},
    };

    tear_down(state);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        set_up(state);
        if (rows[i].podman_installed)
            install(*state, "/bin/buildah");
        if (rows[i].file != NULL)
            fake_set_file(*state, rows[i].file, "{}");
        login(*state, rows[i].request);
        const char *podman = fake_file(*state, PODMAN);
        assert_int_equal(fake_file(*state, DOCKER) != NULL, rows[i].docker);
        assert_int_equal(podman != NULL && strstr(podman, "cleat") != NULL, rows[i].podman);
        login(*state, (struct cl_login_request){.logout = true});
        assert_file(*state, DOCKER, NULL);
        assert_file(*state, PODMAN, rows[i].file == NULL ? NULL : "{}");
        assert_file(*state, MAP, NULL);
        assert_file(*state, "/f.json", NULL);
        tear_down(state);
    }
    set_up(state);
}

static void names_docker_hub_as_each_tool_does(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    install(*state, "/bin/podman");
    assert_ok(login_to(*state, "docker.io", (struct cl_login_request){.tool = NULL}, &result, &err),
              &err);
    assert_non_null(
        strstr(fake_file(*state, DOCKER), "\"https://index.docker.io/v1/\": \"cleat\""));
    assert_non_null(strstr(fake_file(*state, PODMAN), "\"docker.io\": \"cleat\""));
}

static void makes_a_relative_path_whole(void **state)
{
    fake_set_env(*state, "PWD", "/proj");
    login(*state, (struct cl_login_request){.file = "f.json"});
    assert_non_null(strstr(fake_file(*state, MAP), "\"/proj/f.json\""));
    fake_set_env(*state, "PWD", NULL);
    assert_refused(*state, (struct cl_login_request){.file = "f.json"}, CL_E_INVALID, "absolute",
                   "");
}

static void copies_the_credential_when_told_to(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_env(*state, "PATH", ""); /* needs no helper */
    fake_set_file(*state, DOCKER, "");
    fake_set_file_mode(*state, DOCKER, 0644);
    assert_ok(login_to(*state, "reg.example.com", (struct cl_login_request){.static_copy = true},
                       &result, &err),
              &err);
    assert_file(*state, DOCKER, AUTH);
    assert_int_equal(fake_file_mode(*state, DOCKER), 0600);
    assert_non_null(strstr(result.notice,
                           "WARNING! Your password will be stored unencrypted in " DOCKER ".\n"));
    assert_null(strstr(result.notice, "canary"));
    /* once more, and back to asking */
    login(*state, (struct cl_login_request){.static_copy = true});
    fake_set_env(*state, "PATH", "/opt/bin");
    login(*state, (struct cl_login_request){.tool = NULL});
    assert_null(strstr(fake_file(*state, DOCKER), "auth\":"));
    assert_non_null(strstr(fake_file(*state, DOCKER), "cleat"));
    login(*state, (struct cl_login_request){.static_copy = true});
    login(*state, (struct cl_login_request){.logout = true});
    assert_file(*state, DOCKER, "");
}

#define STORE "{\"credsStore\": \"desktop\"}"
#define DESKTOP "docker-credential-desktop"
#define NOTHING "credentials not found in native keychain"

/* Where a helper of the system's would be asked, the copy goes to it. */
static void has_another_helper_keep_the_copy(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, DOCKER, STORE);
    fake_set_file_mode(*state, DOCKER, 0644);
    fake_run_answer(*state, DESKTOP, 1, NOTHING);
    fake_run_answer(*state, DESKTOP, 0, "");
    assert_ok(login_to(*state, "reg.example.com", (struct cl_login_request){.static_copy = true},
                       &result, &err),
              &err);
    assert_null(result.notice);
    assert_string_equal(fake_ran(*state), DESKTOP "\nstore\n\n{\"ServerURL\":\"reg.example.com\","
                                                  "\"Username\":\"u\",\"Secret\":\"canary\"}");
    assert_file(*state, DOCKER,
                "{\"credsStore\": \"desktop\", \"auths\": { \"reg.example.com\": {} }}");
    assert_int_equal(fake_file_mode(*state, DOCKER), 0644);
    /* once more without a question, since it is our own */
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.static_copy = true});
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.logout = true});
    assert_string_equal(fake_ran(*state), DESKTOP "\nerase\n\nreg.example.com");
    assert_file(*state, DOCKER, STORE);
    assert_file(*state, MAP, NULL);
}

static void takes_the_copy_back_when_cleat_is_asked_again(void **state)
{
    fake_set_file(*state, DOCKER, STORE);
    fake_run_answer(*state, DESKTOP, 1, NOTHING);
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.static_copy = true});
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.tool = NULL});
    assert_string_equal(fake_ran(*state), DESKTOP "\nerase\n\nreg.example.com");
    assert_null(strstr(fake_file(*state, MAP), "desktop"));
    login(*state, (struct cl_login_request){.logout = true});
    assert_file(*state, DOCKER, STORE);
}

static void passes_on_what_another_helper_says(void **state)
{
    static const char marked[] = "{\"credsStore\":\"desktop\",\"auths\":{\"reg.example.com\":{}}}";

    fake_set_file(*state, DOCKER, marked);
    assert_refused(*state, (struct cl_login_request){.static_copy = true}, CL_E_LOCAL_TOOL_MISSING,
                   DESKTOP, "leave out --static");
    fake_run_answer(*state, DESKTOP, 0, "{\"Username\":\"me\",\"Secret\":\"canary-2\"}");
    assert_refused(*state, (struct cl_login_request){.static_copy = true}, CL_E_CONFLICT,
                   "'desktop' has a credential of 'reg.example.com'", "--overwrite");
    assert_file(*state, MAP, NULL);
    fake_run_answer(*state, DESKTOP, 1, NOTHING);
    fake_run_answer(*state, DESKTOP, 1, "The stub received bad data.");
    assert_refused(*state, (struct cl_login_request){.static_copy = true}, CL_E_LOCAL_CONFIG,
                   "The stub received bad data.", "leave out --static");
    assert_file(*state, MAP, NULL); /* nothing was written, so nobody is to be answered */
    /* a mark that was there stays */
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.static_copy = true, .overwrite = true});
    fake_run_answer(*state, DESKTOP, 1, NOTHING);
    login(*state, (struct cl_login_request){.logout = true});
    assert_file(*state, DOCKER, marked);
}

static void logs_out_though_another_helper_keeps_its_copy(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, DOCKER, STORE);
    fake_run_answer(*state, DESKTOP, 1, NOTHING);
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.static_copy = true});
    fake_run_answer(*state, DESKTOP, 1, "The keychain is locked.");
    assert_ok(login_to(*state, "reg.example.com", (struct cl_login_request){.logout = true},
                       &result, &err),
              &err);
    assert_non_null(strstr(result.notice, "The keychain is locked."));
    assert_non_null(strstr(result.notice, "'desktop' still keeps a copy"));
    assert_file(*state, DOCKER, STORE);
    assert_file(*state, MAP, NULL);
}

static void keeps_the_earlier_note_when_a_copy_is_refused(void **state)
{
    CL_AUTO(cl_string) char *before = NULL;
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, DOCKER, STORE);
    fake_run_answer(*state, DESKTOP, 1, NOTHING);
    fake_run_answer(*state, DESKTOP, 0, "");
    login(*state, (struct cl_login_request){.static_copy = true});
    assert_ok(cl_str_dup(cl_str_of(fake_file(*state, MAP)), &before, &err), &err);
    fake_run_answer(*state, DESKTOP, 1, "The keychain is locked.");
    assert_refused(*state, (struct cl_login_request){.static_copy = true}, CL_E_LOCAL_CONFIG,
                   "The keychain is locked.", "leave out --static");
    assert_file(*state, MAP, before);
}

static void does_not_copy_a_refresh_token(void **state)
{
    struct cl_issue_client_result client = client_for("reg.example.com");
    struct cl_call call = fake_call(*state);
    struct cl_login_request request = {.client = &client, .static_copy = true};
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    aws_client_set_secret(&client, "username", "<token>");
    assert_int_equal(cl_login(&call, &request, &result, &err), CL_E_UNSUPPORTED);
    assert_file(*state, DOCKER, NULL);
    cl_issue_client_result_cleanup(&client);
}

/* --- refusals ------------------------------------------------------------------------------- */

static void needs_the_helper_in_path(void **state)
{
    static const char *const paths[] = {"", "/bin", "/bin:/nowhere"};

    for (size_t i = 0; i < CL_COUNT(paths); i++) {
        fake_set_env(*state, "PATH", paths[i]);
        assert_refused(*state, (struct cl_login_request){.tool = NULL}, CL_E_LOCAL_TOOL_MISSING,
                       "'docker-credential-cleat'", "ln -s /usr/bin/cleat ");
    }
    fake_set_env(*state, "PATH", "/opt/bin");
    fake_set_file_mode(*state, HELPER, 0644);
    assert_refused(*state, (struct cl_login_request){.tool = NULL}, CL_E_LOCAL_TOOL_MISSING,
                   "not in PATH", "link");
    assert_file(*state, DOCKER, NULL);
    assert_file(*state, MAP, NULL);
}

static void writes_nothing_when_one_file_cannot_be_changed(void **state)
{
    static const struct {
        const char *path;
        const char *text;
        struct cl_login_request request;
        enum cl_code code;
        const char *why;
        const char *hint;
    } rows[] = {
        {DOCKER, "{\n,}", {.tool = NULL}, CL_E_LOCAL_CONFIG, DOCKER ": JSON line 2", ""},
        {PODMAN, "[]", {.tool = NULL}, CL_E_LOCAL_CONFIG, PODMAN ": ", ""},
        {MAP, "[]", {.tool = NULL}, CL_E_LOCAL_CONFIG, MAP ": ", ""},
        {PODMAN,
         "{\"credHelpers\":{\"reg.example.com\":\"x\"}}",
         {.tool = NULL},
         CL_E_CONFLICT,
         PODMAN,
         "--overwrite"},
        {DOCKER,
         "{\"auths\":{\"reg.example.com\":{\"auth\":\"YTpi\"}}}",
         {.static_copy = true},
         CL_E_CONFLICT,
         DOCKER,
         "--overwrite"},
    };

    tear_down(state);
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        set_up(state);
        fake_set_file(*state, rows[i].path, rows[i].text);
        assert_refused(*state, rows[i].request, rows[i].code, rows[i].why, rows[i].hint);
        assert_file(*state, rows[i].path, rows[i].text);
        if (strcmp(rows[i].path, DOCKER) != 0)
            assert_file(*state, DOCKER, NULL);
        if (strcmp(rows[i].path, MAP) != 0)
            assert_file(*state, MAP, NULL);
        tear_down(state);
    }
    set_up(state);
}

static void sees_the_file_that_podman_prefers(void **state)
{
    static const char runtime[] = "/run/u/containers/auth.json";

    fake_set_env(*state, "XDG_RUNTIME_DIR", "/run/u");
    fake_set_file(*state, runtime, "{\"auths\":{\"reg.example.com\":{\"auth\":\"YTpi\"}}}");
    assert_refused(*state, (struct cl_login_request){.tool = "podman"}, CL_E_CONFLICT, runtime,
                   "podman logout reg.example.com");
    login(*state, (struct cl_login_request){.tool = "docker"});
    fake_set_file(*state, runtime, "{\"auths\":{\"https://reg.example.com/v1/\":" OTHER "}}");
    assert_refused(*state, (struct cl_login_request){.tool = "podman"}, CL_E_CONFLICT,
                   "'https://reg.example.com/v1/'", "podman logout reg.example.com");
    fake_set_env(*state, "REGISTRY_AUTH_FILE", "/a.json"); /* then it is not looked into */
    login(*state, (struct cl_login_request){.tool = "podman"});
}

static void sees_the_file_that_podman_prefers_without_a_session(void **state)
{
    static const char runtime[] = "/run/containers/1000/auth.json";

    fake_set_file(*state, runtime, "{\"auths\":{\"reg.example.com\":" OTHER "}}");
    assert_refused(*state, (struct cl_login_request){.tool = "podman"}, CL_E_CONFLICT, runtime, "");
}

static void assert_warns(struct fake_world *fake, struct cl_login_request request,
                         const char *const *parts, size_t count)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(login_to(fake, "reg.example.com", request, &result, &err), &err);
    assert_int_equal(result.warnings.count, count);
    for (size_t i = 0; i < count; i++)
        assert_non_null(strstr(result.warnings.items[i], parts[i]));
}

static void tells_of_credentials_for_parts_of_the_registry(void **state)
{
    static const char *const helped[] = {"uses instead: reg.example.com/a",
                                         "does not use while cleat is asked: reg.example.com/b"};
    static const char *const copied[] = {"uses instead: reg.example.com/a",
                                         "uses instead: reg.example.com/b"};

    fake_set_env(*state, "XDG_RUNTIME_DIR", "/run/u");
    fake_set_file(*state, "/run/u/containers/auth.json",
                  "{\"auths\":{\"reg.example.com/a\":" OTHER "}}");
    fake_set_file(*state, PODMAN, "{\"auths\":{\"reg.example.com/b\":" OTHER "}}");
    assert_warns(*state, (struct cl_login_request){.tool = "docker"}, NULL, 0);
    assert_warns(*state, (struct cl_login_request){.tool = "podman"}, helped, 2);
    assert_warns(*state, (struct cl_login_request){.tool = "podman", .static_copy = true}, copied,
                 2);
}

static void tells_where_podman_looks_instead(void **state)
{
    static const char *const warning[] = {"podman and buildah read only /d/config.json"};

    fake_set_env(*state, "DOCKER_CONFIG", "/d");
    assert_warns(*state, (struct cl_login_request){.tool = "podman"}, warning, 1);
    fake_set_env(*state, "REGISTRY_AUTH_FILE", "/a.json");
    assert_warns(*state, (struct cl_login_request){.tool = "podman"}, NULL, 0);
    fake_set_env(*state, "REGISTRY_AUTH_FILE", NULL);
    install(*state, "/bin/podman"); /* both files name the registry alike: one serves both */
    assert_warns(*state, (struct cl_login_request){.tool = "auto"}, NULL, 0);
}

static void lets_one_connector_answer(void **state)
{
    login(*state, (struct cl_login_request){.tool = NULL});
    assert_non_null(strstr(fake_file(*state, MAP), "\"name\": \"aws-auto\""));
    fake_set_file(*state, MAP,
                  "{\"reg.example.com\": {\"connector\": \"id-1\", \"resource_type\": "
                  "\"docker-registry\", \"files\": []}}");
    assert_refused(*state, (struct cl_login_request){.tool = NULL}, CL_E_CONFLICT,
                   "connector id-1 answers for 'reg.example.com'", "--overwrite");
    fake_set_file(*state, MAP,
                  "{\"reg.example.com\": {\"connector\": \"id-1\", \"name\": \"other\", "
                  "\"resource_type\": \"docker-registry\", \"files\": []}}");
    assert_refused(*state, (struct cl_login_request){.tool = NULL}, CL_E_CONFLICT,
                   "connector 'other' (id-1) answers for 'reg.example.com'", "--overwrite");
    assert_refused(*state, (struct cl_login_request){.logout = true}, CL_E_NOT_FOUND,
                   "no registry was configured", "");
    login(*state, (struct cl_login_request){.overwrite = true});
    assert_non_null(strstr(fake_file(*state, MAP), AWS_CLIENT_CONNECTOR_ID));
}

/* --- logout --------------------------------------------------------------------------------- */

static void takes_away_everything_it_wrote(void **state)
{
    CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(*state, DOCKER, "{\"x\":1}");
    login(*state, (struct cl_login_request){.tool = "docker"});
    login(*state, (struct cl_login_request){.file = "/f.json"});
    /* by another name, and with the variables changed */
    fake_set_env(*state, "DOCKER_CONFIG", "/elsewhere");
    assert_ok(login_to(*state, "reg.example.com", (struct cl_login_request){.logout = true},
                       &result, &err),
              &err);
    assert_string_equal(result.notice,
                        "Removed registry 'reg.example.com' from /f.json and " DOCKER ".");
    assert_string_equal(result.entry, "reg.example.com");
    assert_file(*state, DOCKER, "{\"x\":1}");
    assert_file(*state, "/f.json", NULL);
    assert_file(*state, MAP, NULL);
}

static void bears_that_somebody_was_there_before(void **state)
{
    login(*state, (struct cl_login_request){.tool = NULL});
    fake_set_file(*state, DOCKER, NULL);
    login(*state, (struct cl_login_request){.logout = true});
    assert_file(*state, DOCKER, NULL);
    assert_file(*state, MAP, NULL);
}

static void keeps_its_note_while_a_file_cannot_be_changed(void **state)
{
    login(*state, (struct cl_login_request){.tool = NULL});
    fake_set_file(*state, DOCKER, "{");
    assert_refused(*state, (struct cl_login_request){.logout = true}, CL_E_LOCAL_CONFIG, DOCKER,
                   "");
    assert_non_null(fake_file(*state, MAP));
    fake_set_file(*state, DOCKER, ENTRY);
    login(*state, (struct cl_login_request){.logout = true});
    assert_file(*state, DOCKER, NULL);
}

/* --- faults --------------------------------------------------------------------------------- */

/* Whatever fails: the files are JSON, and a later logout leaves nothing. */
static void leaves_nothing_behind_whatever_fails(void **state)
{
    enum cl_code code = CL_E_FAILED;

    fake_set_file(*state, DOCKER, "{\"x\":1}");
    install(*state, "/bin/skopeo");
    for (int64_t nth = 1; code != CL_OK; nth++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        CL_AUTO(cl_login_result) struct cl_login_result back = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_true(nth < 200);
        fake_fail_at(*state, nth);
        code = login_to(*state, "reg.example.com", (struct cl_login_request){.tool = NULL}, &result,
                        &err);
        if (fake_calls_made(*state) >= nth && code == CL_OK)
            code = CL_E_FAILED; /* a look into PATH failed, which is no failure: go on */
        fake_fail_at(*state, 0);
        enum cl_code undone = login_to(*state, "reg.example.com",
                                       (struct cl_login_request){.logout = true}, &back, &err);
        assert_true(undone == CL_OK || undone == CL_E_NOT_FOUND);
        assert_file(*state, DOCKER, "{\"x\":1}");
        assert_file(*state, PODMAN, NULL);
        assert_file(*state, MAP, NULL);
    }
}

/* A copy is known as Cleat's own until it is gone, wherever the change ends. */
static void loses_no_copy_while_it_is_replaced(void **state)
{
    enum cl_code code = CL_E_FAILED;

    for (int64_t nth = 1; code != CL_OK; nth++) {
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_true(nth < 200);
        login(*state, (struct cl_login_request){.static_copy = true});
        fake_fail_at(*state, nth);
        code = login_to(*state, "reg.example.com", (struct cl_login_request){.tool = NULL}, &result,
                        &err);
        if (fake_calls_made(*state) >= nth && code == CL_OK)
            code = CL_E_FAILED;
        fake_fail_at(*state, 0);
        login(*state, (struct cl_login_request){.logout = true});
        assert_file(*state, DOCKER, NULL);
        assert_file(*state, MAP, NULL);
    }
    login(*state, (struct cl_login_request){.static_copy = true});
    assert_non_null(strstr(fake_file(*state, MAP), "\"static\": true"));
    login(*state, (struct cl_login_request){.tool = NULL});
    assert_null(strstr(fake_file(*state, MAP), "static"));
}

static void survives_the_lack_of_memory(void **state)
{
    enum cl_code code = CL_E_FAILED;

    for (int64_t nth = 1; code != CL_OK; nth++) {
        struct cl_issue_client_result client = client_for("reg.example.com");
        struct cl_call call = fake_call(*state);
        struct cl_login_request request = {.client = &client, .static_copy = true};
        CL_AUTO(cl_login_result) struct cl_login_result result = {.entry = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_true(nth < 2000);
        (void)cl_alloc_fail_at(nth);
        code = cl_login(&call, &request, &result, &err);
        (void)cl_alloc_fail_at(0);
        assert_true(code == CL_OK || code == CL_E_FAILED);
        cl_issue_client_result_cleanup(&client);
    }
    assert_file(*state, DOCKER, AUTH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_docker_ask_cleat),
        TEST(chooses_the_files),
        TEST(names_docker_hub_as_each_tool_does),
        TEST(makes_a_relative_path_whole),
        TEST(copies_the_credential_when_told_to),
        TEST(has_another_helper_keep_the_copy),
        TEST(takes_the_copy_back_when_cleat_is_asked_again),
        TEST(passes_on_what_another_helper_says),
        TEST(logs_out_though_another_helper_keeps_its_copy),
        TEST(keeps_the_earlier_note_when_a_copy_is_refused),
        TEST(does_not_copy_a_refresh_token),
        TEST(needs_the_helper_in_path),
        TEST(writes_nothing_when_one_file_cannot_be_changed),
        TEST(sees_the_file_that_podman_prefers),
        TEST(lets_one_connector_answer),
        TEST(takes_away_everything_it_wrote),
        TEST(sees_the_file_that_podman_prefers_without_a_session),
        TEST(tells_of_credentials_for_parts_of_the_registry),
        TEST(tells_where_podman_looks_instead),
        TEST(bears_that_somebody_was_there_before),
        TEST(keeps_its_note_while_a_file_cannot_be_changed),
        TEST(leaves_nothing_behind_whatever_fails),
        TEST(loses_no_copy_while_it_is_replaced),
        TEST(survives_the_lack_of_memory),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
