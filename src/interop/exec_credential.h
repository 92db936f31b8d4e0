#ifndef CLEAT_INTEROP_EXEC_CREDENTIAL_H
#define CLEAT_INTEROP_EXEC_CREDENTIAL_H

#include "base/buf.h"
#include "core/issued.h"

/*
 * What a Kubernetes client and its exec credential plugin say to each other.
 * Source: Kubernetes documentation, "Client Authentication (v1)" and "(v1beta1)".
 */

/* Clients use a credential until the very second that they were told, so they are told less. */
#define CL_EXEC_CREDENTIAL_MARGIN_S 60

/**
 * The version to answer with, from the value of KUBERNETES_EXEC_INFO; v1 when it is empty or says
 * nothing that could be read.
 *
 * @param ret  static text
 * @return CL_OK, CL_E_UNSUPPORTED (a version that is neither v1 nor v1beta1)
 */
enum cl_code cl_exec_credential_version(struct cl_str info, const char **ret, struct cl_err *err)
    CL_MUST_USE;

/**
 * Appends an ExecCredential: one JSON object, no line feed. Members that have no value are left
 * out.
 *
 * @param api_version  from cl_exec_credential_version
 * @return CL_OK, CL_E_UNSUPPORTED (no Kubernetes credential, or a user name and password, for
 *         which the protocol has no member), CL_E_INVALID (a certificate or key that is not PEM)
 */
enum cl_code cl_exec_credential_add(struct cl_buf *ret, const struct cl_issued *issued,
                                    const char *api_version, struct cl_err *err) CL_MUST_USE;

#endif
