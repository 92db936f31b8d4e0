#ifndef CLEAT_CLOUDS_AWS_SIGV4_H
#define CLEAT_CLOUDS_AWS_SIGV4_H

#include "clouds/aws/credentials.h"
#include "clouds/aws/signer.h"
#include "net/http.h"

/* AWS Signature Version 4. */

/* The request as it will be sent; everything is borrowed. */
struct aws_sign_request {
    const char *method;
    struct cl_str url;                    /* exactly the bytes to send, already encoded */
    const struct cl_http_header *headers; /* without those that signing adds */
    size_t header_count;
    struct cl_str payload;
    bool unsigned_payload; /* S3 over https only; otherwise the payload is hashed all the same */
    struct aws_credentials credentials;
    struct cl_str region;
    struct cl_str service; /* signing name: "sts", "s3", "eks", "ecr" */
    int64_t at;
};

/* Zero-initialised is empty. Holds a bearer credential: never to be logged. */
struct aws_signature {
    struct cl_http_header headers[4]; /* to send in addition; views of `text` and the credentials */
    size_t header_count;
    struct cl_buf text; /* header form: what the headers view; query form: the whole URL */
    struct cl_buf canonical_request;
    struct cl_buf string_to_sign;
    char hex[CL_SHA256_HEX_SIZE]; /* the signature */
};

#define AWS_SIGNATURE_NONE ((struct aws_signature){.header_count = 0})

/**
 * Signs with headers: x-amz-date, authorization, with temporary keys x-amz-security-token, and for
 * S3 x-amz-content-sha256.
 *
 * @param signer  cache of derived keys; NULL derives afresh
 * @param ret     zero-initialised; aws_signature_cleanup() by the caller, also after a failure
 * @return CL_OK, CL_E_INVALID (address, too many headers, too long), CL_E_INTERNAL (a header that
 *         signing itself adds), CL_E_FAILED (no memory)
 * Source: AWS IAM User Guide, "Create a signed AWS API request".
 */
enum cl_code aws_sign_headers(struct aws_signer *signer, const struct aws_sign_request *request,
                              struct aws_signature *ret, struct cl_err *err) CL_MUST_USE;

/**
 * Signs within the URL ("presigned"), whose whole text is then in ret->text. Headers that are
 * passed are signed and must be sent by whoever uses the URL. S3 payloads are left unsigned.
 *
 * @param expires_s  X-Amz-Expires, 1..604800
 */
enum cl_code aws_presign(struct aws_signer *signer, const struct aws_sign_request *request,
                         int64_t expires_s, struct aws_signature *ret, struct cl_err *err)
    CL_MUST_USE;

void aws_signature_cleanup(struct aws_signature *signature);

#endif
