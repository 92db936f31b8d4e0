#include "clouds/kubernetes/token.h"

#include "base/time.h"
#include "clouds/kubernetes/error.h"
#include "codec/json_build.h"

#define MAX_TOKEN_BYTES 65536
#define MAX_LABEL_BYTES 63
#define MAX_SUBDOMAIN_BYTES 253

void kube_token_cleanup(struct kube_token *token)
{
    cl_secret_free(token->token);
    cl_strs_cleanup(&token->warnings);
    *token = (struct kube_token){.token = NULL};
}

/* --- names --------------------------------------------------------------------------------- */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool kube_is_label(struct cl_str name)
{
    return name.len > 0 && name.len <= MAX_LABEL_BYTES &&
           cl_str_only(name, "abcdefghijklmnopqrstuvwxyz0123456789-") &&
           is_letter_or_digit(name.ptr[0]) && is_letter_or_digit(name.ptr[name.len - 1]);
}

bool kube_is_subdomain(struct cl_str name)
{
    struct cl_str rest = name;

    if (name.len == 0 || name.len > MAX_SUBDOMAIN_BYTES || name.ptr[name.len - 1] == '.')
        return false;
    while (rest.len > 0) {
        struct cl_str label;
        (void)cl_str_cut(rest, '.', &label, &rest);
        /* A part of it may be longer than a label, but looks like one. */
        if (!kube_is_label(cl_str_first(label, MAX_LABEL_BYTES)) ||
            !cl_str_only(label, "abcdefghijklmnopqrstuvwxyz0123456789-"))
            return false;
    }
    return true;
}

/* --- TokenRequest -------------------------------------------------------------------------- */

static void add_bound(struct cl_json_build *build, struct cl_str secret)
{
    if (secret.len == 0)
        return;
    cl_json_open_object(build, "boundObjectRef");
    cl_json_add_c(build, "kind", "Secret");
    cl_json_add_c(build, "apiVersion", "v1");
    cl_json_add_str(build, "name", secret);
    cl_json_close(build);
}

enum cl_code kube_token_body(const struct kube_token_request *request, char **ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *body = NULL;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "apiVersion", "authentication.k8s.io/v1");
    cl_json_add_c(&build, "kind", "TokenRequest");
    cl_json_open_object(&build, "spec");
    if (request->audiences != NULL && request->audiences->count > 0)
        cl_json_add_strs(&build, "audiences", request->audiences);
    cl_json_add_i64(&build, "expirationSeconds", request->ttl_s);
    add_bound(&build, request->bound_secret);
    cl_json_close(&build);
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &body, err));
    return cl_json_dump(body, CL_JSON_COMPACT, ret, err);
}

/* It will be a header's value: no blank and no control character gets in. */
static bool is_token(struct cl_str text)
{
    if (text.len == 0 || text.len > MAX_TOKEN_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
            return false;
    }
    return true;
}

enum cl_code kube_parse_token(struct cl_str body, struct kube_token *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reply = NULL;
    struct cl_str token = CL_STR_NONE;
    struct cl_str expires = CL_STR_NONE;
    int64_t expires_at = 0;

    CL_TRY(cl_json_parse(body, &reply, err));
    const json_t *status = cl_json_get(reply, "status");
    CL_TRY(cl_json_need_str(status, "token", &token, err));
    CL_TRY(cl_json_need_str(status, "expirationTimestamp", &expires, err));
    CL_TRY(cl_time_parse_rfc3339(expires, &expires_at, err));
    if (!is_token(token))
        return cl_err_set(err, CL_E_INVALID, "the token has characters that no token has");
    CL_TRY(cl_secret_new(token, &ret->token, err));
    ret->expires_at = expires_at;
    return CL_OK;
}

static enum cl_code unreadable(const struct kube_config *config, const struct cl_err *why,
                               struct cl_err *err)
{
    struct cl_str place = kube_place(config->server);

    if (why->code == CL_E_FAILED)
        return cl_err_no_memory(err);
    return cl_err_set(err, CL_E_PROVIDER, "'%.*s' sent a token that cannot be used: %s",
                      CL_STR_ARG(cl_str_first(place, 260)), why->text);
}

static enum cl_code read_token(const struct cl_call *call, const struct kube_config *config,
                               const struct kube_request *request,
                               const struct cl_http_response *response, struct kube_token *ret,
                               struct cl_err *err)
{
    struct cl_err why = CL_ERR_NONE;

    ret->no_secret = kube_status_is_about(response, 404, "secrets");
    if (ret->no_secret)
        return CL_OK;
    if (response->status != 201 && response->status != 200)
        return kube_refuse(call, config, request, response, err);
    if (kube_parse_token(cl_buf_view(&response->body), ret, &why) != CL_OK)
        return unreadable(config, &why, err);
    return kube_add_warnings(config, response, &ret->warnings, err);
}

enum cl_code kube_request_token(const struct cl_call *call, const struct kube_config *config,
                                const struct kube_token_request *request, struct kube_token *ret,
                                struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(1024);
    CL_AUTO(cl_string) char *body = NULL;

    cl_buf_addf(&path, "/api/v1/namespaces/%.*s/serviceaccounts/%.*s/token",
                CL_STR_ARG(request->ns), CL_STR_ARG(request->account));
    CL_TRY(cl_buf_ok(&path, err));
    CL_TRY(kube_token_body(request, &body, err));
    const struct kube_request asked = {.method = "POST",
                                       .path = cl_buf_view(&path),
                                       .body = cl_str_of(body),
                                       .operation = "TokenRequest"};
    CL_TRY(kube_send(call, config, &asked, &response, err));
    return read_token(call, config, &asked, &response, ret, err);
}

/* --- Secrets ------------------------------------------------------------------------------- */

static enum cl_code secret_body(struct cl_str name, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *body = NULL;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "apiVersion", "v1");
    cl_json_add_c(&build, "kind", "Secret");
    cl_json_open_object(&build, "metadata");
    cl_json_add_str(&build, "name", name);
    cl_json_open_object(&build, "labels");
    cl_json_add_c(&build, "app.kubernetes.io/managed-by", "cleat");
    cl_json_close(&build);
    cl_json_close(&build);
    cl_json_add_c(&build, "type", "Opaque");
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &body, err));
    return cl_json_dump(body, CL_JSON_COMPACT, ret, err);
}

enum cl_code kube_create_secret(const struct cl_call *call, const struct kube_config *config,
                                struct cl_str ns, struct cl_str name, struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(1024);
    CL_AUTO(cl_string) char *body = NULL;

    cl_buf_addf(&path, "/api/v1/namespaces/%.*s/secrets", CL_STR_ARG(ns));
    CL_TRY(cl_buf_ok(&path, err));
    CL_TRY(secret_body(name, &body, err));
    const struct kube_request request = {.method = "POST",
                                         .path = cl_buf_view(&path),
                                         .body = cl_str_of(body),
                                         .operation = "create Secret"};
    CL_TRY(kube_send(call, config, &request, &response, err));
    if (response.status == 201 || kube_status_is_about(&response, 409, "secrets"))
        return CL_OK;
    return kube_refuse(call, config, &request, &response, err);
}

enum cl_code kube_delete_secret(const struct cl_call *call, const struct kube_config *config,
                                struct cl_str ns, struct cl_str name, struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(1024);

    cl_buf_addf(&path, "/api/v1/namespaces/%.*s/secrets/%.*s", CL_STR_ARG(ns), CL_STR_ARG(name));
    CL_TRY(cl_buf_ok(&path, err));
    const struct kube_request request = {.method = "DELETE",
                                         .path = cl_buf_view(&path),
                                         .body = CL_STR_NONE,
                                         .operation = "delete Secret"};
    CL_TRY(kube_send(call, config, &request, &response, err));
    if (response.status == 200 || response.status == 202 ||
        kube_status_is_about(&response, 404, "secrets"))
        return CL_OK;
    return kube_refuse(call, config, &request, &response, err);
}
