#include "codec/yaml_edit.h"

#include <assert.h>

#include "codec/json.h"
#include "codec/yaml.h"
#include "codec/yaml_patch.h"
#include "codec/yaml_write.h"

#define NO_INDEX SIZE_MAX

/* One edit under way. */
struct work {
    struct cl_str text;
    const char *name; /* of the key */
    struct cl_yaml *yaml;
    const struct cl_yaml_node *root;
    const struct cl_yaml_node *key;   /* NULL: the map has no such key */
    const struct cl_yaml_node *value; /* NULL with it */
    size_t colon_end;                 /* behind the key's colon */
    struct cl_buf added;
    struct cl_patch patches[2];
    size_t patch_count;
};

static void work_cleanup(struct work *work)
{
    cl_yaml_cleanup(&work->yaml);
    cl_buf_cleanup(&work->added);
}

static size_t start_of(const struct cl_yaml_node *node)
{
    return cl_yaml_span(node).start;
}

static size_t end_of(const struct cl_yaml_node *node)
{
    return cl_yaml_span(node).end;
}

static enum cl_code refuse(const struct work *work, const char *reason, struct cl_err *err)
{
    const struct cl_yaml_node *at = work->key != NULL ? work->key : work->root;

    return cl_err_set(err, CL_E_INVALID, "line %zu: '%s' %s", cl_yaml_line(at), work->name, reason);
}

/* The colon stands behind the key, where nobody went out of their way. */
static enum cl_code find_colon(struct work *work, struct cl_err *err)
{
    const char *blanks = cl_yaml_is_flow(work->root) ? " \t\r\n" : " \t";
    size_t at = end_of(work->key);

    while (at < work->text.len && strchr(blanks, work->text.ptr[at]) != NULL)
        at++;
    if (at == work->text.len || work->text.ptr[at] != ':')
        return refuse(work, "is not followed by its colon, so it cannot be changed", err);
    work->colon_end = at + 1;
    return CL_OK;
}

static enum cl_code begin(struct cl_str text, const char *name, struct work *ret,
                          struct cl_err *err)
{
    *ret = (struct work){.text = text, .name = name, .added = CL_BUF_SECRET(CL_YAML_MAX_BYTES)};
    CL_TRY(cl_yaml_parse(text, &ret->yaml, err));
    ret->root = cl_yaml_root(ret->yaml);
    if (ret->root == NULL || cl_yaml_kind(ret->root) != CL_YAML_MAP)
        return cl_err_set(err, CL_E_INVALID, "the outermost value is no map");
    ret->key = cl_yaml_key(ret->root, name);
    if (ret->key == NULL)
        return CL_OK;
    ret->value = cl_yaml_value(ret->key);
    return find_colon(ret, err);
}

/* --- what is there ------------------------------------------------------------------------- */

/* Where the value ends; an empty one stands nowhere in particular. */
static size_t value_end(const struct work *work)
{
    size_t end = end_of(work->value);

    return end > work->colon_end ? end : work->colon_end;
}

static size_t count_of(const struct cl_yaml_node *list)
{
    size_t count = 0;

    if (cl_yaml_kind(list) != CL_YAML_LIST)
        return 0;
    for (const struct cl_yaml_node *at = cl_yaml_first(list); at != NULL; at = cl_yaml_next(at))
        count++;
    return count;
}

static const struct cl_yaml_node *item_at(const struct work *work, size_t index)
{
    const struct cl_yaml_node *at = cl_yaml_first(work->value);

    while (index-- > 0)
        at = cl_yaml_next(at);
    return at;
}

/* Blanks in front of the keys of the outermost map. */
static size_t key_indent(const struct work *work)
{
    return cl_yaml_column(cl_yaml_first(work->root)) - 1;
}

/* Start of the line that bears the item's dash: the first one behind the item before, or behind
 * the key, that begins with one. */
static size_t dash_line(const struct work *work, size_t index)
{
    size_t at = index == 0 ? work->colon_end : end_of(item_at(work, index - 1));
    size_t limit = start_of(item_at(work, index));

    at = cl_line_end(work->text, at);
    while (at < limit) {
        size_t start = cl_break_behind(work->text, at);
        size_t dash = start;
        while (dash < limit && work->text.ptr[dash] == ' ')
            dash++;
        if (dash < limit && work->text.ptr[dash] == '-')
            return start;
        at = cl_line_end(work->text, dash);
        if (at < dash) /* an empty line */
            at = dash;
    }
    return cl_line_start(work->text, limit);
}

static size_t dash_indent(const struct work *work)
{
    size_t start = dash_line(work, 0);
    size_t at = start;

    while (at < work->text.len && work->text.ptr[at] == ' ')
        at++;
    return at - start;
}

/* --- what is put --------------------------------------------------------------------------- */

static void put(struct work *work, size_t start, size_t end, struct cl_str with)
{
    assert(work->patch_count < CL_COUNT(work->patches));
    work->patches[work->patch_count++] =
        (struct cl_patch){.start = start, .end = end, .with = with};
}

/* Each line behind a break of the text's own kind, and none at the end. */
static enum cl_code add_block_item(struct work *work, const json_t *item, size_t indent,
                                   struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf lines = CL_BUF_SECRET(CL_YAML_MAX_BYTES);
    CL_AUTO(cl_json) json_t *list = json_array();
    struct cl_str line_break = cl_line_break(work->text);
    struct cl_str line = CL_STR_NONE;

    CL_AUTO(cl_json) json_t *copy = json_deep_copy(item);
    if (list == NULL || copy == NULL || json_array_append(list, copy) != 0)
        return cl_err_no_memory(err);
    cl_buf_add_yaml_at(&lines, list, indent);
    CL_TRY(cl_buf_ok(&lines, err));
    struct cl_str rest = cl_buf_view(&lines);
    while (rest.len > 0) {
        (void)cl_str_cut(rest, '\n', &line, &rest);
        cl_buf_add(&work->added, line_break);
        cl_buf_add(&work->added, line);
    }
    return cl_buf_ok(&work->added, err);
}

/* The key at the end of the map, up to its colon. */
static void add_key(struct work *work)
{
    if (!cl_yaml_is_flow(work->root)) {
        cl_buf_add(&work->added, cl_line_break(work->text));
        cl_buf_add_repeat(&work->added, " ", key_indent(work));
        cl_buf_addf(&work->added, "%s:", work->name);
        return;
    }
    if (cl_yaml_first(work->root) != NULL)
        cl_buf_add_c(&work->added, ", ");
    cl_buf_addf(&work->added, "\"%s\":", work->name);
}

/* Where the outermost map gets its next key. */
static size_t map_end(const struct work *work)
{
    const struct cl_yaml_node *last = NULL;

    if (!cl_yaml_is_flow(work->root))
        return cl_line_end(work->text, end_of(work->root));
    for (const struct cl_yaml_node *key = cl_yaml_first(work->root); key != NULL;
         key = cl_yaml_next(key))
        last = cl_yaml_value(key);
    if (last != NULL)
        return end_of(last);
    return end_of(work->root) - 1; /* {} */
}

/* --- no harm done -------------------------------------------------------------------------- */

/* Two nodes that must mean the same, but for one below the first that is being changed. */
struct pair {
    const struct cl_yaml_node *a;
    const struct cl_yaml_node *b;
    const struct cl_yaml_node *except; /* NULL: none */
};

static bool is_same(const struct pair *pair);

static bool is_same_key(const struct pair *pair)
{
    struct pair values = {cl_yaml_value(pair->a), cl_yaml_value(pair->b), pair->except};

    return cl_str_eq(cl_yaml_text(pair->a), cl_yaml_text(pair->b)) && is_same(&values);
}

/* The parser has limited the depth, and how much aliases can stand for. */
static bool is_same(const struct pair *pair)
{
    struct pair at = {cl_yaml_first(pair->a), cl_yaml_first(pair->b), pair->except};
    bool is_map = cl_yaml_kind(pair->a) == CL_YAML_MAP;

    if (cl_yaml_kind(pair->a) != cl_yaml_kind(pair->b))
        return false;
    if (pair->a == pair->except && pair->a != NULL)
        return true;
    if (cl_yaml_is_null(pair->a) != cl_yaml_is_null(pair->b) ||
        !cl_str_eq(cl_yaml_text(pair->a), cl_yaml_text(pair->b)))
        return false;
    while (at.a != NULL && at.b != NULL && (is_map ? is_same_key(&at) : is_same(&at))) {
        at.a = cl_yaml_next(at.a);
        at.b = cl_yaml_next(at.b);
    }
    return at.a == NULL && at.b == NULL;
}

/* Every other key is there, in the same order, and means the same. */
static bool keeps_keys(const struct work *before, const struct work *after)
{
    const struct cl_yaml_node *a = cl_yaml_first(before->root);
    const struct cl_yaml_node *b = cl_yaml_first(after->root);

    for (;;) {
        a = a != NULL && a == before->key ? cl_yaml_next(a) : a;
        b = b != NULL && b == after->key ? cl_yaml_next(b) : b;
        if (a == NULL || b == NULL)
            return a == b;
        if (!is_same_key(&(struct pair){a, b, NULL}))
            return false;
        a = cl_yaml_next(a);
        b = cl_yaml_next(b);
    }
}

/* The items at the two places are left out; NO_INDEX: none is. */
struct expected {
    size_t gone;
    size_t come;
};

static bool keeps_items(const struct work *before, const struct work *after,
                        const struct expected *expected)
{
    size_t count_before = count_of(before->value);
    size_t count_after = count_of(after->value);
    size_t i = 0;
    size_t k = 0;

    for (;;) {
        i += i == expected->gone;
        k += k == expected->come;
        if (i >= count_before || k >= count_after)
            return i >= count_before && k >= count_after;
        if (!is_same(&(struct pair){item_at(before, i++), item_at(after, k++), NULL}))
            return false;
    }
}

/* JSON is YAML, so what was to be put can be compared with what is there now. */
static enum cl_code check_item(const struct work *after, size_t index, const json_t *item,
                               bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_YAML_MAX_BYTES);
    CL_AUTO(cl_yaml) struct cl_yaml *wanted = NULL;

    cl_buf_add_json(&text, item, CL_JSON_COMPACT);
    CL_TRY(cl_buf_ok(&text, err));
    CL_TRY(cl_yaml_parse(cl_buf_view(&text), &wanted, err));
    *ret = is_same(&(struct pair){item_at(after, index), cl_yaml_root(wanted), NULL});
    return CL_OK;
}

static enum cl_code check(const struct work *before, struct cl_str text,
                          const struct expected *expected, const json_t *item, struct cl_err *err)
{
    CL_AUTO(work) struct work after = {.patch_count = 0};
    bool is_fine = true;

    if (begin(text, before->name, &after, err) != CL_OK) {
        return err->code == CL_E_FAILED ? CL_E_FAILED
                                        : refuse(before, "cannot be changed here", err);
    }
    if (expected != NULL)
        is_fine = keeps_items(before, &after, expected);
    if (is_fine && item != NULL)
        CL_TRY(check_item(&after, expected->come, item, &is_fine, err));
    if (is_fine && keeps_keys(before, &after))
        return CL_OK;
    return refuse(before, "cannot be changed without changing the meaning of something else", err);
}

static enum cl_code finish(const struct work *work, const struct expected *expected,
                           const json_t *item, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_YAML_MAX_BYTES);

    cl_buf_add_patched(&text, work->text, work->patches, work->patch_count);
    CL_TRY(cl_buf_ok(&text, err));
    CL_TRY(check(work, cl_buf_view(&text), expected, item, err));
    cl_buf_add(ret, cl_buf_view(&text));
    return cl_buf_ok(ret, err);
}

/* --- keys ---------------------------------------------------------------------------------- */

enum cl_code cl_yaml_source(struct cl_str text, const char *key, struct cl_yaml_source *ret,
                            struct cl_err *err)
{
    CL_AUTO(work) struct work work = {.patch_count = 0};

    CL_TRY(begin(text, key, &work, err));
    *ret = (struct cl_yaml_source){.is_there = work.key != NULL};
    if (work.key != NULL) {
        ret->text = cl_str_make(text.ptr + work.colon_end, value_end(&work) - work.colon_end);
    }
    return CL_OK;
}

static void drop_block_key(struct work *work)
{
    size_t start = cl_line_start(work->text, start_of(work->key));
    size_t end = cl_line_end(work->text, value_end(work));

    if (start == 0) {
        end = cl_break_behind(work->text, end);
    } else {
        start = cl_break_before(work->text, start);
    }
    put(work, start, end, CL_STR_NONE);
}

static void drop_flow_key(struct work *work)
{
    const struct cl_yaml_node *before = NULL;
    const struct cl_yaml_node *next = cl_yaml_next(work->key);

    for (const struct cl_yaml_node *at = cl_yaml_first(work->root); at != work->key;
         at = cl_yaml_next(at))
        before = cl_yaml_value(at);
    if (before != NULL) {
        put(work, end_of(before), value_end(work), CL_STR_NONE);
    } else {
        put(work, start_of(work->key), next != NULL ? start_of(next) : value_end(work),
            CL_STR_NONE);
    }
}

static void drop_key(struct work *work)
{
    if (cl_yaml_is_flow(work->root)) {
        drop_flow_key(work);
    } else {
        drop_block_key(work);
    }
}

enum cl_code cl_yaml_set_source(struct cl_str text, const char *key,
                                const struct cl_yaml_source *source, struct cl_buf *ret,
                                struct cl_err *err)
{
    CL_AUTO(work) struct work work = {.patch_count = 0};

    CL_TRY(begin(text, key, &work, err));
    if (work.key == NULL && source->is_there) {
        add_key(&work);
        cl_buf_add(&work.added, source->text);
        CL_TRY(cl_buf_ok(&work.added, err));
        put(&work, map_end(&work), map_end(&work), cl_buf_view(&work.added));
    } else if (work.key != NULL && source->is_there) {
        put(&work, work.colon_end, value_end(&work), source->text);
    } else if (work.key != NULL) {
        drop_key(&work);
    }
    return finish(&work, NULL, NULL, ret, err);
}

/* --- scalars ------------------------------------------------------------------------------- */

enum cl_code cl_yaml_set_text(struct cl_str text, const struct cl_yaml_node *root,
                              const struct cl_yaml_node *scalar, struct cl_str value,
                              struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf quoted = CL_BUF_SECRET(CL_YAML_MAX_BYTES);
    CL_AUTO(cl_buf) struct cl_buf changed = CL_BUF_SECRET(CL_YAML_MAX_BYTES);
    CL_AUTO(cl_json) json_t *json = json_stringn(value.ptr, value.len);
    CL_AUTO(cl_yaml) struct cl_yaml *after = NULL;

    if (json == NULL)
        return cl_err_no_memory(err);
    cl_buf_add_json(&quoted, json, CL_JSON_COMPACT); /* good in either style */
    struct cl_patch patch = {
        .start = start_of(scalar), .end = end_of(scalar), .with = cl_buf_view(&quoted)};
    CL_TRY(cl_buf_ok(&quoted, err));
    cl_buf_add_patched(&changed, text, &patch, 1);
    CL_TRY(cl_buf_ok(&changed, err));
    CL_TRY(cl_yaml_parse(cl_buf_view(&changed), &after, err));
    if (!is_same(&(struct pair){root, cl_yaml_root(after), scalar})) {
        return cl_err_set(err, CL_E_INVALID, "line %zu: a value cannot be changed here",
                          cl_yaml_line(scalar));
    }
    cl_buf_add(ret, cl_buf_view(&changed));
    return cl_buf_ok(ret, err);
}

/* --- items --------------------------------------------------------------------------------- */

/* Behind the last one. */
static enum cl_code append_item(struct work *work, const json_t *item, struct cl_err *err)
{
    const struct cl_yaml_node *last = item_at(work, count_of(work->value) - 1);
    size_t at = end_of(last);

    if (cl_yaml_is_flow(work->value)) {
        cl_buf_add_c(&work->added, ", ");
        cl_buf_add_json(&work->added, item, CL_JSON_COMPACT);
    } else {
        at = cl_line_end(work->text, at);
        CL_TRY(add_block_item(work, item, dash_indent(work), err));
    }
    CL_TRY(cl_buf_ok(&work->added, err));
    put(work, at, at, cl_buf_view(&work->added));
    return CL_OK;
}

/* The first one, below a key that has no items or is not there yet. */
static enum cl_code add_block_list(struct work *work, const json_t *item, struct cl_err *err)
{
    size_t at = map_end(work);

    if (work->key == NULL) {
        add_key(work);
    } else {
        put(work, work->colon_end, value_end(work), CL_STR_NONE);
        at = cl_line_end(work->text, value_end(work));
    }
    CL_TRY(add_block_item(work, item, key_indent(work), err));
    put(work, at, at, cl_buf_view(&work->added));
    return CL_OK;
}

static enum cl_code add_flow_list(struct work *work, const json_t *item, struct cl_err *err)
{
    size_t start = work->key == NULL ? map_end(work) : work->colon_end;
    size_t end = work->key == NULL ? start : value_end(work);

    if (work->key == NULL)
        add_key(work);
    cl_buf_add_c(&work->added, " [");
    cl_buf_add_json(&work->added, item, CL_JSON_COMPACT);
    cl_buf_add_char(&work->added, ']');
    CL_TRY(cl_buf_ok(&work->added, err));
    put(work, start, end, cl_buf_view(&work->added));
    return CL_OK;
}

/* A list that is written right here, or nothing at all. */
static enum cl_code check_list(const struct work *work, struct cl_err *err)
{
    if (work->value == NULL || cl_yaml_is_null(work->value))
        return CL_OK;
    if (cl_yaml_is_alias(work->value))
        return refuse(work, "is an alias, so it cannot be changed", err);
    if (cl_yaml_kind(work->value) != CL_YAML_LIST)
        return refuse(work, "is no list", err);
    return CL_OK;
}

enum cl_code cl_yaml_add_item(struct cl_str text, const char *key, const json_t *item,
                              struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(work) struct work work = {.patch_count = 0};

    CL_TRY(begin(text, key, &work, err));
    CL_TRY(check_list(&work, err));
    struct expected expected = {.gone = NO_INDEX, .come = count_of(work.value)};
    if (expected.come > 0) {
        CL_TRY(append_item(&work, item, err));
    } else if (cl_yaml_is_flow(work.root)) {
        CL_TRY(add_flow_list(&work, item, err));
    } else {
        CL_TRY(add_block_list(&work, item, err));
    }
    return finish(&work, &expected, item, ret, err);
}

/* From the break in front of the dash to the end of the item's last line. */
static void put_block_item(struct work *work, size_t index, struct cl_str with)
{
    put(work, cl_break_before(work->text, dash_line(work, index)),
        cl_line_end(work->text, end_of(item_at(work, index))), with);
}

enum cl_code cl_yaml_replace_item(struct cl_str text, const char *key, size_t index,
                                  const json_t *item, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(work) struct work work = {.patch_count = 0};
    struct expected expected = {.gone = index, .come = index};

    CL_TRY(begin(text, key, &work, err));
    CL_TRY(check_list(&work, err));
    assert(index < count_of(work.value));
    if (cl_yaml_is_flow(work.value)) {
        cl_buf_add_json(&work.added, item, CL_JSON_COMPACT);
        CL_TRY(cl_buf_ok(&work.added, err));
        put(&work, start_of(item_at(&work, index)), end_of(item_at(&work, index)),
            cl_buf_view(&work.added));
    } else {
        CL_TRY(add_block_item(&work, item, dash_indent(&work), err));
        put_block_item(&work, index, cl_buf_view(&work.added));
    }
    return finish(&work, &expected, item, ret, err);
}

static void drop_only_item(struct work *work, const struct cl_yaml_source *empty)
{
    if (!empty->is_there) {
        drop_key(work);
    } else if (cl_yaml_is_flow(work->value)) {
        put(work, work->colon_end, value_end(work), empty->text);
    } else {
        put(work, work->colon_end, work->colon_end, empty->text);
        put_block_item(work, 0, CL_STR_NONE);
    }
}

static void drop_one_item(struct work *work, size_t index)
{
    const struct cl_yaml_node *item = item_at(work, index);

    if (!cl_yaml_is_flow(work->value)) {
        put_block_item(work, index, CL_STR_NONE);
    } else if (index > 0) {
        put(work, end_of(item_at(work, index - 1)), end_of(item), CL_STR_NONE);
    } else {
        put(work, start_of(item), start_of(cl_yaml_next(item)), CL_STR_NONE);
    }
}

enum cl_code cl_yaml_drop_item(struct cl_str text, const char *key, size_t index,
                               const struct cl_yaml_source *empty, struct cl_buf *ret,
                               struct cl_err *err)
{
    CL_AUTO(work) struct work work = {.patch_count = 0};
    struct expected expected = {.gone = index, .come = NO_INDEX};

    CL_TRY(begin(text, key, &work, err));
    CL_TRY(check_list(&work, err));
    assert(index < count_of(work.value));
    if (count_of(work.value) == 1) {
        drop_only_item(&work, empty);
    } else {
        drop_one_item(&work, index);
    }
    return finish(&work, &expected, NULL, ret, err);
}
