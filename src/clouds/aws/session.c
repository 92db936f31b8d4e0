#include "clouds/aws/session.h"

#include "base/alloc.h"

void aws_session_cleanup(struct aws_session *session)
{
    cl_secret_free(session->access_key_id);
    cl_secret_free(session->secret_access_key);
    cl_secret_free(session->session_token);
    cl_free(session->principal);
    *session = AWS_SESSION_NONE;
}

struct aws_credentials aws_session_credentials(const struct aws_session *session)
{
    return (struct aws_credentials){
        .access_key_id = session->access_key_id,
        .secret_access_key = session->secret_access_key,
        .session_token = session->session_token,
    };
}
