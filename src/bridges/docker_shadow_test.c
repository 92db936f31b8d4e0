#include "bridges/docker_shadow.h"

#include "codec/json.h"
#include "core/registry.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

extern const struct cl_connector_type cl_type_docker;
const struct cl_connector_type *const cl_connector_types[] = {&cl_type_docker};
const size_t cl_connector_type_count = CL_COUNT(cl_connector_types);

/* What else a file of podman's says about a registry. */

#define FILE_PATH "/run/u/containers/auth.json"
#define AUTH "{\"auth\":\"dTpjYW5hcnk=\"}"

static void read_shadow(const char *text, const char *id, struct cl_docker_shadow *ret)
{
    struct fake_world *fake = fake_world_new();
    struct cl_err err = CL_ERR_NONE;

    fake_set_file(fake, FILE_PATH, text);
    assert_ok(cl_docker_shadow_read(fake_world(fake), FILE_PATH, id, ret, &err), &err);
    fake_world_free(fake);
}

static void finds_what_podman_would_take_for_the_registry(void **state)
{
    static const struct {
        const char *text;
        const char *id;
        const char *whole; /* NULL: none */
        const char *parts;
    } rows[] = {
        {NULL, "quay.io", NULL, ""},
        {"", "quay.io", NULL, ""},
        {"{\"auths\":null,\"credHelpers\":null}", "quay.io", NULL, ""},
        {"{\"auths\":{\"quay.io\":" AUTH "}}", "quay.io", "quay.io", ""},
        {"{\"auths\":{\"quay.io\":{}}}", "quay.io", NULL, ""}, /* a mark holds nothing */
        {"{\"auths\":{\"ghcr.io\":" AUTH ",\"quay\":" AUTH "}}", "quay.io", NULL, ""},
        {"{\"auths\":{\"quay.io:444\":" AUTH "}}", "quay.io", NULL, ""},
        /* more particular */
        {"{\"auths\":{\"quay.io/b\":" AUTH ",\"quay.io/a/x\":" AUTH ",\"ghcr.io/a\":" AUTH
         ",\"quay.io/c\":{}}}",
         "quay.io", NULL, "quay.io/b quay.io/a/x"},
        {"{\"auths\":{\"docker.io/acme\":" AUTH "}}", "docker.io", NULL, "docker.io/acme"},
        {"{\"auths\":{\"localhost:5000/a\":" AUTH "}}", "localhost:5000", NULL, "localhost:5000/a"},
        /* other spellings */
        {"{\"auths\":{\"https://quay.io/v2/\":" AUTH "}}", "quay.io", "https://quay.io/v2/", ""},
        {"{\"auths\":{\"http://QUAY.io/acme\":" AUTH "}}", "quay.io", "http://QUAY.io/acme", ""},
        {"{\"auths\":{\"https://index.docker.io/v1/\":" AUTH "}}", "docker.io",
         "https://index.docker.io/v1/", ""},
        {"{\"auths\":{\"registry-1.docker.io\":" AUTH "}}", "docker.io", "registry-1.docker.io",
         ""},
        /* helpers, which are asked for a host in one spelling */
        {"{\"credHelpers\":{\"quay.io\":\"pass\"}}", "quay.io", "quay.io", ""},
        {"{\"credHelpers\":{\"https://quay.io\":\"pass\",\"quay.io/a\":\"pass\"}}", "quay.io", NULL,
         ""},
        {"{\"credHelpers\":{\"quay.io\":\"cleat\"}}", "quay.io", NULL, ""},
        {"{\"credsStore\":\"pass\",\"auths\":{\"quay.io\":{}}}", "quay.io", NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_docker_shadow) struct cl_docker_shadow shadow = {.whole = NULL};
        CL_AUTO(cl_string) char *parts = NULL;
        struct cl_err err = CL_ERR_NONE;
        read_shadow(rows[i].text, rows[i].id, &shadow);
        assert_ok(cl_strs_join(&shadow.parts, " ", &parts, &err), &err);
        assert_string_equal(parts, rows[i].parts);
        assert_int_equal(shadow.whole == NULL, rows[i].whole == NULL);
        if (shadow.whole != NULL)
            assert_string_equal(shadow.whole, rows[i].whole);
    }
}

static void names_the_file_that_it_cannot_read(void **state)
{
    static const char *const texts[] = {"{", "[]", "{\"a\":1,\"a\":2}"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(texts); i++) {
        struct fake_world *fake = fake_world_new();
        struct cl_docker_shadow shadow = {.whole = NULL};
        struct cl_err err = CL_ERR_NONE;
        fake_set_file(fake, FILE_PATH, texts[i]);
        assert_int_equal(
            cl_docker_shadow_read(fake_world(fake), FILE_PATH, "quay.io", &shadow, &err),
            CL_E_LOCAL_CONFIG);
        assert_non_null(strstr(err.text, FILE_PATH));
        fake_world_free(fake);
    }
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_docker_shadow) struct cl_docker_shadow shadow = {.whole = NULL};

    return cl_docker_shadow_read(fake_world(ctx), FILE_PATH, "quay.io", &shadow, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_file(fake, FILE_PATH, "{\"auths\":{\"quay.io/a\":" AUTH ",\"quay.io\":" AUTH "}}");
    assert_true(fail_each_allocation(attempt, fake) > 5);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_podman_would_take_for_the_registry),
        cmocka_unit_test(names_the_file_that_it_cannot_read),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
