#include "test.h"

#include "app_fixture.h"

/* Taking back what a connector issued, when it is updated or deleted. */

/* What the provider was asked to take back, and what it answers. */
struct taking {
    enum cl_code code;
    int64_t generation; /* of the connector it was asked about; 0: it was not asked */
    bool armed;         /* with its secrets */
};

static enum cl_code watch(void *ctx, const char *operation, const struct cl_call *call,
                          const struct cl_connector *conn, struct cl_err *err)
{
    struct taking *taking = ctx;

    (void)call;
    if (strcmp(operation, "revoke") != 0)
        return CL_OK;
    taking->generation = conn->generation;
    taking->armed = cl_config_secret(&conn->config, "password") != NULL;
    return taking->code == CL_OK ? CL_OK : cl_err_set(err, taking->code, "out of reach");
}

static void watch_with(struct taking *taking)
{
    fake_script.hook = watch;
    fake_script.hook_ctx = taking;
}

static enum cl_code update(struct app_fixture *app, struct cl_register_result *result)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_update_request request = {
        .ref = app_ref("crate"), .input = &input, .skew_s = CL_SKEW_UNSET, .verify = CL_VERIFY_OFF};

    assert_ok(fake_input(&input, "password", "canary-new", &app->err), &app->err);

    return app->api->ops->update(app->api, &app->call, &request, result, &app->err);
}

static enum cl_code remove_it(struct app_fixture *app, struct cl_delete_result *result)
{
    struct cl_delete_request request = {.ref = app_ref("crate")};

    return app->api->ops->remove(app->api, &app->call, &request, result, &app->err);
}

static void takes_back_what_the_old_form_issued(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    struct taking taking = {.code = CL_OK};

    app_add(app, "crate", "minted", NULL, NULL);
    watch_with(&taking);
    assert_ok(update(app, &updated), &app->err);
    assert_int_equal(taking.generation, 1);
    assert_true(taking.armed);
    assert_int_equal(updated.connector.generation, 2);
    assert_int_equal(updated.warnings.count, 0);
    assert_ok(remove_it(app, &deleted), &app->err);
    assert_int_equal(taking.generation, 2);
    assert_int_equal(atomic_load(&fake_script.revoke_calls), 2);
    assert_int_equal(app_audited(app, "credential.revoke", "ok"), 2);
}

static void changes_also_what_cannot_be_taken_back(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    struct taking taking = {.code = CL_E_UNREACHABLE};

    app_add(app, "crate", "minted", NULL, NULL);
    watch_with(&taking);
    assert_ok(update(app, &updated), &app->err);
    assert_int_equal(updated.warnings.count, 1);
    assert_non_null(strstr(updated.warnings.items[0], "could not be taken back"));
    assert_non_null(strstr(updated.warnings.items[0], "out of reach"));
    assert_ok(remove_it(app, &deleted), &app->err);
    assert_int_equal(deleted.warnings.count, 1);
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector"), 0);
    assert_int_equal(app_audited(app, "credential.revoke", "provider_unreachable"), 2);
}

static void takes_nothing_back_when_nothing_changes(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    struct taking taking = {.code = CL_OK};

    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add_component(app, "models", "crate");
    watch_with(&taking);
    assert_int_equal(remove_it(app, &deleted), CL_E_IN_USE);
    assert_int_equal(taking.generation, 0);
}

static void leaves_what_was_issued_under_another_name(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    struct cl_update_request request = {.ref = app_ref("crate"),
                                        .set_name = true,
                                        .name = CL_STR("box"),
                                        .set_description = true,
                                        .description = CL_STR("other"),
                                        .skew_s = CL_SKEW_UNSET,
                                        .verify = CL_VERIFY_OFF};

    app_add(app, "crate", "minted", NULL, NULL);
    assert_ok(app->api->ops->update(app->api, &app->call, &request, &updated, &app->err),
              &app->err);
    assert_int_equal(atomic_load(&fake_script.revoke_calls), 0);
    request.ref = app_ref("box"); /* another scope is another matter */
    request.set_resource_type = true;
    request.resource_type = CL_STR("fake-box");
    cl_register_result_cleanup(&updated);
    assert_ok(app->api->ops->update(app->api, &app->call, &request, &updated, &app->err),
              &app->err);
    assert_int_equal(atomic_load(&fake_script.revoke_calls), 1);
}

static void asks_only_for_what_is_issued(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};

    app_add(app, "crate", "open", NULL, NULL); /* hands out what it was given */
    assert_ok(update(app, &updated), &app->err);
    assert_int_equal(atomic_load(&fake_script.revoke_calls), 0);
    assert_int_equal(app_audited(app, "credential.revoke", NULL), 0);
}

static void audits_nothing_where_the_connector_has_nothing_to_take_back(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.has_nothing_to_revoke = true;
    assert_ok(update(app, &updated), &app->err);
    assert_ok(remove_it(app, &deleted), &app->err);
    assert_int_equal(atomic_load(&fake_script.revoke_calls), 0);
    assert_int_equal(app_audited(app, "credential.revoke", NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_back_what_the_old_form_issued),
        TEST(changes_also_what_cannot_be_taken_back),
        TEST(takes_nothing_back_when_nothing_changes),
        TEST(leaves_what_was_issued_under_another_name),
        TEST(asks_only_for_what_is_issued),
        TEST(audits_nothing_where_the_connector_has_nothing_to_take_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
