#include "test.h"

#include "core/resources.h"
#include "fake_type.h"
#include "fault.h"

static enum cl_code init(struct cl_resource_list *list, size_t types, struct cl_err *err)
{
    CL_AUTO(cl_connector) struct cl_connector conn = {.name = NULL};

    CL_TRY(fake_connector("minted", &conn, err));
    while (conn.resource_types.count > types)
        cl_free(conn.resource_types.items[--conn.resource_types.count]);
    return cl_resource_list_init(list, &conn, &conn.resource_types, err);
}

static struct cl_err error_of(enum cl_code code)
{
    struct cl_err error = CL_ERR_NONE;

    (void)cl_err_set(&error, code, "refused");
    return error;
}

static void has_one_row_per_type_before_any_call(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_survives_faults(init(&list, 3, &err), (void)0);
    assert_string_equal(list.name, "crate");
    assert_string_equal(list.connector_type, "fake");
    assert_string_equal(list.id, "11111111-2222-4333-8444-555555555555");
    assert_int_equal(list.count, 3);
    assert_string_equal(list.rows[2].resource_type, "fake-jar");
    assert_false(list.rows[0].listed);
    assert_int_equal(cl_resource_list_code(&list), CL_OK);
}

static void an_error_clears_the_rows_ids(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;
    struct cl_err denied = error_of(CL_E_DENIED);

    (void)state;
    assert_ok(init(&list, 3, &err), &err);
    assert_ok(cl_strs_add(&list.rows[1].ids, CL_STR("box://a"), &err), &err);
    list.rows[1].listed = true;
    cl_resource_list_set_error(&list, 1, &denied);
    assert_int_equal(list.rows[1].ids.count, 0);
    assert_false(list.rows[1].listed);
    assert_int_equal(list.error.code, CL_OK);
    assert_int_equal(list.rows[0].error.code, CL_OK);
    assert_int_equal(cl_resource_list_code(&list), CL_E_DENIED);
}

static void the_only_rows_error_is_the_lists(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;
    struct cl_err denied = error_of(CL_E_DENIED);

    (void)state;
    assert_ok(init(&list, 1, &err), &err);
    cl_resource_list_set_error(&list, 0, &denied);
    assert_int_equal(list.error.code, CL_E_DENIED);
    assert_string_equal(list.error.text, "refused");
}

static void a_global_error_reaches_every_row(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;
    struct cl_err rejected = error_of(CL_E_REJECTED);

    (void)state;
    assert_ok(init(&list, 3, &err), &err);
    assert_ok(cl_strs_add(&list.rows[2].ids, CL_STR("jar:a"), &err), &err);
    cl_resource_list_set_global(&list, &rejected);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.rows[i].error.code, CL_E_REJECTED);
        assert_int_equal(list.rows[i].ids.count, 0);
    }
    assert_int_equal(cl_resource_list_code(&list), CL_E_REJECTED);
}

static void a_row_can_be_taken_out(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(init(&list, 3, &err), &err);
    for (size_t i = 0; i < list.count; i++)
        assert_ok(cl_strs_add(&list.rows[i].ids, cl_str_of(list.rows[i].resource_type), &err),
                  &err);
    cl_resource_list_drop(&list, 1);
    assert_int_equal(list.count, 2);
    for (size_t i = 0; i < list.count; i++)
        assert_string_equal(list.rows[i].ids.items[0], list.rows[i].resource_type);
    assert_string_equal(list.rows[1].resource_type, "fake-jar");
    cl_resource_list_drop(&list, 1);
    cl_resource_list_drop(&list, 0);
    assert_int_equal(list.count, 0);
}

static void sums_up_several_errors(void **state)
{
    CL_AUTO(cl_resource_list) struct cl_resource_list list = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;
    struct cl_err timeout = error_of(CL_E_TIMEOUT);
    struct cl_err denied = error_of(CL_E_DENIED);

    (void)state;
    assert_ok(init(&list, 3, &err), &err);
    cl_resource_list_set_error(&list, 0, &timeout);
    cl_resource_list_set_error(&list, 2, &timeout);
    assert_int_equal(cl_resource_list_code(&list), CL_E_TIMEOUT);
    cl_resource_list_set_error(&list, 1, &denied);
    assert_int_equal(cl_resource_list_code(&list), CL_E_VERIFICATION_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_one_row_per_type_before_any_call),
        cmocka_unit_test(an_error_clears_the_rows_ids),
        cmocka_unit_test(the_only_rows_error_is_the_lists),
        cmocka_unit_test(a_global_error_reaches_every_row),
        cmocka_unit_test(a_row_can_be_taken_out),
        cmocka_unit_test(sums_up_several_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
