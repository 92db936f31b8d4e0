#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Growing from a few bytes would move a short text half a dozen times. */
#define FIRST_BYTES 64

/* Stands before each block; its size keeps blocks aligned for every type. */
union header {
    size_t size;
    max_align_t align;
};

static atomic_llong allocations;
static atomic_llong fail_from; /* 0: never */
static atomic_size_t live_blocks;

static int must_fail(void)
{
    long long nth = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
    long long limit = atomic_load_explicit(&fail_from, memory_order_relaxed);

    return limit != 0 && nth >= limit;
}

int64_t cl_alloc_fail_at(int64_t nth)
{
    int64_t made = atomic_exchange(&allocations, 0);

    atomic_store(&fail_from, nth);
    return made;
}

size_t cl_alloc_live_blocks(void)
{
    return atomic_load(&live_blocks);
}

void *cl_alloc(size_t size)
{
    union header *head;

    if (size > SIZE_MAX - sizeof(*head) || must_fail())
        return NULL;
    head = calloc(1, sizeof(*head) + size);
    if (head == NULL)
        return NULL;
    head->size = size;
    atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
    return head + 1;
}

void *cl_array_alloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return cl_alloc(count * size);
}

size_t cl_alloc_size(const void *block)
{
    return ((const union header *)block - 1)->size;
}

/* realloc would leave the old bytes behind. */
void *cl_realloc(void *old, size_t size)
{
    void *fresh = cl_alloc(size);

    if (fresh == NULL || old == NULL)
        return fresh;
    size_t old_size = cl_alloc_size(old);
    (void)memcpy(fresh, old, old_size < size ? old_size : size);
    cl_free(old);
    return fresh;
}

void *cl_array_grow(void *old, size_t *capacity, size_t need, size_t size)
{
    size_t least = size < FIRST_BYTES / 4 ? FIRST_BYTES / (size == 0 ? 1 : size) : 4;
    size_t wanted = *capacity < least ? least : *capacity;

    if (need <= *capacity && old != NULL)
        return old;
    while (wanted < need) {
        if (wanted > SIZE_MAX / 2)
            return NULL;
        wanted *= 2;
    }
    if (size != 0 && wanted > SIZE_MAX / size)
        return NULL;
    void *fresh = cl_realloc(old, wanted * size);
    if (fresh != NULL)
        *capacity = wanted;
    return fresh;
}

void cl_free(void *block)
{
    if (block == NULL)
        return;
    union header *head = (union header *)block - 1;
    explicit_bzero(block, head->size); /* never optimised away, and vectorised */
    atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
    free(head);
}
