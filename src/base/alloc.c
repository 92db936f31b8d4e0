#include "base/alloc.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/single_threaded.h>

/* Growing from a few bytes would move a short text half a dozen times. */
#define FIRST_BYTES 64

static atomic_llong allocations;
static atomic_llong fail_from; /* 0: never */
static atomic_llong live_blocks;

/* A locked instruction takes as long as the rest of a small allocation: not without threads. */
static long long tally(atomic_llong *counter, long long change)
{
    if (!__libc_single_threaded)
        return atomic_fetch_add_explicit(counter, change, memory_order_relaxed) + change;
    long long changed = atomic_load_explicit(counter, memory_order_relaxed) + change;
    atomic_store_explicit(counter, changed, memory_order_relaxed);
    return changed;
}

static int must_fail(void)
{
    long long nth = tally(&allocations, 1);
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
    return (size_t)atomic_load(&live_blocks);
}

/* No object may be larger, whatever the C library says. */
static int is_too_large(size_t size)
{
    return size > PTRDIFF_MAX;
}

void *cl_alloc_plain(size_t size)
{
    void *block = is_too_large(size) || must_fail() ? NULL : malloc(size == 0 ? 1 : size);

    if (block != NULL)
        (void)tally(&live_blocks, 1);
    return block;
}

/* Not by calloc, which passes by the thread's cache of small free blocks. */
void *cl_alloc(size_t size)
{
    void *block = cl_alloc_plain(size);

    if (block != NULL)
        (void)memset(block, 0, cl_alloc_size(block));
    return block;
}

void *cl_array_alloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return cl_alloc(count * size);
}

/* The C library keeps the size before the block; with one of ours as well, a listing's heap would
 * be a sixth larger. */
size_t cl_alloc_size(const void *block)
{
    union {
        const void *given;
        void *asked;
    } same = {.given = block}; /* it takes no const, but changes nothing */

    return malloc_usable_size(same.asked);
}

void *cl_realloc_plain(void *old, size_t size)
{
    void *block = is_too_large(size) || must_fail() ? NULL : realloc(old, size == 0 ? 1 : size);

    if (block != NULL && old == NULL)
        (void)tally(&live_blocks, 1);
    return block;
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

void cl_free_plain(void *block)
{
    if (block == NULL)
        return;
    (void)tally(&live_blocks, -1);
    free(block);
}

void cl_free(void *block)
{
    if (block != NULL)
        explicit_bzero(block, cl_alloc_size(block)); /* never optimised away, and vectorised */
    cl_free_plain(block);
}
