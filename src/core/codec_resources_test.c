#include "test.h"

#include "core/api_codec.h"
#include "fake_type.h"
#include "fault.h"
#include "json_text.h"

static enum cl_code make(struct cl_resource_list *list, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_err denied = CL_ERR_NONE;

    CL_TRY(fake_connector("minted", &conn, err));
    CL_TRY(cl_resource_list_init(list, &conn, &conn.resource_types, err));
    list->rows[0].listed = true;
    CL_TRY(cl_strs_add(&list->rows[0].ids, CL_STR("r1"), err));
    CL_TRY(cl_map_set(&list->facts, CL_STR("realm_id"), CL_STR("r1"), err));
    list->rows[1].listed = true;
    list->rows[1].truncated = true;
    list->rows[1].listed_at = 1715690096;
    (void)cl_err_set(&denied, CL_E_DENIED, "no jars for you");
    denied.upstream_status = 403;
    cl_resource_list_set_error(list, 2, &denied);
    return cl_strs_add(&list->warnings, CL_STR("Careful."), err);
}

#define NO_ERROR                                                                \
    "\"error_code\":null,\"retryable\":null,\"hint\":null,\"request_id\":null," \
    "\"retry_after_s\":null,\"provider\":null"
#define TEXT                                                                               \
    "{\"id\":\"11111111-2222-4333-8444-555555555555\",\"name\":\"crate\","                 \
    "\"connector_type\":\"fake\",\"error\":null,\"resources\":["                           \
    "{\"resource_type\":\"fake-realm\",\"resource_ids\":[\"r1\"],\"error\":null," NO_ERROR \
    ",\"truncated\":false,\"listed_at\":null,\"cached\":false},"                           \
    "{\"resource_type\":\"fake-box\",\"resource_ids\":[],\"error\":null," NO_ERROR         \
    ",\"truncated\":true,\"listed_at\":\"2024-05-14T12:34:56.000000Z\",\"cached\":false}," \
    "{\"resource_type\":\"fake-jar\",\"resource_ids\":null,\"error\":\"no jars for you\"," \
    "\"error_code\":\"permission_denied\",\"retryable\":false,\"hint\":null,"              \
    "\"request_id\":null,\"retry_after_s\":null,\"provider\":{\"service\":null,"           \
    "\"operation\":null,\"http_status\":403,\"code\":null,\"request_id\":null},"           \
    "\"truncated\":false,\"listed_at\":null,\"cached\":false}]," NO_ERROR                  \
    ",\"warnings\":[\"Careful.\"],\"facts\":{\"realm_id\":\"r1\"}}"

static void rows_come_back_listed_empty_or_failed(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&list, &err), &err);
    assert_survives_faults(cl_resource_list_encode(&list, &json, &err), (void)0);
    assert_json(json, TEXT);
    json = through_text(json);
    assert_survives_faults(cl_resource_list_decode(json, &again, &err), (void)0);
    assert_int_equal(again.count, 3);
    assert_true(again.rows[0].listed && again.rows[1].listed && !again.rows[2].listed);
    assert_string_equal(again.rows[0].ids.items[0], "r1");
    assert_int_equal(again.rows[1].ids.count, 0);
    assert_true(again.rows[1].truncated);
    assert_int_equal(again.rows[1].listed_at, 1715690096);
    assert_memory_equal(&again.rows[2].error, &list.rows[2].error, sizeof(struct cl_err));
    assert_int_equal(again.error.code, CL_OK);
    assert_string_equal(again.warnings.items[0], "Careful.");
    assert_string_equal(cl_map_get(&again.facts, "realm_id"), "r1");
    assert_string_equal(again.id, list.id);
}

static void the_answer_to_a_question_comes_back(void **state)
{
    static const char allowed[] =
        "{\"what\":\"push\",\"allowed\":true,\"notes\":[\"v2\"],\"error\":null," NO_ERROR "}";
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_json) json_t *denied = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&list, &err), &err);
    assert_ok(cl_str_dup(CL_STR("push"), &list.check, &err), &err);
    assert_ok(cl_strs_add(&list.check_notes, CL_STR("v2"), &err), &err);
    assert_ok(cl_resource_list_encode(&list, &json, &err), &err);
    assert_json(json_object_get(json, "check"), allowed);
    (void)cl_err_set(&list.check_denied, CL_E_DENIED, "not there");
    assert_survives_faults(cl_resource_list_encode(&list, &denied, &err), (void)0);
    assert_false(json_is_true(json_object_get(json_object_get(denied, "check"), "allowed")));
    assert_survives_faults(cl_resource_list_decode(denied, &again, &err), (void)0);
    assert_string_equal(again.check, "push");
    assert_int_equal(again.check_denied.code, CL_E_DENIED);
    assert_string_equal(again.check_denied.text, "not there");
    assert_string_equal(again.check_notes.items[0], "v2");
}

static void a_global_error_comes_back(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    CL_AUTO(cl_resource_list) struct cl_resource_list again = {.name = NULL};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err rejected = CL_ERR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&list, &err), &err);
    (void)cl_err_set(&rejected, CL_E_REJECTED, "who are you?");
    (void)cl_err_hint(&rejected, "Say who.");
    cl_resource_list_set_global(&list, &rejected);
    assert_ok(cl_resource_list_encode(&list, &json, &err), &err);
    assert_string_equal(json_string_value(json_object_get(json, "error")), "who are you?");
    assert_string_equal(json_string_value(json_object_get(json, "error_code")),
                        "credentials_rejected");
    assert_ok(cl_resource_list_decode(json, &again, &err), &err);
    assert_memory_equal(&again.error, &rejected, sizeof(rejected));
    assert_memory_equal(&again.rows[1].error, &rejected, sizeof(rejected));
    assert_int_equal(cl_resource_list_code(&again), CL_E_REJECTED);
}

static const char *const misfits[] = {
    "[]",
    "{'id':1}",
    "{'resources':{}}",
    "{'resources':[1]}",
    "{'resources':[{'resource_type':1}]}",
    "{'resources':[{'resource_ids':'r1'}]}",
    "{'resources':[{'error':'x'}]}",
    "{'resources':[{'resource_type':'a'},{'truncated':1}]}",
    "{'error':'x','error_code':7}",
    "{'warnings':1}",
};

static void refuses_what_is_no_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i]);
        CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;

        if (cl_resource_list_decode(json, &list, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_listed_empty_or_failed),
        cmocka_unit_test(the_answer_to_a_question_comes_back),
        cmocka_unit_test(a_global_error_comes_back),
        cmocka_unit_test(refuses_what_is_no_list),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
