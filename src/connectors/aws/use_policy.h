#ifndef CLEAT_CONNECTORS_AWS_USE_POLICY_H
#define CLEAT_CONNECTORS_AWS_USE_POLICY_H

#include "connectors/aws/access.h"

/* The session policy for a use (aws.md §3.2 and §3.5). Zero-initialised is none. */
struct aws_use_policy {
    char *inline_json;          /* owned; NULL: none */
    const struct cl_strs *arns; /* of the connector; NULL: none */
    bool automatic;             /* made for the resource, not given by the user */
};

void aws_use_policy_cleanup(struct aws_use_policy *policy);

/**
 * The user's own policy, else the automatic one for type and id. Both together would be united by
 * AWS, which would widen the user's.
 */
enum cl_code aws_use_policy_make(const struct cl_connector *conn, const struct aws_use *use,
                                 struct aws_use_policy *ret, struct cl_err *err) CL_MUST_USE;

/** cleat-connector[-{uuid}], or what the connector says. */
void aws_add_session_name(struct cl_buf *name, const struct cl_connector *conn);

/** cleat-{26 hex digits of the uuid}: stable, since clusters map it. */
void aws_add_federation_name(struct cl_buf *name, const struct cl_connector *conn);

#endif
