#include "hyperai_harness.h"

static void give(struct cl_input *input, const char *name, const char *text)
{
    struct cl_secret *value = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_secret_new(cl_str_of(text), &value, &err), &err);
    assert_ok(cl_input_add_take(input, cl_str_of(name), value, &err), &err);
}

/* Scans gpu1 (with these pins) and gpu2:2222. */
static enum cl_code scan(struct hyperai_harness *harness, const char *pins, const char *only,
                         struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_map) struct cl_map sources = CL_MAP_NONE;
    struct cl_discover_request request = {
        .method = harness->conn.method, .sources = &sources, .input = &input};

    give(&input, "hostnames", "gpu1,gpu2:2222");
    give(&input, "username", "ml");
    if (pins != NULL)
        give(&input, "host_keys", pins);
    if (only != NULL)
        assert_ok(cl_map_set(&sources, CL_STR("host"), cl_str_of(only), err), err);
    return hyperai_scan(&harness->call, &request, ret, err);
}

static void finds_what_is_not_pinned_yet(void **state)
{
    static const struct {
        const char *pins;
        const char *only;
        const char *lines;
        const char *word; /* of the last description; NULL: there is none */
    } cases[] = {
        {NULL, NULL, "gpu1 " HARNESS_KEY_A "|[gpu2]:2222 " HARNESS_KEY_A,
         "gpu2:2222 ssh-ed25519 SHA256:"},
        {NULL, "gpu2:2222", "[gpu2]:2222 " HARNESS_KEY_A, "gpu2:2222"},
        {NULL, "GPU1.,gpu1", "gpu1 " HARNESS_KEY_A, "gpu1"},
        {"gpu1 " HARNESS_KEY_A, NULL, "[gpu2]:2222 " HARNESS_KEY_A, "gpu2"},
        {"gpu1 " HARNESS_KEY_B, "gpu1", "gpu1 " HARNESS_KEY_A, "other keys of this host"},
        {"@revoked gpu1 " HARNESS_KEY_A, "gpu1", "", NULL},
        {"*,[*]:* " HARNESS_KEY_A, NULL, "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
        CL_AUTO(cl_string) char *lines = NULL;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        assert_ok(scan(&harness, cases[i].pins, cases[i].only, &found, &err), &err);
        const struct cl_strs *list = cl_config_list(&found.config, "host_keys");
        assert_non_null(list);
        assert_ok(cl_strs_join(list, "|", &lines, &err), &err);
        assert_string_equal(lines, cases[i].lines);
        assert_int_equal(found.looked_at.count, list->count);
        if (cases[i].word != NULL)
            assert_non_null(strstr(found.looked_at.items[list->count - 1], cases[i].word));
        hyperai_harness_cleanup(&harness);
    }
}

/* Unasked only new hosts are accepted: one that has pins may have been replaced. */
static void leaves_known_hosts_out_when_told_to(void **state)
{
    static const struct {
        const char *pins;
        const char *lines;
    } cases[] = {
        {NULL, "gpu1 " HARNESS_KEY_A "|[gpu2]:2222 " HARNESS_KEY_A},
        {"gpu1 " HARNESS_KEY_B, "[gpu2]:2222 " HARNESS_KEY_A},
        {"@revoked gpu1 " HARNESS_KEY_B, "[gpu2]:2222 " HARNESS_KEY_A},
        {"*,[*]:* " HARNESS_KEY_B, ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
        CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
        CL_AUTO(cl_string) char *lines = NULL;
        const struct cl_map sources = CL_MAP_NONE;
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        struct cl_discover_request request = {.method = harness.conn.method,
                                              .sources = &sources,
                                              .input = &input,
                                              .unknown_only = true};
        give(&input, "hostnames", "gpu1,gpu2:2222");
        if (cases[i].pins != NULL)
            give(&input, "host_keys", cases[i].pins);
        assert_ok(hyperai_scan(&harness.call, &request, &found, &err), &err);
        assert_ok(cl_strs_join(cl_config_list(&found.config, "host_keys"), "|", &lines, &err),
                  &err);
        assert_string_equal(lines, cases[i].lines);
        hyperai_harness_cleanup(&harness);
    }
}

static void warns_of_hosts_that_show_nothing(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    CL_AUTO(cl_discovered) struct cl_discovered none = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    harness.outcomes[0] = CL_E_UNREACHABLE;
    assert_ok(scan(&harness, NULL, NULL, &found, &err), &err);
    assert_int_equal(found.warnings.count, 1);
    assert_int_equal(found.looked_at.count, 1);
    harness.outcomes[1] = CL_E_PROVIDER;
    assert_int_equal(scan(&harness, NULL, NULL, &none, &err), CL_E_UNREACHABLE);
    hyperai_harness_cleanup(&harness);
}

static void scans_configured_hosts_only(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    assert_int_equal(scan(&harness, NULL, "gpu9", &found, &err), CL_E_OUT_OF_SCOPE);
    assert_int_equal(scan(&harness, NULL, "a b", &found, &err), CL_E_ID_INVALID);
    hyperai_harness_cleanup(&harness);
}

static enum cl_code scan_with_fault(struct hyperai_harness *harness, int64_t nth)
{
    CL_AUTO(cl_input) struct cl_input input = CL_INPUT_NONE;
    CL_AUTO(cl_map) struct cl_map sources = CL_MAP_NONE;
    CL_AUTO(cl_discovered) struct cl_discovered found = {.auth_method = NULL};
    struct cl_discover_request request = {
        .method = harness->conn.method, .sources = &sources, .input = &input};
    struct cl_err err = CL_ERR_NONE;

    give(&input, "hostnames", "gpu1,gpu2");
    give(&input, "host_keys", "gpu1 " HARNESS_KEY_B);
    (void)cl_alloc_fail_at(nth);
    enum cl_code code = hyperai_scan(&harness->call, &request, &found, &err);
    (void)cl_alloc_fail_at(0);
    return code;
}

static void survives_the_lack_of_memory(void **state)
{
    struct hyperai_harness harness;
    enum cl_code code = CL_E_FAILED;
    int64_t nth = 0;

    (void)state;
    hyperai_harness_init(&harness);
    while (code != CL_OK && nth < 1000) {
        code = scan_with_fault(&harness, ++nth);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 10 && nth < 1000);
    hyperai_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_not_pinned_yet),
        cmocka_unit_test(leaves_known_hosts_out_when_told_to),
        cmocka_unit_test(warns_of_hosts_that_show_nothing),
        cmocka_unit_test(scans_configured_hosts_only),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
