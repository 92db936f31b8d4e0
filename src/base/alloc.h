#ifndef CLEAT_BASE_ALLOC_H
#define CLEAT_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

/*
 * The only heap of the product. Every block is wiped when it is freed or moved, so a secret that
 * passed through a library's buffer leaves no copy behind. jansson, libcurl, expat and SQLite are
 * given these functions at start. All functions are thread-safe.
 */

/** Zeroed memory, or NULL when there is none. `size` 0 gives a valid block. */
void *cl_alloc(size_t size) CL_MUST_USE;

/** `count * size` zeroed bytes; NULL also when the product overflows. */
void *cl_array_alloc(size_t count, size_t size) CL_MUST_USE;

/** A block of the new size with the old content; new bytes are zero. NULL leaves `old` as it is. */
void *cl_realloc(void *old, size_t size) CL_MUST_USE;

/** Grows an array geometrically so that it holds `need` items; NULL leaves `old` as it is. */
void *cl_array_grow(void *old, size_t *capacity, size_t need, size_t size) CL_MUST_USE;

/** Wipes and frees. NULL is fine. */
void cl_free(void *block);

/*
 * For a library that is never given a secret in the clear, and fills its memory itself: the same
 * heap and the same faults in tests, but nothing is zeroed or wiped. Not to be mixed with the
 * functions above.
 */
void *cl_alloc_plain(size_t size) CL_MUST_USE;
void *cl_realloc_plain(void *old, size_t size) CL_MUST_USE;
void cl_free_plain(void *block);

/** Usable size of a block of this heap. */
size_t cl_alloc_size(const void *block);

/**
 * For tests: the n-th allocation from now on fails (1 = the next), and so do all later ones until
 * the countdown is set to 0. Returns how many allocations were made since the last call.
 */
int64_t cl_alloc_fail_at(int64_t nth);

/** For tests: bytes and blocks in use now. */
size_t cl_alloc_live_blocks(void);

#endif
