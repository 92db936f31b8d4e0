#include "test.h"

#include <stdio.h>

#include "app_fixture.h"

/* Updating: a merge patch that goes through the same checks, and the guard of linked connectors. */

/* An update under construction, with what it borrows. */
struct patch {
    struct cl_input input;
    struct cl_update_request request;
};

static struct patch patch_of(const char *name)
{
    return (struct patch){
        .request = {.ref = app_ref(name), .skew_s = CL_SKEW_UNSET, .verify = CL_VERIFY_OFF}};
}

static void patch_cleanup(struct patch *patch)
{
    cl_input_cleanup(&patch->input);
    cl_map_cleanup(&patch->request.labels);
}

static void patch_set(struct patch *patch, const char *attr, const char *value)
{
    struct cl_err err;

    assert_ok(fake_input(&patch->input, attr, value, &err), &err);
}

static enum cl_code apply_as(struct app_fixture *app, const struct cl_call *call,
                             const struct patch *patch, struct cl_register_result *result)
{
    struct cl_update_request request = patch->request;

    request.input = &patch->input;
    app->err = CL_ERR_NONE;
    return app->api->ops->update(app->api, call, &request, result, &app->err);
}

static enum cl_code apply(struct app_fixture *app, const struct patch *patch)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    return apply_as(app, &app->call, patch, &result);
}

static void apply_ok(struct app_fixture *app, const struct patch *patch)
{
    assert_ok(apply(app, patch), &app->err);
}

/* A connector "crate" with everything set. */
static void add_full(struct app_fixture *app)
{
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");

    app_making_set(&making, "tags", "a,b");
    app_making_set(&making, "level", "3");
    app_making_type(&making, "fake-box");
    making.request.resource_id = CL_STR("alpha");
    making.request.description = CL_STR("A crate.");
    making.request.expires_at = app_now(app) + 9000;
    making.request.skew_s = 60;
    assert_ok(cl_map_set(&making.request.labels, CL_STR("env"), CL_STR("dev"), &app->err),
              &app->err);
    assert_ok(cl_map_set(&making.request.labels, CL_STR("team"), CL_STR("ml"), &app->err),
              &app->err);
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

/* --- merge patch --------------------------------------------------------------------------- */

static void keeps_what_is_not_given(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    app_advance(app, 10);
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(conn.description, "A crate.");
    assert_int_equal(conn.expires_at, app_now(app) - 10 + 9000);
    assert_int_equal(conn.skew_s, 60);
    assert_string_equal(conn.canonical_id, "box://alpha");
    assert_int_equal(conn.labels.count, 2);
    assert_int_equal(cl_config_list(&conn.config, "tags")->count, 2);
    assert_str(store_secret(&conn, "password"), "canary-crate");
    assert_int_equal(conn.generation, 2);
    assert_int_equal(conn.created_at_us, app->disk->now_us - 10 * INT64_C(1000000));
    assert_int_equal(conn.updated_at_us, app->disk->now_us);
}

static void sets_single_attributes(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    patch_set(&patch, "realm", "r2");
    patch_set(&patch, "strict", "true");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_str(cl_config_text(&conn.config, "realm"), "r2");
    assert_str(cl_config_text(&conn.config, "level"), "3");
    assert_true(cl_config_bool(&conn.config, "strict"));
    assert_str(store_secret(&conn, "password"), "canary-crate");
    assert_int_equal(conn.expires_at, app_now(app) + 9000); /* the credentials are the old ones */
}

static void clears_what_is_given_as_nothing(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    patch.request.set_description = true;
    patch.request.set_expires_at = true;
    patch.request.set_skew = true;
    patch.request.set_resource_id = true;
    patch_set(&patch, "tags", NULL);
    patch_set(&patch, "level", NULL);
    assert_ok(cl_map_set_null(&patch.request.labels, CL_STR("env"), &app->err), &app->err);
    assert_ok(cl_map_set(&patch.request.labels, CL_STR("tier"), CL_STR("1"), &app->err), &app->err);
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(conn.description == NULL ? "" : conn.description, "");
    assert_int_equal(conn.expires_at, 0);
    assert_int_equal(conn.skew_s, CL_SKEW_UNSET);
    assert_null(conn.canonical_id);
    assert_null(conn.resource_id);
    assert_null(cl_config_list(&conn.config, "tags"));
    assert_null(cl_config_find(&conn.config, "level"));
    assert_null(cl_map_get(&conn.labels, "env"));
    assert_string_equal(cl_map_get(&conn.labels, "team"), "ml");
    assert_string_equal(cl_map_get(&conn.labels, "tier"), "1");
}

static void refuses_to_clear_what_is_required(void **state)
{
    struct app_fixture *app = *state;
    static const char *const attrs[] = {"realm", "password"};

    add_full(app);
    for (size_t i = 0; i < CL_COUNT(attrs); i++) {
        CL_AUTO(patch) struct patch patch = patch_of("crate");

        patch_set(&patch, attrs[i], NULL);
        app_assert_refused(app, apply(app, &patch), CL_E_MISSING_ATTRIBUTE, attrs[i]);
    }
    CL_AUTO(patch) struct patch nameless = patch_of("crate");
    nameless.request.set_name = true;
    app_assert_refused(app, apply(app, &nameless), CL_E_INVALID, "must not be empty");
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_int_equal(conn.generation, 1);
}

static void forgets_the_end_of_replaced_credentials(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    patch_set(&patch, "password", "canary-fresh");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_int_equal(conn.expires_at, 0);
    assert_str(store_secret(&conn, "password"), "canary-fresh");
    patch.request.set_expires_at = true;
    patch.request.expires_at = app_now(app) + 7000;
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector again = app_stored(app, "crate");
    assert_int_equal(again.expires_at, app_now(app) + 7000);
}

static void forgets_what_was_learned_with_replaced_credentials(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "open");
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    fake_script.account = "4711";
    making.request.verify = CL_VERIFY_AND_LIST;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    patch.request.set_description = true;
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector same = app_stored(app, "crate");
    assert_string_equal(cl_map_get(&same.facts, "account"), "4711");
    assert_int_not_equal(same.last_verified_at, 0);
    patch_set(&patch, "password", "canary-fresh");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_null(cl_map_get(&conn.facts, "account"));
    assert_int_equal(conn.last_verified_at, 0); /* nobody has tried these */
}

static void takes_over_what_was_discovered(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");
    CL_AUTO(cl_discovered)
    struct cl_discovered found = {.expires_at = app_now(app) + 5000, .expiration_seconds = 1200};
    struct cl_secret *secret = NULL;

    add_full(app);
    assert_ok(cl_str_dup(CL_STR("minted"), &found.auth_method, &app->err), &app->err);
    assert_ok(cl_str_dup(CL_STR("work"), &found.profile, &app->err), &app->err);
    assert_ok(cl_config_set_text(&found.config, "realm", CL_STR("found"), &app->err), &app->err);
    assert_ok(cl_secret_new(CL_STR("canary-found"), &secret, &app->err), &app->err);
    assert_ok(cl_config_set_secret_take(&found.config, "password", secret, &app->err), &app->err);
    patch.request.discovered = &found;
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(conn.method->id, "minted");
    assert_str(cl_config_text(&conn.config, "realm"), "found");
    assert_null(cl_config_list(&conn.config, "tags")); /* an attribute of the old method */
    assert_str(store_secret(&conn, "password"), "canary-found");
    assert_int_equal(conn.expires_at, app_now(app) + 5000);
    assert_int_equal(conn.expiration_seconds, 1200);
    assert_string_equal(cl_map_get(&conn.facts, "source_profile"), "work");
}

/* Taking credentials over again is no way to lose what limits them. */
static void keeps_what_was_not_discovered(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(patch) struct patch patch = patch_of("crate");
    CL_AUTO(cl_discovered) struct cl_discovered found = {.expiration_seconds = 1200};
    struct cl_secret *secret = NULL;

    app_making_set(&making, "session_token", "canary-old-token");
    making.request.expiration_seconds = 900;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    assert_ok(cl_str_dup(CL_STR("minted"), &found.auth_method, &app->err), &app->err);
    assert_ok(cl_secret_new(CL_STR("canary-found"), &secret, &app->err), &app->err);
    assert_ok(cl_config_set_secret_take(&found.config, "password", secret, &app->err), &app->err);
    patch.request.discovered = &found;
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_str(cl_config_text(&conn.config, "realm"), "r1");
    assert_str(store_secret(&conn, "password"), "canary-found");
    assert_null(cl_config_secret(&conn.config, "session_token")); /* was the old key's */
    assert_int_equal(conn.expiration_seconds, 900);
}

static void gives_back_no_secret(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    add_full(app);
    assert_ok(apply_as(app, &app->call, &patch, &result), &app->err);
    assert_false(result.connector.secrets_loaded);
    assert_null(cl_config_secret(&result.connector.config, "password"));
    assert_true(cl_strs_has(&result.connector.secret_names, CL_STR("password")));
    assert_int_equal(result.connector.generation, 2);
}

/* --- names --------------------------------------------------------------------------------- */

static void renames(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    app_add(app, "taken", "open", NULL, NULL);
    patch.request.set_name = true;
    patch.request.name = CL_STR("Taken");
    app_assert_refused(app, apply(app, &patch), CL_E_NAME_EXISTS, "'taken'");
    patch.request.name = CL_STR("Crate"); /* its own name in another case */
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "Crate");
    assert_int_equal(conn.generation, 2);
}

/* --- method and scope ---------------------------------------------------------------------- */

static void changes_the_method_and_keeps_attributes_of_the_same_name(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    patch.request.set_auth_method = true;
    patch.request.auth_method = CL_STR("minted");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(conn.method->id, "minted");
    assert_str(cl_config_text(&conn.config, "realm"), "r1");
    assert_str(store_secret(&conn, "password"), "canary-crate");
    assert_null(cl_config_find(&conn.config, "level"));
    assert_int_equal(conn.expiration_seconds, 600);
    patch.request.auth_method = CL_STR("open");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector back = app_stored(app, "crate");
    assert_int_equal(back.expiration_seconds, 0); /* `open` chooses none */
    patch.request.auth_method = CL_STR("ambient");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector ambient = app_stored(app, "crate");
    assert_string_equal(ambient.secret_id, "");
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector_secret"), 0);
}

static void refuses_an_unknown_method(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    add_full(app);
    patch.request.set_auth_method = true;
    patch.request.auth_method = CL_STR("mintd");
    app_assert_refused(app, apply(app, &patch), CL_E_UNKNOWN_METHOD, "mintd");
}

static void stays_multi_type_when_the_method_changes(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("all");

    app_add(app, "all", "minted", NULL, NULL);
    patch.request.set_auth_method = true;
    patch.request.auth_method = CL_STR("open");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector open = app_stored(app, "all");
    assert_int_equal(open.resource_types.count, 2);
    patch.request.auth_method = CL_STR("minted");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector minted = app_stored(app, "all");
    assert_int_equal(minted.resource_types.count, 3);
}

static void refuses_a_method_that_does_not_serve_the_type(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("jars");

    app_add(app, "jars", "minted", "fake-jar", NULL);
    patch.request.set_auth_method = true;
    patch.request.auth_method = CL_STR("open");
    app_assert_refused(app, apply(app, &patch), CL_E_METHOD_UNSUPPORTED, "fake-jar");
}

/* What the scope is after a patch of a connector limited to box://alpha. */
struct rescope {
    bool set_type;
    const char *type;
    bool set_id;
    const char *id;
    size_t types;
    const char *canonical; /* NULL: none */
};

static const struct rescope rescopes[] = {
    {false, "", true, "beta", 1, "box://beta"},
    {false, "", true, "", 1, NULL},
    {true, "fake-box", false, "", 1, "box://alpha"}, /* the type it has: nothing changes */
    {true, "fake-jar", false, "", 1, NULL},          /* an id belongs to its type */
    {true, "fake-jar", true, "plum", 1, "jar:plum"},
    {true, "fake-realm", false, "", 1, "r1"},
    {true, "", false, "", 3, NULL},
};

static void changes_the_scope(void **state)
{
    struct app_fixture *app = *state;

    for (size_t i = 0; i < CL_COUNT(rescopes); i++) {
        const struct rescope *want = &rescopes[i];
        char name[16];

        (void)snprintf(name, sizeof(name), "c%zu", i);
        app_add(app, name, "minted", "fake-box", "alpha");
        CL_AUTO(patch) struct patch patch = patch_of(name);
        patch.request.set_resource_type = want->set_type;
        patch.request.resource_type = cl_str_of(want->type);
        patch.request.set_resource_id = want->set_id;
        patch.request.resource_id = cl_str_of(want->id);
        apply_ok(app, &patch);
        CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, name);
        assert_int_equal(conn.resource_types.count, want->types);
        if (want->canonical == NULL)
            assert_null(conn.canonical_id);
        else
            assert_string_equal(conn.canonical_id, want->canonical);
    }
}

static void refuses_an_id_that_does_not_fit(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    app_add(app, "crate", "minted", "fake-box", "alpha");
    patch.request.set_resource_id = true;
    patch.request.resource_id = CL_STR("NOT/A/BOX");
    app_assert_refused(app, apply(app, &patch), CL_E_ID_INVALID, "Fake box");
    patch.request.set_resource_type = true;
    app_assert_refused(app, apply(app, &patch), CL_E_TYPE_REQUIRED, "several");
}

/* Nobody asked for the old realm by name; it was derived from the configuration. */
static void lets_the_derived_id_follow_the_configuration(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("realm");

    app_add(app, "realm", "minted", "fake-realm", NULL);
    patch_set(&patch, "realm", "r2");
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "realm");
    assert_string_equal(conn.canonical_id, "r2");
    assert_string_equal(conn.resource_id, "r2");
}

/* --- verification -------------------------------------------------------------------------- */

static void verifies_what_it_is_about_to_store(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.account = "4712";
    patch.request.verify = CL_VERIFY_AND_LIST;
    assert_ok(apply_as(app, &app->call, &patch, &result), &app->err);
    assert_true(result.verified);
    assert_int_equal(result.resources.count, 3);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_string_equal(cl_map_get(&conn.facts, "account"), "4712");
    assert_int_equal(conn.last_verified_at, app_now(app));
}

static void stores_nothing_when_the_new_credentials_fail(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.verify_code = CL_E_REJECTED;
    patch.request.verify = CL_VERIFY_AND_LIST;
    patch.request.set_name = true;
    patch.request.name = CL_STR("other-name");
    patch_set(&patch, "password", "canary-wrong");
    app_assert_refused(app, apply(app, &patch), CL_E_REJECTED, "refused to verify");
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_int_equal(conn.generation, 1);
    assert_str(store_secret(&conn, "password"), "canary-crate");
    assert_int_equal(app_audited(app, "connector.update", "ok"), 0);
    assert_int_equal(app_audited(app, "connector.update", "credentials_rejected"), 1);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE connector_name = 'crate' "
                                     "AND action = 'connector.update'"),
                     1);
}

/* --- who else changes it ------------------------------------------------------------------- */

static void refuses_a_stale_generation(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    app_add(app, "crate", "minted", NULL, NULL);
    patch.request.if_generation = 1;
    apply_ok(app, &patch);
    app_assert_refused(app, apply(app, &patch), CL_E_STALE, "'crate'");
    patch.request.if_generation = 2;
    apply_ok(app, &patch);
}

/* Somebody updates while this update is being verified. */
static enum cl_code update_meanwhile(void *ctx, const char *operation, const struct cl_call *call,
                                     const struct cl_connector *conn, struct cl_err *err)
{
    struct app_fixture *app = ctx;

    (void)call;
    (void)conn;
    (void)err;
    if (strcmp(operation, "verify") == 0 && atomic_load(&fake_script.verify_calls) == 1)
        store_fixture_sql(app->disk, "UPDATE connector SET generation = generation + 1");
    return CL_OK;
}

static void does_not_overwrite_what_changed_meanwhile(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    app_add(app, "crate", "minted", NULL, NULL);
    fake_script.hook = update_meanwhile;
    fake_script.hook_ctx = app;
    patch.request.verify = CL_VERIFY_ONLY;
    patch_set(&patch, "password", "canary-late");
    app_assert_refused(app, apply(app, &patch), CL_E_STALE, "meanwhile");
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate");
    assert_str(store_secret(&conn, "password"), "canary-crate");
}

static void is_not_found_by_others(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};

    app_add(app, "crate", "minted", NULL, NULL);
    app_assert_refused(app, apply_as(app, &app->other, &patch, &result), CL_E_NOT_FOUND, "'crate'");
    assert_null(result.connector.name);
    patch.request.set_shared = true;
    patch.request.shared = true;
    apply_ok(app, &patch);
    assert_ok(apply_as(app, &app->other, &patch, &result), &app->err);
    assert_string_equal(result.connector.owner, "tester");
}

/* --- linked components --------------------------------------------------------------------- */

static void guards_method_and_scope_while_components_use_it(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch method = patch_of("crate");
    CL_AUTO(patch) struct patch type = patch_of("crate");
    CL_AUTO(patch) struct patch id = patch_of("crate");
    const struct patch *patches[] = {&method, &type, &id};

    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add_component(app, "models", "crate");
    app_add_component(app, "reports", "crate");
    method.request.set_auth_method = true;
    method.request.auth_method = CL_STR("open");
    type.request.set_resource_type = true;
    type.request.resource_type = CL_STR("fake-jar");
    id.request.set_resource_id = true;
    id.request.resource_id = CL_STR("beta");
    for (size_t i = 0; i < CL_COUNT(patches); i++) {
        app_assert_refused(app, apply(app, patches[i]), CL_E_IN_USE, "models, reports");
        assert_string_equal(app->err.hint, "disconnect them first");
    }
    store_fixture_sql(app->disk, "UPDATE component SET connector = NULL");
    for (size_t i = 1; i < CL_COUNT(patches); i++)
        apply_ok(app, patches[i] == &id ? &method : patches[i] == &type ? &id : patches[i]);
}

static void rotates_credentials_under_components(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    app_add(app, "crate", "minted", "fake-box", "alpha");
    app_add_component(app, "models", "crate");
    patch_set(&patch, "password", "canary-fresh");
    patch.request.set_name = true;
    patch.request.name = CL_STR("crate-2");
    patch.request.set_expiration = true;
    patch.request.expiration_seconds = 1200;
    apply_ok(app, &patch);
    CL_AUTO(cl_connector) struct cl_connector conn = app_stored(app, "crate-2");
    assert_str(store_secret(&conn, "password"), "canary-fresh");
    assert_int_equal(conn.expiration_seconds, 1200);
    assert_int_equal(app_number(app, "SELECT count(*) FROM component WHERE connector > 0"), 1);
}

static void writes_one_row_into_the_audit(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(patch) struct patch patch = patch_of("crate");

    app_add(app, "crate", "minted", NULL, NULL);
    apply_ok(app, &patch);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE action = "
                                     "'connector.update' AND generation = 2 AND outcome = 'ok' "
                                     "AND actor = 'tester'"),
                     1);
}

static void refuses_what_the_schema_refuses(void **state)
{
    struct app_fixture *app = *state;
    static const struct {
        const char *attr;
        const char *value;
        enum cl_code want;
    } cases[] = {{"colour", "red", CL_E_UNKNOWN_ATTRIBUTE},
                 {"level", "high", CL_E_INVALID_ATTRIBUTE},
                 {"mode", "slow", CL_E_INVALID_ATTRIBUTE},
                 {"realm", "a/b", CL_E_INVALID_ATTRIBUTE}};

    add_full(app);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(patch) struct patch patch = patch_of("crate");

        patch_set(&patch, cases[i].attr, cases[i].value);
        app_assert_refused(app, apply(app, &patch), cases[i].want, cases[i].attr);
    }
    CL_AUTO(patch) struct patch label = patch_of("crate");
    assert_ok(cl_map_set(&label.request.labels, CL_STR("cleat:x"), CL_STR("1"), &app->err),
              &app->err);
    app_assert_refused(app, apply(app, &label), CL_E_INVALID, "cleat:");
    CL_AUTO(patch) struct patch ttl = patch_of("crate");
    ttl.request.set_expiration = true;
    ttl.request.expiration_seconds = 600;
    app_assert_refused(app, apply(app, &ttl), CL_E_TTL_UNAVAILABLE, "open");
    assert_int_equal(app_audited(app, "connector.update", NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_is_not_given),
        TEST(sets_single_attributes),
        TEST(clears_what_is_given_as_nothing),
        TEST(refuses_to_clear_what_is_required),
        TEST(forgets_the_end_of_replaced_credentials),
        TEST(forgets_what_was_learned_with_replaced_credentials),
        TEST(takes_over_what_was_discovered),
        TEST(keeps_what_was_not_discovered),
        TEST(gives_back_no_secret),
        TEST(renames),
        TEST(changes_the_method_and_keeps_attributes_of_the_same_name),
        TEST(refuses_an_unknown_method),
        TEST(stays_multi_type_when_the_method_changes),
        TEST(refuses_a_method_that_does_not_serve_the_type),
        TEST(changes_the_scope),
        TEST(refuses_an_id_that_does_not_fit),
        TEST(lets_the_derived_id_follow_the_configuration),
        TEST(verifies_what_it_is_about_to_store),
        TEST(stores_nothing_when_the_new_credentials_fail),
        TEST(refuses_a_stale_generation),
        TEST(does_not_overwrite_what_changed_meanwhile),
        TEST(is_not_found_by_others),
        TEST(guards_method_and_scope_while_components_use_it),
        TEST(rotates_credentials_under_components),
        TEST(writes_one_row_into_the_audit),
        TEST(refuses_what_the_schema_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
