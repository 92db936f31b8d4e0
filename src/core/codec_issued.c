#include "core/codec_util.h"

enum cl_code cl_issued_encode(const struct cl_issued *issued, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "connector_type", issued->connector_type);
    cl_json_add_c(&build, "auth_method", issued->auth_method);
    cl_json_add_c(&build, "resource_type", issued->resource_type);
    cl_json_add_c(&build, "resource_id", issued->resource_id);
    cl_json_add_c(&build, "client_id", issued->client_id);
    cl_member_add_config(&build, &issued->config);
    cl_member_add_secrets(&build, &issued->config, NULL, true);
    cl_member_add_time(&build, "issued_at", issued->issued_at);
    cl_member_add_time(&build, "expires_at", issued->expires_at);
    cl_member_add_time(&build, "refresh_after", issued->refresh_after);
    cl_json_add_bool(&build, "long_lived", issued->long_lived);
    cl_json_add_bool(&build, "provider_scoped", issued->provider_scoped);
    cl_json_add_c(&build, "fingerprint", issued->fingerprint);
    cl_json_add_c(&build, "provider_request_id", issued->provider_request_id);
    cl_json_add_strs(&build, "warnings", &issued->warnings);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_names(const json_t *json, struct cl_issued *issued, struct cl_err *err)
{
    CL_TRY(cl_read_text(json, "connector_type", &issued->connector_type, err));
    CL_TRY(cl_read_text(json, "auth_method", &issued->auth_method, err));
    CL_TRY(cl_read_text(json, "resource_type", &issued->resource_type, err));
    CL_TRY(cl_read_text(json, "resource_id", &issued->resource_id, err));
    CL_TRY(cl_read_text(json, "client_id", &issued->client_id, err));
    CL_TRY(cl_read_text(json, "fingerprint", &issued->fingerprint, err));
    return cl_read_text(json, "provider_request_id", &issued->provider_request_id, err);
}

enum cl_code cl_issued_decode(const json_t *json, struct cl_issued *ret, struct cl_err *err)
{
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    CL_TRY(cl_read_object(json, "the issued credential", err));
    CL_TRY(read_names(json, &issued, err));
    CL_TRY(cl_config_decode(json, &issued.config, err));
    CL_TRY(cl_read_time(json, "issued_at", &issued.issued_at, err));
    CL_TRY(cl_read_time(json, "expires_at", &issued.expires_at, err));
    CL_TRY(cl_read_time(json, "refresh_after", &issued.refresh_after, err));
    CL_TRY(cl_read_bool(json, "long_lived", &issued.long_lived, err));
    CL_TRY(cl_read_bool(json, "provider_scoped", &issued.provider_scoped, err));
    CL_TRY(cl_read_strs(json, "warnings", &issued.warnings, err));
    cl_issued_cleanup(ret);
    CL_MOVE_TO(ret, issued);
    return CL_OK;
}
