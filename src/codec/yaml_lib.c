#include "codec/yaml_lib.h"

#include <pthread.h>

#include "base/library.h"

/* The exception to "no globals": opened once per process; `opening` guards both. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static struct cl_libyaml functions;
static bool is_open;

static enum cl_code open_library(struct cl_err *err)
{
    struct cl_libyaml found = {.parser_parse = NULL};
    void *library = NULL;

    CL_TRY(cl_library_open("libyaml-0.so.2", "libyaml-0-2", &library, err));
#define CL_LIBYAML_FIND(name) \
    CL_TRY(cl_library_find(library, "yaml_" #name, &found.name, sizeof(found.name), err));
    CL_LIBYAML_FUNCTIONS(CL_LIBYAML_FIND)
#undef CL_LIBYAML_FIND
    functions = found;
    is_open = true;
    return CL_OK;
}

enum cl_code cl_libyaml_get(const struct cl_libyaml **ret, struct cl_err *err)
{
    (void)pthread_mutex_lock(&opening);
    enum cl_code code = is_open ? CL_OK : open_library(err);
    (void)pthread_mutex_unlock(&opening);
    if (code == CL_OK)
        *ret = &functions;
    return code;
}
