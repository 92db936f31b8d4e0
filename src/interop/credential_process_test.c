#include "interop/credential_process.h"

#include "base/alloc.h"
#include "codec/json.h"
#include "faults.h"
#include "test.h"

/* The documentation's example key, not one that works. */
#define KEY_ID      \
    "AKIAIOSFODNN7" \
    "EXAMPLE"
#define SECRET               \
    "wJalrXUtnFEMI/K7MDENG/" \
    "bPxRfiCYEXAMPLEKEY"

static void add_secret(struct cl_config *config, const char *name, const char *value)
{
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(value), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(config, name, secret, &err), &err);
}

static void fill(struct cl_issued *issued, const char *token, int64_t expires_at)
{
    struct cl_err err = CL_ERR_NONE;

    *issued = (struct cl_issued){.expires_at = expires_at};
    assert_ok(cl_str_dup(CL_STR("aws"), &issued->connector_type, &err), &err);
    add_secret(&issued->config, "aws_access_key_id", KEY_ID);
    add_secret(&issued->config, "aws_secret_access_key", SECRET);
    if (token != NULL)
        add_secret(&issued->config, "aws_session_token", token);
    assert_ok(cl_config_set_text(&issued->config, "region", CL_STR("us-east-1"), &err), &err);
}

static void writes_exactly_what_the_sdks_read(void **state)
{
    static const struct {
        const char *token;
        int64_t expires_at;
        const char *account;
        const char *tail;
    } rows[] = {
        {"tok\"en\\", 1715693696, "123456789012",
         ",\"SessionToken\":\"tok\\\"en\\\\\",\"Expiration\":\"2024-05-14T13:34:56Z\","
         "\"AccountId\":\"123456789012\"}"},
        {"token", 1715693696, "",
         ",\"SessionToken\":\"token\",\"Expiration\":\"2024-05-14T13:34:56Z\"}"},
        /* A long-lived key: permanent, no null members. */
        {NULL, 0, "123456789012", ",\"AccountId\":\"123456789012\"}"},
        {NULL, 0, "", "}"},
        {"token", 4102444800, "",
         ",\"SessionToken\":\"token\",\"Expiration\":\"2100-01-01T00:00:00Z\"}"},
    };
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_issued) struct cl_issued issued = {.expires_at = 0};
        CL_AUTO(cl_buf) struct cl_buf out = CL_BUF_SECRET(4096);
        CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(4096);
        fill(&issued, rows[i].token, rows[i].expires_at);
        assert_ok(cl_credential_process_add(&out, &issued, cl_str_of(rows[i].account), &err), &err);
        cl_buf_addf(&want, "{\"Version\":1,\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\"%s",
                    KEY_ID, SECRET, rows[i].tail);
        assert_str(cl_buf_view(&out), want.ptr);
    }
}

static void appends_to_what_is_there(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.expires_at = 0};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF_SECRET(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fill(&issued, NULL, 0);
    cl_buf_add_c(&out, "before ");
    assert_ok(cl_credential_process_add(&out, &issued, CL_STR_NONE, &err), &err);
    assert_true(cl_str_starts(cl_buf_view(&out), CL_STR("before {\"Version\":1,")));
    assert_true(cl_str_find(cl_buf_view(&out), '\n') == out.len);
}

static void refuses_what_is_no_aws_credential(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.expires_at = 0};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(4096);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_str_dup(CL_STR("kubernetes"), &issued.connector_type, &err), &err);
    add_secret(&issued.config, "token", "canary");
    assert_int_equal(cl_credential_process_add(&out, &issued, CL_STR_NONE, &err), CL_E_UNSUPPORTED);
    assert_string_equal(err.text, "a 'kubernetes' credential is no AWS credential");
    assert_int_equal(out.len, 0);
}

static void says_when_there_is_no_room(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.expires_at = 0};
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF(16);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fill(&issued, NULL, 0);
    assert_int_equal(cl_credential_process_add(&out, &issued, CL_STR_NONE, &err), CL_E_INVALID);
    assert_null(strstr(err.text, "AKIA"));
}

static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf out = CL_BUF_SECRET(4096);

    return cl_credential_process_add(&out, ctx, CL_STR("123456789012"), err);
}

static void reports_every_failing_allocation(void **state)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.expires_at = 0};

    (void)state;
    fill(&issued, "token", 1715693696);
    assert_true(fail_each_allocation(attempt, &issued) > 3);
}

static int set_up_json(void **state)
{
    (void)state;
    cl_json_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_exactly_what_the_sdks_read),
        cmocka_unit_test(appends_to_what_is_there),
        cmocka_unit_test(refuses_what_is_no_aws_credential),
        cmocka_unit_test(says_when_there_is_no_room),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, set_up_json, NULL);
}
