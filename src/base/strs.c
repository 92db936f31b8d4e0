#include "base/strs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"

enum cl_code cl_strs_add(struct cl_strs *list, struct cl_str item, struct cl_err *err)
{
    CL_AUTO(cl_string) char *copy = NULL;

    CL_TRY(cl_str_dup(item, &copy, err));
    char **grown =
        cl_array_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
    if (grown == NULL)
        return cl_err_no_memory(err);
    list->items = grown;
    list->items[list->count++] = CL_MOVE(copy);
    return CL_OK;
}

enum cl_code cl_strs_add_marked(struct cl_strs *list, struct cl_str item, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(item.len + 1);

    if (cl_str_find(item, '\0') == item.len)
        return cl_strs_add(list, item, err);
    for (size_t i = 0; i < item.len; i++)
        cl_buf_add(&text, item.ptr[i] == '\0' ? CL_STR("?") : cl_str_make(item.ptr + i, 1));
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(list, cl_buf_view(&text), err);
}

enum cl_code cl_strs_copy(const struct cl_strs *from, struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs copy = CL_STRS_NONE;

    for (size_t i = 0; i < from->count; i++)
        CL_TRY(cl_strs_add(&copy, cl_str_of(from->items[i]), err));
    *ret = copy;
    copy = CL_STRS_NONE;
    return CL_OK;
}

bool cl_strs_has(const struct cl_strs *list, struct cl_str item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (cl_str_eq_c(item, list->items[i]))
            return true;
    }
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void cl_strs_sort(struct cl_strs *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), by_bytes);
}

void cl_strs_cleanup(struct cl_strs *list)
{
    for (size_t i = 0; i < list->count; i++)
        cl_free(list->items[i]);
    cl_free(list->items);
    *list = CL_STRS_NONE;
}

enum cl_code cl_strs_join(const struct cl_strs *list, const char *separator, char **ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf joined = CL_BUF(SIZE_MAX / 2);

    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            cl_buf_add_c(&joined, separator);
        cl_buf_add_c(&joined, list->items[i]);
    }
    return cl_buf_take(&joined, ret, err);
}

/* Shorter ones say too little to be preferred to a word that differs by one letter. */
#define PREFIX_MIN 3

static const char *unique_prefix(const struct cl_strs *candidates, struct cl_str input)
{
    const char *found = NULL;

    for (size_t i = 0; i < candidates->count; i++) {
        if (!cl_str_starts(cl_str_of(candidates->items[i]), input))
            continue;
        if (found != NULL)
            return NULL;
        found = candidates->items[i];
    }
    return found;
}

const char *cl_strs_nearest(const struct cl_strs *candidates, struct cl_str input)
{
    const char *best = NULL;
    size_t best_distance = 3;

    if (input.len == 0)
        return NULL;
    if (input.len >= PREFIX_MIN && unique_prefix(candidates, input) != NULL)
        return unique_prefix(candidates, input);
    for (size_t i = 0; i < candidates->count; i++) {
        size_t distance = cl_str_distance(input, cl_str_of(candidates->items[i]), 2);
        /* Two edits turn any two-letter word into any other: no help. */
        if (distance < best_distance && distance < input.len) {
            best = candidates->items[i];
            best_distance = distance;
        }
    }
    return best != NULL ? best : unique_prefix(candidates, input);
}
