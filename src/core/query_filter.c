#include "core/query_filter.h"

#include <assert.h>
#include <ctype.h>

#include "base/time.h"
#include "codec/json.h"
#include "core/quote.h"

struct op_row {
    const char *name;
    bool text; /* for texts and ids */
    bool time;
    bool number;
    bool boolean;
};

/* clang-format off */
static const struct op_row ops[] = {
    [CL_OP_EQUALS]      = {"equals",      true,  true,  true,  true},
    [CL_OP_NOTEQUALS]   = {"notequals",   true,  true,  true,  true},
    [CL_OP_CONTAINS]    = {"contains",    true,  false, false, false},
    [CL_OP_NOTCONTAINS] = {"notcontains", true,  false, false, false},
    [CL_OP_STARTSWITH]  = {"startswith",  true,  false, false, false},
    [CL_OP_ENDSWITH]    = {"endswith",    true,  false, false, false},
    [CL_OP_ONEOF]       = {"oneof",       true,  false, false, false},
    [CL_OP_NOTONEOF]    = {"notoneof",    true,  false, false, false},
    [CL_OP_ISEMPTY]     = {"isempty",     true,  true,  true,  true},
    [CL_OP_ISNOTEMPTY]  = {"isnotempty",  true,  true,  true,  true},
    [CL_OP_GT]          = {"gt",          true,  true,  true,  false},
    [CL_OP_GTE]         = {"gte",         true,  true,  true,  false},
    [CL_OP_LT]          = {"lt",          true,  true,  true,  false},
    [CL_OP_LTE]         = {"lte",         true,  true,  true,  false},
    [CL_OP_IN]          = {"in",          false, true,  false, false},
};
/* clang-format on */

static bool kind_has(enum cl_field_kind kind, const struct op_row *op)
{
    switch (kind) {
    case CL_FIELD_TEXT:
    case CL_FIELD_UUID: return op->text;
    case CL_FIELD_NUMBER: return op->number;
    case CL_FIELD_TIME: return op->time;
    case CL_FIELD_BOOL: return op->boolean;
    }
    return false;
}

void cl_compiled_filter_cleanup(struct cl_compiled_filter *filter)
{
    cl_strs_cleanup(&filter->texts);
}

enum cl_code cl_query_field(const struct cl_query_source *source, struct cl_str name,
                            const struct cl_field **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    for (size_t i = 0; i < source->field_count; i++) {
        if (cl_str_eq_c(name, source->fields[i].name)) {
            *ret = &source->fields[i];
            return CL_OK;
        }
    }
    for (size_t i = 0; i < source->field_count; i++)
        CL_TRY(cl_strs_add(&valid, cl_str_of(source->fields[i].name), err));
    return cl_unknown(err, CL_E_INVALID, name, &valid, "there is no field '%s'",
                      cl_quote(name).text);
}

struct cl_hex_id cl_hex_id_of(struct cl_str id)
{
    struct cl_hex_id hex = {.text = ""};
    size_t len = 0;

    for (size_t i = 0; i < id.len && len + 1 < sizeof(hex.text); i++) {
        if (id.ptr[i] != '-')
            hex.text[len++] = (char)tolower((unsigned char)id.ptr[i]);
    }
    return hex;
}

/* What stands before the first colon is an operator only if it is one of the words. */
static enum cl_filter_op split(struct cl_str value, struct cl_str *operand)
{
    struct cl_str word = CL_STR_NONE;

    if (!cl_str_cut(value, ':', &word, operand))
        word = CL_STR_NONE;
    for (size_t i = 0; i < CL_COUNT(ops); i++) {
        if (cl_str_eq_c(word, ops[i].name))
            return (enum cl_filter_op)i;
    }
    *operand = value;
    return CL_OP_EQUALS;
}

static enum cl_code bad_operator(const struct cl_field *field, enum cl_filter_op op,
                                 struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;

    for (size_t i = 0; i < CL_COUNT(ops); i++) {
        if (kind_has(field->kind, &ops[i]))
            CL_TRY(cl_strs_add(&valid, cl_str_of(ops[i].name), err));
    }
    return cl_unknown(err, CL_E_INVALID, CL_STR_NONE, &valid,
                      "field '%s' cannot be filtered with '%s'", field->name, ops[op].name);
}

static enum cl_code malformed(const struct cl_field *field, struct cl_str operand, const char *want,
                              struct cl_err *err)
{
    return cl_err_set(err, CL_E_INVALID, "filter of '%s': '%s' is not %s", field->name,
                      cl_quote(operand).text, want);
}

static enum cl_code add_text(struct cl_compiled_filter *filter, struct cl_str text,
                             struct cl_err *err)
{
    if (filter->field->kind == CL_FIELD_UUID)
        return cl_strs_add(&filter->texts, cl_str_of(cl_hex_id_of(text).text), err);
    return cl_strs_add(&filter->texts, text, err);
}

static enum cl_code read_list(struct cl_compiled_filter *filter, struct cl_str operand,
                              struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *array = NULL;
    struct cl_err why = CL_ERR_NONE;
    enum cl_code code = cl_json_parse(operand, &array, &why);

    if (code == CL_E_FAILED)
        return cl_err_no_memory(err);
    if (!json_is_array(array))
        return malformed(filter->field, operand, "a list like [\"a\",\"b\"]", err);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_string(item))
            return malformed(filter->field, operand, "a list of texts", err);
        CL_TRY(add_text(filter, cl_json_text(item), err));
    }
    return CL_OK;
}

static enum cl_code read_number(const struct cl_field *field, struct cl_str operand, int64_t *ret,
                                struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    if (cl_parse_i64(operand, ret, &why) != CL_OK)
        return malformed(field, operand, "a whole number", err);
    return CL_OK;
}

/* "+1h" would need a clock, and a filter is pure. */
static enum cl_code read_time(const struct cl_field *field, struct cl_str operand, int64_t *ret,
                              struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    bool relative = operand.len > 0 && operand.ptr[0] == '+';

    if (relative || cl_time_parse_input(operand, 0, ret, &why) != CL_OK)
        return malformed(field, operand, "a time like '2023-12-31 23:59:59'", err);
    return CL_OK;
}

static enum cl_code read_bool(const struct cl_field *field, struct cl_str operand, int64_t *ret,
                              struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;
    bool value = false;

    if (cl_parse_bool(operand, &value, &why) != CL_OK)
        return malformed(field, operand, "true or false", err);
    *ret = value ? 1 : 0;
    return CL_OK;
}

static enum cl_code read_interval(struct cl_compiled_filter *filter, struct cl_str operand,
                                  struct cl_err *err)
{
    struct cl_str from = CL_STR_NONE;
    struct cl_str to = CL_STR_NONE;

    if (!cl_str_cut(operand, ',', &from, &to))
        return malformed(filter->field, operand, "two times with a comma between them", err);
    CL_TRY(read_time(filter->field, from, &filter->low, err));
    return read_time(filter->field, to, &filter->high, err);
}

static bool compares_numbers(enum cl_filter_op op)
{
    return op == CL_OP_GT || op == CL_OP_GTE || op == CL_OP_LT || op == CL_OP_LTE;
}

static enum cl_code read_operand(struct cl_compiled_filter *filter, struct cl_str operand,
                                 struct cl_err *err)
{
    const struct cl_field *field = filter->field;

    if (filter->op == CL_OP_ISEMPTY || filter->op == CL_OP_ISNOTEMPTY)
        return operand.len == 0 ? CL_OK : malformed(field, operand, "needed here", err);
    if (filter->op == CL_OP_IN)
        return read_interval(filter, operand, err);
    if (filter->op == CL_OP_ONEOF || filter->op == CL_OP_NOTONEOF)
        return read_list(filter, operand, err);
    switch (field->kind) {
    case CL_FIELD_TIME: return read_time(field, operand, &filter->low, err);
    case CL_FIELD_BOOL: return read_bool(field, operand, &filter->low, err);
    case CL_FIELD_NUMBER: return read_number(field, operand, &filter->low, err);
    case CL_FIELD_TEXT:
    case CL_FIELD_UUID: break;
    }
    if (compares_numbers(filter->op))
        return read_number(field, operand, &filter->low, err);
    return add_text(filter, operand, err);
}

enum cl_code cl_filter_compile(const struct cl_query_source *source, const struct cl_filter *filter,
                               struct cl_compiled_filter *ret, struct cl_err *err)
{
    CL_AUTO(cl_compiled_filter) struct cl_compiled_filter compiled = {.field = NULL};
    struct cl_str operand = CL_STR_NONE;

    CL_TRY(cl_query_field(source, cl_str_of(filter->field), &compiled.field, err));
    assert(compiled.field != NULL);
    compiled.op = split(cl_str_of(filter->value), &operand);
    if (!kind_has(compiled.field->kind, &ops[compiled.op]))
        return bad_operator(compiled.field, compiled.op, err);
    CL_TRY(read_operand(&compiled, operand, err));
    *ret = compiled;
    compiled.texts = CL_STRS_NONE;
    return CL_OK;
}

static bool number_fits(const struct cl_compiled_filter *filter, int64_t number)
{
    switch (filter->op) {
    case CL_OP_EQUALS:
    case CL_OP_NOTEQUALS: return number == filter->low;
    case CL_OP_GT: return number > filter->low;
    case CL_OP_GTE: return number >= filter->low;
    case CL_OP_LT: return number < filter->low;
    case CL_OP_LTE: return number <= filter->low;
    case CL_OP_IN: return number >= filter->low && number <= filter->high;
    case CL_OP_CONTAINS:
    case CL_OP_NOTCONTAINS:
    case CL_OP_STARTSWITH:
    case CL_OP_ENDSWITH:
    case CL_OP_ONEOF:
    case CL_OP_NOTONEOF:
    case CL_OP_ISEMPTY:
    case CL_OP_ISNOTEMPTY: break;
    }
    return false;
}

static bool text_fits(const struct cl_compiled_filter *filter, struct cl_str text)
{
    struct cl_str operand =
        filter->texts.count == 0 ? CL_STR_NONE : cl_str_of(filter->texts.items[0]);

    switch (filter->op) {
    case CL_OP_EQUALS:
    case CL_OP_NOTEQUALS:
    case CL_OP_ONEOF:
    case CL_OP_NOTONEOF: return cl_strs_has(&filter->texts, text);
    case CL_OP_CONTAINS:
    case CL_OP_NOTCONTAINS: return cl_str_contains(text, operand);
    case CL_OP_STARTSWITH: return cl_str_starts(text, operand);
    case CL_OP_ENDSWITH: return cl_str_ends(text, operand);
    case CL_OP_GT:
    case CL_OP_GTE:
    case CL_OP_LT:
    case CL_OP_LTE:
    case CL_OP_IN:
    case CL_OP_ISEMPTY:
    case CL_OP_ISNOTEMPTY: break;
    }
    return false;
}

static bool text_value_fits(const struct cl_compiled_filter *filter, struct cl_str text)
{
    struct cl_err why = CL_ERR_NONE;
    int64_t number = 0;

    if (compares_numbers(filter->op))
        return cl_parse_i64(text, &number, &why) == CL_OK && number_fits(filter, number);
    return text_fits(filter, text);
}

static int64_t whole_seconds(int64_t at_us)
{
    return at_us / 1000000 - (at_us % 1000000 < 0 ? 1 : 0);
}

/* Times are given in whole seconds, so that is how they are compared. */
static bool value_fits(const struct cl_compiled_filter *filter, const struct cl_field_value *value)
{
    switch (filter->field->kind) {
    case CL_FIELD_TEXT: return text_value_fits(filter, value->text);
    case CL_FIELD_UUID: return text_value_fits(filter, cl_str_of(cl_hex_id_of(value->text).text));
    case CL_FIELD_TIME: return number_fits(filter, whole_seconds(value->number));
    case CL_FIELD_NUMBER:
    case CL_FIELD_BOOL: return number_fits(filter, value->number);
    }
    return false;
}

static bool is_there(const struct cl_field *field, const struct cl_field_value *value)
{
    bool textual = field->kind == CL_FIELD_TEXT || field->kind == CL_FIELD_UUID;

    return value->present && !(textual && value->text.len == 0);
}

/* The negative operators hold when their positive counterpart holds for no value. */
bool cl_filter_matches(const struct cl_compiled_filter *filter, const void *item)
{
    struct cl_field_value value = {.present = false};
    bool any_fits = false;
    bool any_there = false;

    for (size_t i = 0; filter->field->value(item, i, &value); i++) {
        any_there = any_there || is_there(filter->field, &value);
        any_fits = any_fits || (value.present && value_fits(filter, &value));
    }
    if (filter->op == CL_OP_ISEMPTY || filter->op == CL_OP_ISNOTEMPTY)
        return any_there == (filter->op == CL_OP_ISNOTEMPTY);
    if (filter->op == CL_OP_NOTEQUALS || filter->op == CL_OP_NOTCONTAINS ||
        filter->op == CL_OP_NOTONEOF)
        return !any_fits;
    return any_fits;
}
