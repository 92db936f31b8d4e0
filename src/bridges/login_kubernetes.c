#include "bridges/login.h"

#include "base/time.h"
#include "bridges/call_back.h"
#include "bridges/environment_kinds.h"
#include "bridges/export.h"
#include "bridges/kubeconfig_files.h"
#include "codec/json_build.h"

/*
 * A cluster, a user and a context in the kubeconfig. By default the user is an exec entry that
 * calls `cleat kube-credential` whenever a client needs a token; a static copy holds the token.
 */

/* Every kubectl since 1.11 accepts it; "v1" needs 1.22. */
#define EXEC_VERSION "client.authentication.k8s.io/v1beta1"
#define NAME_MAX_BYTES 255
#define LABEL_MAX_BYTES 63

/* --- names --------------------------------------------------------------------------------- */

/* A name of an entry, whoever thought of it: a provider or the user. */
static enum cl_code check_name(const char *what, struct cl_str name, struct cl_err *err)
{
    if (name.len == 0 || name.len > NAME_MAX_BYTES || !cl_is_utf8(name)) {
        return cl_err_set(err, CL_E_INVALID, "%s needs 1 to %d bytes of UTF-8", what,
                          NAME_MAX_BYTES);
    }
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && (unsigned char)name.ptr[i + 1] < 0xA0))
            return cl_err_set(err, CL_E_INVALID, "%s contains a control character", what);
    }
    return CL_OK;
}

static enum cl_code check_namespace(struct cl_str name, struct cl_err *err)
{
    bool is_label = name.len > 0 && name.len <= LABEL_MAX_BYTES &&
                    cl_str_only(name, "abcdefghijklmnopqrstuvwxyz0123456789-") &&
                    name.ptr[0] != '-' && name.ptr[name.len - 1] != '-';

    if (is_label)
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID,
                      "a namespace consists of at most %d small letters, digits and hyphens",
                      LABEL_MAX_BYTES);
}

static enum cl_code user_name(const struct cl_login_request *request, struct cl_str cluster,
                              struct cl_buf *ret, struct cl_err *err)
{
    cl_buf_addf(ret, "cleat:%s:%.*s", request->client->connector.name, CL_STR_ARG(cluster));
    return cl_buf_ok(ret, err);
}

/* --- cluster ------------------------------------------------------------------------------- */

/* Not secret, though a connector may have stored it as if it were. */
static struct cl_str public_value(const struct cl_config *config, const char *attr)
{
    struct cl_str text = cl_config_text(config, attr);

    return text.len > 0 ? text : cl_secret_expose(cl_config_secret(config, attr));
}

static enum cl_code make_cluster(const struct cl_config *config, json_t **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    cl_json_add_str(&build, "server", cl_config_text(config, "server"));
    if (cl_config_bool(config, "insecure")) {
        cl_json_add_bool(&build, "insecure-skip-tls-verify", true);
    } else {
        cl_json_add_filled(&build, "certificate-authority-data",
                           public_value(config, "certificate_authority"));
    }
    cl_json_add_filled(&build, "tls-server-name", cl_config_text(config, "tls_server_name"));
    cl_json_add_filled(&build, "proxy-url", cl_config_text(config, "proxy_url"));
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

/* --- user ---------------------------------------------------------------------------------- */

static void add_impersonation(struct cl_json_build *build, const struct cl_config *config)
{
    const struct cl_strs *groups = cl_config_list(config, "as_groups");

    cl_json_add_filled(build, "as", cl_config_text(config, "as_user"));
    if (groups != NULL && groups->count > 0)
        cl_json_add_strs(build, "as-groups", groups);
}

static void add_environment(struct cl_json_build *build, const struct cl_map *environment)
{
    if (environment->count == 0) {
        cl_json_add_null(build, "env");
        return;
    }
    cl_json_open_array(build, "env");
    for (size_t i = 0; i < environment->count; i++) {
        cl_json_open_object(build, NULL);
        cl_json_add_c(build, "name", environment->entries[i].key);
        cl_json_add_c(build, "value", environment->entries[i].value);
        cl_json_close(build);
    }
    cl_json_close(build);
}

static enum cl_code make_exec_user(const struct cl_call *call,
                                   const struct cl_login_request *request, json_t **ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_call_back) struct cl_call_back back = {.program = NULL};
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    CL_TRY(cl_call_back_make(call, request->client, "kube-credential", &back, err));
    cl_json_open_object(&build, NULL);
    add_impersonation(&build, &request->client->issued.config);
    cl_json_open_object(&build, "exec");
    cl_json_add_c(&build, "apiVersion", EXEC_VERSION);
    cl_json_add_c(&build, "command", back.program);
    cl_json_add_strs(&build, "args", &back.words);
    add_environment(&build, &back.environment);
    cl_json_add_c(&build, "interactiveMode", "Never");
    cl_json_add_bool(&build, "provideClusterInfo", false);
    cl_json_add_c(&build, "installHint",
                  "Cleat is not at this place any more; install it, then repeat cleat "
                  "service-connector login");
    cl_json_close(&build);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

static void add_secret(struct cl_json_build *build, const struct cl_config *config,
                       const char *member, const char *attr)
{
    cl_json_add_filled(build, member, cl_secret_expose(cl_config_secret(config, attr)));
}

static enum cl_code make_static_user(const struct cl_config *config, json_t **ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;

    cl_json_open_object(&build, NULL);
    add_impersonation(&build, config);
    add_secret(&build, config, "token", "token");
    add_secret(&build, config, "client-certificate-data", "client_certificate");
    add_secret(&build, config, "client-key-data", "client_key");
    add_secret(&build, config, "username", "username");
    add_secret(&build, config, "password", "password");
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

/* kubectl's plugins can answer with a token or a certificate, and with nothing else. */
static enum cl_code make_user(const struct cl_call *call, const struct cl_login_request *request,
                              json_t **ret, struct cl_err *err)
{
    const struct cl_config *config = &request->client->issued.config;

    if (request->static_copy)
        return make_static_user(config, ret, err);
    if (cl_config_secret(config, "password") != NULL) {
        (void)cl_err_set(err, CL_E_UNSUPPORTED,
                         "Kubernetes clients cannot ask cleat for a user name and password");
        return cl_err_hint(err, "pass --static to write them into the kubeconfig");
    }
    return make_exec_user(call, request, ret, err);
}

/* --- login --------------------------------------------------------------------------------- */

/* What is written, in parts that live until it is. */
struct parts {
    json_t *cluster;
    json_t *user;
    struct cl_buf user_name;
    struct cl_buf written;
    struct cl_buf expires;
};

#define PARTS                                                                   \
    {                                                                           \
        .user_name = CL_BUF(2048), .written = CL_BUF(64), .expires = CL_BUF(64) \
    }

static void parts_cleanup(struct parts *parts)
{
    cl_json_cleanup(&parts->cluster);
    cl_json_cleanup(&parts->user);
    cl_buf_cleanup(&parts->user_name);
    cl_buf_cleanup(&parts->written);
    cl_buf_cleanup(&parts->expires);
}

static enum cl_code check_names(const struct cl_login_request *request, struct cl_str cluster,
                                struct cl_str kube_namespace, struct cl_err *err)
{
    CL_TRY(check_name("the name of the cluster", cluster, err));
    if (request->context != NULL)
        CL_TRY(check_name("the name of the context", cl_str_of(request->context), err));
    return kube_namespace.len > 0 ? check_namespace(kube_namespace, err) : CL_OK;
}

static enum cl_code make_parts(const struct cl_call *call, const struct cl_login_request *request,
                               struct parts *ret, struct cl_err *err)
{
    const struct cl_issued *issued = &request->client->issued;
    struct cl_str cluster = cl_config_text(&issued->config, "cluster_name");

    CL_TRY(user_name(request, cluster, &ret->user_name, err));
    cl_buf_add_rfc3339(&ret->written, cl_world_now_s(call->world));
    if (request->static_copy && issued->expires_at != 0)
        cl_buf_add_rfc3339(&ret->expires, issued->expires_at);
    CL_TRY(cl_buf_ok(&ret->written, err));
    CL_TRY(cl_buf_ok(&ret->expires, err));
    CL_TRY(make_cluster(&issued->config, &ret->cluster, err));
    return make_user(call, request, &ret->user, err);
}

static enum cl_code write_entries(const struct cl_call *call,
                                  const struct cl_login_request *request,
                                  const struct cl_kube_login *login, struct cl_login_result *ret,
                                  struct cl_err *err)
{
    CL_AUTO(cl_kube_session) struct cl_kube_session *config = NULL;

    CL_TRY(cl_kube_session_open(call, request->file, true, &config, err));
    struct cl_kube_files *files = cl_kube_session_files(config);
    CL_TRY(cl_kubeconfig_login(files, login, &ret->entry, err));
    CL_TRY(cl_kube_session_save(config, request->static_copy, err));
    return cl_str_dup(cl_str_of(files->items[files->target].path), &ret->path, err);
}

static enum cl_code tell_login(const struct cl_login_request *request,
                               const struct cl_login_result *result, struct cl_str cluster,
                               struct cl_buf *notice, struct cl_err *err)
{
    if (request->context == NULL && !cl_str_eq_c(cluster, result->entry)) {
        cl_buf_addf(notice, "A context called '%.*s' was there already and stays as it is.\n",
                    CL_STR_ARG(cluster));
    }
    cl_buf_add_c(notice, "Updated local kubeconfig with the cluster details. ");
    cl_buf_addf(notice,
                request->no_switch ? "The new kubectl context is '%s'."
                                   : "The current kubectl context was set to '%s'.",
                result->entry);
    return cl_buf_ok(notice, err);
}

/* Everything that an entry is made of; `parts` is what it borrows from. */
static enum cl_code describe(const struct cl_call *call, const struct cl_login_request *request,
                             struct parts *parts, struct cl_kube_login *ret, struct cl_err *err)
{
    const struct cl_issued *issued = &request->client->issued;

    *ret = (struct cl_kube_login){
        .owner = {.connector = cl_str_of(request->client->connector.id),
                  .name = cl_str_of(request->client->connector.name),
                  .resource_id = cl_str_of(issued->resource_id)},
        .cluster_name = cl_config_text(&issued->config, "cluster_name"),
        .context = cl_str_of(request->context),
        .kube_namespace = request->kube_namespace != NULL
                              ? cl_str_of(request->kube_namespace)
                              : cl_config_text(&issued->config, "namespace"),
        .mode = request->static_copy ? CL_STR("static") : CL_STR("exec"),
        .no_switch = request->no_switch,
        .overwrite = request->overwrite,
    };
    CL_TRY(check_names(request, ret->cluster_name, ret->kube_namespace, err));
    CL_TRY(make_parts(call, request, parts, err));
    ret->user_name = cl_buf_view(&parts->user_name);
    ret->cluster = parts->cluster;
    ret->user = parts->user;
    ret->written = cl_buf_view(&parts->written);
    ret->expires = cl_buf_view(&parts->expires);
    return CL_OK;
}

static enum cl_code log_in(const struct cl_call *call, const struct cl_login_request *request,
                           struct cl_login_result *ret, struct cl_buf *notice, struct cl_err *err)
{
    CL_AUTO(parts) struct parts parts = PARTS;
    struct cl_kube_login login;

    CL_TRY(describe(call, request, &parts, &login, err));
    CL_TRY(write_entries(call, request, &login, ret, err));
    return tell_login(request, ret, login.cluster_name, notice, err);
}

/* A whole kubeconfig of one context. */
static enum cl_code make_file(const struct cl_call *call, const struct cl_login_request *request,
                              struct cl_buf *ret, struct cl_err *err)
{
    CL_AUTO(parts) struct parts parts = PARTS;
    CL_AUTO(cl_kube_file)
    struct cl_kube_file file = {.path = "kubeconfig",
                                .text = CL_BUF_SECRET(CL_KUBECONFIG_MAX_BYTES)};
    CL_AUTO(cl_string) char *context = NULL;
    struct cl_kube_files files = {.items = &file, .count = 1};
    struct cl_kube_login login;

    CL_TRY(describe(call, request, &parts, &login, err));
    CL_TRY(cl_kubeconfig_login(&files, &login, &context, err));
    cl_buf_add(ret, cl_buf_view(&file.text));
    return cl_buf_ok(ret, err);
}

/* For one program. What a plugin cannot hand over stands in it. */
enum cl_code cl_environment_add_kubeconfig(const struct cl_call *call,
                                           const struct cl_issue_client_result *client,
                                           struct cl_environment_file *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(CL_KUBECONFIG_MAX_BYTES);
    struct cl_login_request request = {
        .client = client,
        .static_copy = cl_config_secret(&client->issued.config, "password") != NULL};

    CL_TRY(make_file(call, &request, &text, err));
    ret->variable = "KUBECONFIG";
    return cl_buf_take(&text, &ret->content, err);
}

enum cl_code cl_export_kubeconfig(const struct cl_call *call,
                                  const struct cl_export_request *request, struct cl_buf *ret,
                                  struct cl_err *err)
{
    struct cl_login_request copy = {.client = request->client, .static_copy = true};

    return make_file(call, &copy, ret, err);
}

/* --- logout -------------------------------------------------------------------------------- */

static enum cl_code log_out(const struct cl_call *call, const struct cl_login_request *request,
                            struct cl_login_result *ret, struct cl_buf *notice, struct cl_err *err)
{
    CL_AUTO(cl_kube_session) struct cl_kube_session *config = NULL;
    struct cl_kube_owner owner = {.connector = cl_str_of(request->client->connector.id),
                                  .name = cl_str_of(request->client->connector.name),
                                  .resource_id = cl_str_of(request->client->issued.resource_id)};

    CL_TRY(cl_kube_session_open(call, request->file, false, &config, err));
    struct cl_kube_files *files = cl_kube_session_files(config);
    CL_TRY(cl_kubeconfig_logout(files, &owner, cl_str_of(request->context), &ret->entry, err));
    CL_TRY(cl_kube_session_save(config, false, err));
    CL_TRY(cl_str_dup(cl_str_of(files->items[files->target].path), &ret->path, err));
    if (ret->entry == NULL) {
        cl_buf_add_c(notice, "Removed the last of the cluster's entries from the local "
                             "kubeconfig.");
        return cl_str_dup(CL_STR(""), &ret->entry, err);
    }
    cl_buf_addf(notice, "Removed kubectl context '%s' from the local kubeconfig.", ret->entry);
    return cl_buf_ok(notice, err);
}

enum cl_code cl_login_kubernetes(const struct cl_call *call, const struct cl_login_request *request,
                                 struct cl_login_result *ret, struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf notice = CL_BUF(4096);

    CL_TRY(request->logout ? log_out(call, request, ret, &notice, err)
                           : log_in(call, request, ret, &notice, err));
    return cl_buf_take(&notice, &ret->notice, err);
}
