#include "aws_connector.h"

#include "clouds/aws/policy.h"

/* The rules that a schema cannot say: each with values that pass and values that do not. */

static enum cl_code check(struct aws_case *at, struct cl_strs *warnings)
{
    cl_strs_cleanup(warnings);
    at->err = CL_ERR_NONE;
    return aws_check_config(&at->conn, warnings, &at->err);
}

/* "" : it passes without a warning; "~part": with one; else a part of the refusal. */
struct rule {
    const char *method;
    const char *attr;
    const char *value;
    const char *outcome;
};

#define LONG_16 "ABCDEFGHIJKLMNOP"
#define LONG_64 LONG_16 LONG_16 LONG_16 LONG_16
#define POLICY_DOCUMENT "{\"Version\":\"2012-10-17\",\"Statement\":[]}"

static const struct rule rules[] = {
    {"iam-role", "region", "us-east-1", ""},
    {"iam-role", "region", "us-gov-west-1", "another AWS partition"}, /* than the role */
    {"session-token", "region", "us-gov-west-1", ""},
    {"session-token", "region", "cn-north-1", ""},
    {"session-token", "region", "mars-1", "~unknown region 'mars-1'"},
    {"session-token", "region", "US-EAST-1", "region name"},
    {"session-token", "region", "us.east.1", "region name"},
    {"session-token", "region", "us-east-1/x", "region name"},
    {"session-token", "region", "a@b", "region name"},
    {"session-token", "region", "a:443", "region name"},
    {"session-token", "region", "us east", "region name"},
    {"session-token", "region", "-us-east-1", "region name"},

    {"session-token", "aws_access_key_id", LONG_16, ""},
    {"session-token", "aws_access_key_id", "ABCDEFGHIJKLMNO", "16 to 128"},
    {"session-token", "aws_access_key_id", LONG_64 LONG_64, ""},
    {"session-token", "aws_access_key_id", LONG_64 LONG_64 "A", "16 to 128"},
    {"session-token", "aws_access_key_id", "ABCDEFGHIJKLMNO-", "16 to 128"},
    {"session-token", "aws_access_key_id", "ABCDEFGH IJKLMNOP", "16 to 128"},
    {"session-token", "aws_access_key_id", SESSION_KEY_ID, "temporary key"},
    {"secret-key", "aws_access_key_id", SESSION_KEY_ID, "temporary key"},
    {"sts-token", "aws_access_key_id", SESSION_KEY_ID, "~not known when this token expires"},

    {"session-token", "aws_secret_access_key", "any/thing+goes=", ""},
    {"session-token", "aws_secret_access_key", "two words", "blanks"},
    {"session-token", "aws_secret_access_key", "a\tb", "blanks"},
    {"session-token", "aws_secret_access_key", "a\x7f", "control characters"},
    {"sts-token", "aws_session_token", "one two", "blanks"},
    {"iam-role", "aws_session_token", "tok\nen", "blanks"},
    {"iam-role", "aws_session_token", "token", ""},

    {"iam-role", "role_arn", CASE_ROLE, ""},
    {"iam-role", "role_arn", "arn:aws:iam::210987654321:role/path/to+role=,.@-_x", ""},
    {"iam-role", "role_arn", "arn:aws:iam::210987654321:role/", "arn:aws:iam::"},
    {"iam-role", "role_arn", "arn:aws:iam::21098765432:role/cleat", "arn:aws:iam::"},
    {"iam-role", "role_arn", "arn:aws:iam::210987654321:user/cleat", "arn:aws:iam::"},
    {"iam-role", "role_arn", "arn:aws:sts::210987654321:role/cleat", "arn:aws:iam::"},
    {"iam-role", "role_arn", "arn:aws:iam::210987654321:role/c*", "arn:aws:iam::"},
    {"iam-role", "role_arn", "arn:aws:iam::210987654321:role/c\n", "arn:aws:iam::"},
    {"iam-role", "role_arn", "role/cleat", "arn:aws:iam::"},
    {"iam-role", "role_arn", "arn:aws-cn:iam::210987654321:role/cleat", "another AWS partition"},
    {"implicit", "role_arn", "arn:aws-us-gov:iam::210987654321:role/cleat",
     "another AWS partition"},
    {"implicit", "role_arn", CASE_ROLE, ""},

    {"iam-role", "policy_arns", "arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
    {"iam-role", "policy_arns", "arn:aws:iam::210987654321:policy/own/x", ""},
    {"iam-role", "policy_arns", "arn:aws:iam::aws:policy/A,arn:aws-cn:iam::aws:policy/B", ""},
    {"iam-role", "policy_arns", "arn:aws:iam::aws:policy/", "{account}:policy/{name}"},
    {"iam-role", "policy_arns", "arn:aws:iam::1234:policy/x", "{account}:policy/{name}"},
    {"iam-role", "policy_arns", "arn:aws:iam::aws:role/x", "{account}:policy/{name}"},
    {"iam-role", "policy_arns", "arn:none:iam::aws:policy/x", "{account}:policy/{name}"},
    {"iam-role", "policy_arns", "arn:aws:s3:::aws:policy/x", "{account}:policy/{name}"},
    {"iam-role", "policy_arns", "ReadOnlyAccess", "{account}:policy/{name}"},
    {"federation-token", "policy_arns", "a,b,c,d,e,f,g,h,i,j,k", "at most 10"},

    {"iam-role", "policy", POLICY_DOCUMENT, ""},
    {"iam-role", "policy", "{\n  \"Statement\": []\n}", ""},
    {"iam-role", "policy", "[]", "with a Statement"},
    {"iam-role", "policy", "{\"Version\":\"2012-10-17\"}", "with a Statement"},
    {"iam-role", "policy", "{\"Statement\":[\"\xC3\xBC\"]}", ""},
    {"iam-role", "policy", "{\"Statement\":[\"\xE2\x82\xAC\"]}", "characters that AWS"},
    {"iam-role", "policy", "{\"Statement\":[\"\xC4\x80\"]}", "characters that AWS"},
    {"iam-role", "policy", "{\"Statement\":[\"\\u20ac\"]}", "characters that AWS"},
    {"iam-role", "policy", "{\"Statement\":[\"\\u00fc\"]}", ""},

    {"iam-role", "external_id", "ab:c/d+e=,.@-", ""},
    {"iam-role", "external_id", "a", "at least 2"},
    {"iam-role", "external_id", "a b", "may only hold"},
    {"iam-role", "role_session_name", "me@example.com", ""},
    {"iam-role", "role_session_name", "a/b", "may only hold"},
    {"implicit", "role_session_name", "x", "at least 2"},
    {"iam-role", "source_identity", "me", ""},
    {"iam-role", "source_identity", "m:e", "may only hold"},

    {"session-token", "endpoint_url", "https://aws.example.com", ""},
    {"session-token", "endpoint_url", "http://localhost:5000/prefix", ""},
    {"session-token", "endpoint_url", "http://127.0.0.1:5000", ""},
    {"session-token", "endpoint_url", "http://[::1]:5000", ""},
    {"session-token", "endpoint_url", "http://minio.example.com:9000",
     "~endpoint_url is plain http"},
    {"session-token", "sts_endpoint_url", "http://10.0.0.5", "~sts_endpoint_url is plain http"},
    {"session-token", "endpoint_url", "ftp://aws.example.com", "'endpoint_url'"},
    {"session-token", "endpoint_url", "https://user@aws.example.com", "'endpoint_url'"},
    {"session-token", "endpoint_url", "https://aws.example.com/?q=1", "'endpoint_url'"},
    {"session-token", "endpoint_url", "https://aws.example.com/#f", "'endpoint_url'"},
    {"session-token", "endpoint_url", "aws.example.com", "'endpoint_url'"},
    {"session-token", "sts_endpoint_url", "nonsense", "'sts_endpoint_url'"},
    {"session-token", "s3_endpoint_url", "nonsense", "'s3_endpoint_url'"},
    {"session-token", "eks_endpoint_url", "nonsense", "'eks_endpoint_url'"},
    {"session-token", "ecr_endpoint_url", "nonsense", "'ecr_endpoint_url'"},

    {"session-token", "ecr_registry_id", "123456789012", ""},
    {"session-token", "ecr_registry_id", "12345678901", "12 digits"},
    {"session-token", "ecr_registry_id", "12345678901x", "12 digits"},
    {"secret-key", "s3_compatible", "true", "needs endpoint_url"},
    {"secret-key", "s3_compatible", "false", "~clients receive this credential as it is"},
};

static void holds_every_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < CL_COUNT(rules); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case(rules[i].method);
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;
        const char *outcome = rules[i].outcome;

        case_type(&at, AWS_S3_BUCKET);
        case_set(&at, rules[i].attr, rules[i].value);
        enum cl_code code = check(&at, &warnings);
        if (outcome[0] == '\0' || outcome[0] == '~') {
            if (code != CL_OK)
                fail_msg("%s=%s: %s", rules[i].attr, rules[i].value, at.err.text);
            assert_int_equal(warnings.count, outcome[0] == '~' ? 1 : 0);
            if (outcome[0] == '~')
                assert_non_null(strstr(warnings.items[0], outcome + 1));
            continue;
        }
        if (code == CL_OK)
            fail_msg("%s=%s passes", rules[i].attr, rules[i].value);
        assert_code(&at.err, code, CL_E_INVALID_ATTRIBUTE, outcome);
    }
}

static void takes_keys_as_they_come_from_files_and_clipboards(void **state)
{
    static const char *const names[] = {"aws_access_key_id", "aws_secret_access_key",
                                        "aws_session_token"};
    CL_AUTO(aws_case) struct aws_case at = aws_case("sts-token");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    (void)state;
    for (size_t i = 0; i < CL_COUNT(names); i++) {
        case_set(&at, names[i], " " LONG_16 "\r\n");
        assert_str(cl_secret_expose(cl_config_secret(&at.conn.config, names[i])), LONG_16);
    }
    assert_ok(check(&at, &warnings), &at.err);
}

static void tells_what_to_use_for_a_temporary_key(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    (void)state;
    case_set(&at, "aws_access_key_id", SESSION_KEY_ID);
    assert_code(&at.err, check(&at, &warnings), CL_E_INVALID_ATTRIBUTE, NULL);
    assert_non_null(strstr(at.err.hint, "sts-token"));
    assert_null(strstr(at.err.text, SESSION_KEY_ID)); /* the id counts as a secret */
}

/* A policy of exactly `length` characters without its white space, most of them this one. */
static void set_policy(struct aws_case *at, const char *character, size_t length)
{
    CL_AUTO(cl_buf) struct cl_buf policy = CL_BUF(65536);
    static const char head[] = "{\"Statement\":[\"";
    static const char tail[] = "\"]}";

    cl_buf_add_c(&policy, "  \n\t ");
    cl_buf_add_c(&policy, head);
    cl_buf_add_repeat(&policy, character, length - strlen(head) - strlen(tail));
    cl_buf_add_c(&policy, tail);
    case_set(at, "policy", policy.ptr);
}

static void counts_a_policy_without_its_white_space(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *character = i == 0 ? "x" : "\xC3\xBC"; /* two bytes, but one to AWS */

        set_policy(&at, character, AWS_POLICY_MAX_CHARACTERS);
        assert_ok(check(&at, &warnings), &at.err);
        set_policy(&at, character, AWS_POLICY_MAX_CHARACTERS + 1);
        assert_code(&at.err, check(&at, &warnings), CL_E_INVALID_ATTRIBUTE, "2048 characters");
    }
}

static void wants_a_policy_for_federated_generic_access(void **state)
{
    static const struct {
        const char *type;
        const char *attr;
        const char *value;
        const char *outcome;
    } cases[] = {
        {AWS_GENERIC, NULL, NULL, "needs 'policy' or 'policy_arns'"},
        {AWS_GENERIC, "policy", POLICY_DOCUMENT, ""},
        {AWS_GENERIC, "policy_arns", "arn:aws:iam::aws:policy/A", ""},
        {AWS_S3_BUCKET, NULL, NULL, ""},
        {NULL, NULL, NULL, "~have no permissions without"},
        {NULL, "policy", POLICY_DOCUMENT, ""},
    };

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("federation-token");
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

        case_type(&at, cases[i].type);
        if (cases[i].attr != NULL)
            case_set(&at, cases[i].attr, cases[i].value);
        enum cl_code code = check(&at, &warnings);
        if (cases[i].outcome[0] != '\0' && cases[i].outcome[0] != '~') {
            assert_code(&at.err, code, CL_E_INVALID_ATTRIBUTE, cases[i].outcome);
            continue;
        }
        assert_ok(code, &at.err);
        assert_int_equal(warnings.count, cases[i].outcome[0] == '~' ? 1 : 0);
    }
}

static void warns_of_what_will_not_work_well(void **state)
{
    CL_AUTO(aws_case) struct aws_case token = aws_case("sts-token");
    CL_AUTO(aws_case) struct aws_case reserved = aws_case("session-token");
    CL_AUTO(aws_case) struct aws_case store = aws_case("session-token");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    (void)state;
    token.conn.expires_at = FAKE_START_AT + 3600; /* now it is known */
    assert_ok(check(&token, &warnings), &token.err);
    assert_int_equal(warnings.count, 0);
    case_type(&reserved, AWS_S3_BUCKET);
    assert_ok(
        cl_str_dup(CL_STR("s3://amzn-s3-demo-x/y"), &reserved.conn.resource_id, &reserved.err),
        &reserved.err);
    assert_ok(check(&reserved, &warnings), &reserved.err);
    assert_string_equal(warnings.items[0], "bucket 'amzn-s3-demo-x': the name has a prefix or "
                                           "suffix that AWS keeps for itself");
    case_set(&store, "region", "home");
    case_set(&store, "endpoint_url", "http://localhost:9000"); /* its regions are its own */
    assert_ok(check(&store, &warnings), &store.err);
    assert_int_equal(warnings.count, 0);
}

static void lets_an_s3_store_serve_buckets_only(void **state)
{
    static const struct {
        const char *type; /* NULL: all of them; verification says which are not served */
        enum cl_code want;
    } cases[] = {{AWS_S3_BUCKET, CL_OK},
                 {AWS_GENERIC, CL_OK},
                 {NULL, CL_OK},
                 {AWS_EKS_CLUSTER, CL_E_INVALID_ATTRIBUTE},
                 {AWS_ECR_REGISTRY, CL_E_INVALID_ATTRIBUTE}};

    (void)state;
    for (size_t i = 0; i < CL_COUNT(cases); i++) {
        CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");
        CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

        case_type(&at, cases[i].type);
        case_set(&at, "endpoint_url", "http://localhost:9000");
        case_set(&at, "s3_compatible", "true");
        assert_code(&at.err, check(&at, &warnings), cases[i].want, "'s3_compatible' does not go");
    }
}

static void refuses_a_policy_that_does_not_parse(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("iam-role");
    CL_AUTO(cl_strs) struct cl_strs warnings = CL_STRS_NONE;

    (void)state;
    assert_ok(cl_config_set_text(&at.conn.config, "policy", CL_STR("{\"Statement\":"), &at.err),
              &at.err);
    assert_code(&at.err, check(&at, &warnings), CL_E_INVALID_ATTRIBUTE, "'policy' is not valid");
}

static void does_without_warnings_when_nobody_wants_them(void **state)
{
    CL_AUTO(aws_case) struct aws_case at = aws_case("secret-key");

    (void)state;
    at.err = CL_ERR_NONE;
    assert_ok(aws_check_config(&at.conn, NULL, &at.err), &at.err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_every_rule),
        cmocka_unit_test(takes_keys_as_they_come_from_files_and_clipboards),
        cmocka_unit_test(tells_what_to_use_for_a_temporary_key),
        cmocka_unit_test(counts_a_policy_without_its_white_space),
        cmocka_unit_test(wants_a_policy_for_federated_generic_access),
        cmocka_unit_test(warns_of_what_will_not_work_well),
        cmocka_unit_test(lets_an_s3_store_serve_buckets_only),
        cmocka_unit_test(refuses_a_policy_that_does_not_parse),
        cmocka_unit_test(does_without_warnings_when_nobody_wants_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
