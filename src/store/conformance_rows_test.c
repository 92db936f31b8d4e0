#include "store/store.h"

#include <stdio.h>

#include "base/alloc.h"
#include "store_ops.h"
#include "test.h"

/* The second half of conformance_test.c: components, issued credentials, audit. */

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

    store_add_component(at, 11, "data");
    assert_int_equal(at->store->ops->component_insert(at->store, &component, &err),
                     CL_E_NAME_EXISTS);
    assert_non_null(strstr(err.text, "named 'data' already exists"));
}

static void finds_components_by_the_same_rules(void **state)
{
    static const struct store_lookup_case cases[] = {
        {"0000000b-0000-4000-8000-000000000000", false, CL_OK, "data"},
        {"data", false, CL_OK, "data"},
        {"0000000b", false, CL_OK, "data"},
        {"0000", false, CL_E_AMBIGUOUS, NULL},
        {"mod", true, CL_OK, "models"},
        {"mod", false, CL_E_NOT_FOUND, "Did you mean 'models'?"},
        {"dta", false, CL_E_NOT_FOUND, "Did you mean 'data'?"},
    };
    struct store_fixture *at = open_new(state);

    store_add_component(at, 11, "data");
    store_add_component(at, 12, "models");
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
    store_add_component(at, 11, "data");
    at->now_us += 7;
    assert_ok(store_do_link(at, 11, store_id(1), "s3://zenfiles", &err), &err);
    assert_ok(find_component(at, "data", false, &linked, &err), &err);
    assert_string_equal(linked.connector_id, store_id(1));
    assert_string_equal(linked.connector_name, "one");
    assert_string_equal(linked.connector_type, "fake");
    assert_string_equal(linked.resource_id, "s3://zenfiles");
    assert_int_equal(linked.updated_at_us, at->now_us);
    assert_ok(store_do_link(at, 11, NULL, NULL, &err), &err);
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

    store_add_component(at, 11, "data");
    assert_int_equal(store_do_link(at, 11, store_id(1), "s3://a", &err), CL_E_NOT_FOUND);
    store_insert(at, 1, "one");
    assert_int_equal(store_do_link(at, 12, store_id(1), "s3://a", &err), CL_E_NOT_FOUND);
    assert_actions(at, "connector.create\n");
}

static void refuses_to_connect_to_what_has_changed(void **state)
{
    struct store_fixture *at = open_new(state);
    CL_AUTO(cl_connector) struct cl_connector fresh = store_connector(1, "one");
    CL_AUTO(cl_component) struct cl_component apart = {.id = ""};
    struct cl_err err;

    store_insert(at, 1, "one");
    store_add_component(at, 11, "data");
    fresh.generation = 2;
    assert_ok(store_do_update(at, &fresh, &err), &err);
    assert_int_equal(store_do_link(at, 11, store_id(1), "s3://a", &err), CL_E_STALE);
    assert_ok(find_component(at, "data", false, &apart, &err), &err);
    assert_string_equal(apart.connector_id, "");
    assert_actions(at, "connector.create\nconnector.update\n");
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

    store_add_component(at, 12, "models");
    store_add_component(at, 11, "data");
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
    assert_ok(store_do_put(at, "k1", 1, 1, "first"), &at->err);
    assert_ok(store_do_put(at, "k2", 1, 1, "second"), &at->err);
    open_again(at);
    assert_cached(at, "k1", "first");
    assert_ok(store_do_put(at, "k1", 1, 1, "newer"), &at->err);
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
    assert_ok(store_do_put(at, "k1", 1, 1, "first"), &at->err);
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        at->now_us = (STORE_NOW_AT + cases[i].later_s) * 1000000;
        assert_cached(at, "k1", cases[i].want);
    }
}

static void audits_but_does_not_keep_what_is_outdated(void **state)
{
    struct store_fixture *at = open_new(state);

    store_insert(at, 1, "one");
    assert_ok(store_do_put(at, "k1", 1, 2, "of another generation"), &at->err);
    assert_ok(store_do_put(at, "k2", 9, 1, "of no connector"), &at->err);
    assert_cached(at, "k1", "-");
    assert_cached(at, "k2", "-");
    assert_actions(at, "connector.create\ncredential.issue\ncredential.issue\n");
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

#define CASE(name) cmocka_unit_test_teardown(name, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(returns_the_component_that_was_inserted),
        CASE(refuses_a_component_name_that_is_taken),
        CASE(finds_components_by_the_same_rules),
        CASE(says_what_kind_of_component_is_missing),
        CASE(connects_and_disconnects_a_component),
        CASE(refuses_to_connect_what_is_not_there),
        CASE(refuses_to_connect_to_what_has_changed),
        CASE(lists_components_of_one_kind_or_all),
        CASE(returns_the_credential_that_was_kept),
        CASE(never_returns_an_expired_credential),
        CASE(audits_but_does_not_keep_what_is_outdated),
        CASE(keeps_every_field_of_an_audit_row),
        CASE(tells_unknown_from_empty_in_the_audit),
        CASE(gives_the_whole_audit_in_order),
        CASE(stops_the_audit_when_a_visitor_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
