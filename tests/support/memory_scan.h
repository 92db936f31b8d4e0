#ifndef CLEAT_TESTS_MEMORY_SCAN_H
#define CLEAT_TESTS_MEMORY_SCAN_H

#include <stdint.h>

#include "base/buf.h"

/*
 * Looks for a marker in all writable memory of this process, freed memory too. Tests hold the
 * marker only encoded (every byte XOR MEMORY_MARKER_KEY), so that they do not find themselves.
 */
#define MEMORY_MARKER_KEY 0x5AU

/** Appends the decoded marker. */
void memory_marker(const char *encoded, struct cl_buf *ret);

/** How often the decoded marker stands in memory. */
size_t memory_count(const char *encoded);

#endif
