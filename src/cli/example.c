#include "cli/example.h"

static const char *const *words_of(const struct cl_command *const *path, size_t depth)
{
    for (size_t i = depth; i > 0; i--) {
        if (path[i - 1]->words != NULL)
            return path[i - 1]->words;
    }
    return NULL;
}

/* The word that stands behind a percent sign; NULL when there is none. */
static const char *word_at(const char *const *words, char digit)
{
    if (words == NULL || digit < '1' || digit > '9')
        return NULL;
    for (char at = '1'; at < digit && *words != NULL; at++)
        words++;
    return *words;
}

void cl_example_add(const struct cl_command *const *path, size_t depth, const char *line,
                    struct cl_buf *out)
{
    const char *const *words = words_of(path, depth);

    for (const char *at = line; *at != '\0'; at++) {
        const char *word = *at == '%' ? word_at(words, at[1]) : NULL;
        if (word == NULL) {
            cl_buf_add_char(out, *at);
        } else {
            cl_buf_add_c(out, word);
            at++;
        }
    }
}
