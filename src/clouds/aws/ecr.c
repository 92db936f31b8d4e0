#include "clouds/aws/ecr.h"

#include "base/alloc.h"
#include "codec/base64.h"
#include "codec/json.h"

#define BODY_MAX_BYTES 1024
#define LOGIN_MAX_BYTES ((size_t)64 * 1024)
#define TARGET_PREFIX "AmazonEC2ContainerRegistry_V20150921."

void aws_registry_login_cleanup(struct aws_registry_login *login)
{
    cl_secret_free(login->username);
    cl_secret_free(login->password);
    cl_free(login->endpoint);
    *login = AWS_REGISTRY_LOGIN_NONE;
}

/* --- parsing ------------------------------------------------------------------------------- */

static enum cl_code malformed(const char *what, struct cl_err *err)
{
    return cl_err_set(err, CL_E_PROVIDER, "the answer has no %s", what);
}

/* base64 of "user:password"; the password may hold colons. */
static enum cl_code split_token(struct cl_str token, struct aws_registry_login *login,
                                struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf plain = CL_BUF_SECRET(LOGIN_MAX_BYTES);
    struct cl_str user = CL_STR_NONE;
    struct cl_str password = CL_STR_NONE;
    struct cl_err undecodable = CL_ERR_NONE;

    if (cl_base64_decode(token, CL_BASE64_STANDARD, &plain, &undecodable) != CL_OK)
        return malformed("readable authorizationToken", err);
    if (!cl_str_cut(cl_buf_view(&plain), ':', &user, &password) || user.len == 0 ||
        password.len == 0)
        return malformed("user name and password", err);
    CL_TRY(cl_secret_new(user, &login->username, err));
    return cl_secret_new(password, &login->password, err);
}

static enum cl_code take_login(const json_t *data, struct aws_registry_login *login,
                               struct cl_err *err)
{
    struct cl_str endpoint = cl_json_str(data, "proxyEndpoint");

    if (endpoint.len == 0)
        return malformed("proxyEndpoint", err);
    CL_TRY(split_token(cl_json_str(data, "authorizationToken"), login, err));
    CL_TRY(cl_str_dup(endpoint, &login->endpoint, err));
    login->expires_at = cl_json_i64(data, "expiresAt", 0);
    return CL_OK;
}

enum cl_code aws_ecr_parse_login(struct cl_str body, struct aws_registry_login *ret,
                                 struct cl_err *err)
{
    CL_AUTO(aws_registry_login) struct aws_registry_login login = AWS_REGISTRY_LOGIN_NONE;
    CL_AUTO(cl_json) json_t *json = NULL;
    struct cl_err unreadable = CL_ERR_NONE;

    if (cl_json_parse(body, &json, &unreadable) != CL_OK)
        return malformed("readable JSON", err);
    const json_t *data = json_array_get(cl_json_get(json, "authorizationData"), 0);
    if (data == NULL)
        return malformed("authorizationData", err);
    CL_TRY(take_login(data, &login, err));
    *ret = login;
    login = AWS_REGISTRY_LOGIN_NONE;
    return CL_OK;
}

/* --- asking -------------------------------------------------------------------------------- */

/* JSON 1.1: the operation is a header. `headers` has room for two. */
static struct aws_request request_of(const char *operation, struct cl_str target,
                                     struct cl_str body, struct cl_http_header *headers)
{
    headers[0] = (struct cl_http_header){.name = CL_STR("content-type"),
                                         .value = CL_STR("application/x-amz-json-1.1")};
    headers[1] = (struct cl_http_header){.name = CL_STR("x-amz-target"), .value = target};
    return (struct aws_request){.service = AWS_ECR,
                                .operation = operation,
                                .method = "POST",
                                .headers = headers,
                                .header_count = 2,
                                .body = body};
}

enum cl_code aws_ecr_get_login(const struct cl_call *call, const struct aws_config *config,
                               struct cl_str account, struct aws_registry_login *ret,
                               struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(BODY_MAX_BYTES);
    struct cl_http_header headers[2];

    if (account.len > 0) /* 12 digits, nothing to escape */
        cl_buf_addf(&body, "{\"registryIds\":[\"%.*s\"]}", CL_STR_ARG(account));
    else
        cl_buf_add_c(&body, "{}");
    CL_TRY(cl_buf_ok(&body, err));
    const struct aws_request request =
        request_of("GetAuthorizationToken", CL_STR(TARGET_PREFIX "GetAuthorizationToken"),
                   cl_buf_view(&body), headers);
    CL_TRY(aws_send(call, config, &request, &reply, err));
    if (aws_ecr_parse_login(cl_buf_view(&reply.http.body), ret, err) != CL_OK)
        return err->code == CL_E_PROVIDER ? aws_malformed(&request, "registry login", err)
                                          : err->code;
    return CL_OK;
}

enum cl_code aws_ecr_check_repositories(const struct cl_call *call, const struct aws_config *config,
                                        struct cl_str account, struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(BODY_MAX_BYTES);
    struct cl_http_header headers[2];

    cl_buf_add_c(&body, "{\"maxResults\":1");
    if (account.len > 0)
        cl_buf_addf(&body, ",\"registryId\":\"%.*s\"", CL_STR_ARG(account));
    cl_buf_add_c(&body, "}");
    CL_TRY(cl_buf_ok(&body, err));
    const struct aws_request request =
        request_of("DescribeRepositories", CL_STR(TARGET_PREFIX "DescribeRepositories"),
                   cl_buf_view(&body), headers);
    return aws_send(call, config, &request, &reply, err);
}
