#include "base/alloc.h"
#include "base/buf.h"
#include "codec/json.h"
#include "core/config.h"
#include "core/quote.h"
#include "core/type.h"

#define ORIGIN_SHOWN_MAX 250 /* its end is the file's name */

/* From what a caller gives to a checked configuration, attribute by attribute in schema order. No
 * message here repeats a value: what was typed at the wrong attribute may be a secret. */

static enum cl_code unknown_name(const struct cl_schema *schema, struct cl_str name,
                                 struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    for (size_t i = 0; i < schema->attr_count; i++)
        CL_TRY(cl_strs_add(&valid, cl_str_of(schema->attrs[i].name), err));
    return cl_unknown(err, CL_E_UNKNOWN_ATTRIBUTE, name, &valid, "%s '%s' has no attribute '%s'",
                      schema->owner, schema->id, cl_quote(name).text);
}

static enum cl_code check_names(const struct cl_schema *schema, const struct cl_input *input,
                                struct cl_err *err)
{
    for (size_t i = 0; input != NULL && i < input->count; i++) {
        struct cl_str name = cl_str_of(input->entries[i].name);
        if (cl_attr_find(schema->attrs, schema->attr_count, name) == NULL)
            return unknown_name(schema, name, err);
    }
    return CL_OK;
}

static enum cl_code invalid(const struct cl_attr *attr, const char *why, struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s' %s", attr->name, why);
}

static enum cl_code check_choice(const struct cl_attr *attr, struct cl_str value,
                                 struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    if (attr->choices == NULL)
        return CL_OK;
    for (const char *const *choice = attr->choices; *choice != NULL; choice++) {
        if (cl_str_eq_c(value, *choice))
            return CL_OK;
        CL_TRY(cl_strs_add(&valid, cl_str_of(*choice), err));
    }
    return cl_unknown(err, CL_E_INVALID_ATTRIBUTE, value, &valid,
                      "attribute '%s' has a value that is not one of its choices", attr->name);
}

static enum cl_code check_text(const struct cl_attr *attr, struct cl_str value, struct cl_err *err)
{
    return cl_is_utf8(value) ? CL_OK : invalid(attr, "is not UTF-8 text", err);
}

/* Where only some items are kept the others may be what they like. */
static enum cl_code check_bytes(const struct cl_attr *attr, struct cl_str value, struct cl_err *err)
{
    size_t max = cl_attr_max_bytes(attr);

    if (value.len > max) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                          "attribute '%s' is %zu bytes long; at most %zu are allowed", attr->name,
                          value.len, max);
    }
    if (attr->keep == NULL && cl_str_find(value, '\0') < value.len)
        return invalid(attr, "contains a NUL byte", err);
    if (attr->keep == NULL)
        CL_TRY(check_text(attr, value, err));
    if (attr->required && value.len == 0)
        return invalid(attr, "must not be empty", err);
    return CL_OK;
}

static enum cl_code add_item(const struct cl_attr *attr, struct cl_str item, struct cl_strs *list,
                             struct cl_err *err)
{
    item = cl_str_trim(item);
    if (attr->keep != NULL)
        return cl_strs_add_marked(list, item, err);
    if (item.len == 0)
        return CL_OK;
    CL_TRY(check_choice(attr, item, err));
    return cl_strs_add(list, item, err);
}

static enum cl_code add_json_items(const struct cl_attr *attr, const json_t *array,
                                   struct cl_strs *list, struct cl_err *err)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        struct cl_str text = cl_str_make(json_string_value(item), json_string_length(item));
        if (!json_is_string(item) || cl_str_find(text, '\0') < text.len)
            return invalid(attr, "is a list whose items are not all texts", err);
        CL_TRY(add_item(attr, text, list, err));
    }
    return CL_OK;
}

/* What does not parse as a JSON array is read as it is split by commas, like `[a` or `a,b`, or by
 * line ends. */
static enum cl_code parse_list(const struct cl_attr *attr, struct cl_str value,
                               struct cl_strs *list, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *array = NULL;
    char separator = attr->format == CL_ATTR_FORMAT_LINES ? '\n' : ',';
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_json_parse(value, &array, &why);

    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (json_is_array(array))
        return add_json_items(attr, array, list, err);
    for (bool more = true; more;) {
        struct cl_str item;
        more = cl_str_cut(value, separator, &item, &value);
        CL_TRY(add_item(attr, item, list, err));
    }
    return CL_OK;
}

static enum cl_code set_list(const struct cl_attr *attr, struct cl_str value,
                             struct cl_config *config, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;

    CL_TRY(parse_list(attr, value, &list, err));
    if (attr->required && list.count == 0)
        return invalid(attr, "must not be an empty list", err);
    return cl_config_set_list(config, attr->name, &list, err);
}

static enum cl_code set_bool(const struct cl_attr *attr, struct cl_str value,
                             struct cl_config *config, struct cl_err *err)
{
    bool flag = false;

    if (cl_parse_bool(cl_str_trim(value), &flag, err) != CL_OK)
        return invalid(attr, "must be true or false", err);
    return cl_config_set_bool(config, attr->name, flag, err);
}

static enum cl_code set_int(const struct cl_attr *attr, struct cl_str value,
                            struct cl_config *config, struct cl_err *err)
{
    int64_t number = 0;

    if (cl_parse_i64(cl_str_trim(value), &number, err) != CL_OK)
        return invalid(attr, "must be a whole number", err);
    return cl_config_set_int(config, attr->name, number, err);
}

static enum cl_code set_secret(const struct cl_attr *attr, struct cl_str value,
                               struct cl_config *config, struct cl_err *err)
{
    CL_AUTO(cl_secret) struct cl_secret *copy = NULL;

    CL_TRY(cl_secret_new(value, &copy, err));
    return cl_config_set_secret_take(config, attr->name, CL_MOVE(copy), err);
}

static enum cl_code check_document(const struct cl_attr *attr, struct cl_str value,
                                   struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_json_parse(value, &document, &why);

    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (code != CL_OK) {
        return cl_err_set(err, CL_E_INVALID_ATTRIBUTE, "attribute '%s' is not JSON: %s", attr->name,
                          why.text);
    }
    return json_is_object(document) ? CL_OK : invalid(attr, "is not a JSON object", err);
}

/* Secret documents are left to their type: some come in base64. */
static enum cl_code set_text(const struct cl_attr *attr, struct cl_str value,
                             struct cl_config *config, struct cl_err *err)
{
    CL_TRY(check_choice(attr, value, err));
    if (attr->format == CL_ATTR_FORMAT_JSON && value.len > 0)
        CL_TRY(check_document(attr, value, err));
    return cl_config_set_text(config, attr->name, value, err);
}

static enum cl_code set_value(const struct cl_attr *attr, const struct cl_secret *given,
                              struct cl_config *config, struct cl_err *err)
{
    struct cl_str value = cl_secret_expose(given);

    if (attr->trim)
        value = cl_str_trim(value);
    CL_TRY(check_bytes(attr, value, err));
    switch (attr->kind) {
    case CL_ATTR_SECRET: return set_secret(attr, value, config, err);
    case CL_ATTR_BOOL: return set_bool(attr, value, config, err);
    case CL_ATTR_INT: return set_int(attr, value, config, err);
    case CL_ATTR_LIST: return set_list(attr, value, config, err);
    case CL_ATTR_TEXT: break;
    }
    return set_text(attr, value, config, err);
}

static const struct cl_input_entry *input_find(const struct cl_input *input, const char *name)
{
    for (size_t i = 0; input != NULL && i < input->count; i++) {
        if (strcmp(input->entries[i].name, name) == 0)
            return &input->entries[i];
    }
    return NULL;
}

static enum cl_code keep_items(const struct cl_attr *attr, struct cl_config *config,
                               struct cl_err *err)
{
    const struct cl_strs *given = cl_config_list(config, attr->name);
    CL_AUTO(cl_strs) struct cl_strs kept = CL_STRS_NONE;

    if (attr->keep == NULL || given == NULL)
        return CL_OK;
    CL_TRY(attr->keep(config, given, &kept, err));
    for (size_t i = 0; i < kept.count; i++)
        CL_TRY(check_text(attr, cl_str_of(kept.items[i]), err));
    return cl_config_set_list(config, attr->name, &kept, err);
}

/* Whoever gave a file wants to know in which one to look. */
static enum cl_code say_origin(const struct cl_attr *attr, const struct cl_input *input,
                               enum cl_code code, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf origin = CL_BUF((size_t)8 * ORIGIN_SHOWN_MAX);
    const struct cl_input_entry *given = input_find(input, attr->name);

    if (code == CL_OK || code == CL_E_FAILED || given == NULL || given->origin == NULL)
        return code;
    cl_buf_add_quoted(&origin, cl_str_of(given->origin), ORIGIN_SHOWN_MAX);
    CL_TRY(cl_buf_ok(&origin, err));
    return cl_err_wrap(err, "%s", origin.ptr);
}

/* The caller's word counts, also when it clears; else what is there already stays. */
static enum cl_code build_attr(const struct cl_attr *attr, const struct cl_config *base,
                               const struct cl_input *input, struct cl_config *config,
                               struct cl_err *err)
{
    const struct cl_input_entry *given = input_find(input, attr->name);
    const struct cl_config_entry *kept = base == NULL ? NULL : cl_config_find(base, attr->name);

    if (given != NULL)
        return given->value == NULL ? CL_OK : set_value(attr, given->value, config, err);
    if (kept == NULL || kept->kind != attr->kind)
        return CL_OK;
    return cl_config_copy_entry(kept, config, err);
}

static enum cl_code check_required(const struct cl_schema *schema, const struct cl_config *config,
                                   struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs missing = CL_STRS_NONE;
    CL_AUTO(cl_string) char *names = NULL;

    for (size_t i = 0; i < schema->attr_count; i++) {
        const struct cl_attr *attr = &schema->attrs[i];
        if (attr->required && cl_config_find(config, attr->name) == NULL)
            CL_TRY(cl_strs_add(&missing, cl_str_of(attr->name), err));
    }
    if (missing.count == 0)
        return CL_OK;
    CL_TRY(cl_strs_join(&missing, ", ", &names, err));
    return cl_err_set(err, CL_E_MISSING_ATTRIBUTE, "%s '%s' needs the missing attribute%s %s",
                      schema->owner, schema->id, missing.count == 1 ? "" : "s", names);
}

enum cl_code cl_config_build_schema(const struct cl_schema *schema, const struct cl_config *base,
                                    const struct cl_input *input, struct cl_config *ret,
                                    struct cl_err *err)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;

    CL_TRY(check_names(schema, input, err));
    for (size_t i = 0; i < schema->attr_count; i++)
        CL_TRY(build_attr(&schema->attrs[i], base, input, &config, err));
    CL_TRY(check_required(schema, &config, err));
    for (size_t i = 0; i < schema->attr_count; i++) {
        const struct cl_attr *attr = &schema->attrs[i];
        CL_TRY(say_origin(attr, input, keep_items(attr, &config, err), err));
    }
    CL_MOVE_TO(ret, config);
    return CL_OK;
}

enum cl_code cl_config_build(const struct cl_auth_method *method, const struct cl_config *base,
                             const struct cl_input *input, struct cl_config *ret,
                             struct cl_err *err)
{
    struct cl_schema schema = {
        .owner = "auth method",
        .id = method->id,
        .attrs = method->attrs,
        .attr_count = method->attr_count,
    };

    return cl_config_build_schema(&schema, base, input, ret, err);
}
