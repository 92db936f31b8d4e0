#include "clouds/aws/ecr.h"
#include "clouds/aws/eks.h"
#include "clouds/aws/paging.h"
#include "clouds/aws/s3.h"
#include "connectors/aws/access.h"

/* Proving that credentials work, for one resource if given (aws.md §4). */

struct checking {
    const struct cl_call *call;
    const struct cl_connector *conn;
    struct aws_access access;
    struct cl_verified *ret;
};

/* --- who we are ---------------------------------------------------------------------------- */

static enum cl_code keep_identity(struct cl_verified *ret, struct aws_identity *identity,
                                  struct cl_err *err)
{
    CL_TRY(cl_map_set(&ret->facts, CL_STR(AWS_FACT_ACCOUNT), cl_str_of(identity->account), err));
    CL_TRY(cl_map_set(&ret->facts, CL_STR(AWS_FACT_IDENTITY), cl_str_of(identity->arn), err));
    ret->identity = CL_MOVE(identity->arn);
    return CL_OK;
}

static enum cl_code ask_identity(struct checking *checking, const struct aws_config *config,
                                 struct cl_err *err)
{
    struct aws_identity identity = AWS_IDENTITY_NONE;

    enum cl_code code = aws_sts_get_caller_identity(checking->call, config, &identity, err);
    if (code == CL_OK)
        code = keep_identity(checking->ret, &identity, err);
    aws_identity_cleanup(&identity);
    return code;
}

static enum cl_code ignore_bucket(void *ctx, const struct aws_item *item, struct cl_err *err)
{
    (void)ctx;
    (void)item;
    (void)err;
    return CL_OK;
}

/* A store that only speaks S3 cannot say who we are: that it lists is all the proof there is, and
 * the first bucket is as good as all of them. */
static enum cl_code check_s3_compatible(struct checking *checking, struct cl_err *err)
{
    struct aws_listing listing = {.found = ignore_bucket, .max_items = 1};

    enum cl_code code =
        aws_s3_list_buckets(checking->call, &checking->access.config, &listing, err);
    aws_listing_cleanup(&listing);
    return code;
}

static enum cl_code check_account(struct checking *checking, struct cl_err *err)
{
    struct aws_use use = {.type = NULL};

    if (cl_config_bool(&checking->conn->config, "s3_compatible")) {
        CL_TRY(aws_access_source(checking->call, checking->conn, &checking->access, err));
        return check_s3_compatible(checking, err);
    }
    /* A role only proves itself once it has been assumed; users prove themselves. */
    if (cl_config_text(&checking->conn->config, "role_arn").len > 0) {
        CL_TRY(aws_access_open(checking->call, checking->conn, &use, &checking->access, err));
    } else {
        CL_TRY(aws_access_source(checking->call, checking->conn, &checking->access, err));
    }
    return ask_identity(checking, &checking->access.config, err);
}

/* --- resources ----------------------------------------------------------------------------- */

static enum cl_code open_for(struct checking *checking, const struct cl_scope *scope,
                             struct cl_err *err)
{
    struct aws_use use = {.type = scope->type->id, .id = scope->id};

    return aws_access_open(checking->call, checking->conn, &use, &checking->access, err);
}

/* Clients are told, and need not find out by being sent elsewhere. */
static enum cl_code keep_bucket_region(struct checking *checking, const char *id,
                                       const char *region, struct cl_err *err)
{
    struct cl_map *facts = &checking->ret->facts;

    if (aws_has_custom_s3(checking->conn))
        return CL_OK;
    CL_TRY(cl_map_set(facts, CL_STR(AWS_FACT_BUCKET), cl_str_of(id), err));
    return cl_map_set(facts, CL_STR(AWS_FACT_BUCKET_REGION), cl_str_of(region), err);
}

static enum cl_code check_bucket(struct checking *checking, const struct cl_scope *scope,
                                 struct cl_err *err)
{
    char region[64] = "";

    CL_TRY(open_for(checking, scope, err));
    CL_TRY(aws_s3_head_bucket(checking->call, &checking->access.config,
                              cl_str_skip(cl_str_of(scope->id), CL_STR("s3://").len), region, err));
    return keep_bucket_region(checking, scope->id, region, err);
}

/* Warnings and refusals that a cluster's state calls for. */
static enum cl_code judge_cluster(struct checking *checking, const struct aws_eks_cluster *cluster,
                                  struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);
    struct cl_str status = cl_str_of(cluster->status);

    CL_TRY(aws_eks_check_ready(cluster, err));
    if (cl_str_eq_c(status, "ACTIVE") || cl_str_eq_c(status, "UPDATING"))
        return CL_OK;
    cl_buf_addf(&text, "cluster '%s' has status %s", cluster->name, cluster->status);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&checking->ret->warnings, cl_buf_view(&text), err);
}

static enum cl_code check_cluster(struct checking *checking, const struct cl_scope *scope,
                                  struct cl_err *err)
{
    struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;

    CL_TRY(open_for(checking, scope, err));
    enum cl_code code = aws_eks_describe_cluster(checking->call, &checking->access.config,
                                                 cl_str_of(scope->id), &cluster, err);
    if (code == CL_OK)
        code = judge_cluster(checking, &cluster, err);
    aws_eks_cluster_cleanup(&cluster);
    return code;
}

/* Clients need the login; that repositories cannot be described is worth a warning only. */
static enum cl_code check_login(struct checking *checking, struct cl_str account,
                                struct cl_err *err)
{
    struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;
    struct cl_err refusal = CL_ERR_NONE;

    enum cl_code code =
        aws_ecr_get_login(checking->call, &checking->access.config, account, &login, err);
    aws_ecr_login_cleanup(&login);
    CL_TRY(code);
    code = aws_ecr_check_describe(checking->call, &checking->access.config, &refusal);
    if (code == CL_E_DENIED) {
        return cl_strs_add(&checking->ret->warnings,
                           CL_STR("the credentials may log in to the ECR registry, but not "
                                  "describe its repositories"),
                           err);
    }
    if (code != CL_OK)
        *err = refusal;
    return code;
}

/* The registry's id is made of the account, so that must be known first: the source tells. */
static enum cl_code check_registry(struct checking *checking, const struct cl_scope *scope,
                                   struct cl_err *err)
{
    struct aws_access *access = &checking->access;
    struct aws_use use = {.type = scope->type->id, .id = scope->id};
    struct cl_str account = aws_registry_of(checking->conn);

    CL_TRY(aws_access_source(checking->call, checking->conn, access, err));
    if (account.len == 0) {
        CL_TRY(ask_identity(checking, &access->config, err));
        account = cl_str_of(cl_map_get(&checking->ret->facts, AWS_FACT_ACCOUNT));
    }
    CL_TRY(aws_access_mint(checking->call, checking->conn, &use, access, err));
    return check_login(checking, account, err);
}

static enum cl_code check(struct checking *checking, const struct cl_scope *scope,
                          struct cl_err *err)
{
    const char *type = scope->type == NULL ? AWS_GENERIC : scope->type->id;

    if (scope->authenticated && strcmp(type, AWS_GENERIC) == 0)
        return CL_OK; /* being somebody is all that it takes */

    if (strcmp(type, AWS_S3_BUCKET) == 0)
        return check_bucket(checking, scope, err);
    if (strcmp(type, AWS_EKS_CLUSTER) == 0)
        return check_cluster(checking, scope, err);
    if (strcmp(type, AWS_ECR_REGISTRY) == 0)
        return check_registry(checking, scope, err);
    return check_account(checking, err);
}

enum cl_code aws_verify(const struct cl_call *call, const struct cl_connector *conn,
                        const struct cl_scope *scope, struct cl_verified *ret, struct cl_err *err)
{
    struct checking checking = {.call = call, .conn = conn, .ret = ret};

    enum cl_code code = check(&checking, scope, err);
    aws_access_cleanup(&checking.access);
    return code;
}
