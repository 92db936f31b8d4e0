#include "core/issued.h"

#include "base/alloc.h"

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
