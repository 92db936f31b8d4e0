#include "test.h"

#include <stdio.h>

#include "core/codec_util.h"
#include "fault.h"
#include "json_text.h"

static void full_error(struct cl_err *error)
{
    (void)cl_err_set(error, CL_E_THROTTLED, "cannot list: slow down");
    (void)cl_err_hint(error, "Wait a little.");
    error->upstream_status = 429;
    error->retry_after_s = 7;
    assert_true(snprintf(error->upstream_code, sizeof(error->upstream_code), "SlowDown") > 0);
    assert_true(snprintf(error->upstream_service, sizeof(error->upstream_service), "s3") > 0);
    assert_true(
        snprintf(error->upstream_operation, sizeof(error->upstream_operation), "ListBuckets") > 0);
    assert_true(snprintf(error->upstream_request, sizeof(error->upstream_request), "req-1") > 0);
}

static void a_plain_error_has_no_details(void **state)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err error = CL_ERR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_err_set(&error, CL_E_NOT_FOUND, "connector 'aws-prdo' not found");
    (void)cl_err_hint(&error, "Did you mean 'aws-prod'?");
    assert_ok(cl_err_encode(&error, &json, &err), &err);
    assert_json(json, "{\"code\":\"not_found\",\"message\":\"connector 'aws-prdo' not found\","
                      "\"hint\":\"Did you mean 'aws-prod'?\",\"details\":null,\"request_id\":null,"
                      "\"exit_code\":3}");
}

static void the_providers_answer_is_in_the_details(void **state)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err error = CL_ERR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    full_error(&error);
    assert_survives_faults(cl_err_encode(&error, &json, &err), (void)0);
    assert_json(json,
                "{\"code\":\"provider_throttled\",\"message\":\"cannot list: slow down\","
                "\"hint\":\"Wait a little.\",\"details\":{\"retryable\":true,\"retry_after_s\":7,"
                "\"provider\":{\"service\":\"s3\",\"operation\":\"ListBuckets\","
                "\"http_status\":429,\"code\":\"SlowDown\",\"request_id\":\"req-1\"}},"
                "\"request_id\":null,\"exit_code\":9}");
}

/* As an object of its own and as members of a row: nothing is lost for any code. */
static void every_code_survives_a_round_trip(void **state)
{
    static const enum cl_code codes[] = {
#define CODE(name, wire, http, cls, exit, retry) name,
        CL_CODE_MAP(CODE)
#undef CODE
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(codes); i++) {
        CL_AUTO(cl_json) json_t *json = NULL;
        CL_AUTO(cl_json) json_t *members = NULL;
        CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
        struct cl_err error = CL_ERR_NONE;
        struct cl_err again = CL_ERR_NONE;
        struct cl_err row = CL_ERR_NONE;
        struct cl_err err = CL_ERR_NONE;

        full_error(&error);
        error.code = codes[i];
        assert_ok(cl_err_encode(&error, &json, &err), &err);
        json = through_text(json);
        assert_ok(cl_err_decode(json, &again, &err), &err);
        assert_memory_equal(&again, &error, sizeof(error));

        cl_json_open_object(&build, NULL);
        cl_member_add_error(&build, &error);
        cl_member_add_error_details(&build, &error);
        cl_json_close(&build);
        assert_ok(cl_json_build_take(&build, &members, &err), &err);
        assert_ok(cl_read_error(members, &row, &err), &err);
        assert_memory_equal(&row, &error, sizeof(error));
    }
}

static void no_error_is_null_members(void **state)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err none = CL_ERR_NONE;
    struct cl_err again = {.code = CL_E_FAILED};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_json_open_object(&build, NULL);
    cl_member_add_error(&build, &none);
    cl_member_add_error_details(&build, &none);
    cl_json_close(&build);
    assert_ok(cl_json_build_take(&build, &json, &err), &err);
    assert_json(json, "{\"error\":null,\"error_code\":null,\"retryable\":null,\"hint\":null,"
                      "\"request_id\":null,\"retry_after_s\":null,\"provider\":null}");
    assert_ok(cl_read_error(json, &again, &err), &err);
    assert_int_equal(again.code, CL_OK);
}

static const char *const misfits[] = {
    "[]",
    "{}",
    "{'code':1,'message':'x'}",
    "{'code':'failed','message':1}",
    "{'code':'failed','message':'x','details':[]}",
    "{'code':'failed','message':'x','details':{'retry_after_s':'x'}}",
    "{'code':'failed','message':'x','details':{'retry_after_s':-1}}",
    "{'code':'failed','message':'x','details':{'provider':1}}",
    "{'code':'failed','message':'x','details':{'provider':{'http_status':99999999999}}}",
};

static void refuses_what_is_no_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i]);
        struct cl_err error = CL_ERR_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(cl_err_decode(json, &error, &err), CL_E_INVALID_REQUEST);
        assert_int_equal(error.code, CL_OK);
    }
}

static void a_code_from_the_future_is_a_failure(void **state)
{
    CL_AUTO(cl_json) json_t *json = json_of("{'code':'moon_in_the_way','message':'wait'}");
    struct cl_err error = CL_ERR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_err_decode(json, &error, &err), &err);
    assert_int_equal(error.code, CL_E_FAILED);
    assert_string_equal(error.text, "wait");
}

static void a_foreign_error_cannot_move_the_cursor(void **state)
{
    CL_AUTO(cl_json)
    json_t *json = json_of("{'code':'failed','message':'a\\u001b[2Jb','hint':'c\\nd',"
                           "'details':{'provider':{'code':'\\u0007x','request_id':'a\\u009bb'}}}");
    struct cl_err error = CL_ERR_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_err_decode(json, &error, &err), &err);
    assert_string_equal(error.text, "a?[2Jb");
    assert_string_equal(error.hint, "c d");
    assert_string_equal(error.upstream_code, "?x");
    assert_string_equal(error.upstream_request, "a??b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_error_has_no_details),
        cmocka_unit_test(the_providers_answer_is_in_the_details),
        cmocka_unit_test(every_code_survives_a_round_trip),
        cmocka_unit_test(no_error_is_null_members),
        cmocka_unit_test(refuses_what_is_no_error),
        cmocka_unit_test(a_code_from_the_future_is_a_failure),
        cmocka_unit_test(a_foreign_error_cannot_move_the_cursor),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
