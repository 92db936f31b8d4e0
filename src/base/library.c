#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

enum cl_code cl_library_open(const char *name, const char *package, void **ret, struct cl_err *err)
{
    /* Never closed: what it has started, and pointers to it, may outlive every caller. */
    void *library = dlopen(name, RTLD_LAZY | RTLD_LOCAL);

    if (library == NULL) {
        (void)cl_err_set(err, CL_E_LOCAL_TOOL_MISSING, "cannot load %s", name);
        return cl_err_hint(err, "Install the package %s.", package);
    }
    *ret = library;
    return CL_OK;
}

enum cl_code cl_library_find(void *library, const char *name, void *ret, size_t size,
                             struct cl_err *err)
{
    void *found = dlsym(library, name);

    if (found == NULL)
        return cl_err_set(err, CL_E_LOCAL_TOOL_MISSING, "a library has no function %s", name);
    /* ISO C knows no way from void * to a function, POSIX says the bytes are the same. */
    (void)memcpy(ret, &found, size);
    return CL_OK;
}
