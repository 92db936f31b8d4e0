#include "test.h"

#include "core/stand_in.h"
#include "core/type.h"
#include "fault.h"

static enum cl_code make(struct cl_connector *conn, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector fresh = {.skew_s = CL_SKEW_UNSET};

    CL_TRY(cl_str_dup(CL_STR("sky"), &fresh.name, err));
    CL_TRY(cl_connector_stand_in(&fresh, CL_STR("nimbus"), CL_STR("cloud-key"), err));
    CL_MOVE_TO(conn, fresh);
    return CL_OK;
}

static void has_the_names_of_what_it_stands_for(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(make(&conn, &err), (void)0);
    assert_string_equal(conn.type->id, "nimbus");
    assert_string_equal(conn.method->id, "cloud-key");
    assert_null(cl_connector_single_type(&conn));
    assert_false(cl_method_is_temporary(conn.method));
}

static void outlives_what_it_was_copied_from(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_connector) struct cl_connector copy = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&conn, &err), &err);
    assert_survives_faults(cl_connector_copy(&conn, &copy, &err), (void)0);
    cl_connector_cleanup(&conn);
    assert_string_equal(copy.type->id, "nimbus");
    assert_string_equal(copy.method->id, "cloud-key");
    assert_null(conn.type);
}

static void refuses_every_use(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    CL_AUTO(cl_issued) struct cl_issued issued = {.issued_at = 0};
    const struct cl_issue_request request = {.ttl_s = 0};
    const struct cl_scope scope = {.type = NULL};
    struct cl_verified verified = {.identity = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(make(&conn, &err), &err);
    assert_int_equal(cl_connector_require_type(&conn, &err), CL_E_TYPE_UNAVAILABLE);
    assert_string_equal(err.text, "connector 'sky' is of type 'nimbus' with method 'cloud-key', "
                                  "which this program does not have");
    assert_non_null(strstr(err.hint, "can be deleted"));
    const struct cl_connector_ops *ops = conn.type->ops;
    assert_int_equal(ops->verify(NULL, &conn, &scope, &verified, &err), CL_E_TYPE_UNAVAILABLE);
    assert_int_equal(ops->issue(NULL, &conn, &request, &issued, &err), CL_E_TYPE_UNAVAILABLE);
    assert_null(ops->list);
    assert_null(ops->revoke);
}

static void shows_hostile_names_as_text(void **state)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_connector_stand_in(&conn, CL_STR("\x1b[2Jx"), CL_STR(""), &err), &err);
    assert_int_equal(cl_connector_require_type(&conn, &err), CL_E_TYPE_UNAVAILABLE);
    assert_null(strchr(err.text, '\x1b'));
}

static void asks_nothing_of_usual_connectors(void **state)
{
    struct cl_connector conn = {.name = NULL};
    struct cl_component component = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_connector_require_type(&conn, &err), &err);
    assert_ok(cl_component_require_flavor(&component, &err), &err);
}

static enum cl_code make_component(const struct cl_component_kind *kind,
                                   struct cl_component *component, struct cl_err *err)
{
    CL_AUTO(cl_component) struct cl_component fresh = {.kind = kind};

    CL_TRY(cl_str_dup(CL_STR("data"), &fresh.name, err));
    CL_TRY(cl_component_stand_in(&fresh, CL_STR("floppy"), err));
    CL_MOVE_TO(component, fresh);
    return CL_OK;
}

static void stands_in_for_flavors_too(void **state)
{
    const struct cl_component_kind *const kinds[] = {cl_kind_at(0), NULL};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        CL_AUTO(cl_component) struct cl_component component = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;
        assert_survives_faults(make_component(kinds[i], &component, &err), (void)0);
        assert_string_equal(component.flavor->id, "floppy");
        assert_null(component.flavor->resource_type);
        assert_int_equal(cl_component_require_flavor(&component, &err), CL_E_TYPE_UNAVAILABLE);
        assert_string_equal(err.text, "component 'data' is of flavor 'floppy', which this program "
                                      "does not have");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_names_of_what_it_stands_for),
        cmocka_unit_test(outlives_what_it_was_copied_from),
        cmocka_unit_test(refuses_every_use),
        cmocka_unit_test(shows_hostile_names_as_text),
        cmocka_unit_test(asks_nothing_of_usual_connectors),
        cmocka_unit_test(stands_in_for_flavors_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
