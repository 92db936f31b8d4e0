#include "core/component.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "core/quote.h"
#include "core/stand_in.h"

enum cl_code cl_flavor_require(const struct cl_component_kind *kind, struct cl_str id,
                               const struct cl_flavor **ret, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs valid = CL_STRS_NONE;
    const struct cl_flavor *flavor = cl_flavor_find(cl_str_of(kind->id), id);

    if (flavor != NULL) {
        *ret = flavor;
        return CL_OK;
    }
    for (size_t i = 0; (flavor = cl_flavor_at(i)) != NULL; i++) {
        if (strcmp(flavor->kind, kind->id) == 0)
            CL_TRY(cl_strs_add(&valid, cl_str_of(flavor->id), err));
    }
    return cl_unknown(err, CL_E_NOT_FOUND, id, &valid, "there is no %s flavor '%s'", kind->title,
                      cl_quote(id).text);
}

/* "zenfiles" under the alias is "s3://zenfiles" under the attribute. */
static enum cl_code add_alias(const struct cl_flavor *flavor, const struct cl_secret *value,
                              struct cl_input *to, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf full = CL_BUF(CL_ATTR_VALUE_MAX);
    struct cl_secret *given = NULL;
    struct cl_str name = cl_secret_expose(value);
    struct cl_str attr = cl_str_of(flavor->resource_id_attr);

    if (value == NULL)
        return cl_input_add_take(to, attr, NULL, err);
    if (!cl_str_starts(name, cl_str_of(flavor->name_prefix)))
        cl_buf_add_c(&full, flavor->name_prefix);
    cl_buf_add(&full, name);
    CL_TRY(cl_buf_ok(&full, err));
    CL_TRY(cl_secret_new(cl_buf_view(&full), &given, err));
    return cl_input_add_take(to, attr, given, err);
}

static enum cl_code add_plain(const struct cl_input_entry *entry, struct cl_input *to,
                              struct cl_err *err)
{
    struct cl_secret *copy = NULL;

    if (entry->value != NULL)
        CL_TRY(cl_secret_copy(entry->value, &copy, err));
    return cl_input_add_take(to, cl_str_of(entry->name), copy, err);
}

static enum cl_code replace_aliases(const struct cl_flavor *flavor, const struct cl_input *from,
                                    struct cl_input *to, struct cl_err *err)
{
    for (size_t i = 0; from != NULL && i < from->count; i++) {
        const struct cl_input_entry *entry = &from->entries[i];
        bool alias = flavor->name_alias != NULL && strcmp(entry->name, flavor->name_alias) == 0;
        CL_TRY(alias ? add_alias(flavor, entry->value, to, err) : add_plain(entry, to, err));
    }
    return CL_OK;
}

static enum cl_code check_prefix(const struct cl_flavor *flavor, const struct cl_config *config,
                                 struct cl_err *err)
{
    struct cl_str prefix = cl_str_of(flavor->name_prefix);

    if (flavor->resource_id_attr == NULL || prefix.len == 0)
        return CL_OK;
    struct cl_str value = cl_config_text(config, flavor->resource_id_attr);
    if (value.len == 0 || (cl_str_starts(value, prefix) && value.len > prefix.len))
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID_ATTRIBUTE,
                      "attribute '%s' must begin with '%s' and name something, not be '%s'",
                      flavor->resource_id_attr, flavor->name_prefix, cl_quote(value).text);
}

enum cl_code cl_flavor_config(const struct cl_flavor *flavor, const struct cl_config *base,
                              const struct cl_input *input, struct cl_config *ret,
                              struct cl_err *err)
{
    CL_AUTO(cl_input) struct cl_input plain = CL_INPUT_NONE;
    CL_AUTO(cl_config) struct cl_config config = CL_CONFIG_NONE;
    struct cl_schema schema = {
        .owner = "flavor",
        .id = flavor->id,
        .attrs = flavor->attrs,
        .attr_count = flavor->attr_count,
    };

    CL_TRY(replace_aliases(flavor, input, &plain, err));
    CL_TRY(cl_config_build_schema(&schema, base, &plain, &config, err));
    CL_TRY(check_prefix(flavor, &config, err));
    CL_MOVE_TO(ret, config);
    return CL_OK;
}

void cl_component_cleanup(struct cl_component *component)
{
    cl_free(component->name);
    cl_free(component->owner);
    cl_flavor_stand_in_free(component->stand_in);
    cl_config_cleanup(&component->config);
    cl_map_cleanup(&component->labels);
    cl_free(component->connector_name);
    cl_free(component->connector_type);
    cl_free(component->resource_id);
    *component = (struct cl_component){.name = NULL};
}
