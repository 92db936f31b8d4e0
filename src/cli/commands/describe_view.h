#ifndef CLEAT_CLI_COMMANDS_DESCRIBE_VIEW_H
#define CLEAT_CLI_COMMANDS_DESCRIBE_VIEW_H

#include <jansson.h>

#include "cli/cli.h"
#include "core/api.h"
#include "core/api_codec.h"

/* The sentence, the tables and the labels of `describe` (cli.md §5.5). */

enum cl_code cl_describe_connector(struct cl_cli *cli, const struct cl_connector *conn, bool reveal,
                                   struct cl_err *err) CL_MUST_USE;

/** The same of the client connector that was issued. */
enum cl_code cl_describe_client(struct cl_cli *cli, const struct cl_issue_client_result *result,
                                bool reveal, struct cl_err *err) CL_MUST_USE;

/** The client connector as an object like that of a connector. */
enum cl_code cl_client_encode(const struct cl_issue_client_result *result, enum cl_secrets secrets,
                              json_t **ret, struct cl_err *err) CL_MUST_USE;

#endif
