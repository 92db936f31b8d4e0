/* Answers of API servers: whatever they say, it becomes a value or an error that may be shown. */
#include "fuzz.h"

#include "clouds/kubernetes/error.h"
#include "clouds/kubernetes/identity.h"
#include "clouds/kubernetes/token.h"
#include "codec/jwt.h"

static void read_token(struct cl_str body)
{
    struct kube_token token = {.token = NULL};
    struct cl_err err = CL_ERR_NONE;

    if (kube_parse_token(body, &token, &err) != CL_OK) {
        fuzz_check_error(&err);
    } else {
        struct cl_str text = cl_secret_expose(token.token);
        FUZZ_CHECK(text.len > 0);
        for (size_t i = 0; i < text.len; i++)
            FUZZ_CHECK(text.ptr[i] > ' ' && text.ptr[i] <= '~');
        FUZZ_CHECK(cl_jwt_expires_at(text) >= 0);
    }
    kube_token_cleanup(&token);
}

static void read_identity(struct cl_str body)
{
    struct kube_version version = {.git_version = ""};
    struct kube_user user = {.name = NULL};
    struct cl_err err = CL_ERR_NONE;

    if (kube_parse_version(body, &version, &err) == CL_OK)
        FUZZ_CHECK(version.git_version[0] != '\0');
    if (kube_parse_user(body, &user, &err) == CL_OK)
        FUZZ_CHECK(user.name[0] != '\0' && strlen(user.name) <= 1024);
    kube_user_cleanup(&user);
}

static void report(struct cl_str body, int status)
{
    CL_AUTO(cl_http_response) struct cl_http_response response = {.status = status};
    const struct kube_config config = {.server = CL_STR("https://k8s")};
    struct cl_err err = CL_ERR_NONE;

    response.body = (struct cl_buf)CL_BUF((size_t)8 << 20U);
    response.headers = (struct cl_buf)CL_BUF((size_t)8 << 20U);
    cl_buf_add(&response.body, body);
    cl_buf_add(&response.headers, body);
    const struct kube_failure failure = {
        .response = &response, .operation = "x", .place = CL_STR("k8s"), .has_credential = true};
    FUZZ_CHECK(kube_report(&failure, &err) != CL_OK);
    fuzz_check_error(&err);
    (void)kube_status_is_about(&response, status, "secrets");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
    FUZZ_CHECK(kube_add_warnings(&config, &response, &warnings, &err) == CL_OK &&
               warnings.count <= 10);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {400, 401, 403, 404, 409, 422, 429, 503};
    struct cl_str body = fuzz_text(data, size);

    cl_json_setup();
    read_token(body);
    read_identity(body);
    report(body, statuses[size % (sizeof(statuses) / sizeof(statuses[0]))]);
    (void)kube_parse_permission(body);
    return 0;
}
