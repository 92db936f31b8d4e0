#include "clouds/kubernetes/error.h"

#include <stdio.h>

#include "base/redact.h"
#include "codec/json.h"

#define MAX_MESSAGE_BYTES 300
#define MAX_STATUS_BYTES 65536
#define RETRY_AFTER_MAX_S 3600

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* --- what it says -------------------------------------------------------------------------- */

/* A Status, or CL_E_INVALID: a proxy's page is none, and the HTTP status then says all there is. */
static enum cl_code parse_status(const struct cl_http_response *response, json_t **ret)
{
    struct cl_str body = cl_buf_view(&response->body);
    struct cl_err ignored = CL_ERR_NONE;
    CL_AUTO(cl_json) json_t *reply = NULL;

    if (body.len == 0 || body.len > MAX_STATUS_BYTES)
        return CL_E_INVALID;
    CL_TRY(cl_json_parse(body, &reply, &ignored));
    if (!cl_str_eq_c(cl_json_str(reply, "kind"), "Status"))
        return CL_E_INVALID;
    *ret = CL_MOVE(reply);
    return CL_OK;
}

bool kube_status_is_about(const struct cl_http_response *response, int status, const char *kind)
{
    CL_AUTO(cl_json) json_t *reply = NULL;

    if (response->status != status || parse_status(response, &reply) != CL_OK)
        return false;
    struct cl_str found = cl_json_str(cl_json_get(reply, "details"), "kind");
    struct cl_str message = cl_json_str(reply, "message");
    /* The sentence begins with the kind, also where the details are missing. */
    return cl_str_eq_c(found, kind) || (found.len == 0 && cl_str_starts(message, cl_str_of(kind)));
}

/* What stands between `before` and the next quotation mark. */
static struct cl_str quoted_behind(struct cl_str text, struct cl_str before)
{
    for (; text.len > before.len; text = cl_str_skip(text, 1)) {
        if (cl_str_starts(text, before)) {
            struct cl_str rest = cl_str_skip(text, before.len);
            size_t end = cl_str_find(rest, '"');
            return end < rest.len ? cl_str_first(rest, end) : CL_STR_NONE;
        }
    }
    return CL_STR_NONE;
}

static struct cl_str word_behind(struct cl_str text, struct cl_str before)
{
    for (; text.len > before.len; text = cl_str_skip(text, 1)) {
        if (cl_str_starts(text, before)) {
            struct cl_str rest = cl_str_skip(text, before.len);
            return cl_str_first(rest, cl_str_find(rest, ' '));
        }
    }
    return CL_STR_NONE;
}

struct kube_permission kube_parse_permission(struct cl_str message)
{
    struct kube_permission found = {
        .user = quoted_behind(message, CL_STR("User \"")),
        .verb = word_behind(message, CL_STR(" cannot ")),
        .resource = quoted_behind(message, CL_STR(" resource \"")),
        .ns = quoted_behind(message, CL_STR(" in the namespace \"")),
    };

    if (!cl_str_only(found.verb, letters))
        found.verb = CL_STR_NONE;
    return found;
}

static int clamp_s(int64_t seconds)
{
    if (seconds < 0)
        return 0;
    return seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int)seconds;
}

/* The header's word, else that of the Status. Dates are not sent by these servers. */
static int retry_after_s(const struct cl_http_response *response, const json_t *status)
{
    struct cl_err ignored = CL_ERR_NONE;
    int64_t seconds = 0;

    if (cl_parse_i64(cl_http_header(response, "retry-after"), &seconds, &ignored) != CL_OK)
        seconds = cl_json_i64(cl_json_get(status, "details"), "retryAfterSeconds", 0);
    return clamp_s(seconds);
}

/* --- what it means ------------------------------------------------------------------------- */

static bool is_about_anonymous(const json_t *status)
{
    struct cl_str message = cl_json_str(status, "message");

    return cl_str_contains(message, CL_STR("\"" KUBE_ANONYMOUS "\""));
}

static enum cl_code code_of(const struct kube_failure *failure, const json_t *status)
{
    int http = failure->response->status;

    if (http == 429 || (http >= 500 && retry_after_s(failure->response, status) > 0))
        return CL_E_THROTTLED;
    if (http == 401)
        return failure->has_ended ? CL_E_EXPIRED : CL_E_REJECTED;
    if (http == 403)
        return failure->has_credential && is_about_anonymous(status) ? CL_E_REJECTED : CL_E_DENIED;
    if (http == 404 && status != NULL)
        return CL_E_RESOURCE_NOT_FOUND;
    if (http == 409)
        return CL_E_CONFLICT;
    return http == 422 || (http == 400 && status != NULL) ? CL_E_INVALID_REQUEST : CL_E_PROVIDER;
}

enum cl_code kube_report_no_server(struct cl_str place, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_PROVIDER, "'%.*s' is not a Kubernetes API server",
                     CL_STR_ARG(cl_str_first(place, 260)));
    return cl_err_hint(err, "Check the attribute 'server': host, port and path.");
}

static enum cl_code describe(const struct kube_failure *failure, enum cl_code code,
                             struct cl_err *err)
{
    int status = failure->response->status;
    struct cl_str host = cl_str_first(failure->place, 260);

    if (code == CL_E_THROTTLED)
        return cl_err_set(err, code, "'%.*s' asks to wait before the next try", CL_STR_ARG(host));
    if (code == CL_E_EXPIRED) {
        return cl_err_set(err, code, "'%.*s' refused the credential, which has expired",
                          CL_STR_ARG(host));
    }
    if (code == CL_E_REJECTED && status == 403) {
        return cl_err_set(err, code,
                          "'%.*s' did not accept the credential and took the request for an "
                          "anonymous one",
                          CL_STR_ARG(host));
    }
    if (code == CL_E_REJECTED) {
        return cl_err_set(err, code, "'%.*s' %s", CL_STR_ARG(host),
                          failure->has_credential ? "refused the credential"
                                                  : "answers nobody without a credential");
    }
    if (code == CL_E_DENIED)
        return cl_err_set(err, code, "'%.*s' does not permit it", CL_STR_ARG(host));
    if (code == CL_E_PROVIDER && (status < 500 || status > 599))
        return kube_report_no_server(failure->place, err);
    return cl_err_set(err, code, "'%.*s' answered with status %d", CL_STR_ARG(host), status);
}

static void add_message(const struct kube_failure *failure, struct cl_str message,
                        struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf clean = CL_BUF(4096);
    size_t len = strlen(err->text);

    if (message.len == 0)
        return;
    cl_buf_add_redacted(&clean, message, failure->secrets, failure->secret_count,
                        MAX_MESSAGE_BYTES);
    struct cl_str shown = cl_str_first(cl_buf_view(&clean), MAX_MESSAGE_BYTES);
    while (!cl_is_utf8(shown))
        shown.len--;
    (void)snprintf(err->text + len, sizeof(err->text) - len, ": %.*s", CL_STR_ARG(shown));
}

/* A name from a server's sentence, where it is one. */
static bool is_plain_name(struct cl_str name)
{
    if (name.len == 0 || name.len > 100)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
            return false;
    }
    return true;
}

static void hint_permission(struct cl_str message, struct cl_err *err)
{
    struct kube_permission need = kube_parse_permission(message);

    if (!is_plain_name(need.user) || need.verb.len == 0 || !is_plain_name(need.resource))
        return;
    if (is_plain_name(need.ns)) {
        (void)cl_err_hint(err, "Grant '%.*s' the verb '%.*s' on '%.*s' in namespace '%.*s'.",
                          CL_STR_ARG(need.user), CL_STR_ARG(need.verb), CL_STR_ARG(need.resource),
                          CL_STR_ARG(need.ns));
    } else {
        (void)cl_err_hint(err, "Grant '%.*s' the verb '%.*s' on '%.*s'.", CL_STR_ARG(need.user),
                          CL_STR_ARG(need.verb), CL_STR_ARG(need.resource));
    }
}

static void keep_reason(struct cl_str reason, struct cl_err *err)
{
    if (reason.len > 0 && reason.len < sizeof(err->upstream_code) && cl_str_only(reason, letters))
        (void)snprintf(err->upstream_code, sizeof(err->upstream_code), "%.*s", CL_STR_ARG(reason));
}

enum cl_code kube_report(const struct kube_failure *failure, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *status = NULL;

    CL_IGNORE(parse_status(failure->response, &status)); /* without it the HTTP status decides */
    (void)describe(failure, code_of(failure, status), err);
    err->upstream_status = failure->response->status;
    err->retry_after_s = retry_after_s(failure->response, status);
    (void)snprintf(err->upstream_service, sizeof(err->upstream_service), "kubernetes");
    (void)snprintf(err->upstream_operation, sizeof(err->upstream_operation), "%s",
                   failure->operation);
    keep_reason(cl_json_str(status, "reason"), err);
    struct cl_str message = cl_json_str(status, "message");
    if (err->code == CL_E_DENIED)
        hint_permission(message, err);
    if (!cl_str_eq_c(message, err->upstream_code)) /* "Unauthorized", twice */
        add_message(failure, message, err);
    return err->code;
}
