#include "test.h"

#include <stdio.h>

#include "app_fixture.h"

/* Registering: the order of the checks, what is stored, and that a failure stores nothing. */

static enum cl_code make(struct app_fixture *app, const struct app_making *making,
                         struct cl_register_result *result)
{
    struct cl_register_request request = making->request;

    request.input = &making->input;
    app->err = CL_ERR_NONE;
    return app->api->ops->register_connector(app->api, &app->call, &request, result, &app->err);
}

static int64_t stored(const struct app_fixture *app)
{
    return app_number(app, "SELECT count(*) FROM connector");
}

static int calls_made(void)
{
    return atomic_load(&fake_script.verify_calls) + atomic_load(&fake_script.list_calls);
}

/* --- what is stored ------------------------------------------------------------------------ */

static void stores_what_was_given(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    app_making_type(&making, "fake-box");
    making.request.resource_id = CL_STR("alpha");
    making.request.description = CL_STR("A crate.");
    making.request.expires_at = app_now(app) + 9000;
    making.request.skew_s = 60;
    making.request.expiration_seconds = 900;
    making.request.shared = true;
    assert_ok(cl_map_set(&making.request.labels, CL_STR("env"), CL_STR("dev"), &app->err),
              &app->err);
    assert_ok(make(app, &making, &result), &app->err);

    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(conn.id, result.connector.id);
    assert_string_equal(conn.description, "A crate.");
    assert_string_equal(conn.owner, "tester");
    assert_string_equal(conn.method->id, "minted");
    assert_string_equal(conn.resource_id, "alpha");
    assert_string_equal(conn.canonical_id, "box://alpha");
    assert_int_equal(conn.resource_types.count, 1);
    assert_int_equal(conn.expires_at, app_now(app) + 9000);
    assert_int_equal(conn.skew_s, 60);
    assert_int_equal(conn.expiration_seconds, 900);
    assert_true(conn.shared);
    assert_string_equal(cl_map_get(&conn.labels, "env"), "dev");
    assert_int_equal(conn.generation, 1);
    assert_int_equal(conn.created_at_us, app->disk->now_us);
    assert_int_equal(conn.last_verified_at, 0);
    assert_str(store_secret(&conn, "password"), "canary-crate");
    assert_true(cl_is_uuid(cl_str_of(conn.secret_id)));
}

static void gives_back_no_secret(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(cl_register_result) struct cl_register_result dry = {.existing = false};

    making.request.dry_run = true;
    assert_ok(make(app, &making, &dry), &app->err);
    assert_null(cl_config_secret(&dry.connector.config, "password"));
    assert_true(cl_strs_has(&dry.connector.secret_names, CL_STR("password")));
    making.request.dry_run = false;
    assert_ok(make(app, &making, &result), &app->err);
    assert_null(cl_config_secret(&result.connector.config, "password"));
    assert_false(result.connector.secrets_loaded);
    assert_true(cl_strs_has(&result.connector.secret_names, CL_STR("password")));
    assert_str(cl_config_text(&result.connector.config, "realm"), "r1");
}

static void writes_one_row_into_the_audit(void **state)
{
    struct app_fixture *app = *state;

    app_add(app, "crate", "minted", NULL, NULL);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit"), 1);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit JOIN connector ON "
                                     "connector.id = connector_id WHERE actor = 'tester' AND "
                                     "action = 'connector.create' AND outcome = 'ok' AND "
                                     "connector_name = 'crate' AND audit.generation = 1 AND "
                                     "auth_method = 'minted' AND source = 'local'"),
                     1);
    char query[256];
    (void)snprintf(query, sizeof(query), "SELECT count(*) FROM audit WHERE request_id = '%s'",
                   app->call.request_id);
    assert_int_equal(app_number(app, query), 1);
}

static void keeps_no_secret_id_without_secrets(void **state)
{
    struct app_fixture *app = *state;

    app_add(app, "around", "ambient", NULL, NULL);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "around");
    assert_string_equal(conn.secret_id, "");
    assert_int_equal(conn.secret_names.count, 0);
}

static void takes_all_types_of_the_method_when_none_is_named(void **state)
{
    struct app_fixture *app = *state;

    app_add(app, "open", "open", NULL, NULL);
    app_add(app, "minted", "minted", NULL, NULL);
    CL_AUTO(cl_connector) struct cl_connector open = app_stored(app, "open");
    CL_AUTO(cl_connector) struct cl_connector minted = app_stored(app, "minted");
    assert_int_equal(open.resource_types.count, 2); /* jars are not for `open` */
    assert_int_equal(minted.resource_types.count, 3);
    assert_int_equal(open.expiration_seconds, 0);
    assert_int_equal(minted.expiration_seconds, 600);
}

static void adopts_the_id_of_a_type_with_one_instance(void **state)
{
    struct app_fixture *app = *state;

    app_add(app, "realm", "open", "fake-realm", NULL);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "realm");
    assert_string_equal(conn.canonical_id, "r1");
}

static void takes_the_only_method_of_a_type(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("other"),
                                            .type = CL_STR("other"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};

    app_making_set(&making, "api_key", "canary-key");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "other");
    assert_string_equal(conn.method->id, "key");
}

static void warns_with_what_the_type_says(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("odd"),
                                            .type = CL_STR("fake"),
                                            .auth_method = CL_STR("ambient"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    app_making_set(&making, "realm", "odd");
    assert_ok(make(app, &making, &result), &app->err);
    assert_int_equal(result.warnings.count, 1);
    assert_string_equal(result.warnings.items[0], "The realm is odd.");
}

/* --- order of the checks ------------------------------------------------------------------- */

/* Each row has several mistakes; the first of them is told. */
struct mistaken {
    const char *name;
    const char *type;
    const char *method;
    const char *resource_type;
    const char *resource_id;
    const char *attr;
    const char *value;
    const char *label;
    int64_t expiration_s;
    enum cl_code want;
    const char *part;
};

static const struct mistaken mistakes[] = {
    {"-x", "none", "none", "none", "/", "none", "v", "cleat:x", 1, CL_E_INVALID, "begin with"},
    {"x", "none", "none", "none", "/", "none", "v", "cleat:x", 1, CL_E_UNKNOWN_TYPE, "none"},
    {"x", "fake", "none", "none", "/", "none", "v", "cleat:x", 1, CL_E_UNKNOWN_RESOURCE_TYPE,
     "none"},
    {"x", "fake", "", "none", "/", "none", "v", "cleat:x", 1, CL_E_UNKNOWN_RESOURCE_TYPE, "none"},
    {"x", "fake", "none", "fake-box", "/", "none", "v", "cleat:x", 1, CL_E_UNKNOWN_METHOD, "none"},
    {"x", "fake", "", "fake-box", "/", "none", "v", "cleat:x", 1, CL_E_INVALID,
     "several auth methods and none is given; valid: open, minted, ambient"},
    {"x", "fake", "open", "fake-jar", "/", "none", "v", "cleat:x", 1, CL_E_METHOD_UNSUPPORTED,
     "fake-jar"},
    {"x", "fake", "minted", "fake-box", "/", "none", "v", "cleat:x", 1, CL_E_UNKNOWN_ATTRIBUTE,
     "none"},
    {"x", "fake", "minted", "fake-box", "/", "realm", "", "cleat:x", 1, CL_E_MISSING_ATTRIBUTE,
     "realm"},
    {"x", "fake", "minted", "fake-box", "/", "realm", "a/b", "cleat:x", 1, CL_E_INVALID, "cleat:"},
    {"x", "fake", "minted", "fake-box", "/", "realm", "a/b", NULL, 1, CL_E_INVALID_ATTRIBUTE,
     "'realm'"},
    {"x", "fake", "minted", "fake-box", "/", "realm", "r1", NULL, 1, CL_E_TTL_UNAVAILABLE, "60s"},
    {"x", "fake", "open", "fake-box", "/", "realm", "r1", NULL, 600, CL_E_TTL_UNAVAILABLE,
     "cannot choose"},
    {"x", "fake", "minted", "fake-box", "/", "realm", "r1", NULL, 0, CL_E_ID_INVALID, "box://"},
    {"x", "fake", "minted", NULL, "alpha", "realm", "r1", NULL, 0, CL_E_TYPE_REQUIRED, "several"},
    {"x", "fake", "minted", "fake-realm", "r2", "realm", "r1", NULL, 0, CL_E_OUT_OF_SCOPE, "'r1'"},
};

static struct app_making mistaken(const struct mistaken *row)
{
    struct app_making making = {.request = {.name = cl_str_of(row->name),
                                            .type = cl_str_of(row->type),
                                            .auth_method = cl_str_of(row->method),
                                            .resource_id = cl_str_of(row->resource_id),
                                            .expiration_seconds = row->expiration_s,
                                            .skew_s = CL_SKEW_UNSET}};
    struct cl_err err;

    if (row->resource_type != NULL)
        app_making_type(&making, row->resource_type);
    app_making_set(&making, "password", "canary-pass");
    if (row->value[0] != '\0')
        app_making_set(&making, row->attr, row->value);
    if (row->label != NULL)
        assert_ok(cl_map_set(&making.request.labels, cl_str_of(row->label), CL_STR("v"), &err),
                  &err);
    return making;
}

static void tells_the_first_mistake_and_touches_nothing(void **state)
{
    struct app_fixture *app = *state;

    for (size_t i = 0; i < CL_COUNT(mistakes); i++) {
        CL_AUTO(app_making) struct app_making making = mistaken(&mistakes[i]);

        app_assert_refused(app, app_make_as(app, &app->call, &making), mistakes[i].want,
                           mistakes[i].part);
        assert_null(strstr(app->err.text, "canary"));
    }
    assert_int_equal(calls_made(), 0);
    /* What can be judged without the store is judged without it. */
    CL_AUTO(cl_buf) struct cl_buf database = store_fixture_read(app->disk, "cleat.db");
    assert_null(database.ptr);
}

static void tells_of_a_taken_name_before_it_asks_the_provider(void **state)
{
    struct app_fixture *app = *state;
    static const char *const names[] = {"aws-auto", "AWS-Auto", "aws-AUTO"};

    app_add(app, "aws-auto", "minted", NULL, NULL);
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(app_making) struct app_making making = app_making(names[i], "open");

        making.request.verify = CL_VERIFY_AND_LIST;
        app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_NAME_EXISTS,
                           "'aws-auto' already exists");
    }
    assert_int_equal(calls_made(), 0);
    assert_int_equal(stored(app), 1);
}

static void does_not_take_an_id_prefix_for_a_taken_name(void **state)
{
    struct app_fixture *app = *state;
    char name[9];

    app_add(app, "crate", "minted", NULL, NULL);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    (void)snprintf(name, sizeof(name), "%.8s", conn.id);
    app_add(app, name, "minted", NULL, NULL);
    assert_int_equal(stored(app), 2);
}

static void judges_configuration_before_the_name(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    app_add(app, "crate", "minted", NULL, NULL);
    app_making_set(&making, "wrong", "v");
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_UNKNOWN_ATTRIBUTE, "wrong");
}

/* --- the provider's verdict ---------------------------------------------------------------- */

static void stores_nothing_when_the_credentials_fail(void **state)
{
    struct app_fixture *app = *state;
    static const enum cl_code failures[] = {CL_E_REJECTED, CL_E_DENIED,    CL_E_INVALID,
                                            CL_E_TIMEOUT,  CL_E_THROTTLED, CL_E_UNREACHABLE};
    static const enum cl_verify_mode verify_modes[] = {CL_VERIFY_AND_LIST, CL_VERIFY_ONLY};

    for (size_t i = 0; i < CL_COUNT(failures) * 2; i++) {
        CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

        making.request.verify = verify_modes[i % 2];
        fake_script.verify_code = failures[i / 2];
        app_assert_refused(app, app_make_as(app, &app->call, &making), failures[i / 2],
                           "refused to verify");
        assert_string_equal(app->err.upstream_code, "FakeRefusal");
        assert_int_equal(app_audited(app, "connector.create", cl_code_wire(failures[i / 2])),
                         i % 2 + 1);
    }
    assert_int_equal(stored(app), 0);
    assert_int_equal(app_audited(app, "connector.create", "ok"), 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE connector_name = 'crate' "
                                     "AND connector_id IS NULL AND auth_method = 'minted'"),
                     2 * CL_COUNT(failures));
}

static void stores_nothing_when_the_only_type_fails(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    app_making_type(&making, "fake-box");
    making.request.verify = CL_VERIFY_AND_LIST;
    fake_script.list_code = CL_E_DENIED;
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_DENIED, "refused to list");
    assert_int_equal(stored(app), 0);
}

static void stores_a_connector_of_which_one_type_fails(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    making.request.verify = CL_VERIFY_AND_LIST;
    fake_script.list_code = CL_E_DENIED;
    fake_script.list_fails_for = "fake-box";
    assert_ok(make(app, &making, &result), &app->err);
    assert_true(result.verified);
    assert_int_equal(result.resources.count, 3);
    assert_string_equal(result.resources.rows[0].ids.items[0], "r1");
    assert_int_equal(result.resources.rows[1].error.code, CL_E_DENIED);
    assert_string_equal(result.resources.rows[2].ids.items[0], "jar:plum");
    assert_string_equal(result.resources.id, result.connector.id);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_int_equal(conn.last_verify_code, CL_E_DENIED);
    assert_int_equal(conn.last_verified_at, app_now(app));
}

static void verifies_as_far_as_it_is_told(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *name;
        enum cl_verify_mode mode;
        int verify_calls;
        int list_calls;
    } cases[] = {{"off", CL_VERIFY_OFF, 0, 0},
                 {"only", CL_VERIFY_ONLY, 1, 0},
                 {"list", CL_VERIFY_AND_LIST, 2, 2}}; /* the realm is verified, the others listed */

    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(app_making) struct app_making making = app_making(cases[i].name, "minted");
        CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

        fake_script_reset();
        making.request.verify = cases[i].mode;
        assert_ok(make(app, &making, &result), &app->err);
        assert_int_equal(atomic_load(&fake_script.verify_calls), cases[i].verify_calls);
        assert_int_equal(atomic_load(&fake_script.list_calls), cases[i].list_calls);
        assert_int_equal(result.verified, cases[i].mode != CL_VERIFY_OFF);
    }
}

static void keeps_what_the_verification_learned(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    making.request.verify = CL_VERIFY_AND_LIST;
    fake_script.account = "4711";
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(cl_map_get(&conn.facts, "account"), "4711");
}

static void refuses_expired_credentials_without_a_call(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");

    making.request.verify = CL_VERIFY_AND_LIST;
    making.request.expires_at = app_now(app) + 300; /* within the tolerance */
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_EXPIRED, "have expired");
    assert_null(strstr(app->err.hint, "update")); /* there is nothing yet to update */
    assert_int_equal(calls_made(), 0);
    assert_int_equal(stored(app), 0);
    making.request.expires_at = app_now(app) + 301;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

/* A registration that asked nobody has tried no credentials. */
static void audits_no_mistake_of_the_command_line(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    making.request.verify = CL_VERIFY_AND_LIST;
    app_making_set(&making, "wrong", "canary-x");
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_UNKNOWN_ATTRIBUTE, NULL);
    app_add(app, "taken", "open", NULL, NULL);
    CL_AUTO(app_making) struct app_making second = app_making("taken", "minted");
    app_assert_refused(app, app_make_as(app, &app->call, &second), CL_E_NAME_EXISTS, NULL);
    assert_int_equal(app_audited(app, "connector.create", NULL), 1);
}

/* The provider's refusal is the answer, whether or not a row can be written about it. */
static void reports_the_refusal_when_it_cannot_be_audited(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    app_add(app, "other", "open", NULL, NULL);
    store_fixture_sql(app->disk, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN "
                                 "SELECT RAISE(ABORT, 'no room'); END");
    making.request.verify = CL_VERIFY_AND_LIST;
    fake_script.verify_code = CL_E_REJECTED;
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_REJECTED, "refused");
}

static void is_cancelled_by_its_caller(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    making.request.verify = CL_VERIFY_AND_LIST;
    fake_script.verify_code = CL_E_INTERRUPTED;
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_INTERRUPTED, NULL);
    assert_int_equal(stored(app), 0);
}

/* Ctrl-C while a type is listed, which by itself would only be that type's error. */
static enum cl_code cancel_a_listing(void *ctx, const char *operation, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    (void)conn;
    if (strcmp(operation, "list") == 0)
        atomic_store((atomic_bool *)ctx, true);
    return cl_call_check(call, err);
}

static void stores_nothing_when_it_is_cancelled_late(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    atomic_bool cancelled = false;
    struct cl_call call = app->call;

    call.cancelled = &cancelled;
    fake_script.hook = cancel_a_listing;
    fake_script.hook_ctx = &cancelled;
    making.request.verify = CL_VERIFY_AND_LIST;
    app_assert_refused(app, app_make_as(app, &call, &making), CL_E_INTERRUPTED, NULL);
    assert_int_equal(stored(app), 0);
}

/* The types that were not reached in time are no reason to store half-checked credentials. */
static void stores_nothing_behind_its_deadline(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    struct cl_call call = app->call;

    call.deadline_ms = call.world->monotonic_ms(call.world->ctx);
    making.request.verify = CL_VERIFY_AND_LIST;
    app_assert_refused(app, app_make_as(app, &call, &making), CL_E_TIMEOUT, NULL);
    assert_int_equal(stored(app), 0);
}

/* --- dry runs and existing ones ------------------------------------------------------------ */

static void stores_nothing_in_a_dry_run(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    making.request.dry_run = true;
    making.request.verify = CL_VERIFY_AND_LIST;
    assert_ok(make(app, &making, &result), &app->err);
    assert_true(result.verified);
    assert_int_equal(result.resources.count, 3);
    assert_string_equal(result.connector.id, "");
    assert_string_equal(result.connector.name, "crate");
    assert_int_equal(stored(app), 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit"), 0);
}

static void tells_a_dry_run_of_a_taken_name(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");

    app_add(app, "crate", "minted", NULL, NULL);
    making.request.dry_run = true;
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_NAME_EXISTS, "'crate'");
}

static void finds_the_existing_one_when_that_is_welcome(void **state)
{
    struct app_fixture *app = *state;
    static const char *const names[] = {"crate", "Crate"};

    app_add(app, "crate", "open", NULL, NULL);
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(app_making) struct app_making making = app_making(names[i], "minted");
        CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

        making.request.if_not_exists = true;
        making.request.verify = CL_VERIFY_AND_LIST;
        assert_ok(make(app, &making, &result), &app->err);
        assert_true(result.existing);
        assert_false(result.verified);
        assert_string_equal(result.connector.name, "crate");
        assert_string_equal(result.connector.method->id, "open");
    }
    assert_int_equal(calls_made(), 0);
    assert_int_equal(app_audited(app, "connector.create", NULL), 1);
}

/* Somebody else registers the same name while this one is being verified. */
static enum cl_code take_the_name(void *ctx, const char *operation, const struct cl_call *call,
                                  const struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(app_making) struct app_making making = app_making(conn->name, "open");

    (void)operation;
    (void)call;
    fake_script.hook = NULL;
    if (app_make_as(ctx, &((struct app_fixture *)ctx)->call, &making) == CL_OK)
        return CL_OK;
    return cl_err_set(err, CL_E_FAILED, "the test could not take the name");
}

static void finds_what_was_registered_during_its_verification(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    making.request.verify = CL_VERIFY_AND_LIST;
    making.request.if_not_exists = true;
    fake_script.hook = take_the_name;
    fake_script.hook_ctx = app;
    assert_ok(make(app, &making, &result), &app->err);
    assert_true(result.existing);
    assert_false(result.verified);
    assert_string_equal(result.connector.method->id, "open");
    assert_int_equal(result.resources.count, 0);
    assert_int_equal(app_audited(app, "connector.create", "ok"), 1);
    assert_int_equal(app_audited(app, "connector.create", "name_exists"), 1);
}

static void refuses_a_name_that_was_taken_during_its_verification(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    making.request.verify = CL_VERIFY_AND_LIST;
    fake_script.hook = take_the_name;
    fake_script.hook_ctx = app;
    app_assert_refused(app, make(app, &making, &result), CL_E_NAME_EXISTS, "'crate'");
}

static void does_not_take_another_type_for_the_existing_one(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("crate"),
                                            .type = CL_STR("other"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .if_not_exists = true}};

    app_add(app, "crate", "open", NULL, NULL);
    app_making_set(&making, "api_key", "canary-key");
    app_assert_refused(app, app_make_as(app, &app->call, &making), CL_E_NAME_EXISTS, "'crate'");
}

static void shows_nobody_elses_private_connector_as_the_existing_one(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    struct cl_register_request request = making.request;

    app_add(app, "crate", "open", NULL, NULL);
    request.input = &making.input;
    request.if_not_exists = true;
    app_assert_refused(
        app, app->api->ops->register_connector(app->api, &app->other, &request, &result, &app->err),
        CL_E_NAME_EXISTS, "'crate'");
    assert_false(result.existing);
    assert_string_equal(result.connector.id, "");
    store_fixture_sql(app->disk, "UPDATE connector SET shared = 1");
    cl_register_result_cleanup(&result);
    assert_ok(
        app->api->ops->register_connector(app->api, &app->other, &request, &result, &app->err),
        &app->err);
    assert_true(result.existing);
}

/* --- what was discovered ------------------------------------------------------------------- */

static void lays_arguments_over_what_was_discovered(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making)
    struct app_making making = {.request = {.name = CL_STR("auto"),
                                            .type = CL_STR("fake"),
                                            .skew_s = CL_SKEW_UNSET,
                                            .verify = CL_VERIFY_OFF}};
    CL_AUTO(cl_discovered)
    struct cl_discovered found = {.expires_at = app_now(app) + 5000, .expiration_seconds = 1200};
    struct cl_secret *secret = NULL;

    assert_ok(cl_str_dup(CL_STR("minted"), &found.auth_method, &app->err), &app->err);
    assert_ok(cl_str_dup(CL_STR("work"), &found.profile, &app->err), &app->err);
    assert_ok(cl_config_set_text(&found.config, "realm", CL_STR("found"), &app->err), &app->err);
    assert_ok(cl_secret_new(CL_STR("canary-found"), &secret, &app->err), &app->err);
    assert_ok(cl_config_set_secret_take(&found.config, "password", secret, &app->err), &app->err);
    app_making_set(&making, "realm", "given");
    making.request.discovered = &found;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);

    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "auto");
    assert_str(cl_config_text(&conn.config, "realm"), "given");
    assert_str(store_secret(&conn, "password"), "canary-found");
    assert_int_equal(conn.expires_at, app_now(app) + 5000);
    assert_int_equal(conn.expiration_seconds, 1200);
    assert_string_equal(cl_map_get(&conn.facts, "source_profile"), "work");
    making.request.name = CL_STR("auto-2");
    making.request.expires_at = app_now(app) + 9000;
    making.request.expiration_seconds = 60;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    CL_AUTO(cl_connector) struct cl_connector again = app_stored(app, "auto-2");
    assert_int_equal(again.expires_at, app_now(app) + 9000);
    assert_int_equal(again.expiration_seconds, 60);
}

/* --- the disk ------------------------------------------------------------------------------ */

static void reports_a_store_that_cannot_be_written(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("late", "minted");

    app_add(app, "crate", "minted", NULL, NULL);
    store_fixture_sql(app->disk, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN "
                                 "SELECT RAISE(ABORT, 'no room'); END");
    assert_int_not_equal(app_make_as(app, &app->call, &making), CL_OK);
    assert_int_equal(stored(app), 1);
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector_secret"), 1);
    store_fixture_sql(app->disk, "DROP TRIGGER full");
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stores_what_was_given),
        TEST(gives_back_no_secret),
        TEST(writes_one_row_into_the_audit),
        TEST(keeps_no_secret_id_without_secrets),
        TEST(takes_all_types_of_the_method_when_none_is_named),
        TEST(adopts_the_id_of_a_type_with_one_instance),
        TEST(takes_the_only_method_of_a_type),
        TEST(warns_with_what_the_type_says),
        TEST(tells_the_first_mistake_and_touches_nothing),
        TEST(tells_of_a_taken_name_before_it_asks_the_provider),
        TEST(does_not_take_an_id_prefix_for_a_taken_name),
        TEST(judges_configuration_before_the_name),
        TEST(stores_nothing_when_the_credentials_fail),
        TEST(stores_nothing_when_the_only_type_fails),
        TEST(stores_a_connector_of_which_one_type_fails),
        TEST(verifies_as_far_as_it_is_told),
        TEST(keeps_what_the_verification_learned),
        TEST(audits_no_mistake_of_the_command_line),
        TEST(reports_the_refusal_when_it_cannot_be_audited),
        TEST(refuses_expired_credentials_without_a_call),
        TEST(is_cancelled_by_its_caller),
        TEST(stores_nothing_when_it_is_cancelled_late),
        TEST(stores_nothing_behind_its_deadline),
        TEST(stores_nothing_in_a_dry_run),
        TEST(tells_a_dry_run_of_a_taken_name),
        TEST(finds_the_existing_one_when_that_is_welcome),
        TEST(finds_what_was_registered_during_its_verification),
        TEST(refuses_a_name_that_was_taken_during_its_verification),
        TEST(does_not_take_another_type_for_the_existing_one),
        TEST(shows_nobody_elses_private_connector_as_the_existing_one),
        TEST(lays_arguments_over_what_was_discovered),
        TEST(reports_a_store_that_cannot_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
