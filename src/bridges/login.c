#include "bridges/login.h"

#include "base/alloc.h"

static const struct cl_login_kind kinds[] = {
    {.connector_type = "aws", .login = cl_login_aws},
    {.connector_type = "docker", .login = cl_login_docker},
    {.connector_type = "kubernetes", .login = cl_login_kubernetes},
};

void cl_login_result_cleanup(struct cl_login_result *result)
{
    cl_free(result->entry);
    cl_free(result->path);
    cl_free(result->notice);
    cl_strs_cleanup(&result->warnings);
    *result = (struct cl_login_result){.entry = NULL};
}

enum cl_code cl_login(const struct cl_call *call, const struct cl_login_request *request,
                      struct cl_login_result *ret, struct cl_err *err)
{
    const struct cl_issued *issued = &request->client->issued;

    for (size_t i = 0; i < CL_COUNT(kinds); i++) {
        if (strcmp(kinds[i].connector_type, issued->connector_type) == 0)
            return kinds[i].login(call, request, ret, err);
    }
    return cl_err_set(err, CL_E_UNSUPPORTED, "there is no local client for '%s' resources",
                      issued->resource_type);
}
