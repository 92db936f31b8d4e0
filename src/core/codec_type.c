#include "core/codec_util.h"
#include "core/registry.h"

static void add_methods_of(struct cl_json_build *build, const struct cl_connector_type *type,
                           const struct cl_resource_type *resource)
{
    cl_json_open_array(build, "auth_methods");
    for (size_t i = 0; i < type->method_count; i++) {
        if (cl_resource_allows(resource, &type->methods[i]))
            cl_json_add_c(build, NULL, type->methods[i].id);
    }
    cl_json_close(build);
}

static void add_resource(struct cl_json_build *build, const struct cl_connector_type *type,
                         const struct cl_resource_type *resource)
{
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "name", resource->title);
    cl_json_add_c(build, "resource_type", resource->id);
    cl_json_add_c(build, "description", resource->description);
    add_methods_of(build, type, resource);
    cl_json_add_bool(build, "supports_instances", resource->supports_instances);
    cl_json_add_c(build, "emoji", resource->emoji);
    cl_json_add_c(build, "logo_url", resource->logo_url);
    cl_json_close(build);
}

static const char *issues_word(enum cl_issues issues)
{
    switch (issues) {
    case CL_ISSUES_PASS_THROUGH: return "pass-through";
    case CL_ISSUES_TEMPORARY: return "temporary";
    case CL_ISSUES_FIXED: return "temporary-fixed";
    }
    return NULL;
}

static void add_method(struct cl_json_build *build, const struct cl_auth_method *method)
{
    cl_json_open_object(build, NULL);
    cl_json_add_c(build, "name", method->title);
    cl_json_add_c(build, "auth_method", method->id);
    cl_json_add_c(build, "description", method->description);
    cl_member_add_schema(build, method->title, method->attrs, method->attr_count);
    cl_member_add_count(build, "min_expiration_seconds", method->min_ttl_s);
    cl_member_add_count(build, "max_expiration_seconds", method->max_ttl_s);
    cl_member_add_count(build, "default_expiration_seconds", method->default_ttl_s);
    cl_json_add_c(build, "issues", issues_word(method->issues));
    cl_json_close(build);
}

enum cl_code cl_type_encode(const struct cl_connector_type *type, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "name", type->title);
    cl_json_add_c(&build, "connector_type", type->id);
    cl_json_add_c(&build, "description", type->description);
    cl_json_open_array(&build, "resource_types");
    for (size_t i = 0; i < type->resource_count; i++)
        add_resource(&build, type, &type->resources[i]);
    cl_json_close(&build);
    cl_json_open_array(&build, "auth_methods");
    for (size_t i = 0; i < type->method_count; i++)
        add_method(&build, &type->methods[i]);
    cl_json_close(&build);
    cl_json_add_bool(&build, "supports_auto_configuration", type->ops->discover != NULL);
    cl_json_add_bool(&build, "local", true);
    cl_json_add_bool(&build, "remote", true);
    cl_json_add_c(&build, "emoji", type->emoji);
    cl_json_add_c(&build, "logo_url", type->logo_url);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_flavor_encode(const struct cl_flavor *flavor, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "name", flavor->id);
    cl_json_add_c(&build, "display_name", flavor->title);
    cl_json_add_c(&build, "kind", flavor->kind);
    cl_json_add_c(&build, "integration", flavor->integration);
    cl_json_add_c(&build, "source", flavor->source);
    cl_member_add_schema(&build, flavor->config_class, flavor->attrs, flavor->attr_count);
    cl_json_add_c(&build, "connector_type", flavor->connector_type);
    cl_json_add_c(&build, "connector_resource_type", flavor->resource_type);
    cl_json_add_c(&build, "connector_resource_id_attr", flavor->resource_id_attr);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}
