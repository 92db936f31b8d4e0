#include "test.h"

#include "core/dup.h"
#include "core/result_codec.h"
#include "fake_type.h"
#include "fault.h"
#include "json_text.h"

static enum cl_code named(const char *name, struct cl_connector *conn, struct cl_err *err)
{
    CL_TRY(fake_connector("minted", conn, err));
    return cl_replace_text(&conn->name, cl_str_of(name), err);
}

static void types_are_found_by_id(void **state)
{
    CL_AUTO(cl_type_list) struct cl_type_list again = {.items = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_json) json_t *foreign = json_of("[{'connector_type':'nimbus'}]");
    const struct cl_connector_type *items[] = {&other_type, &fake_type};
    struct cl_type_list list = {.items = items, .count = 2};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(cl_type_list_encode(&list, &json, &err), (void)0);
    json = through_text(json);
    assert_survives_faults(cl_type_list_decode(json, &again, &err), (void)0);
    assert_int_equal(again.count, 2);
    assert_ptr_equal(again.items[0], &other_type);
    assert_ptr_equal(again.items[1], &fake_type);
    assert_int_equal(cl_type_list_decode(foreign, &again, &err), CL_E_INVALID_REQUEST);
    assert_int_equal(again.count, 2); /* untouched */
}

static enum cl_code make_register(struct cl_register_result *result, struct cl_err *err)
{
    result->existing = true;
    result->verified = true;
    CL_TRY(named("crate", &result->connector, err));
    CL_TRY(cl_resource_list_init(&result->resources, &result->connector,
                                 &result->connector.resource_types, err));
    return cl_strs_add(&result->warnings, CL_STR("Careful."), err);
}

static void a_registration_comes_back(void **state)
{
    CL_AUTO(cl_register_result) struct cl_register_result result = {.existing = false};
    CL_AUTO(cl_register_result) struct cl_register_result again = {.existing = false};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make_register(&result, &err), &err);
    assert_survives_faults(cl_register_result_encode(&result, &json, &err), (void)0);
    json = through_text(json);
    assert_survives_faults(cl_register_result_decode(json, &again, &err), (void)0);
    assert_true(again.existing && again.verified);
    assert_string_equal(again.connector.name, "crate");
    assert_int_equal(again.resources.count, 3);
    assert_string_equal(again.warnings.items[0], "Careful.");
    assert_false(again.connector.secrets_loaded);
    assert_null(cl_config_secret(&again.connector.config, "password"));
    assert_string_equal(again.connector.secret_names.items[0], "password");
}

/* Three connectors, of which the third and the first are on the page. */
static enum cl_code make_list(struct cl_list_result *result, struct cl_err *err)
{
    result->items = cl_array_alloc(3, sizeof(*result->items));
    result->components = cl_array_alloc(3, sizeof(*result->components));
    result->selection.indexes = cl_array_alloc(2, sizeof(size_t));
    assert_true(result->items != NULL && result->components != NULL);
    assert_non_null(result->selection.indexes);
    result->count = 3;
    CL_TRY(named("one", &result->items[0], err));
    CL_TRY(named("two", &result->items[1], err));
    CL_TRY(named("three", &result->items[2], err));
    CL_TRY(cl_strs_add(&result->components[2], CL_STR("s3-store"), err));
    result->selection.indexes[0] = 2;
    result->selection.count = 2;
    result->selection.total = 3;
    result->selection.page = 1;
    result->selection.page_count = 2;
    result->selection.size = 2;
    return CL_OK;
}

static void a_page_comes_back_alone_and_in_order(void **state)
{
    CL_AUTO(cl_list_result) struct cl_list_result result = {.items = NULL};
    CL_AUTO(cl_list_result) struct cl_list_result again = {.items = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make_list(&result, &err), &err);
    assert_survives_faults(cl_list_result_encode(&result, &json, &err), (void)0);
    json = through_text(json);
    assert_json(json_object_get(json, "pagination"),
                "{\"index\":1,\"max_size\":2,\"total_pages\":2,\"total\":3}");
    assert_survives_faults(cl_list_result_decode(json, &again, &err), (void)0);
    assert_int_equal(again.count, 2);
    assert_string_equal(again.items[0].name, "three");
    assert_string_equal(again.components[0].items[0], "s3-store");
    assert_string_equal(again.items[1].name, "one");
    assert_int_equal(again.components[1].count, 0);
    assert_int_equal(again.selection.count, 2);
    assert_int_equal(again.selection.indexes[1], 1);
    assert_int_equal(again.selection.total, 3);
    assert_int_equal(again.selection.page_count, 2);
}

static void an_empty_page_comes_back_empty(void **state)
{
    CL_AUTO(cl_list_result) struct cl_list_result again = {.items = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_list_result result = {.selection = {.page = 1, .page_count = 1, .size = 20}};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_list_result_encode(&result, &json, &err), &err);
    assert_ok(cl_list_result_decode(json, &again, &err), &err);
    assert_int_equal(again.count, 0);
    assert_int_equal(again.selection.size, 20);
}

static void a_deletion_comes_back(void **state)
{
    CL_AUTO(cl_delete_result) struct cl_delete_result again = {.name = NULL};
    CL_AUTO(cl_delete_result) struct cl_delete_result result = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_dup_text("crate", &result.name, &err), &err);
    assert_ok(cl_strs_add(&result.disconnected, CL_STR("s3-store"), &err), &err);
    assert_ok(cl_strs_add(&result.warnings, CL_STR("It lives on."), &err), &err);
    assert_survives_faults(cl_delete_result_encode(&result, &json, &err), (void)0);
    assert_json(json, "{\"name\":\"crate\",\"disconnected\":[\"s3-store\"],"
                      "\"warnings\":[\"It lives on.\"]}");
    assert_survives_faults(cl_delete_result_decode(json, &again, &err), (void)0);
    assert_string_equal(again.name, "crate");
    assert_string_equal(again.disconnected.items[0], "s3-store");
    assert_string_equal(again.warnings.items[0], "It lives on.");
}

static void an_issued_client_comes_back(void **state)
{
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result result = {.cached = true};
    CL_AUTO(cl_issue_client_result) struct cl_issue_client_result again = {.cached = false};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(named("crate", &result.connector, &err), &err);
    assert_ok(cl_dup_text("fake", &result.issued.connector_type, &err), &err);
    assert_ok(cl_secret_new(CL_STR("canary-token"), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&result.issued.config, "token", secret, &err), &err);
    assert_ok(cl_strs_add(&result.warnings, CL_STR("Careful."), &err), &err);
    assert_survives_faults(cl_issue_client_result_encode(&result, &json, &err), (void)0);
    json = through_text(json);
    assert_survives_faults(cl_issue_client_result_decode(json, &again, &err), (void)0);
    assert_true(again.cached);
    assert_string_equal(again.connector.name, "crate");
    assert_string_equal(again.issued.connector_type, "fake");
    assert_str(cl_secret_expose(cl_config_secret(&again.issued.config, "token")), "canary-token");
    assert_string_equal(again.warnings.items[0], "Careful.");
}

static enum cl_code fill_component(const char *name, struct cl_component *component,
                                   struct cl_err *err)
{
    component->kind = cl_kind_at(0);
    component->flavor = cl_flavor_at(0);
    return cl_dup_text(name, &component->name, err);
}

static void a_connection_comes_back(void **state)
{
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result result = {.verified = true};
    CL_AUTO(cl_component_connect_result)
    struct cl_component_connect_result again = {.verified = false};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill_component("s3-store", &result.component, &err), &err);
    assert_ok(named("crate", &result.connector, &err), &err);
    assert_ok(cl_resource_list_init(&result.resources, &result.connector,
                                    &result.connector.resource_types, &err),
              &err);
    assert_survives_faults(cl_component_connect_result_encode(&result, &json, &err), (void)0);
    json = through_text(json);
    assert_survives_faults(cl_component_connect_result_decode(json, &again, &err), (void)0);
    assert_true(again.verified);
    assert_string_equal(again.component.name, "s3-store");
    assert_string_equal(again.connector.name, "crate");
    assert_int_equal(again.resources.count, 3);
}

static void a_page_of_components_comes_back(void **state)
{
    CL_AUTO(cl_component_list_result) struct cl_component_list_result result = {.items = NULL};
    CL_AUTO(cl_component_list_result) struct cl_component_list_result again = {.items = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    result.items = cl_array_alloc(2, sizeof(*result.items));
    result.selection.indexes = cl_array_alloc(1, sizeof(size_t));
    assert_true(result.items != NULL && result.selection.indexes != NULL);
    result.count = 2;
    assert_ok(fill_component("a", &result.items[0], &err), &err);
    assert_ok(fill_component("b", &result.items[1], &err), &err);
    result.selection.indexes[0] = 1;
    result.selection.count = 1;
    result.selection.total = 2;
    assert_survives_faults(cl_component_list_result_encode(&result, &json, &err), (void)0);
    json = through_text(json);
    assert_survives_faults(cl_component_list_result_decode(json, &again, &err), (void)0);
    assert_int_equal(again.count, 1);
    assert_string_equal(again.items[0].name, "b");
    assert_int_equal(again.selection.total, 2);
}

static void what_was_discovered_comes_back(void **state)
{
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    CL_AUTO(cl_discovered) struct cl_discovered again = {.auth_method = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    found.expires_at = 1715690096;
    found.expiration_seconds = 900;
    assert_ok(cl_dup_text("session-token", &found.auth_method, &err), &err);
    assert_ok(cl_dup_text("the environment", &found.source, &err), &err);
    assert_ok(cl_dup_text("dev", &found.profile, &err), &err);
    assert_ok(cl_secret_new(CL_STR("canary"), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&found.config, "key", secret, &err), &err);
    assert_ok(cl_strs_add(&found.looked_at, CL_STR("here"), &err), &err);
    assert_ok(cl_strs_add(&found.warnings, CL_STR("Careful."), &err), &err);
    assert_survives_faults(cl_discovered_encode(&found, &json, &err), (void)0);
    json = through_text(json);
    assert_survives_faults(cl_discovered_decode(json, &again, &err), (void)0);
    assert_string_equal(again.auth_method, "session-token");
    assert_string_equal(again.source, "the environment");
    assert_string_equal(again.profile, "dev");
    assert_int_equal(again.expires_at, found.expires_at);
    assert_int_equal(again.expiration_seconds, 900);
    assert_true(cl_secret_eq(cl_config_secret(&again.config, "key"),
                             cl_config_secret(&found.config, "key")));
    assert_string_equal(again.looked_at.items[0], "here");
    assert_string_equal(again.warnings.items[0], "Careful.");
}

typedef enum cl_code (*decode_fn)(const json_t *json, struct cl_err *err);

#define DECODER(name)                                                         \
    static enum cl_code decode_##name(const json_t *json, struct cl_err *err) \
    {                                                                         \
        CL_AUTO(cl_##name) struct cl_##name value;                            \
        (void)memset(&value, 0, sizeof(value));                               \
        return cl_##name##_decode(json, &value, err);                         \
    }

DECODER(type_list)
DECODER(register_result)
DECODER(list_result)
DECODER(delete_result)
DECODER(issue_client_result)
DECODER(component_connect_result)
DECODER(component_list_result)
DECODER(discovered)

static const struct {
    decode_fn decode;
    const char *json;
} misfits[] = {
    {decode_type_list, "{}"},
    {decode_type_list, "[1]"},
    {decode_register_result, "[]"},
    {decode_register_result, "{}"},
    {decode_register_result, "{'connector':{},'resources':{},'verified':1}"},
    {decode_list_result, "{'items':[],'pagination':null}"},
    {decode_list_result, "{'items':[{'connector':{}},1],'pagination':{}}"},
    {decode_list_result, "{'items':{},'pagination':{}}"},
    {decode_list_result, "{'items':[],'pagination':{'total':'3'}}"},
    {decode_delete_result, "{'name':1}"},
    {decode_issue_client_result, "{'connector':{}}"},
    {decode_issue_client_result, "{'connector':{},'client':{},'cached':'yes'}"},
    {decode_component_connect_result, "{'component':{},'connector':{}}"},
    {decode_component_list_result, "{'items':[1],'pagination':{}}"},
    {decode_discovered, "{'looked_at':'here'}"},
};

static void refuses_what_is_no_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i].json);
        struct cl_err err = CL_ERR_NONE;

        if (misfits[i].decode(json, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_found_by_id),
        cmocka_unit_test(a_registration_comes_back),
        cmocka_unit_test(a_page_comes_back_alone_and_in_order),
        cmocka_unit_test(an_empty_page_comes_back_empty),
        cmocka_unit_test(a_deletion_comes_back),
        cmocka_unit_test(an_issued_client_comes_back),
        cmocka_unit_test(a_connection_comes_back),
        cmocka_unit_test(a_page_of_components_comes_back),
        cmocka_unit_test(what_was_discovered_comes_back),
        cmocka_unit_test(refuses_what_is_no_result),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
