#include "test.h"

#include "core/api_codec.h"
#include "core/dup.h"
#include "core/stand_in.h"
#include "fault.h"
#include "json_text.h"

static enum cl_code make(struct cl_component *component, bool connected, struct cl_err *err)
{
    *component = (struct cl_component){
        .id = "33333333-2222-4333-8444-555555555555",
        .kind = cl_kind_at(0),
        .flavor = cl_flavor_at(0),
        .created_at_us = 1715690096000001,
        .updated_at_us = 1715690097000000,
    };
    CL_TRY(cl_dup_text("s3-zenfiles", &component->name, err));
    CL_TRY(cl_dup_text("tester", &component->owner, err));
    CL_TRY(cl_config_set_text(&component->config, "path", CL_STR("s3://zenfiles"), err));
    CL_TRY(cl_map_set(&component->labels, CL_STR("team"), CL_STR("ml"), err));
    if (!connected)
        return CL_OK;
    (void)memcpy(component->connector_id, "11111111-2222-4333-8444-555555555555", 37);
    CL_TRY(cl_dup_text("aws-auto", &component->connector_name, err));
    CL_TRY(cl_dup_text("aws", &component->connector_type, err));
    return cl_dup_text("s3://zenfiles", &component->resource_id, err);
}

#define HEAD                                                                       \
    "{\"id\":\"33333333-2222-4333-8444-555555555555\",\"name\":\"s3-zenfiles\","   \
    "\"kind\":\"artifact_store\",\"flavor\":\"s3\","                               \
    "\"configuration\":{\"path\":\"s3://zenfiles\"},\"labels\":{\"team\":\"ml\"}," \
    "\"owner\":\"tester\",\"active\":false,"
#define TAIL \
    "\"created\":\"2024-05-14T12:34:56.000001Z\",\"updated\":\"2024-05-14T12:34:57.000000Z\"}"

static void a_connected_component_comes_back(void **state)
{
    CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
    CL_AUTO(cl_component) struct cl_component again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&component, true, &err), &err);
    assert_survives_faults(cl_component_encode(&component, &json, &err), (void)0);
    assert_json(json, HEAD "\"connector\":{\"id\":\"11111111-2222-4333-8444-555555555555\","
                           "\"name\":\"aws-auto\",\"connector_type\":\"aws\"},"
                           "\"connector_resource_id\":\"s3://zenfiles\"," TAIL);
    json = through_text(json);
    assert_survives_faults(cl_component_decode(json, &again, &err), (void)0);
    assert_string_equal(again.name, "s3-zenfiles");
    assert_ptr_equal(again.kind, component.kind);
    assert_ptr_equal(again.flavor, component.flavor);
    assert_string_equal(again.connector_id, component.connector_id);
    assert_string_equal(again.connector_name, "aws-auto");
    assert_string_equal(again.connector_type, "aws");
    assert_string_equal(again.resource_id, "s3://zenfiles");
    assert_int_equal(again.created_at_us, component.created_at_us);
    assert_str(cl_config_text(&again.config, "path"), "s3://zenfiles");
    assert_string_equal(cl_map_get(&again.labels, "team"), "ml");
}

static void an_unconnected_one_has_no_connector(void **state)
{
    CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
    CL_AUTO(cl_component) struct cl_component again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&component, false, &err), &err);
    assert_ok(cl_component_encode(&component, &json, &err), &err);
    assert_json(json, HEAD "\"connector\":null,\"connector_resource_id\":null," TAIL);
    assert_ok(cl_component_decode(json, &again, &err), &err);
    assert_string_equal(again.connector_id, "");
    assert_null(again.connector_name);
    assert_null(again.resource_id);
}

static void an_unknown_flavor_comes_back_as_itself(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of("{'kind':'artifact_store','flavor':'vanilla'}");
    CL_AUTO(cl_json) json_t *again = NULL;
    CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_component_decode(json, &component, &err), &err);
    assert_int_equal(cl_component_require_flavor(&component, &err), CL_E_TYPE_UNAVAILABLE);
    assert_ok(cl_component_encode(&component, &again, &err), &err);
    assert_str(cl_json_str(again, "flavor"), "vanilla");
}

static const char *const misfits[] = {
    "[]",
    "{'id':[]}",
    "{'kind':'oven'}",
    "{'flavor':'s3'}",
    "{'connector':'aws-auto'}",
    "{'connector':{'id':5}}",
    "{'labels':1}",
    "{'created':'then'}",
};

static void refuses_what_is_no_component(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i]);
        CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;

        if (cl_component_decode(json, &component, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connected_component_comes_back),
        cmocka_unit_test(an_unconnected_one_has_no_connector),
        cmocka_unit_test(an_unknown_flavor_comes_back_as_itself),
        cmocka_unit_test(refuses_what_is_no_component),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
