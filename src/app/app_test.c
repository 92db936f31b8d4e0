#include "test.h"

#include <stdio.h>
#include <sys/stat.h>

#include "app_fixture.h"

/* Reading, listing and deleting connectors, and who may see which. */

static enum cl_code get_as(struct app_fixture *app, const struct cl_call *call, const char *name,
                           bool reveal, struct cl_connector *conn)
{
    struct cl_get_request request = {.ref = app_ref(name), .reveal = reveal};

    app->err = CL_ERR_NONE;
    return app->api->ops->get(app->api, call, &request, conn, &app->err);
}

static enum cl_code list_as(struct app_fixture *app, const struct cl_call *call,
                            const struct cl_list_request *request, struct cl_list_result *result)
{
    app->err = CL_ERR_NONE;
    return app->api->ops->list(app->api, call, request, result, &app->err);
}

static enum cl_code delete_as(struct app_fixture *app, const struct cl_call *call, const char *name,
                              bool force, struct cl_delete_result *result)
{
    struct cl_delete_request request = {.ref = app_ref(name), .force = force};

    app->err = CL_ERR_NONE;
    return app->api->ops->remove(app->api, call, &request, result, &app->err);
}

static enum cl_code verify_named(struct app_fixture *app, const char *name)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_verify_request request = {.ref = app_ref(name), .list = true};

    app->err = CL_ERR_NONE;
    return app->api->ops->verify(app->api, &app->call, &request, &list, &app->err);
}

static enum cl_code issue_named(struct app_fixture *app, const char *name)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = false};
    struct cl_issue_client_request request = {.ref = app_ref(name), .allow_long_lived = true};

    app->err = CL_ERR_NONE;
    return app->api->ops->issue(app->api, &app->call, &request, &result, &app->err);
}

static enum cl_code rename_named(struct app_fixture *app, const char *name)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    struct cl_update_request request = {
        .ref = app_ref(name), .set_name = true, .name = CL_STR("other")};

    app->err = CL_ERR_NONE;
    return app->api->ops->update(app->api, &app->call, &request, &result, &app->err);
}

static enum cl_code connect_to(struct app_fixture *app, const char *name)
{
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = false};
    struct cl_component_connect_request request = {
        .component = {.kind = CL_STR("artifact_store"), .ref = app_ref("store")},
        .connector = cl_str_of(name)};

    app->err = CL_ERR_NONE;
    return app->api->ops->component_connect(app->api, &app->call, &request, &result, &app->err);
}

/* The names in the order of the selection, joined by blanks. */
static void assert_listed(struct app_fixture *app, const struct cl_call *call,
                          const struct cl_list_request *request, const char *want)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(4096);

    assert_ok(list_as(app, call, request, &result), &app->err);
    for (size_t i = 0; i < result.selection.count; i++)
        cl_buf_addf(&names, "%s%s", i > 0 ? " " : "",
                    result.items[result.selection.indexes[i]].name);
    assert_str(cl_buf_view(&names), want);
}

/* The page, or why there is none. */
static void describe_page(struct app_fixture *app, const struct cl_list_request *request,
                          struct cl_buf *ret)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};

    if (list_as(app, &app->call, request, &result) != CL_OK) {
        cl_buf_add_c(ret, app->err.text);
        return;
    }
    cl_buf_addf(ret, "page %d of %d, %d in all:", (int)result.selection.page,
                (int)result.selection.page_count, (int)result.selection.total);
    for (size_t i = 0; i < result.selection.count; i++)
        cl_buf_addf(ret, " %s", result.items[result.selection.indexes[i]].name);
}

/* --- opening ------------------------------------------------------------------------------- */

static void touches_no_disk_before_it_must(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_type_list) struct cl_type_list types = {.items = NULL};
    struct cl_type_filter filter = {.type = CL_STR_NONE};

    app->disk->made = 0;
    app_reopen(app);
    assert_ok(app->api->ops->types(app->api, &app->call, &filter, &types, &app->err), &app->err);
    assert_int_equal(app->disk->made, 0);
}

static void works_without_a_folder_until_the_store_is_needed(void **state)
{
    struct app_fixture *app = *state;
    struct cl_app_options options = {.world = &app->disk->world};
    CL_AUTO(cl_type_list) struct cl_type_list types = {.items = NULL};
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    struct cl_type_filter every = {.type = CL_STR_NONE};
    struct cl_list_request request = {.query = cl_query_default()};
    struct cl_api *api = NULL;

    assert_ok(cl_app_new(&options, &api, &app->err), &app->err);
    assert_ok(api->ops->types(api, &app->call, &every, &types, &app->err), &app->err);
    enum cl_code code = api->ops->list(api, &app->call, &request, &result, &app->err);
    app_assert_refused(app, code, CL_E_LOCAL_CONFIG, "where the local store is");
    api->ops->free(api);
}

static void opens_the_store_when_it_can_be_opened_again(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    app_add(app, "crate", "minted", NULL, NULL);
    app_reopen(app);
    app->disk->made = 0;
    app->disk->fail_at = 1; /* the key file */
    assert_int_not_equal(get_as(app, &app->call, "crate", true, &conn), CL_OK);
    assert_null(conn.name);
    app->disk->fail_at = 0;
    assert_ok(get_as(app, &app->call, "crate", true, &conn), &app->err);
}

static void keeps_its_folder_to_itself(void **state)
{
    struct app_fixture *app = *state;
    struct stat info;

    app_add(app, "crate", "minted", NULL, NULL);
    assert_int_equal(stat(store_fixture_path(app->disk, "cleat.db"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(stat(store_fixture_path(app->disk, "key"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

/* --- one connector ------------------------------------------------------------------------- */

static void shows_no_secret_unless_asked(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    app_add(app, "crate", "minted", NULL, NULL);
    assert_ok(get_as(app, &app->call, "crate", false, &conn), &app->err);
    assert_false(conn.secrets_loaded);
    assert_null(cl_config_secret(&conn.config, "password"));
    assert_true(cl_strs_has(&conn.secret_names, CL_STR("password")));
    assert_int_equal(app_audited(app, "secret.read", NULL), 0);
}

static void writes_who_looked_at_a_secret(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    app_add(app, "crate", "minted", NULL, NULL);
    assert_ok(get_as(app, &app->call, "crate", true, &conn), &app->err);
    assert_str(store_secret(&conn, "password"), "canary-crate");
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit WHERE action = 'secret.read' AND "
                                     "actor = 'tester' AND connector_name = 'crate' AND "
                                     "auth_method = 'minted' AND outcome = 'ok'"),
                     1);
}

static void shows_no_secret_that_cannot_be_audited(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    app_add(app, "crate", "minted", NULL, NULL);
    store_fixture_sql(app->disk, "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN "
                                 "SELECT RAISE(ABORT, 'no room'); END");
    assert_int_not_equal(get_as(app, &app->call, "crate", true, &conn), CL_OK);
    assert_null(cl_config_secret(&conn.config, "password"));
    assert_null(conn.name);
    assert_ok(get_as(app, &app->call, "crate", false, &conn), &app->err);
}

static void finds_by_id_prefix_and_where_allowed_by_name_prefix(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    char prefix[9];

    app_add(app, "crate", "minted", NULL, NULL);
    CL_AUTO(cl_connector) struct cl_connector stored = app_stored(app, "crate");
    (void)snprintf(prefix, sizeof(prefix), "%.8s", stored.id);
    assert_ok(get_as(app, &app->call, prefix, false, &conn), &app->err);
    assert_string_equal(conn.name, "crate");
    app_assert_refused(app, get_as(app, &app->call, "cra", false, &conn), CL_E_NOT_FOUND, "'cra'");
    struct cl_get_request request = {.ref = {.text = CL_STR("cra"), .allow_name_prefix = true}};
    cl_connector_cleanup(&conn);
    assert_ok(app->api->ops->get(app->api, &app->call, &request, &conn, &app->err), &app->err);
    assert_string_equal(conn.name, "crate");
}

/* --- privacy ------------------------------------------------------------------------------- */

static void hides_a_private_connector_from_everybody_else(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result issued = {.cached = false};
    struct cl_verify_request verify = {.ref = app_ref("crate"), .list = true};
    struct cl_issue_client_request issue = {.ref = app_ref("crate"),
                                            .resource_type = CL_STR("fake-box"),
                                            .resource_id = CL_STR("alpha")};
    const struct cl_api_ops *ops = app->api->ops;

    app_add(app, "crate", "minted", NULL, NULL);
    for (int reveal = 0; reveal < 2; reveal++)
        app_assert_refused(app, get_as(app, &app->other, "crate", reveal == 1, &conn),
                           CL_E_NOT_FOUND, "'crate'");
    app_assert_refused(app, delete_as(app, &app->other, "crate", true, &deleted), CL_E_NOT_FOUND,
                       "'crate'");
    app_assert_refused(app, ops->verify(app->api, &app->other, &verify, &list, &app->err),
                       CL_E_NOT_FOUND, "'crate'");
    app_assert_refused(app, ops->issue(app->api, &app->other, &issue, &issued, &app->err),
                       CL_E_NOT_FOUND, "'crate'");
    assert_null(conn.name);
    assert_null(deleted.name);
    assert_int_equal(atomic_load(&fake_script.verify_calls), 0);
    assert_int_equal(atomic_load(&fake_script.issue_calls), 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM audit"), 1);
}

static void names_no_private_connector_in_a_hint(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_get_request request = {.ref = {.text = CL_STR("cra"), .allow_name_prefix = true}};

    app_add(app, "crate-1", "minted", NULL, NULL);
    app_assert_refused(app, get_as(app, &app->call, "crate-2", false, &conn), CL_E_NOT_FOUND, NULL);
    assert_string_equal(app->err.hint, "Did you mean 'crate-1'?");
    app_assert_refused(app, get_as(app, &app->other, "crate-2", false, &conn), CL_E_NOT_FOUND,
                       NULL);
    assert_string_equal(app->err.hint, "");
    app_add(app, "crate-2", "minted", NULL, NULL);
    app_assert_refused(app, app->api->ops->get(app->api, &app->call, &request, &conn, &app->err),
                       CL_E_AMBIGUOUS, "crate-1");
    enum cl_code code = app->api->ops->get(app->api, &app->other, &request, &conn, &app->err);
    app_assert_refused(app, code, CL_E_NOT_FOUND, "'cra'");
    assert_null(strstr(app->err.text, "crate-1"));
}

static void shows_a_shared_connector_to_everybody(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(app_making) struct app_making making = app_making("crate", "minted");
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_list_request all = {.query = cl_query_default()};

    making.request.shared = true;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    app_add(app, "secret-one", "minted", NULL, NULL);
    assert_ok(get_as(app, &app->other, "crate", false, &conn), &app->err);
    assert_string_equal(conn.owner, "tester");
    assert_listed(app, &app->other, &all, "crate");
    assert_listed(app, &app->call, &all, "crate secret-one");
}

/* --- lists --------------------------------------------------------------------------------- */

static void lists_every_connector_in_order_of_creation(void **state)
{
    struct app_fixture *app = *state;
    struct cl_list_request all = {.query = cl_query_default()};
    char name[16];

    for (int i = 0; i < 30; i++) {
        (void)snprintf(name, sizeof(name), "c-%d", 29 - i);
        app_add(app, name, "minted", NULL, NULL);
    }
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    assert_ok(list_as(app, &app->call, &all, &result), &app->err);
    assert_int_equal(result.count, 20);
    assert_int_equal(result.selection.count, 20); /* a page */
    assert_int_equal(result.selection.total, 30);
    assert_int_equal(result.selection.page_count, 2);
    assert_string_equal(result.items[result.selection.indexes[0]].name, "c-29");
    assert_false(result.items[0].secrets_loaded);
}

/* The store cuts the pages of a plain list, the query those of a sorted one. */
static void plain_pages_are_those_of_a_list_by_creation(void **state)
{
    struct app_fixture *app = *state;
    char name[16];

    for (int i = 0; i < 25; i++) {
        (void)snprintf(name, sizeof(name), "c-%d", i * 7 % 25);
        CL_AUTO(app_making) struct app_making making = app_making(name, "minted");
        making.request.shared = i % 3 == 0;
        assert_ok(app_make_as(app, i % 2 == 0 ? &app->call : &app->other, &making), &app->err);
    }
    for (int64_t at = 0; at < 24; at++) {
        struct cl_query query = {.page = 1 + at % 4, .size = 1 + at / 4 * 4};
        struct cl_list_request plain = {.query = query};
        struct cl_list_request sorted = {.query = query};
        CL_AUTO(cl_buf) struct cl_buf by_store = CL_BUF(4096);
        CL_AUTO(cl_buf) struct cl_buf by_query = CL_BUF(4096);

        assert_ok(cl_str_dup(CL_STR("created"), &sorted.query.sort_by, &app->err), &app->err);
        describe_page(app, &plain, &by_store);
        describe_page(app, &sorted, &by_query);
        assert_str(cl_buf_view(&by_store), by_query.ptr);
        cl_query_cleanup(&sorted.query);
    }
}

static void lists_with_filters_labels_and_order(void **state)
{
    struct app_fixture *app = *state;
    struct cl_list_request request = {.query = cl_query_default()};
    struct cl_list_request labelled = {.query = cl_query_default()};
    CL_AUTO(app_making) struct app_making making = app_making("prod-1", "open");

    assert_ok(cl_map_set(&making.request.labels, CL_STR("env"), CL_STR("prod"), &app->err),
              &app->err);
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
    app_add(app, "b-dev", "minted", NULL, NULL);
    app_add(app, "a-dev", "minted", NULL, NULL);
    assert_ok(
        cl_query_add_filter(&request.query, CL_STR("name"), CL_STR("endswith:-dev"), &app->err),
        &app->err);
    assert_listed(app, &app->call, &request, "b-dev a-dev");
    assert_ok(cl_str_dup(CL_STR("name"), &request.query.sort_by, &app->err), &app->err);
    assert_listed(app, &app->call, &request, "a-dev b-dev");
    assert_ok(cl_map_set(&labelled.query.labels, CL_STR("env"), CL_STR("prod"), &app->err),
              &app->err);
    assert_listed(app, &app->call, &labelled, "prod-1");
    assert_ok(cl_query_add_filter(&labelled.query, CL_STR("colour"), CL_STR("x"), &app->err),
              &app->err);
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    app_assert_refused(app, list_as(app, &app->call, &labelled, &result), CL_E_INVALID, "colour");
    cl_query_cleanup(&request.query);
    cl_query_cleanup(&labelled.query);
}

static void add_expiring(struct app_fixture *app, const char *name, int64_t in_s)
{
    CL_AUTO(app_making) struct app_making making = app_making(name, "open");

    making.request.expires_at = app_now(app) + in_s;
    assert_ok(app_make_as(app, &app->call, &making), &app->err);
}

static void lists_by_expiry(void **state)
{
    struct app_fixture *app = *state;
    struct cl_list_request expired = {.query = cl_query_default(), .only_expired = true};
    struct cl_list_request soon = {.query = cl_query_default(), .expires_within_s = 3600};

    app_add(app, "forever", "open", NULL, NULL);
    add_expiring(app, "gone", 300); /* the tolerance counts */
    add_expiring(app, "soon", 3900);
    add_expiring(app, "later", 3901);
    assert_listed(app, &app->call, &expired, "gone");
    assert_listed(app, &app->call, &soon, "gone soon");
    app_advance(app, 3600);
    assert_listed(app, &app->call, &expired, "gone soon");
}

static void lists_who_uses_what(void **state)
{
    struct app_fixture *app = *state;
    struct cl_list_request all = {.query = cl_query_default()};
    struct cl_list_request unused = {.query = cl_query_default(), .only_unused = true};
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};

    app_add(app, "idle", "minted", NULL, NULL);
    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add(app, "spare", "minted", NULL, NULL);
    app_add_component(app, "models", "crate");
    app_add_component(app, "reports", "crate");
    assert_ok(list_as(app, &app->call, &all, &result), &app->err);
    assert_int_equal(result.components[0].count, 0);
    assert_int_equal(result.components[1].count, 2);
    assert_string_equal(result.components[1].items[0], "models");
    assert_string_equal(result.components[1].items[1], "reports");
    assert_listed(app, &app->call, &unused, "idle spare");
}

static void lists_nothing_from_an_empty_store(void **state)
{
    struct app_fixture *app = *state;
    struct cl_list_request all = {.query = cl_query_default()};

    assert_listed(app, &app->call, &all, "");
}

/* --- deleting ------------------------------------------------------------------------------ */

static void deletes_with_its_secret(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};

    app_add(app, "crate", "minted", NULL, NULL);
    assert_ok(delete_as(app, &app->call, "crate", false, &result), &app->err);
    assert_string_equal(result.name, "crate");
    assert_int_equal(result.disconnected.count, 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector"), 0);
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector_secret"), 0);
    assert_int_equal(app_audited(app, "connector.delete", "ok"), 1);
    app_assert_refused(app, get_as(app, &app->call, "crate", false, &conn), CL_E_NOT_FOUND, NULL);
    app_add(app, "crate", "minted", NULL, NULL); /* the name is free again */
}

static void does_not_delete_what_is_in_use(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};

    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add_component(app, "models", "crate");
    app_add_component(app, "reports", "crate");
    app_assert_refused(app, delete_as(app, &app->call, "crate", false, &result), CL_E_IN_USE,
                       "'models', 'reports'");
    assert_int_equal(app_number(app, "SELECT count(*) FROM connector"), 1);
    assert_int_equal(app_audited(app, "connector.delete", NULL), 0);
}

static void disconnects_first_when_forced(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};

    app_add(app, "crate", "minted", "fake-box", NULL);
    app_add_component(app, "models", "crate");
    assert_ok(delete_as(app, &app->call, "crate", true, &result), &app->err);
    assert_int_equal(result.disconnected.count, 1);
    assert_string_equal(result.disconnected.items[0], "models");
    assert_int_equal(app_number(app, "SELECT count(*) FROM component WHERE connector IS NULL"), 1);
}

static void does_not_delete_by_a_part_of_the_name(void **state)
{
    struct app_fixture *app = *state;
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};

    app_add(app, "crate", "minted", NULL, NULL);
    app_assert_refused(app, delete_as(app, &app->call, "cra", true, &result), CL_E_NOT_FOUND,
                       "'cra'");
}

/* --- the canary ---------------------------------------------------------------------------- */

static void assert_clean(const struct app_fixture *app, const char *file)
{
    CL_AUTO(cl_buf) struct cl_buf content = store_fixture_read(app->disk, file);

    if (content.ptr != NULL && memmem(content.ptr, content.len, "canary", 6) != NULL)
        fail_msg("the canary is in %s", file);
}

static void writes_no_secret_into_any_file(void **state)
{
    struct app_fixture *app = *state;
    struct cl_issue_client_request issue = {.ref = app_ref("crate"),
                                            .resource_type = CL_STR("fake-box"),
                                            .resource_id = CL_STR("alpha")};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result issued = {.cached = false};

    app_add(app, "crate", "minted", NULL, NULL);
    assert_ok(app->api->ops->issue(app->api, &app->call, &issue, &issued, &app->err), &app->err);
    assert_int_equal(app_number(app, "SELECT count(*) FROM issued"), 1);
    assert_clean(app, "cleat.db");
    assert_clean(app, "cleat.db-wal");
    assert_clean(app, "key");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, app_fixture_setup, app_fixture_teardown)

static void shows_and_deletes_what_other_versions_stored_but_never_uses_it(void **state)
{
    static enum cl_code (*const uses[])(struct app_fixture * app, const char *name) = {
        verify_named, issue_named, rename_named, connect_to};
    struct cl_list_request all = {.query = cl_query_default()};
    struct app_fixture *app = *state;

    app_add(app, "newer", "minted", NULL, NULL);
    app_add(app, "usual", "minted", NULL, NULL);
    app_add_component(app, "store", "usual");
    store_fixture_sql(app->disk, "UPDATE connector SET type = 'nimbus' WHERE name = 'newer'");
    assert_listed(app, &app->call, &all, "newer usual");
    all.query.all = true;
    assert_listed(app, &app->call, &all, "newer usual");
    int64_t audited = app_audited(app, "connector.verify", NULL);
    for (size_t i = 0; i < CL_COUNT(uses); i++)
        app_assert_refused(app, uses[i](app, "newer"), CL_E_TYPE_UNAVAILABLE, "'nimbus'");
    assert_int_equal(app_audited(app, "connector.verify", NULL), audited);
    assert_int_equal(app_number(app, "SELECT last_verified_at FROM connector"), 0);
    assert_int_equal(fake_script.verify_calls + fake_script.issue_calls, 0);
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};
    assert_ok(delete_as(app, &app->call, "newer", false, &result), &app->err);
    assert_listed(app, &app->call, &all, "usual");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(touches_no_disk_before_it_must),
        TEST(works_without_a_folder_until_the_store_is_needed),
        TEST(opens_the_store_when_it_can_be_opened_again),
        TEST(keeps_its_folder_to_itself),
        TEST(shows_no_secret_unless_asked),
        TEST(writes_who_looked_at_a_secret),
        TEST(shows_no_secret_that_cannot_be_audited),
        TEST(finds_by_id_prefix_and_where_allowed_by_name_prefix),
        TEST(hides_a_private_connector_from_everybody_else),
        TEST(names_no_private_connector_in_a_hint),
        TEST(shows_a_shared_connector_to_everybody),
        TEST(lists_every_connector_in_order_of_creation),
        TEST(plain_pages_are_those_of_a_list_by_creation),
        TEST(lists_with_filters_labels_and_order),
        TEST(lists_by_expiry),
        TEST(lists_who_uses_what),
        TEST(lists_nothing_from_an_empty_store),
        TEST(shows_and_deletes_what_other_versions_stored_but_never_uses_it),
        TEST(deletes_with_its_secret),
        TEST(does_not_delete_what_is_in_use),
        TEST(disconnects_first_when_forced),
        TEST(does_not_delete_by_a_part_of_the_name),
        TEST(writes_no_secret_into_any_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
