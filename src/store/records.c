#include "store/records.h"

#include "codec/json_build.h"

static enum cl_code finish(struct cl_json_build *build, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *value = NULL;

    CL_TRY(cl_json_build_take(build, &value, err));
    cl_buf_add_json(ret, value, CL_JSON_COMPACT);
    return cl_buf_ok(ret, err);
}

enum cl_code cl_record_map(const struct cl_map *map, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < map->count; i++)
        cl_json_add_c(&build, map->entries[i].key, map->entries[i].value);
    cl_json_close(&build);
    return finish(&build, ret, err);
}

enum cl_code cl_record_strs(const struct cl_strs *list, struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_add_strs(&build, NULL, list);
    return finish(&build, ret, err);
}

static enum cl_code add_value(struct cl_json_build *build, const struct cl_config_entry *entry,
                              struct cl_err *err)
{
    int64_t number = 0;

    switch (entry->kind) {
    case CL_ATTR_TEXT: cl_json_add_c(build, entry->name, entry->text); break;
    case CL_ATTR_LIST: cl_json_add_strs(build, entry->name, &entry->list); break;
    case CL_ATTR_BOOL:
        cl_json_add_bool(build, entry->name, cl_str_eq_c(CL_STR("true"), entry->text));
        break;
    case CL_ATTR_INT:
        CL_TRY(cl_parse_i64(cl_str_of(entry->text), &number, err));
        cl_json_add_i64(build, entry->name, number);
        break;
    case CL_ATTR_SECRET: break; /* kept elsewhere, sealed */
    }
    return CL_OK;
}

enum cl_code cl_record_config(const struct cl_config *config, struct cl_buf *ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    for (size_t i = 0; i < config->count; i++)
        CL_TRY(add_value(&build, &config->entries[i], err));
    cl_json_close(&build);
    return finish(&build, ret, err);
}

static enum cl_code unreadable(struct cl_err *err)
{
    return cl_err_set(err, CL_E_FAILED, "stored value is not what Cleat wrote");
}

static enum cl_code load(struct cl_str text, json_type type, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    enum cl_code rc = cl_json_parse(text, &json, err);

    if (rc == CL_E_INVALID)
        return unreadable(err);
    CL_TRY(rc);
    if (json_typeof(json) != type)
        return unreadable(err);
    *ret = CL_MOVE(json);
    return CL_OK;
}

enum cl_code cl_record_read_map(struct cl_str text, struct cl_map *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;
    const char *key = NULL;
    json_t *value = NULL;

    if (cl_str_eq(text, CL_STR("{}"))) /* the usual case, in every row of a listing */
        return CL_OK;
    CL_TRY(load(text, JSON_OBJECT, &object, err));
    json_object_foreach(object, key, value)
    {
        if (!json_is_string(value))
            return unreadable(err);
        CL_TRY(cl_map_set(ret, cl_str_of(key), cl_json_text(value), err));
    }
    return CL_OK;
}

static enum cl_code read_array(const json_t *array, struct cl_strs *ret, struct cl_err *err)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_string(item))
            return unreadable(err);
        CL_TRY(cl_strs_add(ret, cl_json_text(item), err));
    }
    return CL_OK;
}

enum cl_code cl_record_read_strs(struct cl_str text, struct cl_strs *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *array = NULL;

    CL_TRY(load(text, JSON_ARRAY, &array, err));
    return read_array(array, ret, err);
}

static enum cl_code read_list(struct cl_config *config, const char *name, const json_t *array,
                              struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;

    CL_TRY(read_array(array, &list, err));
    return cl_config_set_list(config, name, &list, err);
}

static enum cl_code read_value(struct cl_config *config, const char *name, const json_t *value,
                               struct cl_err *err)
{
    switch (json_typeof(value)) {
    case JSON_STRING: return cl_config_set_text(config, name, cl_json_text(value), err);
    case JSON_ARRAY: return read_list(config, name, value, err);
    case JSON_TRUE: return cl_config_set_bool(config, name, true, err);
    case JSON_FALSE: return cl_config_set_bool(config, name, false, err);
    case JSON_INTEGER: return cl_config_set_int(config, name, json_integer_value(value), err);
    case JSON_OBJECT:
    case JSON_REAL:
    case JSON_NULL: break;
    }
    return unreadable(err);
}

enum cl_code cl_record_read_config(struct cl_str text, struct cl_config *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *object = NULL;
    const char *name = NULL;
    json_t *value = NULL;

    if (cl_str_eq(text, CL_STR("{}")))
        return CL_OK;
    CL_TRY(load(text, JSON_OBJECT, &object, err));
    json_object_foreach(object, name, value) CL_TRY(read_value(ret, name, value, err));
    return CL_OK;
}
