#include "core/issued.h"

#include "base/alloc.h"
#include "core/dup.h"

#define RENEW_WINDOW_MAX_S 300

void cl_issued_cleanup(struct cl_issued *issued)
{
    cl_free(issued->connector_type);
    cl_free(issued->auth_method);
    cl_free(issued->resource_type);
    cl_free(issued->resource_id);
    cl_free(issued->client_id);
    cl_config_cleanup(&issued->config);
    cl_free(issued->fingerprint);
    cl_free(issued->provider_request_id);
    cl_strs_cleanup(&issued->warnings);
    *issued = (struct cl_issued){.connector_type = NULL};
}

enum cl_code cl_issued_copy(const struct cl_issued *from, struct cl_issued *ret, struct cl_err *err)
{
    CL_AUTO(cl_issued)
    struct cl_issued copy = {
        .issued_at = from->issued_at,
        .expires_at = from->expires_at,
        .refresh_after = from->refresh_after,
        .long_lived = from->long_lived,
        .provider_scoped = from->provider_scoped,
    };

    CL_TRY(cl_dup_text(from->connector_type, &copy.connector_type, err));
    CL_TRY(cl_dup_text(from->auth_method, &copy.auth_method, err));
    CL_TRY(cl_dup_text(from->resource_type, &copy.resource_type, err));
    CL_TRY(cl_dup_text(from->resource_id, &copy.resource_id, err));
    CL_TRY(cl_dup_text(from->client_id, &copy.client_id, err));
    CL_TRY(cl_config_copy(&from->config, &copy.config, err));
    CL_TRY(cl_dup_text(from->fingerprint, &copy.fingerprint, err));
    CL_TRY(cl_dup_text(from->provider_request_id, &copy.provider_request_id, err));
    CL_TRY(cl_strs_copy(&from->warnings, &copy.warnings, err));
    CL_MOVE_TO(ret, copy);
    return CL_OK;
}

bool cl_expired(int64_t at, int64_t skew_s, int64_t now_at)
{
    int64_t limit = 0;

    if (at == 0)
        return false;
    return __builtin_sub_overflow(at, skew_s, &limit) || now_at >= limit;
}

int64_t cl_refresh_after(int64_t issued_at, int64_t expires_at, int fraction_per_mille)
{
    int64_t window = (expires_at - issued_at) / 2;

    if (expires_at == 0)
        return 0;
    if (window < 0)
        window = 0;
    if (window > RENEW_WINDOW_MAX_S)
        window = RENEW_WINDOW_MAX_S;
    return expires_at - window * fraction_per_mille / 1000;
}
