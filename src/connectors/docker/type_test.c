#include "docker_harness.h"

static void has_sound_tables(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_type_check(&cl_type_docker, &err), &err);
    assert_int_equal(cl_type_docker.rank, 20);
    assert_string_equal(cl_type_docker.title, "Docker Service Connector");
    assert_string_equal(registry_type()->title, "Docker/OCI container registry");
    assert_false(registry_type()->supports_instances);
    assert_false(cl_method_is_temporary(&cl_type_docker.methods[0]));
}

static void keeps_name_and_password_secret(void **state)
{
    static const char *const secrets[] = {"username", "password"};
    static const char *const shown[] = {"registry", "repository", "ca_bundle", "auth_realm_pin"};
    const struct cl_auth_method *method = &cl_type_docker.methods[0];

    (void)state;
    for (size_t i = 0; i < CL_COUNT(secrets); i++) {
        const struct cl_attr *attr = cl_method_attr(method, cl_str_of(secrets[i]));
        assert_true(attr != NULL && cl_attr_is_secret(attr) && attr->required);
    }
    for (size_t i = 0; i < CL_COUNT(shown); i++) {
        const struct cl_attr *attr = cl_method_attr(method, cl_str_of(shown[i]));
        assert_true(attr != NULL && !cl_attr_is_secret(attr) && !attr->required);
    }
}

static void knows_its_one_registry(void **state)
{
    static const struct {
        const char *registry;
        const char *id;
    } cases[] = {
        {NULL, "docker.io"},
        {"https://index.docker.io/v1/", "docker.io"},
        {"ghcr.io/org/x", "ghcr.io"},
        {"http://LOCALHOST:5000", "localhost:5000"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct docker_harness harness = docker_harness(cases[i].registry);
        CL_AUTO(cl_string) char *id = NULL;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(docker_default_id(&harness.conn, registry_type(), &id, &err), &err);
        assert_string_equal(id, cases[i].id);
        docker_harness_cleanup(&harness);
    }
}

static void makes_one_id_of_many_spellings(void **state)
{
    struct docker_harness harness = docker_harness(NULL);
    CL_AUTO(cl_string) char *id = NULL;
    CL_AUTO(cl_string) char *none = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(docker_canonical_id(&harness.conn, registry_type(),
                                  CL_STR("HTTPS://Reg.Example.com:443/v2/acme/app"), &id, &err),
              &err);
    assert_string_equal(id, "reg.example.com");
    assert_int_equal(
        docker_canonical_id(&harness.conn, registry_type(), CL_STR("a b"), &none, &err),
        CL_E_ID_INVALID);
    assert_null(none);
    docker_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_sound_tables),
        cmocka_unit_test(keeps_name_and_password_secret),
        cmocka_unit_test(knows_its_one_registry),
        cmocka_unit_test(makes_one_id_of_many_spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
