#include "clouds/kubernetes/identity.h"
#include "connectors/kubernetes/access.h"

/*
 * Proving who the credentials belong to. That a server answers proves nothing: everybody may ask
 * for its version, and a password is ignored where none is known. So the server is asked whom it
 * takes us for.
 */

#define TIMEOUT_MS 15000
#define SHOWN_GROUPS_BYTES 1000

struct checking {
    struct cl_call call;
    const struct cl_connector *conn;
    struct kubernetes_access access;
    struct cl_verified *ret;
};

static enum cl_code keep_fact(struct checking *checking, const char *key, const char *value,
                              struct cl_err *err)
{
    if (value == NULL || value[0] == '\0')
        return CL_OK;
    return cl_map_set(&checking->ret->facts, cl_str_of(key), cl_str_of(value), err);
}

static enum cl_code keep_version(struct checking *checking, const struct kube_version *version,
                                 struct cl_err *err)
{
    CL_TRY(keep_fact(checking, "server_version", version->git_version, err));
    return keep_fact(checking, "platform", version->platform, err);
}

static enum cl_code keep_user(struct checking *checking, const struct kube_user *user,
                              struct cl_err *err)
{
    CL_AUTO(cl_string) char *groups = NULL;

    if (user->name == NULL)
        return CL_OK;
    CL_TRY(cl_str_dup(cl_str_of(user->name), &checking->ret->identity, err));
    CL_TRY(keep_fact(checking, "user", user->name, err));
    CL_TRY(cl_strs_join(&user->groups, ", ", &groups, err));
    return strlen(groups) > SHOWN_GROUPS_BYTES ? CL_OK : keep_fact(checking, "groups", groups, err);
}

static enum cl_code judge(const struct checking *checking, const struct kube_user *user,
                          struct cl_err *err)
{
    struct cl_str place = kube_place(checking->access.config.server);

    if (!kube_user_is_anonymous(user) || cl_config_bool(&checking->conn->config, "allow_anonymous"))
        return CL_OK;
    return cl_err_set(err, CL_E_REJECTED,
                      "'%.*s' did not accept the credential and took the request for an anonymous "
                      "one",
                      CL_STR_ARG(cl_str_first(place, 260)));
}

static enum cl_code check_identity(struct checking *checking, const struct kube_config *config,
                                   struct cl_err *err)
{
    struct kube_user user = {.name = NULL};

    enum cl_code code = kube_who_am_i(&checking->call, config, &user, err);
    if (code == CL_OK)
        code = judge(checking, &user, err);
    if (code == CL_OK)
        code = keep_user(checking, &user, err);
    kube_user_cleanup(&user);
    return code;
}

/* --- service accounts ---------------------------------------------------------------------- */

/* What issuing will need beside the token itself. Asked, not tried: nothing is left behind. */
static enum cl_code check_secrets(struct checking *checking, struct cl_err *err)
{
    const struct cl_config *config = &checking->conn->config;
    struct cl_str ns = cl_config_text(config, "service_account_namespace");
    static const struct cl_str verbs[] = {CL_STR_INIT("create"), CL_STR_INIT("delete")};

    if (!cl_config_bool(config, "bound_secret"))
        return CL_OK;
    for (size_t i = 0; i < CL_COUNT(verbs); i++) {
        const struct kube_action action = {
            .verb = verbs[i], .resource = CL_STR("secrets"), .ns = ns};
        bool allowed = false;
        CL_TRY(kube_may(&checking->call, &checking->access.config, &action, &allowed, err));
        if (!allowed) {
            (void)cl_err_set(err, CL_E_DENIED,
                             "bound_secret needs the permission to %.*s Secrets in namespace "
                             "'%.*s'",
                             CL_STR_ARG(verbs[i]), CL_STR_ARG(ns));
            return cl_err_hint(err, "Grant create and delete on 'secrets', or unset "
                                    "bound_secret.");
        }
    }
    return CL_OK;
}

static enum cl_code take_warnings(struct checking *checking, const struct kube_token *token,
                                  struct cl_err *err)
{
    for (size_t i = 0; i < token->warnings.count; i++)
        CL_TRY(cl_strs_add(&checking->ret->warnings, cl_str_of(token->warnings.items[i]), err));
    return CL_OK;
}

/* A token for another audience cannot prove anything to the API server. */
static enum cl_code check_token(struct checking *checking, const struct kube_token *token,
                                struct cl_err *err)
{
    CL_TRY(take_warnings(checking, token, err));
    if (!kubernetes_is_for_api_server(checking->conn))
        return check_identity(checking, &checking->access.config, err);
    const struct kube_config config = kubernetes_config_of_token(&checking->access, token);
    return check_identity(checking, &config, err);
}

/* One token of the least life, and whom the server takes its bearer for. */
static enum cl_code check_target(struct checking *checking, struct cl_err *err)
{
    const struct kube_token_request request =
        kubernetes_token_request(checking->conn, KUBE_TOKEN_MIN_S);
    struct kube_token token = {.token = NULL};

    enum cl_code code =
        kube_request_token(&checking->call, &checking->access.config, &request, &token, err);
    if (code == CL_OK && token.token == NULL)
        code = cl_err_set(err, CL_E_PROVIDER, "the server issued no token");
    if (code == CL_OK)
        code = check_token(checking, &token, err);
    kube_token_cleanup(&token);
    return code == CL_OK ? check_secrets(checking, err) : code;
}

/* ------------------------------------------------------------------------------------------- */

static enum cl_code check(struct checking *checking, struct cl_err *err)
{
    const struct kube_config *config = &checking->access.config;
    struct kube_version version = {.git_version = ""};

    CL_TRY(kubernetes_access_open(&checking->call, checking->conn, &checking->access, err));
    CL_TRY(kube_get_version(&checking->call, config, &version, err));
    CL_TRY(kubernetes_issues_tokens(checking->conn) ? check_target(checking, err)
                                                    : check_identity(checking, config, err));
    if (config->insecure) {
        CL_TRY(cl_strs_add(&checking->ret->warnings,
                           CL_STR("insecure: the server's certificate was not verified"), err));
    }
    return keep_version(checking, &version, err);
}

enum cl_code kubernetes_verify(const struct cl_call *call, const struct cl_connector *conn,
                               const struct cl_scope *scope, struct cl_verified *ret,
                               struct cl_err *err)
{
    struct checking checking = {.call = cl_call_within(call, TIMEOUT_MS),
                                .conn = conn,
                                .access = KUBERNETES_ACCESS_NONE,
                                .ret = ret};

    if (scope->authenticated) /* there is one resource, and it has just been asked */
        return CL_OK;
    enum cl_code code = check(&checking, err);
    kubernetes_access_cleanup(&checking.access);
    return code;
}
