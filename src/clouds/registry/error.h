#ifndef CLEAT_CLOUDS_REGISTRY_ERROR_H
#define CLEAT_CLOUDS_REGISTRY_ERROR_H

#include "net/http.h"

/* What a request was about: the same status means different things. */
enum registry_step {
    REGISTRY_STEP_PING,       /* is there a registry, and what does it want */
    REGISTRY_STEP_TOKEN,      /* a token for user name and password */
    REGISTRY_STEP_LOGIN,      /* the same question as the first, with credentials */
    REGISTRY_STEP_REPOSITORY, /* one repository, with credentials */
};

/**
 * Reports an answer that is not the one that was hoped for. What the registry says about it is
 * shown after redaction, and decides nothing: the status does.
 *
 * @param place    host of the server that answered
 * @param secrets  that the answer might repeat
 * @return CL_E_REJECTED, CL_E_DENIED, CL_E_THROTTLED or CL_E_PROVIDER, with upstream_* and
 *         retry_after_s
 * Source: OCI Distribution Specification, "Error Codes".
 */
enum cl_code registry_report(const struct cl_http_response *response, enum registry_step step,
                             struct cl_str place, const struct cl_str *secrets, size_t secret_count,
                             struct cl_err *err);

/** True for a 404 that is about the repository, which then is only not there yet. */
bool registry_is_name_unknown(const struct cl_http_response *response);

#endif
