#include "clouds/registry/error.h"

#include <stdio.h>

#include "base/redact.h"
#include "codec/json.h"

#define MAX_MESSAGE_BYTES 300
#define MAX_BODY_BYTES 65536
#define RETRY_AFTER_MAX_S 3600

/* What an answer says in words; views into its JSON. */
struct said {
    struct cl_str code;
    struct cl_str message;
};

static const struct {
    const char *operation; /* as errors name it */
    const char *subject;   /* what was refused */
    enum cl_code refused;  /* 401 and 403 */
} steps[] = {
    [REGISTRY_STEP_PING] = {"GET /v2/", "the request", CL_E_DENIED},
    [REGISTRY_STEP_TOKEN] = {"token", "the user name and password", CL_E_REJECTED},
    [REGISTRY_STEP_LOGIN] = {"GET /v2/", "the user name and password", CL_E_REJECTED},
    [REGISTRY_STEP_REPOSITORY] = {"GET tags/list", "access to the repository", CL_E_DENIED},
};

/* --- what it says -------------------------------------------------------------------------- */

/* {"errors":[{"code","message"}]}, and what token servers write. */
static struct said read_words(const json_t *reply)
{
    static const char *const names[] = {"message", "details", "error_description", "error"};
    const json_t *first = json_array_get(cl_json_get(reply, "errors"), 0);
    struct said said = {.code = cl_json_str(first, "code"),
                        .message = cl_json_str(first, "message")};

    for (size_t i = 0; i < CL_COUNT(names) && said.message.len == 0; i++)
        said.message = cl_json_str(reply, names[i]);
    return said;
}

static enum cl_code parse_words(struct cl_str body, json_t **ret)
{
    struct cl_err ignored = CL_ERR_NONE;

    /* A proxy's page is no JSON: the status then says all there is. */
    if (body.len == 0 || body.len > MAX_BODY_BYTES)
        return CL_E_INVALID;
    return cl_json_parse(body, ret, &ignored);
}

static void keep_code(struct cl_str code, char *ret, size_t size)
{
    if (code.len > 0 && code.len < size &&
        cl_str_only(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"))
        (void)snprintf(ret, size, "%.*s", CL_STR_ARG(code));
}

bool registry_is_name_unknown(const struct cl_http_response *response)
{
    CL_AUTO(cl_json) json_t *reply = NULL;

    if (response->status != 404 || parse_words(cl_buf_view(&response->body), &reply) != CL_OK)
        return false;
    struct cl_str code = read_words(reply).code;
    return cl_str_eq_c(code, "NAME_UNKNOWN");
}

static int retry_after_s(const struct cl_http_response *response)
{
    struct cl_err ignored = CL_ERR_NONE;
    int64_t seconds = 0;

    if (cl_parse_i64(cl_http_header(response, "retry-after"), &seconds, &ignored) != CL_OK ||
        seconds < 0)
        return 0;
    return seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : (int)seconds;
}

/* --- what it means ------------------------------------------------------------------------- */

static enum cl_code code_of(int status, enum registry_step step)
{
    if (status == 429)
        return CL_E_THROTTLED;
    return status == 401 || status == 403 ? steps[step].refused : CL_E_PROVIDER;
}

static enum cl_code describe(int status, enum registry_step step, struct cl_str place,
                             struct cl_err *err)
{
    enum cl_code code = code_of(status, step);
    struct cl_str host = cl_str_first(place, 260);

    if (code == CL_E_THROTTLED)
        return cl_err_set(err, code, "'%.*s' asks to wait before the next try", CL_STR_ARG(host));
    if (code != CL_E_PROVIDER) {
        (void)cl_err_set(err, code, "'%.*s' refused %s", CL_STR_ARG(host), steps[step].subject);
        if (code != CL_E_REJECTED)
            return code;
        return cl_err_hint(err, "With two-factor authentication most registries want an access "
                                "token in the password's place.");
    }
    if (status >= 300 && status < 400) {
        return cl_err_set(err, code,
                          "'%.*s' wants to send the request elsewhere, which is not done",
                          CL_STR_ARG(host));
    }
    if (status == 404 && step != REGISTRY_STEP_TOKEN && step != REGISTRY_STEP_REPOSITORY) {
        (void)cl_err_set(err, code, "there is no container registry at '%.*s'", CL_STR_ARG(host));
        return cl_err_hint(err, "Check the host: /v2/ is not known there.");
    }
    return cl_err_set(err, code, "'%.*s' answered with status %d", CL_STR_ARG(host), status);
}

static void add_message(struct cl_str message, const struct cl_str *secrets, size_t secret_count,
                        struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf clean = CL_BUF(4096);
    size_t len = strlen(err->text);

    if (message.len == 0)
        return;
    cl_buf_add_redacted(&clean, message, secrets, secret_count, MAX_MESSAGE_BYTES);
    struct cl_str shown = cl_str_first(cl_buf_view(&clean), MAX_MESSAGE_BYTES);
    while (!cl_is_utf8(shown))
        shown.len--;
    (void)snprintf(err->text + len, sizeof(err->text) - len, ": %.*s", CL_STR_ARG(shown));
}

enum cl_code registry_report(const struct cl_http_response *response, enum registry_step step,
                             struct cl_str place, const struct cl_str *secrets, size_t secret_count,
                             struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reply = NULL;

    (void)describe(response->status, step, place, err);
    err->upstream_status = response->status;
    err->retry_after_s = retry_after_s(response);
    (void)snprintf(err->upstream_service, sizeof(err->upstream_service), "registry");
    (void)snprintf(err->upstream_operation, sizeof(err->upstream_operation), "%s",
                   steps[step].operation);
    if (parse_words(cl_buf_view(&response->body), &reply) == CL_OK) {
        struct said said = read_words(reply);
        keep_code(said.code, err->upstream_code, sizeof(err->upstream_code));
        add_message(said.message, secrets, secret_count, err);
    }
    return err->code;
}
