#ifndef CLEAT_CLOUDS_AWS_SESSION_H
#define CLEAT_CLOUDS_AWS_SESSION_H

#include "clouds/aws/credentials.h"

/* Short-lived credentials as STS mints them. Zero-initialised is empty; owns all. */
struct aws_session {
    struct cl_secret *access_key_id;
    struct cl_secret *secret_access_key;
    struct cl_secret *session_token;
    int64_t expires_at;
    char *principal; /* ARN of the assumed role or federated user; NULL for GetSessionToken */
    char request_id[64];
};

#define AWS_SESSION_NONE ((struct aws_session){.expires_at = 0})

void aws_session_cleanup(struct aws_session *session);

/** To sign with; borrowed from the session. */
struct aws_credentials aws_session_credentials(const struct aws_session *session);

#endif
