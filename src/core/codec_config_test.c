#include "test.h"

#include "core/codec_util.h"
#include "fault.h"
#include "json_text.h"

static enum cl_code fill(struct cl_config *config, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs tags = CL_STRS_NONE;
    struct cl_secret *secret = NULL;

    CL_TRY(cl_config_set_text(config, "region", CL_STR("us-east-1"), err));
    CL_TRY(cl_secret_new(CL_STR("canary\"\n\xC3\xA4"), &secret, err));
    CL_TRY(cl_config_set_secret_take(config, "password", secret, err));
    CL_TRY(cl_strs_add(&tags, CL_STR("one"), err));
    CL_TRY(cl_config_set_list(config, "tags", &tags, err));
    CL_TRY(cl_config_set_bool(config, "strict", false, err));
    return cl_config_set_int(config, "level", INT64_MIN, err);
}

#define OPEN                                                                            \
    "{\"configuration\":{\"region\":\"us-east-1\",\"tags\":[\"one\"],\"strict\":false," \
    "\"level\":-9223372036854775808},"

static void hides_secrets_unless_told(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_json) json_t *hidden = NULL;
    CL_AUTO(cl_json) json_t *shown = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    assert_ok(cl_config_encode(&config, CL_SECRETS_HIDDEN, &hidden, &err), &err);
    assert_json(hidden, OPEN "\"secrets\":{\"password\":null},\"secrets_hidden\":true}");
    assert_survives_faults(cl_config_encode(&config, CL_SECRETS_SHOWN, &shown, &err), (void)0);
    assert_json(shown, OPEN "\"secrets\":{\"password\":\"canary\\\"\\n\xC3\xA4\"},"
                            "\"secrets_hidden\":false}");
}

static void everything_comes_back(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config again = CL_CONFIG_NONE;
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    assert_ok(cl_config_encode(&config, CL_SECRETS_SHOWN, &json, &err), &err);
    json = through_text(json);
    assert_survives_faults(cl_config_decode(json, &again, &err), (void)0);
    assert_int_equal(again.count, config.count);
    for (size_t i = 0; i < config.count; i++) {
        const struct cl_config_entry *a = &config.entries[i];
        const struct cl_config_entry *b = cl_config_find(&again, a->name);
        assert_non_null(b);
        assert_int_equal(a->kind, b->kind);
        assert_true(cl_str_eq(cl_str_of(a->text), cl_str_of(b->text)));
        assert_true(cl_secret_eq(a->secret, b->secret));
        assert_int_equal(a->list.count, b->list.count);
    }
}

static void a_hidden_secret_does_not_come_back(void **state)
{
    CL_AUTO(cl_json)
    json_t *json = json_of("{'configuration':{'region':null,'a':'b'},'secrets':{'password':null}}");
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_config_decode(json, &config, &err), &err);
    assert_int_equal(config.count, 1);
    assert_str(cl_config_text(&config, "a"), "b");
}

static const char *const misfits[] = {
    "[]",
    "{'configuration':[]}",
    "{'configuration':{'a':{}}}",
    "{'configuration':{'a':1.5}}",
    "{'configuration':{'a':[1]}}",
    "{'configuration':{},'secrets':['x']}",
    "{'configuration':{},'secrets':{'password':1}}",
    "{'configuration':{},'secrets':{'password':true}}",
};

static void refuses_what_a_configuration_cannot_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(misfits); i++) {
        CL_AUTO(cl_json) json_t *json = json_of(misfits[i]);
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        struct cl_err err = CL_ERR_NONE;

        if (cl_config_decode(json, &config, &err) != CL_E_INVALID_REQUEST)
            fail_msg("row %zu", i);
        assert_int_equal(config.count, 0);
    }
}

static void names_of_absent_secrets_are_shown_too(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_strs) struct cl_strs names = CL_STRS_NONE;
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    assert_ok(cl_strs_add(&names, CL_STR("password"), &err), &err);
    assert_ok(cl_strs_add(&names, CL_STR("token"), &err), &err);
    cl_json_open_object(&build, NULL);
    cl_member_add_secrets(&build, &config, &names, false);
    cl_json_close(&build);
    assert_ok(cl_json_build_take(&build, &json, &err), &err);
    assert_json(json, "{\"secrets\":{\"password\":null,\"token\":null},\"secrets_hidden\":true}");
}

static void a_secret_that_is_no_text_cannot_be_encoded(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_secret *secret = NULL;
    struct cl_err err = CL_ERR_NONE;
    json_t *json = NULL;

    (void)state;
    assert_ok(cl_secret_new(CL_STR("\xFF"), &secret, &err), &err);
    assert_ok(cl_config_set_secret_take(&config, "password", secret, &err), &err);
    assert_int_equal(cl_config_encode(&config, CL_SECRETS_SHOWN, &json, &err), CL_E_INVALID);
    assert_null(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_secrets_unless_told),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(a_hidden_secret_does_not_come_back),
        cmocka_unit_test(refuses_what_a_configuration_cannot_hold),
        cmocka_unit_test(names_of_absent_secrets_are_shown_too),
        cmocka_unit_test(a_secret_that_is_no_text_cannot_be_encoded),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
