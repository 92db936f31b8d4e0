#ifndef CLEAT_TESTS_JSON_TEXT_H
#define CLEAT_TESTS_JSON_TEXT_H

#include "test.h"

#include "base/alloc.h"
#include "codec/json.h"

/* Compares a value's compact text, members in order, with what is wanted. */
static inline void assert_json(const json_t *json, const char *want)
{
    CL_AUTO(cl_string) char *text = NULL;
    struct cl_err err = CL_ERR_NONE;

    assert_ok(cl_json_dump(json, CL_JSON_COMPACT, &text, &err), &err);
    assert_string_equal(text, want);
}

/* Parses a literal; single quotes stand for double ones. */
static inline json_t *json_of(const char *literal)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(65536);
    struct cl_err err = CL_ERR_NONE;
    json_t *json = NULL;

    for (const char *c = literal; *c != '\0'; c++)
        cl_buf_add_char(&text, *c == '\'' ? '"' : *c);
    assert_ok(cl_buf_ok(&text, &err), &err);
    assert_ok(cl_json_parse(cl_buf_view(&text), &json, &err), &err);
    return json;
}

/* The same value after a trip through text. Takes `json`. */
static inline json_t *through_text(json_t *json)
{
    CL_AUTO(cl_string) char *text = NULL;
    struct cl_err err = CL_ERR_NONE;
    json_t *parsed = NULL;

    assert_ok(cl_json_dump(json, CL_JSON_COMPACT, &text, &err), &err);
    json_decref(json);
    assert_ok(cl_json_parse(cl_str_of(text), &parsed, &err), &err);
    return parsed;
}

#endif
