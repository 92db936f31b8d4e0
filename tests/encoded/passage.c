#include "passage.h"

#include "codec/json.h"
#include "core/api_codec.h"

/* Room for the largest of each; which one it is, the operation knows. */
union any_request {
    struct cl_register_request register_connector;
    struct cl_update_request update;
    struct cl_list_request list;
    struct cl_issue_client_request issue;
    struct cl_component_list_request component_list;
    struct cl_component_connect_request component_connect;
    struct cl_discovery_request discovery;
    struct cl_auto_request auto_configure;
};

union any_result {
    struct cl_register_result register_connector;
    struct cl_list_result list;
    struct cl_issue_client_result issue;
    struct cl_component_connect_result component_connect;
    struct cl_discovered discovered;
    char room[8192];
};

enum cl_code pass_text(json_t *json, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *value = json;
    CL_AUTO(cl_string) char *text = NULL;

    CL_TRY(cl_json_dump(value, CL_JSON_COMPACT, &text, err));
    return cl_json_parse(cl_str_of(text), ret, err);
}

enum cl_code pass_error(const struct cl_err *why, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err error = CL_ERR_NONE;
    json_t *encoded = NULL;

    CL_TRY(cl_err_encode(why, &encoded, err));
    CL_TRY(pass_text(encoded, &json, err));
    CL_TRY(cl_err_decode(json, &error, err));
    *err = error;
    return error.code;
}

static enum cl_code pass_result(const struct operation *operation, const void *result, void *ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    json_t *encoded = NULL;

    CL_TRY(operation->encode(result, &encoded, err));
    CL_TRY(pass_text(encoded, &json, err));
    return operation->decode(json, ret, err);
}

static enum cl_code run(const struct operation *operation, struct cl_api *inner,
                        const struct cl_call *call, const void *request, void *ret,
                        struct cl_err *err)
{
    union any_result result;
    struct cl_err why = CL_ERR_NONE;

    (void)memset(&result, 0, sizeof(result));
    enum cl_code code = operation->run(inner, call, request, &result, &why);
    if (code == CL_OK)
        code = pass_result(operation, &result, ret, err);
    else
        code = pass_error(&why, err);
    operation->cleanup(&result);
    return code;
}

enum cl_code pass_through(const struct operation *operation, struct cl_api *inner,
                          const struct cl_call *call, const void *request, void *ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    union any_request copy;
    json_t *encoded = NULL;

    (void)memset(&copy, 0, sizeof(copy));
    CL_TRY(cl_request_encode(operation->kind, request, &encoded, err));
    CL_TRY(pass_text(encoded, &json, err));
    enum cl_code code = cl_request_decode(operation->kind, json, &copy, err);
    if (code == CL_OK)
        code = run(operation, inner, call, &copy, ret, err);
    cl_request_cleanup(operation->kind, &copy);
    return code;
}
