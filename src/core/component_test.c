#include "test.h"

#include "codec/json.h"
#include "core/component.h"
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

static void assert_same_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        assert_ptr_equal(a, b);
    } else {
        assert_string_equal(a, b);
    }
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

/* What each takes; NULL: any connector type, or no attribute that holds the id. */
static void flavors_take_the_resources_of_their_kind(void **state)
{
    static const struct {
        const char *kind;
        const char *flavors; /* separated by blanks */
        const char *connector_type;
        const char *resource_type;
        const char *attr;
    } rows[] = {
        {"artifact_store", "s3", NULL, "s3-bucket", "path"},
        {"container_registry", "default github", NULL, "docker-registry", "uri"},
        {"container_registry", "dockerhub", "docker", "docker-registry", "uri"},
        {"container_registry", "aws", "aws", "docker-registry", "uri"},
        {"orchestrator", "kubernetes kubeflow tekton vm_kubernetes", NULL, "kubernetes-cluster",
         NULL},
        {"orchestrator", "sagemaker vm_aws", NULL, "aws-generic", NULL},
        {"orchestrator", "hyperai", NULL, "hyperai-instance", NULL},
        {"step_operator", "kubernetes", NULL, "kubernetes-cluster", NULL},
        {"step_operator", "sagemaker", NULL, "aws-generic", NULL},
        {"model_deployer", "seldon", NULL, "kubernetes-cluster", NULL},
        {"deployer", "kubernetes", NULL, "kubernetes-cluster", NULL},
        {"deployer", "aws", "aws", "aws-generic", NULL},
        {"image_builder", "aws", "aws", "aws-generic", NULL},
    };
    size_t seen = 0;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct cl_str rest = cl_str_of(rows[i].flavors);
        struct cl_str id = CL_STR_NONE;
        bool more = true;
        while (more) {
            more = cl_str_cut(rest, ' ', &id, &rest);
            const struct cl_flavor *flavor = cl_flavor_find(cl_str_of(rows[i].kind), id);
            assert_non_null(flavor);
            assert_same_text(flavor->connector_type, rows[i].connector_type);
            assert_same_text(flavor->resource_type, rows[i].resource_type);
            assert_same_text(flavor->resource_id_attr, rows[i].attr);
            seen++;
        }
    }
    assert_null(cl_flavor_at(seen)); /* and there is no other one */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_found_under_its_names),
        cmocka_unit_test(every_flavor_is_complete),
        cmocka_unit_test(flavors_take_the_resources_of_their_kind),
        cmocka_unit_test(an_unknown_flavor_is_told_what_there_is),
        cmocka_unit_test(configures_the_s3_flavor),
        cmocka_unit_test(an_alias_also_replaces_and_clears),
    };

    cl_json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
