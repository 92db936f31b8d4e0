#ifndef CLEAT_CLOUDS_AWS_ERROR_H
#define CLEAT_CLOUDS_AWS_ERROR_H

#include "clouds/aws/credentials.h"
#include "net/http.h"

/*
 * What a failed request means. Reading an answer and judging it are pure; neither can fail, since
 * an answer that makes no sense is a failure like any other.
 */

/* What the answer said. All texts are NUL-terminated and free of control characters. */
struct aws_failure {
    int status;
    bool is_head;      /* HEAD: nothing but status and headers can be expected */
    int64_t server_at; /* Date header; 0: none */
    int retry_after_s; /* 0: none */
    char code[64];     /* "AccessDenied"; empty when the answer names none */
    char request_id[64];
    char region[64];    /* where the bucket is instead; empty when the answer does not tell */
    char message[512];  /* redacted */
    bool clock_differs; /* the message blames the request's time */
};

/**
 * Reads a JSON or XML answer of any service; the content type does not matter.
 *
 * @param credentials  hidden should the message repeat them; NULL: none
 */
void aws_failure_read(const struct cl_http_response *response, bool is_head,
                      const struct aws_credentials *credentials, struct aws_failure *ret);

/** The class of a failure; never CL_OK. */
enum cl_code aws_failure_code(const struct aws_failure *failure);

/** True if the request may succeed in another region (S3). */
bool aws_failure_is_wrong_region(const struct aws_failure *failure);

/**
 * Fills `err`: class, what happened, what to do next, and everything upstream_…
 *
 * @param now_at  local clock, to be shown beside the server's
 * @return the class
 */
enum cl_code aws_failure_report(const struct aws_failure *failure, const char *service,
                                const char *operation, int64_t now_at, struct cl_err *err);

/** Request id of any answer, also of a good one; empty when it has none. */
void aws_request_id(const struct cl_http_response *response, char ret[64]);

#endif
