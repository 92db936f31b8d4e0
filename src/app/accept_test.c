#include "test.h"

#include "app_fixture.h"

/* Pinning at registration what hosts show, because the caller said so. */

static enum cl_code make(struct app_fixture *app, struct app_making *making,
                         struct cl_register_result *result)
{
    struct cl_register_request request = making->request;

    request.input = &making->input;
    request.accept_new_host_keys = true;
    app->err = CL_ERR_NONE;
    return app->api->ops->register_connector(app->api, &app->call, &request, result, &app->err);
}

static void pins_what_is_shown_and_says_so(void **state)
{
    static const char *const shown[] = {"alpha", "beta", NULL};
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    fake_script.shown = shown;
    fake_script.warning = "gamma shows nothing";
    app_making_set(&making, "tags", "mine");
    assert_ok(make(app, &making, &result), &app->err);
    assert_int_equal(result.warnings.count, 3);
    assert_string_equal(result.warnings.items[0], "gamma shows nothing");
    assert_non_null(strstr(result.warnings.items[1], "compared by nobody: box alpha"));

    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    const struct cl_strs *tags = cl_config_list(&conn.config, "tags");
    assert_int_equal(tags->count, 3);
    assert_string_equal(tags->items[0], "mine");
    assert_string_equal(tags->items[2], "beta");
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE action = 'connector.create' "
                                     "AND fingerprint = 'box alpha, box beta'"),
                     1);
}

static void accepts_nothing_unasked(void **state)
{
    static const char *const shown[] = {"alpha", NULL};
    struct app_fixture *app = *state;

    fake_script.shown = shown;
    app_add(app, "crate", "open", NULL, NULL);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_null(cl_config_list(&conn.config, "tags"));
    assert_int_equal(
        app_number(
            app,
            "SELECT count(*) FROM audit WHERE action = 'connector.create' AND fingerprint IS NULL"),
        1);
}

static void is_content_with_nothing_new(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    assert_ok(make(app, &making, &result), &app->err);
    assert_int_equal(result.warnings.count, 0);
    assert_int_equal(
        app_number(
            app,
            "SELECT count(*) FROM audit WHERE action = 'connector.create' AND fingerprint IS NULL"),
        1);
}

static void stores_nothing_when_nothing_can_be_seen(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");
    CL_AUTO(app_making) struct app_making other = app_making("thing", "ambient");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(cl_register_result) struct cl_register_result second = {.existing = false};

    fake_script.scan_code = CL_E_UNREACHABLE;
    app_assert_refused(app, make(app, &making, &result), CL_E_UNREACHABLE, "show itself");
    other.request.type = CL_STR("other");
    other.request.auth_method = CL_STR("key");
    cl_input_cleanup(&other.input);
    app_making_set(&other, "api_key", "canary-key");
    app_assert_refused(app, make(app, &other, &second), CL_E_UNSUPPORTED,
                       "type 'other' show nothing that could be pinned");
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector"), 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit"), 0);
}

static void leaves_no_trace_of_a_dry_run(void **state)
{
    static const char *const shown[] = {"alpha", NULL};
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    fake_script.shown = shown;
    making.request.dry_run = true;
    assert_ok(make(app, &making, &result), &app->err);
    assert_int_equal(cl_config_list(&result.connector.config, "tags")->count, 1);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit"), 0);
}

static void scans_for_a_person_to_confirm(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    CL_AUTO(cl_discovered) struct cl_discovered none = {.auth_method = NULL};
    struct cl_auto_request request = {.type = CL_STR("fake"), .auth_method = CL_STR("open")};

    assert_ok(app->api->ops->scan(app->api, &app->call, &request, &found, &app->err), &app->err);
    assert_string_equal(found.looked_at.items[0], "box known");
    request.type = CL_STR("other");
    request.auth_method = CL_STR("key");
    app_assert_refused(app, app->api->ops->scan(app->api, &app->call, &request, &none, &app->err),
                       CL_E_UNSUPPORTED, "nothing that could be pinned");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pins_what_is_shown_and_says_so), TEST(accepts_nothing_unasked),
        TEST(is_content_with_nothing_new),    TEST(stores_nothing_when_nothing_can_be_seen),
        TEST(leaves_no_trace_of_a_dry_run),   TEST(scans_for_a_person_to_confirm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
