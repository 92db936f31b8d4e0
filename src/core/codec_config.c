#include "core/codec_util.h"

static void add_int(struct cl_json_build *build, const struct cl_config_entry *entry)
{
    struct cl_err why = CL_ERR_NONE;
    int64_t number = 0;

    /* What is stored was checked; text is the harmless way to show what was not. */
    if (cl_parse_i64(cl_str_of(entry->text), &number, &why) == CL_OK) {
        cl_json_add_i64(build, entry->name, number);
    } else {
        cl_json_add_c(build, entry->name, entry->text);
    }
}

void cl_member_add_config(struct cl_json_build *build, const struct cl_config *config)
{
    cl_json_open_object(build, "configuration");
    for (size_t i = 0; i < config->count; i++) {
        const struct cl_config_entry *entry = &config->entries[i];
        switch (entry->kind) {
        case CL_ATTR_SECRET: break;
        case CL_ATTR_TEXT: cl_json_add_c(build, entry->name, entry->text); break;
        case CL_ATTR_INT: add_int(build, entry); break;
        case CL_ATTR_LIST: cl_json_add_strs(build, entry->name, &entry->list); break;
        case CL_ATTR_BOOL:
            cl_json_add_bool(build, entry->name, cl_config_bool(config, entry->name));
            break;
        }
    }
    cl_json_close(build);
}

void cl_member_add_secrets(struct cl_json_build *build, const struct cl_config *config,
                           const struct cl_strs *names, bool shown)
{
    cl_json_open_object(build, "secrets");
    for (size_t i = 0; i < config->count; i++) {
        const struct cl_config_entry *entry = &config->entries[i];
        if (entry->kind != CL_ATTR_SECRET)
            continue;
        if (shown) {
            cl_json_add_str(build, entry->name, cl_secret_expose(entry->secret));
        } else {
            cl_json_add_null(build, entry->name);
        }
    }
    for (size_t i = 0; names != NULL && i < names->count; i++) {
        if (cl_config_find(config, names->items[i]) == NULL)
            cl_json_add_null(build, names->items[i]);
    }
    cl_json_close(build);
    cl_json_add_bool(build, "secrets_hidden", !shown);
}

enum cl_code cl_config_encode(const struct cl_config *config, enum cl_secrets secrets, json_t **ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_member_add_config(&build, config);
    cl_member_add_secrets(&build, config, NULL, secrets == CL_SECRETS_SHOWN);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_list(struct cl_config *config, const json_t *values, const char *name,
                              struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs list = CL_STRS_NONE;

    CL_TRY(cl_read_strs(values, name, &list, err));
    return cl_config_set_list(config, name, &list, err);
}

static enum cl_code read_value(struct cl_config *config, const json_t *values, const char *name,
                               struct cl_err *err)
{
    const json_t *value = json_object_get(values, name);
    struct cl_str text = cl_json_text(value);

    switch (json_typeof(value)) {
    case JSON_TRUE:
    case JSON_FALSE: return cl_config_set_bool(config, name, json_is_true(value), err);
    case JSON_INTEGER: return cl_config_set_int(config, name, json_integer_value(value), err);
    case JSON_ARRAY: return read_list(config, values, name, err);
    case JSON_NULL: return CL_OK;
    case JSON_STRING:
        if (cl_str_find(text, '\0') < text.len)
            break;
        return cl_config_set_text(config, name, text, err);
    case JSON_OBJECT:
    case JSON_REAL: break;
    }
    return cl_bad_member(name, "a value that a configuration can have", err);
}

/* A hidden secret has no value here; that it is set is known to whoever asked. */
static enum cl_code read_secret(struct cl_config *config, const json_t *values, const char *name,
                                struct cl_err *err)
{
    const json_t *value = json_object_get(values, name);
    struct cl_secret *secret = NULL;

    if (json_is_null(value))
        return CL_OK;
    if (!json_is_string(value))
        return cl_bad_member(name, "text", err);
    CL_TRY(cl_secret_new(cl_json_text(value), &secret, err));
    return cl_config_set_secret_take(config, name, secret, err);
}

static enum cl_code read_values(struct cl_config *config, const json_t *json, const char *key,
                                enum cl_code (*read)(struct cl_config *config, const json_t *values,
                                                     const char *name, struct cl_err *err),
                                struct cl_err *err)
{
    const json_t *values = cl_json_get(json, key);

    if (values == NULL)
        return CL_OK;
    CL_TRY(cl_read_object(values, key, err));
    for (void *at = cl_first_member(values); at != NULL; at = cl_next_member(values, at))
        CL_TRY(read(config, values, json_object_iter_key(at), err));
    return CL_OK;
}

enum cl_code cl_config_decode(const json_t *json, struct cl_config *ret, struct cl_err *err)
{
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;

    CL_TRY(cl_read_object(json, "the configuration", err));
    CL_TRY(read_values(&config, json, "configuration", read_value, err));
    CL_TRY(read_values(&config, json, "secrets", read_secret, err));
    cl_config_cleanup(ret);
    CL_MOVE_TO(ret, config);
    return CL_OK;
}
