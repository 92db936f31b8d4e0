#include "core/codec_util.h"

/* Errors as objects of their own, and as members of what failed. */

static void add_provider(struct cl_json_build *build, const struct cl_err *error)
{
    if (!cl_err_has_provider(error)) {
        cl_json_add_null(build, "provider");
        return;
    }
    cl_json_open_object(build, "provider");
    cl_member_add_some(build, "service", cl_str_of(error->upstream_service));
    cl_member_add_some(build, "operation", cl_str_of(error->upstream_operation));
    cl_member_add_count(build, "http_status", error->upstream_status);
    cl_member_add_some(build, "code", cl_str_of(error->upstream_code));
    cl_member_add_some(build, "request_id", cl_str_of(error->upstream_request));
    cl_json_close(build);
}

static void add_details(struct cl_json_build *build, const struct cl_err *error)
{
    if (!cl_err_has_provider(error) && error->retry_after_s == 0) {
        cl_json_add_null(build, "details");
        return;
    }
    cl_json_open_object(build, "details");
    cl_json_add_bool(build, "retryable", cl_code_retryable(error->code));
    cl_member_add_count(build, "retry_after_s", error->retry_after_s);
    add_provider(build, error);
    cl_json_close(build);
}

enum cl_code cl_err_encode(const struct cl_err *error, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "code", cl_code_wire(error->code));
    cl_json_add_c(&build, "message", error->text);
    cl_member_add_some(&build, "hint", cl_str_of(error->hint));
    add_details(&build, error);
    cl_json_add_null(&build, "request_id");
    cl_json_add_i64(&build, "exit_code", cl_code_exit(error->code));
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static enum cl_code read_number(const json_t *object, const char *key, int *ret, struct cl_err *err)
{
    int64_t number = 0;

    CL_TRY(cl_read_i64(object, key, 0, &number, err));
    if (number < 0 || number > INT32_MAX)
        return cl_bad_member(key, "a number of that size", err);
    *ret = (int)number;
    return CL_OK;
}

/* Words of a provider that reach terminals and logs by way of us: no control characters. */
static enum cl_code read_word(const json_t *object, const char *key, char *ret, size_t size,
                              struct cl_err *err)
{
    CL_TRY(cl_read_into(object, key, ret, size, err));
    cl_err_make_plain(ret);
    return CL_OK;
}

static enum cl_code read_provider(const json_t *object, struct cl_err *ret, struct cl_err *err)
{
    const json_t *provider = cl_json_get(object, "provider");

    if (provider == NULL)
        return CL_OK;
    CL_TRY(cl_read_object(provider, "'provider'", err));
    CL_TRY(
        read_word(provider, "service", ret->upstream_service, sizeof(ret->upstream_service), err));
    CL_TRY(read_word(provider, "operation", ret->upstream_operation,
                     sizeof(ret->upstream_operation), err));
    CL_TRY(read_number(provider, "http_status", &ret->upstream_status, err));
    CL_TRY(read_word(provider, "code", ret->upstream_code, sizeof(ret->upstream_code), err));
    return read_word(provider, "request_id", ret->upstream_request, sizeof(ret->upstream_request),
                     err);
}

/* An unknown code is a failure of a newer kind. */
static enum cl_code read_code(const json_t *object, const char *key, enum cl_code *ret,
                              struct cl_err *err)
{
    char wire[64] = "";

    CL_TRY(cl_read_into(object, key, wire, sizeof(wire), err));
    if (wire[0] == '\0')
        return cl_bad_member(key, "the code of an error", err);
    *ret = cl_code_from_wire(wire);
    return CL_OK;
}

/* Message and hint, made fit to be shown by the functions that set them. */
static enum cl_code read_texts(const json_t *object, const char *message, struct cl_err *ret,
                               struct cl_err *err)
{
    char text[sizeof(ret->text)] = "";
    char hint[sizeof(ret->hint)] = "";

    CL_TRY(cl_read_into(object, message, text, sizeof(text), err));
    CL_TRY(cl_read_into(object, "hint", hint, sizeof(hint), err));
    (void)cl_err_set(ret, ret->code, "%s", text);
    (void)cl_err_hint(ret, "%s", hint);
    return CL_OK;
}

enum cl_code cl_err_decode(const json_t *json, struct cl_err *ret, struct cl_err *err)
{
    struct cl_err error = CL_ERR_NONE;
    const json_t *details = cl_json_get(json, "details");

    CL_TRY(cl_read_object(json, "the error", err));
    CL_TRY(read_code(json, "code", &error.code, err));
    CL_TRY(read_texts(json, "message", &error, err));
    if (details != NULL) {
        CL_TRY(cl_read_object(details, "'details'", err));
        CL_TRY(read_number(details, "retry_after_s", &error.retry_after_s, err));
        CL_TRY(read_provider(details, &error, err));
    }
    *ret = error;
    return CL_OK;
}

void cl_member_add_error(struct cl_json_build *build, const struct cl_err *error)
{
    cl_json_add_c(build, "error", error->code == CL_OK ? NULL : error->text);
}

void cl_member_add_error_details(struct cl_json_build *build, const struct cl_err *error)
{
    bool none = error->code == CL_OK;

    cl_json_add_c(build, "error_code", none ? NULL : cl_code_wire(error->code));
    if (none) {
        cl_json_add_null(build, "retryable");
    } else {
        cl_json_add_bool(build, "retryable", cl_code_retryable(error->code));
    }
    cl_member_add_some(build, "hint", cl_str_of(error->hint));
    cl_json_add_null(build, "request_id");
    cl_member_add_count(build, "retry_after_s", error->retry_after_s);
    add_provider(build, error);
}

enum cl_code cl_read_error(const json_t *object, struct cl_err *ret, struct cl_err *err)
{
    struct cl_err error = CL_ERR_NONE;

    if (cl_json_get(object, "error") != NULL) {
        CL_TRY(read_code(object, "error_code", &error.code, err));
        CL_TRY(read_texts(object, "error", &error, err));
        CL_TRY(read_number(object, "retry_after_s", &error.retry_after_s, err));
        CL_TRY(read_provider(object, &error, err));
    }
    *ret = error;
    return CL_OK;
}
