#include "base/time.h"
#include "codec/jwt.h"
#include "connectors/kubernetes/discover.h"
#include "interop/exec_plugin.h"

/* Auto-configuration from users that hold no credential, but name a tool that gets some. */

#define OWN_TOOL "cleat"

/* Tools that fetch short-lived tokens, and the connector types that do it themselves. */
static const struct {
    const char *tool; /* command of exec, or name of auth-provider */
    const char *type;
    const char *what;
} tools[] = {
    {"aws", "aws", "an EKS cluster"},
    {"aws-iam-authenticator", "aws", "an EKS cluster"},
    {"gke-gcloud-auth-plugin", "gcp", "a GKE cluster"},
    {"gcp", "gcp", "a GKE cluster"},
    {"kubelogin", "azure", "an AKS cluster"},
    {"azure", "azure", "an AKS cluster"},
};

static struct cl_str base_name(struct cl_str command)
{
    size_t at = command.len;

    while (at > 0 && command.ptr[at - 1] != '/')
        at--;
    return cl_str_skip(command, at);
}

static enum cl_code hint_tool(struct cl_str tool, struct cl_err *err)
{
    for (size_t i = 0; i < CL_COUNT(tools); i++) {
        if (cl_str_eq_c(tool, tools[i].tool)) {
            return cl_err_hint(err,
                               "Register a connector of type '%s' instead: it issues tokens for "
                               "%s by itself. --allow-short-lived keeps one of the tool's.",
                               tools[i].type, tools[i].what);
        }
    }
    if (cl_str_eq_c(tool, OWN_TOOL))
        return cl_err_hint(err, "This entry was written by Cleat: its connector exists already.");
    return cl_err_hint(err, "Make a service account and register its token with type 'kubernetes', "
                            "auth method 'service-account'; or keep what the tool gives until it "
                            "ends with --allow-short-lived.");
}

static enum cl_code refuse_tool(const struct discovering *discovering, const char *how,
                                struct cl_str tool, struct cl_err *err)
{
    (void)cl_err_set(err, CL_E_UNSUPPORTED,
                     "user '%.*s' of '%s' has no credential of its own: it runs %s '%.*s'",
                     CL_STR_ARG(cl_str_first(discovering->context.user_name, 100)),
                     discovering->context.user_path, how,
                     CL_STR_ARG(cl_str_first(base_name(tool), 100)));
    return hint_tool(base_name(tool), err);
}

static bool is_allowed(const struct discovering *discovering)
{
    const char *value = cl_map_get(discovering->request->sources, "allow_short_lived");

    return value != NULL && strcmp(value, "true") == 0;
}

static void add_end(struct cl_buf *text, int64_t expires_at)
{
    if (expires_at == 0) {
        cl_buf_add_c(text, "and does not say when it ends");
    } else {
        cl_buf_add_c(text, "which ends at ");
        cl_buf_add_rfc3339(text, expires_at);
    }
}

/* The command is told, since the file's author chose it and the user ran it. */
static enum cl_code tell_run(struct discovering *discovering, const struct cl_yaml_node *exec,
                             struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(4096);

    cl_buf_add_c(&text, "the credential was got by running '");
    cl_exec_plugin_add_command(exec, &text);
    cl_buf_add_c(&text, "', ");
    add_end(&text, discovering->ret->expires_at);
    CL_TRY(cl_buf_ok(&text, err));
    return cl_strs_add(&discovering->ret->warnings, cl_buf_view(&text), err);
}

static enum cl_code keep_answer(struct discovering *discovering,
                                const struct cl_exec_answer *answer,
                                struct kubernetes_user_parts *parts, struct cl_err *err)
{
    struct cl_str token = cl_secret_expose(answer->token);

    parts->token = answer->token != NULL;
    parts->certificate = answer->certificate != NULL;
    parts->key = answer->key != NULL;
    discovering->ret->expires_at = answer->expires_at;
    if (discovering->ret->expires_at == 0)
        discovering->ret->expires_at = cl_jwt_expires_at(token);
    CL_TRY(kubernetes_found_secret(discovering, "token", token, err));
    CL_TRY(kubernetes_found_secret(discovering, "client_certificate",
                                   cl_secret_expose(answer->certificate), err));
    return kubernetes_found_secret(discovering, "client_key", cl_secret_expose(answer->key), err);
}

static enum cl_code take_exec(struct discovering *discovering, const struct cl_yaml_node *exec,
                              struct kubernetes_user_parts *parts, struct cl_err *err)
{
    CL_AUTO(cl_exec_answer) struct cl_exec_answer answer = {.token = NULL};
    struct cl_str command = cl_yaml_get_text(exec, "command");

    if (!is_allowed(discovering) || cl_str_eq_c(base_name(command), OWN_TOOL))
        return refuse_tool(discovering, "the command", command, err);
    if (cl_exec_plugin_ask(discovering->call->world, discovering->context.user_path, exec, &answer,
                           err) != CL_OK) {
        return cl_err_wrap(err, "'%.300s', line %zu", discovering->context.user_path,
                           cl_yaml_line(exec));
    }
    CL_TRY(keep_answer(discovering, &answer, parts, err));
    return tell_run(discovering, exec, err);
}

/* Only OpenID Connect's still works, and only its token is a credential for the cluster. */
static enum cl_code take_provider(struct discovering *discovering,
                                  const struct cl_yaml_node *provider,
                                  struct kubernetes_user_parts *parts, struct cl_err *err)
{
    struct cl_str name = cl_yaml_get_text(provider, "name");
    struct cl_str token = cl_yaml_get_text(cl_yaml_get(provider, "config"), "id-token");

    if (!is_allowed(discovering) || !cl_str_eq_c(name, "oidc") || token.len == 0)
        return refuse_tool(discovering, "the auth provider", name, err);
    parts->token = true;
    discovering->ret->expires_at = cl_jwt_expires_at(token);
    return kubernetes_found_secret(discovering, "token", token, err);
}

enum cl_code kubernetes_take_tool(struct discovering *discovering,
                                  struct kubernetes_user_parts *parts, struct cl_err *err)
{
    const struct cl_yaml_node *user = discovering->context.user;
    const struct cl_yaml_node *exec = cl_yaml_get(user, "exec");
    const struct cl_yaml_node *provider = cl_yaml_get(user, "auth-provider");

    if (!cl_yaml_is_null(exec))
        return take_exec(discovering, exec, parts, err);
    if (!cl_yaml_is_null(provider))
        return take_provider(discovering, provider, parts, err);
    return CL_OK;
}
