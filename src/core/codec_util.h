#ifndef CLEAT_CORE_CODEC_UTIL_H
#define CLEAT_CORE_CODEC_UTIL_H

#include "codec/json_build.h"
#include "core/api_codec.h"

/*
 * Members as the codecs of core write and read them. For a reader an absent member and null are
 * the same: none; what does not fit is CL_E_INVALID_REQUEST and names the member.
 */

/* RFC 3339 with Z and microseconds; 0 is null. */
void cl_member_add_time(struct cl_json_build *build, const char *key, int64_t at);
void cl_member_add_time_us(struct cl_json_build *build, const char *key, int64_t at_us);

/* 0, and the empty text, are null. */
void cl_member_add_count(struct cl_json_build *build, const char *key, int64_t number);
void cl_member_add_some(struct cl_json_build *build, const char *key, struct cl_str text);

/* The values of a map; NULL is null. */
void cl_member_add_map(struct cl_json_build *build, const char *key, const struct cl_map *map);

/* "error": the text, or null when the code is CL_OK. */
void cl_member_add_error(struct cl_json_build *build, const struct cl_err *error);
/* "error_code", "retryable", "hint", "request_id", "retry_after_s", "provider". */
void cl_member_add_error_details(struct cl_json_build *build, const struct cl_err *error);

/* "configuration" without secrets; and "secrets", "secrets_hidden". `names`: secrets that are set
 * but not loaded, NULL for none. */
void cl_member_add_config(struct cl_json_build *build, const struct cl_config *config);
void cl_member_add_secrets(struct cl_json_build *build, const struct cl_config *config,
                           const struct cl_strs *names, bool shown);

/* Members of an object in their order; NULL behind the last. For json_object_iter_key and _value.
 */
void *cl_first_member(const json_t *object);
void *cl_next_member(const json_t *object, void *at);

/* "config_schema". */
void cl_member_add_schema(struct cl_json_build *build, const char *title,
                          const struct cl_attr *attrs, size_t count);

/** The value must be an object; `what` names it. */
enum cl_code cl_read_object(const json_t *json, const char *what, struct cl_err *err) CL_MUST_USE;

/* The text is owned by the caller (NULL: none), the view borrowed (empty: none). */
enum cl_code cl_read_text(const json_t *object, const char *key, char **ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_read_str(const json_t *object, const char *key, struct cl_str *ret,
                         struct cl_err *err) CL_MUST_USE;
/** At most `size - 1` bytes. */
enum cl_code cl_read_into(const json_t *object, const char *key, char *ret, size_t size,
                          struct cl_err *err) CL_MUST_USE;
enum cl_code cl_read_i64(const json_t *object, const char *key, int64_t otherwise, int64_t *ret,
                         struct cl_err *err) CL_MUST_USE;
enum cl_code cl_read_bool(const json_t *object, const char *key, bool *ret, struct cl_err *err)
    CL_MUST_USE;
enum cl_code cl_read_time(const json_t *object, const char *key, int64_t *ret_at,
                          struct cl_err *err) CL_MUST_USE;
enum cl_code cl_read_time_us(const json_t *object, const char *key, int64_t *ret_at_us,
                             struct cl_err *err) CL_MUST_USE;
enum cl_code cl_read_strs(const json_t *object, const char *key, struct cl_strs *ret,
                          struct cl_err *err) CL_MUST_USE;
enum cl_code cl_read_map(const json_t *object, const char *key, struct cl_map *ret,
                         struct cl_err *err) CL_MUST_USE;
/** NULL when absent; else an array. Borrowed. */
enum cl_code cl_read_array(const json_t *object, const char *key, const json_t **ret,
                           struct cl_err *err) CL_MUST_USE;
/** What the two functions above wrote; *ret has code CL_OK when there was none. */
enum cl_code cl_read_error(const json_t *object, struct cl_err *ret, struct cl_err *err)
    CL_MUST_USE;

/** CL_E_INVALID_REQUEST about a member. */
enum cl_code cl_bad_member(const char *key, const char *want, struct cl_err *err);

#endif
