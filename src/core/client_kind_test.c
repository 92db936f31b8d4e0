#include "test.h"

#include "core/client_kind.h"

static void knows_every_connector_type_of_the_product(void **state)
{
    static const char *const types[] = {"kubernetes", "docker", "azure", "aws", "gcp", "hyperai"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(types); i++) {
        const struct cl_client_kind *kind = cl_client_kind_find(cl_str_of(types[i]));
        assert_non_null(kind);
        assert_string_equal(kind->connector_type, types[i]);
        assert_true(cl_str_ends(cl_str_of(kind->title), CL_STR(" Service Connector")));
        assert_true(cl_is_utf8(cl_str_of(kind->emoji)) && kind->emoji[0] != '\0');
        assert_non_null(kind->attrs[0]);
        assert_int_equal(kind->resource_type == NULL, kind->resource_title == NULL);
    }
    assert_null(cl_client_kind_find(CL_STR("oracle")));
}

static void names_each_attribute_once(void **state)
{
    const struct cl_client_kind *kind = cl_client_kind_find(CL_STR("kubernetes"));

    (void)state;
    for (size_t i = 0; kind->attrs[i] != NULL; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(kind->attrs[i], kind->attrs[j]);
    }
    assert_string_equal(kind->resource_type, "kubernetes-cluster");
    assert_string_equal(kind->resource_title, "Kubernetes cluster");
}

static void knows_what_a_connector_issues_for_a_resource_type(void **state)
{
    static const struct {
        const char *connector_type;
        const char *resource_type;
        const char *client_type;
    } rows[] = {
        {"aws", "", "aws"},
        {"aws", "s3-bucket", "aws"},
        {"aws", "kubernetes-cluster", "kubernetes"},
        {"aws", "docker-registry", "docker"},
        {"kubernetes", "", "kubernetes"},
        {"kubernetes", "kubernetes-cluster", "kubernetes"},
        {"hyperai", "hyperai-instance", "hyperai"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        const struct cl_client_kind *kind = cl_client_kind_issued(cl_str_of(rows[i].connector_type),
                                                                  cl_str_of(rows[i].resource_type));
        assert_non_null(kind);
        assert_string_equal(kind->connector_type, rows[i].client_type);
    }
    assert_null(cl_client_kind_issued(CL_STR("oracle"), CL_STR("table")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_every_connector_type_of_the_product),
        cmocka_unit_test(names_each_attribute_once),
        cmocka_unit_test(knows_what_a_connector_issues_for_a_resource_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
