#include "test.h"

#include <stdio.h>

#include "core/api_codec.h"
#include "core/dup.h"
#include "core/stand_in.h"
#include "fake_type.h"
#include "fault.h"
#include "json_text.h"

#define ID "11111111-2222-4333-8444-555555555555"
#define SECRET_ID "22222222-2222-4333-8444-555555555555"

static enum cl_code make(struct cl_connector *conn, struct cl_err *err)
{
    CL_TRY(fake_connector("minted", conn, err));
    cl_strs_cleanup(&conn->resource_types);
    CL_TRY(cl_strs_add(&conn->resource_types, CL_STR("fake-box"), err));
    CL_TRY(cl_dup_text("a", &conn->resource_id, err));
    CL_TRY(cl_dup_text("box://a", &conn->canonical_id, err));
    CL_TRY(cl_map_set(&conn->labels, CL_STR("team"), CL_STR("ml"), err));
    CL_TRY(cl_map_set(&conn->facts, CL_STR("account"), CL_STR("1"), err));
    assert_true(snprintf(conn->secret_id, sizeof(conn->secret_id), SECRET_ID) == 36);
    conn->expires_at = 1715690096;
    conn->skew_s = 0;
    conn->expiration_seconds = 600;
    conn->shared = true;
    conn->created_at_us = 1715690096000001;
    conn->updated_at_us = 1715690097000000;
    conn->generation = 3;
    conn->last_verified_at = 1715690098;
    conn->last_verify_code = CL_E_DENIED;
    return CL_OK;
}

#define HEAD                                                                                    \
    "{\"id\":\"" ID "\",\"name\":\"crate\",\"description\":\"\",\"connector_type\":\"fake\","   \
    "\"auth_method\":\"minted\",\"resource_types\":[\"fake-box\"],\"resource_id\":\"box://a\"," \
    "\"supports_instances\":true,\"expires_at\":\"2024-05-14T12:34:56.000000Z\","               \
    "\"expires_skew_tolerance\":0,\"expiration_seconds\":600,"                                  \
    "\"configuration\":{\"realm\":\"r1\"},"
#define TAIL                                                                                  \
    "\"secret_id\":\"" SECRET_ID "\",\"labels\":{\"team\":\"ml\"},\"owner\":\"tester\","      \
    "\"shared\":true,\"active\":false,\"created\":\"2024-05-14T12:34:56.000001Z\","           \
    "\"updated\":\"2024-05-14T12:34:57.000000Z\",\"status\":\"failing\","                     \
    "\"verified\":\"2024-05-14T12:34:58.000000Z\",\"last_error_code\":\"permission_denied\"," \
    "\"generation\":3,\"resource_id_given\":\"a\",\"facts\":{\"account\":\"1\"}}"

static void has_the_promised_members_in_order(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_json) json_t *hidden = NULL;
    CL_AUTO(cl_json) json_t *shown = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&conn, &err), &err);
    assert_ok(cl_connector_encode(&conn, CL_SECRETS_HIDDEN, &hidden, &err), &err);
    assert_json(hidden, HEAD "\"secrets\":{\"password\":null},\"secrets_hidden\":true," TAIL);
    assert_survives_faults(cl_connector_encode(&conn, CL_SECRETS_SHOWN, &shown, &err), (void)0);
    assert_json(shown,
                HEAD "\"secrets\":{\"password\":\"canary-pass\"},\"secrets_hidden\":false," TAIL);
}

static void a_row_is_a_part_of_the_whole(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_json) json_t *row = NULL;
    CL_AUTO(cl_json) json_t *whole = NULL;
    struct cl_err err = CL_ERR_NONE;
    const char *key = NULL;
    json_t *value = NULL;

    (void)state;
    assert_ok(make(&conn, &err), &err);
    assert_ok(cl_connector_encode(&conn, CL_SECRETS_HIDDEN, &whole, &err), &err);
    assert_survives_faults(cl_connector_encode_row(&conn, &row, &err), (void)0);
    assert_int_equal(json_object_size(row), 14);
    json_object_foreach(row, key, value)
        assert_true(json_equal(value, json_object_get(whole, key)));
    assert_null(json_object_get(row, "secrets"));
    assert_null(json_object_get(row, "configuration"));
}

static void what_is_unset_is_null(void **state)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_connector conn = {.skew_s = CL_SKEW_UNSET};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_connector_encode(&conn, CL_SECRETS_SHOWN, &json, &err), &err);
    assert_json(json,
                "{\"id\":null,\"name\":null,\"description\":null,\"connector_type\":null,"
                "\"auth_method\":null,\"resource_types\":[],\"resource_id\":null,"
                "\"supports_instances\":false,\"expires_at\":null,\"expires_skew_tolerance\":null,"
                "\"expiration_seconds\":null,\"configuration\":{},\"secrets\":{},"
                "\"secrets_hidden\":true,\"secret_id\":null,\"labels\":{},\"owner\":null,"
                "\"shared\":false,\"active\":false,\"created\":null,\"updated\":null,"
                "\"status\":null,\"verified\":null,\"last_error_code\":null,\"generation\":0,"
                "\"resource_id_given\":null,\"facts\":{}}");
}

static void several_types_have_no_instances_of_their_own(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_connector("minted", &conn, &err), &err);
    assert_ok(cl_connector_encode(&conn, CL_SECRETS_HIDDEN, &json, &err), &err);
    assert_true(json_is_false(json_object_get(json, "supports_instances")));
}

static void check_same(const struct cl_connector *a, const struct cl_connector *b)
{
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->description, b->description);
    assert_string_equal(a->owner, b->owner);
    assert_ptr_equal(a->type, b->type);
    assert_ptr_equal(a->method, b->method);
    assert_string_equal(a->resource_id, b->resource_id);
    assert_string_equal(a->canonical_id, b->canonical_id);
    assert_string_equal(a->resource_types.items[0], b->resource_types.items[0]);
    assert_string_equal(a->secret_names.items[0], b->secret_names.items[0]);
    assert_int_equal(a->secret_names.count, b->secret_names.count);
    assert_string_equal(a->secret_id, b->secret_id);
    assert_int_equal(a->expires_at, b->expires_at);
    assert_int_equal(a->skew_s, b->skew_s);
    assert_int_equal(a->expiration_seconds, b->expiration_seconds);
    assert_int_equal(a->shared, b->shared);
    assert_int_equal(a->created_at_us, b->created_at_us);
    assert_int_equal(a->updated_at_us, b->updated_at_us);
    assert_int_equal(a->generation, b->generation);
    assert_int_equal(a->last_verified_at, b->last_verified_at);
    assert_int_equal(a->last_verify_code, b->last_verify_code);
    assert_string_equal(cl_map_get(&b->labels, "team"), "ml");
    assert_string_equal(cl_map_get(&b->facts, "account"), "1");
    assert_str(cl_config_text(&b->config, "realm"), "r1");
}

static void everything_comes_back(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_connector) struct cl_connector again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&conn, &err), &err);
    assert_ok(cl_connector_encode(&conn, CL_SECRETS_SHOWN, &json, &err), &err);
    json = through_text(json);
    assert_survives_faults(cl_connector_decode(json, &again, &err), (void)0);
    check_same(&conn, &again);
    assert_true(again.secrets_loaded);
    assert_str(cl_secret_expose(cl_config_secret(&again.config, "password")), "canary-pass");
}

static void hidden_secrets_come_back_as_names(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_connector) struct cl_connector again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&conn, &err), &err);
    cl_connector_drop_secrets(&conn);
    assert_ok(cl_connector_encode(&conn, CL_SECRETS_SHOWN, &json, &err), &err);
    assert_ok(cl_connector_decode(json, &again, &err), &err);
    check_same(&conn, &again);
    assert_false(again.secrets_loaded);
    assert_null(cl_config_secret(&again.config, "password"));
}

static void an_unset_connector_comes_back_unset(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of("{}");
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_connector_decode(json, &conn, &err), &err);
    assert_int_equal(conn.skew_s, CL_SKEW_UNSET);
    assert_null(conn.name);
    assert_null(conn.type);
    assert_string_equal(conn.id, "");
}

/* What another version's server says: no reason to refuse its whole list. */
static void unknown_types_and_methods_come_back_as_themselves(void **state)
{
    static const struct {
        const char *json;
        const char *type;
        const char *method;
    } rows[] = {
        {"{'name':'sky','connector_type':'nimbus','auth_method':'cloud-key'}", "nimbus",
         "cloud-key"},
        {"{'name':'sky','connector_type':'nimbus'}", "nimbus", ""},
        {"{'name':'sky','connector_type':'fake','auth_method':'key'}", "fake", "key"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(rows[i].json);
        CL_AUTO(cl_json) json_t *again = NULL;
        CL_AUTO(cl_json) json_t *row = NULL;
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_ok(cl_connector_decode(json, &conn, &err), &err);
        assert_int_equal(cl_connector_require_type(&conn, &err), CL_E_TYPE_UNAVAILABLE);
        assert_ok(cl_connector_encode(&conn, CL_SECRETS_HIDDEN, &again, &err), &err);
        assert_str(cl_json_str(again, "connector_type"), rows[i].type);
        assert_str(cl_json_str(again, "auth_method"), rows[i].method);
        assert_str(cl_json_str(again, "status"), "unavailable");
        assert_ok(cl_connector_encode_row(&conn, &row, &err), &err);
        assert_str(cl_json_str(row, "status"), "unavailable");
    }
}

static const char *const misfits[] = {
    "null",
    "{'id':1}",
    "{'id':'11111111-2222-4333-8444-5555555555555'}",
    "{'connector_type':1}",
    "{'resource_types':'fake-box'}",
    "{'expires_at':'tomorrow'}",
    "{'expires_skew_tolerance':'5'}",
    "{'configuration':1}",
    "{'secrets':1}",
    "{'secrets_hidden':1}",
    "{'labels':[]}",
    "{'facts':{'a':1}}",
    "{'shared':'yes'}",
    "{'generation':1.5}",
    "{'verified':5}",
    "{'last_error_code':5}",
    "{'secret_id':[]}",
};

static void refuses_what_is_no_connector(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i]);
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;

        if (cl_connector_decode(json, &conn, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu: %s", i, misfits[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_promised_members_in_order),
        cmocka_unit_test(a_row_is_a_part_of_the_whole),
        cmocka_unit_test(what_is_unset_is_null),
        cmocka_unit_test(several_types_have_no_instances_of_their_own),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(hidden_secrets_come_back_as_names),
        cmocka_unit_test(an_unset_connector_comes_back_unset),
        cmocka_unit_test(unknown_types_and_methods_come_back_as_themselves),
        cmocka_unit_test(refuses_what_is_no_connector),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
