#include "hyperai_harness.h"

static void has_sound_tables(void **state)
{
    static const char *const methods[] = {HYPERAI_RSA, HYPERAI_DSA, HYPERAI_ECDSA, HYPERAI_ED25519};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_type_check(&cl_type_hyperai, &err), &err);
    assert_string_equal(cl_type_hyperai.title, "HyperAI Service Connector");
    assert_true(instance_type()->supports_instances);
    assert_true(cl_type_hyperai.listing_proves);
    for (size_t i = 0; i < CL_COUNT(methods); i++)
        assert_string_equal(cl_type_hyperai.methods[i].id, methods[i]);
}

static void keeps_keys_and_passphrases_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < cl_type_hyperai.method_count; i++) {
        const struct cl_auth_method *method = &cl_type_hyperai.methods[i];
        for (size_t j = 0; j < method->attr_count; j++) {
            const struct cl_attr *attr = &method->attrs[j];
            bool names_one = strstr(attr->name, "_key") != NULL && attr->kind != CL_ATTR_LIST;
            bool phrase = strstr(attr->name, "passphrase") != NULL;
            assert_int_equal(cl_attr_is_secret(attr), names_one || phrase);
        }
    }
}

static void makes_one_id_of_many_spellings(void **state)
{
    static const struct {
        const char *hosts;
        const char *port;
        const char *input;
        enum cl_code code;
        const char *id;
    } cases[] = {
        {"gpu1\n", NULL, " GPU1. ", CL_OK, "gpu1"},
        {"gpu1\n", NULL, "gpu1:22", CL_OK, "gpu1"},
        {"gpu1:2222\n", NULL, "gpu1:2222", CL_OK, "gpu1:2222"},
        {"gpu1:2222\n", NULL, "gpu1", CL_E_OUT_OF_SCOPE, NULL},
        {"gpu1\n", "2222", "gpu1", CL_OK, "gpu1:2222"},
        {"gpu1\ngpu2\n", NULL, "gpu2", CL_OK, "gpu2"},
        {"gpu1\n", NULL, "gpu2", CL_E_OUT_OF_SCOPE, NULL},
        {"::1\n", "2222", "[::1]:2222", CL_OK, "[::1]:2222"},
        {"gpu1\n", NULL, "root@gpu1", CL_E_ID_INVALID, NULL},
        {"gpu1\n", NULL, "-x", CL_E_ID_INVALID, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_string) char *id = NULL;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        set_list(&harness, "hostnames", cases[i].hosts);
        if (cases[i].port != NULL)
            set_text(&harness, "port", cases[i].port);
        assert_int_equal(hyperai_canonical_id(&harness.conn, instance_type(),
                                              cl_str_of(cases[i].input), &id, &err),
                         cases[i].code);
        if (cases[i].id == NULL) {
            assert_null(id);
        } else {
            assert_string_equal(id, cases[i].id);
        }
        hyperai_harness_cleanup(&harness);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_sound_tables),
        cmocka_unit_test(keeps_keys_and_passphrases_secret),
        cmocka_unit_test(makes_one_id_of_many_spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
