#include "core/codec_util.h"

#include "base/time.h"
#include "core/dup.h"

#define US_PER_S 1000000

/* What RFC 3339 can write: the years 1 to 9999. */
#define FIRST_US (-62135596800LL * US_PER_S)
#define LAST_US (253402300800LL * US_PER_S - 1)

static bool can_be_written(int64_t at_us)
{
    return at_us >= FIRST_US && at_us <= LAST_US;
}

void cl_member_add_time_us(struct cl_json_build *build, const char *key, int64_t at_us)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(64);

    if (at_us == 0 || !can_be_written(at_us)) {
        cl_json_add_null(build, key);
        return;
    }
    cl_buf_add_rfc3339_us(&text, at_us);
    if (text.failed != CL_OK) {
        cl_json_add_value(build, key, NULL); /* makes the build fail */
    } else {
        cl_json_add_str(build, key, cl_buf_view(&text));
    }
}

void cl_member_add_time(struct cl_json_build *build, const char *key, int64_t at)
{
    int64_t at_us = 0;

    if (__builtin_mul_overflow(at, (int64_t)US_PER_S, &at_us))
        at_us = 0;
    cl_member_add_time_us(build, key, at_us);
}

void cl_member_add_count(struct cl_json_build *build, const char *key, int64_t number)
{
    if (number == 0) {
        cl_json_add_null(build, key);
    } else {
        cl_json_add_i64(build, key, number);
    }
}

void cl_member_add_some(struct cl_json_build *build, const char *key, struct cl_str text)
{
    if (text.len == 0) {
        cl_json_add_null(build, key);
    } else {
        cl_json_add_str(build, key, text);
    }
}

void cl_member_add_map(struct cl_json_build *build, const char *key, const struct cl_map *map)
{
    cl_json_open_object(build, key);
    for (size_t i = 0; i < map->count; i++)
        cl_json_add_c(build, map->entries[i].key, map->entries[i].value);
    cl_json_close(build);
}

enum cl_code cl_bad_member(const char *key, const char *want, struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID_REQUEST, "member '%s' is not %s", key, want);
}

/* The library iterates over const objects too, but does not say so. */
static json_t *unconst(const json_t *object)
{
    union {
        const json_t *in;
        json_t *out;
    } same = {.in = object};

    return same.out;
}

void *cl_first_member(const json_t *object)
{
    return json_object_iter(unconst(object));
}

void *cl_next_member(const json_t *object, void *at)
{
    return json_object_iter_next(unconst(object), at);
}

enum cl_code cl_read_object(const json_t *json, const char *what, struct cl_err *err)
{
    if (json_is_object(json))
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID_REQUEST, "%s is not a JSON object", what);
}

enum cl_code cl_read_str(const json_t *object, const char *key, struct cl_str *ret,
                         struct cl_err *err)
{
    const json_t *value = cl_json_get(object, key);

    if (value != NULL && !json_is_string(value))
        return cl_bad_member(key, "text", err);
    *ret = cl_json_text(value);
    return CL_OK;
}

enum cl_code cl_read_text(const json_t *object, const char *key, char **ret, struct cl_err *err)
{
    struct cl_str text = CL_STR_NONE;

    if (cl_json_get(object, key) == NULL)
        return CL_OK;
    CL_TRY(cl_read_str(object, key, &text, err));
    if (cl_str_find(text, '\0') < text.len)
        return cl_bad_member(key, "text without NUL", err);
    return cl_replace_text(ret, text, err);
}

enum cl_code cl_read_into(const json_t *object, const char *key, char *ret, size_t size,
                          struct cl_err *err)
{
    struct cl_str text = CL_STR_NONE;

    CL_TRY(cl_read_str(object, key, &text, err));
    if (text.len >= size || cl_str_find(text, '\0') < text.len)
        return cl_bad_member(key, "text of that length", err);
    (void)memcpy(ret, text.ptr, text.len);
    ret[text.len] = '\0';
    return CL_OK;
}

enum cl_code cl_read_i64(const json_t *object, const char *key, int64_t otherwise, int64_t *ret,
                         struct cl_err *err)
{
    const json_t *value = cl_json_get(object, key);

    if (value != NULL && !json_is_integer(value))
        return cl_bad_member(key, "a whole number", err);
    *ret = value == NULL ? otherwise : json_integer_value(value);
    return CL_OK;
}

enum cl_code cl_read_bool(const json_t *object, const char *key, bool *ret, struct cl_err *err)
{
    const json_t *value = cl_json_get(object, key);

    if (value != NULL && !json_is_boolean(value))
        return cl_bad_member(key, "true or false", err);
    *ret = json_is_true(value);
    return CL_OK;
}

/* The six digits behind the point; the time's own parser drops them. */
static int64_t microseconds(struct cl_str text)
{
    struct cl_str digits = cl_str_skip(text, cl_str_find(text, '.') + 1);
    int64_t value = 0;

    for (size_t i = 0; i < 6; i++) {
        bool digit = i < digits.len && digits.ptr[i] >= '0' && digits.ptr[i] <= '9';
        if (!digit)
            digits = cl_str_first(digits, i);
        value = value * 10 + (digit ? digits.ptr[i] - '0' : 0);
    }
    return value;
}

enum cl_code cl_read_time_us(const json_t *object, const char *key, int64_t *ret_at_us,
                             struct cl_err *err)
{
    struct cl_str text = CL_STR_NONE;
    struct cl_err why = CL_ERR_NONE;
    int64_t at = 0;

    *ret_at_us = 0;
    CL_TRY(cl_read_str(object, key, &text, err));
    if (cl_json_get(object, key) == NULL)
        return CL_OK;
    if (cl_time_parse_rfc3339(text, &at, &why) != CL_OK ||
        __builtin_mul_overflow(at, (int64_t)US_PER_S, &at))
        return cl_bad_member(key, "a time in the form of RFC 3339", err);
    /* A leap second at the end of the last year lies outside. */
    if (!can_be_written(at + microseconds(text)))
        return cl_bad_member(key, "a time between the years 1 and 9999", err);
    *ret_at_us = at + microseconds(text);
    return CL_OK;
}

enum cl_code cl_read_time(const json_t *object, const char *key, int64_t *ret_at,
                          struct cl_err *err)
{
    int64_t at_us = 0;

    CL_TRY(cl_read_time_us(object, key, &at_us, err));
    *ret_at = at_us / US_PER_S - (at_us % US_PER_S < 0 ? 1 : 0);
    return CL_OK;
}

enum cl_code cl_read_array(const json_t *object, const char *key, const json_t **ret,
                           struct cl_err *err)
{
    const json_t *value = cl_json_get(object, key);

    if (value != NULL && !json_is_array(value))
        return cl_bad_member(key, "a list", err);
    *ret = value;
    return CL_OK;
}

enum cl_code cl_read_strs(const json_t *object, const char *key, struct cl_strs *ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;
    const json_t *array = NULL;

    CL_TRY(cl_read_array(object, key, &array, err));
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        struct cl_str text = cl_json_text(item);
        if (!json_is_string(item) || cl_str_find(text, '\0') < text.len)
            return cl_bad_member(key, "a list of texts", err);
        CL_TRY(cl_strs_add(&list, text, err));
    }
    cl_strs_cleanup(ret);
    CL_MOVE_TO(ret, list);
    return CL_OK;
}

enum cl_code cl_read_map(const json_t *object, const char *key, struct cl_map *ret,
                         struct cl_err *err)
{
    const json_t *value = cl_json_get(object, key);

    if (value == NULL)
        return CL_OK;
    CL_TRY(cl_read_object(value, key, err));
    return cl_map_decode(value, ret, err);
}

enum cl_code cl_map_encode(const struct cl_map *map, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_member_add_map(&build, NULL, map);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_entry(struct cl_map *map, const char *key, const json_t *value,
                               struct cl_err *err)
{
    struct cl_str text = cl_json_text(value);

    if (json_is_null(value))
        return cl_map_set_null(map, cl_str_of(key), err);
    if (!json_is_string(value) || cl_str_find(text, '\0') < text.len)
        return cl_bad_member(key, "text", err);
    return cl_map_set(map, cl_str_of(key), text, err);
}

enum cl_code cl_map_decode(const json_t *json, struct cl_map *ret, struct cl_err *err)
{
    CL_AUTO(cl_map) struct cl_map map = CL_MAP_NONE;

    CL_TRY(cl_read_object(json, "the map", err));
    for (void *at = cl_first_member(json); at != NULL; at = cl_next_member(json, at))
        CL_TRY(read_entry(&map, json_object_iter_key(at), json_object_iter_value(at), err));
    cl_map_cleanup(ret);
    CL_MOVE_TO(ret, map);
    return CL_OK;
}
