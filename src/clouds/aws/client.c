#include "clouds/aws/client.h"

#include <stdio.h>

#include "clouds/aws/error.h"
#include "clouds/aws/partition.h"
#include "clouds/aws/sigv4.h"
#include "codec/expat_lib.h"
#include "net/retry.h"

/* The build says it; other ways to compile this file need not. */
#ifndef CLEAT_VERSION
#define CLEAT_VERSION "0"
#endif

#define URL_MAX_BYTES 8192
#define ATTEMPTS_USUAL 3
#define ATTEMPTS_MOST 20
#define USER_AGENT "cleat/" CLEAT_VERSION

/* A request on its way: what was learned from earlier answers goes into the next one. */
struct exchange {
    const struct cl_call *call;
    const struct aws_config *config;
    const struct aws_request *request;
    struct aws_reply *reply;
    char region[64];
    int64_t clock_offset_s;
    bool clock_corrected;
    bool redirected;
};

void aws_reply_cleanup(struct aws_reply *reply)
{
    cl_http_response_cleanup(&reply->http);
    *reply = AWS_REPLY_NONE;
}

void aws_note_upstream(const struct aws_request *request, struct cl_err *err)
{
    (void)snprintf(err->upstream_service, sizeof(err->upstream_service), "%s",
                   aws_service_name(request->service));
    (void)snprintf(err->upstream_operation, sizeof(err->upstream_operation), "%s",
                   request->operation);
}

static enum cl_code build_url(const struct exchange *exchange, struct cl_buf *url,
                              struct cl_err *err)
{
    const struct aws_config *config = exchange->config;
    const struct aws_request *request = exchange->request;
    struct cl_str region = cl_str_of(exchange->region);

    if (request->bucket.len > 0) {
        CL_TRY(aws_endpoint_add_bucket(url, &config->endpoints, config->s3_style, region,
                                       request->bucket, err));
    } else {
        CL_TRY(aws_endpoint_add(url, &config->endpoints, request->service, region, err));
        cl_buf_add(url, request->target.len > 0 ? request->target : CL_STR("/"));
    }
    return cl_buf_ok(url, err);
}

static enum cl_code sign(const struct exchange *exchange, struct cl_str url,
                         struct aws_signature *ret, struct cl_err *err)
{
    const struct aws_request *request = exchange->request;
    const struct aws_sign_request sign = {
        .method = request->method,
        .url = url,
        .headers = request->headers,
        .header_count = request->header_count,
        .payload = request->body,
        .credentials = exchange->config->credentials,
        .region = cl_str_of(exchange->region),
        .service = cl_str_of(aws_service_name(request->service)),
        .at = cl_world_now_s(exchange->call->world) + exchange->clock_offset_s,
    };

    return aws_sign_headers(exchange->config->signer, &sign, ret, err);
}

/* The request's own headers, those that sign it, and one nobody signs. */
static size_t join_headers(const struct aws_request *request, const struct aws_signature *signature,
                           struct cl_http_header *ret)
{
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++)
        ret[count++] = request->headers[i];
    for (size_t i = 0; i < signature->header_count; i++)
        ret[count++] = signature->headers[i];
    ret[count++] =
        (struct cl_http_header){.name = CL_STR("user-agent"), .value = CL_STR(USER_AGENT)};
    return count;
}

static enum cl_code transmit(const struct exchange *exchange, struct cl_str url,
                             const struct aws_signature *signature, struct cl_err *err)
{
    struct cl_http_header headers[AWS_REQUEST_HEADERS + CL_COUNT(signature->headers) + 1];
    const struct cl_http_request http = {
        .method = exchange->request->method,
        .url = url,
        .headers = headers,
        .header_count = join_headers(exchange->request, signature, headers),
        .body = cl_str_make(exchange->request->body.ptr, exchange->request->body.len),
        .ca_file = exchange->config->ca_file,
        .operation = exchange->request->operation,
    };

    aws_reply_cleanup(exchange->reply);
    return cl_http_send(exchange->call, &http, &exchange->reply->http, err);
}

static enum cl_code build_and_send(const struct exchange *exchange, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(URL_MAX_BYTES);
    CL_AUTO(aws_signature) struct aws_signature signature = AWS_SIGNATURE_NONE;

    CL_TRY(build_url(exchange, &url, err));
    CL_TRY(sign(exchange, cl_buf_view(&url), &signature, err));
    return transmit(exchange, cl_buf_view(&url), &signature, err);
}

/* True if the server's clock is known and the next try should go by it. */
static bool correct_clock(struct exchange *exchange, const struct aws_failure *failure)
{
    if (exchange->clock_corrected || failure->server_at == 0)
        return false;
    exchange->clock_corrected = true;
    exchange->clock_offset_s = failure->server_at - cl_world_now_s(exchange->call->world);
    aws_signer_set_clock_offset_s(exchange->config->signer, exchange->clock_offset_s);
    return true;
}

/* Only S3 has regions to point to, and one where the request has just been is none. */
static void weigh_region(const struct exchange *exchange, struct aws_failure *failure)
{
    if (exchange->request->service != AWS_S3 || strcmp(failure->region, exchange->region) == 0)
        failure->region[0] = '\0';
}

/* True if S3 named another region, in which the next try should be made. */
static bool change_region(struct exchange *exchange, const struct aws_failure *failure)
{
    if (exchange->redirected || failure->region[0] == '\0')
        return false;
    exchange->redirected = true;
    (void)snprintf(exchange->region, sizeof(exchange->region), "%s", failure->region);
    return true;
}

static bool adapt(struct exchange *exchange, const struct aws_failure *failure)
{
    if (aws_failure_code(failure) == CL_E_CLOCK_SKEW)
        return correct_clock(exchange, failure);
    if (aws_failure_is_wrong_region(failure))
        return change_region(exchange, failure);
    return false;
}

/* One try of the retry rules. Each way to adapt is open once, so the loop ends. */
static enum cl_code attempt(void *ctx, struct cl_err *err)
{
    struct exchange *exchange = ctx;
    const struct aws_request *request = exchange->request;
    struct aws_failure failure;

    do {
        if (build_and_send(exchange, err) != CL_OK) {
            aws_note_upstream(request, err);
            return err->code;
        }
        const struct cl_http_response *http = &exchange->reply->http;
        if (http->status >= 200 && http->status < 300)
            return CL_OK;
        aws_failure_read(http, strcmp(request->method, "HEAD") == 0, &exchange->config->credentials,
                         &failure);
        weigh_region(exchange, &failure);
    } while (adapt(exchange, &failure));
    return aws_failure_report(&failure, aws_service_name(request->service), request->operation,
                              cl_world_now_s(exchange->call->world), err);
}

/* Whoever has another address would learn of keys that are none of theirs. */
static enum cl_code check_service(const struct aws_config *config,
                                  const struct aws_request *request, struct cl_err *err)
{
    if (!config->s3_only || request->service == AWS_S3)
        return CL_OK;
    (void)cl_err_set(err, CL_E_UNSUPPORTED,
                     "the connector's keys belong to an S3-compatible store, which has no %s",
                     aws_service_name(request->service));
    return cl_err_hint(err, "Use it for buckets; if the endpoint does offer the other services, "
                            "set s3_compatible to false.");
}

/* A session that cannot be read once it is there would be lost. */
static enum cl_code check_parser(const struct aws_request *request, struct cl_err *err)
{
    bool speaks_xml = request->service == AWS_STS || request->service == AWS_S3;
    const struct cl_expat *expat = NULL;

    if (!speaks_xml || strcmp(request->method, "HEAD") == 0)
        return CL_OK;
    return cl_expat_get(&expat, err);
}

static enum cl_code check(const struct aws_config *config, const struct aws_request *request,
                          struct cl_err *err)
{
    if (request->header_count > AWS_REQUEST_HEADERS)
        return cl_err_set(err, CL_E_INTERNAL, "an AWS request has too many headers");
    if (!aws_region_is_safe(cl_str_of(config->region))) {
        return cl_err_set(err, CL_E_INVALID,
                          "AWS region is missing or holds characters that no region has");
    }
    CL_TRY(check_service(config, request, err));
    return check_parser(request, err);
}

/* AWS_MAX_ATTEMPTS, as for every AWS SDK; what is no number between 1 and 20 is ignored. */
static int attempts_wanted(const struct cl_world *world)
{
    struct cl_str given = cl_world_env(world, "AWS_MAX_ATTEMPTS");
    struct cl_err ignored = CL_ERR_NONE;
    int64_t attempts = ATTEMPTS_USUAL;

    if (given.len > 0)
        CL_IGNORE(cl_parse_i64(given, &attempts, &ignored)); /* keeps the usual number */
    return attempts >= 1 && attempts <= ATTEMPTS_MOST ? (int)attempts : ATTEMPTS_USUAL;
}

enum cl_code aws_send(const struct cl_call *call, const struct aws_config *config,
                      const struct aws_request *request, struct aws_reply *ret, struct cl_err *err)
{
    struct exchange exchange = {
        .call = call,
        .config = config,
        .request = request,
        .reply = ret,
        .clock_offset_s = aws_signer_clock_offset_s(config->signer),
    };

    CL_TRY(check(config, request, err));
    (void)snprintf(exchange.region, sizeof(exchange.region), "%s", config->region);
    const struct cl_retry_limits limits = {.attempts = attempts_wanted(call->world),
                                           .quota = aws_signer_retry_quota(config->signer)};
    enum cl_code code = cl_retry_within(call, &limits, attempt, &exchange, err);
    if (code != CL_OK)
        return cl_err_wrap(err, "%s %s", aws_service_name(request->service), request->operation);
    (void)snprintf(ret->region, sizeof(ret->region), "%s", exchange.region);
    return CL_OK;
}
