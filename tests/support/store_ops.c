#include "store_ops.h"

#include "base/buf.h"
#include "test.h"

enum cl_code store_do_insert(struct store_fixture *at, const struct cl_connector *conn,
                             struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.create");

    return at->store->ops->connector_insert(at->store, conn, &event, err);
}

enum cl_code store_do_update(struct store_fixture *at, const struct cl_connector *conn,
                             struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.update");

    return at->store->ops->connector_update(at->store, conn, false, &event, err);
}

enum cl_code store_do_delete(struct store_fixture *at, int number, bool force, struct cl_strs *ret,
                             struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.delete");

    return at->store->ops->connector_delete(at->store, store_id(number), force, &event, ret, err);
}

enum cl_code store_do_find(struct store_fixture *at, const char *ref, bool name_prefix,
                           struct cl_connector *ret, struct cl_err *err)
{
    return at->store->ops->connector_find(at->store, cl_str_of(ref), name_prefix, false, ret, err);
}

enum cl_code store_do_link(struct store_fixture *at, int component, const char *connector,
                           const char *resource, struct cl_err *err)
{
    struct cl_audit_event event = store_event("connector.link");

    struct cl_component_link link = {
        .connector_id = connector, .generation = 1, .resource_id = resource};

    return at->store->ops->component_link(at->store, store_id(component),
                                          connector == NULL ? NULL : &link, &event, err);
}

void store_add_component(struct store_fixture *at, int number, const char *name)
{
    CL_AUTO(cl_component) struct cl_component component = store_component(number, name);
    struct cl_err err;

    assert_ok(at->store->ops->component_insert(at->store, &component, &err), &err);
}

enum cl_code store_do_put(struct store_fixture *at, const char *key, int connector,
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

void assert_cached(struct store_fixture *at, const char *key, const char *want)
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

void assert_actions(struct store_fixture *at, const char *want)
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

void assert_names(struct store_fixture *at, const char *want)
{
    CL_AUTO(cl_buf) struct cl_buf names = CL_BUF(65536);
    struct cl_err err;

    assert_ok(at->store->ops->connector_each(at->store, add_name, &names, &err), &err);
    assert_str(cl_buf_view(&names), want);
}

void assert_same_map(const struct cl_map *a, const struct cl_map *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->entries[i].key, b->entries[i].key);
        assert_string_equal(a->entries[i].value, b->entries[i].value);
    }
}

void assert_same_strs(const struct cl_strs *a, const struct cl_strs *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_string_equal(a->items[i], b->items[i]);
}

void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

void assert_same_config(const struct cl_config *a, const struct cl_config *b)
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

void assert_same_connector(const struct cl_connector *a, const struct cl_connector *b)
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
