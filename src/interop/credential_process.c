#include "interop/credential_process.h"

#include "base/time.h"
#include "codec/json_build.h"

static enum cl_code build(const struct cl_issued *issued, struct cl_str account_id, json_t **ret,
                          struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_buf) struct cl_buf expiry = CL_BUF(64);
    const struct cl_secret *token = cl_config_secret(&issued->config, "aws_session_token");

    cl_json_open_object(&build, NULL);
    cl_json_add_i64(&build, "Version", 1);
    cl_json_add_str(&build, "AccessKeyId",
                    cl_secret_expose(cl_config_secret(&issued->config, "aws_access_key_id")));
    cl_json_add_str(&build, "SecretAccessKey",
                    cl_secret_expose(cl_config_secret(&issued->config, "aws_secret_access_key")));
    if (token != NULL)
        cl_json_add_str(&build, "SessionToken", cl_secret_expose(token));
    if (issued->expires_at != 0)
        cl_buf_add_rfc3339(&expiry, issued->expires_at);
    cl_json_add_filled(&build, "Expiration", cl_buf_view(&expiry));
    cl_json_add_filled(&build, "AccountId", account_id);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

enum cl_code cl_credential_process_add(struct cl_buf *ret, const struct cl_issued *issued,
                                       struct cl_str account_id, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;

    if (cl_config_secret(&issued->config, "aws_access_key_id") == NULL) {
        return cl_err_set(err, CL_E_UNSUPPORTED, "a '%s' credential is no AWS credential",
                          issued->connector_type);
    }
    CL_TRY(build(issued, account_id, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_COMPACT);
    return cl_buf_ok(ret, err);
}
