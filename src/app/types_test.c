#include "test.h"

#include "app_fixture.h"

/* Connector types by filter, and what auto-configuration finds. */

static enum cl_code types(struct app_fixture *app, const struct cl_type_filter *filter,
                          struct cl_type_list *list)
{
    app->err = CL_ERR_NONE;
    return app->api->ops->types(app->api, &app->call, filter, list, &app->err);
}

static void lists_types_in_rank_order(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_type_list) struct cl_type_list list = {.items = NULL};
    struct cl_type_filter all = {.type = CL_STR_NONE};

    assert_ok(types(app, &all, &list), &app->err);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0]->id, "other");
    assert_string_equal(list.items[1]->id, "fake");
}

static void filters_types(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *type;
        const char *resource_type;
        const char *method;
        enum cl_code want;
        const char *part; /* the type that is found, or a part of the error */
    } cases[] = {
        {"fake", "", "", CL_OK, "fake"},
        {"", "fake-box", "", CL_OK, "fake"},
        {"", "", "key", CL_OK, "other"},
        {"fake", "fake-jar", "minted", CL_OK, "fake"},
        {"fak", "", "", CL_E_UNKNOWN_TYPE, "fak"},
        {"other", "fake-box", "", CL_E_UNKNOWN_RESOURCE_TYPE, "fake-box"},
        {"fake", "", "key", CL_E_UNKNOWN_METHOD, "key"},
        {"", "no-such", "", CL_E_NOT_FOUND, "no connector type matches"},
        {"", "fake-box", "key", CL_E_NOT_FOUND, "no connector type matches"},
    };

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_type_list) struct cl_type_list list = {.items = NULL};
        struct cl_type_filter filter = {.type = cl_str_of(cases[i].type),
                                        .resource_type = cl_str_of(cases[i].resource_type),
                                        .auth_method = cl_str_of(cases[i].method)};
        enum cl_code code = types(app, &filter, &list);

        if (cases[i].want != CL_OK) {
            app_assert_refused(app, code, cases[i].want, cases[i].part);
            continue;
        }
        assert_ok(code, &app->err);
        assert_int_equal(list.count, 1);
        assert_string_equal(list.items[0]->id, cases[i].part);
    }
}

/* --- auto-configuration -------------------------------------------------------------------- */

static const char *environment(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "FAKE_PASSWORD") == 0 ? "canary-env" : NULL;
}

static enum cl_code auto_configure(struct app_fixture *app, const struct cl_auto_request *request,
                                   struct cl_discovered *found)
{
    app->err = CL_ERR_NONE;
    return app->api->ops->auto_configure(app->api, &app->call, request, found, &app->err);
}

static void takes_over_what_the_type_finds(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.source = NULL};
    struct cl_auto_request request = {.type = CL_STR("fake"), .auth_method = CL_STR("open")};

    app->disk->world.env = environment;
    assert_ok(cl_map_set(&request.sources, CL_STR("corner"), CL_STR("r9"), &app->err), &app->err);
    assert_ok(auto_configure(app, &request, &found), &app->err);
    assert_string_equal(found.auth_method, "open");
    assert_string_equal(found.source, "FAKE_PASSWORD");
    assert_str(cl_config_text(&found.config, "realm"), "r9");
    assert_str(cl_secret_expose(cl_config_secret(&found.config, "password")), "canary-env");
    cl_map_cleanup(&request.sources);
}

static void leaves_the_method_to_the_type(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.source = NULL};
    struct cl_auto_request request = {.type = CL_STR("fake"), .resource_type = CL_STR("fake-jar")};

    app->disk->world.env = environment;
    assert_ok(auto_configure(app, &request, &found), &app->err);
    assert_string_equal(found.auth_method, "minted");
}

static void refuses_what_cannot_be_configured(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *type;
        const char *method;
        const char *resource_type;
        enum cl_code want;
        int asked;
    } cases[] = {
        {"fak", "", "", CL_E_UNKNOWN_TYPE, 0},
        {"fake", "mint", "", CL_E_UNKNOWN_METHOD, 0},
        {"fake", "", "fake-bx", CL_E_UNKNOWN_RESOURCE_TYPE, 0},
        {"fake", "open", "fake-jar", CL_E_METHOD_UNSUPPORTED, 0},
        {"other", "", "", CL_E_UNSUPPORTED, 0},
        {"fake", "", "", CL_E_NOT_FOUND, 1}, /* the environment holds nothing */
    };

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_discovered) struct cl_discovered found = {.source = NULL};
        struct cl_auto_request request = {.type = cl_str_of(cases[i].type),
                                          .auth_method = cl_str_of(cases[i].method),
                                          .resource_type = cl_str_of(cases[i].resource_type)};

        app_assert_refused(app, auto_configure(app, &request, &found), cases[i].want, NULL);
        assert_int_equal(atomic_load(&fake_script.discover_calls), cases[i].asked);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_types_in_rank_order),         TEST(filters_types),
        TEST(takes_over_what_the_type_finds),    TEST(leaves_the_method_to_the_type),
        TEST(refuses_what_cannot_be_configured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
