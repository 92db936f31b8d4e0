#include "clouds/aws/sts.h"

#include "base/strs.h"
#include "clouds/aws/answer.h"
#include "clouds/aws/error.h"

static const struct cl_http_header form_type = {
    .name = CL_STR_INIT("content-type"),
    .value = CL_STR_INIT("application/x-www-form-urlencoded; charset=utf-8"),
};

/* A policy of 2048 characters may triple when encoded; ten ARNs may each have as many. */
#define FORM_MAX_BYTES ((size_t)128 * 1024)
#define VERSION "&Version=2011-06-15"

static void add_field(struct cl_buf *form, const char *name, struct cl_str value)
{
    if (value.len == 0)
        return;
    cl_buf_add_char(form, '&');
    cl_buf_add_c(form, name);
    cl_buf_add_char(form, '=');
    cl_buf_add_urlencoded(form, value);
}

static void add_duration(struct cl_buf *form, int64_t duration_s)
{
    cl_buf_add_c(form, "&DurationSeconds=");
    cl_buf_add_i64(form, duration_s);
}

/* Each list item is a structure of its own, counted from 1. */
static void add_policies(struct cl_buf *form, struct cl_str policy, const struct cl_strs *arns)
{
    add_field(form, "Policy", policy);
    for (size_t i = 0; arns != NULL && i < arns->count; i++) {
        cl_buf_addf(form, "&PolicyArns.member.%zu.arn=", i + 1);
        cl_buf_add_urlencoded(form, cl_str_of(arns->items[i]));
    }
}

enum cl_code aws_sts_assume_role_body(const struct aws_assume_role *request, char **ret,
                                      struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf form = CL_BUF(FORM_MAX_BYTES);

    cl_buf_add_c(&form, "Action=AssumeRole" VERSION);
    add_field(&form, "RoleArn", request->role_arn);
    add_field(&form, "RoleSessionName", request->session_name);
    add_duration(&form, request->duration_s);
    add_policies(&form, request->policy, request->policy_arns);
    add_field(&form, "ExternalId", request->external_id);
    add_field(&form, "SourceIdentity", request->source_identity);
    return cl_buf_take(&form, ret, err);
}

enum cl_code aws_sts_session_token_body(int64_t duration_s, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf form = CL_BUF(FORM_MAX_BYTES);

    cl_buf_add_c(&form, "Action=GetSessionToken" VERSION);
    add_duration(&form, duration_s);
    return cl_buf_take(&form, ret, err);
}

enum cl_code aws_sts_federation_body(const struct aws_federation *request, char **ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf form = CL_BUF(FORM_MAX_BYTES);

    cl_buf_add_c(&form, "Action=GetFederationToken" VERSION);
    add_field(&form, "Name", request->name);
    add_duration(&form, request->duration_s);
    add_policies(&form, request->policy, request->policy_arns);
    return cl_buf_take(&form, ret, err);
}

static struct aws_request request_of(const char *operation, const char *body)
{
    return (struct aws_request){
        .service = AWS_STS,
        .operation = operation,
        .method = "POST",
        .headers = &form_type,
        .header_count = 1,
        .body = cl_str_of(body),
    };
}

static enum cl_code mint(const struct cl_call *call, const struct aws_config *config,
                         const struct aws_request *request, struct aws_session *ret,
                         struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;

    CL_TRY(aws_send(call, config, request, &reply, err));
    if (aws_sts_parse_session(cl_buf_view(&reply.http.body), ret, err) != CL_OK)
        return aws_place_error(request, err);
    aws_request_id(&reply.http, ret->request_id);
    return CL_OK;
}

enum cl_code aws_sts_get_caller_identity(const struct cl_call *call,
                                         const struct aws_config *config, struct aws_identity *ret,
                                         struct cl_err *err)
{
    CL_AUTO(aws_reply) struct aws_reply reply = AWS_REPLY_NONE;
    const struct aws_request request =
        request_of("GetCallerIdentity", "Action=GetCallerIdentity" VERSION);

    CL_TRY(aws_send(call, config, &request, &reply, err));
    if (aws_sts_parse_identity(cl_buf_view(&reply.http.body), ret, err) != CL_OK)
        return aws_place_error(&request, err);
    return CL_OK;
}

enum cl_code aws_sts_assume_role(const struct cl_call *call, const struct aws_config *config,
                                 const struct aws_assume_role *request, struct aws_session *ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_string) char *body = NULL;

    CL_TRY(aws_sts_assume_role_body(request, &body, err));
    const struct aws_request send = request_of("AssumeRole", body);
    return mint(call, config, &send, ret, err);
}

enum cl_code aws_sts_get_session_token(const struct cl_call *call, const struct aws_config *config,
                                       int64_t duration_s, struct aws_session *ret,
                                       struct cl_err *err)
{
    CL_AUTO(cl_string) char *body = NULL;

    CL_TRY(aws_sts_session_token_body(duration_s, &body, err));
    const struct aws_request send = request_of("GetSessionToken", body);
    return mint(call, config, &send, ret, err);
}

enum cl_code aws_sts_get_federation_token(const struct cl_call *call,
                                          const struct aws_config *config,
                                          const struct aws_federation *request,
                                          struct aws_session *ret, struct cl_err *err)
{
    CL_AUTO(cl_string) char *body = NULL;

    CL_TRY(aws_sts_federation_body(request, &body, err));
    const struct aws_request send = request_of("GetFederationToken", body);
    return mint(call, config, &send, ret, err);
}
