#include "codec/jwt.h"

#include "codec/base64.h"

#define MAX_CLAIMS_BYTES 65536
#define MAX_DEPTH 16

static enum cl_code split(struct cl_str token, struct cl_str *ret_payload, struct cl_err *err)
{
    struct cl_str head = CL_STR_NONE;
    struct cl_str rest = CL_STR_NONE;
    struct cl_str signature = CL_STR_NONE;

    if (!cl_str_cut(token, '.', &head, &rest) || !cl_str_cut(rest, '.', ret_payload, &signature) ||
        head.len == 0 || ret_payload->len == 0 || cl_str_find(signature, '.') < signature.len)
        return cl_err_set(err, CL_E_INVALID, "the token does not consist of three parts");
    return CL_OK;
}

enum cl_code cl_jwt_claims(struct cl_str token, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(MAX_CLAIMS_BYTES);
    CL_AUTO(cl_json) json_t *claims = NULL;
    struct cl_str payload = CL_STR_NONE;

    CL_TRY(split(token, &payload, err));
    CL_TRY(cl_base64_decode(payload, CL_BASE64_URL, &text, err));
    CL_TRY(cl_json_parse_limited(cl_buf_view(&text), MAX_CLAIMS_BYTES, MAX_DEPTH, &claims, err));
    if (!json_is_object(claims))
        return cl_err_set(err, CL_E_INVALID, "the token's claims are no object");
    *ret = CL_MOVE(claims);
    return CL_OK;
}

int64_t cl_jwt_expires_at(struct cl_str token)
{
    CL_AUTO(cl_json) json_t *claims = NULL;
    struct cl_err ignored = CL_ERR_NONE;

    if (cl_jwt_claims(token, &claims, &ignored) != CL_OK)
        return 0;
    int64_t at = cl_json_i64(claims, "exp", 0);
    return at > 0 ? at : 0;
}
