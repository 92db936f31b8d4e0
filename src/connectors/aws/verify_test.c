#include "aws_connector.h"

/* Verification: the fewest questions for each method and resource, and what the answers mean. */

#define HEAD "HEAD https://zenfiles.s3.us-east-1.amazonaws.com/"
#define CLUSTER "GET https://eks.us-east-1.amazonaws.com/clusters/zen"
#define REGISTRY "GetAuthorizationToken | DescribeRepositories"
#define REGISTRY_ID CASE_ACCOUNT ".dkr.ecr.us-east-1.amazonaws.com"

static enum cl_code verify(struct aws_case *at, const char *type, const char *id,
                           struct cl_verified *ret)
{
    struct cl_scope scope = {.type = type == NULL ? NULL : case_resource(type), .id = id};

    cl_verified_cleanup(ret);
    at->err = CL_ERR_NONE;
    return aws_verify(&at->call, &at->conn, &scope, ret, &at->err);
}

static void answer_head(struct aws_case *at, int status, const char *headers)
{
    fake_answer(at->fake, "HEAD", "zenfiles", status, headers, "");
}

static void answer_repositories(struct aws_case *at)
{
    fake_answer(at->fake, "POST", "ecr", 200, NULL,
                "{\"repositories\":[{\"repositoryName\":\"r\"}]}");
}

/* --- how often and whom -------------------------------------------------------------------- */

/* Answers to everything that a verification may ask. */
static void answer_all(struct aws_case *at)
{
    answer_sts(at, "AssumeRole");
    answer_sts(at, "GetSessionToken");
    answer_sts(at, "GetFederationToken");
    answer_sts(at, "GetCallerIdentity");
    answer_head(at, 200, "x-amz-bucket-region: us-east-1\n");
    answer_cluster(at);
    answer_login(at);
    answer_repositories(at);
}

static const struct {
    const char *method;
    const char *global;
    const char *mints; /* before a resource is asked for */
    bool knows_account;
} costs[] = {
    {"secret-key", "GetCallerIdentity", "", false},
    {"sts-token", "GetCallerIdentity", "", false},
    {"iam-role", "AssumeRole | GetCallerIdentity", "AssumeRole | ", true},
    {"session-token", "GetCallerIdentity", "GetSessionToken | ", false},
    {"federation-token", "GetCallerIdentity", "GetFederationToken | ", false},
};

static void check_cost(const char *method, const char *type, const char *id, const char *before,
                       const char *asked)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case(method);
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    CL_AUTO(cl_buf) struct cl_buf want = CL_BUF(4096);

    cl_buf_addf(&want, "%s%s", before, asked);
    answer_all(&at);
    assert_ok(verify(&at, type, id, &verified), &at.err);
    assert_asked(&at, want.ptr);
}

static void asks_as_little_as_possible(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(costs); i++) {
        const char *mints = costs[i].mints;

        check_cost(costs[i].method, NULL, NULL, "", costs[i].global);
        check_cost(costs[i].method, AWS_GENERIC, "us-east-1", "", costs[i].global);
        check_cost(costs[i].method, AWS_S3_BUCKET, "s3://zenfiles", mints, HEAD);
        check_cost(costs[i].method, AWS_EKS_CLUSTER, "zen", mints, CLUSTER);
        if (costs[i].knows_account)
            check_cost(costs[i].method, AWS_ECR_REGISTRY, NULL, mints, REGISTRY);
    }
    /* The registry's name is made of the account, which the source key can tell. */
    check_cost("secret-key", AWS_ECR_REGISTRY, NULL, "GetCallerIdentity | ", REGISTRY);
    check_cost("session-token", AWS_ECR_REGISTRY, NULL, "GetCallerIdentity | GetSessionToken | ",
               REGISTRY);
}

static void needs_no_second_proof_for_generic_access(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    struct cl_scope scope = {
        .type = case_resource(AWS_GENERIC), .id = "us-east-1", .authenticated = true};

    (void)state;
    assert_ok(aws_verify(&at.call, &at.conn, &scope, &verified, &at.err), &at.err);
    assert_asked(&at, "");
}

static void does_not_ask_again_for_an_account_it_knows(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    assert_ok(cl_map_set(&at.conn.facts, CL_STR("account_id"), CL_STR(CASE_ACCOUNT), &at.err),
              &at.err);
    answer_login(&at);
    answer_repositories(&at);
    assert_ok(verify(&at, AWS_ECR_REGISTRY, REGISTRY_ID, &verified), &at.err);
    assert_asked(&at, REGISTRY);
    assert_true(sent(&at, 0, "{\"registryIds\":[\"" CASE_ACCOUNT "\"]}"));
}

/* Whatever is around is looked for once, also when the account has to be asked for. */
static void looks_for_implicit_credentials_once(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    fake_set_env(at.fake, "HOME", "/home/u");
    fake_set_file(at.fake, "/home/u/.aws/config",
                  "[default]\nrole_arn=" CASE_ROLE "\nsource_profile=base\n"
                  "[profile base]\naws_access_key_id=" EXAMPLE_KEY_ID
                  "\naws_secret_access_key=" EXAMPLE_SECRET "\n");
    answer_all(&at);
    assert_ok(verify(&at, AWS_ECR_REGISTRY, NULL, &verified), &at.err);
    assert_asked(&at, "AssumeRole | GetCallerIdentity | " REGISTRY);
}

static void asks_for_somebody_elses_registry(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    case_set(&at, "ecr_registry_id", "999988887777");
    answer_sts(&at, "AssumeRole");
    answer_login(&at);
    answer_repositories(&at);
    assert_ok(verify(&at, AWS_ECR_REGISTRY, NULL, &verified), &at.err);
    assert_true(sent(&at, 1, "{\"registryIds\":[\"999988887777\"]}"));
}

static void limits_the_session_that_it_verifies_with(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    answer_sts(&at, "AssumeRole");
    answer_head(&at, 200, NULL);
    assert_ok(verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), &at.err);
    CL_AUTO(cl_string) char *policy = sent_param(&at, 0, "Policy");
    assert_non_null(strstr(policy, "arn:aws:s3:::zenfiles/*"));
    assert_true(sent(&at, 1, SESSION_KEY_ID "/"));
    assert_true(sent(&at, 1, SESSION_TOKEN));
}

/* --- what is learned ----------------------------------------------------------------------- */

static void learns_who_it_is(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    answer_sts(&at, "GetCallerIdentity");
    assert_ok(verify(&at, NULL, NULL, &verified), &at.err);
    assert_string_equal(verified.identity, "arn:aws:iam::" CASE_ACCOUNT ":user/cleat");
    assert_string_equal(cl_map_get(&verified.facts, "account_id"), CASE_ACCOUNT);
    assert_string_equal(cl_map_get(&verified.facts, "identity"), verified.identity);
    assert_int_equal(verified.warnings.count, 0);
}

static void passes_on_why_it_is_nobody(void **state)
{
    static const struct {
        int status;
        const char *code;
        enum cl_code want;
    } cases[] = {
        {403, "InvalidClientTokenId", CL_E_REJECTED}, {403, "SignatureDoesNotMatch", CL_E_REJECTED},
        {403, "ExpiredToken", CL_E_EXPIRED},          {403, "AccessDenied", CL_E_DENIED},
        {400, "ValidationError", CL_E_INVALID},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

        answer_error(&at, NULL, cases[i].status, cases[i].code);
        assert_code(&at.err, verify(&at, NULL, NULL, &verified), cases[i].want, cases[i].code);
        assert_null(verified.identity);
        assert_int_equal(verified.facts.count, 0);
    }
}

static void retries_what_may_pass(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    answer_error(&at, NULL, 400, "Throttling");
    fake_answer(at.fake, NULL, NULL, 503, NULL, "");
    answer_sts(&at, "GetCallerIdentity");
    assert_ok(verify(&at, NULL, NULL, &verified), &at.err);
    assert_asked(&at, "GetCallerIdentity | GetCallerIdentity | GetCallerIdentity");
    for (int i = 0; i < 3; i++)
        answer_error(&at, NULL, 400, "Throttling");
    assert_code(&at.err, verify(&at, NULL, NULL, &verified), CL_E_THROTTLED, NULL);
}

/* --- buckets ------------------------------------------------------------------------------- */

static void judges_a_bucket_by_its_answer(void **state)
{
    static const struct {
        int status;
        enum cl_code want;
        const char *part;
    } cases[] = {
        {200, CL_OK, NULL},
        {403, CL_E_DENIED, "cannot use bucket 'zenfiles'"},
        {404, CL_E_RESOURCE_NOT_FOUND, "there is no bucket 'zenfiles'"},
        {400, CL_E_REJECTED, "cannot use bucket 'zenfiles'"},
        {0, CL_E_UNREACHABLE, NULL},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

        for (int k = 0; k < 3; k++)
            answer_head(&at, cases[i].status, NULL);
        assert_code(&at.err, verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), cases[i].want,
                    cases[i].part);
    }
}

static void follows_a_bucket_to_its_region_once(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    answer_head(&at, 301, "x-amz-bucket-region: eu-west-1\n");
    answer_head(&at, 200, "x-amz-bucket-region: eu-west-1\n");
    assert_ok(verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), &at.err);
    assert_asked(&at, HEAD " | HEAD https://zenfiles.s3.eu-west-1.amazonaws.com/");
    assert_string_equal(cl_map_get(&verified.facts, "bucket"), "s3://zenfiles");
    assert_string_equal(cl_map_get(&verified.facts, "bucket_region"), "eu-west-1");
    answer_head(&at, 301, "x-amz-bucket-region: eu-west-1\n");
    answer_head(&at, 301, "x-amz-bucket-region: eu-west-2\n");
    assert_int_not_equal(verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), CL_OK);
    assert_int_equal(fake_request_count(at.fake), 4);
}

static void addresses_other_stores_by_path(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    case_set(&at, "endpoint_url", "http://localhost:9000");
    answer_head(&at, 200, NULL);
    assert_ok(verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), &at.err);
    assert_asked(&at, "HEAD http://localhost:9000/zenfiles");
    assert_int_equal(verified.facts.count, 0); /* regions are AWS's */
    case_set(&at, "s3_addressing_style", "virtual");
    answer_head(&at, 200, NULL);
    assert_ok(verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), &at.err);
    assert_true(sent(&at, 1, "HEAD http://zenfiles.localhost:9000/"));
}

static void asks_a_store_without_sts_for_its_buckets(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    case_set(&at, "s3_endpoint_url", "http://s3.localhost:9000");
    case_set(&at, "s3_compatible", "true");
    answer_buckets(&at);
    assert_ok(verify(&at, NULL, NULL, &verified), &at.err);
    assert_true(sent(&at, 0, "GET http://s3.localhost:9000/?max-buckets=1\n"));
    assert_int_equal(fake_request_count(at.fake), 1);
    assert_null(verified.identity); /* it cannot say who we are */
    answer_error(&at, NULL, 403, "InvalidAccessKeyId");
    assert_code(&at.err, verify(&at, NULL, NULL, &verified), CL_E_REJECTED, NULL);
}

static void sends_the_keys_of_a_store_to_no_service_of_aws(void **state)
{
    static const struct {
        const char *type;
        const char *id;
    } scopes[] = {
        {AWS_EKS_CLUSTER, "zen"},
        {AWS_ECR_REGISTRY, NULL},
        {AWS_ECR_REGISTRY, REGISTRY_ID},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(scopes); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

        case_set(&at, "s3_endpoint_url", "http://s3.localhost:9000");
        case_set(&at, "s3_compatible", "true");
        answer_all(&at);
        assert_code(&at.err, verify(&at, scopes[i].type, scopes[i].id, &verified), CL_E_UNSUPPORTED,
                    "S3-compatible store");
        assert_asked(&at, "");
    }
}

/* --- clusters ------------------------------------------------------------------------------ */

static void judges_a_cluster_by_its_state(void **state)
{
    static const struct {
        const char *body;
        enum cl_code want;
        const char *part; /* of the error or the warning; NULL: none */
    } cases[] = {
        {CLUSTER_BODY("ACTIVE", CLUSTER_READY), CL_OK, NULL},
        {CLUSTER_BODY("UPDATING", CLUSTER_READY), CL_OK, NULL},
        {CLUSTER_BODY("DELETING", CLUSTER_READY), CL_OK, "cluster 'zen' has status DELETING"},
        {CLUSTER_BODY("FAILED", CLUSTER_READY), CL_OK, "cluster 'zen' has status FAILED"},
        {CLUSTER_BODY("CREATING", ""), CL_E_DENIED, "'zen' is not ready (status CREATING)"},
        {CLUSTER_BODY("PENDING", ",\"endpoint\":\"https://x.eks.amazonaws.com\""), CL_E_DENIED,
         "not ready"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

        fake_answer(at.fake, "GET", "/clusters/zen", 200, NULL, cases[i].body);
        assert_code(&at.err, verify(&at, AWS_EKS_CLUSTER, "zen", &verified), cases[i].want,
                    cases[i].part);
        assert_int_equal(verified.warnings.count, cases[i].want == CL_OK && cases[i].part != NULL);
        if (verified.warnings.count > 0)
            assert_string_equal(verified.warnings.items[0], cases[i].part);
    }
}

static void says_when_there_is_no_such_cluster(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

    (void)state;
    fake_answer(at.fake, "GET", "/clusters/zen", 404,
                "x-amzn-errortype: ResourceNotFoundException\n",
                "{\"message\":\"No cluster found for name: zen.\"}");
    assert_code(&at.err, verify(&at, AWS_EKS_CLUSTER, "zen", &verified), CL_E_RESOURCE_NOT_FOUND,
                "No cluster found");
}

/* --- registries ---------------------------------------------------------------------------- */

static void needs_no_more_than_the_login(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum cl_code want;
        size_t warnings;
    } cases[] = {
        {200, "{\"repositories\":[]}", CL_OK, 0}, /* empty, but usable */
        {400, "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}", CL_OK, 1},
        {400, "{\"__type\":\"RegistryNotFoundException\",\"message\":\"no\"}",
         CL_E_RESOURCE_NOT_FOUND, 0},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

        answer_sts(&at, "AssumeRole");
        answer_login(&at);
        fake_answer(at.fake, "POST", "ecr", cases[i].status, NULL, cases[i].body);
        assert_code(&at.err, verify(&at, AWS_ECR_REGISTRY, NULL, &verified), cases[i].want, NULL);
        assert_int_equal(verified.warnings.count, cases[i].warnings);
    }
    CL_AUTO(aws_case) struct aws_case denied = aws_case("iam-role");
    CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
    answer_sts(&denied, "AssumeRole");
    fake_answer(denied.fake, "POST", "ecr", 400, NULL,
                "{\"__type\":\"AccessDeniedException\",\"message\":\"no\"}");
    assert_code(&denied.err, verify(&denied, AWS_ECR_REGISTRY, NULL, &verified), CL_E_DENIED, NULL);
}

/* --- faults -------------------------------------------------------------------------------- */

static void reports_every_failing_call(void **state)
{
    static const struct {
        const char *type;
        const char *id;
    } scopes[] = {{NULL, NULL},
                  {AWS_S3_BUCKET, "s3://zenfiles"},
                  {AWS_EKS_CLUSTER, "zen"},
                  {AWS_ECR_REGISTRY, NULL}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(scopes); i++) {
        enum cl_code code = CL_E_FAILED;

        for (int64_t nth = 1; code != CL_OK; nth++) {
            CL_AUTO(aws_case) struct aws_case at = aws_case("session-token");
            CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};
            size_t live = cl_alloc_live_blocks();

            assert_true(nth < 3000);
            answer_all(&at);
            (void)cl_alloc_fail_at(nth);
            code = verify(&at, scopes[i].type, scopes[i].id, &verified);
            int64_t made = cl_alloc_fail_at(0);
            assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
            cl_verified_cleanup(&verified);
            assert_int_equal(cl_alloc_live_blocks(), live);
        }
    }
}

static void gets_over_one_failing_request(void **state)
{
    (void)state;
    for (int64_t nth = 1; nth <= 2; nth++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("session-token");
        CL_AUTO(cl_verified) struct cl_verified verified = {.identity = NULL};

        answer_all(&at);
        fake_fail_at(at.fake, nth); /* the transport */
        assert_ok(verify(&at, AWS_S3_BUCKET, "s3://zenfiles", &verified), &at.err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_as_little_as_possible),
        cmocka_unit_test(needs_no_second_proof_for_generic_access),
        cmocka_unit_test(does_not_ask_again_for_an_account_it_knows),
        cmocka_unit_test(looks_for_implicit_credentials_once),
        cmocka_unit_test(asks_for_somebody_elses_registry),
        cmocka_unit_test(limits_the_session_that_it_verifies_with),
        cmocka_unit_test(learns_who_it_is),
        cmocka_unit_test(passes_on_why_it_is_nobody),
        cmocka_unit_test(retries_what_may_pass),
        cmocka_unit_test(judges_a_bucket_by_its_answer),
        cmocka_unit_test(follows_a_bucket_to_its_region_once),
        cmocka_unit_test(addresses_other_stores_by_path),
        cmocka_unit_test(asks_a_store_without_sts_for_its_buckets),
        cmocka_unit_test(sends_the_keys_of_a_store_to_no_service_of_aws),
        cmocka_unit_test(judges_a_cluster_by_its_state),
        cmocka_unit_test(says_when_there_is_no_such_cluster),
        cmocka_unit_test(needs_no_more_than_the_login),
        cmocka_unit_test(reports_every_failing_call),
        cmocka_unit_test(gets_over_one_failing_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
