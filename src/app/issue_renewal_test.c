#include "test.h"

#include <stdio.h>

#include "issue_fixture.h"

/* Issuing as time goes by: renewal, refusals that are remembered, and waiting for others. */

/* --- renewal ------------------------------------------------------------------------------- */

static void renews_after_the_drawn_moment(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &result);
    int64_t refresh_after = result.issued.refresh_after;
    app_advance(app, refresh_after - 1 - app_now(app));
    issue_ok(app, &request, &result);
    assert_true(result.cached);
    app_advance(app, 1);
    issue_ok(app, &request, &result);
    assert_false(result.cached);
    assert_str(token_of(&result), "canary-token-2");
    assert_int_equal(result.issued.expires_at, app_now(app) + 3600);
}

static void keeps_the_last_good_one_while_renewal_fails(void **state)
{
    struct app_fixture *app = *state;
    static const enum cl_code failures[] = {CL_E_REJECTED,  CL_E_DENIED,  CL_E_UNREACHABLE,
                                            CL_E_THROTTLED, CL_E_TIMEOUT, CL_E_FAILED};

    add_crate(app);
    for (size_t i = 0; i < CL_COUNT(failures); i++) {
        struct cl_issue_client_request request = alpha();
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

        store_fixture_sql(app->disk, "DELETE FROM issued");
        fake_script_reset();
        issue_ok(app, &request, &result);
        int64_t end = result.issued.expires_at;
        fake_script.issue_code = failures[i];
        app_advance(app, end - 100 - app_now(app));
        issue_ok(app, &request, &result);
        assert_true(result.cached);
        assert_str(token_of(&result), "canary-token-1");
        assert_int_equal(result.warnings.count, 1);
        app_advance(app, end - 60 - app_now(app)); /* the last second that is long enough */
        issue_ok(app, &request, &result);
        assert_str(token_of(&result), "canary-token-1");
        app_advance(app, 61);
        app_assert_refused(app, issue(app, &request, &result), failures[i], "refused to issue");
        assert_null(result.issued.connector_type);
    }
}

static void does_not_try_a_failing_renewal_at_every_use(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    static const struct {
        enum cl_code code;
        int64_t pause_s;
    } cases[] = {{CL_E_UNREACHABLE, 60}, {CL_E_TIMEOUT, 60}, {CL_E_REJECTED, 5}};

    add_crate(app);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        store_fixture_sql(app->disk, "DELETE FROM issued");
        fake_script_reset();
        issue_ok(app, &request, &result);
        app_advance(app, 3600 - 149);
        fake_script.issue_code = cases[i].code;
        for (int k = 0; k < 3; k++) {
            issue_ok(app, &request, &result);
            assert_true(result.cached);
        }
        assert_int_equal(issued(), 2);
        app_advance(app, cases[i].pause_s);
        issue_ok(app, &request, &result);
        assert_int_equal(issued(), 3);
        app_advance(app, 60);
        fake_script.issue_code = CL_OK; /* it comes back, and is asked again */
        issue_ok(app, &request, &result);
        assert_false(result.cached);
    }
}

/* An SDK asks at every request near the end, so it is given a credential that lasts. */
static void gives_an_sdk_a_third_of_the_life(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        int64_t life_s;
        int64_t renewed_at_s;                              /* seconds before the end */
    } cases[] = {{3600, 1200}, {1200, 400}, {9000, 1200}}; /* before others renew, 300 s from it */

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct cl_issue_client_request request = request_for("sdk", "fake-box", "alpha");
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
        char name[8];

        (void)snprintf(name, sizeof(name), "sdk-%zu", i);
        app_add(app, name, "minted", NULL, NULL);
        request.ref = app_ref(name);
        request.for_sdk = true;
        fake_script_reset();
        fake_script.issued_ttl_s = cases[i].life_s;
        issue_ok(app, &request, &result);
        app_advance(app, cases[i].life_s - cases[i].renewed_at_s);
        issue_ok(app, &request, &result);
        assert_true(result.cached);
        app_advance(app, 1);
        struct cl_issue_client_request patient = request;
        patient.for_sdk = false;
        issue_ok(app, &patient, &result);
        assert_true(result.cached); /* others can do with less */
        issue_ok(app, &request, &result);
        assert_int_equal(issued(), 2);
    }
}

/* Whoever has been refused with what is kept asks for another one, but not every second. */
static void renews_what_is_doubted_once_it_is_old_enough(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    struct cl_issue_client_request doubting = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    doubting.renew_after_s = 60;
    issue_ok(app, &request, &result);
    app_advance(app, 60);
    issue_ok(app, &doubting, &result);
    assert_true(result.cached);
    app_advance(app, 1);
    issue_ok(app, &doubting, &result);
    assert_false(result.cached);
    assert_int_equal(issued(), 2);
    issue_ok(app, &doubting, &result); /* the new one is kept */
    assert_true(result.cached);
    issue_ok(app, &request, &result);
    assert_true(result.cached);
    assert_int_equal(issued(), 2);
}

/* A doubt is no proof: without another credential the old one is better than none. */
static void keeps_what_is_doubted_when_there_is_no_other(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    request.renew_after_s = 60;
    issue_ok(app, &request, &result);
    app_advance(app, 61);
    fake_script.issue_code = CL_E_UNREACHABLE;
    issue_ok(app, &request, &result);
    assert_true(result.cached);
    assert_int_equal(result.warnings.count, 1);
    assert_int_equal(issued(), 2);
}

static void keeps_the_last_good_one_for_an_sdk_too(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    request.for_sdk = true;
    issue_ok(app, &request, &result);
    fake_script.issue_code = CL_E_UNREACHABLE;
    app_advance(app, 2500); /* less than a third is left */
    issue_ok(app, &request, &result);
    assert_true(result.cached);
    assert_str(token_of(&result), "canary-token-1");
    request.min_ttl_s = 1200; /* asked for in so many words, it is a condition */
    app_assert_refused(app, issue(app, &request, &result), CL_E_UNREACHABLE, NULL);
}

static void renews_when_the_clock_was_set_back(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &result);
    app_advance(app, -7200);
    issue_ok(app, &request, &result);
    assert_true(result.cached); /* longer than it is, but not expired */
    app_advance(app, 7200 + 3541);
    issue_ok(app, &request, &result);
    assert_false(result.cached);
}

/* --- refusals ------------------------------------------------------------------------------ */

static void does_not_repeat_a_refused_question_at_once(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    struct cl_issue_client_request other = request_for("crate", "fake-box", "beta");
    static const int64_t waits[] = {5, 10, 20, 40, 60, 60};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    fake_script.issue_code = CL_E_REJECTED;
    for (size_t i = 0; i < CL_COUNT(waits); i++) {
        app_assert_refused(app, issue(app, &request, &result), CL_E_REJECTED, "refused to issue");
        assert_int_equal(issued(), i + 1);
        app_advance(app, waits[i] - 1);
        app_assert_refused(app, issue(app, &request, &result), CL_E_REJECTED, "refused to issue");
        assert_string_equal(app->err.upstream_code, "FakeRefusal"); /* as the provider said it */
        app_assert_refused(app, issue(app, &other, &result), CL_E_REJECTED, NULL);
        assert_int_equal(issued(), i + 1);
        app_advance(app, 1);
    }
    fake_script.issue_code = CL_OK;
    issue_ok(app, &request, &result);
}

static void forgets_a_refusal_when_the_connector_changes(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    struct cl_update_request update = {
        .ref = app_ref("crate"), .skew_s = CL_SKEW_UNSET, .verify = CL_VERIFY_OFF};

    add_crate(app);
    fake_script.issue_code = CL_E_DENIED;
    app_assert_refused(app, issue(app, &request, &result), CL_E_DENIED, NULL);
    fake_script.issue_code = CL_OK;
    app_assert_refused(app, issue(app, &request, &result), CL_E_DENIED, NULL);
    request.fresh = true; /* asks all the same */
    issue_ok(app, &request, &result);
    request.fresh = false;
    assert_ok(app->api->ops->update(app->api, &app->call, &update, &updated, &app->err), &app->err);
    issue_ok(app, &request, &result);
    assert_int_equal(issued(), 3);
}

/* A refusal belongs to the credentials that the method found, not to those found next. */
static void forgets_a_refusal_when_the_surroundings_change(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = request_for("around", "fake-box", "alpha");
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    app_add(app, "around", "ambient", NULL, NULL);
    fake_script.around = "anna";
    fake_script.issue_code = CL_E_REJECTED;
    app_assert_refused(app, issue(app, &request, &result), CL_E_REJECTED, NULL);
    fake_script.issue_code = CL_OK;
    app_assert_refused(app, issue(app, &request, &result), CL_E_REJECTED, NULL);
    fake_script.around = "berta";
    issue_ok(app, &request, &result);
}

static void takes_a_damaged_note_for_none(void **state)
{
    static const char *const damaged[] = {"x'7b7d'", "x'00'", "zeroblob(0)",
                                          "CAST('{\"until\":9999999999,\"error\":1}' AS BLOB)"};
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    for (size_t i = 0; i < CL_COUNT(damaged); i++) {
        char statement[256];
        fake_script.issue_code = CL_E_REJECTED;
        request.fresh = true;
        app_assert_refused(app, issue(app, &request, &result), CL_E_REJECTED, NULL);
        (void)snprintf(statement, sizeof(statement), "UPDATE issued SET sealed = %s", damaged[i]);
        store_fixture_sql(app->disk, statement);
        fake_script.issue_code = CL_OK;
        request.fresh = false;
        issue_ok(app, &request, &result);
        store_fixture_sql(app->disk, "DELETE FROM issued");
    }
}

static void asks_again_after_failures_that_pass(void **state)
{
    struct app_fixture *app = *state;
    static const enum cl_code failures[] = {CL_E_UNREACHABLE, CL_E_THROTTLED, CL_E_PROVIDER,
                                            CL_E_RESOURCE_NOT_FOUND, CL_E_INVALID};
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    for (size_t i = 0; i < CL_COUNT(failures); i++) {
        fake_script.issue_code = failures[i];
        app_assert_refused(app, issue(app, &request, &result), failures[i], NULL);
        assert_int_equal(issued(), i + 1);
    }
}

/* --- waiting ------------------------------------------------------------------------------- */

/* Holds the lock of every key that a connector could have. */
static int hold_lock(struct app_fixture *app, const char *file)
{
    char path[128];
    int lock = -1;
    const struct cl_world *world = &app->disk->world;

    (void)snprintf(path, sizeof(path), "%s/locks/%s", app->disk->folder, file);
    assert_ok(world->lock_file(world->ctx, path, 0, &lock, &app->err), &app->err);
    return lock;
}

/* The one file in the folder of locks. */
static const char *lock_name(struct app_fixture *app)
{
    static char name[32];

    for (unsigned i = 0; i < 4096; i++) {
        char path[48];

        (void)snprintf(name, sizeof(name), "issue-%03x", i);
        (void)snprintf(path, sizeof(path), "locks/%s", name);
        struct cl_file_info info = {.exists = false};
        assert_ok(app->disk->world.stat_file(app->disk->world.ctx,
                                             store_fixture_path(app->disk, path), &info, &app->err),
                  &app->err);
        if (info.exists)
            return name;
    }
    fail_msg("no lock");
    return NULL;
}

static void waits_no_longer_than_its_caller(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    struct cl_call hurried = app->call;
    struct cl_call cancelled = app->call;
    atomic_bool flag = true;

    add_crate(app);
    issue_ok(app, &request, &result);
    int lock = hold_lock(app, lock_name(app)); /* somebody else is minting */
    request.fresh = true;
    hurried = cl_call_within(&app->call, 50);
    cl_issue_client_result_cleanup(&result);
    app_assert_refused(app, app->api->ops->issue(app->api, &hurried, &request, &result, &app->err),
                       CL_E_TIMEOUT, NULL);
    cancelled.cancelled = &flag;
    cl_issue_client_result_cleanup(&result);
    app_assert_refused(app,
                       app->api->ops->issue(app->api, &cancelled, &request, &result, &app->err),
                       CL_E_INTERRUPTED, NULL);
    assert_int_equal(issued(), 1);
    app->disk->world.unlock_file(app->disk->world.ctx, lock);
}

static void does_not_wait_with_a_usable_credential_in_hand(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &result);
    int lock = hold_lock(app, lock_name(app));
    app_advance(app, 3500); /* due, and somebody is at it */
    issue_ok(app, &request, &result);
    assert_true(result.cached);
    assert_int_equal(app->err.code, CL_OK); /* that it did not wait is no error */
    assert_int_equal(issued(), 1);
    assert_int_equal(result.warnings.count, 0);
    app->disk->world.unlock_file(app->disk->world.ctx, lock);
    issue_ok(app, &request, &result);
    assert_false(result.cached);
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(renews_after_the_drawn_moment),
        TEST(keeps_the_last_good_one_while_renewal_fails),
        TEST(does_not_try_a_failing_renewal_at_every_use),
        TEST(gives_an_sdk_a_third_of_the_life),
        TEST(renews_what_is_doubted_once_it_is_old_enough),
        TEST(keeps_what_is_doubted_when_there_is_no_other),
        TEST(keeps_the_last_good_one_for_an_sdk_too),
        TEST(renews_when_the_clock_was_set_back),
        TEST(does_not_repeat_a_refused_question_at_once),
        TEST(forgets_a_refusal_when_the_connector_changes),
        TEST(forgets_a_refusal_when_the_surroundings_change),
        TEST(takes_a_damaged_note_for_none),
        TEST(asks_again_after_failures_that_pass),
        TEST(waits_no_longer_than_its_caller),
        TEST(does_not_wait_with_a_usable_credential_in_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
