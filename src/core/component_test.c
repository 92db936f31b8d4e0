#include "test.h"

#include "codec/json.h"
#include "core/component.h"
#include "core/dup.h"
#include "fake_type.h"
#include "fault.h"

static void every_kind_is_found_under_its_names(void **state)
{
    (void)state;
    for (size_t i = 0; cl_kind_at(i) != NULL; i++) {
        const struct cl_component_kind *kind = cl_kind_at(i);
        assert_ptr_equal(cl_kind_find(cl_str_of(kind->id)), kind);
        assert_ptr_equal(cl_kind_find(cl_str_of(kind->command)), kind);
        assert_true(kind->title[0] != '\0' && kind->plural[0] != '\0');
        assert_true(kind->description[0] != '\0');
        for (size_t j = 0; kind->aliases[j] != NULL; j++)
            assert_ptr_equal(cl_kind_find(cl_str_of(kind->aliases[j])), kind);
    }
    assert_null(cl_kind_find(CL_STR("artifact")));
    assert_string_equal(cl_kind_find(CL_STR("as"))->id, "artifact_store");
}

static void check_flavor(const struct cl_flavor *flavor)
{
    assert_non_null(cl_kind_find(cl_str_of(flavor->kind)));
    assert_ptr_equal(cl_flavor_find(cl_str_of(flavor->kind), cl_str_of(flavor->id)), flavor);
    assert_non_null(flavor->title);
    assert_non_null(flavor->config_class);
    assert_non_null(flavor->integration);
    assert_non_null(flavor->source);
    if (flavor->resource_id_attr != NULL)
        assert_non_null(
            cl_attr_find(flavor->attrs, flavor->attr_count, cl_str_of(flavor->resource_id_attr)));
    if (flavor->name_alias != NULL) {
        assert_non_null(flavor->resource_id_attr);
        assert_null(cl_attr_find(flavor->attrs, flavor->attr_count, cl_str_of(flavor->name_alias)));
    }
    for (size_t i = 0; i < flavor->attr_count; i++) {
        assert_false(cl_attr_is_secret(&flavor->attrs[i]));
        assert_true(flavor->attrs[i].help[0] != '\0');
    }
}

static void every_flavor_is_complete(void **state)
{
    (void)state;
    assert_non_null(cl_flavor_at(0));
    for (size_t i = 0; cl_flavor_at(i) != NULL; i++)
        check_flavor(cl_flavor_at(i));
}

static void an_unknown_flavor_is_told_what_there_is(void **state)
{
    const struct cl_component_kind *kind = cl_kind_find(CL_STR("artifact-store"));
    const struct cl_flavor *flavor = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_flavor_require(kind, CL_STR("s3"), &flavor, &err), &err);
    assert_string_equal(flavor->id, "s3");
    flavor = NULL;
    assert_int_equal(cl_flavor_require(kind, CL_STR("s3x"), &flavor, &err), CL_E_NOT_FOUND);
    assert_null(flavor);
    assert_string_equal(err.text, "there is no artifact store flavor 's3x'; valid: s3");
    assert_string_equal(err.hint, "Did you mean 's3'?");
}

struct config_case {
    const char *given[3][2];
    enum cl_code code;
    const char *expect; /* path; or part of the error */
};

static const struct config_case config_cases[] = {
    {{{"path", "s3://zenfiles"}}, CL_OK, "s3://zenfiles"},
    {{{"path", "s3://zenfiles/a/b"}}, CL_OK, "s3://zenfiles/a/b"},
    {{{"bucket", "my-bucket"}}, CL_OK, "s3://my-bucket"},
    {{{"bucket", "s3://my-bucket"}}, CL_OK, "s3://my-bucket"},
    {{{"bucket", "a"}, {"authentication_secret", "aws-secret"}}, CL_OK, "s3://a"},
    {{{"bucket", "a"}, {"path", "s3://a"}}, CL_E_INVALID, "'path' is given twice"},
    {{{"path", "zenfiles"}}, CL_E_INVALID_ATTRIBUTE, "must begin with 's3://'"},
    {{{"path", "s3://"}}, CL_E_INVALID_ATTRIBUTE, "name something"},
    {{{"bucket", ""}}, CL_E_INVALID_ATTRIBUTE, "name something"},
    {{{"authentication_secret", "x"}},
     CL_E_MISSING_ATTRIBUTE,
     "flavor 's3' needs the missing attribute path"},
    {{{"path", "s3://a"}, {"pth", "x"}}, CL_E_UNKNOWN_ATTRIBUTE, "flavor 's3' has no attribute"},
    {{{"path", "s3://a"}, {"client_kwargs", "{\"endpoint_url\":\"http://x\"}"}}, CL_OK, "s3://a"},
    {{{"path", "s3://a"}, {"client_kwargs", ""}}, CL_OK, "s3://a"},
    {{{"path", "s3://a"}, {"client_kwargs", "{x"}},
     CL_E_INVALID_ATTRIBUTE,
     "attribute 'client_kwargs' is not JSON: "},
    {{{"path", "s3://a"}, {"config_kwargs", "[1]"}},
     CL_E_INVALID_ATTRIBUTE,
     "attribute 'config_kwargs' is not a JSON object"},
};

static void configures_the_s3_flavor(void **state)
{
    const struct cl_flavor *s3 = cl_flavor_find(CL_STR("artifact_store"), CL_STR("s3"));

    (void)state;
    for (size_t i = 0; i < CL_COUNT(config_cases); i++) {
        CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
        CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
        const struct config_case *row = &config_cases[i];
        struct cl_err err = CL_ERR_NONE;

        for (size_t j = 0; j < 3 && row->given[j][0] != NULL; j++)
            assert_ok(fake_input(&input, row->given[j][0], row->given[j][1], &err), &err);
        enum cl_code code = cl_flavor_config(s3, NULL, &input, &config, &err);
        if (code != row->code)
            fail_msg("row %zu: %s %s", i, cl_code_wire(code), err.text);
        if (code == CL_OK)
            assert_str(cl_config_text(&config, "path"), row->expect);
        else if (strstr(err.text, row->expect) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void an_alias_also_replaces_and_clears(void **state)
{
    CL_AUTO(cl_config) struct cl_config base = CL_CONFIG_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_input) struct cl_input clear = CL_INPUT_NONE;
    const struct cl_flavor *s3 = cl_flavor_at(0);
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_config_set_text(&base, "path", CL_STR("s3://old"), &err), &err);
    assert_ok(fake_input(&input, "bucket", "new", &err), &err);
    assert_survives_faults(cl_flavor_config(s3, &base, &input, &config, &err), (void)0);
    assert_str(cl_config_text(&config, "path"), "s3://new");
    assert_ok(fake_input(&clear, "bucket", NULL, &err), &err);
    assert_int_equal(cl_flavor_config(s3, &base, &clear, &config, &err), CL_E_MISSING_ATTRIBUTE);
}

static enum cl_code fill(struct cl_component *component, struct cl_err *err)
{
    component->kind = cl_kind_at(0);
    component->flavor = cl_flavor_at(0);
    component->created_at_us = 3;
    (void)memcpy(component->connector_id, "11111111-2222-4333-8444-555555555555", 37);
    CL_TRY(cl_dup_text("s3-zenfiles", &component->name, err));
    CL_TRY(cl_dup_text("tester", &component->owner, err));
    CL_TRY(cl_dup_text("aws-auto", &component->connector_name, err));
    CL_TRY(cl_dup_text("aws", &component->connector_type, err));
    CL_TRY(cl_dup_text("s3://zenfiles", &component->resource_id, err));
    CL_TRY(cl_map_set(&component->labels, CL_STR("team"), CL_STR("ml"), err));
    return cl_config_set_text(&component->config, "path", CL_STR("s3://zenfiles"), err);
}

static void a_copy_stands_alone(void **state)
{
    CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
    CL_AUTO(cl_component) struct cl_component copy = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(fill(&component, &err), &err);
    assert_survives_faults(cl_component_copy(&component, &copy, &err), (void)0);
    cl_component_cleanup(&component);
    assert_string_equal(copy.name, "s3-zenfiles");
    assert_string_equal(copy.connector_name, "aws-auto");
    assert_string_equal(copy.resource_id, "s3://zenfiles");
    assert_ptr_equal(copy.flavor, cl_flavor_at(0));
    assert_int_equal(copy.created_at_us, 3);
    assert_string_equal(copy.connector_id, "11111111-2222-4333-8444-555555555555");
    assert_str(cl_config_text(&copy.config, "path"), "s3://zenfiles");
    assert_string_equal(cl_map_get(&copy.labels, "team"), "ml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_found_under_its_names),
        cmocka_unit_test(every_flavor_is_complete),
        cmocka_unit_test(an_unknown_flavor_is_told_what_there_is),
        cmocka_unit_test(configures_the_s3_flavor),
        cmocka_unit_test(an_alias_also_replaces_and_clears),
        cmocka_unit_test(a_copy_stands_alone),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
