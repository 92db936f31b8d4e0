#include "net/http.h"

#include "base/log.h"
#include "net/target.h"

#define MAX_HEADERS 100
#define MAX_HEADER_BYTES 65536 /* one header; an AWS session token alone can have 4 KiB */

#define MAX_TLS_NAME_BYTES 253

static const char host_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
static const char method_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                 "!#$%&'*+-.^_`|~"; /* RFC 9110, token */

/* A line break in a value would begin another header, or another request. */
static enum cl_code check_header(const struct cl_http_header *header, struct cl_err *err)
{
    if (header->name.len == 0 || !cl_str_only(header->name, name_bytes))
        return cl_err_set(err, CL_E_INVALID, "a request header has no valid name");
    if (header->name.len + header->value.len > MAX_HEADER_BYTES) {
        return cl_err_set(err, CL_E_INVALID, "request header '%.*s' is too long",
                          CL_STR_ARG(cl_str_first(header->name, 64)));
    }
    for (size_t i = 0; i < header->value.len; i++) {
        unsigned char c = (unsigned char)header->value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F) {
            return cl_err_set(err, CL_E_INVALID,
                              "the value of request header '%.*s' holds a line break or another "
                              "control character",
                              CL_STR_ARG(cl_str_first(header->name, 64)));
        }
    }
    return CL_OK;
}

/* Both are put into words of libcurl's own. */
static enum cl_code check_tls(const struct cl_http_request *request, struct cl_err *err)
{
    if (request->tls_name.len > MAX_TLS_NAME_BYTES || !cl_str_only(request->tls_name, host_bytes))
        return cl_err_set(err, CL_E_INVALID, "the TLS server name is not a host name");
    if (request->client_cert_pem.len > 0 && request->client_key_pem.len == 0)
        return cl_err_set(err, CL_E_INVALID, "the client certificate has no key");
    if (memchr(request->proxy.ptr == NULL ? "" : request->proxy.ptr, '\0', request->proxy.len) !=
        NULL)
        return cl_err_set(err, CL_E_INVALID, "the proxy's URL holds a NUL");
    return CL_OK;
}

static enum cl_code check_request(const struct cl_http_request *request, struct cl_err *err)
{
    struct cl_str method = cl_str_of(request->method);
    struct cl_target target;

    if (method.len == 0 || method.len > 16 || !cl_str_only(method, method_bytes))
        return cl_err_set(err, CL_E_INVALID, "the request has no valid method");
    CL_TRY(cl_target_parse(request->url, &target, err));
    if (request->header_count > MAX_HEADERS)
        return cl_err_set(err, CL_E_INVALID, "the request has more than %d headers", MAX_HEADERS);
    for (size_t i = 0; i < request->header_count; i++)
        CL_TRY(check_header(&request->headers[i], err));
    return check_tls(request, err);
}

/* Whom, and how it went. Without the query: a presigned address is a credential. */
static void trace(const struct cl_call *call, const struct cl_http_request *request, int status,
                  enum cl_code code, int64_t began_ms)
{
    const struct cl_world *world = call->world;
    struct cl_str address = cl_str_first(request->url, cl_str_find(request->url, '?'));

    if (world->log == NULL)
        return;
    cl_log(world->log, CL_LOG_DEBUG, "http_request", CL_F("request_id", call->request_id),
           CL_F("operation", request->operation), CL_F("method", request->method),
           CL_F_STR("url", address), CL_F_INT("status", status),
           CL_F("outcome", cl_code_wire(code)),
           CL_F_INT("ms", world->monotonic_ms(world->ctx) - began_ms), CL_END);
}

enum cl_code cl_http_send(const struct cl_call *call, const struct cl_http_request *request,
                          struct cl_http_response *ret, struct cl_err *err)
{
    struct cl_transport *transport = call->world->transport;

    CL_TRY(check_request(request, err));
    CL_TRY(cl_call_check(call, err));
    if (transport == NULL)
        return cl_err_set(err, CL_E_UNSUPPORTED, "this command does not use the network");
    if (call->upstream_requests != NULL)
        (void)atomic_fetch_add(call->upstream_requests, 1);
    int64_t began_ms = call->world->monotonic_ms(call->world->ctx);
    enum cl_code code = transport->send(transport, call, request, ret, err);
    trace(call, request, code == CL_OK ? ret->status : 0, code, began_ms);
    return code;
}

struct cl_str cl_http_header(const struct cl_http_response *response, const char *name)
{
    struct cl_str rest = cl_buf_view(&response->headers);

    while (rest.len > 0) {
        struct cl_str line;
        struct cl_str found;
        struct cl_str value;

        (void)cl_str_cut(rest, '\n', &line, &rest);
        if (cl_str_cut(line, ':', &found, &value) && cl_str_eq_c(found, name))
            return cl_str_trim(value);
    }
    return CL_STR_NONE;
}

void cl_http_response_cleanup(struct cl_http_response *response)
{
    cl_buf_cleanup(&response->body);
    cl_buf_cleanup(&response->headers);
    response->status = 0;
}
