#include "base/alloc.h"

#include <pthread.h>
#include <string.h>

#include "test.h"

static void blocks_are_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t size = 0; size < 100; size += 7) {
        unsigned char *block = cl_alloc(size);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
        assert_true(cl_alloc_size(block) >= size);
        for (size_t i = 0; i < cl_alloc_size(block); i++)
            assert_int_equal(block[i], 0);
        cl_free(block);
    }
    cl_free(NULL);
}

static void sizes_that_overflow_give_nothing(void **state)
{
    size_t capacity = SIZE_MAX / 2;

    (void)state;
    assert_null(cl_alloc(SIZE_MAX));
    assert_null(cl_array_alloc(SIZE_MAX / 2, 3));
    assert_null(cl_array_alloc(3, SIZE_MAX / 2));
    assert_null(cl_array_grow(NULL, &capacity, SIZE_MAX, 1));
    assert_null(cl_array_grow(NULL, &capacity, SIZE_MAX / 2, 16));
    assert_int_equal(capacity, SIZE_MAX / 2);
}

static void realloc_keeps_content_and_zeroes_the_rest(void **state)
{
    char *block = cl_alloc(4);

    (void)state;
    (void)memcpy(block, "abcd", 4);
    block = cl_realloc(block, 8);
    assert_memory_equal(block, "abcd\0\0\0\0", 8);
    block = cl_realloc(block, 2);
    assert_memory_equal(block, "ab", 2);
    assert_true(cl_alloc_size(block) >= 2);
    cl_free(block);
    block = cl_realloc(NULL, 3);
    assert_memory_equal(block, "\0\0\0", 3);
    cl_free(block);
}

static void growing_is_geometric(void **state)
{
    size_t capacity = 0;
    int *array = NULL;
    int moves = 0;

    (void)state;
    for (size_t count = 1; count <= 1000; count++) {
        int *grown = cl_array_grow(array, &capacity, count, sizeof(int));
        assert_non_null(grown);
        moves += grown != array ? 1 : 0;
        array = grown;
        array[count - 1] = (int)count;
    }
    assert_true(moves < 12);
    assert_int_equal(array[0], 1);
    assert_int_equal(array[999], 1000);
    cl_free(array);
}

static void the_nth_allocation_and_all_later_ones_fail(void **state)
{
    (void)state;
    (void)cl_alloc_fail_at(3);
    void *first = cl_alloc(1);
    void *second = cl_alloc(1);
    assert_non_null(first);
    assert_non_null(second);
    assert_null(cl_alloc(1));
    assert_null(cl_realloc(first, 100)); /* which leaves it as it was */
    assert_int_equal(cl_alloc_fail_at(0), 4);
    void *third = cl_alloc(1);
    assert_non_null(third);
    cl_free(first);
    cl_free(second);
    cl_free(third);
}

static void live_blocks_are_counted(void **state)
{
    size_t before = cl_alloc_live_blocks();

    (void)state;
    void *one = cl_alloc(10);
    void *two = cl_alloc(10);
    assert_int_equal(cl_alloc_live_blocks(), before + 2);
    two = cl_realloc(two, 20);
    assert_int_equal(cl_alloc_live_blocks(), before + 2);
    cl_free(one);
    cl_free(two);
    assert_int_equal(cl_alloc_live_blocks(), before);
}

static void plain_blocks_are_resized_and_fail_like_all_others(void **state)
{
    size_t before = cl_alloc_live_blocks();

    (void)state;
    char *block = cl_realloc_plain(NULL, 4);
    assert_non_null(block);
    (void)memcpy(block, "abcd", 4);
    block = cl_realloc_plain(block, 100000);
    assert_memory_equal(block, "abcd", 4);
    assert_int_equal(cl_alloc_live_blocks(), before + 1);
    (void)cl_alloc_fail_at(1);
    assert_null(cl_alloc_plain(1));
    assert_null(cl_realloc_plain(block, 200000)); /* which leaves it as it was */
    assert_int_equal(cl_alloc_fail_at(0), 2);
    assert_null(cl_realloc_plain(block, SIZE_MAX));
    assert_null(cl_alloc_plain(SIZE_MAX));
    assert_memory_equal(block, "abcd", 4);
    cl_free_plain(block);
    cl_free_plain(NULL);
    assert_int_equal(cl_alloc_live_blocks(), before);
}

static void *come_and_go(void *ctx)
{
    (void)ctx;
    for (int i = 0; i < 20000; i++)
        cl_free(cl_alloc(1));
    return NULL;
}

static void threads_lose_no_count(void **state)
{
    size_t before = cl_alloc_live_blocks();
    pthread_t threads[4];

    (void)state;
    (void)cl_alloc_fail_at(0);
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, NULL), 0);
    for (size_t i = 0; i < CL_COUNT(threads); i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(cl_alloc_fail_at(0), 4 * 20000);
    assert_int_equal(cl_alloc_live_blocks(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_and_aligned),
        cmocka_unit_test(sizes_that_overflow_give_nothing),
        cmocka_unit_test(realloc_keeps_content_and_zeroes_the_rest),
        cmocka_unit_test(growing_is_geometric),
        cmocka_unit_test(the_nth_allocation_and_all_later_ones_fail),
        cmocka_unit_test(live_blocks_are_counted),
        cmocka_unit_test(plain_blocks_are_resized_and_fail_like_all_others),
        cmocka_unit_test(threads_lose_no_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
