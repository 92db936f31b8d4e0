#include "clouds/kubernetes/identity.h"
#include "connectors/kubernetes/access.h"

/* `verify --check VERB:RESOURCE[/NAMESPACE]`: may whoever receives the credential do this? The
 * cluster is asked, nothing is tried. */

#define FORMS "VERB:RESOURCE[/NAMESPACE], e.g. create:pods/team or get:deployments.apps/team"

static const char resource_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789.-*";

static enum cl_code malformed(struct cl_str what, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf shown = CL_BUF(512);

    cl_buf_add_quoted(&shown, what, 80);
    (void)cl_err_set(err, CL_E_INVALID, "'%.*s' is no question for a cluster",
                     CL_STR_ARG(cl_buf_view(&shown)));
    return cl_err_hint(err, "Ask " FORMS ".");
}

/* RESOURCE, RESOURCE/NAMESPACE or RESOURCE/SUBRESOURCE/NAMESPACE. */
static void split_resource(struct cl_str text, struct kube_action *ret)
{
    struct cl_str rest = CL_STR_NONE;
    struct cl_str third = CL_STR_NONE;
    struct cl_str second = CL_STR_NONE;

    (void)cl_str_cut(text, '/', &ret->resource, &rest);
    if (cl_str_cut(rest, '/', &second, &third)) {
        ret->resource = cl_str_first(text, ret->resource.len + 1 + second.len);
        ret->ns = third;
    } else {
        ret->ns = second;
    }
}

static bool is_resource(struct cl_str text)
{
    struct cl_str name = CL_STR_NONE;
    struct cl_str part = CL_STR_NONE;
    bool has_part = cl_str_cut(text, '/', &name, &part);

    return name.len > 0 && name.len < 254 && cl_str_only(name, resource_bytes) &&
           (!has_part || (part.len > 0 && part.len < 254 && cl_str_only(part, resource_bytes)));
}

static enum cl_code parse(const struct cl_connector *conn, struct cl_str what,
                          struct kube_action *ret, struct cl_err *err)
{
    struct cl_str rest = CL_STR_NONE;
    bool has_verb = cl_str_cut(what, ':', &ret->verb, &rest);

    split_resource(rest, ret);
    if (ret->ns.len == 0 && !cl_str_ends(rest, CL_STR("/")))
        ret->ns = cl_config_text(&conn->config, "namespace");
    if (!has_verb || ret->verb.len == 0 || ret->verb.len > 63 ||
        !cl_str_only(ret->verb, "abcdefghijklmnopqrstuvwxyz*") || !is_resource(ret->resource) ||
        (ret->ns.len > 0 && !kube_is_label(ret->ns)) || cl_str_ends(rest, CL_STR("/")))
        return malformed(what, err);
    return CL_OK;
}

static enum cl_code ask(const struct cl_call *call, const struct kube_config *config,
                        const struct kube_action *action, struct cl_err *err)
{
    bool allowed = false;

    CL_TRY(kube_may(call, config, action, &allowed, err));
    if (allowed)
        return CL_OK;
    return cl_err_set(err, CL_E_DENIED, "the cluster does not allow to %.*s %.*s%s%.*s",
                      CL_STR_ARG(action->verb), CL_STR_ARG(action->resource),
                      action->ns.len > 0 ? " in namespace " : "", CL_STR_ARG(action->ns));
}

/* Clients act with a token of the account, so it is the account that is asked about. */
static enum cl_code ask_as_target(const struct cl_call *call, const struct cl_connector *conn,
                                  const struct kubernetes_access *access,
                                  const struct kube_action *action, struct cl_err *err)
{
    const struct kube_token_request request = kubernetes_token_request(conn, KUBE_TOKEN_MIN_S);
    struct kube_token token = {.token = NULL};
    struct kube_config config = {.server = CL_STR_NONE};

    enum cl_code code = kube_request_token(call, &access->config, &request, &token, err);
    if (code == CL_OK && token.token == NULL)
        code = cl_err_set(err, CL_E_PROVIDER, "the server issued no token");
    if (code == CL_OK) {
        config = kubernetes_config_of_token(access, &token);
        code = ask(call, &config, action, err);
    }
    kube_token_cleanup(&token);
    return code;
}

enum cl_code kubernetes_check(const struct cl_call *call, const struct cl_connector *conn,
                              const struct cl_scope *scope, struct cl_str what, struct cl_err *err)
{
    struct kubernetes_access access = KUBERNETES_ACCESS_NONE;
    struct kube_action action = {.verb = CL_STR_NONE};

    (void)scope; /* there is one resource */
    CL_TRY(parse(conn, what, &action, err));
    enum cl_code code = kubernetes_access_open(call, conn, &access, err);
    if (code == CL_OK) {
        code = kubernetes_issues_tokens(conn) && kubernetes_is_for_api_server(conn)
                   ? ask_as_target(call, conn, &access, &action, err)
                   : ask(call, &access.config, &action, err);
    }
    kubernetes_access_cleanup(&access);
    return code;
}
