#include "connectors/aws/access.h"

#include "aws_connector.h"

/* Credentials for a use: which session is minted, with what, and who signs what comes next. */

static enum cl_code open_for(struct aws_case *at, const struct aws_use *use,
                             struct aws_access *access)
{
    at->err = CL_ERR_NONE;
    return aws_access_open(&at->call, &at->conn, use, access, &at->err);
}

static const struct aws_use bucket = {.type = AWS_S3_BUCKET, .id = "s3://zenfiles"};

static bool signs_with(const struct aws_access *access, const char *key_id)
{
    return cl_str_eq_c(cl_secret_expose(access->config.credentials.access_key_id), key_id);
}

/* A cell of the minting matrix: what is asked of STS for a resource of each type. */
static const struct {
    const char *method;
    const char *action; /* "": nothing is minted */
    bool policies;      /* a session policy may go with it */
} minting[] = {
    {"secret-key", "", false},
    {"sts-token", "", false},
    {"iam-role", "AssumeRole", true},
    {"session-token", "GetSessionToken", false},
    {"federation-token", "GetFederationToken", true},
};

static const struct {
    const char *type;
    const char *id;
    const char *policy_part; /* "": no policy */
} uses[] = {
    {AWS_GENERIC, "us-east-1", ""},
    {AWS_S3_BUCKET, "s3://zenfiles", "arn:aws:s3:::zenfiles/*"},
    {AWS_S3_BUCKET, NULL, "CleatS3List"},
    {AWS_EKS_CLUSTER, "zen", "cluster/zen"},
    {AWS_EKS_CLUSTER, NULL, "CleatEksList"},
    {AWS_ECR_REGISTRY, "123456789012.dkr.ecr.us-east-1.amazonaws.com", "AllowECRRepositoryAccess"},
};

static void check_policy(struct aws_case *at, const char *part)
{
    CL_AUTO(cl_string) char *policy = sent_param(at, 0, "Policy");

    if (part[0] == '\0') {
        assert_null(policy);
        return;
    }
    assert_non_null(policy);
    if (strstr(policy, part) == NULL)
        fail_msg("%s is not in %s", part, policy);
}

static void mints_for_each_method_and_resource(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(minting) * CL_COUNT(uses); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(minting[i / CL_COUNT(uses)].method);
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};
        const char *action = minting[i / CL_COUNT(uses)].action;
        bool policies = minting[i / CL_COUNT(uses)].policies;
        struct aws_use use = {.type = uses[i % CL_COUNT(uses)].type,
                              .id = uses[i % CL_COUNT(uses)].id};

        if (action[0] != '\0')
            answer_sts(&at, action);
        assert_ok(open_for(&at, &use, &access), &at.err);
        assert_asked(&at, action); /* one question at most */
        assert_int_equal(access.minted, action[0] != '\0');
        assert_true(signs_with(&access, access.minted ? SESSION_KEY_ID : EXAMPLE_KEY_ID));
        if (!access.minted)
            continue;
        assert_true(sent(&at, 0, EXAMPLE_KEY_ID "/")); /* signed with the stored key */
        assert_true(sent(&at, 0, "POST https://sts.us-east-1.amazonaws.com"));
        assert_int_equal(access.expires_at, STS_EXPIRES_AT);
        check_policy(&at, policies ? uses[i % CL_COUNT(uses)].policy_part : "");
        assert_int_equal(access.narrowed,
                         policies && use.id != NULL && strcmp(use.type, AWS_GENERIC) != 0);
    }
}

static void keeps_the_end_of_a_stored_token(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("sts-token");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};

    (void)state;
    at.conn.expires_at = FAKE_START_AT + 77;
    assert_ok(open_for(&at, &bucket, &access), &at.err);
    assert_int_equal(access.expires_at, FAKE_START_AT + 77);
    assert_str(cl_secret_expose(access.config.credentials.session_token), EXAMPLE_TOKEN);
}

static void sends_what_the_role_needs(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};
    static const struct {
        const char *name;
        const char *value;
    } params[] = {{"RoleArn", CASE_ROLE},
                  {"RoleSessionName", "me@example.com"},
                  {"ExternalId", "ext:1"},
                  {"SourceIdentity", "me"},
                  {"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/A"},
                  {"PolicyArns.member.2.arn", "arn:aws:iam::aws:policy/B"},
                  {"DurationSeconds", "1800"}};

    (void)state;
    case_set(&at, "role_session_name", "me@example.com");
    case_set(&at, "external_id", "ext:1");
    case_set(&at, "source_identity", "me");
    case_set(&at, "policy_arns", "arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B");
    at.conn.expiration_seconds = 1800;
    answer_sts(&at, "AssumeRole");
    assert_ok(open_for(&at, &bucket, &access), &at.err);
    for (size_t i = 0; i < CL_COUNT(params); i++) {
        CL_AUTO(cl_string) char *value = sent_param(&at, 0, params[i].name);
        assert_non_null(value);
        assert_string_equal(value, params[i].value);
    }
    check_policy(&at, ""); /* it would widen the user's own */
    assert_false(access.narrowed);
}

static void sends_the_token_of_a_temporary_source_key(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};

    (void)state;
    case_set(&at, "aws_session_token", EXAMPLE_TOKEN);
    answer_sts(&at, "AssumeRole");
    assert_ok(open_for(&at, &bucket, &access), &at.err);
    assert_true(sent(&at, 0, EXAMPLE_TOKEN));
}

static void asks_for_the_life_time_that_is_wanted(void **state)
{
    static const struct {
        const char *method;
        const char *action;
        int64_t stored_s;
        int64_t wanted_s;
        const char *sent_s;
    } cases[] = {
        {"iam-role", "AssumeRole", 0, 0, "3600"},
        {"iam-role", "AssumeRole", 7200, 0, "7200"},
        {"iam-role", "AssumeRole", 7200, 900, "900"},
        {"session-token", "GetSessionToken", 0, 0, "43200"},
        {"session-token", "GetSessionToken", 900, 1000, "1000"},
        {"federation-token", "GetFederationToken", 0, 0, "43200"},
        {"federation-token", "GetFederationToken", 129600, 0, "129600"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(cases[i].method);
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};
        struct aws_use use = {.type = AWS_S3_BUCKET, .ttl_s = cases[i].wanted_s};

        at.conn.expiration_seconds = cases[i].stored_s;
        answer_sts(&at, cases[i].action);
        assert_ok(open_for(&at, &use, &access), &at.err);
        CL_AUTO(cl_string) char *value = sent_param(&at, 0, "DurationSeconds");
        assert_string_equal(value, cases[i].sent_s);
    }
}

static void names_a_federated_user(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("federation-token");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};

    (void)state;
    answer_sts(&at, "GetFederationToken");
    assert_ok(open_for(&at, &bucket, &access), &at.err);
    CL_AUTO(cl_string) char *name = sent_param(&at, 0, "Name");
    assert_string_equal(name, "cleat-11111111222243338444555555");
}

static void says_what_was_refused(void **state)
{
    static const struct {
        const char *method;
        const char *aws_code;
        enum cl_code want;
        const char *part;
    } cases[] = {
        {"iam-role", "AccessDenied", CL_E_DENIED, "cannot assume IAM role " CASE_ROLE},
        {"iam-role", "InvalidClientTokenId", CL_E_REJECTED, "cannot assume IAM role"},
        {"iam-role", "ValidationError", CL_E_INVALID, "cannot assume IAM role"},
        {"iam-role", "RegionDisabledException", CL_E_INVALID, "cannot assume IAM role"},
        {"session-token", "SignatureDoesNotMatch", CL_E_REJECTED, "cannot get a session token"},
        {"session-token", "ExpiredToken", CL_E_EXPIRED, "cannot get a session token"},
        {"federation-token", "PackedPolicyTooLarge", CL_E_INVALID, "cannot get a federation token"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(cases[i].method);
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};

        answer_error(&at, NULL, 403, cases[i].aws_code);
        assert_code(&at.err, open_for(&at, &bucket, &access), cases[i].want, cases[i].part);
        assert_string_equal(at.err.upstream_code, cases[i].aws_code);
        assert_string_equal(at.err.upstream_service, "sts");
        assert_string_equal(at.err.upstream_request, "req-error");
        assert_false(access.minted);
        assert_int_equal(fake_request_count(at.fake), 1); /* no use in asking again */
    }
}

static void goes_where_the_connector_says(void **state)
{
    static const struct {
        const char *attr;
        const char *url;
        const char *sent;
    } cases[] = {
        {"endpoint_url", "http://localhost:5000", "POST http://localhost:5000"},
        {"sts_endpoint_url", "http://localhost:5001", "POST http://localhost:5001"},
        {"s3_endpoint_url", "http://localhost:5002", "POST https://sts.us-east-1.amazonaws.com"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};

        case_set(&at, cases[i].attr, cases[i].url);
        answer_sts(&at, "AssumeRole");
        assert_ok(open_for(&at, &bucket, &access), &at.err);
        assert_true(sent(&at, 0, cases[i].sent));
    }
}

static void mints_nothing_to_ask_who_we_are(void **state)
{
    static const char *const names[] = {"iam-role", "session-token", "federation-token"};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(names[i]);
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};

        fake_set_env(at.fake, "AWS_CA_BUNDLE", "/etc/ssl/own.pem");
        assert_ok(aws_access_source(&at.call, &at.conn, &access, &at.err), &at.err);
        assert_asked(&at, "");
        assert_true(signs_with(&access, EXAMPLE_KEY_ID));
        assert_string_equal(access.config.ca_file, "/etc/ssl/own.pem");
    }
}

/* --- implicit ------------------------------------------------------------------------------ */

static void set_environment(struct aws_case *at, const char *token)
{
    fake_set_env(at->fake, "HOME", "/home/u");
    fake_set_env(at->fake, "AWS_ACCESS_KEY_ID", EXAMPLE_KEY_ID);
    fake_set_env(at->fake, "AWS_SECRET_ACCESS_KEY", EXAMPLE_SECRET);
    fake_set_env(at->fake, "AWS_SESSION_TOKEN", token);
}

static void gates_implicit_authentication(void **state)
{
    static const struct {
        bool server;
        const char *flag; /* NULL: not set */
        bool allowed;
    } cases[] = {
        {false, NULL, true},       {false, "false", false}, {false, "0", false},
        {true, NULL, false},       {true, "true", true},    {true, "1", true},
        {true, "YES", true},       {true, "false", false},  {true, "perhaps", false},
        {false, "perhaps", false},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};

        set_environment(&at, EXAMPLE_TOKEN);
        fake_set_env(at.fake, "CLEAT_ENABLE_IMPLICIT_AUTH_METHODS", cases[i].flag);
        at.call.server_mode = cases[i].server;
        assert_code(&at.err, open_for(&at, &bucket, &access),
                    cases[i].allowed ? CL_OK : CL_E_IMPLICIT_DISABLED, "disabled");
        if (!cases[i].allowed)
            assert_non_null(strstr(at.err.hint, "CLEAT_ENABLE_IMPLICIT_AUTH_METHODS=true"));
    }
}

static void never_hands_out_the_keys_of_the_environment(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(aws_access) struct aws_access own = {.minted = false};
    CL_AUTO(aws_access) struct aws_access client = {.minted = false};
    struct aws_use use = bucket;

    (void)state;
    set_environment(&at, NULL);
    assert_ok(open_for(&at, &use, &own), &at.err); /* to verify they will do */
    assert_asked(&at, "");
    assert_true(signs_with(&own, EXAMPLE_KEY_ID));
    use.for_client = true;
    use.ttl_s = 900;
    answer_sts(&at, "GetSessionToken");
    assert_ok(open_for(&at, &use, &client), &at.err);
    assert_asked(&at, "GetSessionToken");
    assert_true(signs_with(&client, SESSION_KEY_ID));
    CL_AUTO(cl_string) char *life = sent_param(&at, 0, "DurationSeconds");
    assert_string_equal(life, "900"); /* no longer than asked for */
}

static void uses_temporary_keys_of_the_environment_as_they_are(void **state)
{
    static const struct {
        const char *expiration; /* NULL: not told */
        int64_t expires_at;
    } cases[] = {{NULL, FAKE_START_AT + 3600}, {"2024-05-14T14:00:00Z", FAKE_START_AT + 5104}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};
        struct aws_use use = {.type = AWS_GENERIC, .for_client = true};

        set_environment(&at, EXAMPLE_TOKEN);
        fake_set_env(at.fake, "AWS_CREDENTIAL_EXPIRATION", cases[i].expiration);
        assert_ok(open_for(&at, &use, &access), &at.err);
        assert_asked(&at, "");
        assert_int_equal(access.expires_at, cases[i].expires_at);
        assert_false(access.minted);
    }
}

static void assumes_the_role_of_an_implicit_connector(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};

    (void)state;
    set_environment(&at, NULL);
    case_set(&at, "role_arn", CASE_ROLE);
    answer_sts(&at, "AssumeRole");
    assert_ok(open_for(&at, &bucket, &access), &at.err);
    assert_asked(&at, "AssumeRole");
    check_policy(&at, "arn:aws:s3:::zenfiles/*");
    assert_true(access.narrowed);
}

#define CHAINED                                                                                   \
    "[profile inner]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=base\n"                      \
    "[profile outer]\nrole_arn=arn:aws:iam::2:role/y\nsource_profile=inner\n"                     \
    "external_id=ext\nrole_session_name=me\nduration_seconds=1234\n"                              \
    "[profile base]\naws_access_key_id=" EXAMPLE_KEY_ID "\naws_secret_access_key=" EXAMPLE_SECRET \
    "\n"

static void assumes_the_roles_of_a_profile_from_the_inside_out(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};
    struct aws_use use = {.type = AWS_GENERIC, .for_client = true};
    static const struct {
        size_t index;
        const char *name;
        const char *value;
    } params[] = {{0, "RoleArn", "arn:aws:iam::1:role/x"},
                  {0, "RoleSessionName", "cleat"},
                  {0, "DurationSeconds", "3600"},
                  {1, "RoleArn", "arn:aws:iam::2:role/y"},
                  {1, "RoleSessionName", "me"},
                  {1, "ExternalId", "ext"},
                  {1, "DurationSeconds", "1234"}};

    (void)state;
    fake_set_env(at.fake, "HOME", "/home/u");
    fake_set_file(at.fake, "/home/u/.aws/config", CHAINED);
    case_set(&at, "profile_name", "outer");
    answer_sts(&at, "AssumeRole");
    answer_sts(&at, "AssumeRole");
    assert_ok(open_for(&at, &use, &access), &at.err);
    assert_asked(&at, "AssumeRole | AssumeRole");
    for (size_t i = 0; i < CL_COUNT(params); i++) {
        CL_AUTO(cl_string) char *value = sent_param(&at, params[i].index, params[i].name);
        assert_string_equal(value, params[i].value);
    }
    assert_true(sent(&at, 0, EXAMPLE_KEY_ID "/"));
    assert_true(sent(&at, 1, SESSION_KEY_ID "/")); /* the second with what the first gave */
    assert_true(signs_with(&access, SESSION_KEY_ID));
    assert_int_equal(access.expires_at, STS_EXPIRES_AT);
}

static void names_the_profile_whose_role_is_refused(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};

    (void)state;
    fake_set_env(at.fake, "HOME", "/home/u");
    fake_set_file(at.fake, "/home/u/.aws/config", CHAINED);
    case_set(&at, "profile_name", "outer");
    answer_sts(&at, "AssumeRole");
    answer_error(&at, NULL, 403, "AccessDenied");
    assert_code(&at.err, open_for(&at, &bucket, &access), CL_E_DENIED,
                "cannot assume role arn:aws:iam::2:role/y of profile 'outer'");
}

static void takes_endpoints_from_around_unless_it_has_its_own(void **state)
{
    static const struct {
        const char *attr;
        const char *url;
        const char *sent;
    } cases[] = {
        {NULL, NULL, "POST http://localhost:7001"},
        {"sts_endpoint_url", "http://localhost:7002", "POST http://localhost:7002"},
        {"endpoint_url", "http://localhost:7003", "POST http://localhost:7003"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
        CL_AUTO(aws_access) struct aws_access access = {.minted = false};

        set_environment(&at, NULL);
        fake_set_env(at.fake, "AWS_ENDPOINT_URL_STS", "http://localhost:7001");
        case_set(&at, "role_arn", CASE_ROLE);
        if (cases[i].attr != NULL)
            case_set(&at, cases[i].attr, cases[i].url);
        answer_sts(&at, "AssumeRole");
        assert_ok(open_for(&at, &bucket, &access), &at.err);
        assert_true(sent(&at, 0, cases[i].sent));
    }
}

static void says_when_there_is_nothing_around(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("implicit");
    CL_AUTO(aws_access) struct aws_access access = {.minted = false};

    (void)state;
    fake_set_env(at.fake, "HOME", "/home/u");
    assert_code(&at.err, open_for(&at, &bucket, &access), CL_E_LOCAL_CONFIG,
                "cannot use implicit credentials: no AWS credentials found");
}

/* --- faults -------------------------------------------------------------------------------- */

static void reports_the_loss_of_memory_and_leaks_nothing(void **state)
{
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; code != CL_OK; nth++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
        struct aws_access access = {.minted = false};
        size_t live = cl_alloc_live_blocks();

        assert_true(nth < 2000);
        answer_sts(&at, "AssumeRole");
        (void)cl_alloc_fail_at(nth);
        code = open_for(&at, &bucket, &access);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        aws_access_cleanup(&access);
        assert_int_equal(cl_alloc_live_blocks(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mints_for_each_method_and_resource),
        cmocka_unit_test(keeps_the_end_of_a_stored_token),
        cmocka_unit_test(sends_what_the_role_needs),
        cmocka_unit_test(sends_the_token_of_a_temporary_source_key),
        cmocka_unit_test(asks_for_the_life_time_that_is_wanted),
        cmocka_unit_test(names_a_federated_user),
        cmocka_unit_test(says_what_was_refused),
        cmocka_unit_test(goes_where_the_connector_says),
        cmocka_unit_test(mints_nothing_to_ask_who_we_are),
        cmocka_unit_test(gates_implicit_authentication),
        cmocka_unit_test(never_hands_out_the_keys_of_the_environment),
        cmocka_unit_test(uses_temporary_keys_of_the_environment_as_they_are),
        cmocka_unit_test(assumes_the_role_of_an_implicit_connector),
        cmocka_unit_test(assumes_the_roles_of_a_profile_from_the_inside_out),
        cmocka_unit_test(names_the_profile_whose_role_is_refused),
        cmocka_unit_test(takes_endpoints_from_around_unless_it_has_its_own),
        cmocka_unit_test(says_when_there_is_nothing_around),
        cmocka_unit_test(reports_the_loss_of_memory_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
