#include "core/map.h"

#include "base/alloc.h"
#include "core/quote.h"

#define LABELS_MAX 64
#define LABEL_KEY_MAX_BYTES 63
#define LABEL_VALUE_MAX_BYTES 255

/* Place of the key, or where it would be inserted. */
static size_t place_of(const struct cl_map *map, struct cl_str key)
{
    size_t low = 0;
    size_t high = map->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cl_str_cmp(cl_str_of(map->entries[middle].key), key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const struct cl_map *map, size_t place, struct cl_str key)
{
    return place < map->count && cl_str_eq_c(key, map->entries[place].key);
}

const char *cl_map_get(const struct cl_map *map, const char *key)
{
    size_t place = place_of(map, cl_str_of(key));

    return is_at(map, place, cl_str_of(key)) ? map->entries[place].value : NULL;
}

/* Takes `value`, which may be NULL, only when it succeeds. */
static enum cl_code put(struct cl_map *map, struct cl_str key, char *value, struct cl_err *err)
{
    CL_AUTO(cl_string) char *copy = NULL;
    size_t place = place_of(map, key);

    if (is_at(map, place, key)) {
        cl_free(map->entries[place].value);
        map->entries[place].value = value;
        return CL_OK;
    }
    CL_TRY(cl_str_dup(key, &copy, err));
    struct cl_map_entry *grown =
        cl_array_grow(map->entries, &map->capacity, map->count + 1, sizeof(*map->entries));
    if (grown == NULL)
        return cl_err_no_memory(err);
    map->entries = grown;
    (void)memmove(grown + place + 1, grown + place, (map->count - place) * sizeof(*grown));
    grown[place] = (struct cl_map_entry){.key = CL_MOVE(copy), .value = value};
    map->count++;
    return CL_OK;
}

enum cl_code cl_map_set(struct cl_map *map, struct cl_str key, struct cl_str value,
                        struct cl_err *err)
{
    CL_AUTO(cl_string) char *copy = NULL;

    CL_TRY(cl_str_dup(value, &copy, err));
    CL_TRY(put(map, key, copy, err));
    copy = NULL; /* the map owns it */
    return CL_OK;
}

enum cl_code cl_map_set_null(struct cl_map *map, struct cl_str key, struct cl_err *err)
{
    return put(map, key, NULL, err);
}

void cl_map_remove(struct cl_map *map, const char *key)
{
    size_t place = place_of(map, cl_str_of(key));

    if (!is_at(map, place, cl_str_of(key)))
        return;
    cl_free(map->entries[place].key);
    cl_free(map->entries[place].value);
    map->count--;
    (void)memmove(map->entries + place, map->entries + place + 1,
                  (map->count - place) * sizeof(*map->entries));
}

enum cl_code cl_map_patch(struct cl_map *map, const struct cl_map *patch, struct cl_err *err)
{
    for (size_t i = 0; i < patch->count; i++) {
        const struct cl_map_entry *entry = &patch->entries[i];
        if (entry->value == NULL) {
            cl_map_remove(map, entry->key);
        } else {
            CL_TRY(cl_map_set(map, cl_str_of(entry->key), cl_str_of(entry->value), err));
        }
    }
    return CL_OK;
}

static enum cl_code copy_entries(const struct cl_map *from, struct cl_map *to, struct cl_err *err)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct cl_map_entry *entry = &from->entries[i];
        struct cl_str key = cl_str_of(entry->key);
        CL_TRY(entry->value == NULL ? cl_map_set_null(to, key, err)
                                    : cl_map_set(to, key, cl_str_of(entry->value), err));
    }
    return CL_OK;
}

enum cl_code cl_map_copy(const struct cl_map *from, struct cl_map *ret, struct cl_err *err)
{
    CL_AUTO(cl_map) struct cl_map copy = CL_MAP_NONE;

    CL_TRY(copy_entries(from, &copy, err));
    CL_MOVE_TO(ret, copy);
    return CL_OK;
}

void cl_map_cleanup(struct cl_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        cl_free(map->entries[i].key);
        cl_free(map->entries[i].value);
    }
    cl_free(map->entries);
    *map = CL_MAP_NONE;
}

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

static bool is_label_key(struct cl_str key)
{
    if (key.len == 0 || key.len > LABEL_KEY_MAX_BYTES)
        return false;
    return cl_str_only(key, ALNUM "._/-") && cl_str_only(cl_str_first(key, 1), ALNUM) &&
           cl_str_only(cl_str_skip(key, key.len - 1), ALNUM);
}

static enum cl_code check_label(const struct cl_map_entry *label, struct cl_err *err)
{
    struct cl_str key = cl_str_of(label->key);
    struct cl_str value = cl_str_of(label->value);

    if (cl_str_starts(key, CL_STR("cleat:"))) {
        return cl_err_set(err, CL_E_INVALID, "label '%s': the prefix 'cleat:' is reserved",
                          cl_quote(key).text);
    }
    if (!is_label_key(key)) {
        return cl_err_set(err, CL_E_INVALID,
                          "label '%s': a key has 1 to %d letters, digits or . _ / - and begins and "
                          "ends with a letter or digit",
                          cl_quote(key).text, LABEL_KEY_MAX_BYTES);
    }
    if (value.len > LABEL_VALUE_MAX_BYTES) {
        return cl_err_set(err, CL_E_INVALID, "label '%s': the value is longer than %d bytes",
                          cl_quote(key).text, LABEL_VALUE_MAX_BYTES);
    }
    if (!cl_is_utf8(value)) {
        return cl_err_set(err, CL_E_INVALID, "label '%s': the value is not UTF-8",
                          cl_quote(key).text);
    }
    return CL_OK;
}

enum cl_code cl_labels_check(const struct cl_map *labels, struct cl_err *err)
{
    if (labels->count > LABELS_MAX) {
        return cl_err_set(err, CL_E_INVALID, "%zu labels are more than the %d that are allowed",
                          labels->count, LABELS_MAX);
    }
    for (size_t i = 0; i < labels->count; i++)
        CL_TRY(check_label(&labels->entries[i], err));
    return CL_OK;
}
