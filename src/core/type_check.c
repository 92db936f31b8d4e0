#include "core/type.h"

/* Finds what a table's author got wrong, before a user does. */

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789"

/* Lower-case words joined by single separators. */
static bool is_joined(const char *text, char separator)
{
    struct cl_str rest = cl_str_of(text);
    struct cl_str word = CL_STR_NONE;

    for (bool more = true; more;) {
        more = cl_str_cut(rest, separator, &word, &rest);
        if (word.len == 0 || !cl_str_only(word, LOWER))
            return false;
    }
    return true;
}

static bool is_blank(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static enum cl_code wrong(struct cl_err *err, const char *what, const char *id, const char *why)
{
    return cl_err_set(err, CL_E_INTERNAL, "%s '%s' %s", what, is_blank(id) ? "?" : id, why);
}

static enum cl_code check_id(struct cl_err *err, const char *what, const char *id, char separator)
{
    return is_joined(id, separator) ? CL_OK : wrong(err, what, id, "has a malformed id");
}

static bool looks_secret(struct cl_str name)
{
    static const char *const endings[] = {"key", "token", "password", "secret", "passphrase"};

    for (size_t i = 0; i < CL_COUNT(endings); i++) {
        if (cl_str_ends(name, cl_str_of(endings[i])))
            return true;
    }
    return false;
}

static enum cl_code check_attr(const struct cl_attr *attr, struct cl_err *err)
{
    CL_TRY(check_id(err, "attribute", attr->name, '_'));
    if (is_blank(attr->help))
        return wrong(err, "attribute", attr->name, "has no help");
    if (attr->kind == CL_ATTR_TEXT && looks_secret(cl_str_of(attr->name)))
        return wrong(err, "attribute", attr->name, "looks like a secret but is not marked as one");
    if (attr->choices == NULL)
        return CL_OK;
    if (attr->choices[0] == NULL)
        return wrong(err, "attribute", attr->name, "has no choices");
    if (attr->kind != CL_ATTR_TEXT && attr->kind != CL_ATTR_LIST)
        return wrong(err, "attribute", attr->name, "has choices that its kind cannot have");
    return CL_OK;
}

static enum cl_code check_attrs(const struct cl_auth_method *method, struct cl_err *err)
{
    for (size_t i = 0; i < method->attr_count; i++) {
        const struct cl_attr *attr = &method->attrs[i];
        CL_TRY(check_attr(attr, err));
        if (cl_method_attr(method, cl_str_of(attr->name)) != attr)
            return wrong(err, "attribute", attr->name, "is listed twice");
    }
    return CL_OK;
}

static bool ttl_is_sane(const struct cl_auth_method *method)
{
    int64_t min = method->min_ttl_s;
    int64_t max = method->max_ttl_s;
    int64_t usual = method->default_ttl_s;

    if (min < 0 || max < 0 || usual < 0)
        return false;
    if (max != 0 && (min > max || usual > max))
        return false;
    return usual == 0 || usual >= min;
}

static enum cl_code check_method(const struct cl_auth_method *method, struct cl_err *err)
{
    bool chooses = method->issues == CL_ISSUES_TEMPORARY;

    CL_TRY(check_id(err, "auth method", method->id, '-'));
    if (is_blank(method->title) || is_blank(method->description))
        return wrong(err, "auth method", method->id, "has no title or no description");
    if (!ttl_is_sane(method))
        return wrong(err, "auth method", method->id, "has life times that contradict each other");
    if (chooses != cl_method_is_temporary(method)) {
        return wrong(err, "auth method", method->id,
                     "must have life times exactly when they can be chosen");
    }
    return check_attrs(method, err);
}

static enum cl_code check_methods(const struct cl_connector_type *type, struct cl_err *err)
{
    if (type->method_count == 0)
        return wrong(err, "connector type", type->id, "has no auth method");
    for (size_t i = 0; i < type->method_count; i++) {
        const struct cl_auth_method *method = &type->methods[i];
        CL_TRY(check_method(method, err));
        if (cl_type_method(type, cl_str_of(method->id)) != method)
            return wrong(err, "auth method", method->id, "is listed twice");
    }
    return CL_OK;
}

static enum cl_code check_references(const struct cl_connector_type *type,
                                     const struct cl_resource_type *resource, struct cl_err *err)
{
    if (resource->methods == NULL)
        return CL_OK;
    if (resource->methods[0] == NULL)
        return wrong(err, "resource type", resource->id, "is served by no auth method");
    for (const char *const *id = resource->methods; *id != NULL; id++) {
        if (cl_type_method(type, cl_str_of(*id)) == NULL) {
            return wrong(err, "resource type", resource->id,
                         "names an auth method that does not exist");
        }
    }
    return CL_OK;
}

static enum cl_code check_resource(const struct cl_connector_type *type,
                                   const struct cl_resource_type *resource, struct cl_err *err)
{
    CL_TRY(check_id(err, "resource type", resource->id, '-'));
    if (is_blank(resource->title) || is_blank(resource->description))
        return wrong(err, "resource type", resource->id, "has no title or no description");
    if (is_blank(resource->emoji))
        return wrong(err, "resource type", resource->id, "has no emoji");
    if (is_blank(resource->id_forms))
        return wrong(err, "resource type", resource->id, "does not say what its ids look like");
    if (cl_type_resource(type, cl_str_of(resource->id)) != resource)
        return wrong(err, "resource type", resource->id, "is listed twice");
    if (!resource->supports_instances && type->ops->default_id == NULL)
        return wrong(err, "resource type", resource->id, "has one instance but no default id");
    return check_references(type, resource, err);
}

static enum cl_code check_sources(const struct cl_connector_type *type, struct cl_err *err)
{
    if (type->source_count != 0 && type->ops->discover == NULL)
        return wrong(err, "connector type", type->id, "has source options but finds nothing");
    for (size_t i = 0; i < type->source_count; i++) {
        const struct cl_source_option *source = &type->sources[i];
        if (is_blank(source->name) || is_blank(source->help))
            return wrong(err, "source option", source->name, "has no name or no help");
    }
    return CL_OK;
}

static enum cl_code check_shown_facts(const struct cl_connector_type *type, struct cl_err *err)
{
    for (size_t i = 0; i < type->shown_fact_count; i++) {
        const struct cl_shown_fact *fact = &type->shown_facts[i];
        if (is_blank(fact->name) || is_blank(fact->label))
            return wrong(err, "shown fact", fact->name, "has no name or no label");
    }
    return CL_OK;
}

enum cl_code cl_type_check(const struct cl_connector_type *type, struct cl_err *err)
{
    CL_TRY(check_id(err, "connector type", type->id, '-'));
    if (is_blank(type->title) || is_blank(type->description) || is_blank(type->emoji))
        return wrong(err, "connector type", type->id, "lacks its title, description or emoji");
    if (type->ops == NULL || type->ops->verify == NULL || type->ops->issue == NULL)
        return wrong(err, "connector type", type->id, "cannot verify or cannot issue");
    if (type->resource_count == 0)
        return wrong(err, "connector type", type->id, "has no resource type");
    CL_TRY(check_methods(type, err));
    for (size_t i = 0; i < type->resource_count; i++)
        CL_TRY(check_resource(type, &type->resources[i], err));
    CL_TRY(check_sources(type, err));
    return check_shown_facts(type, err);
}
