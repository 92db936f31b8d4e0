#include "codec/json.h"

#include <math.h>

#include "base/alloc.h"

/*
 * jansson reports a failed allocation inside a string as a syntax error, so whether memory ran out
 * is noted where it happens. Per thread, because parsing is.
 */
static _Thread_local bool ran_out;

static void *json_alloc(size_t size)
{
    void *block = cl_alloc(size);

    if (block == NULL)
        ran_out = true;
    return block;
}

void cl_json_setup(void)
{
    json_set_alloc_funcs(json_alloc, cl_free);
}

void cl_json_cleanup(json_t **value)
{
    json_decref(*value);
}

struct place {
    size_t line;
    size_t column;
};

static enum cl_code invalid(struct cl_err *err, struct place at, const char *reason)
{
    return cl_err_set(err, CL_E_INVALID, "JSON line %zu, column %zu: %s", at.line, at.column,
                      reason);
}

static void advance(struct place *at, char c)
{
    bool newline = c == '\n';
    bool continues = ((unsigned char)c & 0xC0U) == 0x80U;

    at->line += newline ? 1 : 0;
    at->column = newline ? 0 : at->column + (continues ? 0 : 1);
}

/* jansson's own limit is fixed at 2048 levels, too many for the stacks of worker threads, and it
 * passes over a NUL behind a number, which others would not. */
static enum cl_code check_bytes(struct cl_str text, size_t max_depth, struct cl_err *err)
{
    struct place at = {.line = 1, .column = 0};
    bool in_string = false;
    size_t depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        advance(&at, c);
        if (c == '\0')
            return invalid(err, at, "a NUL character");
        if (in_string && c == '\\' && i + 1 < text.len) {
            advance(&at, text.ptr[++i]);
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '[' || c == '{')) {
            depth++;
        } else if (!in_string && (c == ']' || c == '}') && depth > 0) {
            depth--;
        }
        if (depth > max_depth)
            return invalid(err, at, "nested too deeply");
    }
    return CL_OK;
}

/* jansson's texts quote the input, which may hold secrets; these do not. */
static const char *reason_of(enum json_error_code code)
{
    switch (code) {
    case json_error_premature_end_of_input: return "the text ends too early";
    case json_error_end_of_input_expected: return "there is more text behind the value";
    case json_error_invalid_utf8: return "not valid UTF-8";
    case json_error_null_byte_in_key:
    case json_error_null_character: return "a NUL character";
    case json_error_duplicate_key: return "a key is given twice in one object";
    case json_error_numeric_overflow: return "a number is out of range";
    case json_error_stack_overflow: return "nested too deeply";
    case json_error_unknown:
    case json_error_out_of_memory:
    case json_error_cannot_open_file:
    case json_error_invalid_argument:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_item_not_found:
    case json_error_index_out_of_range: break;
    }
    return "not valid JSON";
}

enum cl_code cl_json_parse_limited(struct cl_str text, size_t max_bytes, size_t max_depth,
                                   json_t **ret, struct cl_err *err)
{
    json_error_t problem = {.line = 0};

    if (text.len > max_bytes)
        return cl_err_set(err, CL_E_INVALID, "JSON is larger than %zu bytes", max_bytes);
    CL_TRY(check_bytes(text, max_depth, err));
    ran_out = false;
    json_t *value =
        json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (value == NULL && ran_out)
        return cl_err_no_memory(err);
    if (value == NULL) {
        struct place at = {.line = problem.line > 0 ? (size_t)problem.line : 1,
                           .column = problem.column > 0 ? (size_t)problem.column : 0};
        return invalid(err, at, reason_of(json_error_code(&problem)));
    }
    *ret = value;
    return CL_OK;
}

enum cl_code cl_json_parse(struct cl_str text, json_t **ret, struct cl_err *err)
{
    return cl_json_parse_limited(text, CL_JSON_MAX_BYTES, CL_JSON_MAX_DEPTH, ret, err);
}

json_t *cl_json_get(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : value;
}

struct cl_str cl_json_text(const json_t *value)
{
    return json_is_string(value) ? cl_str_make(json_string_value(value), json_string_length(value))
                                 : CL_STR_NONE;
}

struct cl_str cl_json_str(const json_t *object, const char *key)
{
    return cl_json_text(json_object_get(object, key));
}

enum cl_code cl_json_need_str(const json_t *object, const char *key, struct cl_str *ret,
                              struct cl_err *err)
{
    struct cl_str text = cl_json_str(object, key);

    if (text.len == 0)
        return cl_err_set(err, CL_E_INVALID, "'%s' is missing, empty or not text", key);
    *ret = text;
    return CL_OK;
}

int64_t cl_json_i64(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_integer(value))
        return json_integer_value(value);
    if (!json_is_real(value))
        return otherwise;
    double whole = trunc(json_real_value(value));
    /* 2^63 is exact as a double, INT64_MAX is not. */
    return whole >= -0x1p63 && whole < 0x1p63 ? (int64_t)whole : otherwise;
}

double cl_json_real(const json_t *object, const char *key, double otherwise)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : otherwise;
}

bool cl_json_bool(const json_t *object, const char *key, bool otherwise)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

enum cl_code cl_json_strs(const json_t *object, const char *key, struct cl_strs *ret,
                          struct cl_err *err)
{
    const json_t *list = cl_json_get(object, key);
    size_t count = json_array_size(list);

    if (list != NULL && !json_is_array(list))
        return cl_err_set(err, CL_E_INVALID, "'%s' is not a list", key);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_string(item))
            return cl_err_set(err, CL_E_INVALID, "'%s' holds something that is not text", key);
        CL_TRY(cl_strs_add(ret, cl_json_text(item), err));
    }
    return CL_OK;
}

enum cl_code cl_json_put(json_t *object, const char *key, json_t *value, struct cl_err *err)
{
    return json_object_set_new(object, key, value) == 0 ? CL_OK : cl_err_no_memory(err);
}

/* The library leaves all but C0 controls as they are, and documents are looked at on terminals.
 * What it hands over begins and ends between characters; outside texts there are none of these. */
static int append(const char *bytes, size_t len, void *ctx)
{
    struct cl_buf *buf = ctx;
    struct cl_str rest = cl_str_make(bytes, len);
    size_t safe = 0;

    while (safe < rest.len) {
        unsigned char first = (unsigned char)rest.ptr[safe];
        bool plain = (first >= ' ' && first < 0x7F) || first == '\n';
        int32_t c = 0;
        size_t unsafe = plain ? 0 : cl_str_unsafe_char(cl_str_skip(rest, safe), &c);
        if (unsafe == 0) {
            safe++;
            continue;
        }
        cl_buf_add(buf, cl_str_first(rest, safe));
        cl_buf_addf(buf, "\\u%04X", (unsigned int)c);
        rest = cl_str_skip(rest, safe + unsafe);
        safe = 0;
    }
    cl_buf_add(buf, rest);
    return buf->failed == CL_OK ? 0 : -1;
}

void cl_buf_add_json(struct cl_buf *buf, const json_t *value, enum cl_json_style style)
{
    size_t flags = JSON_ENCODE_ANY | (style == CL_JSON_PRETTY ? JSON_INDENT(2) : JSON_COMPACT);

    if (json_dump_callback(value, append, buf, flags) != 0 && buf->failed == CL_OK)
        buf->failed = CL_E_FAILED;
}

enum cl_code cl_json_dump(const json_t *value, enum cl_json_style style, char **ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_JSON_MAX_BYTES);

    cl_buf_add_json(&text, value, style);
    return cl_buf_take(&text, ret, err);
}

enum cl_code cl_json_put_strs(json_t *object, const char *key, const struct cl_strs *list,
                              struct cl_err *err)
{
    json_t *array = json_array();

    for (size_t i = 0; array != NULL && i < list->count; i++) {
        if (json_array_append_new(array, json_string(list->items[i])) != 0) {
            json_decref(array);
            return cl_err_no_memory(err);
        }
    }
    return cl_json_put(object, key, array, err);
}
