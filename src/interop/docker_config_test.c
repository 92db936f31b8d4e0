#include "interop/docker_config.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

#define FILE_MAX 4096
#define KEY "reg.example.com"
#define THEIRS "{\"credHelpers\": {\"" KEY "\": \"pass\"}}"
#define PLAIN "{\"auths\": {\"" KEY "\": {\"auth\": \"YTpi\"}}}"
#define OURS "{\"a\": 1, \"credHelpers\": { \"" KEY "\": \"cleat\" }}"

/* --- places -------------------------------------------------------------------------------- */

static void finds_the_files_of_the_tools(void **state)
{
    static const struct {
        enum cl_docker_file file;
        const char *name; /* of a variable */
        const char *value;
        const char *path;
    } rows[] = {
        {CL_DOCKER_CONFIG, "HOME", "/home/u", "/home/u/.docker/config.json"},
        {CL_DOCKER_CONFIG, "DOCKER_CONFIG", "/d", "/d/config.json"},
        {CL_DOCKER_CONFIG, "DOCKER_CONFIG", "", "/home/u/.docker/config.json"},
        {CL_PODMAN_AUTH, "HOME", "/home/u", "/home/u/.config/containers/auth.json"},
        {CL_PODMAN_AUTH, "XDG_CONFIG_HOME", "/c", "/c/containers/auth.json"},
        {CL_PODMAN_AUTH, "REGISTRY_AUTH_FILE", "/a.json", "/a.json"},
        {CL_PODMAN_RUNTIME, "XDG_RUNTIME_DIR", "/r", "/r/containers/auth.json"},
        {CL_PODMAN_RUNTIME, "XDG_RUNTIME_DIR", "", "/run/containers/1000/auth.json"},
        {CL_PODMAN_RUNTIME, "REGISTRY_AUTH_FILE", "/a.json", "/run/containers/1000/auth.json"},
        {CL_DOCKER_LEGACY, "DOCKER_CONFIG", "/d", "/home/u/.dockercfg"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        CL_AUTO(cl_string) char *path = NULL;
        struct cl_err err = CL_ERR_NONE;
        fake_set_env(fake, "HOME", "/home/u");
        fake_set_env(fake, rows[i].name, rows[i].value);
        assert_ok(cl_docker_path(fake_world(fake), rows[i].file, &path, &err), &err);
        assert_string_equal(path, rows[i].path);
        fake_world_free(fake);
    }
}

static void needs_a_home(void **state)
{
    static const struct {
        enum cl_docker_file file;
        const char *text;
    } rows[] = {
        {CL_DOCKER_CONFIG, "cannot find the Docker configuration: HOME is not set"},
        {CL_PODMAN_AUTH, "cannot find podman's configuration: HOME is not set"},
        {CL_DOCKER_LEGACY, "cannot find the Docker configuration: HOME is not set"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        char *path = NULL;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_docker_path(fake_world(fake), rows[i].file, &path, &err),
                         CL_E_LOCAL_CONFIG);
        assert_string_equal(err.text, rows[i].text);
        assert_null(path);
        fake_world_free(fake);
    }
}

/* podman(1), --authfile: each of the two variables stands for all the usual files. */
static void knows_which_files_podman_reads(void **state)
{
    static const struct {
        const char *name; /* of a variable */
        bool reads[4];    /* in the order of the enumeration */
    } rows[] = {
        {"UNRELATED", {true, true, true, true}},
        {"REGISTRY_AUTH_FILE", {false, false, true, false}},
        {"DOCKER_CONFIG", {true, false, false, false}},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        fake_set_env(fake, rows[i].name, "/x");
        for (size_t k = 0; k < CL_COUNT(rows[i].reads); k++)
            assert_int_equal(cl_podman_reads(fake_world(fake), (enum cl_docker_file)k),
                             rows[i].reads[k]);
        fake_world_free(fake);
    }
}

static void calls_docker_hub_as_each_tool_does(void **state)
{
    (void)state;
    assert_string_equal(cl_docker_key(CL_DOCKER_CONFIG, "docker.io"),
                        "https://index.docker.io/v1/");
    assert_string_equal(cl_docker_key(CL_DOCKER_LEGACY, "docker.io"),
                        "https://index.docker.io/v1/");
    assert_string_equal(cl_docker_key(CL_PODMAN_AUTH, "docker.io"), "docker.io");
    assert_string_equal(cl_docker_key(CL_PODMAN_RUNTIME, "docker.io"), "docker.io");
    assert_string_equal(cl_docker_key(CL_DOCKER_CONFIG, "ghcr.io"), "ghcr.io");
    assert_string_equal(cl_docker_key(CL_PODMAN_AUTH, "ghcr.io:5000"), "ghcr.io:5000");
}

/* --- reading ------------------------------------------------------------------------------- */

static void reads_what_a_file_says_about_a_registry(void **state)
{
    static const struct {
        const char *text;
        const char *helper;
        bool is_all;
        bool has_auth;
    } rows[] = {
        {"", NULL, false, false},
        {"{}", NULL, true, false},
        {THEIRS, "pass", false, false},
        {PLAIN, NULL, true, true},
        {"{\"auths\": {\"" KEY "\": {}}, \"credsStore\": \"desktop\"}", "desktop", true, false},
        {"{\"auths\": {\"" KEY "\": {\"identitytoken\": \"t\"}}}", NULL, true, true},
        {"{\"auths\": {\"" KEY "\": {\"registrytoken\": \"t\"}}}", NULL, true, true},
        {"{\"auths\": {\"" KEY "\": {\"username\": \"u\", \"password\": \"p\"}}}", NULL, true,
         true},
        {"{\"auths\": {\"" KEY "\": {\"auth\": \"\"}, \"x\": {\"auth\": \"YTpi\"}}}", NULL, true,
         false},
        {"{\"credsStore\": \"desktop\", \"credHelpers\": {\"" KEY "\": \"cleat\"}}", "cleat", false,
         false},
        {"{\"credHelpers\": [], \"auths\": 1}", NULL, true, false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_docker_entry) struct cl_docker_entry entry = {.helper = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_docker_entry_read(cl_str_of(rows[i].text), KEY, &entry, &err), &err);
        assert_int_equal(entry.has_auth, rows[i].has_auth);
        assert_int_equal(entry.helper_is_all, rows[i].is_all);
        assert_int_equal(entry.helper != NULL, rows[i].helper != NULL);
        if (entry.helper != NULL)
            assert_string_equal(entry.helper, rows[i].helper);
    }
}

/* --- editing ------------------------------------------------------------------------------- */

static void changes_one_registrys_entry(void **state)
{
    static const struct {
        const char *before;
        struct cl_docker_edit edit;
        const char *after;
    } rows[] = {
        {"{\"a\": 1}", {.put = CL_DOCKER_HELP}, OURS},
        {OURS, {.put = CL_DOCKER_HELP}, OURS},
        {OURS, {.put = CL_DOCKER_CLEAR}, "{\"a\": 1}"},
        /* told to */
        {THEIRS,
         {.put = CL_DOCKER_HELP, .overwrite = true},
         "{\"credHelpers\": {\"" KEY "\": \"cleat\"}}"},
        {PLAIN,
         {.put = CL_DOCKER_HELP, .overwrite = true},
         "{\"auths\": {}, \"credHelpers\": { \"" KEY "\": \"cleat\" }}"},
        /* what is marked as the store's stays */
        {"{\"auths\": {\"" KEY "\": {}}}",
         {.put = CL_DOCKER_HELP},
         "{\"auths\": {\"" KEY "\": {}}, \"credHelpers\": { \"" KEY "\": \"cleat\" }}"},
        /* a copy, and a newer one */
        {"{\"a\": 1}",
         {.put = CL_DOCKER_WRITE, .auth = CL_STR_INIT("dTpw")},
         "{\"a\": 1, \"auths\": { \"" KEY "\": {\"auth\": \"dTpw\"} }}"},
        {PLAIN,
         {.put = CL_DOCKER_WRITE, .auth = CL_STR_INIT("dTpw"), .own_auth = true},
         "{\"auths\": {\"" KEY "\": {\"auth\": \"dTpw\"}}}"},
        {OURS,
         {.put = CL_DOCKER_WRITE, .auth = CL_STR_INIT("dTpw")},
         "{\"a\": 1, \"auths\": { \"" KEY "\": {\"auth\": \"dTpw\"} }}"},
        {PLAIN, {.put = CL_DOCKER_CLEAR, .own_auth = true}, "{\"auths\": {}}"},
        /* what another helper keeps */
        {THEIRS,
         {.put = CL_DOCKER_MARK},
         "{\"credHelpers\": {\"" KEY "\": \"pass\"}, \"auths\": { \"" KEY "\": {} }}"},
        {"{\"auths\": {\"" KEY "\": {}}}",
         {.put = CL_DOCKER_MARK},
         "{\"auths\": {\"" KEY "\": {}}}"},
        {PLAIN, {.put = CL_DOCKER_MARK, .overwrite = true}, "{\"auths\": {\"" KEY "\": {}}}"},
        {"{\"auths\": {\"" KEY "\": {}}}",
         {.put = CL_DOCKER_CLEAR, .own_auth = true},
         "{\"auths\": {}}"},
        {"{\"auths\": {\"" KEY "\": {}}}",
         {.put = CL_DOCKER_HELP, .own_auth = true},
         "{\"auths\": {}, \"credHelpers\": { \"" KEY "\": \"cleat\" }}"},
        {PLAIN,
         {.put = CL_DOCKER_HELP, .own_auth = true},
         "{\"auths\": {}, \"credHelpers\": { \"" KEY "\": \"cleat\" }}"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
        struct cl_docker_edit edit = rows[i].edit;
        struct cl_err err = CL_ERR_NONE;
        bool emptied = true;
        edit.text = cl_str_of(rows[i].before);
        edit.key = KEY;
        assert_ok(cl_docker_edit(&edit, &out, &emptied, &err), &err);
        assert_string_equal(out.ptr, rows[i].after);
        assert_false(emptied);
    }
}

static void gives_an_empty_file_back_empty(void **state)
{
    static const enum cl_docker_put puts[] = {CL_DOCKER_HELP, CL_DOCKER_WRITE};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(puts); i++) {
        CL_AUTO(cl_buf) struct cl_buf made = CL_BUF(FILE_MAX);
        CL_AUTO(cl_buf) struct cl_buf back = CL_BUF(FILE_MAX);
        struct cl_docker_edit edit = {
            .text = CL_STR("\n"), .key = KEY, .put = puts[i], .auth = CL_STR("dTpw")};
        struct cl_err err = CL_ERR_NONE;
        bool emptied = true;
        assert_ok(cl_docker_edit(&edit, &made, &emptied, &err), &err);
        assert_false(emptied);
        edit = (struct cl_docker_edit){
            .text = cl_buf_view(&made), .key = KEY, .put = CL_DOCKER_CLEAR, .own_auth = true};
        assert_ok(cl_docker_edit(&edit, &back, &emptied, &err), &err);
        assert_true(emptied);
        assert_str(cl_buf_view(&back), "\n");
    }
}

static void refuses_to_touch_what_is_not_its_own(void **state)
{
    static const struct {
        const char *text;
        struct cl_docker_edit edit;
        enum cl_code code;
        const char *why;
    } rows[] = {
        {THEIRS, {.put = CL_DOCKER_HELP}, CL_E_CONFLICT, "has a credential helper already: pass"},
        {THEIRS, {.put = CL_DOCKER_WRITE}, CL_E_CONFLICT, "pass"},
        {PLAIN, {.put = CL_DOCKER_HELP}, CL_E_CONFLICT, "that cleat did not write"},
        {PLAIN, {.put = CL_DOCKER_WRITE}, CL_E_CONFLICT, "that cleat did not write"},
        {PLAIN, {.put = CL_DOCKER_CLEAR}, CL_E_NOT_FOUND, "nothing of cleat's"},
        {THEIRS, {.put = CL_DOCKER_CLEAR, .own_auth = true}, CL_E_NOT_FOUND, "nothing of cleat's"},
        {"", {.put = CL_DOCKER_CLEAR, .own_auth = true}, CL_E_NOT_FOUND, "nothing of cleat's"},
        {"{\"credsStore\": \"cleat\"}", {.put = CL_DOCKER_CLEAR}, CL_E_NOT_FOUND, "nothing"},
        {"{", {.put = CL_DOCKER_HELP}, CL_E_INVALID, "JSON line 1"},
        {"[]", {.put = CL_DOCKER_HELP, .overwrite = true}, CL_E_INVALID, "not an object"},
        {"{\"auths\": []}", {.put = CL_DOCKER_WRITE}, CL_E_INVALID, "'auths' is not an object"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
        struct cl_docker_edit edit = rows[i].edit;
        struct cl_err err = CL_ERR_NONE;
        bool emptied = false;
        edit.text = cl_str_of(rows[i].text);
        edit.key = KEY;
        assert_int_equal(cl_docker_edit(&edit, &out, &emptied, &err), rows[i].code);
        assert_non_null(strstr(err.text, rows[i].why));
        assert_null(strstr(err.text, "YTpi"));
        assert_int_equal(out.len, 0);
    }
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(FILE_MAX);
    struct cl_docker_edit edit = *(struct cl_docker_edit *)ctx;
    bool emptied = false;

    edit.key = KEY;
    return cl_docker_edit(&edit, &out, &emptied, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct cl_docker_edit rows[] = {
        {.text = CL_STR(PLAIN), .put = CL_DOCKER_HELP, .overwrite = true},
        {.text = CL_STR(OURS), .put = CL_DOCKER_WRITE, .auth = CL_STR("dTpw")},
        {.text = CL_STR(OURS), .put = CL_DOCKER_CLEAR},
        {.text = CL_STR(""), .put = CL_DOCKER_HELP},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++)
        assert_true(fail_each_allocation(attempt, &rows[i]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_files_of_the_tools),
        cmocka_unit_test(needs_a_home),
        cmocka_unit_test(knows_which_files_podman_reads),
        cmocka_unit_test(calls_docker_hub_as_each_tool_does),
        cmocka_unit_test(reads_what_a_file_says_about_a_registry),
        cmocka_unit_test(changes_one_registrys_entry),
        cmocka_unit_test(gives_an_empty_file_back_empty),
        cmocka_unit_test(refuses_to_touch_what_is_not_its_own),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
