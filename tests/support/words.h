#ifndef CLEAT_TESTS_WORDS_H
#define CLEAT_TESTS_WORDS_H

#include <string.h>

/**
 * Splits `line` at single blanks, in place, into argv with a NULL behind it; `most` counts that
 * too. Returns how many words there are; none in an empty line.
 */
static inline int split_words(char *line, char *argv[], int most)
{
    int argc = 0;
    char *at = line[0] != '\0' ? line : NULL;

    while (at != NULL && argc + 1 < most) {
        argv[argc++] = at;
        at = strchr(at, ' ');
        if (at != NULL)
            *at++ = '\0';
    }
    argv[argc] = NULL;
    return argc;
}

#endif
