#include "cli/commands/type_document.h"

#include "cli/document.h"
#include "cli/symbols.h"

#define DOCUMENT_MAX_BYTES ((size_t)1 << 20U)

static void add_heading(struct cl_buf *markup, enum cl_heading heading, const char *emoji,
                        const char *title)
{
    cl_buf_addf(markup, "%s %s ", heading == CL_HEADING_BOX ? "#" : "##", emoji);
    cl_document_add_literal(markup, cl_str_of(title));
}

static void add_kind(struct cl_buf *markup, const char *what, const char *id)
{
    cl_buf_addf(markup, " (%s: ", what);
    cl_document_add_literal(markup, cl_str_of(id));
    cl_buf_add_c(markup, ")\n\n");
}

static void add_fact(struct cl_buf *markup, const char *label, bool value)
{
    cl_buf_addf(markup, "%s: %s\n\n", label, value ? "True" : "False");
}

static void add_method_bullets(struct cl_buf *markup, const struct cl_connector_type *type,
                               const struct cl_resource_type *resource)
{
    cl_buf_add_c(markup, "Authentication methods:\n\n");
    for (size_t i = 0; i < type->method_count; i++) {
        if (resource == NULL || cl_resource_allows(resource, &type->methods[i]))
            cl_buf_addf(markup, "- " CL_SIGN_METHOD " %s\n", type->methods[i].id);
    }
    cl_buf_add_c(markup, "\n");
}

void cl_document_rule_add(struct cl_buf *markup)
{
    cl_buf_add_c(markup, "\n---\n\n");
}

void cl_type_document_add(struct cl_buf *markup, const struct cl_connector_type *type,
                          enum cl_heading heading)
{
    add_heading(markup, heading, type->emoji, type->title);
    add_kind(markup, "connector type", type->id);
    add_method_bullets(markup, type, NULL);
    cl_buf_add_c(markup, "Resource types:\n\n");
    for (size_t i = 0; i < type->resource_count; i++)
        cl_buf_addf(markup, "- %s %s\n", type->resources[i].emoji, type->resources[i].id);
    cl_buf_add_c(markup, "\n");
    add_fact(markup, "Supports auto-configuration", type->ops->discover != NULL);
    add_fact(markup, "Available locally", true);
    add_fact(markup, "Available remotely", true);
    cl_buf_add_c(markup, type->description);
    cl_buf_add_c(markup, "\n");
}

void cl_resource_document_add(struct cl_buf *markup, const struct cl_connector_type *type,
                              const struct cl_resource_type *resource, enum cl_heading heading)
{
    bool first = true;

    add_heading(markup, heading, resource->emoji, resource->title);
    add_kind(markup, "resource type", resource->id);
    cl_buf_add_c(markup, "Authentication methods: ");
    for (size_t i = 0; i < type->method_count; i++) {
        if (!cl_resource_allows(resource, &type->methods[i]))
            continue;
        cl_buf_addf(markup, "%s%s", first ? "" : ", ", type->methods[i].id);
        first = false;
    }
    cl_buf_add_c(markup, "\n\n");
    add_fact(markup, "Supports resource instances", resource->supports_instances);
    add_method_bullets(markup, type, resource);
    cl_buf_add_c(markup, resource->description);
    cl_buf_add_c(markup, "\n");
}

static void add_attr(struct cl_buf *markup, const struct cl_attr *attr)
{
    cl_buf_add_c(markup, "- ");
    cl_document_add_literal(markup, cl_str_of(attr->name));
    cl_buf_addf(markup, " {%s%s, %s}: ", cl_attr_type_word(attr),
                cl_attr_is_secret(attr) ? ", secret" : "",
                attr->required ? "required" : "optional");
    cl_document_add_literal(markup, cl_str_of(attr->help));
    cl_buf_add_c(markup, "\n");
}

void cl_method_document_add(struct cl_buf *markup, const struct cl_auth_method *method,
                            enum cl_heading heading)
{
    add_heading(markup, heading, CL_SIGN_METHOD, method->title);
    add_kind(markup, "auth method", method->id);
    add_fact(markup, "Supports issuing temporary credentials", cl_method_is_temporary(method));
    cl_buf_add_c(markup, method->description);
    cl_buf_add_c(markup, "\nAttributes:\n\n");
    for (size_t i = 0; i < method->attr_count; i++)
        add_attr(markup, &method->attrs[i]);
    cl_buf_add_c(markup, "\n");
}

static void add_all(struct cl_buf *markup, const struct cl_connector_type *type)
{
    cl_type_document_add(markup, type, CL_HEADING_BOX);
    for (size_t i = 0; i < type->resource_count; i++)
        cl_resource_document_add(markup, type, &type->resources[i], CL_HEADING_LINE);
    for (size_t i = 0; i < type->method_count; i++)
        cl_method_document_add(markup, &type->methods[i], CL_HEADING_LINE);
    cl_document_rule_add(markup);
}

enum cl_code cl_type_documents_print(struct cl_cli *cli, const struct cl_type_list *types,
                                     struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf markup = CL_BUF(DOCUMENT_MAX_BYTES);

    for (size_t i = 0; i < types->count; i++)
        add_all(&markup, types->items[i]);
    CL_TRY(cl_buf_ok(&markup, err));
    return cl_out_document(cli->out, cl_buf_view(&markup), err);
}
