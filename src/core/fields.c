#include "core/fields.h"

#include "core/type.h"

#define US_PER_S 1000000

/* The only workspace there is. */
#define WORKSPACE "default"

static bool text(const char *value, size_t index, struct cl_field_value *ret)
{
    if (index > 0)
        return false;
    *ret = (struct cl_field_value){.present = value != NULL, .text = cl_str_of(value)};
    return true;
}

static bool id(const char *value, size_t index, struct cl_field_value *ret)
{
    return text(value[0] == '\0' ? NULL : value, index, ret);
}

static bool number(bool present, int64_t value, size_t index, struct cl_field_value *ret)
{
    if (index > 0)
        return false;
    *ret = (struct cl_field_value){.present = present, .number = value};
    return true;
}

/* Two spellings of one thing: either may match. */
static bool either(const char *first, const char *second, size_t index, struct cl_field_value *ret)
{
    return index == 0 ? text(first, 0, ret) : text(second, index - 1, ret);
}

#define CONNECTOR_FIELD(name) \
    static bool connector_##name(const void *item, size_t index, struct cl_field_value *ret)

CONNECTOR_FIELD(name)
{
    return text(((const struct cl_connector *)item)->name, index, ret);
}

CONNECTOR_FIELD(type)
{
    const struct cl_connector *conn = item;

    return text(conn->type == NULL ? NULL : conn->type->id, index, ret);
}

CONNECTOR_FIELD(method)
{
    const struct cl_connector *conn = item;

    return text(conn->method == NULL ? NULL : conn->method->id, index, ret);
}

CONNECTOR_FIELD(resource_type)
{
    const struct cl_connector *conn = item;

    return index < conn->resource_types.count && text(conn->resource_types.items[index], 0, ret);
}

CONNECTOR_FIELD(resource_id)
{
    const struct cl_connector *conn = item;

    return either(conn->canonical_id, conn->resource_id, index, ret);
}

CONNECTOR_FIELD(owner)
{
    return text(((const struct cl_connector *)item)->owner, index, ret);
}

CONNECTOR_FIELD(secret_id)
{
    return id(((const struct cl_connector *)item)->secret_id, index, ret);
}

CONNECTOR_FIELD(id)
{
    return id(((const struct cl_connector *)item)->id, index, ret);
}

CONNECTOR_FIELD(created)
{
    return number(true, ((const struct cl_connector *)item)->created_at_us, index, ret);
}

CONNECTOR_FIELD(updated)
{
    return number(true, ((const struct cl_connector *)item)->updated_at_us, index, ret);
}

CONNECTOR_FIELD(description)
{
    return text(((const struct cl_connector *)item)->description, index, ret);
}

CONNECTOR_FIELD(expires_at)
{
    int64_t at = ((const struct cl_connector *)item)->expires_at;

    return number(at != 0, at * US_PER_S, index, ret);
}

CONNECTOR_FIELD(expiration_seconds)
{
    int64_t seconds = ((const struct cl_connector *)item)->expiration_seconds;

    return number(seconds != 0, seconds, index, ret);
}

CONNECTOR_FIELD(shared)
{
    return number(true, ((const struct cl_connector *)item)->shared ? 1 : 0, index, ret);
}

CONNECTOR_FIELD(workspace)
{
    (void)item;
    return text(WORKSPACE, index, ret);
}

/* clang-format off */
const struct cl_field cl_connector_fields[] = {
    {"name",               CL_FIELD_TEXT,   connector_name},
    {"connector_type",     CL_FIELD_TEXT,   connector_type},
    {"auth_method",        CL_FIELD_TEXT,   connector_method},
    {"resource_type",      CL_FIELD_TEXT,   connector_resource_type},
    {"resource_id",        CL_FIELD_TEXT,   connector_resource_id},
    {"user",               CL_FIELD_TEXT,   connector_owner},
    {"secret_id",          CL_FIELD_UUID,   connector_secret_id},
    {"id",                 CL_FIELD_UUID,   connector_id},
    {"created",            CL_FIELD_TIME,   connector_created},
    {"updated",            CL_FIELD_TIME,   connector_updated},
    {"description",        CL_FIELD_TEXT,   connector_description},
    {"expires_at",         CL_FIELD_TIME,   connector_expires_at},
    {"expiration_seconds", CL_FIELD_NUMBER, connector_expiration_seconds},
    {"shared",             CL_FIELD_BOOL,   connector_shared},
    /* the same under their names as columns, and older names */
    {"type",               CL_FIELD_TEXT,   connector_type},
    {"resource_types",     CL_FIELD_TEXT,   connector_resource_type},
    {"resource_name",      CL_FIELD_TEXT,   connector_resource_id},
    {"owner",              CL_FIELD_TEXT,   connector_owner},
    {"user_id",            CL_FIELD_TEXT,   connector_owner},
    {"workspace_id",       CL_FIELD_TEXT,   connector_workspace},
};
/* clang-format on */
const size_t cl_connector_field_count = CL_COUNT(cl_connector_fields);

#define COMPONENT_FIELD(name) \
    static bool component_##name(const void *item, size_t index, struct cl_field_value *ret)

COMPONENT_FIELD(name)
{
    return text(((const struct cl_component *)item)->name, index, ret);
}

COMPONENT_FIELD(kind)
{
    const struct cl_component *component = item;

    return text(component->kind == NULL ? NULL : component->kind->id, index, ret);
}

COMPONENT_FIELD(flavor)
{
    const struct cl_component *component = item;

    return text(component->flavor == NULL ? NULL : component->flavor->id, index, ret);
}

COMPONENT_FIELD(connector_id)
{
    return id(((const struct cl_component *)item)->connector_id, index, ret);
}

COMPONENT_FIELD(connector)
{
    return text(((const struct cl_component *)item)->connector_name, index, ret);
}

COMPONENT_FIELD(resource_id)
{
    return text(((const struct cl_component *)item)->resource_id, index, ret);
}

COMPONENT_FIELD(owner)
{
    return text(((const struct cl_component *)item)->owner, index, ret);
}

COMPONENT_FIELD(id)
{
    return id(((const struct cl_component *)item)->id, index, ret);
}

COMPONENT_FIELD(created)
{
    return number(true, ((const struct cl_component *)item)->created_at_us, index, ret);
}

COMPONENT_FIELD(updated)
{
    return number(true, ((const struct cl_component *)item)->updated_at_us, index, ret);
}

COMPONENT_FIELD(workspace)
{
    (void)item;
    return text(WORKSPACE, index, ret);
}

/* clang-format off */
const struct cl_field cl_component_fields[] = {
    {"name",         CL_FIELD_TEXT, component_name},
    {"kind",         CL_FIELD_TEXT, component_kind},
    {"flavor",       CL_FIELD_TEXT, component_flavor},
    {"connector_id", CL_FIELD_UUID, component_connector_id},
    {"connector",    CL_FIELD_TEXT, component_connector},
    {"resource_id",  CL_FIELD_TEXT, component_resource_id},
    {"user",         CL_FIELD_TEXT, component_owner},
    {"id",           CL_FIELD_UUID, component_id},
    {"created",      CL_FIELD_TIME, component_created},
    {"updated",      CL_FIELD_TIME, component_updated},
    /* the same under their names as columns, and older names */
    {"component_id", CL_FIELD_UUID, component_id},
    {"owner",        CL_FIELD_TEXT, component_owner},
    {"user_id",      CL_FIELD_TEXT, component_owner},
    {"workspace_id", CL_FIELD_TEXT, component_workspace},
};
/* clang-format on */
const size_t cl_component_field_count = CL_COUNT(cl_component_fields);

const struct cl_map *cl_connector_labels_of(const void *connector)
{
    return &((const struct cl_connector *)connector)->labels;
}

const struct cl_map *cl_component_labels_of(const void *component)
{
    return &((const struct cl_component *)component)->labels;
}

struct cl_query_source cl_connector_source(const void *const *items, size_t count)
{
    return (struct cl_query_source){
        .fields = cl_connector_fields,
        .field_count = cl_connector_field_count,
        .items = items,
        .item_count = count,
        .labels_of = cl_connector_labels_of,
    };
}

struct cl_query_source cl_component_source(const void *const *items, size_t count)
{
    return (struct cl_query_source){
        .fields = cl_component_fields,
        .field_count = cl_component_field_count,
        .items = items,
        .item_count = count,
        .labels_of = cl_component_labels_of,
    };
}
