#include "base/alloc.h"
#include "core/codec_values.h"
#include "core/request_fields.h"

/* Walks the table of a request; each kind of field has a writer, a reader and a way to be freed. */

static const char *const modes[] = {
    [CL_VERIFY_AND_LIST] = "list",
    [CL_VERIFY_ONLY] = "authenticate",
    [CL_VERIFY_OFF] = "off",
};

static const void *at(const void *request, size_t offset)
{
    return (const char *)request + offset;
}

static void *place(void *request, size_t offset)
{
    return (char *)request + offset;
}

static bool is_given(const struct cl_request_field *field, const void *request)
{
    return field->flag == 0 || *(const bool *)at(request, field->flag - 1);
}

static void add_ref(struct cl_json_build *build, const char *key, const struct cl_ref *ref)
{
    cl_json_open_object(build, key);
    /* a zero-initialised view has no bytes at all */
    cl_json_add_str(build, "text", cl_str_make(ref->text.ptr, ref->text.len));
    cl_json_add_bool(build, "allow_name_prefix", ref->allow_name_prefix);
    cl_json_close(build);
}

static void add_i64(struct cl_json_build *build, const char *key, int64_t number, int64_t none)
{
    if (number == none) {
        cl_json_add_null(build, key);
    } else {
        cl_json_add_i64(build, key, number);
    }
}

/* Those with a codec of their own. A missing input or discovery is no member at all. */
static enum cl_code add_value(struct cl_json_build *build, const struct cl_request_field *field,
                              const void *value, struct cl_err *err)
{
    json_t *json = NULL;

    if (field->kind == CL_RF_QUERY) {
        CL_TRY(cl_query_encode(value, &json, err));
    } else if (field->kind == CL_RF_INPUT) {
        const struct cl_input *input = *(const struct cl_input *const *)value;
        if (input == NULL)
            return CL_OK;
        CL_TRY(cl_input_encode(input, &json, err));
    } else {
        const struct cl_discovered *found = *(const struct cl_discovered *const *)value;
        if (found == NULL)
            return CL_OK;
        CL_TRY(cl_discovered_encode(found, &json, err));
    }
    cl_json_add_value(build, field->name, json);
    return CL_OK;
}

static enum cl_code add_field(struct cl_json_build *build, const struct cl_request_field *field,
                              const void *request, struct cl_err *err)
{
    const void *value = at(request, field->offset);
    const char *name = field->name;

    switch (field->kind) {
    case CL_RF_STR: cl_member_add_some(build, name, *(const struct cl_str *)value); break;
    case CL_RF_BOOL: cl_json_add_bool(build, name, *(const bool *)value); break;
    case CL_RF_I64: add_i64(build, name, *(const int64_t *)value, 0); break;
    case CL_RF_SKEW: add_i64(build, name, *(const int64_t *)value, CL_SKEW_UNSET); break;
    case CL_RF_INT: cl_json_add_i64(build, name, *(const int *)value); break;
    case CL_RF_REF: add_ref(build, name, value); break;
    case CL_RF_STRS: cl_json_add_strs(build, name, value); break;
    case CL_RF_MAP: cl_member_add_map(build, name, value); break;
    case CL_RF_MODE: cl_json_add_c(build, name, modes[*(const enum cl_verify_mode *)value]); break;
    case CL_RF_QUERY:
    case CL_RF_INPUT:
    case CL_RF_DISCOVERED: return add_value(build, field, value, err);
    }
    return CL_OK;
}

enum cl_code cl_request_encode(enum cl_request_kind kind, const void *request, json_t **ret,
                               struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    const struct cl_request_table *table = cl_request_table(kind);

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < table->count; i++) {
        if (is_given(&table->fields[i], request))
            CL_TRY(add_field(&build, &table->fields[i], request, err));
    }
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_ref(const json_t *json, const char *key, struct cl_ref *ret,
                             struct cl_err *err)
{
    const json_t *ref = cl_json_get(json, key);

    if (ref == NULL)
        return CL_OK;
    CL_TRY(cl_read_object(ref, key, err));
    CL_TRY(cl_read_str(ref, "text", &ret->text, err));
    return cl_read_bool(ref, "allow_name_prefix", &ret->allow_name_prefix, err);
}

static enum cl_code read_int(const json_t *json, const char *key, int *ret, struct cl_err *err)
{
    int64_t number = 0;

    CL_TRY(cl_read_i64(json, key, 0, &number, err));
    if (number < INT32_MIN || number > INT32_MAX)
        return cl_bad_member(key, "a number of that size", err);
    *ret = (int)number;
    return CL_OK;
}

static enum cl_code read_mode(const json_t *json, const char *key, enum cl_verify_mode *ret,
                              struct cl_err *err)
{
    struct cl_str word = CL_STR_NONE;

    CL_TRY(cl_read_str(json, key, &word, err));
    for (size_t i = 0; i < CL_COUNT(modes); i++) {
        if (word.len == 0 || cl_str_eq_c(word, modes[i])) {
            *ret = (enum cl_verify_mode)i;
            return CL_OK;
        }
    }
    return cl_bad_member(key, "one of list, authenticate, off", err);
}

static enum cl_code read_input(const json_t *json, const char *key, const struct cl_input **ret,
                               struct cl_err *err)
{
    struct cl_input *input = NULL;

    if (cl_json_get(json, key) == NULL)
        return CL_OK;
    input = cl_alloc(sizeof(*input));
    if (input == NULL)
        return cl_err_no_memory(err);
    *ret = input;
    return cl_input_decode(json_object_get(json, key), input, err);
}

static enum cl_code read_discovered(const json_t *json, const char *key,
                                    const struct cl_discovered **ret, struct cl_err *err)
{
    struct cl_discovered *found = NULL;

    if (cl_json_get(json, key) == NULL)
        return CL_OK;
    found = cl_alloc(sizeof(*found));
    if (found == NULL)
        return cl_err_no_memory(err);
    *ret = found;
    return cl_discovered_decode(json_object_get(json, key), found, err);
}

static enum cl_code read_query(const json_t *json, const char *key, struct cl_query *ret,
                               struct cl_err *err)
{
    *ret = cl_query_default();
    if (cl_json_get(json, key) == NULL)
        return CL_OK;
    return cl_query_decode(json_object_get(json, key), ret, err);
}

static enum cl_code read_field(const json_t *json, const struct cl_request_field *field,
                               void *request, struct cl_err *err)
{
    void *value = place(request, field->offset);
    const char *name = field->name;

    switch (field->kind) {
    case CL_RF_STR: return cl_read_str(json, name, value, err);
    case CL_RF_BOOL: return cl_read_bool(json, name, value, err);
    case CL_RF_I64: return cl_read_i64(json, name, 0, value, err);
    case CL_RF_SKEW: return cl_read_i64(json, name, CL_SKEW_UNSET, value, err);
    case CL_RF_INT: return read_int(json, name, value, err);
    case CL_RF_REF: return read_ref(json, name, value, err);
    case CL_RF_STRS: return cl_read_strs(json, name, value, err);
    case CL_RF_MAP: return cl_read_map(json, name, value, err);
    case CL_RF_QUERY: return read_query(json, name, value, err);
    case CL_RF_MODE: return read_mode(json, name, value, err);
    case CL_RF_INPUT: return read_input(json, name, value, err);
    case CL_RF_DISCOVERED: return read_discovered(json, name, value, err);
    }
    return CL_OK;
}

enum cl_code cl_request_decode(enum cl_request_kind kind, const json_t *json, void *ret,
                               struct cl_err *err)
{
    const struct cl_request_table *table = cl_request_table(kind);

    CL_TRY(cl_read_object(json, "the request", err));
    for (size_t i = 0; i < table->count; i++) {
        const struct cl_request_field *field = &table->fields[i];
        if (field->flag != 0)
            *(bool *)place(ret, field->flag - 1) = json_object_get(json, field->name) != NULL;
        CL_TRY(read_field(json, field, ret, err));
    }
    return CL_OK;
}

static void free_input(struct cl_input **input)
{
    if (*input != NULL)
        cl_input_cleanup(*input);
    cl_free(*input);
    *input = NULL;
}

static void free_discovered(struct cl_discovered **found)
{
    if (*found != NULL)
        cl_discovered_cleanup(*found);
    cl_free(*found);
    *found = NULL;
}

void cl_request_cleanup(enum cl_request_kind kind, void *request)
{
    const struct cl_request_table *table = cl_request_table(kind);

    for (size_t i = 0; i < table->count; i++) {
        void *value = place(request, table->fields[i].offset);
        switch (table->fields[i].kind) {
        case CL_RF_STRS: cl_strs_cleanup(value); break;
        case CL_RF_MAP: cl_map_cleanup(value); break;
        case CL_RF_QUERY: cl_query_cleanup(value); break;
        case CL_RF_INPUT: free_input(value); break;
        case CL_RF_DISCOVERED: free_discovered(value); break;
        case CL_RF_STR:
        case CL_RF_BOOL:
        case CL_RF_I64:
        case CL_RF_SKEW:
        case CL_RF_INT:
        case CL_RF_REF:
        case CL_RF_MODE: break;
        }
    }
}
