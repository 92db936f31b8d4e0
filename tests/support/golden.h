#ifndef CLEAT_TESTS_GOLDEN_H
#define CLEAT_TESTS_GOLDEN_H

#include "test.h"

/**
 * Compares with the file `name` under tests/golden, line by line; trailing blanks count. The first
 * difference is shown.
 */
void golden_compare(const char *folder, const char *name, struct cl_str actual);

/** The content of a file below the repository's top, to be freed with cl_free. */
char *golden_read(const char *folder, const char *name);

#define assert_golden(name, actual) golden_compare(CLEAT_SOURCE_DIR "/tests/golden", name, actual)

#endif
