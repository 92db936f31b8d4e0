#include "test.h"

#include "core/registry.h"
#include "fake_type.h"
#include "fault.h"

static void finds_a_type_by_exact_id(void **state)
{
    (void)state;
    assert_ptr_equal(cl_registry_find(CL_STR("fake")), &fake_type);
    assert_null(cl_registry_find(CL_STR("Fake")));
    assert_null(cl_registry_find(CL_STR("")));
}

static void orders_by_rank_not_by_letter(void **state)
{
    (void)state;
    assert_ptr_equal(cl_registry_at(0), &other_type);
    assert_ptr_equal(cl_registry_at(1), &fake_type);
    assert_null(cl_registry_at(2));
}

static void an_unknown_type_is_told_what_there_is(void **state)
{
    const struct cl_connector_type *type = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_registry_require(CL_STR("fkae"), &type, &err), CL_E_UNKNOWN_TYPE);
    assert_null(type);
    assert_string_equal(err.text, "there is no connector type 'fkae'; valid: other, fake");
    assert_string_equal(err.hint, "Did you mean 'fake'?");
    assert_ok(cl_registry_require(CL_STR("other"), &type, &err), &err);
    assert_ptr_equal(type, &other_type);
}

struct spec_case {
    const char *method;
    const char *resource;
    enum cl_code code;
    const char *error;
    const char *hint;
};

/* The numbered errors of the specification check, and what is inferred. */
static const struct spec_case spec_cases[] = {
    {"minted", "fake-jar", CL_OK, NULL, NULL},
    {"minted", "", CL_OK, NULL, NULL},
    {"mint", "", CL_E_UNKNOWN_METHOD,
     "connector type 'fake' has no auth method 'mint'; valid: open, minted, ambient",
     "Did you mean 'minted'?"},
    {"minted", "fake-bix", CL_E_UNKNOWN_RESOURCE_TYPE,
     "connector type 'fake' has no resource type 'fake-bix'; valid: fake-realm, fake-box, fake-jar",
     "Did you mean 'fake-box'?"},
    {"open", "fake-jar", CL_E_METHOD_UNSUPPORTED,
     "auth method 'open' does not serve resource type 'fake-jar'; valid: minted, ambient", ""},
    {"nonsense", "nonsense", CL_E_UNKNOWN_RESOURCE_TYPE, "no resource type 'nonsense'", ""},
    {"", "", CL_E_INVALID, "has several auth methods and none is given; valid: open, minted",
     "'cleat service-connector describe-type fake' explains them."},
    {"", "fake-jar", CL_E_INVALID, "none is given; valid: minted, ambient",
     "'cleat service-connector describe-type fake' explains them."},
};

static void checks_method_and_resource_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(spec_cases); i++) {
        const struct spec_case *row = &spec_cases[i];
        const struct cl_auth_method *method = NULL;
        const struct cl_resource_type *resource = NULL;
        struct cl_err err = CL_ERR_NONE;
        enum cl_code code = cl_registry_find_spec(
            &fake_type, cl_str_of(row->method), cl_str_of(row->resource), &method, &resource, &err);

        assert_int_equal(code, row->code);
        if (row->error != NULL && strstr(err.text, row->error) == NULL)
            fail_msg("row %zu: %s", i, err.text);
        if (row->hint != NULL)
            assert_string_equal(err.hint, row->hint);
        assert_int_equal(method != NULL, code == CL_OK);
        assert_int_equal(resource != NULL, code == CL_OK && row->resource[0] != '\0');
    }
}

static void infers_the_only_method(void **state)
{
    const struct cl_auth_method *method = NULL;
    const struct cl_resource_type *resource = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(
        cl_registry_find_spec(&other_type, CL_STR_NONE, CL_STR_NONE, &method, &resource, &err),
        &err);
    assert_string_equal(method->id, "key");
    assert_null(resource);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_type_by_exact_id),
        cmocka_unit_test(orders_by_rank_not_by_letter),
        cmocka_unit_test(an_unknown_type_is_told_what_there_is),
        cmocka_unit_test(checks_method_and_resource_type),
        cmocka_unit_test(infers_the_only_method),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
