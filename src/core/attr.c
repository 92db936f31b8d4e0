#include "core/attr.h"

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
