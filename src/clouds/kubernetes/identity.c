#include "clouds/kubernetes/identity.h"

#include <stdio.h>

#include "base/alloc.h"
#include "clouds/kubernetes/error.h"
#include "codec/json_build.h"

#define MAX_NAME_BYTES 1024
#define MAX_GROUPS 200
#define REVIEWS "/apis/authentication.k8s.io/"
#define ACCESS_REVIEWS "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

/* --- the version --------------------------------------------------------------------------- */

/* Shown as it is: letters, digits and what stands between them. */
static void keep_word(struct cl_str word, char *ret, size_t size)
{
    static const char bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "._+-/";

    if (word.len < size && cl_str_only(word, bytes))
        (void)snprintf(ret, size, "%.*s", CL_STR_ARG(word));
}

enum cl_code kube_parse_version(struct cl_str body, struct kube_version *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reply = NULL;
    struct kube_version version = {.git_version = ""};

    CL_TRY(cl_json_parse(body, &reply, err));
    keep_word(cl_json_str(reply, "gitVersion"), version.git_version, sizeof(version.git_version));
    keep_word(cl_json_str(reply, "platform"), version.platform, sizeof(version.platform));
    if (version.git_version[0] == '\0')
        return cl_err_set(err, CL_E_INVALID, "the version has no gitVersion");
    *ret = version;
    return CL_OK;
}

enum cl_code kube_get_version(const struct cl_call *call, const struct kube_config *config,
                              struct kube_version *ret, struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    const struct kube_request request = {.method = "GET",
                                         .path = CL_STR("/version"),
                                         .body = CL_STR_NONE,
                                         .operation = "GET /version",
                                         .repeat = true};
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(kube_send(call, config, &request, &response, err));
    if (response.status == 401 || response.status == 403)
        return CL_OK;
    if (response.status == 404)
        return kube_report_no_server(kube_place(config->server), err);
    if (response.status != 200)
        return kube_refuse(call, config, &request, &response, err);
    if (kube_parse_version(cl_buf_view(&response.body), ret, &why) == CL_OK)
        return CL_OK;
    return why.code == CL_E_FAILED ? cl_err_no_memory(err)
                                   : kube_report_no_server(kube_place(config->server), err);
}

/* --- who we are ---------------------------------------------------------------------------- */

void kube_user_cleanup(struct kube_user *user)
{
    cl_free(user->name);
    cl_strs_cleanup(&user->groups);
    *user = (struct kube_user){.name = NULL};
}

bool kube_user_is_anonymous(const struct kube_user *user)
{
    return user->name != NULL && strcmp(user->name, KUBE_ANONYMOUS) == 0;
}

/* It is shown, and must not move a cursor. */
static bool is_plain(struct cl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return false;
    }
    return true;
}

static enum cl_code check_user(const struct kube_user *user, struct cl_str name, struct cl_err *err)
{
    bool plain = is_plain(name);

    if (name.len > MAX_NAME_BYTES || user->groups.count > MAX_GROUPS)
        return cl_err_set(err, CL_E_INVALID, "the user's name or groups are too long");
    for (size_t i = 0; i < user->groups.count; i++)
        plain = plain && is_plain(cl_str_of(user->groups.items[i]));
    if (!plain)
        return cl_err_set(err, CL_E_INVALID, "the user's name or groups hold control characters");
    return CL_OK;
}

enum cl_code kube_parse_user(struct cl_str body, struct kube_user *ret, struct cl_err *err)
{
    CL_AUTO(cl_json) json_t *reply = NULL;
    CL_AUTO(kube_user) struct kube_user user = {.name = NULL};
    struct cl_str name = CL_STR_NONE;

    CL_TRY(cl_json_parse(body, &reply, err));
    const json_t *info = cl_json_get(cl_json_get(reply, "status"), "userInfo");
    CL_TRY(cl_json_need_str(info, "username", &name, err));
    CL_TRY(cl_json_strs(info, "groups", &user.groups, err));
    CL_TRY(check_user(&user, name, err));
    CL_TRY(cl_str_dup(name, &user.name, err));
    *ret = user;
    user = (struct kube_user){.name = NULL};
    return CL_OK;
}

/* What did not parse is the server's fault, unless there is no memory. */
static enum cl_code unreadable(const struct kube_config *config, const char *what,
                               const struct cl_err *why, struct cl_err *err)
{
    struct cl_str place = kube_place(config->server);

    if (why->code == CL_E_FAILED)
        return cl_err_no_memory(err);
    return cl_err_set(err, CL_E_PROVIDER, "'%.*s' sent %s that cannot be read: %s",
                      CL_STR_ARG(cl_str_first(place, 260)), what, why->text);
}

/* `*ret_known` false: there is no such kind of review. */
static enum cl_code review(const struct cl_call *call, const struct kube_config *config,
                           const char *version, bool *ret_known, struct kube_user *ret,
                           struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_buf) struct cl_buf path = CL_BUF(256);
    CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(256);
    struct cl_err why = CL_ERR_NONE;

    cl_buf_addf(&path, REVIEWS "%s/selfsubjectreviews", version);
    cl_buf_addf(&body,
                "{\"apiVersion\":\"authentication.k8s.io/%s\",\"kind\":\"SelfSubjectReview\"}",
                version);
    CL_TRY(cl_buf_ok(&path, err));
    CL_TRY(cl_buf_ok(&body, err));
    const struct kube_request request = {.method = "POST",
                                         .path = cl_buf_view(&path),
                                         .body = cl_buf_view(&body),
                                         .operation = "SelfSubjectReview",
                                         .repeat = true};
    CL_TRY(kube_send(call, config, &request, &response, err));
    *ret_known = response.status != 404;
    if (!*ret_known)
        return CL_OK;
    if (response.status != 201 && response.status != 200)
        return kube_refuse(call, config, &request, &response, err);
    if (kube_parse_user(cl_buf_view(&response.body), ret, &why) == CL_OK)
        return CL_OK;
    return unreadable(config, "a review", &why, err);
}

/* --- what we may --------------------------------------------------------------------------- */

enum cl_code kube_access_body(const struct kube_action *action, char **ret, struct cl_err *err)
{
    CL_AUTO(cl_json_build) struct cl_json_build build = CL_JSON_BUILD;
    CL_AUTO(cl_json) json_t *body = NULL;
    struct cl_str resource = CL_STR_NONE;
    struct cl_str part = CL_STR_NONE;
    struct cl_str group = CL_STR_NONE;

    (void)cl_str_cut(action->resource, '/', &resource, &part);
    (void)cl_str_cut(resource, '.', &resource, &group);
    cl_json_open_object(&build, NULL);
    cl_json_add_c(&build, "apiVersion", "authorization.k8s.io/v1");
    cl_json_add_c(&build, "kind", "SelfSubjectAccessReview");
    cl_json_open_object(&build, "spec");
    cl_json_open_object(&build, "resourceAttributes");
    cl_json_add_filled(&build, "namespace", action->ns);
    cl_json_add_str(&build, "verb", action->verb);
    cl_json_add_filled(&build, "group", group);
    cl_json_add_str(&build, "resource", resource);
    cl_json_add_filled(&build, "subresource", part);
    cl_json_close(&build);
    cl_json_close(&build);
    cl_json_close(&build);
    CL_TRY(cl_json_build_take(&build, &body, err));
    return cl_json_dump(body, CL_JSON_COMPACT, ret, err);
}

enum cl_code kube_may(const struct cl_call *call, const struct kube_config *config,
                      const struct kube_action *action, bool *ret, struct cl_err *err)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = CL_HTTP_RESPONSE_NONE;
    CL_AUTO(cl_string) char *body = NULL;
    CL_AUTO(cl_json) json_t *reply = NULL;
    struct cl_err why = CL_ERR_NONE;

    CL_TRY(kube_access_body(action, &body, err));
    const struct kube_request request = {.method = "POST",
                                         .path = CL_STR(ACCESS_REVIEWS),
                                         .body = cl_str_of(body),
                                         .operation = "SelfSubjectAccessReview",
                                         .repeat = true};
    CL_TRY(kube_send(call, config, &request, &response, err));
    if (response.status != 201 && response.status != 200)
        return kube_refuse(call, config, &request, &response, err);
    if (cl_json_parse(cl_buf_view(&response.body), &reply, &why) != CL_OK)
        return unreadable(config, "a review", &why, err);
    *ret = cl_json_bool(cl_json_get(reply, "status"), "allowed", false);
    return CL_OK;
}

enum cl_code kube_who_am_i(const struct cl_call *call, const struct kube_config *config,
                           struct kube_user *ret, struct cl_err *err)
{
    static const char *const versions[] = {"v1", "v1beta1"};
    const struct kube_action any = {
        .verb = CL_STR("get"), .resource = CL_STR("pods"), .ns = CL_STR("default")};
    bool allowed = false; /* being answered is enough */

    for (size_t i = 0; i < CL_COUNT(versions); i++) {
        bool known = false;
        CL_TRY(review(call, config, versions[i], &known, ret, err));
        if (known)
            return CL_OK;
    }
    return kube_may(call, config, &any, &allowed, err);
}
