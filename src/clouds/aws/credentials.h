#ifndef CLEAT_CLOUDS_AWS_CREDENTIALS_H
#define CLEAT_CLOUDS_AWS_CREDENTIALS_H

#include "base/secret.h"

/* What a request is signed with. Borrowed: the secrets must outlive the request. */
struct aws_credentials {
    const struct cl_secret *access_key_id;
    const struct cl_secret *secret_access_key;
    const struct cl_secret *session_token; /* NULL: a long-lived key */
};

#endif
