#ifndef CLEAT_CLOUDS_AWS_CLIENT_H
#define CLEAT_CLOUDS_AWS_CLIENT_H

#include "clouds/aws/credentials.h"
#include "clouds/aws/endpoint.h"
#include "clouds/aws/signer.h"
#include "net/http.h"

/* Whom requests go to, and in whose name. Everything is borrowed. */
struct aws_config {
    const char *region;
    struct aws_endpoints endpoints;
    enum aws_s3_style s3_style;
    bool s3_only; /* the keys are those of an S3-compatible store: no other service may see them */
    struct aws_credentials credentials;
    const char *ca_file;       /* NULL: the system's certificates alone */
    struct aws_signer *signer; /* NULL: no memory between requests */
};

/* One operation; everything is borrowed. */
struct aws_request {
    enum aws_service service;
    const char *operation; /* "AssumeRole": for errors */
    const char *method;
    struct cl_str bucket; /* S3 only: the request is about the bucket itself */
    struct cl_str target; /* otherwise path and query, encoded; empty is "/" */
    const struct cl_http_header *headers;
    size_t header_count; /* at most AWS_REQUEST_HEADERS */
    struct cl_str body;
};

#define AWS_REQUEST_HEADERS 4

struct aws_reply {
    struct cl_http_response http; /* 2xx */
    char region[64];              /* the one that answered; S3 may have sent us elsewhere */
};

#define AWS_REPLY_NONE ((struct aws_reply){.region = ""})

/**
 * Builds, signs and sends one request, again where that may help: as the retry rules say, once
 * with a corrected clock, and once in the region that S3 names. Blocks until the call's deadline.
 * Safe to call from several threads.
 *
 * @param ret  AWS_REPLY_NONE; aws_reply_cleanup() by the caller, also after a failure
 * @return CL_OK for a 2xx answer; CL_E_UNSUPPORTED (s3_only), CL_E_LOCAL_TOOL_MISSING (the answer
 *         could not be read), then nothing was sent; otherwise the class of failure with service,
 *         operation, status, code and request id in `err`
 * Source: AWS SDKs and Tools Reference Guide, retry behaviour; Amazon S3 User Guide, redirection.
 */
enum cl_code aws_send(const struct cl_call *call, const struct aws_config *config,
                      const struct aws_request *request, struct aws_reply *ret, struct cl_err *err)
    CL_MUST_USE;

void aws_reply_cleanup(struct aws_reply *reply);

/** Notes service and operation in an error. */
void aws_note_upstream(const struct aws_request *request, struct cl_err *err);

#endif
