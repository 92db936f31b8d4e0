#include "test.h"

#include <stdio.h>

#include "codec/json.h"
#include "core/dup.h"
#include "encoded_api.h"
#include "fake_type.h"
#include "fault.h"

/* An api that notes what it was asked and answers with one of each, or refuses. */
struct stub {
    struct cl_api api;
    bool refuses;
    bool freed;
    char asked[256]; /* operation and what it saw of the request */
    const struct cl_call *call;
    int rows_left;
};

static struct stub *stub_of(struct cl_api *api)
{
    return (struct stub *)api;
}

static enum cl_code note(struct cl_api *api, const struct cl_call *call, struct cl_err *err,
                         const char *format, ...) CL_PRINTF(4, 5);

static enum cl_code note(struct cl_api *api, const struct cl_call *call, struct cl_err *err,
                         const char *format, ...)
{
    struct stub *stub = stub_of(api);
    va_list args;

    va_start(args, format);
    assert_true(vsnprintf(stub->asked, sizeof(stub->asked), format, args) > 0);
    va_end(args);
    stub->call = call;
    if (!stub->refuses)
        return CL_OK;
    (void)cl_err_set(err, CL_E_DENIED, "no");
    (void)cl_err_hint(err, "Ask nicely.");
    err->upstream_status = 403;
    return CL_E_DENIED;
}

static enum cl_code connector(struct cl_connector *ret, struct cl_err *err)
{
    return fake_connector("minted", ret, err);
}

static enum cl_code component(struct cl_component *ret, struct cl_err *err)
{
    ret->kind = cl_kind_at(0);
    ret->flavor = cl_flavor_at(0);
    return cl_dup_text("s3-store", &ret->name, err);
}

static enum cl_code resources(struct cl_resource_list *ret, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};

    CL_TRY(connector(&conn, err));
    return cl_resource_list_init(ret, &conn, &conn.resource_types, err);
}

static enum cl_code stub_types(struct cl_api *api, const struct cl_call *call,
                               const struct cl_type_filter *filter, struct cl_type_list *ret,
                               struct cl_err *err)
{
    CL_TRY(note(api, call, err, "types %.*s", CL_STR_ARG(filter->type)));
    ret->items = cl_array_alloc(1, sizeof(*ret->items));
    assert_non_null(ret->items);
    ret->items[ret->count++] = &fake_type;
    return CL_OK;
}

static enum cl_code stub_auto(struct cl_api *api, const struct cl_call *call,
                              const struct cl_auto_request *request, struct cl_discovered *ret,
                              struct cl_err *err)
{
    CL_TRY(note(api, call, err, "auto %.*s %s", CL_STR_ARG(request->type),
                cl_map_get(&request->sources, "profile")));
    return cl_dup_text("minted", &ret->auth_method, err);
}

static enum cl_code stub_register(struct cl_api *api, const struct cl_call *call,
                                  const struct cl_register_request *request,
                                  struct cl_register_result *ret, struct cl_err *err)
{
    ret->verified = true; /* also before a failure: nothing of it may arrive */
    CL_TRY(connector(&ret->connector, err));
    CL_TRY(note(api, call, err, "register %.*s %s=%.*s", CL_STR_ARG(request->name),
                request->input->entries[0].name,
                CL_STR_ARG(cl_secret_expose(request->input->entries[0].value))));
    return CL_OK;
}

static enum cl_code stub_update(struct cl_api *api, const struct cl_call *call,
                                const struct cl_update_request *request,
                                struct cl_register_result *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "update %.*s %d%d", CL_STR_ARG(request->ref.text),
                request->set_description, request->set_name));
    return connector(&ret->connector, err);
}

static enum cl_code stub_get(struct cl_api *api, const struct cl_call *call,
                             const struct cl_get_request *request, struct cl_connector *ret,
                             struct cl_err *err)
{
    CL_TRY(note(api, call, err, "get %.*s %d", CL_STR_ARG(request->ref.text), request->reveal));
    return connector(ret, err);
}

static enum cl_code stub_list(struct cl_api *api, const struct cl_call *call,
                              const struct cl_list_request *request, struct cl_list_result *ret,
                              struct cl_err *err)
{
    CL_TRY(note(api, call, err, "list page %d", (int)request->query.page));
    ret->selection.page = request->query.page;
    ret->selection.total = 7;
    return CL_OK;
}

static enum cl_code stub_remove(struct cl_api *api, const struct cl_call *call,
                                const struct cl_delete_request *request,
                                struct cl_delete_result *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "remove %d", request->force));
    return cl_dup_text("crate", &ret->name, err);
}

static enum cl_code stub_verify(struct cl_api *api, const struct cl_call *call,
                                const struct cl_verify_request *request,
                                struct cl_resource_list *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "verify %.*s", CL_STR_ARG(request->resource_type)));
    return resources(ret, err);
}

static enum cl_code stub_issue(struct cl_api *api, const struct cl_call *call,
                               const struct cl_issue_client_request *request,
                               struct cl_issue_client_result *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "issue %d", (int)request->min_ttl_s));
    ret->cached = true;
    return connector(&ret->connector, err);
}

static enum cl_code stub_component_register(struct cl_api *api, const struct cl_call *call,
                                            const struct cl_component_register_request *request,
                                            struct cl_component *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "component register %.*s", CL_STR_ARG(request->flavor)));
    return component(ret, err);
}

static enum cl_code stub_component_get(struct cl_api *api, const struct cl_call *call,
                                       const struct cl_component_ref *ref, struct cl_component *ret,
                                       struct cl_err *err)
{
    CL_TRY(note(api, call, err, "component get %.*s", CL_STR_ARG(ref->ref.text)));
    return component(ret, err);
}

static enum cl_code stub_component_list(struct cl_api *api, const struct cl_call *call,
                                        const struct cl_component_list_request *request,
                                        struct cl_component_list_result *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "component list %.*s", CL_STR_ARG(request->kind)));
    ret->selection.total = 3;
    return CL_OK;
}

static enum cl_code stub_component_connect(struct cl_api *api, const struct cl_call *call,
                                           const struct cl_component_connect_request *request,
                                           struct cl_component_connect_result *ret,
                                           struct cl_err *err)
{
    CL_TRY(note(api, call, err, "connect %.*s", CL_STR_ARG(request->connector)));
    CL_TRY(component(&ret->component, err));
    return connector(&ret->connector, err);
}

static enum cl_code stub_component_disconnect(struct cl_api *api, const struct cl_call *call,
                                              const struct cl_component_ref *ref,
                                              bool *had_connector, struct cl_component *ret,
                                              struct cl_err *err)
{
    CL_TRY(note(api, call, err, "disconnect %.*s", CL_STR_ARG(ref->kind)));
    *had_connector = true;
    return component(ret, err);
}

static enum cl_code stub_component_remove(struct cl_api *api, const struct cl_call *call,
                                          const struct cl_component_ref *ref,
                                          struct cl_component *ret, struct cl_err *err)
{
    CL_TRY(note(api, call, err, "component remove %.*s", CL_STR_ARG(ref->ref.text)));
    return component(ret, err);
}

struct stub_discovery {
    struct cl_discovery discovery;
    struct stub *stub;
};

static enum cl_code stub_next(struct cl_discovery *self, struct cl_resource_list *ret,
                              int64_t *ret_order, struct cl_err *err)
{
    struct stub *stub = ((struct stub_discovery *)self)->stub;

    if (stub->refuses)
        return cl_err_set(err, CL_E_INTERRUPTED, "stopped");
    *ret_order = --stub->rows_left;
    return *ret_order < 0 ? CL_OK : resources(ret, err);
}

static size_t stub_total(const struct cl_discovery *self)
{
    (void)self;
    return 2;
}

static void stub_discovery_free(struct cl_discovery *self)
{
    cl_free(self);
}

static const struct cl_discovery_ops stub_discovery_ops = {
    .next = stub_next, .total = stub_total, .free = stub_discovery_free};

static enum cl_code stub_discover(struct cl_api *api, const struct cl_call *call,
                                  const struct cl_discovery_request *request,
                                  struct cl_discovery **ret, struct cl_err *err)
{
    struct stub_discovery *discovery = NULL;

    CL_TRY(note(api, call, err, "discover %.*s %d", CL_STR_ARG(request->resource_id),
                request->parallel));
    discovery = cl_alloc(sizeof(*discovery));
    assert_non_null(discovery);
    discovery->discovery.ops = &stub_discovery_ops;
    discovery->stub = stub_of(api);
    *ret = &discovery->discovery;
    return CL_OK;
}

static void stub_free(struct cl_api *api)
{
    stub_of(api)->freed = true;
}

static const struct cl_api_ops stub_ops = {
    .types = stub_types,
    .auto_configure = stub_auto,
    .register_connector = stub_register,
    .update = stub_update,
    .get = stub_get,
    .list = stub_list,
    .remove = stub_remove,
    .verify = stub_verify,
    .discover = stub_discover,
    .issue = stub_issue,
    .component_register = stub_component_register,
    .component_get = stub_component_get,
    .component_list = stub_component_list,
    .component_connect = stub_component_connect,
    .component_disconnect = stub_component_disconnect,
    .component_remove = stub_component_remove,
    .free = stub_free,
};

static const struct cl_call a_call = {.actor = "tester"};

#define SETUP                                                       \
    struct stub stub = {.api = {.ops = &stub_ops}, .rows_left = 2}; \
    struct cl_api *api = cl_encoded_api_wrap(&stub.api);            \
    struct cl_err err = CL_ERR_NONE;                                \
    (void)state

static void connectors_pass_with_their_secrets(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(cl_register_result) struct cl_register_result updated = {.existing = false};
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_register_request request = {.name = CL_STR_INIT("crate"), .input = &input};
    struct cl_update_request update = {.ref = {.text = CL_STR_INIT("c")}, .set_description = true};
    struct cl_get_request get = {.ref = {.text = CL_STR_INIT("crate")}, .reveal = true};

    SETUP;
    assert_ok(fake_input(&input, "realm", "r1", &err), &err);
    assert_ok(api->ops->register_connector(api, &a_call, &request, &result, &err), &err);
    assert_string_equal(stub.asked, "register crate realm=r1");
    assert_ptr_equal(stub.call, &a_call);
    assert_true(result.verified);
    assert_string_equal(result.connector.name, "crate");

    assert_ok(api->ops->update(api, &a_call, &update, &updated, &err), &err);
    assert_string_equal(stub.asked, "update c 10");

    assert_ok(api->ops->get(api, &a_call, &get, &conn, &err), &err);
    assert_string_equal(stub.asked, "get crate 1");
    assert_str(cl_secret_expose(cl_config_secret(&conn.config, "password")), "canary-pass");
    api->ops->free(api);
    assert_true(stub.freed);
}

static void lists_and_deletions_pass(void **state)
{
    CL_AUTO(cl_list_result) struct cl_list_result list = {.items = NULL};
    CL_AUTO(cl_delete_result) struct cl_delete_result deleted = {.name = NULL};
    CL_AUTO(cl_type_list) struct cl_type_list types = {.items = NULL};
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_list_request request = {.query = cl_query_default()};
    struct cl_delete_request remove = {.force = true};
    struct cl_type_filter filter = {.type = CL_STR_INIT("fake")};
    struct cl_auto_request auto_configure = {.type = CL_STR_INIT("fake")};

    SETUP;
    request.query.page = 3;
    assert_ok(api->ops->list(api, &a_call, &request, &list, &err), &err);
    assert_string_equal(stub.asked, "list page 3");
    assert_int_equal(list.selection.total, 7);
    assert_ok(api->ops->remove(api, &a_call, &remove, &deleted, &err), &err);
    assert_string_equal(stub.asked, "remove 1");
    assert_string_equal(deleted.name, "crate");
    assert_ok(api->ops->types(api, &a_call, &filter, &types, &err), &err);
    assert_string_equal(stub.asked, "types fake");
    assert_ptr_equal(types.items[0], &fake_type);
    assert_ok(cl_map_set(&auto_configure.sources, CL_STR("profile"), CL_STR("dev"), &err), &err);
    assert_ok(api->ops->auto_configure(api, &a_call, &auto_configure, &found, &err), &err);
    assert_string_equal(stub.asked, "auto fake dev");
    assert_string_equal(found.auth_method, "minted");
    cl_map_cleanup(&auto_configure.sources);
    api->ops->free(api);
}

static void verification_and_issuing_pass(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result issued = {.cached = false};
    struct cl_verify_request verify = {.resource_type = CL_STR_INIT("fake-box")};
    struct cl_issue_client_request issue = {.min_ttl_s = 61};

    SETUP;
    assert_ok(api->ops->verify(api, &a_call, &verify, &list, &err), &err);
    assert_string_equal(stub.asked, "verify fake-box");
    assert_int_equal(list.count, 3);
    assert_ok(api->ops->issue(api, &a_call, &issue, &issued, &err), &err);
    assert_string_equal(stub.asked, "issue 61");
    assert_true(issued.cached);
    api->ops->free(api);
}

static void components_pass(void **state)
{
    CL_AUTO(cl_component) struct cl_component one = {.name = NULL};
    CL_AUTO(cl_component_list_result) struct cl_component_list_result list = {.items = NULL};
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result connected = {.verified = false};
    struct cl_component_register_request request = {.flavor = CL_STR_INIT("s3")};
    struct cl_component_ref ref = {.kind = CL_STR_INIT("k"), .ref = {.text = CL_STR_INIT("r")}};
    struct cl_component_list_request listing = {.kind = CL_STR_INIT("k")};
    struct cl_component_connect_request connect = {.connector = CL_STR_INIT("c")};
    bool had_connector = false;

    SETUP;
    assert_ok(api->ops->component_register(api, &a_call, &request, &one, &err), &err);
    assert_string_equal(stub.asked, "component register s3");
    assert_string_equal(one.name, "s3-store");
    assert_ok(api->ops->component_get(api, &a_call, &ref, &one, &err), &err);
    assert_string_equal(stub.asked, "component get r");
    assert_ok(api->ops->component_list(api, &a_call, &listing, &list, &err), &err);
    assert_string_equal(stub.asked, "component list k");
    assert_int_equal(list.selection.total, 3);
    assert_ok(api->ops->component_connect(api, &a_call, &connect, &connected, &err), &err);
    assert_string_equal(stub.asked, "connect c");
    assert_string_equal(connected.component.name, "s3-store");
    assert_ok(api->ops->component_disconnect(api, &a_call, &ref, &had_connector, &one, &err), &err);
    assert_string_equal(stub.asked, "disconnect k");
    assert_true(had_connector);
    assert_ok(api->ops->component_remove(api, &a_call, &ref, &one, &err), &err);
    assert_string_equal(stub.asked, "component remove r");
    api->ops->free(api);
}

static void discovered_rows_pass_one_by_one(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list row = {.name = NULL};
    struct cl_discovery_request request = {.resource_id = CL_STR_INIT("box://a"), .parallel = 5};
    struct cl_discovery *discovery = NULL;
    int64_t order = 9;

    SETUP;
    assert_ok(api->ops->discover(api, &a_call, &request, &discovery, &err), &err);
    assert_string_equal(stub.asked, "discover box://a 5");
    assert_int_equal(discovery->ops->total(discovery), 2);
    assert_ok(discovery->ops->next(discovery, &row, &order, &err), &err);
    assert_int_equal(order, 1);
    assert_int_equal(row.count, 3);
    assert_ok(discovery->ops->next(discovery, &row, &order, &err), &err);
    assert_int_equal(order, 0);
    assert_ok(discovery->ops->next(discovery, &row, &order, &err), &err);
    assert_int_equal(order, -1);
    stub.refuses = true;
    assert_int_equal(discovery->ops->next(discovery, &row, &order, &err), CL_E_INTERRUPTED);
    discovery->ops->free(discovery);
    discovery = NULL;
    assert_int_equal(api->ops->discover(api, &a_call, &request, &discovery, &err), CL_E_DENIED);
    assert_null(discovery);
    api->ops->free(api);
}

static void an_error_passes_whole_and_brings_no_result(void **state)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_register_request request = {.input = &input};

    SETUP;
    stub.refuses = true;
    assert_ok(fake_input(&input, "realm", "r1", &err), &err);
    assert_int_equal(api->ops->register_connector(api, &a_call, &request, &result, &err),
                     CL_E_DENIED);
    assert_int_equal(err.code, CL_E_DENIED);
    assert_string_equal(err.text, "no");
    assert_string_equal(err.hint, "Ask nicely.");
    assert_int_equal(err.upstream_status, 403);
    assert_false(result.verified);
    assert_null(result.connector.name);
    api->ops->free(api);
}

static void passing_survives_lack_of_memory(void **state)
{
    struct cl_verify_request verify = {.resource_type = CL_STR_INIT("fake-box")};
    struct cl_resource_list list = {.name = NULL};

    SETUP;
    assert_survives_faults(api->ops->verify(api, &a_call, &verify, &list, &err), (void)0);
    assert_int_equal(list.count, 3);
    cl_resource_list_cleanup(&list);
    api->ops->free(api);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connectors_pass_with_their_secrets),
        cmocka_unit_test(lists_and_deletions_pass),
        cmocka_unit_test(verification_and_issuing_pass),
        cmocka_unit_test(components_pass),
        cmocka_unit_test(discovered_rows_pass_one_by_one),
        cmocka_unit_test(an_error_passes_whole_and_brings_no_result),
        cmocka_unit_test(passing_survives_lack_of_memory),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
