#include "test.h"

#include "issue_fixture.h"

/* Issuing: when the provider is asked, what is kept, and what is handed out. */

/* --- cold and warm ------------------------------------------------------------------------- */

static void asks_once_when_cold_and_never_when_warm(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result cold = {.cached = false};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result warm = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &cold);
    assert_false(cold.cached);
    assert_int_equal(issued(), 1);
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0); /* issuing does not verify */
    for (int i = 0; i < 5; i++)
        issue_ok(app, &request, &warm);
    assert_true(warm.cached);
    assert_int_equal(issued(), 1);
    assert_str(token_of(&warm), "canary-token-1");
    app_reopen(app); /* another process */
    issue_ok(app, &request, &warm);
    assert_true(warm.cached);
    assert_int_equal(issued(), 1);
}

/* Whom an implicit method finds decides whose credentials come out, kept ones too. */
static void keeps_implicit_credentials_for_those_who_were_found(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = request_for("around", "fake-box", "alpha");
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    static const struct {
        const char *around;
        int issued;
    } steps[] = {{"anna", 1}, {"anna", 1}, {"berta", 2}, {"anna", 2}, {"berta", 2}, {NULL, 3}};

    app_add(app, "around", "ambient", NULL, NULL);
    for (size_t i = 0; i < CL_COUNT(steps); i++) {
        fake_script.around = steps[i].around;
        issue_ok(app, &request, &result);
        assert_int_equal(issued(), steps[i].issued);
    }
    assert_int_equal(app_number(app, "SELECT count(*) FROM issued WHERE key LIKE '%anna%'"), 0);
}

static void hands_out_what_was_issued(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    for (int i = 0; i < 2; i++) { /* from the provider, then kept */
        issue_ok(app, &request, &result);
        assert_string_equal(result.issued.connector_type, "fake");
        assert_string_equal(result.issued.auth_method, "minted");
        assert_string_equal(result.issued.resource_type, "fake-box");
        assert_string_equal(result.issued.resource_id, "box://alpha");
        assert_str(cl_config_text(&result.issued.config, "realm"), "r1");
        assert_int_equal(result.issued.issued_at, app_now(app));
        assert_int_equal(result.issued.expires_at, app_now(app) + 3600);
        assert_in_range(result.issued.refresh_after, app_now(app) + 3300, app_now(app) + 3450);
        assert_true(result.issued.provider_scoped);
        assert_false(result.issued.long_lived);
        assert_string_equal(result.connector.name, "crate");
        assert_false(result.connector.secrets_loaded);
    }
}

static void keeps_one_for_each_thing_it_depends_on(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    struct cl_issue_client_request requests[] = {alpha(), request_for("crate", "fake-box", "beta"),
                                                 request_for("crate", "fake-jar", "alpha"),
                                                 request_for("other", "fake-box", "alpha"),
                                                 alpha()};

    add_crate(app);
    app_add(app, "other", "minted", NULL, NULL);
    requests[4].duration_s = 900;
    for (size_t i = 0; i < CL_COUNT(requests); i++) {
        issue_ok(app, &requests[i], &result);
        assert_int_equal(issued(), i + 1);
    }
    for (size_t i = 0; i < CL_COUNT(requests); i++)
        issue_ok(app, &requests[i], &result);
    assert_int_equal(issued(), CL_COUNT(requests));
    struct cl_issue_client_request spelled = request_for("crate", "fake-box", "box://alpha");
    issue_ok(app, &spelled, &result);
    assert_true(result.cached);
}

static void bypasses_what_is_kept_when_told(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &result);
    request.fresh = true;
    issue_ok(app, &request, &result);
    assert_int_equal(issued(), 2);
    assert_false(result.cached);
    request.fresh = false; /* the fresh one is the one that is kept */
    issue_ok(app, &request, &result);
    assert_str(token_of(&result), "canary-token-2");
}

static void forgets_what_was_issued_when_the_connector_changes(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    struct cl_update_request update = {
        .ref = app_ref("crate"), .skew_s = CL_SKEW_UNSET, .verify = CL_VERIFY_OFF};

    add_crate(app);
    issue_ok(app, &request, &result);
    assert_int_equal(kept(app), 1);
    assert_ok(app->api->ops->update(app->api, &app->call, &update, &updated, &app->err), &app->err);
    assert_int_equal(kept(app), 0);
    issue_ok(app, &request, &result);
    assert_false(result.cached);
    assert_int_equal(issued(), 2);
}

static enum cl_code update_meanwhile(void *ctx, const char *operation, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    struct app_fixture *app = ctx;

    (void)operation;
    (void)call;
    (void)conn;
    (void)err;
    store_fixture_sql(app->disk, "UPDATE connector SET generation = generation + 1");
    return CL_OK;
}

static void keeps_nothing_of_an_older_generation(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    fake_script.hook = update_meanwhile;
    fake_script.hook_ctx = app;
    issue_ok(app, &request, &result);
    assert_int_equal(kept(app), 0);
    assert_int_equal(app_audited(app, "credential.issue", "ok"), 1);
}

static void issues_afresh_when_what_is_kept_cannot_be_read(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &result);
    store_fixture_sql(app->disk, "UPDATE issued SET sealed = x'00'");
    issue_ok(app, &request, &result);
    assert_false(result.cached);
    assert_int_equal(issued(), 2);
}

/* --- scope --------------------------------------------------------------------------------- */

static void refuses_without_asking_anybody(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *connector;
        const char *type;
        const char *id;
        enum cl_code want;
        const char *part;
    } cases[] = {
        {"nobody", "fake-box", "alpha", CL_E_NOT_FOUND, "'nobody'"},
        {"crate", "", "", CL_E_TYPE_REQUIRED, "fake-realm, fake-box, fake-jar"},
        {"crate", "fake-box", "", CL_E_ID_REQUIRED, "of type 'fake-box'; pass --resource-id"},
        {"crate", "fake-bx", "alpha", CL_E_UNKNOWN_RESOURCE_TYPE, "fake-bx"},
        {"crate", "fake-box", "NO", CL_E_ID_INVALID, "Fake box"},
        {"crate", "", "alpha", CL_E_AMBIGUOUS, "several types"},
        {"crate", "fake-realm", "r2", CL_E_OUT_OF_SCOPE, "'r1'"},
        {"one", "", "beta", CL_E_OUT_OF_SCOPE, "box://alpha"},
        {"one", "fake-jar", "alpha", CL_E_OUT_OF_SCOPE, "fake-jar"},
    };

    add_crate(app);
    app_add(app, "one", "minted", "fake-box", "alpha");
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
        struct cl_issue_client_request request =
            request_for(cases[i].connector, cases[i].type, cases[i].id);

        app_assert_refused(app, issue(app, &request, &result), cases[i].want, cases[i].part);
    }
    assert_int_equal(issued(), 0);
    assert_int_equal(app_audited(app, "credential.issue", "resource_out_of_scope"), 3);
    assert_int_equal(app_audited(app, "credential.issue", NULL), 3); /* slips leave no row */
}

static void needs_no_words_where_there_is_one_resource(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request one = request_for("one", "", "");
    struct cl_issue_client_request realm = request_for("crate", "fake-realm", "");
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    app_add(app, "one", "minted", "fake-box", "alpha");
    issue_ok(app, &one, &result);
    assert_string_equal(result.issued.resource_id, "box://alpha");
    issue_ok(app, &realm, &result);
    assert_string_equal(result.issued.resource_id, "r1");
}

static void refuses_expired_credentials_without_a_call(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("old", "minted");
    struct cl_issue_client_request request = request_for("old", "fake-box", "alpha");
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    making.request.expires_at = app_now(app) + 1000;
    making.request.skew_s = 0;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    app_advance(app, 999);
    issue_ok(app, &request, &result);
    app_advance(app, 1); /* what is kept does not outlive them either */
    app_assert_refused(app, issue(app, &request, &result), CL_E_EXPIRED, "have expired");
    assert_int_equal(issued(), 1);
}

/* --- life times ---------------------------------------------------------------------------- */

static void moves_the_life_time_into_the_methods_bounds(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        int64_t wanted_s;
        int64_t granted_s;
        size_t warnings;
    } cases[] = {{0, 3600, 0},  {30, 60, 1},     {60, 60, 0},
                 {900, 900, 0}, {3600, 3600, 0}, {7200, 3600, 1}};

    add_crate(app);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
        struct cl_issue_client_request request = alpha();

        request.duration_s = cases[i].wanted_s;
        request.fresh = true;
        issue_ok(app, &request, &result);
        assert_int_equal(result.issued.expires_at - result.issued.issued_at, cases[i].granted_s);
        assert_int_equal(result.warnings.count, cases[i].warnings);
        if (cases[i].wanted_s == 7200)
            assert_string_equal(result.warnings.items[0],
                                "auth method 'minted' gives 60 to 3600 seconds: using 3600");
    }
}

static void takes_the_connectors_own_life_time(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = request_for("plain", "fake-box", "alpha");
    struct cl_issue_client_request fixed = request_for("around", "fake-box", "alpha");
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    app_add(app, "plain", "minted", NULL, NULL);
    app_add(app, "around", "ambient", NULL, NULL);
    issue_ok(app, &request, &result);
    assert_int_equal(result.issued.expires_at - result.issued.issued_at, 600); /* the default */
    fixed.duration_s = 900; /* the provider chooses */
    issue_ok(app, &fixed, &result);
    assert_int_equal(result.issued.expires_at - result.issued.issued_at, 300);
    assert_int_equal(result.warnings.count, 0);
}

static void hands_out_nothing_below_min_ttl(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    issue_ok(app, &request, &result);
    app_advance(app, 2000); /* 1600 s are left */
    request.min_ttl_s = 1600;
    issue_ok(app, &request, &result);
    assert_true(result.cached);
    request.min_ttl_s = 1601;
    issue_ok(app, &request, &result);
    assert_false(result.cached);
    assert_int_equal(issued(), 2);
    request.min_ttl_s = 3601; /* more than the method gives: nobody is asked */
    app_assert_refused(app, issue(app, &request, &result), CL_E_TTL_UNAVAILABLE, "3601 s");
    assert_int_equal(issued(), 2);
}

static void hands_out_nothing_with_less_than_a_minute(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    fake_script.issued_ttl_s = 59; /* whatever was asked for */
    app_assert_refused(app, issue(app, &request, &result), CL_E_TTL_UNAVAILABLE,
                       "stays valid for 59 s, less than the 60 s");
    assert_null(cl_config_secret(&result.issued.config, "session_token"));
    fake_script.issued_ttl_s = 60;
    issue_ok(app, &request, &result);
    request.min_ttl_s = 10;
    fake_script.issued_ttl_s = 20;
    request.fresh = true;
    issue_ok(app, &request, &result);
}

/* --- long-lived ---------------------------------------------------------------------------- */

static void hands_out_stored_credentials_only_when_allowed(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = request_for("open", "fake-box", "alpha");
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    app_add(app, "open", "open", NULL, NULL);
    app_assert_refused(app, issue(app, &request, &result), CL_E_UNSUPPORTED,
                       "cannot issue temporary credentials");
    assert_non_null(strstr(app->err.hint, "--allow-long-lived"));
    assert_null(cl_config_secret(&result.issued.config, "password"));
    request.allow_long_lived = true;
    for (int i = 0; i < 2; i++) {
        issue_ok(app, &request, &result);
        assert_true(result.issued.long_lived);
        assert_false(result.cached);
        assert_str(cl_secret_expose(cl_config_secret(&result.issued.config, "password")),
                   "canary-open");
    }
    assert_int_equal(kept(app), 0); /* it is stored already */
    assert_int_equal(app_audited(app, "credential.issue", "ok"), 2);
}

/* --- audit --------------------------------------------------------------------------------- */

static void writes_every_issue_into_the_audit(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request request = alpha();
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    request.duration_s = 7200;
    issue_ok(app, &request, &result);
    issue_ok(app, &request, &result);
    fake_script.issue_code = CL_E_DENIED;
    request.fresh = true;
    app_assert_refused(app, issue(app, &request, &result), CL_E_DENIED, NULL);
#define ISSUE                                                                           \
    "SELECT count(*) FROM audit WHERE action = 'credential.issue' AND actor = "         \
    "'tester' AND agent = 'describe' AND connector_name = 'crate' AND resource_type = " \
    "'fake-box' AND resource_id = 'box://alpha' AND auth_method = 'minted' AND "        \
    "generation = 1 AND wanted_ttl_s = 7200 AND "
    assert_int_equal(app_number(app, ISSUE "outcome = 'ok' AND cache_hit = 0 AND granted_ttl_s = "
                                           "3600 AND provider_request_id = 'fake-1'"),
                     1);
    assert_int_equal(
        app_number(app, ISSUE "outcome = 'ok' AND cache_hit = 1 AND granted_ttl_s = 3600"), 1);
    assert_int_equal(app_number(app, ISSUE "outcome = 'permission_denied' AND granted_ttl_s = 0"),
                     1);
    CL_AUTO(cl_buf) struct cl_buf actions = CL_BUF(65536);
    store_fixture_open(app->disk); /* and the chain holds */
    actions = store_actions(app->disk);
    store_fixture_close(app->disk);
    assert_str(cl_buf_view(&actions),
               "connector.create\ncredential.issue\ncredential.issue\ncredential.issue\n");
}

static void issues_nothing_that_cannot_be_audited(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request warm = alpha();
    struct cl_issue_client_request cold = request_for("crate", "fake-box", "beta");
    struct cl_issue_client_request open = request_for("open", "fake-box", "alpha");
    const struct cl_issue_client_request *requests[] = {&warm, &cold, &open};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};

    add_crate(app);
    app_add(app, "open", "open", NULL, NULL);
    open.allow_long_lived = true;
    issue_ok(app, &warm, &result);
    store_fixture_sql(app->disk, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN "
                                 "SELECT RAISE(ABORT, 'no room'); END");
    for (size_t i = 0; i < CL_COUNT(requests); i++) {
        assert_int_not_equal(issue(app, requests[i], &result), CL_OK);
        assert_null(result.issued.connector_type);
        assert_int_equal(result.issued.config.count, 0);
    }
    app_advance(app, 3500); /* due for renewal */
    assert_int_not_equal(issue(app, &warm, &result), CL_OK);
    assert_int_equal(result.issued.config.count, 0);
    assert_int_equal(kept(app), 1); /* only what had been audited */
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(asks_once_when_cold_and_never_when_warm),
        TEST(keeps_implicit_credentials_for_those_who_were_found),
        TEST(hands_out_what_was_issued),
        TEST(keeps_one_for_each_thing_it_depends_on),
        TEST(bypasses_what_is_kept_when_told),
        TEST(forgets_what_was_issued_when_the_connector_changes),
        TEST(keeps_nothing_of_an_older_generation),
        TEST(issues_afresh_when_what_is_kept_cannot_be_read),
        TEST(refuses_without_asking_anybody),
        TEST(needs_no_words_where_there_is_one_resource),
        TEST(refuses_expired_credentials_without_a_call),
        TEST(moves_the_life_time_into_the_methods_bounds),
        TEST(takes_the_connectors_own_life_time),
        TEST(hands_out_nothing_below_min_ttl),
        TEST(hands_out_nothing_with_less_than_a_minute),
        TEST(hands_out_stored_credentials_only_when_allowed),
        TEST(writes_every_issue_into_the_audit),
        TEST(issues_nothing_that_cannot_be_audited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
