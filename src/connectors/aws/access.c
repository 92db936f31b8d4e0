#include "connectors/aws/access.h"

#include "base/alloc.h"
#include "connectors/aws/use_policy.h"

/* What AWS gives when nobody says how long a token from elsewhere lives. */
#define ASSUMED_LIFE_S 3600

void aws_access_cleanup(struct aws_access *access)
{
    aws_session_cleanup(&access->session);
    aws_found_cleanup(&access->found);
    aws_signer_free(access->signer);
    cl_free(access->ca_file);
    *access = (struct aws_access){.minted = false};
}

static enum cl_code prepare(const struct cl_call *call, const struct cl_connector *conn,
                            struct aws_access *access, struct cl_err *err)
{
    struct cl_str bundle = cl_world_env(call->world, "AWS_CA_BUNDLE");

    CL_TRY(aws_signer_new(&access->signer, err));
    if (bundle.len > 0)
        CL_TRY(cl_str_dup(bundle, &access->ca_file, err));
    access->config = aws_config_of(conn, access->signer);
    access->config.ca_file = access->ca_file;
    access->expires_at = conn->expires_at;
    return CL_OK;
}

/* From here on requests are signed with the session. */
static void use_session(struct aws_access *access)
{
    access->config.credentials = aws_session_credentials(&access->session);
    access->expires_at = access->session.expires_at;
    access->minted = true;
}

/* --- implicit ------------------------------------------------------------------------------ */

enum cl_code aws_assume_found(const struct cl_call *call, const struct aws_config *config,
                              const struct aws_found *found, struct aws_session *ret,
                              struct cl_err *err)
{
    struct aws_config step = *config;

    for (size_t i = 0; i < found->role_count; i++) {
        const struct aws_found_role *role = &found->roles[i];
        struct aws_session session = AWS_SESSION_NONE;
        struct aws_assume_role request = {
            .role_arn = cl_str_of(role->role_arn),
            .session_name = role->role_session_name != NULL ? cl_str_of(role->role_session_name)
                                                            : CL_STR("cleat"),
            .duration_s = role->duration_s > 0 ? role->duration_s : ASSUMED_LIFE_S,
            .external_id = cl_str_of(role->external_id)};

        if (aws_sts_assume_role(call, &step, &request, &session, err) != CL_OK) {
            return cl_err_wrap(err, "cannot assume role %s of profile '%s'", role->role_arn,
                               role->profile);
        }
        aws_session_cleanup(ret);
        *ret = session;
        step.credentials = aws_session_credentials(ret);
    }
    return CL_OK;
}

static enum cl_code check_gate(const struct cl_call *call, struct cl_err *err)
{
    struct cl_str flag = cl_world_env(call->world, "CLEAT_ENABLE_IMPLICIT_AUTH_METHODS");
    struct cl_err not_a_flag = CL_ERR_NONE;
    bool enabled = !call->server_mode; /* in local mode the process acts for its own user */

    if (flag.len > 0 && cl_parse_bool(flag, &enabled, &not_a_flag) != CL_OK)
        enabled = false;
    if (enabled)
        return CL_OK;
    (void)cl_err_set(err, CL_E_IMPLICIT_DISABLED, "implicit authentication is disabled");
    return cl_err_hint(err, "CLEAT_ENABLE_IMPLICIT_AUTH_METHODS=true enables it");
}

/* What the environment says holds where the connector says nothing. */
static void use_found_endpoints(const struct cl_connector *conn, struct aws_access *access)
{
    struct aws_endpoints *endpoints = &access->config.endpoints;

    if (cl_config_text(&conn->config, "endpoint_url").len > 0)
        return;
    endpoints->all = cl_map_get(&access->found.endpoints, "endpoint_url");
    for (size_t i = 0; i < AWS_SERVICE_COUNT; i++) {
        if (endpoints->services[i] == NULL) {
            endpoints->services[i] =
                cl_map_get(&access->found.endpoints, aws_endpoint_attr((enum aws_service)i));
        }
    }
}

static enum cl_code find_implicit(const struct cl_call *call, const struct cl_connector *conn,
                                  struct aws_access *access, struct cl_err *err)
{
    struct aws_found *found = &access->found;

    CL_TRY(check_gate(call, err));
    if (aws_chain_find(call->world, cl_config_text(&conn->config, "profile_name"), found, err) !=
        CL_OK)
        return cl_err_wrap(err, "cannot use implicit credentials");
    access->config.credentials =
        (struct aws_credentials){.access_key_id = found->access_key_id,
                                 .secret_access_key = found->secret_access_key,
                                 .session_token = found->session_token};
    access->expires_at = found->expires_at;
    if (found->session_token != NULL && found->expires_at == 0)
        access->expires_at = cl_world_now_s(call->world) + ASSUMED_LIFE_S;
    use_found_endpoints(conn, access);
    CL_TRY(aws_assume_found(call, &access->config, found, &access->session, err));
    if (access->session.access_key_id != NULL)
        use_session(access);
    return CL_OK;
}

static void add_found(const struct aws_found *found, struct cl_buf *ret)
{
    cl_buf_add(ret, cl_secret_expose(found->access_key_id));
    for (size_t i = 0; i < found->role_count; i++) {
        const struct aws_found_role *role = &found->roles[i];
        cl_buf_addf(ret, "\n%s\n%s\n%s", role->role_arn,
                    role->external_id == NULL ? "" : role->external_id,
                    role->role_session_name == NULL ? "" : role->role_session_name);
    }
    for (size_t i = 0; i < found->endpoints.count; i++) {
        cl_buf_addf(ret, "\n%s\n%s", found->endpoints.entries[i].key,
                    found->endpoints.entries[i].value);
    }
}

enum cl_code aws_surroundings(const struct cl_call *call, const struct cl_connector *conn,
                              struct cl_buf *ret, struct cl_err *err)
{
    struct aws_found found = {.profile = NULL};
    struct cl_str profile = cl_config_text(&conn->config, "profile_name");

    if (!aws_method_is(conn, "implicit"))
        return CL_OK;
    CL_TRY(check_gate(call, err));
    enum cl_code code = aws_chain_find(call->world, profile, &found, err);
    if (code == CL_OK)
        add_found(&found, ret);
    aws_found_cleanup(&found);
    return code == CL_OK ? cl_buf_ok(ret, err)
                         : cl_err_wrap(err, "cannot use implicit credentials");
}

enum cl_code aws_access_source(const struct cl_call *call, const struct cl_connector *conn,
                               struct aws_access *access, struct cl_err *err)
{
    CL_TRY(prepare(call, conn, access, err));
    return aws_method_is(conn, "implicit") ? find_implicit(call, conn, access, err) : CL_OK;
}

/* --- minting ------------------------------------------------------------------------------- */

static int64_t wanted_ttl(const struct cl_connector *conn, const struct aws_use *use)
{
    if (use->ttl_s > 0)
        return use->ttl_s;
    return conn->expiration_seconds > 0 ? conn->expiration_seconds : conn->method->default_ttl_s;
}

/* Replaces the session that the request was signed with. */
static void adopt(struct aws_access *access, struct aws_session *session)
{
    aws_session_cleanup(&access->session);
    access->session = *session;
    use_session(access);
}

static enum cl_code mint_role(const struct cl_call *call, const struct cl_connector *conn,
                              const struct aws_use *use, struct aws_access *access,
                              struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(128);
    CL_AUTO(aws_use_policy) struct aws_use_policy policy = {.arns = NULL};
    struct aws_session session = AWS_SESSION_NONE;
    struct cl_str role = cl_config_text(&conn->config, "role_arn");

    CL_TRY(aws_use_policy_make(conn, use, &policy, err));
    aws_add_session_name(&name, conn);
    CL_TRY(cl_buf_ok(&name, err));
    struct aws_assume_role request = {.role_arn = role,
                                      .session_name = cl_buf_view(&name),
                                      .duration_s = wanted_ttl(conn, use),
                                      .policy = cl_str_of(policy.inline_json),
                                      .policy_arns = policy.arns,
                                      .external_id = cl_config_text(&conn->config, "external_id"),
                                      .source_identity =
                                          cl_config_text(&conn->config, "source_identity")};
    if (aws_sts_assume_role(call, &access->config, &request, &session, err) != CL_OK)
        return cl_err_wrap(err, "cannot assume IAM role %.*s", CL_STR_ARG(role));
    access->narrowed = policy.automatic && use->id != NULL;
    adopt(access, &session);
    return CL_OK;
}

static enum cl_code mint_session_token(const struct cl_call *call, int64_t ttl_s,
                                       struct aws_access *access, struct cl_err *err)
{
    struct aws_session session = AWS_SESSION_NONE;

    if (aws_sts_get_session_token(call, &access->config, ttl_s, &session, err) != CL_OK)
        return cl_err_wrap(err, "cannot get a session token");
    adopt(access, &session);
    return CL_OK;
}

static enum cl_code mint_federation(const struct cl_call *call, const struct cl_connector *conn,
                                    const struct aws_use *use, struct aws_access *access,
                                    struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(64);
    CL_AUTO(aws_use_policy) struct aws_use_policy policy = {.arns = NULL};
    struct aws_session session = AWS_SESSION_NONE;

    CL_TRY(aws_use_policy_make(conn, use, &policy, err));
    aws_add_federation_name(&name, conn);
    CL_TRY(cl_buf_ok(&name, err));
    struct aws_federation request = {.name = cl_buf_view(&name),
                                     .duration_s = wanted_ttl(conn, use),
                                     .policy = cl_str_of(policy.inline_json),
                                     .policy_arns = policy.arns};
    if (aws_sts_get_federation_token(call, &access->config, &request, &session, err) != CL_OK)
        return cl_err_wrap(err, "cannot get a federation token");
    access->narrowed = policy.automatic && use->id != NULL;
    adopt(access, &session);
    return CL_OK;
}

/* Keys of the environment are not handed out: a session is minted from them first. */
static enum cl_code mint_implicit(const struct cl_call *call, const struct cl_connector *conn,
                                  const struct aws_use *use, struct aws_access *access,
                                  struct cl_err *err)
{
    if (cl_config_text(&conn->config, "role_arn").len > 0)
        return mint_role(call, conn, use, access, err);
    if (use->for_client && access->config.credentials.session_token == NULL)
        return mint_session_token(call, wanted_ttl(conn, use), access, err);
    return CL_OK;
}

enum cl_code aws_access_mint(const struct cl_call *call, const struct cl_connector *conn,
                             const struct aws_use *use, struct aws_access *access,
                             struct cl_err *err)
{
    if (aws_method_is(conn, "implicit"))
        return mint_implicit(call, conn, use, access, err);
    if (aws_method_is(conn, "iam-role"))
        return mint_role(call, conn, use, access, err);
    if (aws_method_is(conn, "session-token"))
        return mint_session_token(call, wanted_ttl(conn, use), access, err);
    if (aws_method_is(conn, "federation-token"))
        return mint_federation(call, conn, use, access, err);
    return CL_OK; /* secret-key and sts-token are used as they are */
}

enum cl_code aws_access_open(const struct cl_call *call, const struct cl_connector *conn,
                             const struct aws_use *use, struct aws_access *access,
                             struct cl_err *err)
{
    CL_TRY(aws_access_source(call, conn, access, err));
    return aws_access_mint(call, conn, use, access, err);
}
