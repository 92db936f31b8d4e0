#include "store/store.h"

#include <pthread.h>
#include <stdio.h>

#include "base/alloc.h"
#include "fake_type.h"
#include "store_fixture.h"
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

/* The operations, short. */
static enum cl_code insert(struct store_fixture *at, const struct cl_connector *conn,
                           struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.create");

    return at->store->ops->connector_insert(at->store, conn, &event, err);
}

static enum cl_code update(struct store_fixture *at, const struct cl_connector *conn,
                           struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.update");

    return at->store->ops->connector_update(at->store, conn, &event, err);
}

static enum cl_code drop(struct store_fixture *at, int number, bool force, struct cl_strs *ret,
                         struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.delete");

    return at->store->ops->connector_delete(at->store, store_id(number), force, &event, ret, err);
}

static enum cl_code find(struct store_fixture *at, const char *ref, bool name_prefix,
                         struct cl_connector *ret, struct cl_err *err)
{
    return at->store->ops->connector_find(at->store, cl_str_of(ref), name_prefix, false, ret, err);
}

static enum cl_code link_to(struct store_fixture *at, int component, const char *connector,
                            const char *resource, struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.link");

    return at->store->ops->component_link(at->store, store_id(component), connector, resource,
                                          &event, err);
}

static void add_component(struct store_fixture *at, int number, const char *name)
{
    CL_AUTO(cl_component) struct cl_component component = store_component(number, name);
    struct cl_err err;

    assert_ok(at->store->ops->component_insert(at->store, &component, &err), &err);
}

static enum cl_code put(struct store_fixture *at, const char *key, int connector,
                        int64_t generation, const char *sealed)
{
    struct cl_audit_event event = store_event("credential.issue");
    struct cl_cache_entry entry = {.key = cl_str_of(key),
                                   .connector_id = store_id(connector),
                                   .generation = generation,
                                   .expires_at = STORE_NOW_AT + 100,
                                   .sealed = cl_str_of(sealed)};

    return at->store->ops->cache_put(at->store, &entry, &event, &at->err);
}

/* "-" when nothing is kept under the key. */
static void assert_cached(struct store_fixture *at, const char *key, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf sealed = CL_BUF(1024);
    struct cl_err err;
    enum cl_code rc = at->store->ops->cache_get(at->store, cl_str_of(key), &sealed, &err);

    if (rc == CL_E_NOT_FOUND && sealed.len == 0)
        cl_buf_add_c(&sealed, "-");
    else
        assert_ok(rc, &err);
    assert_str(cl_buf_view(&sealed), want);
}

static void assert_actions(struct store_fixture *at, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf actions = store_actions(at);

    assert_str(cl_buf_view(&actions), want);
}

static enum cl_code add_name(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)err;
    cl_buf_addf(ctx, "%s ", conn->name);
    return CL_OK;
}

static void assert_names(struct store_fixture *at, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(65536);
    struct cl_err err;

    assert_ok(at->store->ops->connector_each(at->store, false, add_name, &names, &err), &err);
    assert_str(cl_buf_view(&names), want);
}

static void assert_same_map(const struct cl_map *a, const struct cl_map *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->entries[i].key, b->entries[i].key);
        assert_string_equal(a->entries[i].value, b->entries[i].value);
    }
}

static void assert_same_strs(const struct cl_strs *a, const struct cl_strs *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_string_equal(a->items[i], b->items[i]);
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void assert_same_config(const struct cl_config *a, const struct cl_config *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct cl_config_entry *entry = cl_config_find(b, a->entries[i].name);
        assert_non_null(entry);
        assert_int_equal(a->entries[i].kind, entry->kind);
        assert_same_text(a->entries[i].text, entry->text);
        assert_true(cl_secret_eq(a->entries[i].secret, entry->secret));
        assert_same_strs(&a->entries[i].list, &entry->list);
    }
}

static void assert_same_connector(const struct cl_connector *a, const struct cl_connector *b)
{
    assert_string_equal(a->id, b->id);
    assert_same_text(a->name, b->name);
    assert_same_text(a->description, b->description);
    assert_same_text(a->owner, b->owner);
    assert_ptr_equal(a->type, b->type);
    assert_ptr_equal(a->method, b->method);
    assert_same_strs(&a->resource_types, &b->resource_types);
    assert_same_text(a->resource_id, b->resource_id);
    assert_same_text(a->canonical_id, b->canonical_id);
    assert_int_equal(a->expires_at, b->expires_at);
    assert_int_equal(a->skew_s, b->skew_s);
    assert_int_equal(a->expiration_seconds, b->expiration_seconds);
    assert_same_config(&a->config, &b->config);
    assert_int_equal(a->secrets_loaded, b->secrets_loaded);
    assert_same_strs(&a->secret_names, &b->secret_names);
    assert_string_equal(a->secret_id, b->secret_id);
    assert_same_map(&a->labels, &b->labels);
    assert_same_map(&a->facts, &b->facts);
    assert_int_equal(a->shared, b->shared);
    assert_int_equal(a->created_at_us, b->created_at_us);
    assert_int_equal(a->updated_at_us, b->updated_at_us);
    assert_int_equal(a->generation, b->generation);
    assert_int_equal(a->last_verified_at, b->last_verified_at);
    assert_int_equal(a->last_verify_code, b->last_verify_code);
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

    assert_ok(insert(at, &plain, &err), &err);
    assert_ok(insert(at, &full, &err), &err);
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
    assert_ok(insert(at, &conn, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_same_connector(&conn, &got);
}

static void names_secrets_but_does_not_show_them_unasked(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    assert_ok(find(at, "one", false, &conn, &err), &err);
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
    assert_ok(drop(at, 1, false, &none, &err), &err);
    store_insert(at, 1, "alpha");
    assert_names(at, "zeta mid alpha ");
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

static void lists_with_secrets_when_asked(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;
    int visited = 0;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(at->store->ops->connector_each(at->store, true, check_password, &visited, &err),
              &err);
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
    assert_ok(at->store->ops->connector_each(at->store, false, take, &taken, &err), &err);
    assert_string_equal(taken.name, "one");
}

static enum cl_code use_store(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector again = {.id = ""};

    return find(ctx, conn->id, false, &again, err);
}

static void lets_a_visitor_use_the_store(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(at->store->ops->connector_each(at->store, false, use_store, at, &err), &err);
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
    assert_int_equal(at->store->ops->connector_each(at->store, false, refuse, &visited, &err),
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
        assert_int_equal(insert(at, &conn, &err), CL_E_NAME_EXISTS);
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
    assert_ok(update(at, &fresh, &err), &err);
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
    assert_ok(update(at, &conn, &err), &err);
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
    assert_ok(update(at, &conn, &err), &err);
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
    assert_ok(find(at, "one", false, &conn, &err), &err);
    conn.shared = true;
    conn.generation = 2;
    assert_ok(update(at, &conn, &err), &err);
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
        assert_int_equal(update(at, &conn, &err), CL_E_STALE);
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
    assert_int_equal(update(at, &conn, &err), CL_E_NOT_FOUND);
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
    assert_int_equal(update(at, &conn, &err), CL_E_NAME_EXISTS);
    assert_names(at, "one two ");
}

static void update_drops_issued_credentials(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = store_connector(1, "one");
    struct cl_err err;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(put(at, "k2", 2, 1, "second"), &at->err);
    conn.generation = 2;
    assert_ok(update(at, &conn, &err), &err);
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
    assert_ok(put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(drop(at, 1, false, &none, &err), &err);
    assert_int_equal(none.count, 0);
    assert_names(at, "");
    assert_cached(at, "k1", "-");
    assert_int_equal(find(at, store_id(1), false, &gone, &err), CL_E_NOT_FOUND);
    assert_int_equal(drop(at, 1, false, &none, &err), CL_E_NOT_FOUND);
    assert_actions(at, "connector.create\ncredential.issue\nconnector.delete\n");
    store_insert(at, 2, "one");
}

static void delete_refuses_while_components_use_it(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    struct cl_err err;

    store_insert(at, 1, "one");
    add_component(at, 11, "data");
    add_component(at, 12, "models");
    assert_ok(link_to(at, 11, store_id(1), "s3://a", &err), &err);
    assert_ok(link_to(at, 12, store_id(1), "s3://b", &err), &err);
    assert_int_equal(drop(at, 1, false, &users, &err), CL_E_IN_USE);
    assert_int_equal(users.count, 2);
    assert_string_equal(users.items[0], "data");
    assert_string_equal(users.items[1], "models");
    assert_non_null(strstr(err.text, "'data', 'models'"));
    assert_names(at, "one ");
}

static void forced_delete_disconnects_components(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_strs) struct cl_strs users = CL_STRS_NONE;
    CL_AUTO(cl_component) struct cl_component component = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    add_component(at, 11, "data");
    assert_ok(link_to(at, 11, store_id(1), "s3://a", &err), &err);
    at->now_us += 5000000;
    assert_ok(drop(at, 1, true, &users, &err), &err);
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
    assert_ok(update(at, &changed, &err), &err);
    old.last_verified_at = STORE_NOW_AT;
    assert_ok(at->store->ops->connector_verified(at->store, &old, &event, &err), &err);
    CL_AUTO(cl_connector) struct cl_connector got = store_get(at, 1);
    assert_int_equal(got.last_verified_at, 0);
    assert_actions(at, "connector.create\nconnector.update\nconnector.verify\n");
}

/* A reference, what it finds, and how the search ends. */
struct lookup_case {
    const char *ref;
    bool name_prefix;
    enum cl_code code;
    const char *name; /* found; or the hint */
};

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
    static const struct lookup_case cases[] = {
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
        enum cl_code rc = find(at, cases[i].ref, cases[i].name_prefix, &conn, &err);
        if (rc != cases[i].code)
            fail_msg("'%s' ends with %s (%s)", cases[i].ref, cl_code_wire(rc), err.text);
        if (rc == CL_OK)
            assert_string_equal(conn.name, cases[i].name);
        else
            assert_null(conn.name);
        if (rc == CL_E_NOT_FOUND && strcmp(cases[i].ref, "mixed case") != 0)
            assert_string_equal(err.hint, cases[i].name);
    }
}

static void names_what_was_not_found(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector conn = {.id = ""};
    struct cl_err err;

    assert_int_equal(find(at, "aws-prdo", false, &conn, &err), CL_E_NOT_FOUND);
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
    assert_int_equal(find(at, "aws", true, &conn, &err), CL_E_AMBIGUOUS);
    assert_non_null(strstr(err.text, "'aws' stands for 12 connectors: 'aws-01' (00000001-0000-"));
    assert_non_null(strstr(err.text, "'aws-10'"));
    assert_null(strstr(err.text, "'aws-11'"));
    assert_non_null(strstr(err.text, "and 2 more"));
}

static enum cl_code find_component(struct store_fixture *at, const char *ref, bool name_prefix,
                                   struct cl_component *ret, struct cl_err *err)
{
    return at->store->ops->component_find(at->store, cl_str_of(cl_kind_at(0)->id), cl_str_of(ref),
                                          name_prefix, ret, err);
}

static void assert_same_component(const struct cl_component *a, const struct cl_component *b)
{
    assert_string_equal(a->id, b->id);
    assert_same_text(a->name, b->name);
    assert_ptr_equal(a->kind, b->kind);
    assert_ptr_equal(a->flavor, b->flavor);
    assert_same_text(a->owner, b->owner);
    assert_same_config(&a->config, &b->config);
    assert_same_map(&a->labels, &b->labels);
    assert_string_equal(a->connector_id, b->connector_id);
    assert_same_text(a->connector_name, b->connector_name);
    assert_same_text(a->connector_type, b->connector_type);
    assert_same_text(a->resource_id, b->resource_id);
    assert_int_equal(a->created_at_us, b->created_at_us);
    assert_int_equal(a->updated_at_us, b->updated_at_us);
}

static void returns_the_component_that_was_inserted(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_component) struct cl_component component = store_component(11, "data");
    CL_AUTO(cl_component) struct cl_component got = {.id = ""};
    struct cl_err err;

    assert_ok(at->store->ops->component_insert(at->store, &component, &err), &err);
    open_again(at);
    assert_ok(find_component(at, "data", false, &got, &err), &err);
    assert_same_component(&component, &got);
}

static void refuses_a_component_name_that_is_taken(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_component) struct cl_component component = store_component(12, "DATA");
    struct cl_err err;

    add_component(at, 11, "data");
    assert_int_equal(at->store->ops->component_insert(at->store, &component, &err),
                     CL_E_NAME_EXISTS);
    assert_non_null(strstr(err.text, "named 'data' already exists"));
}

static void finds_components_by_the_same_rules(void **state)
{
    static const struct lookup_case cases[] = {
        {"0000000b-0000-4000-8000-000000000000", false, CL_OK, "data"},
        {"data", false, CL_OK, "data"},
        {"0000000b", false, CL_OK, "data"},
        {"0000", false, CL_E_AMBIGUOUS, NULL},
        {"mod", true, CL_OK, "models"},
        {"mod", false, CL_E_NOT_FOUND, "Did you mean 'models'?"},
        {"dta", false, CL_E_NOT_FOUND, "Did you mean 'data'?"},
    };
    struct store_fixture *at = open_new(state);

    add_component(at, 11, "data");
    add_component(at, 12, "models");
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_component) struct cl_component got = {.id = ""};
        struct cl_err err = CL_ERR_NONE;
        enum cl_code rc = find_component(at, cases[i].ref, cases[i].name_prefix, &got, &err);
        if (rc != cases[i].code)
            fail_msg("'%s' ends with %s (%s)", cases[i].ref, cl_code_wire(rc), err.text);
        if (rc == CL_OK)
            assert_string_equal(got.name, cases[i].name);
        if (rc == CL_E_NOT_FOUND)
            assert_string_equal(err.hint, cases[i].name);
    }
}

static void says_what_kind_of_component_is_missing(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_component) struct cl_component got = {.id = ""};
    struct cl_err err;
    char want[128];

    assert_int_equal(find_component(at, "data", false, &got, &err), CL_E_NOT_FOUND);
    (void)snprintf(want, sizeof(want), "%s 'data' not found", cl_kind_at(0)->title);
    assert_string_equal(err.text, want);
}

static void connects_and_disconnects_a_component(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_component) struct cl_component linked = {.id = ""};
    CL_AUTO(cl_component) struct cl_component apart = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    add_component(at, 11, "data");
    at->now_us += 7;
    assert_ok(link_to(at, 11, store_id(1), "s3://zenfiles", &err), &err);
    assert_ok(find_component(at, "data", false, &linked, &err), &err);
    assert_string_equal(linked.connector_id, store_id(1));
    assert_string_equal(linked.connector_name, "one");
    assert_string_equal(linked.connector_type, "fake");
    assert_string_equal(linked.resource_id, "s3://zenfiles");
    assert_int_equal(linked.updated_at_us, at->now_us);
    assert_ok(link_to(at, 11, "", "ignored", &err), &err);
    assert_ok(find_component(at, "data", false, &apart, &err), &err);
    assert_string_equal(apart.connector_id, "");
    assert_null(apart.connector_type);
    assert_null(apart.resource_id);
    assert_actions(at, "connector.create\nconnector.link\nconnector.link\n");
}

static void refuses_to_connect_what_is_not_there(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    add_component(at, 11, "data");
    assert_int_equal(link_to(at, 11, store_id(1), "s3://a", &err), CL_E_NOT_FOUND);
    store_insert(at, 1, "one");
    assert_int_equal(link_to(at, 12, store_id(1), "s3://a", &err), CL_E_NOT_FOUND);
    assert_actions(at, "connector.create\n");
}

static enum cl_code add_component_name(void *ctx, struct cl_component *component,
                                       struct cl_err *err)
{
    (void)err;
    cl_buf_addf(ctx, "%s ", component->name);
    return CL_OK;
}

static void assert_components(struct store_fixture *at, const char *kind, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(1024);
    struct cl_err err;

    assert_ok(at->store->ops->component_each(at->store, cl_str_of(kind), add_component_name, &names,
                                             &err),
              &err);
    assert_str(cl_buf_view(&names), want);
}

static void lists_components_of_one_kind_or_all(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    add_component(at, 12, "models");
    add_component(at, 11, "data");
    assert_components(at, "", "models data ");
    assert_components(at, cl_kind_at(0)->id, "models data ");
    assert_components(at, "no_such_kind", "");
    assert_ok(at->store->ops->component_delete(at->store, store_id(12), &err), &err);
    assert_components(at, "", "data ");
    assert_int_equal(at->store->ops->component_delete(at->store, store_id(12), &err),
                     CL_E_NOT_FOUND);
}

static void returns_the_credential_that_was_kept(void **state)
{
    struct store_fixture *at = open_new(state);

    store_insert(at, 1, "one");
    assert_cached(at, "k1", "-");
    assert_ok(put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(put(at, "k2", 1, 1, "second"), &at->err);
    open_again(at);
    assert_cached(at, "k1", "first");
    assert_ok(put(at, "k1", 1, 1, "newer"), &at->err);
    assert_cached(at, "k1", "newer");
    assert_cached(at, "k2", "second");
    assert_actions(at, "connector.create\ncredential.issue\ncredential.issue\ncredential.issue\n");
}

static void never_returns_an_expired_credential(void **state)
{
    static const struct {
        int64_t later_s;
        const char *want;
    } cases[] = {{0, "first"}, {99, "first"}, {100, "-"}, {1000, "-"}};
    struct store_fixture *at = open_new(state);

    store_insert(at, 1, "one");
    assert_ok(put(at, "k1", 1, 1, "first"), &at->err);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        at->now_us = (STORE_NOW_AT + cases[i].later_s) * 1000000;
        assert_cached(at, "k1", cases[i].want);
    }
}

static void audits_but_does_not_keep_what_is_outdated(void **state)
{
    struct store_fixture *at = open_new(state);

    store_insert(at, 1, "one");
    assert_ok(put(at, "k1", 1, 2, "of another generation"), &at->err);
    assert_ok(put(at, "k2", 9, 1, "of no connector"), &at->err);
    assert_cached(at, "k1", "-");
    assert_cached(at, "k2", "-");
    assert_actions(at, "connector.create\ncredential.issue\ncredential.issue\n");
}

static void drops_the_credentials_of_one_connector(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    store_insert(at, 1, "one");
    store_insert(at, 2, "two");
    assert_ok(put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(put(at, "k2", 2, 1, "second"), &at->err);
    assert_ok(at->store->ops->cache_drop(at->store, store_id(1), &err), &err);
    assert_cached(at, "k1", "-");
    assert_cached(at, "k2", "second");
    assert_ok(at->store->ops->cache_drop(at->store, store_id(9), &err), &err);
}

static const struct cl_audit_event full_event = {
    .at_us = 1715690096123456,
    .actor = "tester",
    .action = "credential.issue",
    .source = "127.0.0.1",
    .agent = "cleat exec",
    .connector_id = "00000001-0000-4000-8000-000000000000",
    .connector_name = "one",
    .generation = 3,
    .resource_type = "fake-box",
    .resource_id = "box://alpha",
    .auth_method = "minted",
    .wanted_ttl_s = 3600,
    .granted_ttl_s = 900,
    .cache_hit = true,
    .outcome = "ok",
    .provider_request_id = "req-1",
    .fingerprint = "EXAMPLE",
    .request_id = "11111111-2222-4333-8444-555555555555",
};

static enum cl_code check_full_event(void *ctx, const struct cl_audit_event *event,
                                     struct cl_err *err)
{
    (void)err;
    ++*(int *)ctx;
    assert_int_equal(event->at_us, full_event.at_us);
    assert_string_equal(event->actor, full_event.actor);
    assert_string_equal(event->action, full_event.action);
    assert_string_equal(event->source, full_event.source);
    assert_string_equal(event->agent, full_event.agent);
    assert_string_equal(event->connector_id, full_event.connector_id);
    assert_string_equal(event->connector_name, full_event.connector_name);
    assert_int_equal(event->generation, full_event.generation);
    assert_string_equal(event->resource_type, full_event.resource_type);
    assert_string_equal(event->resource_id, full_event.resource_id);
    assert_string_equal(event->auth_method, full_event.auth_method);
    assert_int_equal(event->wanted_ttl_s, full_event.wanted_ttl_s);
    assert_int_equal(event->granted_ttl_s, full_event.granted_ttl_s);
    assert_true(event->cache_hit);
    assert_string_equal(event->outcome, full_event.outcome);
    assert_string_equal(event->provider_request_id, full_event.provider_request_id);
    assert_string_equal(event->fingerprint, full_event.fingerprint);
    assert_string_equal(event->request_id, full_event.request_id);
    return CL_OK;
}

static void keeps_every_field_of_an_audit_row(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;
    int visited = 0;

    assert_ok(at->store->ops->audit_add(at->store, &full_event, &err), &err);
    open_again(at);
    assert_ok(at->store->ops->audit_each(at->store, check_full_event, &visited, &err), &err);
    assert_int_equal(visited, 1);
}

static enum cl_code check_sparse_event(void *ctx, const struct cl_audit_event *event,
                                       struct cl_err *err)
{
    (void)ctx;
    (void)err;
    assert_null(event->actor);
    assert_string_equal(event->action, "");
    assert_null(event->request_id);
    assert_false(event->cache_hit);
    return CL_OK;
}

static void tells_unknown_from_empty_in_the_audit(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_audit_event event = {.action = ""};
    struct cl_err err;

    assert_ok(at->store->ops->audit_add(at->store, &event, &err), &err);
    assert_ok(at->store->ops->audit_each(at->store, check_sparse_event, NULL, &err), &err);
}

static void gives_the_whole_audit_in_order(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(65536);
    struct cl_err err;
    char action[16];

    for (int i = 0; i < 150; i++) {
        (void)snprintf(action, sizeof(action), "step.%d", i);
        struct cl_audit_event event = store_event(action);
        assert_ok(at->store->ops->audit_add(at->store, &event, &err), &err);
        cl_buf_addf(&want, "%s\n", action);
    }
    assert_actions(at, want.ptr);
}

static enum cl_code refuse_event(void *ctx, const struct cl_audit_event *event, struct cl_err *err)
{
    (void)ctx;
    return cl_err_set(err, CL_E_INTERRUPTED, "enough of %s", event->action);
}

static void stops_the_audit_when_a_visitor_fails(void **state)
{
    struct store_fixture *at = open_new(state);
    struct cl_err err;

    store_insert(at, 1, "one");
    assert_int_equal(at->store->ops->audit_each(at->store, refuse_event, NULL, &err),
                     CL_E_INTERRUPTED);
}

#define THREADS 4
#define PER_THREAD 5

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
        CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(65536);
        if (at->store->ops->connector_each(at->store, true, add_name, &names, &err) != CL_OK)
            return ctx;
    }
    return NULL;
}

static enum cl_code count_connector(void *ctx, struct cl_connector *conn, struct cl_err *err)
{
    (void)conn;
    (void)err;
    ++*(int *)ctx;
    return CL_OK;
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
    assert_ok(at->store->ops->connector_each(at->store, true, count_connector, &count, &err), &err);
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
        CASE(lists_with_secrets_when_asked),
        CASE(lets_a_visitor_take_the_connector),
        CASE(lets_a_visitor_use_the_store),
        CASE(stops_when_a_visitor_fails),
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
        CASE(returns_the_component_that_was_inserted),
        CASE(refuses_a_component_name_that_is_taken),
        CASE(finds_components_by_the_same_rules),
        CASE(says_what_kind_of_component_is_missing),
        CASE(connects_and_disconnects_a_component),
        CASE(refuses_to_connect_what_is_not_there),
        CASE(lists_components_of_one_kind_or_all),
        CASE(returns_the_credential_that_was_kept),
        CASE(never_returns_an_expired_credential),
        CASE(audits_but_does_not_keep_what_is_outdated),
        CASE(drops_the_credentials_of_one_connector),
        CASE(keeps_every_field_of_an_audit_row),
        CASE(tells_unknown_from_empty_in_the_audit),
        CASE(gives_the_whole_audit_in_order),
        CASE(stops_the_audit_when_a_visitor_fails),
        CASE(serves_several_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
