#include "cli/commands/attr_args.h"

static const struct cl_attr *find_attr(const struct cl_attr_schema *schema, const char *name)
{
    const struct cl_attr *attr = NULL;

    for (size_t i = 0; attr == NULL && i < schema->method_count; i++)
        attr = cl_method_attr(&schema->methods[i], cl_str_of(name));
    return attr;
}

static const struct cl_source_option *find_source(const struct cl_attr_schema *schema,
                                                  const char *name)
{
    for (size_t i = 0; i < schema->source_count; i++) {
        if (strcmp(schema->sources[i].name, name) == 0)
            return &schema->sources[i];
    }
    return NULL;
}

static bool find(void *ctx, const char *name, bool *is_boolean)
{
    const struct cl_attr_schema *schema = ctx;
    const struct cl_attr *attr = find_attr(schema, name);
    const struct cl_source_option *source = find_source(schema, name);

    *is_boolean = attr != NULL ? attr->kind == CL_ATTR_BOOL : source != NULL && source->is_flag;
    return attr != NULL || source != NULL ||
           (schema->alias != NULL && strcmp(schema->alias, name) == 0);
}

static enum cl_code names(void *ctx, struct cl_strs *ret, struct cl_err *err)
{
    const struct cl_attr_schema *schema = ctx;

    for (size_t at = 0; at < schema->method_count; at++) {
        const struct cl_auth_method *method = &schema->methods[at];
        for (size_t i = 0; i < method->attr_count; i++) {
            struct cl_str name = cl_str_of(method->attrs[i].name);
            if (!cl_strs_has(ret, name))
                CL_TRY(cl_strs_add(ret, name, err));
        }
    }
    for (size_t i = 0; i < schema->source_count; i++)
        CL_TRY(cl_strs_add(ret, cl_str_of(schema->sources[i].name), err));
    if (schema->alias != NULL)
        CL_TRY(cl_strs_add(ret, cl_str_of(schema->alias), err));
    return CL_OK;
}

static enum cl_code read_value(struct cl_cli *cli, const struct cl_attr *attr,
                               const struct cl_config_arg *arg, struct cl_secret **ret,
                               struct cl_err *err)
{
    if (attr != NULL && attr->format == CL_ATTR_FORMAT_JSON)
        return cl_value_read_document(&cli->values, arg->name, arg->value, ret, err);
    if (attr == NULL || attr->keep == NULL)
        return cl_value_read(&cli->values, arg->name, arg->value, ret, err);
    return cl_value_read_within(&cli->values, arg->name, arg->value, cl_attr_max_bytes(attr), ret,
                                err);
}

static void warn_visible(struct cl_cli *cli, const struct cl_attr *attr, const char *value,
                         bool *warned)
{
    if (*warned || attr == NULL || !cl_attr_is_secret(attr) || !cl_value_is_literal(value))
        return;
    *warned = true;
    cl_out_notice(cli->out,
                  "warning: a secret on the command line is visible to other users of this "
                  "machine; use --%s=@file, @- or @env:NAME",
                  attr->name);
}

enum cl_code cl_attr_args_read(struct cl_cli *cli, struct cl_args *args,
                               const struct cl_attr_schema *schema, struct cl_input *ret,
                               struct cl_map *ret_sources, struct cl_err *err)
{
    struct cl_attr_schema copy = *schema;
    struct cl_config_schema resolve = {
        .ctx = &copy, .find = find, .names = names, .what = schema->what};
    bool warned = false;

    CL_TRY(cl_args_resolve_config(args, &resolve, err));
    for (size_t i = 0; i < args->config_count; i++) {
        const struct cl_config_arg *arg = &args->config[i];
        const struct cl_attr *attr = find_attr(schema, arg->name);
        struct cl_secret *value = NULL;

        if (attr == NULL && find_source(schema, arg->name) != NULL) {
            CL_TRY(cl_map_set(ret_sources, cl_str_of(arg->name), cl_str_of(arg->value), err));
            continue;
        }
        warn_visible(cli, attr, arg->value, &warned);
        CL_TRY(read_value(cli, attr, arg, &value, err));
        CL_TRY(cl_input_add_take(ret, cl_str_of(arg->name), value, err));
        if (attr != NULL && attr->keep != NULL && !cl_value_is_literal(arg->value))
            CL_TRY(cl_input_set_origin(ret, arg->value, err));
    }
    return CL_OK;
}

enum cl_code cl_label_args_read(const struct cl_args *args, bool key_alone, struct cl_map *ret,
                                struct cl_err *err)
{
    const char *raw = NULL;

    for (size_t i = 0; (raw = cl_args_item(args, "label", i)) != NULL; i++) {
        struct cl_label label = {.has_value = false};
        CL_TRY(cl_value_label(raw, !key_alone, &label, err));
        if (label.has_value) {
            CL_TRY(cl_map_set(ret, label.key, label.value, err));
        } else {
            CL_TRY(cl_map_set_null(ret, label.key, err));
        }
    }
    return CL_OK;
}
