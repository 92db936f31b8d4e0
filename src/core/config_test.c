#include "test.h"

#include "core/config.h"
#include "fake_type.h"
#include "fault.h"

static enum cl_code fill(struct cl_config *config, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs tags = CL_STRS_NONE;
    CL_AUTO(cl_secret) struct cl_secret *secret = NULL;

    CL_TRY(cl_config_set_text(config, "region", CL_STR("us-east-1"), err));
    CL_TRY(cl_secret_new(CL_STR("canary-pass"), &secret, err));
    CL_TRY(cl_config_set_secret_take(config, "password", CL_MOVE(secret), err));
    CL_TRY(cl_strs_add(&tags, CL_STR("one"), err));
    CL_TRY(cl_strs_add(&tags, CL_STR("two"), err));
    CL_TRY(cl_config_set_list(config, "tags", &tags, err));
    CL_TRY(cl_config_set_bool(config, "strict", true, err));
    return cl_config_set_int(config, "level", -7, err);
}

static void check_filled(const struct cl_config *config)
{
    const struct cl_strs *tags = cl_config_list(config, "tags");

    assert_str(cl_config_text(config, "region"), "us-east-1");
    assert_str(cl_secret_expose(cl_config_secret(config, "password")), "canary-pass");
    assert_non_null(tags);
    assert_int_equal(tags->count, 2);
    assert_string_equal(tags->items[1], "two");
    assert_true(cl_config_bool(config, "strict"));
    assert_str(cl_config_text(config, "level"), "-7");
    assert_int_equal(cl_config_find(config, "level")->kind, CL_ATTR_INT);
}

static void gives_back_what_was_set(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    assert_int_equal(config.count, 5);
    check_filled(&config);
}

static void answers_emptily_for_what_is_not_set(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_str(cl_config_text(&config, "region"), "");
    assert_null(cl_config_secret(&config, "password"));
    assert_null(cl_config_list(&config, "tags"));
    assert_false(cl_config_bool(&config, "strict"));
    assert_null(cl_config_find(&config, "level"));

    assert_ok(fill(&config, &err), &err);
    assert_str(cl_config_text(&config, "password"), "");
    assert_null(cl_config_list(&config, "region"));
    assert_null(cl_config_secret(&config, "region"));
    assert_false(cl_config_bool(&config, "region"));
}

static void setting_again_replaces_kind_and_value(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    assert_ok(cl_config_set_bool(&config, "password", false, &err), &err);
    assert_ok(cl_config_set_text(&config, "tags", CL_STR("one"), &err), &err);
    assert_int_equal(config.count, 5);
    assert_null(cl_config_secret(&config, "password"));
    assert_str(cl_config_text(&config, "password"), "false");
    assert_null(cl_config_list(&config, "tags"));
}

static void removing_keeps_the_others_in_order(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    cl_config_remove(&config, "password");
    cl_config_remove(&config, "password");
    assert_int_equal(config.count, 4);
    assert_string_equal(config.entries[0].name, "region");
    assert_string_equal(config.entries[1].name, "tags");
    assert_string_equal(config.entries[3].name, "level");
}

static void setting_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(fill(&config, &err), (void)0);
    check_filled(&config);
}

static void a_copy_stands_alone(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config copy = CL_CONFIG_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&config, &err), &err);
    assert_survives_faults(cl_config_copy(&config, &copy, &err), (void)0);
    cl_config_cleanup(&config);
    assert_int_equal(copy.count, 5);
    check_filled(&copy);
}

static void an_argument_given_twice_is_refused(void **state)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fake_input(&input, "region", "a", &err), &err);
    assert_ok(fake_input(&input, "other", NULL, &err), &err);
    assert_int_equal(fake_input(&input, "region", "canary-b", &err), CL_E_INVALID);
    assert_string_equal(err.text, "attribute 'region' is given twice");
    assert_int_equal(input.count, 2);
    assert_null(input.entries[1].value);
}

static void adding_an_argument_survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(fake_input(&input, "region", "a", &err), (void)0);
    assert_int_equal(input.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_set),
        cmocka_unit_test(answers_emptily_for_what_is_not_set),
        cmocka_unit_test(setting_again_replaces_kind_and_value),
        cmocka_unit_test(removing_keeps_the_others_in_order),
        cmocka_unit_test(setting_survives_lack_of_memory),
        cmocka_unit_test(a_copy_stands_alone),
        cmocka_unit_test(an_argument_given_twice_is_refused),
        cmocka_unit_test(adding_an_argument_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
