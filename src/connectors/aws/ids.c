#include "clouds/aws/arn.h"
#include "clouds/aws/ecr_names.h"
#include "clouds/aws/eks_names.h"
#include "clouds/aws/s3_names.h"
#include "connectors/aws/ops.h"
#include "connectors/aws/source.h"

/* Resource ids of the four types. Pure: what needs the network is kept as a fact. */

#define ID_MAX_BYTES 1024

static enum cl_code bucket_id(const struct cl_connector *conn, struct cl_str input,
                              struct cl_buf *ret, struct cl_err *err)
{
    struct cl_str bucket = CL_STR_NONE;

    CL_TRY(aws_s3_parse_id(input, aws_has_custom_s3(conn), &bucket, err));
    aws_s3_add_id(ret, bucket);
    return CL_OK;
}

/* AWS describes clusters of the caller's own account: one of another account is another cluster,
 * even when it has the same name. */
static enum cl_code check_account(const struct cl_connector *conn, const struct aws_eks_id *id,
                                  struct cl_err *err)
{
    struct cl_str own = aws_account_of(conn);

    if (id->account.len == 0 || own.len == 0 || cl_str_eq(id->account, own))
        return CL_OK;
    return cl_err_set(err, CL_E_OUT_OF_SCOPE,
                      "EKS cluster '%.*s' is in AWS account %.*s, but the connector works in "
                      "account %.*s",
                      CL_STR_ARG(id->name), CL_STR_ARG(id->account), CL_STR_ARG(own));
}

static enum cl_code cluster_id(const struct cl_connector *conn, struct cl_str input,
                               struct cl_buf *ret, struct cl_err *err)
{
    struct aws_eks_id id = {.name = CL_STR_NONE};

    CL_TRY(aws_eks_parse_id(input, cl_config_text(&conn->config, "region"), &id, err));
    CL_TRY(check_account(conn, &id, err));
    cl_buf_add(ret, id.name);
    return CL_OK;
}

static enum cl_code registry_id(const struct cl_connector *conn, struct cl_str input,
                                struct cl_buf *ret, struct cl_err *err)
{
    struct cl_str region = cl_config_text(&conn->config, "region");
    struct aws_ecr_id id = {.account = CL_STR_NONE};

    CL_TRY(aws_ecr_parse_id(input, region, &id, err));
    aws_ecr_add_host(ret, id.account, region);
    return CL_OK;
}

/* The one generic resource is the region, and nothing else names it. */
static enum cl_code generic_id(const struct cl_connector *conn, struct cl_str input,
                               struct cl_buf *ret, struct cl_err *err)
{
    struct cl_str region = cl_config_text(&conn->config, "region");

    if (!cl_str_eq(input, region))
        return aws_refuse_id(input, "the region of the connector", "{region}", err);
    cl_buf_add(ret, region);
    return CL_OK;
}

enum cl_code aws_canonical_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                              struct cl_str input, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf id = CL_BUF(ID_MAX_BYTES);
    static const struct {
        const char *type;
        enum cl_code (*add)(const struct cl_connector *conn, struct cl_str input,
                            struct cl_buf *ret, struct cl_err *err);
    } forms[] = {{AWS_S3_BUCKET, bucket_id},
                 {AWS_EKS_CLUSTER, cluster_id},
                 {AWS_ECR_REGISTRY, registry_id},
                 {AWS_GENERIC, generic_id}};

    for (size_t i = 0; i < CL_COUNT(forms); i++) {
        if (strcmp(forms[i].type, type->id) == 0)
            CL_TRY(forms[i].add(conn, input, &id, err));
    }
    return cl_buf_take(&id, ret, err);
}

enum cl_code aws_default_id(const struct cl_connector *conn, const struct cl_resource_type *type,
                            char **ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf id = CL_BUF(ID_MAX_BYTES);
    struct cl_str region = cl_config_text(&conn->config, "region");

    if (strcmp(type->id, AWS_GENERIC) == 0)
        return cl_str_dup(region, ret, err);
    struct cl_str account = aws_registry_of(conn);
    if (account.len == 0) { /* not known before the first verification */
        *ret = NULL;
        return CL_OK;
    }
    aws_ecr_add_host(&id, account, region);
    return cl_buf_take(&id, ret, err);
}
