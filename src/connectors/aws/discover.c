#include "base/alloc.h"
#include "connectors/aws/access.h"

/* Auto-configuration: what was found decides which auth method keeps it best (aws.md §6). */

#define ROLE_LIFE_S 3600
#define SESSION_LIFE_S 43200

struct discovering {
    const struct cl_call *call;
    const struct cl_discover_request *request;
    struct aws_found found;
    struct cl_discovered *ret;
};

/* --- what was asked for -------------------------------------------------------------------- */

static bool wants(const struct discovering *discovering, const char *method)
{
    return discovering->request->method != NULL &&
           strcmp(discovering->request->method->id, method) == 0;
}

static bool wants_any(const struct discovering *discovering)
{
    return discovering->request->method == NULL;
}

/* A configuration argument; it is laid over what is discovered, so it also decides here. */
static struct cl_str argument(const struct discovering *discovering, const char *name)
{
    const struct cl_input *input = discovering->request->input;

    for (size_t i = 0; input != NULL && i < input->count; i++) {
        if (strcmp(input->entries[i].name, name) == 0)
            return cl_secret_expose(input->entries[i].value);
    }
    return CL_STR_NONE;
}

/* --- filling the configuration ------------------------------------------------------------- */

static enum cl_code set_method(struct discovering *discovering, const char *method,
                               int64_t expiration_s, struct cl_err *err)
{
    discovering->ret->expiration_seconds = expiration_s;
    return cl_str_dup(cl_str_of(method), &discovering->ret->auth_method, err);
}

static enum cl_code set_copy(struct discovering *discovering, const char *attr,
                             const struct cl_secret *value, struct cl_err *err)
{
    struct cl_secret *copy = NULL;

    if (value == NULL)
        return CL_OK;
    CL_TRY(cl_secret_copy(value, &copy, err));
    return cl_config_set_secret_take(&discovering->ret->config, attr, copy, err);
}

static enum cl_code set_keys(struct discovering *discovering,
                             const struct aws_credentials *credentials, struct cl_err *err)
{
    CL_TRY(set_copy(discovering, "aws_access_key_id", credentials->access_key_id, err));
    CL_TRY(set_copy(discovering, "aws_secret_access_key", credentials->secret_access_key, err));
    return set_copy(discovering, "aws_session_token", credentials->session_token, err);
}

static enum cl_code set_text(struct discovering *discovering, const char *attr, const char *text,
                             struct cl_err *err)
{
    if (text == NULL)
        return CL_OK;
    return cl_config_set_text(&discovering->ret->config, attr, cl_str_of(text), err);
}

static enum cl_code set_places(struct discovering *discovering, struct cl_err *err)
{
    const struct aws_found *found = &discovering->found;

    if (found->region == NULL && argument(discovering, "region").len == 0) {
        (void)cl_err_set(err, CL_E_INVALID,
                         "the AWS region was not given and could not be determined");
        return cl_err_hint(err, "pass --region=REGION, or set AWS_REGION or the profile's region");
    }
    CL_TRY(set_text(discovering, "region", found->region, err));
    for (size_t i = 0; i < found->endpoints.count; i++) {
        CL_TRY(set_text(discovering, found->endpoints.entries[i].key,
                        found->endpoints.entries[i].value, err));
    }
    return CL_OK;
}

static struct aws_credentials found_credentials(const struct aws_found *found)
{
    return (struct aws_credentials){.access_key_id = found->access_key_id,
                                    .secret_access_key = found->secret_access_key,
                                    .session_token = found->session_token};
}

/* --- asking STS ---------------------------------------------------------------------------- */

/* Arguments are laid over what is stored, so they also say where to ask now. The bytes of a secret
 * are NUL-terminated. */
static void lay_over(const struct discovering *discovering, struct aws_config *config)
{
    struct cl_str region = argument(discovering, "region");
    struct cl_str all = argument(discovering, "endpoint_url");
    struct cl_str sts = argument(discovering, "sts_endpoint_url");
    struct cl_str bundle = cl_world_env(discovering->call->world, "AWS_CA_BUNDLE");

    if (region.len > 0)
        config->region = region.ptr;
    if (all.len > 0)
        config->endpoints.all = all.ptr;
    if (sts.len > 0)
        config->endpoints.services[AWS_STS] = sts.ptr;
    if (bundle.len > 0)
        config->ca_file = bundle.ptr;
}

/* A connector that is not there yet, for its endpoints and region. */
static enum cl_code with_config(struct discovering *discovering,
                                enum cl_code (*use)(struct discovering *discovering,
                                                    const struct aws_config *config,
                                                    struct cl_err *err),
                                struct cl_err *err)
{
    CL_AUTO(aws_signer) struct aws_signer *signer = NULL;
    struct cl_connector shell = {.config = discovering->ret->config}; /* borrowed */

    CL_TRY(aws_signer_new(&signer, err));
    struct aws_config config = aws_config_of(&shell, signer);
    lay_over(discovering, &config);
    config.credentials = found_credentials(&discovering->found);
    return use(discovering, &config, err);
}

static enum cl_code keep_session(struct discovering *discovering, struct aws_session *session,
                                 struct cl_err *err)
{
    struct aws_credentials credentials = aws_session_credentials(session);

    discovering->ret->expires_at = session->expires_at;
    CL_TRY(set_keys(discovering, &credentials, err));
    return set_method(discovering, "sts-token", 0, err);
}

static enum cl_code assume_and_keep(struct discovering *discovering,
                                    const struct aws_config *config, struct cl_err *err)
{
    struct aws_session session = AWS_SESSION_NONE;

    enum cl_code code =
        aws_assume_found(discovering->call, config, &discovering->found, &session, err);
    if (code == CL_OK)
        code = keep_session(discovering, &session, err);
    aws_session_cleanup(&session);
    return code;
}

static enum cl_code mint_and_keep(struct discovering *discovering, const struct aws_config *config,
                                  struct cl_err *err)
{
    struct aws_session session = AWS_SESSION_NONE;

    enum cl_code code =
        aws_sts_get_session_token(discovering->call, config, SESSION_LIFE_S, &session, err);
    if (code != CL_OK)
        return cl_err_wrap(err, "cannot get a session token");
    code = keep_session(discovering, &session, err);
    aws_session_cleanup(&session);
    return code;
}

/* --- decisions ----------------------------------------------------------------------------- */

static enum cl_code unsupported(const struct discovering *discovering, const char *what,
                                struct cl_err *err)
{
    return cl_err_set(err, CL_E_UNSUPPORTED,
                      "%s were found, which cannot configure auth method '%s'", what,
                      discovering->request->method->id);
}

static enum cl_code warn(struct discovering *discovering, const char *sentence, struct cl_err *err)
{
    return cl_strs_add(&discovering->ret->warnings, cl_str_of(sentence), err);
}

/* One role above a long-lived key is what iam-role stores; anything deeper ends as a token. */
static enum cl_code decide_role(struct discovering *discovering, struct cl_err *err)
{
    const struct aws_found *found = &discovering->found;
    const struct aws_found_role *role = &found->roles[0];
    bool storable = found->role_count == 1 && found->session_token == NULL;

    if (!wants_any(discovering) && !wants(discovering, "iam-role") &&
        !wants(discovering, "sts-token"))
        return unsupported(discovering, "credentials of an IAM role", err);
    if (storable && !wants(discovering, "sts-token")) {
        struct aws_credentials credentials = found_credentials(found);
        CL_TRY(set_keys(discovering, &credentials, err));
        CL_TRY(set_text(discovering, "role_arn", role->role_arn, err));
        CL_TRY(set_text(discovering, "external_id", role->external_id, err));
        CL_TRY(set_text(discovering, "role_session_name", role->role_session_name, err));
        return set_method(discovering, "iam-role",
                          role->duration_s > 0 ? role->duration_s : ROLE_LIFE_S, err);
    }
    if (wants(discovering, "iam-role")) {
        return unsupported(discovering, "a role whose source credentials are temporary or roles",
                           err);
    }
    CL_TRY(with_config(discovering, assume_and_keep, err));
    if (storable) /* a token was asked for */
        return CL_OK;
    return warn(discovering,
                "the profile's role has temporary source credentials or another role as its "
                "source: the current token is stored, which cannot be renewed",
                err);
}

static enum cl_code decide_temporary(struct discovering *discovering, struct cl_err *err)
{
    const struct aws_found *found = &discovering->found;
    struct aws_credentials credentials = found_credentials(found);

    if (!wants_any(discovering) && !wants(discovering, "sts-token"))
        return unsupported(discovering, "temporary credentials", err);
    CL_TRY(set_keys(discovering, &credentials, err));
    discovering->ret->expires_at = found->expires_at;
    if (found->expires_at == 0) {
        discovering->ret->expires_at = cl_world_now_s(discovering->call->world) + ROLE_LIFE_S;
        CL_TRY(warn(discovering,
                    "it is not known when the token that was found expires: one hour is assumed "
                    "(--expires-at says otherwise)",
                    err));
    }
    return set_method(discovering, "sts-token", 0, err);
}

static enum cl_code decide_long_lived(struct discovering *discovering, struct cl_err *err)
{
    struct aws_credentials credentials = found_credentials(&discovering->found);
    bool has_role = argument(discovering, "role_arn").len > 0;

    if (wants(discovering, "sts-token"))
        return with_config(discovering, mint_and_keep, err);
    if (wants(discovering, "iam-role") && !has_role) {
        return cl_err_set(err, CL_E_MISSING_ATTRIBUTE,
                          "auth method 'iam-role' needs --role_arn=ARN: no role was found");
    }
    CL_TRY(set_keys(discovering, &credentials, err));
    if (wants(discovering, "iam-role") || (wants_any(discovering) && has_role))
        return set_method(discovering, "iam-role", ROLE_LIFE_S, err);
    if (wants(discovering, "secret-key"))
        return set_method(discovering, "secret-key", 0, err);
    if (wants(discovering, "federation-token"))
        return set_method(discovering, "federation-token", SESSION_LIFE_S, err);
    return set_method(discovering, "session-token", SESSION_LIFE_S, err);
}

/* Nothing is lifted: the process that runs the connector looks for itself. */
static enum cl_code decide_implicit(struct discovering *discovering, struct cl_err *err)
{
    if (discovering->found.profile_given)
        CL_TRY(set_text(discovering, "profile_name", discovering->found.profile, err));
    return set_method(discovering, "implicit", 0, err);
}

/* --- report -------------------------------------------------------------------------------- */

/* "long-lived key AKIA…MPLE (credentials file, profile default)": enough to recognise it. */
static enum cl_code describe_source(struct discovering *discovering, struct cl_err *err)
{
    static const char *const places[] = {[AWS_FOUND_ENVIRONMENT] = "environment variables",
                                         [AWS_FOUND_CREDENTIALS_FILE] = "credentials file",
                                         [AWS_FOUND_CONFIG_FILE] = "config file"};
    const struct aws_found *found = &discovering->found;
    struct cl_str id = cl_secret_expose(found->access_key_id);
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(1024);

    cl_buf_add_c(&text, found->session_token != NULL ? "temporary key " : "long-lived key ");
    if (id.len >= 16)
        cl_buf_addf(&text, "%.*s…%.*s", 4, id.ptr, 4, id.ptr + id.len - 4);
    cl_buf_addf(&text, " (%s", places[found->provider]);
    if (found->provider != AWS_FOUND_ENVIRONMENT)
        cl_buf_addf(&text, ", profile %s", found->profile);
    if (found->role_count > 0)
        cl_buf_addf(&text, ", role %s", found->roles[found->role_count - 1].role_arn);
    cl_buf_add_c(&text, ")");
    return cl_buf_take(&text, &discovering->ret->source, err);
}

static void move_notes(struct discovering *discovering)
{
    struct aws_found *found = &discovering->found;

    discovering->ret->looked_at = found->looked_at;
    found->looked_at = CL_STRS_NONE;
    discovering->ret->warnings = found->warnings;
    found->warnings = CL_STRS_NONE;
}

static enum cl_code decide(struct discovering *discovering, struct cl_err *err)
{
    CL_TRY(set_places(discovering, err));
    if (wants(discovering, "implicit"))
        return decide_implicit(discovering, err);
    CL_TRY(describe_source(discovering, err));
    if (discovering->found.role_count > 0)
        return decide_role(discovering, err);
    if (discovering->found.session_token != NULL)
        return decide_temporary(discovering, err);
    return decide_long_lived(discovering, err);
}

enum cl_code aws_discover(const struct cl_call *call, const struct cl_discover_request *request,
                          struct cl_discovered *ret, struct cl_err *err)
{
    struct discovering discovering = {.call = call, .request = request, .ret = ret};
    struct cl_str profile = cl_str_of(cl_map_get(request->sources, "profile"));

    enum cl_code code = aws_chain_find(call->world, profile, &discovering.found, err);
    if (code == CL_OK) {
        move_notes(&discovering);
        code = decide(&discovering, err);
    }
    if (code == CL_OK && discovering.found.profile_given)
        ret->profile = CL_MOVE(discovering.found.profile);
    aws_found_cleanup(&discovering.found);
    return code;
}
