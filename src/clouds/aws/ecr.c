#include "clouds/aws/ecr.h"

#include "base/alloc.h"
#include "clouds/aws/answer.h"
#include "clouds/aws/arn.h"
#include "clouds/aws/error.h"
#include "codec/base64.h"
#include "codec/json_build.h"

#define TARGET_PREFIX "AmazonEC2ContainerRegistry_V20150921."
#define TOKEN_MAX_BYTES ((size_t)64 * 1024)
#define TEXT_MAX_BYTES 2048
#define LOGIN_LIFETIME_S 43200

static const struct cl_http_header login_headers[] = {
    {.name = CL_STR_INIT("content-type"), .value = CL_STR_INIT("application/x-amz-json-1.1")},
    {.name = CL_STR_INIT("x-amz-target"),
     .value = CL_STR_INIT(TARGET_PREFIX "GetAuthorizationToken")},
};
static const struct cl_http_header describe_headers[] = {
    {.name = CL_STR_INIT("content-type"), .value = CL_STR_INIT("application/x-amz-json-1.1")},
    {.name = CL_STR_INIT("x-amz-target"),
     .value = CL_STR_INIT(TARGET_PREFIX "DescribeRepositories")},
};

static const struct aws_request login_request = {
    .service = AWS_ECR,
    .operation = "GetAuthorizationToken",
    .method = "POST",
    .headers = login_headers,
    .header_count = CL_COUNT(login_headers),
};
static const struct aws_request describe_request = {
    .service = AWS_ECR,
    .operation = "DescribeRepositories",
    .method = "POST",
    .headers = describe_headers,
    .header_count = CL_COUNT(describe_headers),
};

void aws_ecr_login_cleanup(struct aws_ecr_login *login)
{
    cl_free(login->username);
    cl_secret_free(login->password);
    cl_free(login->endpoint);
    *login = AWS_ECR_LOGIN_NONE;
}

static enum cl_code take_text(struct cl_json_build *build, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;

    CL_TRY(cl_json_build_take(build, &json, err));
    return cl_json_dump(json, CL_JSON_COMPACT, ret, err);
}

enum cl_code aws_ecr_login_body(struct cl_str account, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    if (account.len > 0) {
        cl_json_open_array(&build, "registryIds");
        cl_json_add_str(&build, NULL, account);
        cl_json_close(&build);
    }
    cl_json_close(&build);
    return take_text(&build, ret, err);
}

/* base64 of "AWS:{password}"; the password may hold colons too. */
static enum cl_code decode_token(struct cl_str token, struct aws_ecr_login *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(TOKEN_MAX_BYTES);
    struct cl_str user;
    struct cl_str password;

    if (cl_base64_decode(token, CL_BASE64_STANDARD, &plain, err) != CL_OK) {
        return err->code == CL_E_FAILED
                   ? err->code
                   : aws_malformed(&login_request, "readable authorizationToken", err);
    }
    if (!cl_str_cut(cl_buf_view(&plain), ':', &user, &password) || user.len == 0 ||
        password.len == 0 || aws_has_control(cl_buf_view(&plain)))
        return aws_malformed(&login_request, "user and password", err);
    CL_TRY(cl_str_dup(user, &ret->username, err));
    return cl_secret_new(password, &ret->password, err);
}

enum cl_code aws_ecr_parse_login(struct cl_str body, int64_t now_at, struct aws_ecr_login *ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;
    CL_AUTO(aws_ecr_login) struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;

    if (aws_parse_json(body, &json, err) != CL_OK)
        return aws_place_error(&login_request, err);
    const json_t *data = json_array_get(cl_json_get(json, "authorizationData"), 0);
    CL_TRY(decode_token(cl_json_str(data, "authorizationToken"), &login, err));
    struct cl_str endpoint = cl_json_str(data, "proxyEndpoint");
    if (endpoint.len == 0 || endpoint.len > TEXT_MAX_BYTES || aws_has_control(endpoint))
        return aws_malformed(&login_request, "proxyEndpoint", err);
    CL_TRY(cl_str_dup(endpoint, &login.endpoint, err));
    int64_t told_at = cl_json_i64(data, "expiresAt", 0);
    login.expires_at = told_at > now_at ? told_at : now_at + LOGIN_LIFETIME_S;
    CL_MOVE_TO(ret, login);
    return CL_OK;
}

static enum cl_code post(const struct cl_call *call, const struct aws_config *config,
                         const struct aws_request *kind, const char *body, struct aws_reply *ret,
                         struct cl_err *err)
{
    struct aws_request request = *kind;

    request.body = cl_str_of(body);
    return aws_send(call, config, &request, ret, err);
}

enum cl_code aws_ecr_get_login(const struct cl_call *call, const struct aws_config *config,
                               struct cl_str account, struct aws_ecr_login *ret, struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_string) char *body = NULL;

    CL_TRY(aws_ecr_login_body(account, &body, err));
    CL_TRY(post(call, config, &login_request, body, &reply, err));
    int64_t now_at = cl_world_now_s(call->world) + aws_signer_clock_offset_s(config->signer);
    CL_TRY(aws_ecr_parse_login(cl_buf_view(&reply.http.body), now_at, ret, err));
    aws_request_id(&reply.http, ret->request_id);
    return CL_OK;
}

enum cl_code aws_ecr_check_describe(const struct cl_call *call, const struct aws_config *config,
                                    struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_json) json_t *json = NULL;

    CL_TRY(post(call, config, &describe_request, "{\"maxResults\":1}", &reply, err));
    if (aws_parse_json(cl_buf_view(&reply.http.body), &json, err) != CL_OK)
        return aws_place_error(&describe_request, err);
    if (!json_is_array(cl_json_get(json, "repositories")))
        return aws_malformed(&describe_request, "list of repositories", err);
    return CL_OK;
}
