#ifndef CLEAT_CODEC_JSON_BUILD_H
#define CLEAT_CODEC_JSON_BUILD_H

#include "codec/json.h"

#define CL_JSON_BUILD_DEPTH 16

/*
 * Builds a JSON value in the order of its text. Remembers its first failure, so a chain of calls is
 * checked once, by cl_json_build_take:
 *
 *     CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
 *     cl_json_open_object(&build, NULL);
 *     cl_json_add_str(&build, "name", name);
 *     cl_json_close(&build);
 *     return cl_json_build_take(&build, &ret, err);
 *
 * `key` names a member and is NULL in an array and for the outermost value.
 */
struct cl_json_build {
    json_t *open[CL_JSON_BUILD_DEPTH]; /* from the outermost in; [0] is owned */
    size_t depth;
    json_t *done; /* the outermost, once it is closed */
    enum cl_code failed;
};

#define CL_JSON_BUILD \
    {                 \
        .depth = 0    \
    }

void cl_json_open_object(struct cl_json_build *build, const char *key);
void cl_json_open_array(struct cl_json_build *build, const char *key);
void cl_json_close(struct cl_json_build *build);

void cl_json_add_str(struct cl_json_build *build, const char *key, struct cl_str text);
void cl_json_add_c(struct cl_json_build *build, const char *key, const char *text); /* NULL: null */
void cl_json_add_i64(struct cl_json_build *build, const char *key, int64_t number);
void cl_json_add_bool(struct cl_json_build *build, const char *key, bool yes);
void cl_json_add_null(struct cl_json_build *build, const char *key);
void cl_json_add_strs(struct cl_json_build *build, const char *key, const struct cl_strs *list);

/** Text, or nothing at all when it is empty. */
void cl_json_add_filled(struct cl_json_build *build, const char *key, struct cl_str text);

/** Takes over the reference of `value`, also when the build has failed; NULL is a failure. */
void cl_json_add_value(struct cl_json_build *build, const char *key, json_t *value);

/**
 * The finished value, owned by the caller; the build is empty afterwards.
 *
 * @return CL_OK, CL_E_FAILED (memory), CL_E_INVALID (text that is not UTF-8)
 */
enum cl_code cl_json_build_take(struct cl_json_build *build, json_t **ret, struct cl_err *err)
    CL_MUST_USE;

void cl_json_build_cleanup(struct cl_json_build *build);

#endif
