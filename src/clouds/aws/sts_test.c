#include "clouds/aws/sts.h"

#include <stdio.h>

#include "aws_harness.h"
#include "base/alloc.h"
#include "base/strs.h"

#define XMLNS " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""
#define IDENTITY(account, arn, user)                                           \
    "<GetCallerIdentityResponse" XMLNS "><GetCallerIdentityResult>\n<Arn>" arn \
    "</Arn><UserId>" user "</UserId><Account>" account                         \
    "</Account>\n</GetCallerIdentityResult><ResponseMetadata>"                 \
    "<RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
#define SESSION(action, key, secret, token, expiration, more)                               \
    "<" action "Response" XMLNS "><" action "Result><Credentials><AccessKeyId>" key         \
    "</AccessKeyId><SecretAccessKey>" secret "</SecretAccessKey><SessionToken>" token       \
    "</SessionToken><Expiration>" expiration "</Expiration></Credentials>" more "</" action \
    "Result></" action "Response>"
#define GOOD_SESSION                                                                             \
    SESSION("AssumeRole", EXAMPLE_KEY_ID, EXAMPLE_SECRET, EXAMPLE_TOKEN, "2024-05-14T13:34:56Z", \
            "<AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::"           \
            "123456789012:assumed-role/r/s</Arn></AssumedRoleUser><PackedPolicySize>6"           \
            "</PackedPolicySize>")

static void writes_every_parameter_of_assume_role(void **state)
{
    struct cl_strs arns = CL_STRS_NONE;
    struct aws_assume_role request = {
        .role_arn = CL_STR("arn:aws:iam::123456789012:role/ml"),
        .session_name = CL_STR("cleat-connector"),
        .duration_s = 3600,
        .policy = CL_STR("{\"a\":\"*\"}"),
        .policy_arns = &arns,
        .external_id = CL_STR("ext/1"),
        .source_identity = CL_STR("me@x"),
    };
    CL_AUTO(cl_string) char *body = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(cl_strs_add(&arns, CL_STR("arn:aws:iam::aws:policy/A"), &err), &err);
    assert_ok(cl_strs_add(&arns, CL_STR("arn:aws:iam::aws:policy/B"), &err), &err);
    assert_ok(aws_sts_assume_role_body(&request, &body, &err), &err);
    assert_string_equal(body, "Action=AssumeRole&Version=2011-06-15"
                              "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fml"
                              "&RoleSessionName=cleat-connector&DurationSeconds=3600"
                              "&Policy=%7B%22a%22%3A%22%2A%22%7D"
                              "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FA"
                              "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FB"
                              "&ExternalId=ext%2F1&SourceIdentity=me%40x");
    cl_strs_cleanup(&arns);
}

static void leaves_out_what_is_empty(void **state)
{
    const struct aws_assume_role role = {
        .role_arn = CL_STR("r"), .session_name = CL_STR("s"), .duration_s = 900};
    const struct aws_federation federation = {.name = CL_STR("cleat-1"), .duration_s = 43200};
    CL_AUTO(cl_string) char *assume = NULL;
    CL_AUTO(cl_string) char *session = NULL;
    CL_AUTO(cl_string) char *federate = NULL;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    assert_ok(aws_sts_assume_role_body(&role, &assume, &err), &err);
    assert_string_equal(assume, "Action=AssumeRole&Version=2011-06-15&RoleArn=r"
                                "&RoleSessionName=s&DurationSeconds=900");
    assert_ok(aws_sts_session_token_body(43200, &session, &err), &err);
    assert_string_equal(session, "Action=GetSessionToken&Version=2011-06-15&DurationSeconds=43200");
    assert_ok(aws_sts_federation_body(&federation, &federate, &err), &err);
    assert_string_equal(federate, "Action=GetFederationToken&Version=2011-06-15&Name=cleat-1"
                                  "&DurationSeconds=43200");
}

static void reads_every_kind_of_identity(void **state)
{
    static const char *const arns[] = {
        "arn:aws:iam::123456789012:user/team/cleat",
        "arn:aws:iam::123456789012:root",
        "arn:aws-cn:sts::123456789012:assumed-role/r/s",
        "arn:aws:sts::123456789012:federated-user/cleat-1",
        "arn:aws:sts::123456789012:user/moto",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(arns); i++) {
        CL_AUTO(aws_identity) struct aws_identity identity = AWS_IDENTITY_NONE;
        CL_AUTO(cl_buf) struct cl_buf body = CL_BUF(4096);
        struct cl_err err = CL_ERR_NONE;

        cl_buf_addf(&body, IDENTITY("123456789012", "%s", "AIDAEXAMPLE"), arns[i]);
        assert_ok(aws_sts_parse_identity(cl_buf_view(&body), &identity, &err), &err);
        assert_string_equal(identity.account, "123456789012");
        assert_string_equal(identity.arn, arns[i]);
        assert_string_equal(identity.user_id, "AIDAEXAMPLE");
    }
}

static void refuses_identities_that_are_none(void **state)
{
    static const char *const bodies[] = {
        "",
        "not XML",
        "<html><body>hello</body></html>",
        "<GetCallerIdentityResponse/>",
        IDENTITY("", "a", "u"),
        IDENTITY("12345", "a", "u"),
        IDENTITY("123456789012", "", "u"),
        IDENTITY("123456789012", "a", ""),
        IDENTITY("123456789012", "a&#10;b", "u"),
        "<!DOCTYPE x [<!ENTITY e \"v\">]><x>&e;</x>",
        "<?xml version=\"1.0\"?><ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>",
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(bodies); i++) {
        CL_AUTO(aws_identity) struct aws_identity identity = AWS_IDENTITY_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_sts_parse_identity(cl_str_of(bodies[i]), &identity, &err),
                         CL_E_PROVIDER);
        assert_true(cl_str_starts(cl_str_of(err.text), CL_STR("the answer has no ")));
        assert_null(identity.account);
    }
}

static const struct {
    const char *body, *principal;
    int64_t expires_at;
} sessions[] = {
    {GOOD_SESSION, "arn:aws:sts::123456789012:assumed-role/r/s", EXAMPLE_AT + 3600},
    {SESSION("GetSessionToken", EXAMPLE_KEY_ID, EXAMPLE_SECRET, EXAMPLE_TOKEN,
             "2024-05-14T13:34:56.447166Z", ""),
     NULL, EXAMPLE_AT + 3600},
    {SESSION("GetFederationToken", EXAMPLE_KEY_ID, EXAMPLE_SECRET, EXAMPLE_TOKEN,
             "2024-05-14T13:34:56+00:00",
             "<FederatedUser><FederatedUserId>1:n</FederatedUserId><Arn>arn:aws:sts::1:"
             "federated-user/n</Arn></FederatedUser>"),
     "arn:aws:sts::1:federated-user/n", EXAMPLE_AT + 3600},
};

static void reads_every_kind_of_session(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(sessions); i++) {
        CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_ok(aws_sts_parse_session(cl_str_of(sessions[i].body), &session, &err), &err);
        assert_str(cl_secret_expose(session.access_key_id), EXAMPLE_KEY_ID);
        assert_str(cl_secret_expose(session.secret_access_key), EXAMPLE_SECRET);
        assert_str(cl_secret_expose(session.session_token), EXAMPLE_TOKEN);
        assert_int_equal(session.expires_at, sessions[i].expires_at);
        if (sessions[i].principal == NULL) {
            assert_null(session.principal);
        } else {
            assert_string_equal(session.principal, sessions[i].principal);
        }
    }
}

static void refuses_sessions_that_lack_something(void **state)
{
    static const struct {
        const char *body, *missing;
    } cases[] = {
        {"", "readable XML"},
        {"{\"json\":1}", "readable XML"},
        {"<AssumeRoleResponse/>", "AccessKeyId"},
        {SESSION("AssumeRole", "", "hush", "hush", "2024-05-14T13:34:56Z", ""), "AccessKeyId"},
        {SESSION("AssumeRole", "k", "", "hush", "2024-05-14T13:34:56Z", ""), "SecretAccessKey"},
        {SESSION("AssumeRole", "k", "hush", "", "2024-05-14T13:34:56Z", ""), "SessionToken"},
        {SESSION("AssumeRole", "k", "hush", "hush", "", ""), "Expiration"},
        {SESSION("AssumeRole", "k", "hush", "hush", "tomorrow", ""), "Expiration"},
        {SESSION("AssumeRole", "k", "hush&#13;&#10;x", "hush", "2024-05-14T13:34:56Z", ""),
         "SecretAccessKey"},
        {SESSION("AssumeRole", "k", "hush", "hush", "2024-05-14T13:34:56Z",
                 "<AssumedRoleUser><Arn/></AssumedRoleUser>"),
         "AssumedRoleUser/Arn"},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_sts_parse_session(cl_str_of(cases[i].body), &session, &err),
                         CL_E_PROVIDER);
        assert_true(cl_str_ends(cl_str_of(err.text), cl_str_of(cases[i].missing)));
        assert_false(cl_str_contains(cl_str_of(err.text), CL_STR("hush")));
        assert_null(session.secret_access_key);
    }
}

static void cut_answers_are_refused_wherever_they_are_cut(void **state)
{
    struct cl_str whole = CL_STR(GOOD_SESSION);

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
        struct cl_err err = CL_ERR_NONE;

        assert_int_equal(aws_sts_parse_session(cl_str_first(whole, len), &session, &err),
                         CL_E_PROVIDER);
    }
}

static void asks_who_the_caller_is(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("eu-central-1");
    CL_AUTO(aws_identity) struct aws_identity identity = AWS_IDENTITY_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "POST", "Action=GetCallerIdentity&Version=2011-06-15", 200, NULL,
                IDENTITY("123456789012", "arn:aws:iam::123456789012:user/u", "AIDA"));
    assert_ok(aws_sts_get_caller_identity(&harness.call, &harness.config, &identity, &err), &err);
    assert_string_equal(identity.arn, "arn:aws:iam::123456789012:user/u");
    assert_sent(&harness, 0, "POST https://sts.eu-central-1.amazonaws.com/", NULL);
}

static void mints_sessions_in_three_ways(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    const struct aws_assume_role role = {
        .role_arn = CL_STR("r"), .session_name = CL_STR("s"), .duration_s = 900};
    const struct aws_federation federation = {.name = CL_STR("cleat-1"), .duration_s = 900};
    CL_AUTO(aws_session) struct aws_session one = AWS_SESSION_NONE;
    CL_AUTO(aws_session) struct aws_session two = AWS_SESSION_NONE;
    CL_AUTO(aws_session) struct aws_session three = AWS_SESSION_NONE;
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(harness.fake, "POST", "Action=AssumeRole&", 200, "x-amzn-requestid: id-1\n",
                sessions[0].body);
    fake_answer(harness.fake, "POST", "Action=GetSessionToken&", 200, NULL, sessions[1].body);
    fake_answer(harness.fake, "POST", "Action=GetFederationToken&", 200, NULL, sessions[2].body);
    assert_ok(aws_sts_assume_role(&harness.call, &harness.config, &role, &one, &err), &err);
    assert_ok(aws_sts_get_session_token(&harness.call, &harness.config, 900, &two, &err), &err);
    assert_ok(
        aws_sts_get_federation_token(&harness.call, &harness.config, &federation, &three, &err),
        &err);
    assert_string_equal(one.request_id, "id-1");
    assert_string_equal(two.request_id, "");
    assert_string_equal(three.principal, sessions[2].principal);

    /* What was minted can sign the next request. */
    harness.config.credentials = aws_session_credentials(&one);
    fake_answer(harness.fake, "POST", "Action=AssumeRole&", 200, NULL, sessions[0].body);
    aws_session_cleanup(&two);
    assert_ok(aws_sts_assume_role(&harness.call, &harness.config, &role, &two, &err), &err);
    assert_true(was_sent(&harness, 3, "x-amz-security-token: " EXAMPLE_TOKEN));
}

static void reports_refusals_and_nonsense_with_their_place(void **state)
{
    static const struct {
        int status;
        enum cl_code code;
        const char *body;
        const char *text;
    } cases[] = {
        {403, CL_E_DENIED,
         "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>"
         "</ErrorResponse>",
         "sts AssumeRole: AWS denies it (AccessDenied): no"},
        {200, CL_E_PROVIDER, "<html/>", "sts AssumeRole: the answer has no AccessKeyId"},
        {200, CL_E_PROVIDER, "", "sts AssumeRole: the answer has no readable XML"},
    };
    const struct aws_assume_role role = {
        .role_arn = CL_STR("r"), .session_name = CL_STR("s"), .duration_s = 900};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, NULL, NULL, cases[i].status, NULL, cases[i].body);
        assert_int_equal(aws_sts_assume_role(&harness.call, &harness.config, &role, &session, &err),
                         cases[i].code);
        assert_string_equal(err.text, cases[i].text);
        assert_string_equal(err.upstream_operation, "AssumeRole");
        /* A session may have been minted: asking again could mint a second one. */
        assert_int_equal(fake_request_count(harness.fake), 1);
    }
}

/* The vectors h2 and h11 are these very requests. */
static void signs_as_the_vectors_do(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness german = aws_harness("eu-central-1");
    CL_AUTO(aws_harness) struct aws_harness chinese = aws_harness("cn-north-1");
    CL_AUTO(aws_session) struct aws_session one = AWS_SESSION_NONE;
    CL_AUTO(aws_session) struct aws_session two = AWS_SESSION_NONE;
    const struct aws_assume_role role = {
        .role_arn = CL_STR("arn:aws:iam::123456789012:role/cleat-s3"),
        .session_name = CL_STR("cleat-connector-9f3139fd"),
        .duration_s = 3600,
        .policy = CL_STR("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":"
                         "\"AllowS3BucketAccess\",\"Effect\":\"Allow\",\"Action\":["
                         "\"s3:ListBucket\",\"s3:GetObject\"],\"Resource\":["
                         "\"arn:aws:s3:::zenfiles\",\"arn:aws:s3:::zenfiles/*\"]}]}"),
    };
    struct cl_err err = CL_ERR_NONE;

    (void)state;
    fake_answer(german.fake, "POST", NULL, 200, NULL, GOOD_SESSION);
    assert_ok(aws_sts_assume_role(&german.call, &german.config, &role, &one, &err), &err);
    assert_true(was_sent(&german, 0,
                         "Signature="
                         "bb23a8a271142cd0152eab210583f394cc9f2e7e1a7d40241bbd74f9054ca589\n"));
    fake_answer(chinese.fake, "POST", "sts.cn-north-1.amazonaws.com.cn", 200, NULL, GOOD_SESSION);
    assert_ok(aws_sts_get_session_token(&chinese.call, &chinese.config, 43200, &two, &err), &err);
    assert_true(was_sent(&chinese, 0,
                         "Signature="
                         "d29ad38e9c8afc2060595baa3ceee62393da6bb5775aac1791f5b2c1751f889d\n"));
}

static void survives_each_failing_outside_call(void **state)
{
    const struct aws_assume_role role = {
        .role_arn = CL_STR("r"), .session_name = CL_STR("s"), .duration_s = 900};

    (void)state;
    for (int64_t nth = 1; nth <= 4; nth++) {
        CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
        CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, NULL, NULL, 503, NULL, "");
        fake_answer(harness.fake, NULL, NULL, 200, NULL, GOOD_SESSION);
        fake_fail_at(harness.fake, nth);
        /* Two faults on the way are one too many neither for the retries nor for the backoff. */
        assert_ok(aws_sts_assume_role(&harness.call, &harness.config, &role, &session, &err), &err);
        assert_str(cl_secret_expose(session.access_key_id), EXAMPLE_KEY_ID);
    }
}

static void survives_each_failing_allocation(void **state)
{
    CL_AUTO(aws_harness) struct aws_harness harness = aws_harness("us-east-1");
    const struct aws_assume_role role = {
        .role_arn = CL_STR("r"), .session_name = CL_STR("s"), .duration_s = 900};
    enum cl_code code = CL_E_FAILED;

    (void)state;
    for (int64_t nth = 1; nth < 600 && code != CL_OK; nth++) {
        CL_AUTO(aws_session) struct aws_session session = AWS_SESSION_NONE;
        struct cl_err err = CL_ERR_NONE;

        fake_answer(harness.fake, NULL, NULL, 200, NULL, GOOD_SESSION);
        (void)cl_alloc_fail_at(nth);
        code = aws_sts_assume_role(&harness.call, &harness.config, &role, &session, &err);
        int64_t made = cl_alloc_fail_at(0);
        assert_true(code != CL_OK || made < nth); /* no failure was overlooked */
        if (code != CL_OK)
            assert_null(session.secret_access_key);
    }
    assert_int_equal(code, CL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_every_parameter_of_assume_role),
        cmocka_unit_test(leaves_out_what_is_empty),
        cmocka_unit_test(reads_every_kind_of_identity),
        cmocka_unit_test(refuses_identities_that_are_none),
        cmocka_unit_test(reads_every_kind_of_session),
        cmocka_unit_test(refuses_sessions_that_lack_something),
        cmocka_unit_test(cut_answers_are_refused_wherever_they_are_cut),
        cmocka_unit_test(asks_who_the_caller_is),
        cmocka_unit_test(mints_sessions_in_three_ways),
        cmocka_unit_test(reports_refusals_and_nonsense_with_their_place),
        cmocka_unit_test(signs_as_the_vectors_do),
        cmocka_unit_test(survives_each_failing_outside_call),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
