#include "test.h"

#include "base/alloc.h"
#include "core/scope.h"
#include "fake_type.h"
#include "fault.h"

struct configure_case {
    const char *method;
    const char *types; /* comma-separated; "": none given */
    const char *id;
    int64_t ttl_s;
    enum cl_code code;
    const char *expect_types;
    const char *expect_id; /* canonical; or part of the error's text */
    int64_t expect_ttl_s;
};

static const struct configure_case cases[] = {
    /* all of the method's types when none is named */
    {"minted", "", NULL, 0, CL_OK, "fake-realm,fake-box,fake-jar", NULL, 600},
    {"open", "", NULL, 0, CL_OK, "fake-realm,fake-box", NULL, 0},
    /* a subset stays a subset, in the type's order and each once */
    {"minted", "fake-jar,fake-box,fake-jar", NULL, 0, CL_OK, "fake-box,fake-jar", NULL, 600},
    {"minted", "fake-box", NULL, 3600, CL_OK, "fake-box", NULL, 3600},
    {"minted", "fake-box", "a", 0, CL_OK, "fake-box", "box://a", 600},
    {"minted", "fake-box", "box://a", 0, CL_OK, "fake-box", "box://a", 600},
    /* one instance: its id follows from the configuration */
    {"minted", "fake-realm", NULL, 0, CL_OK, "fake-realm", "r1", 600},
    {"minted", "fake-realm", "r1", 0, CL_OK, "fake-realm", "r1", 600},
    {"minted", "fake-realm", "r2", 0, CL_E_OUT_OF_SCOPE, NULL, "'r1', but 'r2' was asked", 0},
    /* an id that does not fit is an error, never dropped */
    {"minted", "fake-box", "NO!", 0, CL_E_ID_INVALID, NULL, "box://{name}", 0},
    {"minted", "", "box://a", 0, CL_E_TYPE_REQUIRED, NULL,
     "several: fake-realm, fake-box, fake-jar", 0},
    {"minted", "fake-box,fake-jar", "a", 0, CL_E_TYPE_REQUIRED, NULL, "several", 0},
    {"minted", "fake-bix", NULL, 0, CL_E_UNKNOWN_RESOURCE_TYPE, NULL, "'fake-bix'", 0},
    {"open", "fake-jar", NULL, 0, CL_E_METHOD_UNSUPPORTED, NULL, "'open' does not serve", 0},
    {"open", "fake-box,fake-jar", NULL, 0, CL_E_METHOD_UNSUPPORTED, NULL, "'open'", 0},
    {"minted", "", NULL, 59, CL_E_TTL_UNAVAILABLE, NULL, "between 60s", 0},
    {"minted", "", NULL, 3601, CL_E_TTL_UNAVAILABLE, NULL, "and 3600s", 0},
    {"open", "", NULL, 600, CL_E_TTL_UNAVAILABLE, NULL, "cannot choose", 0},
};

static void prepare(const struct configure_case *row, struct cl_connector *conn)
{
    struct cl_err err = CL_ERR_NONE;
    struct cl_str rest = cl_str_of(row->types);
    struct cl_str type = CL_STR_NONE;

    assert_ok(fake_connector(row->method, conn, &err), &err);
    cl_strs_cleanup(&conn->resource_types);
    for (bool more = rest.len > 0; more;) {
        more = cl_str_cut(rest, ',', &type, &rest);
        assert_ok(cl_strs_add(&conn->resource_types, type, &err), &err);
    }
    if (row->id != NULL)
        assert_ok(cl_str_dup(cl_str_of(row->id), &conn->resource_id, &err), &err);
    conn->expiration_seconds = row->ttl_s;
}

static void check_result(size_t at, const struct configure_case *row,
                         const struct cl_connector *conn)
{
    CL_AUTO(cl_string) char *types = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_strs_join(&conn->resource_types, ",", &types, &err), &err);
    if (strcmp(types, row->expect_types) != 0)
        fail_msg("row %zu: %s", at, types);
    if (!cl_str_eq(cl_str_of(conn->canonical_id), cl_str_of(row->expect_id)))
        fail_msg("row %zu: %s", at, conn->canonical_id == NULL ? "none" : conn->canonical_id);
    assert_true(cl_str_eq(cl_str_of(conn->resource_id), cl_str_of(row->id)));
    assert_int_equal(conn->expiration_seconds, row->expect_ttl_s);
}

static void applies_scope_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        const struct configure_case *row = &cases[i];
        struct cl_err err = CL_ERR_NONE;

        prepare(row, &conn);
        enum cl_code code = cl_scope_configure(&conn, &warnings, &err);
        if (code != row->code)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(code), err.text);
        if (code == CL_OK)
            check_result(i, row, &conn);
        else if (strstr(err.text, row->expect_id) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

static void configuring_again_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        struct cl_err err = CL_ERR_NONE;

        prepare(&cases[i], &conn);
        if (cl_scope_configure(&conn, &warnings, &err) != CL_OK)
            continue;
        assert_ok(cl_scope_configure(&conn, &warnings, &err), &err);
        check_result(i, &cases[i], &conn);
    }
}

static void asks_the_type_about_its_configuration(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    prepare(&cases[0], &conn);
    assert_ok(cl_config_set_text(&conn.config, "realm", CL_STR("odd"), &err), &err);
    assert_ok(cl_scope_configure(&conn, &warnings, &err), &err);
    assert_int_equal(warnings.count, 1);
    assert_ok(cl_config_set_text(&conn.config, "realm", CL_STR("a/b"), &err), &err);
    assert_int_equal(cl_scope_configure(&conn, &warnings, &err), CL_E_INVALID_ATTRIBUTE);
}

static void a_changed_realm_moves_the_single_resource(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    prepare(&cases[6], &conn);
    assert_ok(cl_scope_configure(&conn, &warnings, &err), &err);
    assert_string_equal(conn.canonical_id, "r1");
    assert_ok(cl_config_set_text(&conn.config, "realm", CL_STR("r2"), &err), &err);
    assert_ok(cl_scope_configure(&conn, &warnings, &err), &err);
    assert_string_equal(conn.canonical_id, "r2");
}

static void refuses_a_negative_tolerance_and_a_long_id(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;
    char long_id[300];

    (void)state;
    prepare(&cases[3], &conn);
    conn.skew_s = -2;
    assert_int_equal(cl_scope_configure(&conn, &warnings, &err), CL_E_INVALID);
    conn.skew_s = 0;
    (void)memset(long_id, 'a', sizeof(long_id));
    assert_ok(cl_str_dup(cl_str_make(long_id, sizeof(long_id)), &conn.resource_id, &err), &err);
    assert_int_equal(cl_scope_configure(&conn, &warnings, &err), CL_E_ID_INVALID);
    assert_string_equal(err.text, "a resource id of 300 bytes is longer than 255");
}

static enum cl_code configure_fresh(struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    CL_TRY(fake_connector("minted", &conn, err));
    while (conn.resource_types.count > 1)
        cl_free(conn.resource_types.items[--conn.resource_types.count]);
    CL_TRY(cl_str_dup(CL_STR("r1"), &conn.resource_id, err));
    CL_TRY(cl_config_set_text(&conn.config, "realm", CL_STR("r1"), err));
    return cl_scope_configure(&conn, &warnings, err);
}

static void configuring_survives_lack_of_memory(void **state)
{
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(configure_fresh(&err), (void)0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(applies_scope_rules),
        cmocka_unit_test(configuring_again_changes_nothing),
        cmocka_unit_test(asks_the_type_about_its_configuration),
        cmocka_unit_test(a_changed_realm_moves_the_single_resource),
        cmocka_unit_test(refuses_a_negative_tolerance_and_a_long_id),
        cmocka_unit_test(configuring_survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
