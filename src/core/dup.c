#include "core/dup.h"

#include "base/alloc.h"

enum cl_code cl_dup_text(const char *text, char **ret, struct cl_err *err)
{
    if (text == NULL) {
        *ret = NULL;
        return CL_OK;
    }
    return cl_str_dup(cl_str_of(text), ret, err);
}

enum cl_code cl_replace_text(char **place, struct cl_str text, struct cl_err *err)
{
    char *copy = NULL;

    CL_TRY(cl_str_dup(text, &copy, err));
    cl_free(*place);
    *place = copy;
    return CL_OK;
}
