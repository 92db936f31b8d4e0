#include "core/codec_util.h"

/*
 * JSON Schema of a table of attributes. Type, format and writeOnly stand at the top level of an
 * attribute, required or not: a reader that looks no deeper must still see what is secret.
 */

static const char *format_word(enum cl_attr_format format)
{
    switch (format) {
    case CL_ATTR_FORMAT_NONE: return NULL;
    case CL_ATTR_FORMAT_URI: return "uri";
    case CL_ATTR_FORMAT_HOSTNAME: return "hostname";
    case CL_ATTR_FORMAT_PEM: return "pem";
    case CL_ATTR_FORMAT_BASE64: return "base64";
    case CL_ATTR_FORMAT_JSON: return "json";
    case CL_ATTR_FORMAT_ARN: return "arn";
    case CL_ATTR_FORMAT_REGION: return "region";
    case CL_ATTR_FORMAT_LINES: return "lines";
    }
    return NULL;
}

/* What a single text must look like: of the attribute itself, or of each item of a list. */
static void add_text_rules(struct cl_json_build *build, const struct cl_attr *attr)
{
    const char *format = cl_attr_is_secret(attr) ? "password" : format_word(attr->format);

    if (format != NULL)
        cl_json_add_c(build, "format", format);
    if (attr->choices == NULL)
        return;
    cl_json_open_array(build, "enum");
    for (const char *const *choice = attr->choices; *choice != NULL; choice++)
        cl_json_add_c(build, NULL, *choice);
    cl_json_close(build);
}

static void add_attr(struct cl_json_build *build, const struct cl_attr *attr)
{
    cl_json_open_object(build, attr->name);
    cl_json_add_c(build, "type", cl_attr_type_word(attr));
    cl_json_add_c(build, "title", attr->help);
    if (attr->kind == CL_ATTR_LIST) {
        cl_json_open_object(build, "items");
        cl_json_add_c(build, "type", "string");
        add_text_rules(build, attr);
        cl_json_close(build);
    } else {
        add_text_rules(build, attr);
    }
    if (cl_attr_is_secret(attr))
        cl_json_add_bool(build, "writeOnly", true);
    if (attr->max_bytes != 0 && attr->kind != CL_ATTR_LIST)
        cl_json_add_i64(build, "maxLength", (int64_t)attr->max_bytes);
    cl_json_close(build);
}

void cl_member_add_schema(struct cl_json_build *build, const char *title,
                          const struct cl_attr *attrs, size_t count)
{
    cl_json_open_object(build, "config_schema");
    cl_json_add_c(build, "title", title);
    cl_json_add_c(build, "type", "object");
    cl_json_open_object(build, "properties");
    for (size_t i = 0; i < count; i++)
        add_attr(build, &attrs[i]);
    cl_json_close(build);
    cl_json_open_array(build, "required");
    for (size_t i = 0; i < count; i++) {
        if (attrs[i].required)
            cl_json_add_c(build, NULL, attrs[i].name);
    }
    cl_json_close(build);
    cl_json_close(build);
}
