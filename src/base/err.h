#ifndef CLEAT_BASE_ERR_H
#define CLEAT_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/macros.h"

/* clang-format off */
/**
 * The one table of outcomes: name, wire name, HTTP status, class on the wire, CLI exit code, and
 * whether the same request may succeed later. Everything that reports an error derives from here.
 */
#define CL_CODE_MAP(X)                                                                                  \
    X(CL_E_FAILED,                "failed",                   500, "RuntimeError",           1,   false) \
    X(CL_E_INTERNAL,              "internal",                 500, "RuntimeError",           1,   false) \
    X(CL_E_LOCAL_TOOL_MISSING,    "local_tool_missing",       500, "RuntimeError",           1,   false) \
    X(CL_E_LOCAL_CONFIG,          "local_config_error",       500, "RuntimeError",           1,   false) \
    X(CL_E_USAGE,                 "usage",                    400, "ValueError",             2,   false) \
    X(CL_E_INVALID,               "invalid_argument",         400, "ValueError",             2,   false) \
    X(CL_E_MISSING_ATTRIBUTE,     "missing_attribute",        400, "ValueError",             2,   false) \
    X(CL_E_UNKNOWN_ATTRIBUTE,     "unknown_attribute",        400, "ValueError",             2,   false) \
    X(CL_E_INVALID_ATTRIBUTE,     "invalid_attribute",        400, "ValueError",             2,   false) \
    X(CL_E_INVALID_REQUEST,       "invalid_request",          422, "ValueError",             2,   false) \
    X(CL_E_TTL_UNAVAILABLE,       "ttl_unavailable",          400, "ValueError",             2,   false) \
    X(CL_E_METHOD_UNSUPPORTED,    "auth_method_unsupported",  400, "ValueError",             2,   false) \
    X(CL_E_TYPE_REQUIRED,         "resource_type_required",   400, "ValueError",             2,   false) \
    X(CL_E_ID_REQUIRED,           "resource_id_required",     400, "ValueError",             2,   false) \
    X(CL_E_ID_INVALID,            "resource_id_invalid",      400, "ValueError",             2,   false) \
    X(CL_E_OUT_OF_SCOPE,          "resource_out_of_scope",    400, "ValueError",             2,   false) \
    X(CL_E_UNSUPPORTED,           "unsupported",              501, "NotImplementedError",    2,   false) \
    X(CL_E_TYPE_UNAVAILABLE,      "type_unavailable",         501, "NotImplementedError",    2,   false) \
    X(CL_E_UNKNOWN_TYPE,          "unknown_type",             422, "ValueError",             3,   false) \
    X(CL_E_UNKNOWN_METHOD,        "unknown_auth_method",      400, "ValueError",             3,   false) \
    X(CL_E_UNKNOWN_RESOURCE_TYPE, "unknown_resource_type",    400, "ValueError",             3,   false) \
    X(CL_E_NOT_FOUND,             "not_found",                404, "KeyError",               3,   false) \
    X(CL_E_AMBIGUOUS,             "ambiguous",                400, "ValueError",             3,   false) \
    X(CL_E_AUTH_REQUIRED,         "auth_required",            401, "CredentialsNotValid",    4,   false) \
    X(CL_E_FORBIDDEN,             "forbidden",                403, "IllegalOperationError",  5,   false) \
    X(CL_E_IMPLICIT_DISABLED,     "implicit_auth_disabled",   403, "IllegalOperationError",  5,   false) \
    X(CL_E_EGRESS_BLOCKED,        "egress_blocked",           403, "IllegalOperationError",  5,   false) \
    X(CL_E_NAME_EXISTS,           "name_exists",              409, "EntityExistsError",      6,   false) \
    X(CL_E_IN_USE,                "in_use",                   403, "IllegalOperationError",  6,   false) \
    X(CL_E_CONFLICT,              "conflict",                 403, "IllegalOperationError",  6,   false) \
    X(CL_E_STALE,                 "stale_generation",         412, "RuntimeError",           6,   true)  \
    X(CL_E_EXPIRED,               "credentials_expired",      401, "AuthorizationException", 7,   false) \
    X(CL_E_REJECTED,              "credentials_rejected",     401, "AuthorizationException", 7,   false) \
    X(CL_E_DENIED,                "permission_denied",        401, "AuthorizationException", 7,   false) \
    X(CL_E_RESOURCE_NOT_FOUND,    "resource_not_found",       401, "AuthorizationException", 7,   false) \
    X(CL_E_NO_RESOURCES,          "no_resources",             401, "AuthorizationException", 7,   false) \
    X(CL_E_CLOCK_SKEW,            "clock_skew",               401, "AuthorizationException", 7,   false) \
    X(CL_E_TLS_UNTRUSTED,         "tls_untrusted",            401, "AuthorizationException", 7,   false) \
    X(CL_E_HOST_KEY_UNKNOWN,      "host_key_unknown",         401, "AuthorizationException", 7,   false) \
    X(CL_E_HOST_KEY_CHANGED,      "host_key_changed",         401, "AuthorizationException", 7,   false) \
    X(CL_E_REALM_CHANGED,         "auth_realm_changed",       401, "AuthorizationException", 7,   false) \
    X(CL_E_VERIFICATION_FAILED,   "verification_failed",      401, "AuthorizationException", 7,   false) \
    X(CL_E_PARTIAL,               "partial",                  200, "RuntimeError",           8,   false) \
    X(CL_E_UNREACHABLE,           "provider_unreachable",     504, "RuntimeError",           9,   true)  \
    X(CL_E_THROTTLED,             "provider_throttled",       429, "MaxConcurrentTasksError", 9,  true)  \
    X(CL_E_PROVIDER,              "provider_error",           502, "RuntimeError",           9,   true)  \
    X(CL_E_TIMEOUT,               "timeout",                  504, "RuntimeError",           9,   true)  \
    X(CL_E_RATE_LIMITED,          "rate_limited",             429, "MaxConcurrentTasksError", 9,  true)  \
    X(CL_E_UNAVAILABLE,           "unavailable",              503, "RuntimeError",           9,   true)  \
    X(CL_E_SECRET_STORE,          "secret_store_unavailable", 503, "RuntimeError",           9,   true)  \
    X(CL_E_INPUT_REQUIRED,        "input_required",           400, "ValueError",             10,  false) \
    X(CL_E_INTERRUPTED,           "interrupted",              500, "RuntimeError",           130, false)
/* clang-format on */

enum cl_code {
    CL_OK = 0,
#define CL_CODE_MEMBER(name, wire, http, cls, exit, retry) name,
    CL_CODE_MAP(CL_CODE_MEMBER)
#undef CL_CODE_MEMBER
};

/**
 * Why a call failed. Lives on the caller's stack and never allocates, so that running out of
 * memory can be reported like anything else. All texts are NUL-terminated, valid UTF-8, free of
 * control characters and of secrets.
 */
struct cl_err {
    enum cl_code code;
    int upstream_status;         /* HTTP status of the provider's answer, 0 if none */
    int retry_after_s;           /* what the provider asked for, 0 if nothing */
    char upstream_code[64];      /* the provider's own code, e.g. "AccessDenied" */
    char upstream_service[24];   /* e.g. "sts" */
    char upstream_operation[48]; /* e.g. "AssumeRole" */
    char upstream_request[64];   /* the provider's request id */
    char hint[320];              /* what to do next, one sentence or empty */
    char text[768];              /* outermost context first, cause last */
};

#define CL_ERR_NONE ((struct cl_err){.code = CL_OK})

/** Whatever `text` quotes, it can then neither move a terminal's cursor nor forge a log line. */
void cl_err_make_plain(char *text);

/** Sets code and text, clears everything else. Returns `code`, so `return cl_err_set(...)`. */
enum cl_code cl_err_set(struct cl_err *err, enum cl_code code, const char *format, ...)
    CL_PRINTF(3, 4);

/** Puts "context: " before the text. Returns the code that the error already has. */
enum cl_code cl_err_wrap(struct cl_err *err, const char *format, ...) CL_PRINTF(2, 3);

/** Sets the hint. Returns the code that the error already has. */
enum cl_code cl_err_hint(struct cl_err *err, const char *format, ...) CL_PRINTF(2, 3);

/** Out of memory. Returns CL_E_FAILED. */
enum cl_code cl_err_no_memory(struct cl_err *err);

const char *cl_code_wire(enum cl_code code);  /* "permission_denied"; "ok" for CL_OK */
const char *cl_code_class(enum cl_code code); /* "AuthorizationException" */
int cl_code_http(enum cl_code code);
int cl_code_exit(enum cl_code code);
bool cl_code_retryable(enum cl_code code);

/** True when a provider said something: status, code, service, operation or request id is set. */
bool cl_err_has_provider(const struct cl_err *err);

/** The code with that wire name; CL_E_FAILED when there is none. */
enum cl_code cl_code_from_wire(const char *wire);

#endif
