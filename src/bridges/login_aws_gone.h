#ifndef CLEAT_BRIDGES_LOGIN_AWS_GONE_H
#define CLEAT_BRIDGES_LOGIN_AWS_GONE_H

#include "bridges/login.h"

/* Whose a profile is stands in comments above it, so that it can be taken away also when the
 * connector is no more. */

/** Appends the comments: "# connector ID NAME", "# resource TYPE ID".
 *  CL_E_INVALID: one of them would become two lines. */
enum cl_code cl_aws_add_origin(const struct cl_issue_client_result *client, struct cl_buf *section,
                               struct cl_err *err) CL_MUST_USE;

/**
 * Takes every profile of the connector away, or the one that is asked for.
 * @return CL_OK, CL_E_NOT_FOUND, CL_E_LOCAL_CONFIG
 */
enum cl_code cl_log_out_gone_aws(const struct cl_call *call, const struct cl_login_request *request,
                                 struct cl_login_result *ret, struct cl_err *err) CL_MUST_USE;

#endif
