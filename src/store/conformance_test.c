#include "store/store.h"

#include <pthread.h>
#include <stdio.h>

#include "base/alloc.h"
#include "fake_type.h"
#include "store_ops.h"
#include "test.h"

/*
 * What every store must do, said through store.h alone: only open_new and open_again name an
 * implementation.
 */

static struct store_fixture *open_new(void **state)
{
    struct store_fixture *fixture = store_fixture_new();

    *state = fixture;
    return fixture;
}

static void open_again(struct store_fixture *fixture)
{
    store_fixture_close(fixture);
    store_fixture_open(fixture);
}

static int teardown(void **state)
{
    store_fixture_free(*state);
    assert_int_equal(cl_alloc_fail_at(0) < 0, 0);
    return 0;
}

/* Every field set, every kind of attribute. */
static struct cl_connector full_connector(int number, const char *name)
{
    struct cl_connector conn = store_connector(number, name);
    CL_AUTO(cl_strs) struct cl_strs tags = CL_STRS_NONE;
    struct cl_err err;

    conn.method = cl_type_method(&fake_type, CL_STR("open"));
    assert_ok(cl_strs_add(&tags, CL_STR("red, \"green\""), &err), &err);
    assert_ok(cl_strs_add(&tags, CL_STR(""), &err), &err);
    assert_ok(cl_config_set_list(&conn.config, "tags", &tags, &err), &err);
    assert_ok(cl_config_set_int(&conn.config, "level", -7, &err), &err);
    assert_ok(cl_config_set_bool(&conn.config, "strict", true, &err), &err);
    assert_ok(cl_config_set_text(&conn.config, "mode", CL_STR("ünïcode\n"), &err), &err);
    assert_ok(cl_str_dup(CL_STR("what it is for"), &conn.description, &err), &err);
    assert_ok(cl_strs_add(&conn.resource_types, CL_STR("fake-jar"), &err), &err);
    assert_ok(cl_str_dup(CL_STR("alpha"), &conn.resource_id, &err), &err);
    assert_ok(cl_str_dup(CL_STR("box://alpha"), &conn.canonical_id, &err), &err);
    conn.expires_at = STORE_NOW_AT + 3600;
    conn.skew_s = 0;
    conn.expiration_seconds = 900;
    conn.shared = true;
    conn.last_verified_at = STORE_NOW_AT;
    conn.last_verify_code = CL_E_DENIED;
    return conn;
}

static void returns_what_was_inserted(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector plain = store_connector(1, "plain");
    CL_AUTO(cl_connector) struct cl_connector full = full_connector(2, "full");
    struct cl_err err;

    assert_ok(store_do_insert(at, &plain, &err), &err);
    assert_ok(store_do_insert(at, &full, &err), &err);
    open_again(at);
    CL_AUTO(cl_connector) struct cl_connector first = store_get(at, 1);
    CL_AUTO(cl_connector) struct cl_connector second = store_get(at, 2);
    assert_same_connector(&plain, &first);
    assert_same_connector(&full, &second);
}

static void keeps_a_connector_without_secrets(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "open");
    struct cl_err err;

    cl_config_remove(&conn.config, "password");
    cl_strs_cleanup(&conn.secret_names);
    conn.secret_id[0] = '\0';
    assert_ok(store_do_insert(at, &conn, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_same_connector(&conn, &got);
}

static void names_secrets_but_does_not_show_them_unasked(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    assert_ok(store_do_find(at, "one", false, &conn, &err), &err);
    assert_false(conn.secrets_loaded);
    assert_null(cl_config_find(&conn.config, "password"));
    assert_int_equal(conn.secret_names.count, 1);
    assert_string_equal(conn.secret_names.items[0], "password");
    assert_str(cl_config_text(&conn.config, "realm"), "r1");
}

static void lists_in_order_of_creation(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    assert_names(at, "");
    store_insert(at, 3, "zeta");
    store_insert(at, 1, "alpha");
    store_insert(at, 2, "mid");
    assert_names(at, "zeta alpha mid ");
    CL_AUTO(cl_strs) struct cl_strs none = CL_STRS_NONE;
    assert_ok(store_do_delete(at, 1, false, &none, &err), &err);
    store_insert(at, 1, "alpha");
    assert_names(at, "zeta mid alpha ");
}

static enum cl_code note_name(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)err;
    cl_buf_addf(ctx, "%s ", conn->name);
    return CL_OK;
}

/* Created in the order of their names, stored in another one. */
static void add_for_pages(struct store_fixture *at)
{
    static const struct {
        int number;
        const char *name;
        const char *owner;
        bool shared;
        int created;
    } rows[] = {
        {1, "d", "tester", false, 4}, {2, "a", "tester", false, 1}, {3, "c", "guest", true, 3},
        {4, "b", "guest", false, 2},  {5, "e", "tester", true, 5},  {6, "f", "tester", false, 5},
    };

    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_connector)
        struct cl_connector conn = store_connector(rows[i].number, rows[i].name);
        struct cl_err err;
        cl_free(conn.owner);
        assert_ok(cl_str_dup(cl_str_of(rows[i].owner), &conn.owner, &err), &err);
        conn.shared = rows[i].shared;
        conn.created_at_us = (STORE_NOW_AT + rows[i].created) * 1000000;
        assert_ok(store_do_insert(at, &conn, &err), &err);
    }
}

static void visits_one_page_of_what_the_viewer_may_see(void **state)
{
    static const struct {
        struct cl_connector_page page;
        const char *names;
        int64_t total;
    } cases[] = {
        {{"tester", 0, 10}, "a c d e f ", 5},
        {{"tester", 0, 2}, "a c ", 5},
        {{"tester", 2, 2}, "d e ", 5},
        {{"tester", 4, 2}, "f ", 5},
        {{"tester", 5, 2}, "", 5},
        {{"guest", 0, 10}, "b c e ", 3},
        {{"guest", 1, 1}, "c ", 3},
        {{"nobody", 0, 10}, "c e ", 2},
        {{"tester", INT64_MAX, 10000}, "", 5},
    };
    struct store_fixture *at = open_new(state);

    add_for_pages(at);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(1024);
        struct cl_err err;
        int64_t total = -1;
        assert_ok(at->store->ops->connector_page(at->store, &cases[i].page, note_name, &names,
                                                 &total, &err),
                  &err);
        assert_str(cl_buf_view(&names), cases[i].names);
        assert_int_equal(total, cases[i].total);
    }
}

static void a_page_of_an_empty_store_is_empty(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_connector_page page = {.viewer = "tester", .count = 20};
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(64);
    struct cl_err err;
    int64_t total = -1;

    assert_ok(at->store->ops->connector_page(at->store, &page, note_name, &names, &total, &err),
              &err);
    assert_int_equal(names.len, 0);
    assert_int_equal(total, 0);
}

static enum cl_code check_password(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    char want[64];

    (void)snprintf(want, sizeof(want), "%s-%s", STORE_CANARY, conn->name);
    assert_str(store_secret(conn, "password"), want);
    assert_true(conn->secrets_loaded);
    ++*(int *)ctx;
    return cl_str_dup(CL_STR("x"), &conn->description, err);
}

static void opens_the_secrets_of_each(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;
    int visited = 0;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(store_each_open(at->store, check_password, &visited, &err), &err);
    assert_int_equal(visited, 2);
}

static enum cl_code take(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)err;
    *(struct cl_connector *)ctx = *conn;
    *conn = (struct cl_connector){.id = ""};
    return CL_OK;
}

static void lets_a_visitor_take_the_connector(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector taken = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    assert_ok(at->store->ops->connector_each(at->store, take, &taken, &err), &err);
    assert_string_equal(taken.name, "one");
}

static enum cl_code use_store(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector again = {.id = ""};

    return store_do_find(ctx, conn->id, false, &again, err);
}

static void lets_a_visitor_use_the_store(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(at->store->ops->connector_each(at->store, use_store, at, &err), &err);
}

static void finds_a_name_in_any_case(void **state)
{
    static const char *const names[] = {"aws-Dev", "AWS-DEV", "aws-dev"};
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector none = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "aws-dev-2");
    store_insert(at, 2, "aws-Dev");
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(cl_connector) struct cl_connector found = {.id = ""};
        assert_ok(at->store->ops->connector_named(at->store, cl_str_of(names[i]), &found, &err),
                  &err);
        assert_string_equal(found.name, "aws-Dev");
        assert_false(found.secrets_loaded);
    }
    assert_int_equal(at->store->ops->connector_named(at->store, CL_STR("aws"), &none, &err),
                     CL_E_NOT_FOUND);
}

static enum cl_code refuse(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    ++*(int *)ctx;
    return cl_err_set(err, CL_E_INTERRUPTED, "enough of %s", conn->name);
}

static void stops_when_a_visitor_fails(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;
    int visited = 0;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_int_equal(at->store->ops->connector_each(at->store, refuse, &visited, &err),
                     CL_E_INTERRUPTED);
    assert_string_equal(err.text, "enough of one");
    assert_int_equal(visited, 1);
}

static void refuses_a_name_that_is_taken(void **state)
{
    static const char *const clashes[] = {"aws-Dev", "AWS-DEV", "aws-dev"};
    struct store_fixture *at = open_new(state);

    store_insert(at, 1, "aws-Dev");
    for (size_t i = 0; i < CL_COUNT(clashes); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = store_connector(2, clashes[i]);
        struct cl_err err;
        assert_int_equal(store_do_insert(at, &conn, &err), CL_E_NAME_EXISTS);
        assert_string_equal(err.text, "a service connector named 'aws-Dev' already exists");
    }
    assert_names(at, "aws-Dev ");
    assert_actions(at, "connector.create\n");
}

static void update_replaces_everything(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector fresh = full_connector(1, "renamed");
    struct cl_err err;

    store_insert(at, 1, "one");
    fresh.generation = 2;
    assert_ok(store_do_update(at, &fresh, &err), &err);
    open_again(at);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_same_connector(&fresh, &got);
    assert_actions(at, "connector.create\nconnector.update\n");
}

static void update_may_change_only_the_case_of_a_name(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "ONE");
    struct cl_err err;

    store_insert(at, 1, "one");
    conn.generation = 2;
    assert_ok(store_do_update(at, &conn, &err), &err);
    assert_names(at, "ONE ");
}

static void update_drops_secrets_that_are_gone(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    store_insert(at, 1, "one");
    CL_AUTO(cl_connector) struct cl_connector conn = store_get(at, 1);
    cl_config_remove(&conn.config, "password");
    conn.generation = 2;
    assert_ok(store_do_update(at, &conn, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_int_equal(got.secret_names.count, 0);
    assert_null(cl_config_find(&got.config, "password"));
}

static void update_keeps_secrets_it_has_not_seen(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    assert_ok(store_do_find(at, "one", false, &conn, &err), &err);
    conn.shared = true;
    conn.generation = 2;
    assert_ok(store_do_update(at, &conn, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_true(got.shared);
    assert_str(store_secret(&got, "password"), STORE_CANARY "-one");
}

static void refuses_an_update_of_another_generation(void **state)
{
    static const int64_t generations[] = {1, 3, 0, 100};
    struct store_fixture *at = open_new(state);

    store_insert(at, 1, "one");
    for (size_t i = 0; i < CL_COUNT(generations); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "changed");
        struct cl_err err;
        conn.generation = generations[i];
        assert_int_equal(store_do_update(at, &conn, &err), CL_E_STALE);
    }
    assert_names(at, "one ");
    assert_actions(at, "connector.create\n");
}

static void refuses_an_update_of_nothing(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "one");
    struct cl_err err;

    conn.generation = 2;
    assert_int_equal(store_do_update(at, &conn, &err), CL_E_NOT_FOUND);
    assert_actions(at, "");
}

static void refuses_to_rename_to_a_taken_name(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(2, "ONE");
    struct cl_err err;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    conn.generation = 2;
    assert_int_equal(store_do_update(at, &conn, &err), CL_E_NAME_EXISTS);
    assert_names(at, "one two ");
}

static void update_drops_issued_credentials(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "one");
    struct cl_err err;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(store_do_put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(store_do_put(at, "k2", 2, 1, "second"), &at->err);
    conn.generation = 2;
    assert_ok(store_do_update(at, &conn, &err), &err);
    assert_cached(at, "k1", "-");
    assert_cached(at, "k2", "second");
}

static void delete_removes_all_of_it(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_strs) struct cl_strs none = CL_STRS_NONE;
    CL_AUTO(cl_connector) struct cl_connector gone = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    assert_ok(store_do_put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(store_do_delete(at, 1, false, &none, &err), &err);
    assert_int_equal(none.count, 0);
    assert_names(at, "");
    assert_cached(at, "k1", "-");
    assert_int_equal(store_do_find(at, store_id(1), false, &gone, &err), CL_E_NOT_FOUND);
    assert_int_equal(store_do_delete(at, 1, false, &none, &err), CL_E_NOT_FOUND);
    assert_actions(at, "connector.create\ncredential.issue\nconnector.delete\n");
    store_insert(at, 2, "one");
}

static void delete_refuses_while_components_use_it(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    struct cl_err err;

    store_insert(at, 1, "one");
    store_add_component(at, 11, "data");
    store_add_component(at, 12, "models");
    assert_ok(store_do_link(at, 11, store_id(1), "s3://a", &err), &err);
    assert_ok(store_do_link(at, 12, store_id(1), "s3://b", &err), &err);
    assert_int_equal(store_do_delete(at, 1, false, &users, &err), CL_E_IN_USE);
    assert_int_equal(users.count, 2);
    assert_string_equal(users.items[0], "data");
    assert_string_equal(users.items[1], "models");
    assert_non_null(strstr(err.text, "'data', 'models'"));
    assert_names(at, "one ");
}

static void update_of_what_must_be_unused_names_its_users(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector fresh = store_connector(1, "one");
    CL_AUTO(cl_connector) struct cl_connector kept = {.id = ""};
    struct cl_store_ops const *ops = at->store->ops;
    struct cl_err err;

    store_insert(at, 1, "one");
    store_add_component(at, 11, "data");
    assert_ok(store_do_link(at, 11, store_id(1), "s3://a", &err), &err);
    fresh.generation = 2;
    assert_int_equal(ops->connector_update(at->store, &fresh, true, NULL, &err), CL_E_IN_USE);
    assert_non_null(strstr(err.text, "'data'"));
    assert_ok(store_do_find(at, "one", false, &kept, &err), &err);
    assert_int_equal(kept.generation, 1);
    assert_ok(store_do_link(at, 11, NULL, NULL, &err), &err);
    assert_ok(ops->connector_update(at->store, &fresh, true, NULL, &err), &err);
}

static void forced_delete_disconnects_components(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    store_add_component(at, 11, "data");
    assert_ok(store_do_link(at, 11, store_id(1), "s3://a", &err), &err);
    at->now_us += 5000000;
    assert_ok(store_do_delete(at, 1, true, &users, &err), &err);
    assert_int_equal(users.count, 1);
    assert_ok(at->store->ops->component_find(at->store, cl_str_of(cl_kind_at(0)->id),
                                             CL_STR("data"), false, &component, &err),
              &err);
    assert_string_equal(component.connector_id, "");
    assert_null(component.connector_name);
    assert_null(component.resource_id);
    assert_int_equal(component.updated_at_us, at->now_us);
}

static void keeps_what_a_verification_learned(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_audit_event event = store_event("connector.verify");
    struct cl_err err;

    store_insert(at, 1, "one");
    CL_AUTO(cl_connector) struct cl_connector conn = store_get(at, 1);
    assert_ok(cl_map_set(&conn.facts, CL_STR("account"), CL_STR("43"), &err), &err);
    conn.last_verified_at = STORE_NOW_AT + 9;
    conn.last_verify_code = CL_E_EXPIRED;
    cl_free(conn.name); /* not among what it keeps */
    assert_ok(cl_str_dup(CL_STR("other"), &conn.name, &err), &err);
    assert_ok(at->store->ops->connector_verified(at->store, &conn, &event, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_string_equal(got.name, "one");
    assert_string_equal(cl_map_get(&got.facts, "account"), "43");
    assert_int_equal(got.last_verified_at, STORE_NOW_AT + 9);
    assert_int_equal(got.last_verify_code, CL_E_EXPIRED);
    assert_int_equal(got.generation, 1);
    assert_actions(at, "connector.create\nconnector.verify\n");
}

static void forgets_what_was_learned_about_an_older_generation(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector changed = store_connector(1, "one");
    struct cl_audit_event event = store_event("connector.verify");
    struct cl_err err;

    store_insert(at, 1, "one");
    CL_AUTO(cl_connector) struct cl_connector old = store_get(at, 1);
    changed.generation = 2;
    assert_ok(store_do_update(at, &changed, &err), &err);
    old.last_verified_at = STORE_NOW_AT;
    assert_ok(at->store->ops->connector_verified(at->store, &old, &event, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_int_equal(got.last_verified_at, 0);
    assert_actions(at, "connector.create\nconnector.update\nconnector.verify\n");
}

static void fill_for_lookup(struct store_fixture *at)
{
    static const struct {
        int number;
        const char *name;
    } connectors[] = {{0x1abc0001, "aws-prod"},
                      {0x1abc0002, "aws-dev"},
                      {0x2f000001, "gcp"},
                      {0x2f000002, "1abc"},
                      {0x3c000001, "Mixed Case"}};

    for (size_t i = 0; i < CL_COUNT(connectors); i++)
        store_insert(at, connectors[i].number, connectors[i].name);
}

static void finds_by_id_name_and_prefixes(void **state)
{
    static const struct store_lookup_case cases[] = {
        {"1abc0001-0000-4000-8000-000000000000", false, CL_OK, "aws-prod"},
        {"1ABC0001-0000-4000-8000-000000000000", false, CL_OK, "aws-prod"},
        {"1abc0001000040008000000000000000", false, CL_OK, "aws-prod"},
        {"9abc0001-0000-4000-8000-000000000000", true, CL_E_NOT_FOUND, ""},
        {"aws-dev", false, CL_OK, "aws-dev"},
        {"1abc", false, CL_OK, "1abc"}, /* the exact name goes before the id prefix */
        {"1abc0", false, CL_E_AMBIGUOUS, NULL},
        {"1abc0001", false, CL_OK, "aws-prod"},
        {"1ABC0002-", false, CL_OK, "aws-dev"},
        {"1abc0002-0000-4", false, CL_OK, "aws-dev"},
        {"1abc000200004", false, CL_OK, "aws-dev"},
        {"1abc-0002", false, CL_E_NOT_FOUND, ""},
        {"2f0", false, CL_E_NOT_FOUND, ""}, /* too short for an id */
        {"3c00", false, CL_OK, "Mixed Case"},
        {"Mixed Case", false, CL_OK, "Mixed Case"},
        {"mixed case", false, CL_E_NOT_FOUND, "Did you mean 'Mixed Case'?"},
        {"g", true, CL_OK, "gcp"},
        {"g", false, CL_E_NOT_FOUND, "Did you mean 'gcp'?"},
        {"aws-", true, CL_E_AMBIGUOUS, NULL},
        {"aws-p", true, CL_OK, "aws-prod"},
        {"aws-p", false, CL_E_NOT_FOUND, "Did you mean 'aws-prod'?"},
        {"aws-prdo", true, CL_E_NOT_FOUND, "Did you mean 'aws-prod'?"},
        {"nothing-like-it", true, CL_E_NOT_FOUND, ""},
        {"", true, CL_E_NOT_FOUND, ""},
        {"%", true, CL_E_NOT_FOUND, ""},
        {"' OR 1=1 --", true, CL_E_NOT_FOUND, ""},
    };
    struct store_fixture *at = open_new(state);

    fill_for_lookup(at);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc = store_do_find(at, cases[i].ref, cases[i].name_prefix, &conn, &err);
        if (rc != cases[i].code)
            fail_msg("'%s' ends with %s (%s)", cases[i].ref, cl_code_wire(rc), err.text);
        if (rc == CL_OK) {
            assert_string_equal(conn.name, cases[i].name);
        } else {
            assert_null(conn.name);
        }
        if (rc == CL_E_NOT_FOUND && strcmp(cases[i].ref, "mixed case") != 0)
            assert_string_equal(err.hint, cases[i].name);
    }
}

static void names_what_was_not_found(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_err err;

    assert_int_equal(store_do_find(at, "aws-prdo", false, &conn, &err), CL_E_NOT_FOUND);
    assert_string_equal(err.text, "connector 'aws-prdo' not found");
}

static void lists_at_most_ten_candidates(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_err err;
    char name[16];

    for (int i = 1; i <= 12; i++) {
        (void)snprintf(name, sizeof(name), "aws-%02d", i);
        store_insert(at, i, name);
    }
    assert_int_equal(store_do_find(at, "aws", true, &conn, &err), CL_E_AMBIGUOUS);
    assert_non_null(strstr(err.text, "'aws' stands for 12 connectors: 'aws-01' (00000001-0000-"));
    assert_non_null(strstr(err.text, "'aws-10'"));
    assert_null(strstr(err.text, "'aws-11'"));
    assert_non_null(strstr(err.text, "and 2 more"));
}

#define THREADS 4
#define PER_THREAD 5

static enum cl_code count_connector(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)conn;
    (void)err;
    ++*(int *)ctx;
    return CL_OK;
}

static void *insert_some(void *ctx)
{
    struct store_fixture *at = ctx;
    static atomic_int next;

    for (int i = 0; i < PER_THREAD; i++) {
        int number = atomic_fetch_add(&next, 1) + 1;
        char name[32];
        struct cl_err err;
        (void)snprintf(name, sizeof(name), "from-thread-%d", number);
        CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, name);
        (void)snprintf(conn.id, sizeof(conn.id), "%08x-1111-4000-8000-000000000000",
                       (unsigned)number);
        struct cl_audit_event event = store_event("connector.create");
        if (at->store->ops->connector_insert(at->store, &conn, &event, &err) != CL_OK)
            return ctx;
        int seen = 0;
        if (store_each_open(at->store, count_connector, &seen, &err) != CL_OK || seen == 0)
            return ctx;
    }
    return NULL;
}

static void serves_several_threads(void **state)
{
    struct store_fixture *at = open_new(state);
    pthread_t threads[THREADS];
    struct cl_err err;
    int count = 0;

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, insert_some, at), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_ok(store_each_open(at->store, count_connector, &count, &err), &err);
    assert_int_equal(count, THREADS * PER_THREAD);
    CL_AUTO(cl_buf) struct cl_buf actions = store_actions(at);
    assert_int_equal(actions.len, THREADS * PER_THREAD * strlen("connector.create\n"));
}

#define CASE(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(returns_what_was_inserted),
        CASE(keeps_a_connector_without_secrets),
        CASE(names_secrets_but_does_not_show_them_unasked),
        CASE(lists_in_order_of_creation),
        CASE(visits_one_page_of_what_the_viewer_may_see),
        CASE(a_page_of_an_empty_store_is_empty),
        CASE(opens_the_secrets_of_each),
        CASE(lets_a_visitor_take_the_connector),
        CASE(lets_a_visitor_use_the_store),
        CASE(stops_when_a_visitor_fails),
        CASE(finds_a_name_in_any_case),
        CASE(update_of_what_must_be_unused_names_its_users),
        CASE(refuses_a_name_that_is_taken),
        CASE(update_replaces_everything),
        CASE(update_may_change_only_the_case_of_a_name),
        CASE(update_drops_secrets_that_are_gone),
        CASE(update_keeps_secrets_it_has_not_seen),
        CASE(refuses_an_update_of_another_generation),
        CASE(refuses_an_update_of_nothing),
        CASE(refuses_to_rename_to_a_taken_name),
        CASE(update_drops_issued_credentials),
        CASE(delete_removes_all_of_it),
        CASE(delete_refuses_while_components_use_it),
        CASE(forced_delete_disconnects_components),
        CASE(keeps_what_a_verification_learned),
        CASE(forgets_what_was_learned_about_an_older_generation),
        CASE(finds_by_id_name_and_prefixes),
        CASE(names_what_was_not_found),
        CASE(lists_at_most_ten_candidates),
        CASE(serves_several_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
