#include "hyperai_harness.h"

static void visits_with_the_pins_of_each_host(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_scope scope = {.type = instance_type()};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    set_text(&harness, "port", "2222");
    set_list(&harness, "hostnames", "gpu1:22\n10.0.0.7\n::1\n");
    set_list(&harness, "host_keys",
             "gpu1,[10.0.0.7]:2222 " HARNESS_KEY_A "\n@revoked gpu1 " HARNESS_KEY_B
             "\nother " HARNESS_KEY_B "\n");
    assert_ok(hyperai_verify(&harness.call, &harness.conn, &scope, &verified, &err), &err);
    assert_str(cl_buf_view(&harness.seen), "gpu1 22 ml pinned=2 revoked=1\n"
                                           "10.0.0.7 2222 ml pinned=1 revoked=0\n"
                                           "::1 2222 ml pinned=0 revoked=0\n");
    assert_int_equal(verified.warnings.count, 0);
    hyperai_harness_cleanup(&harness);
}

static void visits_only_the_host_that_is_meant(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_scope scope = {.type = instance_type(), .id = "gpu2"};
    struct cl_scope unknown = {.type = instance_type(), .id = "gpu9"};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    set_list(&harness, "hostnames", "gpu1\ngpu2\n");
    set_list(&harness, "host_keys", "gpu* " HARNESS_KEY_A "\n");
    assert_ok(hyperai_verify(&harness.call, &harness.conn, &scope, &verified, &err), &err);
    assert_str(cl_buf_view(&harness.seen), "gpu2 22 ml pinned=1 revoked=0\n");
    assert_int_equal(hyperai_verify(&harness.call, &harness.conn, &unknown, &verified, &err),
                     CL_E_OUT_OF_SCOPE);
    assert_int_equal(harness.visits, 1);
    hyperai_harness_cleanup(&harness);
}

static enum cl_code add_id(void *ctx, struct cl_str id, struct cl_err *err)
{
    struct cl_strs *texts = ctx;

    return cl_strs_add(texts, id, err);
}

static enum cl_code add_warning(void *ctx, struct cl_str sentence, struct cl_err *err)
{
    struct cl_strs *texts = ctx;

    assert_true(cl_str_starts(sentence, CL_STR("host 'gpu")));
    return cl_strs_add(texts, CL_STR("warning"), err);
}

static void lists_the_hosts_that_work(void **state)
{
    static const struct {
        const char *texts; /* NULL: an error */
        enum cl_code outcomes[3];
        enum cl_code code;
    } cases[] = {
        {"gpu1,gpu2,gpu3:2222", {CL_OK, CL_OK, CL_OK}, CL_OK},
        {"gpu1,warning,gpu3:2222", {CL_OK, CL_E_REJECTED, CL_OK}, CL_OK},
        {"warning,warning,gpu3:2222", {CL_E_UNREACHABLE, CL_E_HOST_KEY_CHANGED, CL_OK}, CL_OK},
        {NULL, {CL_E_HOST_KEY_UNKNOWN, CL_E_REJECTED, CL_E_REJECTED}, CL_E_HOST_KEY_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_strs) struct cl_strs texts = CL_STRS_NONE;
        CL_AUTO(cl_string) char *joined = NULL;
        struct cl_id_sink sink = {.ctx = &texts, .add = add_id, .warn = add_warning};
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        set_list(&harness, "hostnames", "gpu1\ngpu2\ngpu3:2222\n");
        (void)memcpy(harness.outcomes, cases[i].outcomes, sizeof(cases[i].outcomes));
        assert_int_equal(hyperai_list(&harness.call, &harness.conn, instance_type(), &sink, &err),
                         cases[i].code);
        assert_ok(cl_strs_join(&texts, ",", &joined, &err), &err);
        assert_string_equal(joined, cases[i].texts == NULL ? "" : cases[i].texts);
        if (cases[i].code != CL_OK)
            assert_non_null(strstr(err.text, "none of the 3 hosts"));
        hyperai_harness_cleanup(&harness);
    }
}

static void verifies_when_one_host_works(void **state)
{
    struct hyperai_harness harness;
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_scope whole = {.type = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    hyperai_harness_init(&harness);
    set_list(&harness, "hostnames", "gpu1\ngpu2\n");
    harness.outcomes[0] = CL_E_UNREACHABLE;
    assert_ok(hyperai_verify(&harness.call, &harness.conn, &whole, &verified, &err), &err);
    assert_int_equal(verified.warnings.count, 1);
    assert_non_null(strstr(verified.warnings.items[0], "provider_unreachable"));
    harness.outcomes[1] = CL_E_REJECTED;
    assert_int_equal(hyperai_verify(&harness.call, &harness.conn, &whole, &verified, &err),
                     CL_E_UNREACHABLE);
    hyperai_harness_cleanup(&harness);
}

static void says_how_a_key_is_pinned(void **state)
{
    static const struct {
        enum cl_code code;
        const char *id;
        const char *hint;
    } cases[] = {
        {CL_E_HOST_KEY_UNKNOWN, "", "--host_keys=@known_hosts"},
        {CL_E_HOST_KEY_UNKNOWN, "1f0c", "scan-host-keys box"},
        {CL_E_HOST_KEY_CHANGED, "1f0c", "Ask whoever runs the host"},
        {CL_E_REJECTED, "1f0c", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_scope whole = {.type = NULL};
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        assert_ok(cl_str_dup(CL_STR("box"), &harness.conn.name, &err), &err);
        (void)memcpy(harness.conn.id, cases[i].id, strlen(cases[i].id));
        harness.outcomes[0] = cases[i].code;
        assert_int_equal(hyperai_verify(&harness.call, &harness.conn, &whole, &verified, &err),
                         cases[i].code);
        assert_non_null(strstr(err.hint, cases[i].hint));
        hyperai_harness_cleanup(&harness);
    }
}

static void passes_on_what_stops_the_whole_call(void **state)
{
    static const enum cl_code codes[] = {CL_E_INTERRUPTED, CL_E_TIMEOUT, CL_E_LOCAL_TOOL_MISSING};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(codes); i++) {
        struct hyperai_harness harness;
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
        struct cl_scope whole = {.type = NULL};
        struct cl_err err = CL_ERR_NONE;

        hyperai_harness_init(&harness);
        harness.whole = codes[i];
        assert_int_equal(hyperai_verify(&harness.call, &harness.conn, &whole, &verified, &err),
                         codes[i]);
        hyperai_harness_cleanup(&harness);
    }
}

static enum cl_code list_with_fault(struct hyperai_harness *harness, int64_t nth)
{
    CL_AUTO(cl_strs) struct cl_strs texts = CL_STRS_NONE;
    struct cl_id_sink sink = {.ctx = &texts, .add = add_id, .warn = add_warning};
    struct cl_err err = CL_ERR_NONE;

    cl_buf_truncate(&harness->seen, 0);
    (void)cl_alloc_fail_at(nth);
    enum cl_code code = hyperai_list(&harness->call, &harness->conn, instance_type(), &sink, &err);
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
    cl_buf_reserve(&harness.seen, 4000);
    set_list(&harness, "hostnames", "gpu1\ngpu2\n");
    harness.outcomes[1] = CL_E_REJECTED;
    while (code != CL_OK && nth < 1000) {
        code = list_with_fault(&harness, ++nth);
        assert_true(code == CL_OK || code == CL_E_FAILED);
    }
    assert_true(nth > 5 && nth < 1000);
    hyperai_harness_cleanup(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visits_with_the_pins_of_each_host),
        cmocka_unit_test(visits_only_the_host_that_is_meant),
        cmocka_unit_test(lists_the_hosts_that_work),
        cmocka_unit_test(verifies_when_one_host_works),
        cmocka_unit_test(says_how_a_key_is_pinned),
        cmocka_unit_test(passes_on_what_stops_the_whole_call),
        cmocka_unit_test(survives_the_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
