#include "base/alloc.h"
#include "codec/json.h"
#include "core/config.h"
#include "core/type.h"
#include "fake_type.h"
#include "fault.h"
#include "test.h"

static const struct cl_auth_method *open_method(void)
{
    return cl_type_method(&fake_type, CL_STR("open"));
}

static void fill(struct cl_config *config)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(fake_input(&input, "realm", "r1", &err), &err);
    assert_ok(fake_input(&input, "password", "canary-pass", &err), &err);
    assert_ok(fake_input(&input, "tags", "[\"a,b\",\"c\"]", &err), &err);
    assert_ok(fake_input(&input, "level", "3", &err), &err);
    assert_ok(fake_input(&input, "strict", "on", &err), &err);
    assert_ok(cl_config_build(open_method(), NULL, &input, config, &err), &err);
}

/* Laid over its own secrets it is what it was. */
static void builds_the_same_configuration_again(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config again = CL_CONFIG_NONE;
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fill(&config);
    assert_ok(cl_config_to_input(&config, &input, &err), &err);
    assert_false(cl_input_has(&input, CL_STR("password")));
    assert_ok(cl_config_build(open_method(), &config, &input, &again, &err), &err);
    assert_int_equal(again.count, config.count);
    assert_str(cl_config_text(&again, "realm"), "r1");
    assert_str(cl_config_text(&again, "level"), "3");
    assert_true(cl_config_bool(&again, "strict"));
    assert_int_equal(cl_config_list(&again, "tags")->count, 2);
    assert_string_equal(cl_config_list(&again, "tags")->items[0], "a,b");
}

static void survives_lack_of_memory(void **state)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fill(&config);
    assert_survives_faults(cl_config_to_input(&config, &input, &err), cl_input_cleanup(&input));
    assert_ok(cl_config_to_input(&config, &input, &err), &err);
    assert_int_equal(input.count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_same_configuration_again),
        cmocka_unit_test(survives_lack_of_memory),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
