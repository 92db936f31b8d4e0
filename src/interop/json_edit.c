#include "interop/json_edit.h"

#include "codec/json.h"

/* --- finding: the text has been parsed before, so it is known to be well formed ------------- */

struct member {
    size_t key;   /* where its key begins, the quote */
    size_t value; /* where its value begins */
    size_t end;   /* behind its value */
};

/* One object of the text, and the member that was looked for. */
struct found {
    size_t open;  /* behind its brace */
    size_t close; /* where the other brace is */
    size_t count;
    struct member last;
    size_t last_gap; /* behind the brace or comma before `last` */
    bool hit;
    struct member member;
    size_t before; /* end of the value before it; `open` when it is the first */
    size_t after;  /* key of the member behind it; 0 when it is the last */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(struct cl_str text, size_t at)
{
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return at;
}

/* Behind the string that begins at `at`. */
static size_t skip_string(struct cl_str text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++) {
        if (text.ptr[at] == '\\')
            at++;
    }
    return at < text.len ? at + 1 : text.len;
}

static size_t skip_nested(struct cl_str text, size_t at)
{
    size_t depth = 0;

    while (at < text.len) {
        char c = text.ptr[at];
        if (c == '"') {
            at = skip_string(text, at);
            continue;
        }
        at++;
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && --depth == 0)
            break;
    }
    return at;
}

static size_t skip_value(struct cl_str text, size_t at)
{
    if (at < text.len && text.ptr[at] == '"')
        return skip_string(text, at);
    if (at < text.len && (text.ptr[at] == '{' || text.ptr[at] == '['))
        return skip_nested(text, at);
    while (at < text.len && !is_blank(text.ptr[at]) && strchr(",]}", text.ptr[at]) == NULL)
        at++;
    return at;
}

static struct cl_str slice(struct cl_str text, size_t start, size_t end)
{
    return cl_str_make(text.ptr + start, end - start);
}

/* Keys may be written with escapes. */
static enum cl_code is_key(struct cl_str token, struct cl_str name, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *value = NULL;
    struct cl_str inside = cl_str_skip(cl_str_first(token, token.len - 1), 1);

    *ret = cl_str_eq(inside, name);
    if (*ret || cl_str_find(inside, '\\') == inside.len)
        return CL_OK;
    CL_TRY(cl_json_parse(token, &value, err));
    *ret = cl_str_eq(cl_json_text(value), name);
    return CL_OK;
}

static void note(struct found *found, const struct member *member, size_t gap, bool hit)
{
    if (found->hit && found->after == 0)
        found->after = member->key;
    if (hit && !found->hit) {
        found->hit = true;
        found->member = *member;
        found->before = found->count > 0 ? found->last.end : found->open;
    }
    found->last = *member;
    found->last_gap = gap;
    found->count++;
}

/* The members of the object whose brace is at `brace`. */
static enum cl_code look(struct cl_str text, size_t brace, struct cl_str name, struct found *ret,
                         struct cl_err *err)
{
    size_t gap = brace + 1;

    *ret = (struct found){.open = gap};
    size_t at = skip_blanks(text, gap);
    while (at < text.len && text.ptr[at] == '"') {
        struct member member = {.key = at};
        bool hit = false;
        size_t key_end = skip_string(text, at);
        CL_TRY(is_key(slice(text, at, key_end), name, &hit, err));
        member.value = skip_blanks(text, skip_blanks(text, key_end) + 1);
        member.end = skip_value(text, member.value);
        note(ret, &member, gap, hit);
        at = skip_blanks(text, member.end);
        if (at >= text.len || text.ptr[at] != ',')
            break;
        gap = at + 1;
        at = skip_blanks(text, gap);
    }
    ret->close = at;
    return CL_OK;
}

/* A first member never has a blank before its colon, except in an object made of a null. */
#define COLON_FOR_NULL " : "

/* --- putting in ---------------------------------------------------------------------------- */

static enum cl_code add_key(struct cl_str key, struct cl_buf *out, struct cl_err *err)
{
    if (!cl_is_utf8(key))
        return cl_err_set(err, CL_E_INVALID, "a name is not valid UTF-8");
    CL_AUTO(cl_json) json_t *text = json_stringn(key.ptr, key.len);
    if (text == NULL)
        return cl_err_no_memory(err);
    cl_buf_add_json(out, text, CL_JSON_COMPACT);
    return CL_OK;
}

/* What stands before each member: of an object without any, nothing. */
static struct cl_str gap_of(struct cl_str text, const struct found *found)
{
    return found->count == 0 ? CL_STR_NONE : slice(text, found->last_gap, found->last.key);
}

/* Between key and value, in the file's own style. */
static struct cl_str colon_of(struct cl_str text, const struct found *found)
{
    if (found->count == 0)
        return CL_STR(": ");
    return slice(text, skip_string(text, found->last.key), found->last.value);
}

static size_t insert_at(const struct found *found)
{
    return found->count == 0 ? found->open : found->last.end;
}

static enum cl_code add_member(struct cl_str text, const struct found *found, struct cl_str key,
                               struct cl_str value, struct cl_buf *out, struct cl_err *err)
{
    struct cl_str gap = gap_of(text, found);
    struct cl_str colon = colon_of(text, found);

    if (found->count > 0)
        cl_buf_add_char(out, ',');
    if (found->count > 0 && gap.len == 0 && cl_str_ends(colon, CL_STR(" ")))
        cl_buf_add_char(out, ' '); /* the only one so far stands at the brace, others need not */
    cl_buf_add(out, gap);
    CL_TRY(add_key(key, out, err));
    cl_buf_add(out, colon);
    cl_buf_add(out, value);
    return CL_OK;
}

/* The object with its one member, indented once more than its own key. */
static enum cl_code make_object(const struct cl_json_edit *edit, struct cl_str gap,
                                struct cl_buf *out, struct cl_err *err)
{
    size_t line = gap.len;

    while (line > 0 && gap.ptr[line - 1] != '\n')
        line--;
    cl_buf_add_char(out, '{');
    cl_buf_add(out, gap);
    if (line > 0) {
        cl_buf_add(out, cl_str_skip(gap, line));
    } else if (gap.len == 0) {
        cl_buf_add_char(out, ' '); /* the blank that says that the object was made */
    }
    CL_TRY(add_key(edit->key, out, err));
    cl_buf_add_c(out, ": ");
    cl_buf_add(out, edit->value);
    cl_buf_add(out, gap.len == 0 ? CL_STR(" ") : gap);
    cl_buf_add_char(out, '}');
    return CL_OK;
}

static enum cl_code put_new_object(const struct cl_json_edit *edit, const struct found *top,
                                   struct cl_buf *out, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf object = CL_BUF_SECRET(CL_JSON_EDIT_MAX_BYTES);
    size_t at = insert_at(top);

    CL_TRY(make_object(edit, gap_of(edit->text, top), &object, err));
    cl_buf_add(out, cl_str_first(edit->text, at));
    CL_TRY(add_member(edit->text, top, cl_str_of(edit->object), cl_buf_view(&object), out, err));
    cl_buf_add(out, cl_str_skip(edit->text, at));
    return cl_buf_ok(&object, err);
}

/* What stands for no object at all, to the tools that read such files. */
static bool is_null(struct cl_str text, const struct member *member)
{
    return cl_str_eq(slice(text, member->value, member->end), CL_STR("null"));
}

static enum cl_code put_for_null(const struct cl_json_edit *edit, const struct member *null,
                                 struct cl_buf *out, struct cl_err *err)
{
    cl_buf_add(out, cl_str_first(edit->text, null->value));
    cl_buf_add_char(out, '{');
    CL_TRY(add_key(edit->key, out, err));
    cl_buf_add_c(out, COLON_FOR_NULL);
    cl_buf_add(out, edit->value);
    cl_buf_add_char(out, '}');
    cl_buf_add(out, cl_str_skip(edit->text, null->end));
    return CL_OK;
}

static enum cl_code put_member(const struct cl_json_edit *edit, const struct found *object,
                               struct cl_buf *out, struct cl_err *err)
{
    size_t at = object->hit ? object->member.value : insert_at(object);

    cl_buf_add(out, cl_str_first(edit->text, at));
    if (object->hit) {
        cl_buf_add(out, edit->value);
        at = object->member.end;
    } else {
        CL_TRY(add_member(edit->text, object, edit->key, edit->value, out, err));
    }
    cl_buf_add(out, cl_str_skip(edit->text, at));
    return CL_OK;
}

static enum cl_code put_new_file(const struct cl_json_edit *edit, struct cl_buf *out,
                                 struct cl_err *err)
{
    cl_buf_add(out, edit->text);
    cl_buf_add_c(out, "{\n\t");
    CL_TRY(add_key(cl_str_of(edit->object), out, err));
    cl_buf_add_c(out, ": ");
    CL_TRY(make_object(edit, CL_STR("\n\t"), out, err));
    cl_buf_add_c(out, "\n}\n");
    return CL_OK;
}

/* --- taking out ---------------------------------------------------------------------------- */

/* What goes with the member that was found. */
static void span_of(const struct found *found, size_t *ret_start, size_t *ret_end)
{
    if (found->after != 0) { /* with the comma and the blanks before the next one */
        *ret_start = found->member.key;
        *ret_end = found->after;
        return;
    }
    *ret_start = found->count > 1 ? found->before : found->member.key;
    *ret_end = found->member.end;
}

/* It was made for its one member. */
static bool goes_too(const struct found *object)
{
    return object->count == 1 && object->member.key > object->open;
}

/* It was made in place of a null. */
static bool was_null(struct cl_str text, const struct found *object)
{
    return object->count == 1 && object->member.key == object->open &&
           cl_str_eq(colon_of(text, object), CL_STR(COLON_FOR_NULL));
}

static void put_null_back(const struct cl_json_edit *edit, const struct member *object,
                          struct cl_buf *out)
{
    cl_buf_add(out, cl_str_first(edit->text, object->value));
    cl_buf_add_c(out, "null");
    cl_buf_add(out, cl_str_skip(edit->text, object->end));
}

static void take_out(const struct cl_json_edit *edit, const struct found *top, size_t brace,
                     const struct found *object, struct cl_buf *out, bool *ret_emptied)
{
    size_t start = 0;
    size_t end = 0;

    if (was_null(edit->text, object)) {
        put_null_back(edit, &top->member, out);
        return;
    }
    *ret_emptied = goes_too(object) && goes_too(top);
    span_of(goes_too(object) ? top : object, &start, &end);
    if (*ret_emptied) {
        start = brace;
        end = edit->text.len;
    }
    cl_buf_add(out, cl_str_first(edit->text, start));
    cl_buf_add(out, cl_str_skip(edit->text, end));
}

/* ------------------------------------------------------------------------------------------- */

static enum cl_code check(const struct cl_json_edit *edit, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *value = NULL;

    CL_TRY(
        cl_json_parse_limited(edit->text, CL_JSON_EDIT_MAX_BYTES, CL_JSON_MAX_DEPTH, &value, err));
    if (!json_is_object(value))
        return cl_err_set(err, CL_E_INVALID, "JSON line 1: not an object");
    const json_t *member = json_object_get(value, edit->object);
    if (member != NULL && !json_is_object(member) && !json_is_null(member))
        return cl_err_set(err, CL_E_INVALID, "'%s' is not an object", edit->object);
    return CL_OK;
}

static enum cl_code edit_object(const struct cl_json_edit *edit, struct cl_buf *out, bool *emptied,
                                struct cl_err *err)
{
    size_t brace = skip_blanks(edit->text, 0);
    bool removes = edit->value.len == 0;
    struct found top = {.open = 0};
    struct found object = {.open = 0};

    CL_TRY(look(edit->text, brace, cl_str_of(edit->object), &top, err));
    bool is_empty = top.hit && is_null(edit->text, &top.member);
    if (is_empty && !removes)
        return put_for_null(edit, &top.member, out, err);
    if (top.hit && !is_empty)
        CL_TRY(look(edit->text, top.member.value, edit->key, &object, err));
    if (removes && object.hit) {
        take_out(edit, &top, brace, &object, out, emptied);
        return CL_OK;
    }
    if (removes) {
        cl_buf_add(out, edit->text);
        return CL_OK;
    }
    return top.hit ? put_member(edit, &object, out, err) : put_new_object(edit, &top, out, err);
}

enum cl_code cl_json_edit(const struct cl_json_edit *edit, struct cl_buf *ret, bool *ret_emptied,
                          struct cl_err *err)
{
    bool emptied = false;

    if (cl_str_trim(edit->text).len > 0) {
        CL_TRY(check(edit, err));
        CL_TRY(edit_object(edit, ret, &emptied, err));
    } else if (edit->value.len == 0) {
        cl_buf_add(ret, edit->text);
    } else {
        CL_TRY(put_new_file(edit, ret, err));
    }
    if (ret_emptied != NULL)
        *ret_emptied = emptied;
    return cl_buf_ok(ret, err);
}
