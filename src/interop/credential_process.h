#ifndef CLEAT_INTEROP_CREDENTIAL_PROCESS_H
#define CLEAT_INTEROP_CREDENTIAL_PROCESS_H

#include "base/buf.h"
#include "core/issued.h"

/**
 * Appends the document that the AWS SDKs read from a credential_process: one JSON object, no line
 * feed. Without an expiry there is no Expiration member.
 *
 * @param account_id  empty: left out
 * @return CL_OK, CL_E_UNSUPPORTED (not an AWS credential)
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
 */
enum cl_code cl_credential_process_add(struct cl_buf *ret, const struct cl_issued *issued,
                                       struct cl_str account_id, struct cl_err *err) CL_MUST_USE;

#endif
