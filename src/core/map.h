#ifndef CLEAT_CORE_MAP_H
#define CLEAT_CORE_MAP_H

#include "base/strs.h"

/* Text by text, sorted by key: labels, stored facts. Zero-initialised is empty. */
struct cl_map_entry {
    char *key;
    char *value; /* NULL: remove the key (patches only) */
};

struct cl_map {
    struct cl_map_entry *entries;
    size_t count;
    size_t capacity;
};

#define CL_MAP_NONE ((struct cl_map){.entries = NULL})

/** NULL when absent. Borrowed. */
const char *cl_map_get(const struct cl_map *map, const char *key);
enum cl_code cl_map_set(struct cl_map *map, struct cl_str key, struct cl_str value,
                        struct cl_err *err) CL_MUST_USE;
/** Marks the key for removal in a patch. */
enum cl_code cl_map_set_null(struct cl_map *map, struct cl_str key, struct cl_err *err) CL_MUST_USE;
void cl_map_remove(struct cl_map *map, const char *key);
/** Sets what `patch` sets, removes what it marks. */
enum cl_code cl_map_patch(struct cl_map *map, const struct cl_map *patch, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_map_copy(const struct cl_map *from, struct cl_map *ret, struct cl_err *err)
    CL_MUST_USE;
void cl_map_cleanup(struct cl_map *map);

/** Limits of framework §6: at most 64 labels, key form, value <= 255, prefix cleat: reserved. */
enum cl_code cl_labels_check(const struct cl_map *labels, struct cl_err *err) CL_MUST_USE;

#endif
