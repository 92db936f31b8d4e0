#include "connectors/kubernetes/discover.h"
#include "base/alloc.h"
#include "codec/url.h"
#include "connectors/kubernetes/access.h"
#include "connectors/kubernetes/pod.h"

/* Auto-configuration from the kubeconfig that kubectl uses, or from the pod around us. */

#define VALUE_MAX_BYTES ((size_t)1 << 20U)

static bool wants(const struct discovering *discovering, const char *method)
{
    return discovering->request->method != NULL &&
           strcmp(discovering->request->method->id, method) == 0;
}

static enum cl_code warn(struct discovering *discovering, const char *sentence, struct cl_err *err)
{
    return cl_strs_add(&discovering->ret->warnings, cl_str_of(sentence), err);
}

static enum cl_code set_text(struct discovering *discovering, const char *attr, struct cl_str value,
                             struct cl_err *err)
{
    return value.len == 0 ? CL_OK : cl_config_set_text(&discovering->ret->config, attr, value, err);
}

enum cl_code kubernetes_found_secret(struct discovering *discovering, const char *attr,
                                     struct cl_str value, struct cl_err *err)
{
    struct cl_secret *secret = NULL;

    if (value.len == 0)
        return CL_OK;
    CL_TRY(cl_secret_new(value, &secret, err));
    return cl_config_set_secret_take(&discovering->ret->config, attr, secret, err);
}

/* --- certificates and keys ----------------------------------------------------------------- */

/* Where a certificate or key stands: `KEY-data`, or the file that `KEY` names. */
struct pem_place {
    const char *path; /* of the kubeconfig */
    const struct cl_yaml_node *entry;
    const char *key;
};

/* What is broken is told here with its place; later it would only be an attribute. */
static enum cl_code refuse_pem(const struct pem_place *place, const struct cl_err *why,
                               struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf data_key = CL_BUF(128);

    if (why->code == CL_E_FAILED)
        return cl_err_no_memory(err);
    cl_buf_addf(&data_key, "%s-data", place->key);
    CL_TRY(cl_buf_ok(&data_key, err));
    const struct cl_yaml_node *data = cl_yaml_get(place->entry, data_key.ptr);
    if (cl_yaml_text(data).len > 0) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "'%.300s', line %zu: %s is %s", place->path,
                          cl_yaml_line(data), data_key.ptr, why->text);
    }
    return cl_err_set(err, CL_E_LOCAL_CONFIG, "'%.300s', line %zu: the file that %s names is %s",
                      place->path, cl_yaml_line(cl_yaml_get(place->entry, place->key)), place->key,
                      why->text);
}

static enum cl_code read_pem(const struct discovering *discovering, const struct pem_place *place,
                             struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf decoded = CL_BUF_SECRET(KUBERNETES_PEM_MAX_BYTES);
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(cl_kube_merged_read(discovering->call->world, place->path, place->entry, place->key, ret,
                               err));
    if (ret->len > 0 && kubernetes_decode_pem(cl_buf_view(ret), &decoded, &why) != CL_OK)
        return refuse_pem(place, &why, err);
    return CL_OK;
}

/* --- the cluster --------------------------------------------------------------------------- */

static bool is_on_this_machine(const struct cl_url *url)
{
    return cl_url_is_loopback(url) || cl_str_eq_c(url->host, "0.0.0.0");
}

static enum cl_code take_server(struct discovering *discovering, struct cl_err *err)
{
    struct cl_str server = cl_yaml_get_text(discovering->context.cluster, "server");
    struct cl_url url = {.port = 0};
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(set_text(discovering, "server", server, err));
    if (cl_url_parse(server, &url, &why) != CL_OK) {
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "the server of cluster '%.*s' of '%s': %s",
                          CL_STR_ARG(cl_str_first(discovering->context.cluster_name, 100)),
                          discovering->context.cluster_path, why.text);
    }
    if (is_on_this_machine(&url)) {
        CL_TRY(warn(discovering,
                    "the cluster's address is one of this machine: nobody else reaches it there",
                    err));
    }
    return set_text(discovering, "cluster_name", url.host, err);
}

static enum cl_code take_ca(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf ca = CL_BUF(VALUE_MAX_BYTES);
    const struct cl_kube_context *context = &discovering->context;

    const struct pem_place place = {context->cluster_path, context->cluster,
                                    "certificate-authority"};

    CL_TRY(read_pem(discovering, &place, &ca, err));
    CL_TRY(set_text(discovering, "certificate_authority", cl_buf_view(&ca), err));
    if (!cl_yaml_is_true(cl_yaml_get(context->cluster, "insecure-skip-tls-verify")))
        return CL_OK;
    return cl_config_set_bool(&discovering->ret->config, "insecure", true, err);
}

static enum cl_code take_cluster(struct discovering *discovering, struct cl_err *err)
{
    const struct cl_kube_context *context = &discovering->context;

    CL_TRY(take_server(discovering, err));
    CL_TRY(take_ca(discovering, err));
    CL_TRY(set_text(discovering, "tls_server_name",
                    cl_yaml_get_text(context->cluster, "tls-server-name"), err));
    CL_TRY(
        set_text(discovering, "proxy_url", cl_yaml_get_text(context->cluster, "proxy-url"), err));
    return set_text(discovering, "namespace", context->kube_namespace, err);
}

/* --- the user ------------------------------------------------------------------------------ */

static enum cl_code refuse_token_file(const struct cl_kube_context *context, struct cl_err *err)
{
    if (err->code == CL_E_NOT_FOUND || err->code == CL_E_INVALID)
        err->code = CL_E_LOCAL_CONFIG;
    return cl_err_wrap(err, "'%.300s', line %zu: tokenFile", context->user_path,
                       cl_yaml_line(cl_yaml_get(context->user, "tokenFile")));
}

/* The file wins over the text, as in kubectl. */
static enum cl_code take_token(struct discovering *discovering, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(VALUE_MAX_BYTES);
    CL_AUTO(cl_string) char *path = NULL;
    const struct cl_world *world = discovering->call->world;
    const struct cl_kube_context *context = &discovering->context;
    struct cl_str file = cl_yaml_get_text(context->user, "tokenFile");

    if (file.len > 0) {
        CL_TRY(cl_kube_merged_resolve(context->user_path, file, &path, err));
        if (world->read_file(world->ctx, path, &text, err) != CL_OK)
            return refuse_token_file(context, err);
    } else {
        cl_buf_add(&text, cl_yaml_get_text(context->user, "token"));
    }
    CL_TRY(cl_buf_ok(&text, err));
    struct cl_str token = kubernetes_trim_token(cl_buf_view(&text));
    *ret = token.len > 0;
    return kubernetes_found_secret(discovering, "token", token, err);
}

static enum cl_code take_pem(struct discovering *discovering, const char *key, const char *attr,
                             bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(VALUE_MAX_BYTES);
    const struct cl_kube_context *context = &discovering->context;

    const struct pem_place place = {context->user_path, context->user, key};

    CL_TRY(read_pem(discovering, &place, &text, err));
    *ret = text.len > 0;
    return kubernetes_found_secret(discovering, attr, cl_buf_view(&text), err);
}

static enum cl_code take_password(struct discovering *discovering, bool *ret, struct cl_err *err)
{
    const struct cl_yaml_node *user = discovering->context.user;
    struct cl_str name = cl_yaml_get_text(user, "username");
    struct cl_str password = cl_yaml_get_text(user, "password");

    *ret = name.len > 0 && password.len > 0;
    if (!*ret)
        return CL_OK;
    CL_TRY(kubernetes_found_secret(discovering, "username", name, err));
    return kubernetes_found_secret(discovering, "password", password, err);
}

/* Without them the cluster would take the requests for another's, who may do other things. */
static enum cl_code refuse_more_impersonation(const struct cl_kube_context *context,
                                              struct cl_err *err)
{
    static const char *const keys[] = {"as-uid", "as-user-extra"};

    for (size_t i = 0; i < CL_COUNT(keys); i++) {
        const struct cl_yaml_node *node = cl_yaml_get(context->user, keys[i]);
        if (!cl_yaml_is_null(node)) {
            return cl_err_set(err, CL_E_UNSUPPORTED,
                              "'%.300s', line %zu: '%s' of user '%.*s' cannot be taken over",
                              context->user_path, cl_yaml_line(node), keys[i],
                              CL_STR_ARG(cl_str_first(context->user_name, 100)));
        }
    }
    return CL_OK;
}

static enum cl_code take_impersonation(struct discovering *discovering, struct cl_err *err)
{
    CL_AUTO(cl_strs) struct cl_strs groups = CL_STRS_NONE;
    const struct cl_yaml_node *user = discovering->context.user;

    CL_TRY(refuse_more_impersonation(&discovering->context, err));
    CL_TRY(set_text(discovering, "as_user", cl_yaml_get_text(user, "as"), err));
    for (const struct cl_yaml_node *item = cl_yaml_first(cl_yaml_get(user, "as-groups"));
         item != NULL; item = cl_yaml_next(item))
        CL_TRY(cl_strs_add(&groups, cl_yaml_text(item), err));
    return groups.count == 0
               ? CL_OK
               : cl_config_set_list(&discovering->ret->config, "as_groups", &groups, err);
}

/* --- which method keeps it ----------------------------------------------------------------- */

static const char *describe_parts(const struct kubernetes_user_parts *parts)
{
    if (parts->token && parts->certificate)
        return "token and client certificate";
    if (parts->token)
        return "token";
    if (parts->certificate)
        return "client certificate";
    return parts->password ? "user name and password" : "no credential";
}

static bool has_any(const struct kubernetes_user_parts *parts)
{
    return parts->token || parts->certificate || parts->password;
}

static bool can_keep(const struct discovering *discovering,
                     const struct kubernetes_user_parts *parts)
{
    if (discovering->request->method == NULL || wants(discovering, "token"))
        return discovering->request->method == NULL || !parts->password;
    if (wants(discovering, "password"))
        return parts->password;
    if (wants(discovering, "client-certificate"))
        return parts->certificate && !parts->token;
    return parts->certificate || parts->token; /* service-account: as its base */
}

static enum cl_code choose_method(struct discovering *discovering,
                                  const struct kubernetes_user_parts *parts, struct cl_err *err)
{
    const struct cl_kube_context *context = &discovering->context;
    const char *method = parts->password ? "password" : "token";

    if (!can_keep(discovering, parts)) {
        return cl_err_set(
            err, CL_E_UNSUPPORTED, "user '%.*s' has %s%s, which cannot configure auth method '%s'",
            CL_STR_ARG(cl_str_first(context->user_name, 100)), has_any(parts) ? "a " : "",
            describe_parts(parts), discovering->request->method->id);
    }
    if (discovering->request->method != NULL)
        method = discovering->request->method->id;
    return cl_str_dup(cl_str_of(method), &discovering->ret->auth_method, err);
}

static enum cl_code describe_source(struct discovering *discovering,
                                    const struct kubernetes_user_parts *parts, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8192);
    const struct cl_kube_context *context = &discovering->context;

    cl_buf_addf(&text, "%s of user '", describe_parts(parts));
    cl_buf_add_quoted(&text, context->user_name, 200);
    cl_buf_add_c(&text, "' (context '");
    cl_buf_add_quoted(&text, context->name, 200);
    cl_buf_addf(&text, "', %s)", context->user_path);
    return cl_buf_take(&text, &discovering->ret->source, err);
}

/* What stands in the entry, or in files that it names. */
static enum cl_code take_own(struct discovering *discovering, struct kubernetes_user_parts *parts,
                             struct cl_err *err)
{
    CL_TRY(take_token(discovering, &parts->token, err));
    CL_TRY(take_pem(discovering, "client-certificate", "client_certificate", &parts->certificate,
                    err));
    CL_TRY(take_pem(discovering, "client-key", "client_key", &parts->key, err));
    if (parts->token || parts->certificate)
        return CL_OK;
    return take_password(discovering, &parts->password, err);
}

/* Taking a credential over does not take it away from where others can read it. */
static enum cl_code warn_of_readers(struct discovering *discovering, struct cl_err *err)
{
    const struct cl_world *world = discovering->call->world;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF(8192);
    const char *path = discovering->context.user_path;
    struct cl_file_info info = {.exists = false};

    CL_TRY(world->stat_file(world->ctx, path, &info, err));
    if ((info.mode & 077U) == 0)
        return CL_OK;
    cl_buf_addf(&text, "'%.300s' holds credentials and is open to other users: chmod 600", path);
    CL_TRY(cl_buf_ok(&text, err));
    return warn(discovering, text.ptr, err);
}

static enum cl_code take_user(struct discovering *discovering, struct cl_err *err)
{
    struct kubernetes_user_parts parts = {.token = false};

    CL_TRY(warn_of_readers(discovering, err));
    CL_TRY(kubernetes_take_tool(discovering, &parts, err));
    if (!has_any(&parts))
        CL_TRY(take_own(discovering, &parts, err));
    CL_TRY(take_impersonation(discovering, err));
    CL_TRY(describe_source(discovering, &parts, err));
    return choose_method(discovering, &parts, err);
}

/* ------------------------------------------------------------------------------------------- */

static enum cl_code take_pod(struct discovering *discovering, struct cl_err *err)
{
    if (!kubernetes_is_in_pod(discovering->call->world))
        return cl_err_set(err, CL_E_LOCAL_CONFIG, "this process does not run in a pod");
    CL_TRY(set_text(discovering, "cluster_name", CL_STR("in-cluster"), err));
    CL_TRY(cl_str_dup(CL_STR("service account of this pod"), &discovering->ret->source, err));
    return cl_str_dup(CL_STR("in-cluster"), &discovering->ret->auth_method, err);
}

static enum cl_code load(const struct discovering *discovering, struct cl_kube_merged **ret,
                         struct cl_err *err)
{
    const struct cl_world *world = discovering->call->world;
    struct cl_str file = cl_str_of(cl_map_get(discovering->request->sources, "kubeconfig"));

    enum cl_code code = cl_kube_merged_load(world, file, ret, err);
    if (code == CL_E_NOT_FOUND && file.len == 0 && kubernetes_is_in_pod(world))
        return cl_err_hint(err, "This is a pod: use --auth-method in-cluster.");
    return code;
}

enum cl_code kubernetes_discover(const struct cl_call *call,
                                 const struct cl_discover_request *request,
                                 struct cl_discovered *ret, struct cl_err *err)
{
    CL_AUTO(cl_kube_merged) struct cl_kube_merged *kubeconfig = NULL;
    struct discovering discovering = {.call = call, .request = request, .ret = ret};
    struct cl_str context = cl_str_of(cl_map_get(request->sources, "context"));

    if (wants(&discovering, "in-cluster"))
        return take_pod(&discovering, err);
    CL_TRY(load(&discovering, &kubeconfig, err));
    CL_TRY(cl_kube_merged_find(kubeconfig, context, &discovering.context, err));
    CL_TRY(take_cluster(&discovering, err));
    return take_user(&discovering, err);
}
