#include "clouds/aws/paging.h"

#include <stdio.h>

#include "aws_items.h"
#include "base/alloc.h"

static const struct aws_item item = {.name = CL_STR_INIT("x"), .region = CL_STR_INIT("")};

static void ends_without_a_token(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_str(aws_listing_token(&listing), "");
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_ok(aws_listing_turn(&listing, CL_STR("t1"), &err), &err);
    assert_false(listing.done);
    assert_str(aws_listing_token(&listing), "t1");
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_ok(aws_listing_turn(&listing, CL_STR_NONE, &err), &err);
    assert_true(listing.done);
    assert_false(listing.truncated);
    assert_int_equal(listing.count, 2);
    assert_str(cl_buf_view(&items.text), "x x");
}

static void ends_when_a_token_comes_again(void **state)
{
    static const char *const tokens[] = {"a", "b", "a"};
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(tokens); i++) {
        assert_false(listing.done);
        assert_ok(aws_listing_turn(&listing, cl_str_of(tokens[i]), &err), &err);
    }
    assert_true(listing.done);
    assert_true(listing.truncated);
}

static void ends_after_very_many_pages(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;
    int pages = 0;

    (void)state;
    for (; !listing.done; pages++) {
        char token[16];
        (void)snprintf(token, sizeof(token), "t%d", pages);
        assert_ok(aws_listing_turn(&listing, cl_str_of(token), &err), &err);
    }
    assert_int_equal(pages, 1001);
    assert_true(listing.truncated);
}

static void hands_on_no_more_than_the_maximum(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing)
    struct aws_listing listing = {.found = take_item, .ctx = &items, .max_items = 2};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_false(listing.done);
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_true(listing.done);
    assert_true(listing.truncated);
    assert_int_equal(items.count, 2);
    assert_ok(aws_listing_turn(&listing, CL_STR("more"), &err), &err);
    assert_str(aws_listing_token(&listing), "");
}

static void asks_for_no_more_than_is_wanted(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing)
    struct aws_listing listing = {.found = take_item, .ctx = &items, .max_items = 2};
    struct aws_listing all = {.found = take_item};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(aws_listing_page_size(&all, 1000), 1000);
    assert_int_equal(aws_listing_page_size(&all, 20000), AWS_LIST_MAX_ITEMS);
    assert_int_equal(aws_listing_page_size(&listing, 1000), 2);
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_ok(aws_listing_turn(&listing, CL_STR("t1"), &err), &err);
    assert_int_equal(aws_listing_page_size(&listing, 1000), 1);
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_ok(aws_listing_turn(&listing, CL_STR("t2"), &err), &err); /* not asked for any more */
    assert_true(listing.done);
    assert_true(listing.truncated);
}

static void as_many_as_the_maximum_is_not_truncated(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing)
    struct aws_listing listing = {.found = take_item, .ctx = &items, .max_items = 1};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_listing_add(&listing, &item, &err), &err);
    assert_ok(aws_listing_turn(&listing, CL_STR_NONE, &err), &err);
    assert_false(listing.truncated);
}

static void passes_on_the_takers_error(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    items.fail_at = 1;
    assert_int_equal(aws_listing_add(&listing, &item, &err), CL_E_INTERRUPTED);
    assert_int_equal(listing.count, 0);
}

static void reports_that_there_is_no_memory_for_a_token(void **state)
{
    CL_AUTO(found_items) struct found_items items = FOUND_ITEMS;
    CL_AUTO(aws_listing) struct aws_listing listing = {.found = take_item, .ctx = &items};
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    (void)cl_alloc_fail_at(1);
    assert_int_equal(aws_listing_turn(&listing, CL_STR("t"), &err), CL_E_FAILED);
    (void)cl_alloc_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_without_a_token),
        cmocka_unit_test(ends_when_a_token_comes_again),
        cmocka_unit_test(ends_after_very_many_pages),
        cmocka_unit_test(hands_on_no_more_than_the_maximum),
        cmocka_unit_test(asks_for_no_more_than_is_wanted),
        cmocka_unit_test(as_many_as_the_maximum_is_not_truncated),
        cmocka_unit_test(passes_on_the_takers_error),
        cmocka_unit_test(reports_that_there_is_no_memory_for_a_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
