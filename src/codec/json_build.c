#include "codec/json_build.h"

#include <assert.h>

/* Puts `value` where the build stands; keeps the failure if it cannot. */
static void add(struct cl_json_build *build, const char *key, json_t *value)
{
    json_t *into = build->depth > 0 ? build->open[build->depth - 1] : NULL;
    int rc = 0;

    assert(build->done == NULL); /* something was added behind the end */
    if (build->failed != CL_OK || value == NULL) {
        json_decref(value);
        if (build->failed == CL_OK)
            build->failed = CL_E_FAILED;
        return;
    }
    if (into == NULL) {
        build->done = value;
    } else if (json_is_object(into)) {
        rc = json_object_set_new(into, key, value);
    } else {
        rc = json_array_append_new(into, value);
    }
    if (rc != 0)
        build->failed = key != NULL && !cl_is_utf8(cl_str_of(key)) ? CL_E_INVALID : CL_E_FAILED;
}

static void open_value(struct cl_json_build *build, const char *key, json_t *value)
{
    assert(build->depth < CL_JSON_BUILD_DEPTH);
    if (build->depth == 0 && build->failed == CL_OK && value != NULL) {
        build->open[0] = value;
    } else {
        add(build, key, value);
    }
    /* A failed build counts on, so that the calls to close still match. */
    if (build->failed == CL_OK)
        build->open[build->depth] = value;
    build->depth++;
}

void cl_json_open_object(struct cl_json_build *build, const char *key)
{
    open_value(build, key, json_object());
}

void cl_json_open_array(struct cl_json_build *build, const char *key)
{
    open_value(build, key, json_array());
}

void cl_json_close(struct cl_json_build *build)
{
    assert(build->depth > 0);
    build->depth--;
    if (build->depth == 0)
        build->done = CL_MOVE(build->open[0]);
}

void cl_json_add_str(struct cl_json_build *build, const char *key, struct cl_str text)
{
    if (build->failed == CL_OK && !cl_is_utf8(text)) {
        build->failed = CL_E_INVALID;
    } else {
        add(build, key, json_stringn_nocheck(text.ptr, text.len));
    }
}

void cl_json_add_c(struct cl_json_build *build, const char *key, const char *text)
{
    if (text == NULL) {
        cl_json_add_null(build, key);
    } else {
        cl_json_add_str(build, key, cl_str_of(text));
    }
}

void cl_json_add_i64(struct cl_json_build *build, const char *key, int64_t number)
{
    add(build, key, json_integer(number));
}

void cl_json_add_bool(struct cl_json_build *build, const char *key, bool yes)
{
    add(build, key, json_boolean(yes));
}

void cl_json_add_null(struct cl_json_build *build, const char *key)
{
    add(build, key, json_null());
}

void cl_json_add_strs(struct cl_json_build *build, const char *key, const struct cl_strs *list)
{
    cl_json_open_array(build, key);
    for (size_t i = 0; i < list->count; i++)
        cl_json_add_c(build, NULL, list->items[i]);
    cl_json_close(build);
}

void cl_json_add_filled(struct cl_json_build *build, const char *key, struct cl_str text)
{
    if (text.len > 0)
        cl_json_add_str(build, key, text);
}

void cl_json_add_value(struct cl_json_build *build, const char *key, json_t *value)
{
    add(build, key, value);
}

enum cl_code cl_json_build_take(struct cl_json_build *build, json_t **ret, struct cl_err *err)
{
    assert(build->depth == 0);
    if (build->failed == CL_E_INVALID)
        return cl_err_set(err, CL_E_INVALID, "text is not valid UTF-8");
    if (build->failed != CL_OK || build->done == NULL)
        return cl_err_no_memory(err);
    *ret = CL_MOVE(build->done);
    return CL_OK;
}

void cl_json_build_cleanup(struct cl_json_build *build)
{
    json_decref(build->open[0]);
    json_decref(build->done);
    *build = (struct cl_json_build)CL_JSON_BUILD;
}
