#include "store/records.h"

#define LENGTH_DIGITS_MAX 7

static void add_piece(struct cl_buf *buf, struct cl_str piece)
{
    cl_buf_addf(buf, "%zu:", piece.len);
    cl_buf_add(buf, piece);
}

static void add_items(struct cl_buf *buf, const struct cl_strs *list)
{
    for (size_t i = 0; i < list->count; i++)
        add_piece(buf, cl_str_of(list->items[i]));
}

enum cl_code cl_record_map(const struct cl_map *map, struct cl_buf *ret, struct cl_err *err)
{
    for (size_t i = 0; i < map->count; i++) {
        add_piece(ret, cl_str_of(map->entries[i].key));
        add_piece(ret, cl_str_of(map->entries[i].value));
    }
    return cl_buf_ok(ret, err);
}

enum cl_code cl_record_strs(const struct cl_strs *list, struct cl_buf *ret, struct cl_err *err)
{
    add_items(ret, list);
    return cl_buf_ok(ret, err);
}

static enum cl_code add_list(const struct cl_strs *list, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf items = CL_BUF(CL_RECORD_MAX_BYTES);

    add_items(&items, list);
    CL_TRY(cl_buf_ok(&items, err));
    add_piece(ret, cl_buf_view(&items));
    return CL_OK;
}

/* The kind's word in the text; NULL for what is kept elsewhere. */
static const char *word_of(enum cl_attr_kind kind)
{
    switch (kind) {
    case CL_ATTR_TEXT: return "text";
    case CL_ATTR_BOOL: return "bool";
    case CL_ATTR_INT: return "int";
    case CL_ATTR_LIST: return "list";
    case CL_ATTR_SECRET: break;
    }
    return NULL;
}

static enum cl_code add_entry(const struct cl_config_entry *entry, struct cl_buf *ret,
                              struct cl_err *err)
{
    const char *word = word_of(entry->kind);

    if (word == NULL)
        return CL_OK;
    add_piece(ret, cl_str_of(entry->name));
    add_piece(ret, cl_str_of(word));
    if (entry->kind == CL_ATTR_LIST)
        return add_list(&entry->list, ret, err);
    add_piece(ret, cl_str_of(entry->text));
    return CL_OK;
}

enum cl_code cl_record_config(const struct cl_config *config, struct cl_buf *ret,
                              struct cl_err *err)
{
    for (size_t i = 0; i < config->count; i++)
        CL_TRY(add_entry(&config->entries[i], ret, err));
    return cl_buf_ok(ret, err);
}

static enum cl_code unreadable(struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_FAILED, "stored value is not what Cleat wrote");
    return cl_err_hint(err, "Restore the store from a backup.");
}

static bool read_length(struct cl_str *rest, size_t *ret)
{
    size_t length = 0;
    size_t digits = 0;

    while (digits < rest->len && rest->ptr[digits] >= '0' && rest->ptr[digits] <= '9') {
        if (digits == LENGTH_DIGITS_MAX)
            return false;
        length = length * 10 + (size_t)(rest->ptr[digits++] - '0');
    }
    if (digits == 0 || digits == rest->len || rest->ptr[digits] != ':')
        return false;
    *rest = cl_str_skip(*rest, digits + 1);
    *ret = length;
    return true;
}

static enum cl_code next_piece(struct cl_str *rest, struct cl_str *ret, struct cl_err *err)
{
    size_t length = 0;

    if (!read_length(rest, &length) || length > rest->len ||
        memchr(rest->ptr, '\0', length) != NULL)
        return unreadable(err);
    *ret = cl_str_first(*rest, length);
    *rest = cl_str_skip(*rest, length);
    return CL_OK;
}

enum cl_code cl_record_read_map(struct cl_str text, struct cl_map *ret, struct cl_err *err)
{
    struct cl_str key = CL_STR_NONE;
    struct cl_str value = CL_STR_NONE;

    while (text.len > 0) {
        CL_TRY(next_piece(&text, &key, err));
        CL_TRY(next_piece(&text, &value, err));
        CL_TRY(cl_map_set(ret, key, value, err));
    }
    return CL_OK;
}

enum cl_code cl_record_read_strs(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
{
    struct cl_str item = CL_STR_NONE;

    while (text.len > 0) {
        CL_TRY(next_piece(&text, &item, err));
        CL_TRY(cl_strs_add(ret, item, err));
    }
    return CL_OK;
}

static enum cl_code put_list(struct cl_config *config, const char *name, struct cl_str items,
                             struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;

    CL_TRY(cl_record_read_strs(items, &list, err));
    return cl_config_set_list(config, name, &list, err);
}

static enum cl_code put_int(struct cl_config *config, const char *name, struct cl_str digits,
                            struct cl_err *err)
{
    int64_t number = 0;

    if (cl_parse_i64(digits, &number, err) != CL_OK)
        return unreadable(err);
    return cl_config_set_int(config, name, number, err);
}

static enum cl_code put_value(struct cl_config *config, const char *name, struct cl_str word,
                              struct cl_str value, struct cl_err *err)
{
    if (cl_str_eq(word, CL_STR("text")))
        return cl_config_set_text(config, name, value, err);
    if (cl_str_eq(word, CL_STR("list")))
        return put_list(config, name, value, err);
    if (cl_str_eq(word, CL_STR("int")))
        return put_int(config, name, value, err);
    if (cl_str_eq(word, CL_STR("bool")))
        return cl_config_set_bool(config, name, cl_str_eq(value, CL_STR("true")), err);
    return unreadable(err);
}

enum cl_code cl_record_read_config(struct cl_str text, struct cl_config *ret, struct cl_err *err)
{
    struct cl_str name = CL_STR_NONE;
    struct cl_str word = CL_STR_NONE;
    struct cl_str value = CL_STR_NONE;

    while (text.len > 0) {
        CL_AUTO(cl_string) char *key = NULL;
        CL_TRY(next_piece(&text, &name, err));
        CL_TRY(next_piece(&text, &word, err));
        CL_TRY(next_piece(&text, &value, err));
        CL_TRY(cl_str_dup(name, &key, err));
        CL_TRY(put_value(ret, key, word, value, err));
    }
    return CL_OK;
}
