#ifndef CLEAT_BASE_STRS_H
#define CLEAT_BASE_STRS_H

#include "base/str.h"

/* A growing list of owned, NUL-terminated strings. Zero-initialised is empty. */
struct cl_strs {
    char **items;
    size_t count;
    size_t capacity;
};

#define CL_STRS_NONE ((struct cl_strs){.items = NULL})

enum cl_code cl_strs_add(struct cl_strs *list, struct cl_str item, struct cl_err *err) CL_MUST_USE;
/** The same for bytes of any kind: a NUL, which no item can have, becomes a question mark. */
enum cl_code cl_strs_add_marked(struct cl_strs *list, struct cl_str item, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_strs_copy(const struct cl_strs *from, struct cl_strs *ret, struct cl_err *err)
    CL_MUST_USE;
bool cl_strs_has(const struct cl_strs *list, struct cl_str item);
void cl_strs_sort(struct cl_strs *list); /* bytewise */
void cl_strs_cleanup(struct cl_strs *list);

/** The items joined by `separator`, owned by the caller. */
enum cl_code cl_strs_join(const struct cl_strs *list, const char *separator, char **ret,
                          struct cl_err *err) CL_MUST_USE;

/** The candidate nearest to `input` (distance <= 2 or unique prefix), or NULL: "did you mean". */
const char *cl_strs_nearest(const struct cl_strs *candidates, struct cl_str input);

#endif
