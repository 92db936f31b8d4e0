#include "connectors/aws/use_policy.h"

#include "base/alloc.h"
#include "clouds/aws/policy.h"
#include "codec/json.h"

#define FEDERATION_NAME_MAX 32

void aws_use_policy_cleanup(struct aws_use_policy *policy)
{
    cl_free(policy->inline_json);
    *policy = (struct aws_use_policy){.arns = NULL};
}

/* White space counts towards the limit, so it is taken out. */
static enum cl_code compact(struct cl_str policy, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *json = NULL;

    CL_TRY(cl_json_parse(policy, &json, err));
    return cl_json_dump(json, CL_JSON_COMPACT, ret, err);
}

static enum cl_code bucket_policy(const struct cl_connector *conn, struct cl_str id, char **ret,
                                  struct cl_err *err)
{
    struct cl_str region = aws_bucket_region_of(conn, id);

    if (region.len == 0)
        region = cl_config_text(&conn->config, "region");
    return aws_policy_s3_bucket(region, cl_str_skip(id, CL_STR("s3://").len), ret, err);
}

static enum cl_code automatic(const struct cl_connector *conn, const struct aws_use *use,
                              struct aws_use_policy *ret, struct cl_err *err)
{
    struct cl_str region = cl_config_text(&conn->config, "region");
    struct cl_str id = cl_str_of(use->id);
    struct cl_str type = cl_str_of(use->type);

    ret->automatic = true;
    if (cl_str_eq_c(type, AWS_S3_BUCKET)) {
        return id.len > 0 ? bucket_policy(conn, id, &ret->inline_json, err)
                          : aws_policy_s3_list(&ret->inline_json, err);
    }
    if (cl_str_eq_c(type, AWS_EKS_CLUSTER)) {
        return id.len > 0 ? aws_policy_eks_cluster(region, id, &ret->inline_json, err)
                          : aws_policy_eks_list(&ret->inline_json, err);
    }
    if (cl_str_eq_c(type, AWS_ECR_REGISTRY))
        return aws_policy_ecr(region, &ret->inline_json, err);
    ret->automatic = false;
    return CL_OK;
}

enum cl_code aws_use_policy_make(const struct cl_connector *conn, const struct aws_use *use,
                                 struct aws_use_policy *ret, struct cl_err *err)
{
    struct cl_str own = cl_config_text(&conn->config, "policy");

    ret->arns = cl_config_list(&conn->config, "policy_arns");
    if (own.len > 0)
        return compact(own, &ret->inline_json, err);
    if (ret->arns != NULL || use->type == NULL)
        return CL_OK;
    return automatic(conn, use, ret, err);
}

void aws_add_session_name(struct cl_buf *name, const struct cl_connector *conn)
{
    struct cl_str own = cl_config_text(&conn->config, "role_session_name");

    if (own.len > 0) {
        cl_buf_add(name, own);
        return;
    }
    cl_buf_add_c(name, "cleat-connector");
    if (conn->id[0] != '\0')
        cl_buf_addf(name, "-%s", conn->id);
}

void aws_add_federation_name(struct cl_buf *name, const struct cl_connector *conn)
{
    cl_buf_add_c(name, "cleat-");
    for (const char *at = conn->id; *at != '\0' && name->len < FEDERATION_NAME_MAX; at++) {
        if (*at != '-')
            cl_buf_add_char(name, *at);
    }
    if (conn->id[0] == '\0')
        cl_buf_add_c(name, "connector");
}
