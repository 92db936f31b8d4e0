#include "core/attr.h"

const struct cl_attr *cl_attr_find(const struct cl_attr *attrs, size_t count, struct cl_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (cl_str_eq_c(name, attrs[i].name))
            return &attrs[i];
    }
    return NULL;
}

size_t cl_attr_max_bytes(const struct cl_attr *attr)
{
    return attr->max_bytes == 0 ? CL_ATTR_VALUE_MAX : attr->max_bytes;
}

bool cl_attr_is_secret(const struct cl_attr *attr)
{
    return attr->kind == CL_ATTR_SECRET;
}

const char *cl_attr_type_word(const struct cl_attr *attr)
{
    switch (attr->kind) {
    case CL_ATTR_TEXT:
    case CL_ATTR_SECRET: return "string";
    case CL_ATTR_BOOL: return "boolean";
    case CL_ATTR_INT: return "integer";
    case CL_ATTR_LIST: return "array";
    }
    return "string";
}
