#include "test.h"

#include "core/api_codec.h"
#include "core/dup.h"
#include "fault.h"
#include "json_text.h"

static enum cl_code make(struct cl_issued *issued, struct cl_err *err)
{
    struct cl_secret *secret = NULL;

    *issued = (struct cl_issued){
        .issued_at = 1715690096,
        .expires_at = 1715693696,
        .refresh_after = 1715693396,
        .provider_scoped = true,
    };
    CL_TRY(cl_dup_text("kubernetes", &issued->connector_type, err));
    CL_TRY(cl_dup_text("token", &issued->auth_method, err));
    CL_TRY(cl_dup_text("kubernetes-cluster", &issued->resource_type, err));
    CL_TRY(cl_dup_text("zenhacks-cluster", &issued->resource_id, err));
    CL_TRY(cl_dup_text("arn:aws:eks:us-east-1:1:cluster/x", &issued->client_id, err));
    CL_TRY(cl_dup_text("tail", &issued->fingerprint, err));
    CL_TRY(cl_secret_new(CL_STR("canary-token"), &secret, err));
    CL_TRY(cl_config_set_secret_take(&issued->config, "token", secret, err));
    CL_TRY(cl_config_set_bool(&issued->config, "insecure", false, err));
    return cl_strs_add(&issued->warnings, CL_STR("Careful."), err);
}

#define TEXT                                                                           \
    "{\"connector_type\":\"kubernetes\",\"auth_method\":\"token\","                    \
    "\"resource_type\":\"kubernetes-cluster\",\"resource_id\":\"zenhacks-cluster\","   \
    "\"client_id\":\"arn:aws:eks:us-east-1:1:cluster/x\","                             \
    "\"configuration\":{\"insecure\":false},\"secrets\":{\"token\":\"canary-token\"}," \
    "\"secrets_hidden\":false,\"issued_at\":\"2024-05-14T12:34:56.000000Z\","          \
    "\"expires_at\":\"2024-05-14T13:34:56.000000Z\","                                  \
    "\"refresh_after\":\"2024-05-14T13:29:56.000000Z\",\"long_lived\":false,"          \
    "\"provider_scoped\":true,\"fingerprint\":\"tail\",\"provider_request_id\":null,"  \
    "\"warnings\":[\"Careful.\"]}"

static void everything_comes_back(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.issued_at = 0};
    CL_AUTO(cl_issued) struct cl_issued again = {.issued_at = 0};
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(cl_json) json_t *second = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&issued, &err), &err);
    assert_survives_faults(cl_issued_encode(&issued, &json, &err), (void)0);
    assert_json(json, TEXT);
    json = through_text(json);
    assert_survives_faults(cl_issued_decode(json, &again, &err), (void)0);
    assert_int_equal(again.issued_at, issued.issued_at);
    assert_int_equal(again.expires_at, issued.expires_at);
    assert_int_equal(again.refresh_after, issued.refresh_after);
    assert_true(again.provider_scoped && !again.long_lived);
    assert_string_equal(again.client_id, issued.client_id);
    assert_null(again.provider_request_id);
    assert_true(cl_secret_eq(cl_config_secret(&again.config, "token"),
                             cl_config_secret(&issued.config, "token")));
    assert_ok(cl_issued_encode(&again, &second, &err), &err);
    assert_json(second, TEXT);
}

static void an_empty_credential_comes_back_empty(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued again = {.issued_at = 9};
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_issued issued = {.issued_at = 0};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_issued_encode(&issued, &json, &err), &err);
    assert_ok(cl_issued_decode(json, &again, &err), &err);
    assert_int_equal(again.issued_at, 0);
    assert_null(again.connector_type);
    assert_int_equal(again.config.count, 0);
}

static const char *const misfits[] = {
    "[]",
    "{'connector_type':1}",
    "{'issued_at':1715690096}",
    "{'expires_at':'2024-13-14T12:34:56Z'}",
    "{'long_lived':'no'}",
    "{'secrets':{'token':1}}",
    "{'warnings':'Careful.'}",
    "{'fingerprint':{}}",
};

static void refuses_what_is_no_credential(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i]);
        CL_AUTO(cl_issued) struct cl_issued issued = {.issued_at = 0};
        struct cl_err err = CL_ERR_NONE;

        if (cl_issued_decode(json, &issued, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(an_empty_credential_comes_back_empty),
        cmocka_unit_test(refuses_what_is_no_credential),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
