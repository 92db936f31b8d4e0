#include "interop/docker_map.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "fake_world.h"
#include "faults.h"
#include "test.h"

#define FILE_MAX 8192
#define PATH "/home/u/.config/cleat/docker.json"

static const char example[] = "{\n"
                              "  \"ghcr.io\": {\n"
                              "    \"connector\": \"c1\",\n"
                              "    \"resource_type\": \"docker-registry\",\n"
                              "    \"allow_long_lived\": true,\n"
                              "    \"files\": [\n"
                              "      {\n"
                              "        \"path\": \"/d/config.json\",\n"
                              "        \"key\": \"ghcr.io\",\n"
                              "        \"was\": \"absent\"\n"
                              "      },\n"
                              "      {\n"
                              "        \"path\": \"/p.json\",\n"
                              "        \"key\": \"ghcr.io\",\n"
                              "        \"was\": \"there\",\n"
                              "        \"static\": true,\n"
                              "        \"helper\": \"desktop\"\n"
                              "      }\n"
                              "    ]\n"
                              "  },\n"
                              "  \"docker.io\": {\n"
                              "    \"connector\": \"c2\",\n"
                              "    \"name\": \"hub\",\n"
                              "    \"resource_type\": \"docker-registry\",\n"
                              "    \"resource_id\": \"docker.io\",\n"
                              "    \"files\": []\n"
                              "  }\n"
                              "}\n";

static void parse(const char *text, struct cl_docker_map *map)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_docker_map_parse(cl_str_of(text), map, &err), &err);
}

static void assert_text(const struct cl_docker_map *map, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(FILE_MAX);
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_docker_map_format(map, &text, &err), &err);
    assert_string_equal(text.ptr, want);
}

static void finds_who_answers_for_a_registry(void **state)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;

    (void)state;
    parse(example, &map);
    const struct cl_docker_mapping *found = cl_docker_map_find(&map, CL_STR("ghcr.io"));
    assert_non_null(found);
    assert_string_equal(found->connector, "c1");
    assert_null(found->name);
    assert_string_equal(cl_docker_map_find(&map, CL_STR("docker.io"))->name, "hub");
    assert_string_equal(found->resource_type, "docker-registry");
    assert_null(found->resource_id);
    assert_true(found->allow_long_lived);
    assert_int_equal(found->count, 2);
    const struct cl_docker_place *place = cl_docker_place_find(found, "/p.json");
    assert_non_null(place);
    assert_int_equal(place->was, CL_DOCKER_THERE);
    assert_true(place->has_auth);
    assert_string_equal(place->helper, "desktop");
    assert_null(cl_docker_place_find(found, "/other"));
    assert_string_equal(cl_docker_map_find(&map, CL_STR("docker.io"))->resource_id, "docker.io");
    assert_null(cl_docker_map_find(&map, CL_STR("quay.io")));
}

static void writes_what_it_has_read(void **state)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    CL_AUTO(cl_docker_map) struct cl_docker_map none = CL_DOCKER_MAP_NONE;

    (void)state;
    parse(example, &map);
    assert_text(&map, example);
    parse(" \n", &none);
    assert_text(&none, "{}\n");
}

static void puts_and_removes(void **state)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    CL_AUTO(cl_docker_map) struct cl_docker_map other = CL_DOCKER_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    parse(example, &map);
    parse("{\"ghcr.io\": {\"connector\": \"c3\", \"resource_type\": \"t\"}}", &other);
    assert_ok(cl_docker_map_put(&map, &other.items[0], &err), &err);
    assert_null(other.items[0].id);
    assert_int_equal(map.count, 2);
    assert_string_equal(cl_docker_map_find(&map, CL_STR("ghcr.io"))->connector, "c3");
    cl_docker_map_remove(&map, CL_STR("ghcr.io"));
    cl_docker_map_remove(&map, CL_STR("nobody"));
    assert_int_equal(map.count, 1);
    assert_string_equal(map.items[0].id, "docker.io");
    cl_docker_map_remove(&map, CL_STR("docker.io"));
    assert_text(&map, "{}\n");
    cl_docker_map_cleanup(&other);
}

static void refuses_what_is_no_map(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"{", "line 1"},
        {"[]", "not an object"},
        {"{\"a\": 1}", "connector"},
        {"{\"a\": {\"connector\": \"c\"}}", "resource_type"},
        {"{\"a\": {\"connector\": \"c\", \"resource_type\": \"t\", \"files\": [1]}}", "path"},
        {"{\"a\": [[[[[[[[[1]]]]]]]]]}", "nested too deeply"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_docker_map map = CL_DOCKER_MAP_NONE;
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(cl_docker_map_parse(cl_str_of(rows[i].text), &map, &err), CL_E_INVALID);
        assert_non_null(strstr(err.text, rows[i].why));
        assert_int_equal(map.count, 0);
    }
}

static void keeps_a_file_when_it_does_not_know_what_it_was(void **state)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;

    (void)state;
    parse("{\"a\": {\"connector\": \"c\", \"resource_type\": \"t\", \"files\": [{\"path\": \"p\", "
          "\"key\": \"k\", \"was\": \"new word\"}]}}",
          &map);
    assert_int_equal(map.items[0].places[0].was, CL_DOCKER_THERE);
}

static void lies_in_the_configuration_folder(void **state)
{
    static const struct {
        const char *own;
        const char *config;
        const char *path;
    } rows[] = {
        {NULL, NULL, PATH},
        {NULL, "/c", "/c/cleat/docker.json"},
        {NULL, "relative", PATH},
        {"/srv/cleat", "/c", "/srv/cleat/docker.json"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        CL_AUTO(cl_string) char *path = NULL;
        struct cl_err err = CL_ERR_NONE;
        fake_set_env(fake, "HOME", "/home/u");
        fake_set_env(fake, "CLEAT_CONFIG_PATH", rows[i].own);
        fake_set_env(fake, "XDG_CONFIG_HOME", rows[i].config);
        assert_ok(cl_docker_map_path(fake_world(fake), &path, &err), &err);
        assert_string_equal(path, rows[i].path);
        fake_world_free(fake);
    }
}

static void loads_the_file(void **state)
{
    static const struct {
        const char *text; /* NULL: none */
        enum cl_code code;
        size_t count;
    } rows[] = {
        {NULL, CL_OK, 0},
        {"", CL_OK, 0},
        {example, CL_OK, 2},
        {"{\n]", CL_E_LOCAL_CONFIG, 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct fake_world *fake = fake_world_new();
        CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
        struct cl_err err = CL_ERR_NONE;
        fake_set_env(fake, "HOME", "/home/u");
        fake_set_file(fake, PATH, rows[i].text);
        assert_int_equal(cl_docker_map_load(fake_world(fake), &map, &err), rows[i].code);
        assert_int_equal(err.code, rows[i].code);
        assert_int_equal(map.count, rows[i].count);
        if (rows[i].code != CL_OK) {
            assert_non_null(strstr(err.text, PATH));
            assert_non_null(strstr(err.text, "line 2"));
        }
        fake_world_free(fake);
    }
}

static void says_that_it_cannot_be_read(void **state)
{
    struct fake_world *fake = fake_world_new();
    struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_docker_map_load(fake_world(fake), &map, &err), CL_E_LOCAL_CONFIG);
    fake_set_env(fake, "HOME", "/home/u");
    fake_set_file(fake, PATH "/below", "");
    assert_int_equal(cl_docker_map_load(fake_world(fake), &map, &err), CL_E_LOCAL_CONFIG);
    fake_fail_at(fake, 1);
    assert_int_equal(cl_docker_map_load(fake_world(fake), &map, &err), CL_E_LOCAL_CONFIG);
    fake_world_free(fake);
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_docker_map) struct cl_docker_map map = CL_DOCKER_MAP_NONE;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(FILE_MAX);

    CL_TRY(cl_docker_map_load(fake_world(ctx), &map, err));
    return cl_docker_map_format(&map, &text, err);
}

static void reports_every_failing_allocation(void **state)
{
    struct fake_world *fake = fake_world_new();

    (void)state;
    fake_set_env(fake, "HOME", "/home/u");
    fake_set_file(fake, PATH, example);
    assert_true(fail_each_allocation(attempt, fake) > 0);
    fake_world_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_who_answers_for_a_registry),
        cmocka_unit_test(writes_what_it_has_read),
        cmocka_unit_test(puts_and_removes),
        cmocka_unit_test(refuses_what_is_no_map),
        cmocka_unit_test(keeps_a_file_when_it_does_not_know_what_it_was),
        cmocka_unit_test(lies_in_the_configuration_folder),
        cmocka_unit_test(loads_the_file),
        cmocka_unit_test(says_that_it_cannot_be_read),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
