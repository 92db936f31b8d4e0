#include "base/alloc.h"
#include "base/time.h"
#include "clouds/aws/answer.h"
#include "clouds/aws/arn.h"
#include "clouds/aws/sts.h"

#define ARN_MAX_BYTES 2048
#define SECRET_MAX_BYTES ((size_t)64 * 1024)

void aws_identity_cleanup(struct aws_identity *identity)
{
    cl_free(identity->account);
    cl_free(identity->arn);
    cl_free(identity->user_id);
    *identity = AWS_IDENTITY_NONE;
}

/* The element "{Action}Result" of an answer "{Action}Response". */
static const struct cl_xml_node *find_result(const struct cl_xml *xml)
{
    const struct cl_xml_node *child = cl_xml_child(cl_xml_root(xml), NULL);

    while (child != NULL && !cl_str_ends(cl_xml_name(child), CL_STR("Result")))
        child = cl_xml_next(child, NULL);
    return child;
}

/* Text that is shown: ids and ARNs. */
static enum cl_code take_text(const struct cl_xml_node *node, const char *path, char **ret,
                              struct cl_err *err)
{
    struct cl_str text = cl_str_trim(cl_xml_get(node, path));

    if (text.len == 0 || text.len > ARN_MAX_BYTES || aws_has_control(text))
        return aws_lacks(path, err);
    return cl_str_dup(text, ret, err);
}

static enum cl_code take_secret(const struct cl_xml_node *node, const char *path,
                                struct cl_secret **ret, struct cl_err *err)
{
    struct cl_str text = cl_str_trim(cl_xml_get(node, path));

    /* Each of them will stand in a header or a file some day, where a line break would be fatal. */
    if (text.len == 0 || text.len > SECRET_MAX_BYTES || aws_has_control(text))
        return aws_lacks(path, err);
    return cl_secret_new(text, ret, err);
}

enum cl_code aws_sts_parse_identity(struct cl_str body, struct aws_identity *ret,
                                    struct cl_err *err)
{
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;
    CL_AUTO(aws_identity) struct aws_identity identity = AWS_IDENTITY_NONE;

    CL_TRY(aws_parse_xml(body, &xml, err));
    const struct cl_xml_node *result = find_result(xml);
    CL_TRY(take_text(result, "Account", &identity.account, err));
    CL_TRY(take_text(result, "Arn", &identity.arn, err));
    CL_TRY(take_text(result, "UserId", &identity.user_id, err));
    if (!aws_is_account(cl_str_of(identity.account)))
        return aws_lacks("Account", err);
    CL_MOVE_TO(ret, identity);
    return CL_OK;
}

/* Whom the session acts as; GetSessionToken does not say. */
static enum cl_code take_principal(const struct cl_xml_node *result, char **ret, struct cl_err *err)
{
    static const char *const paths[] = {"AssumedRoleUser/Arn", "FederatedUser/Arn"};

    for (size_t i = 0; i < CL_COUNT(paths); i++) {
        if (cl_xml_find(result, paths[i]) != NULL)
            return take_text(result, paths[i], ret, err);
    }
    return CL_OK;
}

enum cl_code aws_sts_parse_session(struct cl_str body, struct aws_session *ret, struct cl_err *err)
{
    CL_AUTO(cl_xml) struct cl_xml *xml = NULL;
    CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;

    CL_TRY(aws_parse_xml(body, &xml, err));
    const struct cl_xml_node *result = find_result(xml);
    const struct cl_xml_node *block = cl_xml_child(result, "Credentials");
    CL_TRY(take_secret(block, "AccessKeyId", &session.access_key_id, err));
    CL_TRY(take_secret(block, "SecretAccessKey", &session.secret_access_key, err));
    CL_TRY(take_secret(block, "SessionToken", &session.session_token, err));
    if (cl_time_parse_rfc3339(cl_str_trim(cl_xml_get(block, "Expiration")), &session.expires_at,
                              err) != CL_OK)
        return aws_lacks("Expiration", err);
    CL_TRY(take_principal(result, &session.principal, err));
    CL_MOVE_TO(ret, session);
    return CL_OK;
}
