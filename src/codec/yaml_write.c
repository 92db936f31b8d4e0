#include "codec/yaml_write.h"

#include "codec/json_ref.h"

#define DEPTH_MAX 64

/* Words that some version of the language reads as a truth value or as nothing. */
static const char *const reserved[] = {"null", "true", "false", "yes",  "no",   "on",    "off",
                                       "y",    "n",    "~",     ".inf", ".nan", "-.inf", "+.inf"};

static bool is_reserved(struct cl_str text)
{
    for (size_t i = 0; i < CL_COUNT(reserved); i++) {
        if (cl_str_ieq(text, cl_str_of(reserved[i])))
            return true;
    }
    return false;
}

/* Numbers, dates, times, hexadecimal and sexagesimal ones, and what looks like them. */
static bool is_number_like(struct cl_str text)
{
    return strchr("0123456789+-.", text.ptr[0]) != NULL &&
           cl_str_only(text, "0123456789+-.:_ xXoOaAbBcCdDeEfFtTzZ");
}

static bool has_unsafe_char(struct cl_str text)
{
    int32_t c = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (cl_str_unsafe_char(cl_str_skip(text, i), &c) > 0)
            return true;
    }
    return false;
}

static bool is_plain(struct cl_str text)
{
    if (text.len == 0 || is_reserved(text) || is_number_like(text) || has_unsafe_char(text))
        return false;
    if (strchr("-?:,[]{}#&*!|>'\"%@`=<~ ", text.ptr[0]) != NULL)
        return false;
    char last = text.ptr[text.len - 1];
    return last != ' ' && last != ':' && !cl_str_contains(text, CL_STR(": ")) &&
           !cl_str_contains(text, CL_STR(" #"));
}

static void add_escape(struct cl_buf *buf, int32_t c)
{
    if (c == '\n') {
        cl_buf_add_c(buf, "\\n");
    } else {
        cl_buf_addf(buf, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned int)c);
    }
}

void cl_buf_add_yaml_text(struct cl_buf *buf, struct cl_str text)
{
    if (is_plain(text)) {
        cl_buf_add(buf, text);
        return;
    }
    cl_buf_add_char(buf, '"');
    while (text.len > 0) {
        int32_t c = 0;
        size_t len = cl_str_unsafe_char(text, &c);
        if (len > 0) {
            add_escape(buf, c);
        } else {
            if (text.ptr[0] == '"' || text.ptr[0] == '\\')
                cl_buf_add_char(buf, '\\');
            cl_buf_add_char(buf, text.ptr[0]);
            len = 1;
        }
        text = cl_str_skip(text, len);
    }
    cl_buf_add_char(buf, '"');
}

static void add_value(struct cl_buf *buf, const json_t *value, size_t indent, bool in_list);

static bool is_block(const json_t *value)
{
    return json_object_size(value) > 0 || json_array_size(value) > 0;
}

static void add_members(struct cl_buf *buf, const json_t *object, size_t indent, bool in_list)
{
    CL_AUTO(cl_json) json_t *members = cl_json_ref(object);
    bool first = true;

    for (void *at = json_object_iter(members); at != NULL;
         at = json_object_iter_next(members, at)) {
        const json_t *value = json_object_iter_value(at);
        if (!first || !in_list)
            cl_buf_add_repeat(buf, " ", indent);
        first = false;
        cl_buf_add_yaml_text(buf, cl_str_of(json_object_iter_key(at)));
        cl_buf_add_char(buf, ':');
        cl_buf_add_char(buf, is_block(value) ? '\n' : ' ');
        add_value(buf, value, json_is_array(value) ? indent : indent + 2, false);
    }
}

static void add_items(struct cl_buf *buf, const json_t *array, size_t indent, bool in_list)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0 || !in_list)
            cl_buf_add_repeat(buf, " ", indent);
        cl_buf_add_c(buf, "- ");
        add_value(buf, json_array_get(array, i), indent + 2, true);
    }
}

static void add_leaf(struct cl_buf *buf, const json_t *value)
{
    if (json_is_string(value)) {
        cl_buf_add_yaml_text(buf, cl_json_text(value));
    } else {
        cl_buf_add_json(buf, value, CL_JSON_COMPACT); /* numbers, words, {} and [] */
    }
    cl_buf_add_char(buf, '\n');
}

/* `in_list`: the cursor stands behind "- ", so the first line needs no indent. */
static void add_value(struct cl_buf *buf, const json_t *value, size_t indent, bool in_list)
{
    /* Values come from our own encoders, which are not that deep; text must not recurse for ever.
     */
    if (indent > 2UL * DEPTH_MAX) {
        buf->failed = CL_E_INVALID;
    } else if (json_object_size(value) > 0) {
        add_members(buf, value, indent, in_list);
    } else if (json_array_size(value) > 0) {
        add_items(buf, value, indent, in_list);
    } else {
        add_leaf(buf, value);
    }
}

void cl_buf_add_yaml_at(struct cl_buf *buf, const json_t *value, size_t indent)
{
    add_value(buf, value, indent, false);
}

void cl_buf_add_yaml(struct cl_buf *buf, const json_t *value)
{
    cl_buf_add_yaml_at(buf, value, 0);
}
