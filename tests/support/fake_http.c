#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake_internal.h"

#define BODY_MAX ((size_t)8 << 20U)
#define HEADERS_MAX ((size_t)64 << 10U)

static void print_view(FILE *out, struct cl_str text)
{
    if (text.len > 0) /* an empty view may point nowhere */
        (void)fwrite(text.ptr, 1, text.len, out);
}

static char *record_of(const struct cl_http_request *request)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert(out != NULL);
    (void)fprintf(out, "%s ", request->method);
    print_view(out, request->url);
    (void)fputc('\n', out);
    for (size_t i = 0; i < request->header_count; i++) {
        print_view(out, request->headers[i].name);
        (void)fputs(": ", out);
        print_view(out, request->headers[i].value);
        (void)fputc('\n', out);
    }
    (void)fputc('\n', out);
    print_view(out, request->body);
    (void)fclose(out);
    return text;
}

static bool matches(const struct fake_reply *reply, const struct cl_http_request *request)
{
    struct cl_str part = cl_str_of(reply->match);

    if (reply->used || (reply->method != NULL && strcmp(reply->method, request->method) != 0))
        return false;
    return cl_str_contains(request->url, part) || cl_str_contains(request->body, part);
}

/* Keeps the request and finds what it is answered with; NULL when the script has nothing left. */
static struct fake_reply *take_reply(struct fake_world *fake, const struct cl_http_request *request)
{
    struct fake_reply *replies = fake->replies.items;
    char **record = fake_list_push(&fake->requests, sizeof(*record));

    *record = record_of(request);
    for (size_t i = 0; i < fake->replies.count; i++) {
        if (matches(&replies[i], request)) {
            replies[i].used = true;
            return &replies[i];
        }
    }
    return NULL;
}

/* Names in lower case, as the real transport gives them. */
static void add_headers(struct cl_buf *headers, const char *lines)
{
    bool in_name = true;

    for (; lines != NULL && *lines != '\0'; lines++) {
        if (*lines == '\n')
            in_name = true;
        else if (*lines == ':')
            in_name = false;
        cl_buf_add_char(headers, in_name ? (char)tolower((unsigned char)*lines) : *lines);
    }
}

static enum cl_code give(const struct fake_reply *reply, const struct cl_http_request *request,
                         struct cl_http_response *ret, struct cl_err *err)
{
    struct cl_str body = cl_str_of(reply->body);

    ret->body.max = request->max_body_bytes == 0 ? BODY_MAX : request->max_body_bytes;
    ret->headers.max = HEADERS_MAX;
    if (body.len > ret->body.max)
        return cl_err_set(err, CL_E_PROVIDER, "answer larger than %zu bytes", ret->body.max);
    cl_buf_add(&ret->body, body);
    add_headers(&ret->headers, reply->headers);
    CL_TRY(cl_buf_ok(&ret->body, err));
    CL_TRY(cl_buf_ok(&ret->headers, err));
    ret->status = reply->status;
    return CL_OK;
}

static enum cl_code send_locked(struct fake_world *fake, const struct cl_http_request *request,
                                struct cl_http_response *ret, struct cl_err *err)
{
    bool proceed = fake_proceed(fake);
    const struct fake_reply *reply = proceed ? take_reply(fake, request) : NULL;

    if (!proceed)
        return cl_err_set(err, CL_E_UNREACHABLE, "cannot reach the host: injected fault");
    if (reply == NULL)
        return cl_err_set(err, CL_E_INTERNAL, "no answer in the script for %s %.*s",
                          request->method, CL_STR_ARG(request->url));
    if (reply->status == 0)
        return cl_err_set(err, CL_E_UNREACHABLE, "cannot reach the host: the script says so");
    return give(reply, request, ret, err);
}

static enum cl_code send_request(struct cl_transport *self, const struct cl_call *call,
                                 const struct cl_http_request *request,
                                 struct cl_http_response *ret, struct cl_err *err)
{
    struct fake_world *fake = (struct fake_world *)self;

    CL_TRY(cl_call_check(call, err));
    (void)pthread_mutex_lock(&fake->lock);
    enum cl_code rc = send_locked(fake, request, ret, err);
    (void)pthread_mutex_unlock(&fake->lock);
    return rc;
}

void fake_http_install(struct cl_transport *transport)
{
    transport->send = send_request;
}

void fake_http_cleanup(struct fake_world *fake)
{
    struct fake_reply *replies = fake->replies.items;
    char **requests = fake->requests.items;

    for (size_t i = 0; i < fake->replies.count; i++) {
        free(replies[i].method);
        free(replies[i].match);
        free(replies[i].headers);
        free(replies[i].body);
    }
    for (size_t i = 0; i < fake->requests.count; i++)
        free(requests[i]);
    free(replies);
    free(requests);
}

void fake_answer(struct fake_world *fake, const char *method, const char *match, int status,
                 const char *headers, const char *body)
{
    (void)pthread_mutex_lock(&fake->lock);
    struct fake_reply *reply = fake_list_push(&fake->replies, sizeof(*reply));
    *reply = (struct fake_reply){.method = fake_copy(method),
                                 .match = fake_copy(match),
                                 .status = status,
                                 .headers = fake_copy(headers),
                                 .body = fake_copy(body)};
    (void)pthread_mutex_unlock(&fake->lock);
}

size_t fake_request_count(struct fake_world *fake)
{
    return fake->requests.count;
}

const char *fake_request(struct fake_world *fake, size_t index)
{
    assert(index < fake->requests.count);
    return ((char **)fake->requests.items)[index];
}
