#ifndef CLEAT_CLOUDS_KUBERNETES_ERROR_H
#define CLEAT_CLOUDS_KUBERNETES_ERROR_H

#include "net/http.h"

#define KUBE_ANONYMOUS "system:anonymous"

/* What a forbidden request would have needed, as the server's sentence says; views into it. */
struct kube_permission {
    struct cl_str user;
    struct cl_str verb;
    struct cl_str resource;
    struct cl_str ns; /* empty: none, or the whole cluster */
};

/**
 * Finds `User "u" cannot VERB resource "r" in API group "g" in the namespace "n"` in a sentence.
 * Parts that are not there stay empty.
 */
struct kube_permission kube_parse_permission(struct cl_str message);

/* An answer that is not the one that was hoped for, and what is known about its request. */
struct kube_failure {
    const struct cl_http_response *response;
    const char *operation;        /* "TokenRequest" */
    struct cl_str place;          /* the server's host and port */
    const struct cl_str *secrets; /* that the answer might repeat */
    size_t secret_count;
    bool has_credential; /* something was sent that should have proved who asks */
    bool has_ended;      /* by what is known about it, that credential is past its end */
};

/**
 * Reports it. The server's words are shown after redaction; status and reason decide.
 *
 * @return CL_E_REJECTED (401; or taken for anonymous in spite of a credential), CL_E_EXPIRED,
 *         CL_E_DENIED, CL_E_RESOURCE_NOT_FOUND, CL_E_INVALID_REQUEST, CL_E_CONFLICT,
 *         CL_E_THROTTLED, CL_E_PROVIDER, with upstream_* and retry_after_s
 * Source: Kubernetes API conventions, "Response Status Kind".
 */
enum cl_code kube_report(const struct kube_failure *failure, struct cl_err *err);

/** There is something else at that address. */
enum cl_code kube_report_no_server(struct cl_str place, struct cl_err *err);

/** True for a 404 or 409 whose Status is about an object of that kind ("secrets"). */
bool kube_status_is_about(const struct cl_http_response *response, int status, const char *kind);

#endif
