#include "base/strs.h"

#include "base/alloc.h"
#include "faults.h"
#include "test.h"

static struct cl_strs list_of(const char *const *items)
{
    struct cl_strs list = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    for (; *items != NULL; items++)
        assert_ok(cl_strs_add(&list, cl_str_of(*items), &err), &err);
    return list;
}

#define LIST(...) list_of((const char *const[]){__VA_ARGS__, NULL})

static void items_are_kept_in_order(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs list = LIST("c", "a", "", "b", "d");

    (void)state;
    assert_int_equal(list.count, 5);
    assert_string_equal(list.items[0], "c");
    assert_string_equal(list.items[4], "d");
    assert_true(cl_strs_has(&list, CL_STR("")));
    assert_true(cl_strs_has(&list, CL_STR("b")));
    assert_false(cl_strs_has(&list, CL_STR("e")));
}

static void sorting_is_bytewise(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs list = LIST("b", "B", "a", "\xc3\xbc", "");
    CL_AUTO(cl_strs) struct cl_strs empty = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    cl_strs_sort(&list);
    cl_strs_sort(&empty);
    assert_ok(cl_strs_join(&list, ",", &joined, &err), &err);
    assert_string_equal(joined, ",B,a,b,\xc3\xbc");
}

static void joining_nothing_gives_the_empty_text(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs empty = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_join(&empty, ", ", &joined, &err), &err);
    assert_string_equal(joined, "");
}

static void a_copy_is_independent(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs list = LIST("x", "y");
    CL_AUTO(cl_strs) struct cl_strs copy = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_copy(&list, &copy, &err), &err);
    list.items[0][0] = 'z';
    assert_string_equal(copy.items[0], "x");
    assert_int_equal(copy.count, 2);
}

static void an_item_with_nul_is_refused_and_changes_nothing(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs list = LIST("x");
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(cl_strs_add(&list, CL_STR("a\0b"), &err), CL_E_INVALID);
    assert_int_equal(list.count, 1);
}

static enum cl_code fill_copy_and_join(void *ctx, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    CL_AUTO(cl_strs) struct cl_strs copy = CL_STRS_NONE;
    CL_AUTO(cl_string) char *joined = NULL;

    (void)ctx;
    for (int i = 0; i < 9; i++)
        CL_TRY(cl_strs_add(&list, CL_STR("item"), err));
    CL_TRY(cl_strs_copy(&list, &copy, err));
    return cl_strs_join(&copy, "-", &joined, err);
}

static void an_item_with_nul_can_be_kept_with_a_mark(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add_marked(&list, CL_STR("plain"), &err), &err);
    assert_ok(cl_strs_add_marked(&list, CL_STR("a\0b\0"), &err), &err);
    assert_ok(cl_strs_add_marked(&list, CL_STR(""), &err), &err);
    assert_string_equal(list.items[0], "plain");
    assert_string_equal(list.items[1], "a?b?");
    assert_string_equal(list.items[2], "");
}

static void lists_survive_lack_of_memory(void **state)
{
    (void)state;
    assert_true(fail_each_allocation(fill_copy_and_join, NULL) > 20);
}

static const struct {
    const char *input, *nearest;
} guesses[] = {
    {"regster", "register"},
    {"registre", "register"},
    {"lst", "list"},
    {"list", "list"},
    {"desc", "describe"}, /* a prefix of one word only */
    {"d", NULL},          /* of two */
    {"", NULL},
    {"xyzzy", NULL},
    {"zz", NULL}, /* two edits away from any two letters */
};

static void nearest_finds_typing_mistakes_and_beginnings(void **state)
{
    CL_AUTO(cl_strs) struct cl_strs words = LIST("register", "list", "describe", "delete", "up");

    (void)state;
    for (size_t i = 0; i < CL_COUNT(guesses); i++) {
        const char *found = cl_strs_nearest(&words, cl_str_of(guesses[i].input));
        assert_str(cl_str_of(found), guesses[i].nearest);
        assert_int_equal(found == NULL, guesses[i].nearest == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_kept_in_order),
        cmocka_unit_test(an_item_with_nul_can_be_kept_with_a_mark),
        cmocka_unit_test(sorting_is_bytewise),
        cmocka_unit_test(joining_nothing_gives_the_empty_text),
        cmocka_unit_test(a_copy_is_independent),
        cmocka_unit_test(an_item_with_nul_is_refused_and_changes_nothing),
        cmocka_unit_test(lists_survive_lack_of_memory),
        cmocka_unit_test(nearest_finds_typing_mistakes_and_beginnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
