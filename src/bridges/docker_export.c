#include "base/time.h"
#include "bridges/docker_helper.h"
#include "bridges/docker_private.h"
#include "bridges/environment_kinds.h"
#include "bridges/export.h"
#include "bridges/shell.h"
#include "codec/base64.h"
#include "codec/json_build.h"
#include "interop/docker_read.h"

/* The credential of a registry for files of the user's own, and for clusters. */

#define NAME_MAX_BYTES 253
#define LABEL_MAX_BYTES 63
#define TEXT_MAX ((size_t)256 * 1024)

/* --- {"auths":{KEY:ENTRY}} ----------------------------------------------------------------- */

/* The key is Docker's also for Kubernetes. */
static enum cl_code make_auths(const struct cl_issued *issued, bool with_pair, json_t **ret,
                               struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *entry = NULL;
    CL_AUTO(cl_string) char *id = NULL;

    CL_TRY(cl_docker_issued_id(issued, &id, err));
    CL_TRY(cl_docker_make_entry(&issued->config, with_pair, &entry, err));
    cl_json_open_object(&build, NULL);
    cl_json_open_object(&build, "auths");
    cl_json_add_value(&build, cl_docker_key(CL_DOCKER_CONFIG, id), CL_MOVE(entry));
    cl_json_close(&build);
    cl_json_close(&build);
    return cl_json_build_take(&build, ret, err);
}

/* Who reads these sends user name and password; a refresh token is neither. */
static enum cl_code need_password(const struct cl_export_request *request, struct cl_err *err)
{
    const struct cl_config *config = &request->client->issued.config;

    if (!cl_str_eq_c(cl_secret_expose(cl_config_secret(config, "username")), CL_DOCKER_TOKEN_USER))
        return CL_OK;
    (void)cl_err_set(err, CL_E_UNSUPPORTED, "a refresh token cannot be exported as '%.*s'",
                     CL_STR_ARG(request->format));
    return cl_err_hint(err, "Docker itself reads it from --format docker-config.");
}

enum cl_code cl_export_docker_config(const struct cl_call *call,
                                     const struct cl_export_request *request, struct cl_buf *ret,
                                     struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;

    (void)call;
    CL_TRY(make_auths(&request->client->issued, false, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_PRETTY);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

enum cl_code cl_export_pull_json(const struct cl_call *call,
                                 const struct cl_export_request *request, struct cl_buf *ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;

    (void)call;
    CL_TRY(need_password(request, err));
    CL_TRY(make_auths(&request->client->issued, true, &document, err));
    cl_buf_add_json(ret, document, CL_JSON_COMPACT);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

/* --- a pull secret ------------------------------------------------------------------------- */

static bool is_name_part(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* RFC 1123, as Kubernetes wants names: a label has no dots. */
static enum cl_code check_name(const char *option, const char *name, bool is_label,
                               struct cl_err *err)
{
    struct cl_str text = cl_str_of(name);
    size_t max = is_label ? LABEL_MAX_BYTES : NAME_MAX_BYTES;
    bool is_good = text.len > 0 && text.len <= max;

    for (size_t i = 0; is_good && i < text.len; i++) {
        bool is_mark = name[i] == '-' || name[i] == '.';
        bool at_end = i == 0 || i + 1 == text.len || name[i - 1] == '.' || name[i + 1] == '.';
        is_good = is_name_part(name[i]) && !(is_mark && at_end) && !(is_label && name[i] == '.');
    }
    if (is_good)
        return CL_OK;
    return cl_err_set(err, CL_E_INVALID,
                      "--%s takes at most %zu small letters, digits and hyphens%s, beginning and "
                      "ending with a letter or digit",
                      option, max, is_label ? "" : ", in parts between dots");
}

/* A registry's host is a name but for its port and brackets. */
static enum cl_code add_name(const struct cl_export_request *request, struct cl_buf *ret,
                             struct cl_err *err)
{
    CL_AUTO(cl_string) char *id = NULL;

    if (request->name != NULL) {
        CL_TRY(check_name("name", request->name, false, err));
        cl_buf_add_c(ret, request->name);
        return cl_buf_ok(ret, err);
    }
    CL_TRY(cl_docker_issued_id(&request->client->issued, &id, err));
    for (const char *at = id; *at != '\0'; at++) {
        bool is_end = at == id || at[1] == '\0';
        if (is_name_part(*at) || !is_end)
            cl_buf_add(ret, is_name_part(*at) ? cl_str_make(at, 1) : CL_STR("-"));
    }
    CL_TRY(cl_buf_ok(ret, err));
    return check_name("name", ret->ptr, false, err);
}

static enum cl_code add_metadata(const struct cl_export_request *request, struct cl_buf *ret,
                                 struct cl_err *err)
{
    CL_AUTO(cl_buf) struct cl_buf name = CL_BUF(1024);
    int64_t ends_at = request->client->issued.expires_at;

    CL_TRY(add_name(request, &name, err));
    cl_buf_addf(ret, "metadata:\n  name: \"%s\"\n", name.ptr);
    if (request->kube_namespace != NULL) {
        CL_TRY(check_name("namespace", request->kube_namespace, true, err));
        cl_buf_addf(ret, "  namespace: \"%s\"\n", request->kube_namespace);
    }
    if (ends_at == 0)
        return cl_buf_ok(ret, err);
    cl_buf_add_c(ret, "  annotations:\n    cleat/expires: \"");
    cl_buf_add_rfc3339(ret, ends_at);
    cl_buf_add_c(ret, "\"\n");
    return cl_buf_ok(ret, err);
}

/* Nothing of it needs YAML's escapes: names have been checked, the rest is base64. */
enum cl_code cl_export_pull_secret(const struct cl_call *call,
                                   const struct cl_export_request *request, struct cl_buf *ret,
                                   struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *document = NULL;
    CL_AUTO(cl_buf) struct cl_buf text = CL_BUF_SECRET(TEXT_MAX);

    (void)call;
    CL_TRY(need_password(request, err));
    CL_TRY(make_auths(&request->client->issued, true, &document, err));
    cl_buf_add_json(&text, document, CL_JSON_COMPACT);
    CL_TRY(cl_buf_ok(&text, err));
    cl_buf_add_c(ret, "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/dockerconfigjson\n");
    CL_TRY(add_metadata(request, ret, err));
    cl_buf_add_c(ret, "data:\n  .dockerconfigjson: ");
    cl_buf_add_base64(ret, cl_buf_view(&text), CL_BASE64_STANDARD);
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}

/* --- for scripts --------------------------------------------------------------------------- */

enum cl_code cl_export_registry_env(const struct cl_call *call,
                                    const struct cl_export_request *request, struct cl_buf *ret,
                                    struct cl_err *err)
{
    const struct cl_config *config = &request->client->issued.config;
    CL_AUTO(cl_environment) struct cl_environment environment = {.items = NULL};
    CL_AUTO(cl_string) char *id = NULL;

    (void)call;
    CL_TRY(need_password(request, err));
    CL_TRY(cl_docker_issued_id(&request->client->issued, &id, err));
    CL_TRY(cl_environment_add(&environment, "REGISTRY", cl_str_of(id), false, err));
    CL_TRY(cl_environment_add(&environment, "REGISTRY_USERNAME",
                              cl_secret_expose(cl_config_secret(config, "username")), true, err));
    CL_TRY(cl_environment_add(&environment, "REGISTRY_PASSWORD",
                              cl_secret_expose(cl_config_secret(config, "password")), true, err));
    return cl_shell_add_plain(&environment, ret, err);
}

enum cl_code cl_export_registry_basic(const struct cl_call *call,
                                      const struct cl_export_request *request, struct cl_buf *ret,
                                      struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *entry = NULL;

    (void)call;
    CL_TRY(need_password(request, err));
    CL_TRY(cl_docker_make_entry(&request->client->issued.config, false, &entry, err));
    cl_buf_add_c(ret, "Authorization: Basic ");
    cl_buf_add(ret, cl_json_str(entry, "auth"));
    cl_buf_add_char(ret, '\n');
    return cl_buf_ok(ret, err);
}
