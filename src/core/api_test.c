#include "test.h"

#include "base/alloc.h"
#include "core/api.h"
#include "random_values.h"

/* Results come in every state of being filled; cleaning any of them up twice must be harmless. */

static void empty_results_can_be_cleaned_up(void **state)
{
    struct cl_type_list types = {.items = NULL};
    struct cl_register_result registered = {.existing = false};
    struct cl_list_result list = {.items = NULL};
    struct cl_delete_result deleted = {.name = NULL};
    struct cl_issue_client_result issued = {.cached = false};
    struct cl_component_connect_result connected = {.verified = false};
    struct cl_component_list_result components = {.items = NULL};

    (void)state;
    cl_type_list_cleanup(&types);
    cl_register_result_cleanup(&registered);
    cl_list_result_cleanup(&list);
    cl_delete_result_cleanup(&deleted);
    cl_issue_client_result_cleanup(&issued);
    cl_component_connect_result_cleanup(&connected);
    cl_component_list_result_cleanup(&components);
}

static void a_list_without_components_can_be_cleaned_up(void **state)
{
    struct cl_list_result list = {.items = cl_array_alloc(2, sizeof(struct cl_connector))};
    struct dice dice = dice_of(1);

    (void)state;
    assert_non_null(list.items);
    random_connector(&dice, &list.items[0]);
    random_connector(&dice, &list.items[1]);
    list.count = 2;
    cl_list_result_cleanup(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.items);
    cl_list_result_cleanup(&list);
}

static void full_results_are_freed_whole(void **state)
{
    size_t before = cl_alloc_live_blocks();

    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct dice dice = dice_of(seed);
        struct cl_register_result registered = {.existing = true};
        struct cl_issue_client_result issued = {.cached = true};
        struct cl_component_connect_result connected = {.verified = true};
        struct cl_delete_result deleted = {.name = random_text(&dice, 5)};

        random_connector(&dice, &registered.connector);
        random_resources(&dice, &registered.resources);
        random_strs(&dice, &registered.warnings);
        random_connector(&dice, &issued.connector);
        random_issued(&dice, &issued.issued);
        random_strs(&dice, &issued.warnings);
        random_component(&dice, &connected.component);
        random_connector(&dice, &connected.connector);
        random_resources(&dice, &connected.resources);
        random_strs(&dice, &deleted.disconnected);
        cl_register_result_cleanup(&registered);
        cl_issue_client_result_cleanup(&issued);
        cl_component_connect_result_cleanup(&connected);
        cl_delete_result_cleanup(&deleted);
        assert_false(registered.existing || issued.cached || connected.verified);
    }
    assert_int_equal(cl_alloc_live_blocks(), before);
}

/* Copies of random values hold no memory of the original, and are complete. */
static void copies_of_anything_outlive_the_original(void **state)
{
    size_t before = cl_alloc_live_blocks();

    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct dice dice = dice_of(seed);
        struct cl_connector conn = {.name = NULL};
        struct cl_connector copy = {.name = NULL};
        struct cl_connector third = {.name = NULL};
        struct cl_err err = CL_ERR_NONE;

        random_connector(&dice, &conn);
        size_t blocks = cl_alloc_live_blocks();
        assert_ok(cl_connector_copy(&conn, &copy, &err), &err);
        size_t copied = cl_alloc_live_blocks() - blocks;
        cl_connector_cleanup(&conn);
        blocks = cl_alloc_live_blocks();
        assert_ok(cl_connector_copy(&copy, &third, &err), &err);
        assert_int_equal(cl_alloc_live_blocks() - blocks, copied);
        cl_connector_cleanup(&copy);
        cl_connector_cleanup(&third);
    }
    assert_int_equal(cl_alloc_live_blocks(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_results_can_be_cleaned_up),
        cmocka_unit_test(a_list_without_components_can_be_cleaned_up),
        cmocka_unit_test(full_results_are_freed_whole),
        cmocka_unit_test(copies_of_anything_outlive_the_original),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
