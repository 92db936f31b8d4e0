#include "clouds/aws/ecr.h"
#include "clouds/aws/ecr_names.h"
#include "clouds/aws/eks.h"
#include "clouds/aws/eks_token.h"
#include "connectors/aws/access.h"

/* What a client receives (aws.md §5): AWS credentials, a Docker login, or a Kubernetes token. */

struct issuing {
    const struct cl_call *call;
    const struct cl_connector *conn;
    const struct cl_issue_request *request;
    struct aws_access access;
    struct cl_issued *ret;
};

/* --- what all have ------------------------------------------------------------------------- */

static enum cl_code set_header(struct issuing *issuing, const char *type, const char *method,
                               struct cl_err *err)
{
    struct cl_issued *ret = issuing->ret;

    CL_TRY(cl_str_dup(cl_str_of(type), &ret->connector_type, err));
    CL_TRY(cl_str_dup(cl_str_of(method), &ret->auth_method, err));
    CL_TRY(cl_str_dup(cl_str_of(issuing->request->type->id), &ret->resource_type, err));
    ret->issued_at = cl_world_now_s(issuing->call->world);
    ret->provider_scoped = issuing->access.narrowed;
    if (issuing->request->id == NULL)
        return CL_OK;
    return cl_str_dup(cl_str_of(issuing->request->id), &ret->resource_id, err);
}

static enum cl_code set_secret(struct cl_config *config, const char *attr,
                               const struct cl_secret *value, struct cl_err *err)
{
    struct cl_secret *copy = NULL;

    if (value == NULL)
        return CL_OK;
    CL_TRY(cl_secret_copy(value, &copy, err));
    return cl_config_set_secret_take(config, attr, copy, err);
}

static enum cl_code set_text(struct cl_config *config, const char *attr, const char *text,
                             struct cl_err *err)
{
    return text == NULL ? CL_OK : cl_config_set_text(config, attr, cl_str_of(text), err);
}

static enum cl_code note_request(struct issuing *issuing, const char *request_id,
                                 struct cl_err *err)
{
    if (request_id[0] == '\0' || issuing->ret->provider_request_id != NULL)
        return CL_OK;
    return cl_str_dup(cl_str_of(request_id), &issuing->ret->provider_request_id, err);
}

/* The id of a minted key is in AWS's own logs and opens nothing by itself. */
static enum cl_code set_fingerprint(struct issuing *issuing, struct cl_err *err)
{
    const struct aws_session *session = &issuing->access.session;

    if (!issuing->access.minted)
        return CL_OK;
    CL_TRY(note_request(issuing, session->request_id, err));
    return cl_str_dup(cl_secret_expose(session->access_key_id), &issuing->ret->fingerprint, err);
}

/* --- AWS credentials ----------------------------------------------------------------------- */

/* What was found in the environment has not been looked at by anybody yet. */
static enum cl_code set_endpoint(struct cl_config *ret, const char *attr, const char *url,
                                 struct cl_err *err)
{
    if (url != NULL && aws_endpoint_check(cl_str_of(url), err) != CL_OK)
        return cl_err_wrap(err, "%s", attr);
    return set_text(ret, attr, url, err);
}

/* Where the credentials are good: what the connector says, and with `implicit` what was found. */
static enum cl_code set_places(const struct issuing *issuing, struct cl_config *ret,
                               struct cl_err *err)
{
    const struct aws_config *config = &issuing->access.config;
    struct cl_str style = cl_config_text(&issuing->conn->config, "s3_addressing_style");
    struct cl_str bucket_region =
        aws_bucket_region_of(issuing->conn, cl_str_of(issuing->request->id));

    CL_TRY(set_text(ret, "region", config->region, err));
    CL_TRY(set_endpoint(ret, "endpoint_url", config->endpoints.all, err));
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        CL_TRY(set_endpoint(ret, aws_endpoint_attr((enum aws_service)i),
                            config->endpoints.services[i], err));
    }
    if (bucket_region.len > 0)
        CL_TRY(cl_config_set_text(ret, "bucket_region", bucket_region, err));
    return style.len == 0 ? CL_OK : cl_config_set_text(ret, "s3_addressing_style", style, err);
}

static enum cl_code issue_keys(struct issuing *issuing, struct cl_err *err)
{
    const struct aws_credentials *credentials = &issuing->access.config.credentials;
    struct cl_config *config = &issuing->ret->config;
    bool temporary = credentials->session_token != NULL;

    CL_TRY(set_header(issuing, "aws", temporary ? "sts-token" : "secret-key", err));
    CL_TRY(set_places(issuing, config, err));
    CL_TRY(set_secret(config, "aws_access_key_id", credentials->access_key_id, err));
    CL_TRY(set_secret(config, "aws_secret_access_key", credentials->secret_access_key, err));
    CL_TRY(set_secret(config, "aws_session_token", credentials->session_token, err));
    issuing->ret->expires_at = issuing->access.expires_at;
    /* Keys, and tokens that were stored as they are, cannot be made to end sooner. */
    issuing->ret->long_lived = !temporary || aws_method_is(issuing->conn, "sts-token");
    return CL_OK;
}

/* --- Docker login -------------------------------------------------------------------------- */

/* The registry's id is its host; it may not have been known before. */
static enum cl_code set_registry_id(struct issuing *issuing, const char *endpoint,
                                    struct cl_err *err)
{
    struct cl_str region = cl_config_text(&issuing->conn->config, "region");
    CL_AUTO(cl_buf) struct cl_buf host = CL_BUF(512);
    struct aws_ecr_id id = {.account = CL_STR_NONE};

    if (issuing->ret->resource_id != NULL)
        return CL_OK;
    CL_TRY(aws_ecr_parse_id(cl_str_of(endpoint), region, &id, err));
    aws_ecr_add_host(&host, id.account, region);
    CL_TRY(cl_buf_ok(&host, err));
    return cl_str_dup(cl_buf_view(&host), &issuing->ret->resource_id, err);
}

static enum cl_code fill_login(struct issuing *issuing, const struct aws_ecr_login *login,
                               struct cl_err *err)
{
    struct cl_config *config = &issuing->ret->config;
    struct cl_secret *username = NULL;
    int64_t session_end = issuing->access.expires_at;

    CL_TRY(set_header(issuing, "docker", "password", err));
    CL_TRY(set_registry_id(issuing, login->endpoint, err));
    CL_TRY(cl_secret_new(cl_str_of(login->username), &username, err));
    CL_TRY(cl_config_set_secret_take(config, "username", username, err));
    CL_TRY(set_secret(config, "password", login->password, err));
    CL_TRY(set_text(config, "registry", login->endpoint, err));
    CL_TRY(note_request(issuing, login->request_id, err));
    /* The password may die with the session that asked for it. */
    issuing->ret->expires_at =
        session_end > 0 && session_end < login->expires_at ? session_end : login->expires_at;
    return CL_OK;
}

static enum cl_code issue_login(struct issuing *issuing, struct cl_err *err)
{
    struct aws_ecr_login login = AWS_ECR_LOGIN_NONE;

    enum cl_code code = aws_ecr_get_login(issuing->call, &issuing->access.config,
                                          aws_registry_of(issuing->conn), &login, err);
    if (code == CL_OK)
        code = fill_login(issuing, &login, err);
    aws_ecr_login_cleanup(&login);
    return code;
}

/* --- Kubernetes token ---------------------------------------------------------------------- */

static enum cl_code sign_token(struct issuing *issuing, const struct aws_eks_cluster *cluster,
                               struct cl_err *err)
{
    struct cl_secret *token = NULL;
    int64_t expires_at = 0;
    struct aws_eks_token_request request = {.credentials = issuing->access.config.credentials,
                                            .region = cl_str_of(issuing->access.config.region),
                                            .cluster = aws_eks_token_name(cluster),
                                            .at = cl_world_now_s(issuing->call->world) +
                                                  aws_signer_clock_offset_s(issuing->access.signer),
                                            .session_expires_at = issuing->access.expires_at};

    CL_TRY(aws_eks_token_new(issuing->access.signer, &request, &token, &expires_at, err));
    issuing->ret->expires_at = expires_at;
    return cl_config_set_secret_take(&issuing->ret->config, "token", token, err);
}

static enum cl_code fill_cluster(struct issuing *issuing, const struct aws_eks_cluster *cluster,
                                 struct cl_err *err)
{
    struct cl_config *config = &issuing->ret->config;

    CL_TRY(aws_eks_check_ready(cluster, err));
    CL_TRY(set_header(issuing, "kubernetes", "token", err));
    CL_TRY(cl_str_dup(cl_str_of(cluster->arn), &issuing->ret->client_id, err));
    CL_TRY(set_text(config, "cluster_name", cluster->arn, err));
    CL_TRY(set_text(config, "server", cluster->endpoint, err));
    CL_TRY(set_text(config, "certificate_authority", cluster->certificate_authority, err));
    return sign_token(issuing, cluster, err);
}

static enum cl_code issue_cluster(struct issuing *issuing, struct cl_err *err)
{
    struct aws_eks_cluster cluster = AWS_EKS_CLUSTER_NONE;

    enum cl_code code = aws_eks_describe_cluster(issuing->call, &issuing->access.config,
                                                 cl_str_of(issuing->request->id), &cluster, err);
    if (code == CL_OK)
        code = fill_cluster(issuing, &cluster, err);
    aws_eks_cluster_cleanup(&cluster);
    return code;
}

/* ------------------------------------------------------------------------------------------- */

static enum cl_code issue(struct issuing *issuing, struct cl_err *err)
{
    const struct cl_issue_request *request = issuing->request;
    struct aws_use use = {
        .type = request->type->id, .id = request->id, .ttl_s = request->ttl_s, .for_client = true};

    CL_TRY(aws_access_open(issuing->call, issuing->conn, &use, &issuing->access, err));
    CL_TRY(set_fingerprint(issuing, err));
    if (strcmp(request->type->id, AWS_ECR_REGISTRY) == 0)
        return issue_login(issuing, err);
    if (strcmp(request->type->id, AWS_EKS_CLUSTER) == 0)
        return issue_cluster(issuing, err);
    return issue_keys(issuing, err);
}

enum cl_code aws_issue(const struct cl_call *call, const struct cl_connector *conn,
                       const struct cl_issue_request *request, struct cl_issued *ret,
                       struct cl_err *err)
{
    struct issuing issuing = {.call = call, .conn = conn, .request = request, .ret = ret};

    enum cl_code code = issue(&issuing, err);
    aws_access_cleanup(&issuing.access);
    return code;
}
