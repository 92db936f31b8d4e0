#include "kubernetes_harness.h"

static void has_sound_tables(void **state)
{
    static const char *const methods[] = {"password", "token", "client-certificate",
                                          "service-account", "in-cluster"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_type_check(&cl_type_kubernetes, &err), &err);
    assert_int_equal(cl_type_kubernetes.rank, 10);
    assert_string_equal(cl_type_kubernetes.title, "Kubernetes Service Connector");
    assert_string_equal(cluster_type()->title, "Kubernetes cluster");
    assert_false(cluster_type()->supports_instances);
    assert_int_equal(cl_type_kubernetes.method_count, CL_COUNT(methods));
    for (size_t i = 0; i < CL_COUNT(methods); i++)
        assert_string_equal(cl_type_kubernetes.methods[i].id, methods[i]);
}

static void says_what_each_method_issues(void **state)
{
    (void)state;
    for (size_t i = 0; i < cl_type_kubernetes.method_count; i++) {
        const struct cl_auth_method *method = &cl_type_kubernetes.methods[i];
        bool mints = strcmp(method->id, "service-account") == 0 || method->implicit;

        assert_int_equal(method->issues, mints ? CL_ISSUES_TEMPORARY : CL_ISSUES_PASS_THROUGH);
        assert_int_equal(method->implicit, strcmp(method->id, "in-cluster") == 0);
        if (!mints)
            continue;
        assert_int_equal(method->min_ttl_s, 600);
        assert_int_equal(method->default_ttl_s, 3600);
        assert_int_equal(method->max_ttl_s, 86400);
    }
}

static void keeps_credentials_secret(void **state)
{
    static const char *const secrets[] = {"username", "password", "token", "client_certificate",
                                          "client_key"};
    static const char *const shown[] = {"server", "cluster_name", "certificate_authority",
                                        "service_account"};

    (void)state;
    for (size_t i = 0; i < cl_type_kubernetes.method_count; i++) {
        const struct cl_auth_method *method = &cl_type_kubernetes.methods[i];
        for (size_t s = 0; s < CL_COUNT(secrets); s++) {
            const struct cl_attr *attr = cl_method_attr(method, cl_str_of(secrets[s]));
            assert_true(attr == NULL || cl_attr_is_secret(attr));
        }
        for (size_t s = 0; s < CL_COUNT(shown); s++) {
            const struct cl_attr *attr = cl_method_attr(method, cl_str_of(shown[s]));
            assert_true(attr == NULL || !cl_attr_is_secret(attr));
        }
    }
}

static void its_one_cluster_is_called_as_configured(void **state)
{
    struct kubernetes_harness harness = kubernetes_with_token("token");
    CL_AUTO(cl_string) char *id = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    set_text(&harness, "cluster_name", "Kind/A");
    assert_ok(kubernetes_default_id(&harness.conn, cluster_type(), &id, &err), &err);
    assert_string_equal(id, "Kind/A");
    kubernetes_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_sound_tables),
        cmocka_unit_test(says_what_each_method_issues),
        cmocka_unit_test(keeps_credentials_secret),
        cmocka_unit_test(its_one_cluster_is_called_as_configured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
