#include "test.h"

#include <stdio.h>

#include "core/fields.h"
#include "fake_type.h"

static const struct cl_flavor flavor = {.id = "s3"};
static const struct cl_component_kind kind = {.id = "artifact_store"};

struct field_case {
    const char *field;
    const char *value;
    bool matches;
};

static const struct field_case connector_cases[] = {
    {"name", "crate", true},
    {"name", "startswith:cr", true},
    {"connector_type", "fake", true},
    {"connector_type", "other", false},
    {"auth_method", "minted", true},
    {"resource_type", "fake-jar", true}, /* it can access this type, among others */
    {"resource_type", "fake-mug", false},
    {"resource_id", "box://a", true}, /* as given or canonical */
    {"resource_id", "a", true},
    {"resource_id", "b", false},
    {"user", "tester", true},
    {"user_id", "tester", true},
    {"owner", "nobody", false},
    {"secret_id", "22222222-2222-4333-8444-555555555555", true},
    {"id", "1111111122224333", false},
    {"id", "11111111222243338444555555555555", true},
    {"created", "1970-01-01 00:00:05", true},
    {"updated", "gt:1970-01-01 00:00:05", true},
    {"description", "isempty:", true},
    {"expires_at", "1970-01-01 00:01:00", true},
    {"expiration_seconds", "isempty:", true},
    {"shared", "false", true},
    {"workspace_id", "default", true},
    {"type", "fake", true},
    {"resource_types", "fake-box", true},
    {"resource_name", "box://a", true},
};

static bool selects(struct cl_query_source source, const struct field_case *row)
{
    CL_AUTO(cl_query) struct cl_query query = cl_query_default();
    CL_AUTO(cl_selection) struct cl_selection selection = {.indexes = NULL};
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_query_add_filter(&query, cl_str_of(row->field), cl_str_of(row->value), &err),
              &err);
    assert_ok(cl_query_select(&query, &source, &selection, &err), &err);
    return selection.count == 1;
}

static void make_connector(struct cl_connector *conn)
{
    struct cl_err err = CL_ERR_NONE;

    assert_ok(fake_connector("minted", conn, &err), &err);
    assert_ok(cl_str_dup(CL_STR("a"), &conn->resource_id, &err), &err);
    assert_ok(cl_str_dup(CL_STR("box://a"), &conn->canonical_id, &err), &err);
    assert_true(snprintf(conn->secret_id, sizeof(conn->secret_id),
                         "22222222-2222-4333-8444-555555555555") == 36);
    conn->created_at_us = 5000000;
    conn->updated_at_us = 6000000;
    conn->expires_at = 60;
}

static void connectors_have_every_field(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    const void *items[] = {&conn};

    (void)state;
    make_connector(&conn);
    for (size_t i = 0; i < CL_COUNT(connector_cases); i++) {
        if (selects(cl_connector_source(items, 1), &connector_cases[i]) !=
            connector_cases[i].matches)
            fail_msg("row %zu", i);
    }
}

static const struct field_case component_cases[] = {
    {"name", "s3-zenfiles", true},
    {"kind", "artifact_store", true},
    {"flavor", "s3", true},
    {"connector_id", "22222222222243338444555555555555", true},
    {"connector", "crate", true},
    {"resource_id", "s3://zenfiles", true},
    {"user", "tester", true},
    {"owner", "tester", true},
    {"id", "startswith:3333", true},
    {"component_id", "startswith:4444", false},
    {"created", "1970-01-01 00:00:07", true},
    {"updated", "isnotempty:", true},
    {"workspace_id", "default", true},
};

static char component_name[] = "s3-zenfiles";
static char connector_name[] = "crate";
static char resource_id[] = "s3://zenfiles";
static char owner[] = "tester";

static void components_have_every_field(void **state)
{
    struct cl_component component = {
        .id = "33333333-2222-4333-8444-555555555555",
        .name = component_name,
        .kind = &kind,
        .flavor = &flavor,
        .owner = owner,
        .connector_id = "22222222-2222-4333-8444-555555555555",
        .connector_name = connector_name,
        .resource_id = resource_id,
        .created_at_us = 7000000,
    };
    const void *items[] = {&component};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(component_cases); i++) {
        if (selects(cl_component_source(items, 1), &component_cases[i]) !=
            component_cases[i].matches)
            fail_msg("row %zu", i);
    }
}

static void what_is_unset_is_empty(void **state)
{
    struct cl_connector conn = {.name = NULL};
    struct cl_component component = {.name = NULL};
    const void *conns[] = {&conn};
    const void *components[] = {&component};
    static const char *const unset[] = {
        "name", "connector_type", "auth_method", "resource_type", "resource_id",
        "user", "secret_id",      "id",          "expires_at"};
    static const char *const unset_too[] = {"name", "kind", "flavor", "connector_id",
                                            "resource_id"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(unset); i++)
        assert_true(selects(cl_connector_source(conns, 1),
                            &(struct field_case){unset[i], "isempty:", true}));
    for (size_t i = 0; i < CL_COUNT(unset_too); i++)
        assert_true(selects(cl_component_source(components, 1),
                            &(struct field_case){unset_too[i], "isempty:", true}));
}

static void field_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < cl_connector_field_count; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(cl_connector_fields[i].name, cl_connector_fields[j].name);
    }
    for (size_t i = 0; i < cl_component_field_count; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(cl_component_fields[i].name, cl_component_fields[j].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connectors_have_every_field),
        cmocka_unit_test(components_have_every_field),
        cmocka_unit_test(what_is_unset_is_empty),
        cmocka_unit_test(field_names_are_unique),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
