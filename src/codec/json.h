#ifndef CLEAT_CODEC_JSON_H
#define CLEAT_CODEC_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/strs.h"

/*
 * Thin helpers over jansson. Values are reference counted; what a getter returns is borrowed from
 * the object it was asked of. Getters take NULL and values of any other kind for "absent", so that
 * `cl_json_str(cl_json_get(reply, "cluster"), "endpoint")` needs no check in between.
 */

/** Gives jansson the wiping heap. Call it once at start, before any other use of jansson. */
void cl_json_setup(void);

/** For CL_AUTO(cl_json) json_t *value = NULL; */
void cl_json_cleanup(json_t **value);

#define CL_JSON_MAX_BYTES ((size_t)8 << 20U)
#define CL_JSON_MAX_DEPTH 64

/**
 * Parses one JSON value (RFC 8259) of any kind, at most CL_JSON_MAX_BYTES long and
 * CL_JSON_MAX_DEPTH deep. A key that is given twice and \u0000 are refused.
 *
 * @param ret  owned by the caller, json_decref() or CL_AUTO(cl_json)
 * @return CL_OK, CL_E_INVALID (line and column and the reason, never the text itself), CL_E_FAILED
 */
enum cl_code cl_json_parse(struct cl_str text, json_t **ret, struct cl_err *err) CL_MUST_USE;

/** The same with limits of one's own. */
enum cl_code cl_json_parse_limited(struct cl_str text, size_t max_bytes, size_t max_depth,
                                   json_t **ret, struct cl_err *err) CL_MUST_USE;

/** The member, or NULL when it is absent or null. */
json_t *cl_json_get(const json_t *object, const char *key);

/** View of a string; empty when absent or no string. The second takes the string itself. */
struct cl_str cl_json_str(const json_t *object, const char *key);
struct cl_str cl_json_text(const json_t *value);

/** Like cl_json_str, but a missing, empty or other value is CL_E_INVALID and names the key. */
enum cl_code cl_json_need_str(const json_t *object, const char *key, struct cl_str *ret,
                              struct cl_err *err) CL_MUST_USE;

/**
 * A whole number; one written as 1.715690096E9 counts, its fraction is cut off, as AWS sends
 * times. `otherwise` when absent, no number, or out of range.
 */
int64_t cl_json_i64(const json_t *object, const char *key, int64_t otherwise);
double cl_json_real(const json_t *object, const char *key, double otherwise);
bool cl_json_bool(const json_t *object, const char *key, bool otherwise);

/** Appends an array of strings; absent is empty, anything else CL_E_INVALID. */
enum cl_code cl_json_strs(const json_t *object, const char *key, struct cl_strs *ret,
                          struct cl_err *err) CL_MUST_USE;

/** Puts a member into an object. Takes over the reference of `value`, also when it fails; NULL
 * stands for an allocation that failed. */
enum cl_code cl_json_put(json_t *object, const char *key, json_t *value, struct cl_err *err)
    CL_MUST_USE;

/** Puts an array of strings into an object. */
enum cl_code cl_json_put_strs(json_t *object, const char *key, const struct cl_strs *list,
                              struct cl_err *err) CL_MUST_USE;

enum cl_json_style {
    CL_JSON_COMPACT, /* no blanks, one line */
    CL_JSON_PRETTY,  /* indented by 2 */
};

/** Appends the value, keys in insertion order, UTF-8 unescaped, no newline behind it. */
void cl_buf_add_json(struct cl_buf *buf, const json_t *value, enum cl_json_style style);

/** The value as text of at most CL_JSON_MAX_BYTES, owned by the caller (cl_free). */
enum cl_code cl_json_dump(const json_t *value, enum cl_json_style style, char **ret,
                          struct cl_err *err) CL_MUST_USE;

#endif
