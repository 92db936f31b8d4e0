#include "clouds/kubernetes/error.h"

#include "codec/json.h"
#include "test.h"

#define STATUS(code, reason, message)                                                    \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\"," \
    "\"message\":\"" message "\",\"reason\":\"" reason "\",\"code\":" code "}"

#define FORBIDDEN(user)                                                                     \
    "serviceaccounts \\\"x\\\" is forbidden: User \\\"" user "\\\" cannot create resource " \
    "\\\"serviceaccounts/token\\\" in API group \\\"\\\" in the namespace \\\"ns\\\""

static struct cl_http_response response_of(int status, const char *headers, const char *body)
{
    struct cl_http_response response = {.status = status};

    response.body = (struct cl_buf)CL_BUF(65536);
    response.headers = (struct cl_buf)CL_BUF(65536);
    cl_buf_add_c(&response.body, body);
    cl_buf_add_c(&response.headers, headers == NULL ? "" : headers);
    return response;
}

static const struct report_case {
    int status;
    const char *headers;
    const char *body;
    bool anonymous; /* nothing was sent that should have proved who asks */
    bool has_ended;
    enum cl_code code;
    const char *text;
    const char *reason;
} cases[] = {
    {401, NULL, STATUS("401", "Unauthorized", "Unauthorized"), false, false, CL_E_REJECTED,
     "'k8s:6443' refused the credential", "Unauthorized"},
    {401, NULL, "", false, false, CL_E_REJECTED, "refused the credential", ""},
    {401, NULL, "", false, true, CL_E_EXPIRED, "has expired", ""},
    {401, NULL, "", true, false, CL_E_REJECTED, "answers nobody without a credential", ""},
    {403, NULL, STATUS("403", "Forbidden", FORBIDDEN("jane")), false, false, CL_E_DENIED,
     "does not permit it: serviceaccounts", "Forbidden"},
    {403, NULL, STATUS("403", "Forbidden", FORBIDDEN("system:anonymous")), false, false,
     CL_E_REJECTED, "took the request for an anonymous one", "Forbidden"},
    {403, NULL, STATUS("403", "Forbidden", FORBIDDEN("system:anonymous")), true, false, CL_E_DENIED,
     "does not permit it", "Forbidden"},
    {403, NULL, "<html>", false, false, CL_E_DENIED, "does not permit it", ""},
    {404, NULL, STATUS("404", "NotFound", "serviceaccounts \\\"x\\\" not found"), false, false,
     CL_E_RESOURCE_NOT_FOUND, "status 404: serviceaccounts", "NotFound"},
    {404, NULL, "404 page not found", false, false, CL_E_PROVIDER, "is not a Kubernetes API", ""},
    {200, NULL, "<html>Sign in</html>", false, false, CL_E_PROVIDER, "is not a Kubernetes API", ""},
    {302, NULL, "", false, false, CL_E_PROVIDER, "is not a Kubernetes API", ""},
    {409, NULL, STATUS("409", "Conflict", "the UID does not match"), false, false, CL_E_CONFLICT,
     "status 409: the UID", "Conflict"},
    {422, NULL, STATUS("422", "Invalid", "may not be less than 10 minutes"), false, false,
     CL_E_INVALID_REQUEST, "status 422: may not", "Invalid"},
    {400, NULL, STATUS("400", "BadRequest", "bad"), false, false, CL_E_INVALID_REQUEST,
     "status 400: bad", "BadRequest"},
    {429, "retry-after: 7\n", "", false, false, CL_E_THROTTLED, "asks to wait", ""},
    {500, NULL, "boom", false, false, CL_E_PROVIDER, "status 500", ""},
    {503, "retry-after: 3\n", "", false, false, CL_E_THROTTLED, "asks to wait", ""},
    {599, NULL, "", false, false, CL_E_PROVIDER, "status 599", ""},
};

static enum cl_code report(const struct cl_http_response *response, const struct report_case *row,
                           struct cl_err *err)
{
    static const struct cl_str secrets[] = {CL_STR_INIT("cAnArYbIrD-token")};
    const struct kube_failure failure = {
        .response = response,
        .operation = "TokenRequest",
        .place = CL_STR("k8s:6443"),
        .secrets = secrets,
        .secret_count = 1,
        .has_credential = !row->anonymous,
        .has_ended = row->has_ended,
    };

    return kube_report(&failure, err);
}

static void answers_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(cl_http_response)
        struct cl_http_response response =
            response_of(cases[i].status, cases[i].headers, cases[i].body);
        struct cl_err err = CL_ERR_NONE;

        enum cl_code code = report(&response, &cases[i], &err);
        if (code != cases[i].code || strstr(err.text, cases[i].text) == NULL)
            fail_msg("row %zu: %s: %s", i, cl_code_wire(code), err.text);
        assert_int_equal(err.upstream_status, cases[i].status);
        assert_string_equal(err.upstream_code, cases[i].reason);
        assert_string_equal(err.upstream_service, "kubernetes");
        assert_string_equal(err.upstream_operation, "TokenRequest");
    }
}

static void the_wait_is_taken_from_header_or_status(void **state)
{
    static const struct {
        const char *headers, *body;
        int seconds;
    } waits[] = {
        {"retry-after: 7\n", "", 7},
        {"retry-after: 99999999\n", "", 3600},
        {"retry-after: -1\n", "", 0},
        {"retry-after: soon\n", "", 0},
        {"", "{\"kind\":\"Status\",\"details\":{\"retryAfterSeconds\":5}}", 5},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(waits); i++) {
        CL_AUTO(cl_http_response)
        struct cl_http_response response = response_of(429, waits[i].headers, waits[i].body);
        struct cl_err err = CL_ERR_NONE;
        assert_int_equal(report(&response, &cases[0], &err), CL_E_THROTTLED);
        assert_int_equal(err.retry_after_s, waits[i].seconds);
    }
}

static void a_missing_permission_is_named(void **state)
{
    CL_AUTO(cl_http_response)
    struct cl_http_response response =
        response_of(403, NULL, STATUS("403", "Forbidden", FORBIDDEN("system:serviceaccount:a:b")));
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(report(&response, &cases[0], &err), CL_E_DENIED);
    assert_string_equal(err.hint, "Grant 'system:serviceaccount:a:b' the verb 'create' on "
                                  "'serviceaccounts/token' in namespace 'ns'.");
}

static void permissions_are_found_tolerantly(void **state)
{
    static const struct {
        const char *message, *user, *verb, *resource, *ns;
    } rows[] = {
        {"User \"u\" cannot list resource \"pods\" in API group \"\" in the namespace \"n\"", "u",
         "list", "pods", "n"},
        {"namespaces is forbidden: User \"u\" cannot list resource \"namespaces\" in API group "
         "\"\" at the cluster scope",
         "u", "list", "namespaces", ""},
        {"User \"u\" cannot get path \"/version\"", "u", "get", "", ""},
        {"forbidden", "", "", "", ""},
        {"", "", "", "", ""},
        {"User \"u", "", "", "", ""},
        {"User \"u\" cannot \xff\xfe resource \"r\"", "u", "", "r", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        struct kube_permission found = kube_parse_permission(cl_str_of(rows[i].message));
        assert_str(found.user, rows[i].user);
        assert_str(found.verb, rows[i].verb);
        assert_str(found.resource, rows[i].resource);
        assert_str(found.ns, rows[i].ns);
    }
}

static void what_was_sent_is_not_repeated(void **state)
{
    CL_AUTO(cl_http_response)
    struct cl_http_response response = response_of(
        403, NULL,
        STATUS("403", "Forbidden", "token cAnArYbIrD-token is not for you\\n\\u001b[2J"));
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_int_equal(report(&response, &cases[0], &err), CL_E_DENIED);
    assert_null(strstr(err.text, "cAnArYbIrD"));
    assert_non_null(strstr(err.text, "is not for you"));
    assert_null(strchr(err.text, '\x1b'));
}

static void the_object_of_a_status_is_known(void **state)
{
    static const struct {
        int status;
        const char *body;
        bool about;
    } rows[] = {
        {404, STATUS("404", "NotFound", "secrets \\\"s\\\" not found"), true},
        {404, "{\"kind\":\"Status\",\"details\":{\"kind\":\"secrets\"}}", true},
        {404, "{\"kind\":\"Status\",\"details\":{\"kind\":\"serviceaccounts\"}}", false},
        {404, STATUS("404", "NotFound", "serviceaccounts \\\"s\\\" not found"), false},
        {403, STATUS("403", "Forbidden", "secrets \\\"s\\\" is forbidden"), false},
        {404, "{\"kind\":\"Other\",\"details\":{\"kind\":\"secrets\"}}", false},
        {404, "", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(rows); i++) {
        CL_AUTO(cl_http_response)
        struct cl_http_response response = response_of(rows[i].status, NULL, rows[i].body);
        assert_int_equal(kube_status_is_about(&response, 404, "secrets"), rows[i].about);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_told_apart),
        cmocka_unit_test(the_wait_is_taken_from_header_or_status),
        cmocka_unit_test(a_missing_permission_is_named),
        cmocka_unit_test(permissions_are_found_tolerantly),
        cmocka_unit_test(what_was_sent_is_not_repeated),
        cmocka_unit_test(the_object_of_a_status_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
