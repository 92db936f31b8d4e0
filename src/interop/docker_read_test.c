#include "interop/docker_read.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

#define KEY "ghcr.io"
#define PROGRAM "docker-credential-pass"

static void assert_secret(const struct cl_secret *secret, const char *want)
{
    assert_non_null(secret);
    assert_str(cl_secret_expose(secret), want);
}

/* --- what a file knows ---------------------------------------------------------------------- */

static void lists_the_registries_that_a_file_knows(void **state)
{
    static const struct {
        const char *text;
        const char *known; /* "key=helper key=- " in order */
        const char *store;
    } rows[] = {
        {"", "", NULL},
        {"{}", "", NULL},
        {"{\"auths\":{\"a\":{\"auth\":\"YTpi\"},\"b\":{}}}", "a=- ", NULL},
        {"{\"auths\":{\"a\":{\"identitytoken\":\"t\"},\"b\":{\"password\":\"p\"}}}", "a=- b=- ",
         NULL},
        {"{\"auths\":{\"a\":{\"auth\":\"YTpi\"},\"b\":{}},\"credsStore\":\"desktop\"}",
         "a=desktop b=desktop ", "desktop"},
        {"{\"auths\":{\"a\":{\"auth\":\"YTpi\"}},\"credHelpers\":{\"a\":\"x\",\"c\":\"y\",\"d\":1}"
         "}",
         "a=x c=y ", NULL},
        {"{\"auths\":[],\"credHelpers\":\"x\",\"credsStore\":1}", "", NULL},
        {"{\"auths\":null,\"credHelpers\":null,\"credsStore\":null}", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge all = {.items = NULL};
        CL_AUTO(cl_buf) struct cl_buf seen = CL_BUF(512);
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_docker_knowledge_read(CL_DOCKER_CONFIG, cl_str_of(rows[i].text), &all, &err),
                  &err);
        for (size_t k = 0; k < all.count; k++) {
            const char *helper = all.items[k].helper;
            cl_buf_addf(&seen, "%s=%s ", all.items[k].key, helper == NULL ? "-" : helper);
        }
        assert_str(cl_buf_view(&seen), rows[i].known);
        assert_int_equal(all.store != NULL, rows[i].store != NULL);
    }
}

/* Docker before 1.7 wrote such files, and podman still reads them. */
static void reads_the_oldest_format(void **state)
{
    static const char text[] = "{\"ghcr.io\":{\"auth\":\"dTpjYW5hcnk=\",\"email\":\"e\"},"
                               "\"credsStore\":\"x\",\"credHelpers\":{\"a.io\":\"x\"}}";
    CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge all = {.items = NULL};
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_docker_knowledge_read(CL_DOCKER_LEGACY, cl_str_of(text), &all, &err), &err);
    assert_int_equal(all.count, 1); /* helpers came later: those are odd names of registries */
    assert_string_equal(all.items[0].key, KEY);
    assert_null(all.items[0].helper);
    assert_null(all.store);
    assert_ok(cl_docker_credential_read(CL_DOCKER_LEGACY, cl_str_of(text), KEY, &credential, &err),
              &err);
    assert_secret(credential.username, "u");
    assert_secret(credential.password, "canary");
}

static void refuses_what_is_no_such_file(void **state)
{
    static const char *const texts[] = {"{", "[]", "1", "{\"a\":1,\"a\":1}"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        struct cl_docker_knowledge all = {.items = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(
            cl_docker_knowledge_read(CL_DOCKER_CONFIG, cl_str_of(texts[i]), &all, &err),
            CL_E_INVALID);
        assert_null(all.items);
    }
}

/* --- credentials in the file ---------------------------------------------------------------- */

static void reads_a_credential_in_each_form(void **state)
{
    static const struct {
        const char *entry;
        const char *username;
        const char *password;
    } rows[] = {
        {"{\"auth\":\"dTpjYW5hcnk=\"}", "u", "canary"},
        {"{\"auth\":\"dTpwOnc=\"}", "u", "p:w"},
        {"{\"auth\":\"dTpwAAA=\"}", "u", "p"}, /* padded with NULs */
        {"{\"auth\":\"dTo=\"}", "u", ""},
        {"{\"auth\":\"dTpw\",\"identitytoken\":\"canary-t\"}", "<token>", "canary-t"},
        {"{\"username\":\"u\",\"password\":\"p\"}", "u", "p"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_docker_credential)
        struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
        CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(512);
        struct cl_err err = CL_ERR_NONE;
        cl_buf_addf(&text, "{\"auths\":{\"" KEY "\":%s}}", rows[i].entry);
        assert_ok(
            cl_docker_credential_read(CL_DOCKER_CONFIG, cl_buf_view(&text), KEY, &credential, &err),
            &err);
        assert_secret(credential.username, rows[i].username);
        assert_secret(credential.password, rows[i].password);
    }
}

static void refuses_a_damaged_credential(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"{\"auths\":{\"" KEY "\":{\"auth\":\"canary%\"}}}", "not base64"},
        {"{\"auths\":{\"" KEY "\":{\"auth\":\"Y2FuYXJ5\"}}}", "not base64 of a user"},
        {"{\"auths\":{\"" KEY "\":{\"auth\":\"OnA=\"}}}", "not base64 of a user"},
        {"{\"auths\":{\"" KEY "\":{}}}", "no credential of '" KEY "'"},
        {"{\"auths\":{\"" KEY "\":{\"username\":\"u\"}}}", "no credential"},
        {"{}", "no credential"},
        {"", "no credential"},
        {"{", "JSON line 1"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_docker_credential_read(CL_DOCKER_CONFIG, cl_str_of(rows[i].text), KEY,
                                                   &credential, &err),
                         CL_E_INVALID);
        assert_non_null(strstr(err.text, rows[i].why));
        assert_null(strstr(err.text, "canary"));
        assert_null(credential.password);
    }
}

/* --- helpers -------------------------------------------------------------------------------- */

static void asks_a_helper(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_run_answer(fake, PROGRAM, 0,
                    "{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"s\"}\n");
    assert_ok(cl_docker_helper_ask(fake_world(fake), "pass", KEY, &credential, &err), &err);
    assert_secret(credential.username, "u");
    assert_secret(credential.password, "s");
    assert_string_equal(fake_ran(fake), PROGRAM "\nget\n\n" KEY);
    fake_world_free(fake);
}

static void says_what_a_helper_lacks(void **state)
{
    static const struct {
        const char *helper;
        int status;
        const char *out; /* NULL: there is no such program */
        enum cl_code code;
        const char *why;
    } rows[] = {
        {"pass", 1, "credentials not found in native keychain\n", CL_E_NOT_FOUND, "no such"},
        {"pass", 1, "locked\x1b[2J", CL_E_LOCAL_CONFIG, PROGRAM " ended with 1: locked\\x1b[2J"},
        {"pass", 0, "", CL_E_LOCAL_CONFIG, PROGRAM " answers with no credential"},
        {"pass", 0, "{\"Username\":\"u\"}", CL_E_LOCAL_CONFIG, "no credential"},
        {"pass", 0, "[1", CL_E_LOCAL_CONFIG, "no credential"},
        {"pass", 0, NULL, CL_E_LOCAL_TOOL_MISSING, PROGRAM},
        {"../evil", 0, "", CL_E_LOCAL_CONFIG, "letters and digits"},
        {"a b", 0, "", CL_E_LOCAL_CONFIG, "letters and digits"},
        {"", 0, "", CL_E_LOCAL_CONFIG, "letters and digits"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
        struct cl_err err = CL_ERR_NONE;
        if (rows[i].out != NULL)
            fake_run_answer(fake, PROGRAM, rows[i].status, rows[i].out);
        assert_int_equal(
            cl_docker_helper_ask(fake_world(fake), rows[i].helper, KEY, &credential, &err),
            rows[i].code);
        assert_non_null(strstr(err.text, rows[i].why));
        assert_null(credential.password);
        fake_world_free(fake);
    }
}

static void has_a_helper_keep_and_drop(void **state)
{
    struct fake_world *fake = fake_world_new();
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential credential = CL_DOCKER_CREDENTIAL_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_secret_new(CL_STR("u"), &credential.username, &err), &err);
    assert_ok(cl_secret_new(CL_STR("p\"w"), &credential.password, &err), &err);
    fake_run_answer(fake, PROGRAM, 0, "");
    assert_ok(cl_docker_helper_keep(fake_world(fake), "pass", KEY, &credential, &err), &err);
    assert_string_equal(fake_ran(fake), PROGRAM "\nstore\n\n{\"ServerURL\":\"" KEY
                                                "\",\"Username\":\"u\",\"Secret\":\"p\\\"w\"}");
    fake_run_answer(fake, PROGRAM, 0, "");
    assert_ok(cl_docker_helper_drop(fake_world(fake), "pass", KEY, &err), &err);
    assert_string_equal(fake_ran(fake), PROGRAM "\nerase\n\n" KEY);
    fake_run_answer(fake, PROGRAM, 1, "stub received bad data");
    assert_int_equal(cl_docker_helper_keep(fake_world(fake), "pass", KEY, &credential, &err),
                     CL_E_LOCAL_CONFIG);
    assert_non_null(strstr(err.text, "bad data"));
    /* what it was given does not come back in its words */
    cl_docker_credential_cleanup(&credential);
    assert_ok(cl_secret_new(CL_STR("u"), &credential.username, &err), &err);
    assert_ok(cl_secret_new(CL_STR("canary-pass"), &credential.password, &err), &err);
    fake_run_answer(fake, PROGRAM, 1, "cannot keep canary-pass");
    assert_int_equal(cl_docker_helper_keep(fake_world(fake), "pass", KEY, &credential, &err),
                     CL_E_LOCAL_CONFIG);
    assert_string_equal(err.text, PROGRAM " ended with 1: cannot keep [hidden]");
    fake_world_free(fake);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    static const char text[] =
        "{\"auths\":{\"a\":{\"auth\":\"dTpw\"}},\"credHelpers\":{\"b\":\"x\"},"
        "\"credsStore\":\"y\"}";
    CL_AUTO(cl_docker_knowledge) struct cl_docker_knowledge all = {.items = NULL};
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential inside = CL_DOCKER_CREDENTIAL_NONE;
    CL_AUTO(cl_docker_credential)
    struct cl_docker_credential asked = CL_DOCKER_CREDENTIAL_NONE;

    fake_run_answer(ctx, PROGRAM, 0, "{\"Username\":\"u\",\"Secret\":\"s\"}");
    CL_TRY(cl_docker_knowledge_read(CL_DOCKER_CONFIG, cl_str_of(text), &all, err));
    CL_TRY(cl_docker_credential_read(CL_DOCKER_CONFIG, cl_str_of(text), "a", &inside, err));
    CL_TRY(cl_docker_helper_ask(fake_world(ctx), "pass", KEY, &asked, err));
    fake_run_answer(ctx, PROGRAM, 0, "");
    return cl_docker_helper_keep(fake_world(ctx), "pass", KEY, &asked, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    assert_true(fail_each_allocation(attempt, fake) > 0);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_registries_that_a_file_knows),
        cmocka_unit_test(reads_the_oldest_format),
        cmocka_unit_test(refuses_what_is_no_such_file),
        cmocka_unit_test(reads_a_credential_in_each_form),
        cmocka_unit_test(refuses_a_damaged_credential),
        cmocka_unit_test(asks_a_helper),
        cmocka_unit_test(says_what_a_helper_lacks),
        cmocka_unit_test(has_a_helper_keep_and_drop),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
