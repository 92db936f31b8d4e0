#include "aws_connector.h"

#include "clouds/aws/eks_token.h"
#include "codec/base64.h"

/* What a client receives: which questions it costs, what is in it, and when it ends. */

#define CLUSTER "GET https://eks.us-east-1.amazonaws.com/clusters/zen"
#define REGISTRY_ID CASE_ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"

static enum cl_code issue(struct aws_case *at, const char *type, const char *id, int64_t ttl_s,
                          struct cl_issued *ret)
{
    struct cl_issue_request request = {.type = case_resource(type), .id = id, .ttl_s = ttl_s};

    cl_issued_cleanup(ret);
    at->err = CL_ERR_NONE;
    return aws_issue(&at->call, &at->conn, &request, ret, &at->err);
}

static struct cl_str secret_of(const struct cl_issued *issued, const char *attr)
{
    return cl_secret_expose(cl_config_secret(&issued->config, attr));
}

static struct cl_str text_of(const struct cl_issued *issued, const char *attr)
{
    return cl_config_text(&issued->config, attr);
}

/* --- how often and whom -------------------------------------------------------------------- */

/* Questions for a credential of each resource type; an AWS one needs none beyond the session. */
static const struct {
    const char *method;
    const char *action; /* "": none */
    const char *issued; /* the client's method for AWS resources */
    bool long_lived;
} methods[] = {
    {"secret-key", "", "secret-key", true},
    {"sts-token", "", "sts-token", true},
    {"iam-role", "AssumeRole", "sts-token", false},
    {"session-token", "GetSessionToken", "sts-token", false},
    {"federation-token", "GetFederationToken", "sts-token", false},
};

static const struct {
    const char *type;
    const char *id;
    const char *asked; /* behind what is minted */
    const char *client_type;
    const char *client_method; /* NULL: as the method says */
} resources[] = {
    {AWS_GENERIC, "us-east-1", "", "aws", NULL},
    {AWS_S3_BUCKET, "s3://zenfiles", "", "aws", NULL},
    {AWS_EKS_CLUSTER, "zen", CLUSTER, "kubernetes", "token"},
    {AWS_ECR_REGISTRY, REGISTRY_ID, "GetAuthorizationToken", "docker", "password"},
};

static void check_cell(size_t method, size_t resource)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case(methods[method].method);
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(512);
    const char *action = methods[method].action;
    const char *asked = resources[resource].asked;
    const char *client_method = resources[resource].client_method;

    if (action[0] != '\0')
        answer_sts(&at, action);
    answer_cluster(&at);
    answer_login(&at);
    cl_buf_addf(&want, "%s%s%s", action, action[0] != '\0' && asked[0] != '\0' ? " | " : "", asked);
    assert_ok(issue(&at, resources[resource].type, resources[resource].id, 0, &issued), &at.err);
    assert_asked(&at, want.len == 0 ? "" : want.ptr);
    assert_string_equal(issued.connector_type, resources[resource].client_type);
    assert_string_equal(issued.auth_method,
                        client_method == NULL ? methods[method].issued : client_method);
    assert_string_equal(issued.resource_type, resources[resource].type);
    assert_string_equal(issued.resource_id, resources[resource].id);
    assert_int_equal(issued.issued_at, FAKE_START_AT);
    assert_int_equal(issued.long_lived, client_method == NULL && methods[method].long_lived);
}

static void asks_the_least_for_every_method_and_resource(void **state)
{
    (void)state;
    for (size_t method = 0; method < CL_COUNT(methods); method++) {
        for (size_t resource = 0; resource < CL_COUNT(resources); resource++)
            check_cell(method, resource);
    }
}

/* --- AWS credentials ----------------------------------------------------------------------- */

static void gives_a_session_for_one_bucket(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    answer_sts(&at, "AssumeRole");
    assert_ok(issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 900, &issued), &at.err);
    CL_AUTO(cl_string) char *policy = sent_param(&at, 0, "Policy");
    CL_AUTO(cl_string) char *life = sent_param(&at, 0, "DurationSeconds");
    assert_non_null(strstr(policy, "\"arn:aws:s3:::zenfiles\""));
    assert_null(strstr(policy, "s3:::*"));
    assert_string_equal(life, "900");
    assert_str(secret_of(&issued, "aws_access_key_id"), SESSION_KEY_ID);
    assert_str(secret_of(&issued, "aws_secret_access_key"), EXAMPLE_SECRET);
    assert_str(secret_of(&issued, "aws_session_token"), SESSION_TOKEN);
    assert_str(text_of(&issued, "region"), "us-east-1");
    assert_int_equal(issued.expires_at, STS_EXPIRES_AT);
    assert_true(issued.provider_scoped);
    assert_string_equal(issued.fingerprint, SESSION_KEY_ID);
    assert_string_equal(issued.provider_request_id, "req-AssumeRole");
    assert_null(issued.client_id);
}

static void passes_stored_keys_on_as_they_are(void **state)
{
    CL_AUTO(aws_case) struct aws_case key = aws_case("secret-key");
    CL_AUTO(aws_case) struct aws_case token = aws_case("sts-token");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    assert_ok(issue(&key, AWS_GENERIC, "us-east-1", 0, &issued), &key.err);
    assert_str(secret_of(&issued, "aws_access_key_id"), EXAMPLE_KEY_ID);
    assert_null(cl_config_secret(&issued.config, "aws_session_token"));
    assert_int_equal(issued.expires_at, 0);
    assert_false(issued.provider_scoped);
    assert_null(issued.fingerprint);
    token.conn.expires_at = FAKE_START_AT + 5000;
    assert_ok(issue(&token, AWS_GENERIC, "us-east-1", 0, &issued), &token.err);
    assert_str(secret_of(&issued, "aws_session_token"), EXAMPLE_TOKEN);
    assert_int_equal(issued.expires_at, FAKE_START_AT + 5000);
    assert_true(issued.long_lived); /* it cannot be made to end sooner */
}

static void says_when_the_resource_is_not_all_that_can_be_reached(void **state)
{
    static const struct {
        const char *method;
        const char *action;
        bool scoped;
    } cases[] = {{"iam-role", "AssumeRole", true},
                 {"federation-token", "GetFederationToken", true},
                 {"session-token", "GetSessionToken", false}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(cases[i].method);
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

        answer_sts(&at, cases[i].action);
        assert_ok(issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 0, &issued), &at.err);
        assert_int_equal(issued.provider_scoped, cases[i].scoped);
    }
    CL_AUTO(aws_case) struct aws_case own = aws_case("iam-role");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    case_set(&own, "policy", "{\"Statement\":[]}");
    answer_sts(&own, "AssumeRole");
    assert_ok(issue(&own, AWS_S3_BUCKET, "s3://zenfiles", 0, &issued), &own.err);
    assert_false(issued.provider_scoped); /* nobody knows what the user's policy allows */
}

static void tells_where_the_services_are(void **state)
{
    static const char *const attrs[] = {"endpoint_url",     "sts_endpoint_url",
                                        "s3_endpoint_url",  "eks_endpoint_url",
                                        "ecr_endpoint_url", "s3_addressing_style"};
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(attrs); i++)
        case_set(&at, attrs[i], i < 5 ? "http://localhost:1" : "path");
    case_set(&at, "ecr_registry_id", CASE_ACCOUNT);
    assert_ok(issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 0, &issued), &at.err);
    for (size_t i = 0; i < CL_COUNT(attrs); i++)
        assert_str(text_of(&issued, attrs[i]), i < 5 ? "http://localhost:1" : "path");
    assert_null(cl_config_find(&issued.config, "ecr_registry_id")); /* of no use to a client */
    assert_null(cl_config_find(&issued.config, "role_arn"));
}

static void tells_where_a_verified_bucket_is(void **state)
{
    static const struct {
        const char *known;
        const char *endpoint; /* NULL: AWS's own */
        const char *type;
        const char *id;
        const char *region;
    } cases[] = {
        {"s3://zenfiles", NULL, AWS_S3_BUCKET, "s3://zenfiles", "eu-west-1"},
        {"s3://other", NULL, AWS_S3_BUCKET, "s3://zenfiles", ""},
        {NULL, NULL, AWS_S3_BUCKET, "s3://zenfiles", ""},
        {"s3://zenfiles", NULL, AWS_GENERIC, "us-east-1", ""},
        {"s3://zenfiles", "http://localhost:9000", AWS_S3_BUCKET, "s3://zenfiles", ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
        struct cl_map *facts = &at.conn.facts;

        if (cases[i].known != NULL)
            assert_ok(cl_map_set(facts, CL_STR("bucket"), cl_str_of(cases[i].known), &at.err),
                      &at.err);
        assert_ok(cl_map_set(facts, CL_STR("bucket_region"), CL_STR("eu-west-1"), &at.err),
                  &at.err);
        case_set(&at, "s3_endpoint_url", cases[i].endpoint);
        assert_ok(issue(&at, cases[i].type, cases[i].id, 0, &issued), &at.err);
        assert_str(text_of(&issued, "bucket_region"), cases[i].region);
        assert_str(text_of(&issued, "region"), "us-east-1");
        assert_asked(&at, ""); /* it costs no question */
    }
}

/* --- Docker logins ------------------------------------------------------------------------- */

static void gives_a_login_for_the_registry(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    answer_login(&at);
    assert_ok(issue(&at, AWS_ECR_REGISTRY, REGISTRY_ID, 0, &issued), &at.err);
    assert_str(secret_of(&issued, "username"), "AWS");
    assert_str(secret_of(&issued, "password"), "ecr-password:with:colons");
    assert_str(text_of(&issued, "registry"), "https://" REGISTRY_ID);
    assert_string_equal(issued.provider_request_id, "req-login");
    assert_null(cl_config_secret(&issued.config, "aws_secret_access_key"));
}

static void ends_a_login_with_the_session_that_asked_for_it(void **state)
{
    static const struct {
        const char *method;
        const char *action; /* NULL: nothing is minted */
        int64_t stored_end_s;
        int64_t expires_at;
    } cases[] = {
        {"secret-key", NULL, 0, LOGIN_EXPIRES_AT},
        {"sts-token", NULL, 0, LOGIN_EXPIRES_AT},
        {"sts-token", NULL, 1800, FAKE_START_AT + 1800},
        {"sts-token", NULL, 90000, LOGIN_EXPIRES_AT},
        {"iam-role", "AssumeRole", 0, STS_EXPIRES_AT},
        {"session-token", "GetSessionToken", 0, STS_EXPIRES_AT},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(cases[i].method);
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

        at.conn.expires_at = cases[i].stored_end_s == 0 ? 0 : FAKE_START_AT + cases[i].stored_end_s;
        if (cases[i].action != NULL)
            answer_sts(&at, cases[i].action);
        answer_login(&at);
        assert_ok(issue(&at, AWS_ECR_REGISTRY, REGISTRY_ID, 0, &issued), &at.err);
        assert_int_equal(issued.expires_at, cases[i].expires_at);
    }
}

static void assumes_twelve_hours_where_the_end_is_past(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    fake_answer(at.fake, "POST", "ecr", 200, NULL,
                "{\"authorizationData\":[{\"authorizationToken\":\"QVdTOnB3\",\"expiresAt\":"
                "1420070400,\"proxyEndpoint\":\"https://" REGISTRY_ID "\"}]}");
    assert_ok(issue(&at, AWS_ECR_REGISTRY, NULL, 0, &issued), &at.err);
    assert_int_equal(issued.expires_at, FAKE_START_AT + 43200);
    assert_string_equal(issued.resource_id, REGISTRY_ID); /* the answer names the registry */
}

static void names_the_account_whose_registry_is_meant(void **state)
{
    CL_AUTO(aws_case) struct aws_case role = aws_case("iam-role");
    CL_AUTO(aws_case) struct aws_case other = aws_case("secret-key");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    answer_sts(&role, "AssumeRole");
    answer_login(&role);
    assert_ok(issue(&role, AWS_ECR_REGISTRY, NULL, 0, &issued), &role.err);
    assert_true(sent(&role, 1, "{\"registryIds\":[\"210987654321\"]}"));
    case_set(&other, "ecr_registry_id", "999988887777");
    answer_login(&other);
    assert_ok(issue(&other, AWS_ECR_REGISTRY, NULL, 0, &issued), &other.err);
    assert_true(sent(&other, 0, "{\"registryIds\":[\"999988887777\"]}"));
}

/* --- Kubernetes tokens --------------------------------------------------------------------- */

/* The address that the token stands for; to be freed with cl_free. */
static void token_url(const struct cl_issued *issued, struct cl_buf *ret)
{
    struct cl_str token = secret_of(issued, "token");
    struct cl_str prefix = CL_STR("k8s-aws-v1.");
    struct cl_err err = CL_ERR_NONE;

    assert_true(cl_str_starts(token, prefix));
    assert_ok(cl_base64_decode(cl_str_skip(token, prefix.len), CL_BASE64_URL, ret, &err), &err);
}

static void gives_a_token_for_the_cluster(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(8192);

    (void)state;
    answer_sts(&at, "AssumeRole");
    answer_cluster(&at);
    assert_ok(issue(&at, AWS_EKS_CLUSTER, "zen", 0, &issued), &at.err);
    assert_string_equal(issued.client_id, CLUSTER_ARN);
    assert_str(text_of(&issued, "cluster_name"), CLUSTER_ARN);
    assert_str(text_of(&issued, "server"), "https://AB.gr7.us-east-1.eks.amazonaws.com");
    assert_str(text_of(&issued, "certificate_authority"), "LS0t");
    assert_true(issued.provider_scoped);
    token_url(&issued, &url);
    assert_true(cl_str_starts(cl_buf_view(&url), CL_STR("https://sts.us-east-1.amazonaws.com/?")));
    assert_non_null(strstr(url.ptr, "X-Amz-Credential=" SESSION_KEY_ID "%2F"));
    assert_null(cl_config_secret(&issued.config, "aws_secret_access_key"));
}

static void ends_a_token_after_15_minutes_or_with_its_session(void **state)
{
    static const struct {
        int64_t stored_end_s;
        int64_t life_s;
    } cases[] = {{0, AWS_EKS_TOKEN_LIFETIME_S}, {600, 600}, {7200, AWS_EKS_TOKEN_LIFETIME_S}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("sts-token");
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

        at.conn.expires_at = cases[i].stored_end_s == 0 ? 0 : FAKE_START_AT + cases[i].stored_end_s;
        answer_cluster(&at);
        assert_ok(issue(&at, AWS_EKS_CLUSTER, "zen", 0, &issued), &at.err);
        assert_int_equal(issued.expires_at, FAKE_START_AT + cases[i].life_s);
        assert_false(issued.long_lived);
    }
}

static void gives_no_token_for_a_cluster_that_is_not_ready(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    fake_answer(at.fake, "GET", "/clusters/zen", 200, NULL, CLUSTER_BODY("CREATING", ""));
    assert_code(&at.err, issue(&at, AWS_EKS_CLUSTER, "zen", 0, &issued), CL_E_DENIED,
                "cluster 'zen' is not ready (status CREATING)");
    assert_null(cl_config_secret(&issued.config, "token"));
}

static void signs_with_the_servers_clock(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
    CL_AUTO(cl_buf) struct cl_buf url = CL_BUF(8192);

    (void)state;
    fake_answer(at.fake, "GET", "/clusters/zen", 403,
                "x-amzn-errortype: InvalidSignatureException\n"
                "date: Tue, 14 May 2024 14:34:56 GMT\n",
                "{\"message\":\"Signature expired: 20240514T123456Z is now earlier than\"}");
    answer_cluster(&at);
    assert_ok(issue(&at, AWS_EKS_CLUSTER, "zen", 0, &issued), &at.err);
    token_url(&issued, &url);
    assert_non_null(strstr(url.ptr, "X-Amz-Date=20240514T143456Z"));
    assert_int_equal(fake_request_count(at.fake), 2);
}

/* --- implicit ------------------------------------------------------------------------------ */

static void hands_out_a_session_instead_of_the_environments_key(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    fake_set_env(at.fake, "HOME", "/home/u");
    fake_set_env(at.fake, "AWS_ACCESS_KEY_ID", EXAMPLE_KEY_ID);
    fake_set_env(at.fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    answer_sts(&at, "GetSessionToken");
    assert_ok(issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 900, &issued), &at.err);
    assert_asked(&at, "GetSessionToken");
    assert_string_equal(issued.auth_method, "sts-token");
    assert_str(secret_of(&issued, "aws_access_key_id"), SESSION_KEY_ID);
    assert_false(issued.long_lived);
    fake_set_env(at.fake, "AWS_SESSION_TOKEN", EXAMPLE_TOKEN);
    assert_ok(issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 900, &issued), &at.err);
    assert_str(secret_of(&issued, "aws_session_token"), EXAMPLE_TOKEN);
    assert_int_equal(issued.expires_at, FAKE_START_AT + 3600);
    assert_false(issued.long_lived);
}

static void hands_out_the_places_that_were_found_with_the_keys(void **state)
{
    static const struct {
        const char *set; /* attribute of the connector; NULL: none */
        const char *all;
        const char *s3;
    } cases[] = {
        {NULL, "http://localhost:7000", "http://localhost:7001"},
        {"s3_endpoint_url", "http://localhost:7000", "http://localhost:9"},
        {"endpoint_url", "http://localhost:9", ""}, /* what is around does not count then */
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

        fake_set_env(at.fake, "HOME", "/home/u");
        fake_set_env(at.fake, "AWS_ENDPOINT_URL_S3", "http://localhost:7001");
        fake_set_env(at.fake, "AWS_ENDPOINT_URL", "http://localhost:7000");
        fake_set_env(at.fake, "AWS_ACCESS_KEY_ID", EXAMPLE_KEY_ID);
        fake_set_env(at.fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
        fake_set_env(at.fake, "AWS_SESSION_TOKEN", EXAMPLE_TOKEN);
        if (cases[i].set != NULL)
            case_set(&at, cases[i].set, "http://localhost:9");
        assert_ok(issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 0, &issued), &at.err);
        assert_str(text_of(&issued, "endpoint_url"), cases[i].all);
        assert_str(text_of(&issued, "s3_endpoint_url"), cases[i].s3);
        assert_str(text_of(&issued, "region"), "us-east-1");
    }
}

static void hands_out_no_place_that_is_none(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};

    (void)state;
    fake_set_env(at.fake, "HOME", "/home/u");
    fake_set_env(at.fake, "AWS_ENDPOINT_URL", "https://user@localhost/");
    fake_set_env(at.fake, "AWS_ACCESS_KEY_ID", EXAMPLE_KEY_ID);
    fake_set_env(at.fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    fake_set_env(at.fake, "AWS_SESSION_TOKEN", EXAMPLE_TOKEN);
    assert_code(&at.err, issue(&at, AWS_S3_BUCKET, "s3://zenfiles", 0, &issued), CL_E_INVALID,
                "endpoint_url");
}

/* --- failures ------------------------------------------------------------------------------ */

static void passes_on_the_providers_refusal(void **state)
{
    static const struct {
        const char *method;
        const char *type;
        const char *aws_code;
        enum cl_code want;
    } cases[] = {
        {"iam-role", AWS_S3_BUCKET, "AccessDenied", CL_E_DENIED},
        {"iam-role", AWS_EKS_CLUSTER, "InvalidClientTokenId", CL_E_REJECTED},
        {"session-token", AWS_GENERIC, "SignatureDoesNotMatch", CL_E_REJECTED},
        {"secret-key", AWS_ECR_REGISTRY, "AccessDeniedException", CL_E_DENIED},
        {"secret-key", AWS_EKS_CLUSTER, "ResourceNotFoundException", CL_E_RESOURCE_NOT_FOUND},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(cases[i].method);
        CL_AUTO(cl_issued) struct cl_issued issued = {.connector_type = NULL};
        char headers[64];

        (void)snprintf(headers, sizeof(headers), "x-amzn-errortype: %s\n", cases[i].aws_code);
        if (strcmp(cases[i].method, "secret-key") == 0)
            fake_answer(at.fake, NULL, NULL, 400, headers, "{\"message\":\"no\"}");
        else
            answer_error(&at, NULL, 403, cases[i].aws_code);
        assert_code(&at.err, issue(&at, cases[i].type, "zen", 0, &issued), cases[i].want, NULL);
        assert_string_equal(at.err.upstream_code, cases[i].aws_code);
        assert_int_equal(fake_request_count(at.fake), 1);
    }
}

static void reports_every_failing_allocation(void **state)
{
    (void)state;
    for (size_t resource = 0; resource < CL_COUNT(resources); resource++) {
        enum cl_code code = CL_E_FAILED;

        for (int64_t nth = 1; code != CL_OK; nth++) {
            CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
            struct cl_issued issued = {.connector_type = NULL};
            size_t live = cl_alloc_live_blocks();

            assert_true(nth < 3000);
            answer_sts(&at, "AssumeRole");
            answer_cluster(&at);
            answer_login(&at);
            (void)cl_alloc_fail_at(nth);
            code = issue(&at, resources[resource].type, resources[resource].id, 900, &issued);
            int64_t made = cl_alloc_fail_at(0);
            assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
            cl_issued_cleanup(&issued);
            assert_int_equal(cl_alloc_live_blocks(), live);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_the_least_for_every_method_and_resource),
        cmocka_unit_test(gives_a_session_for_one_bucket),
        cmocka_unit_test(passes_stored_keys_on_as_they_are),
        cmocka_unit_test(says_when_the_resource_is_not_all_that_can_be_reached),
        cmocka_unit_test(tells_where_the_services_are),
        cmocka_unit_test(tells_where_a_verified_bucket_is),
        cmocka_unit_test(gives_a_login_for_the_registry),
        cmocka_unit_test(ends_a_login_with_the_session_that_asked_for_it),
        cmocka_unit_test(assumes_twelve_hours_where_the_end_is_past),
        cmocka_unit_test(names_the_account_whose_registry_is_meant),
        cmocka_unit_test(gives_a_token_for_the_cluster),
        cmocka_unit_test(ends_a_token_after_15_minutes_or_with_its_session),
        cmocka_unit_test(gives_no_token_for_a_cluster_that_is_not_ready),
        cmocka_unit_test(signs_with_the_servers_clock),
        cmocka_unit_test(hands_out_a_session_instead_of_the_environments_key),
        cmocka_unit_test(hands_out_the_places_that_were_found_with_the_keys),
        cmocka_unit_test(hands_out_no_place_that_is_none),
        cmocka_unit_test(passes_on_the_providers_refusal),
        cmocka_unit_test(reports_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
